//! What the names of a loop stand for in each of its turns, for routers that are mounted in one: `for (const { path, router } of routes)`,
//! `routes.forEach((route) => app.use(route.path, route.router))`, `for prefix, views in tables.items():`.

use super::{Builder, Router};
use crate::ir::{Block, Call, StepKind, Value, ValueKind, entry_under};
use crate::link::{FunctionId, Place, Thing};
use crate::source::Span;
use crate::trace::locate::texts_of;

/// How many turns of one loop are looked at.
const MAX_TURNS: usize = 60;

/// What the names of a loop stand for in one turn.
pub(super) struct Turn<'p>(Vec<(&'p str, Item<'p>)>);

/// One thing that is looped over, or a part of it.
#[derive(Debug, Clone, Copy)]
enum Item<'p> {
    Value(&'p Value, Place),
    /// A key of a table.
    Key(&'p str),
    /// An entry of a table: `[key, value]`.
    Entry(&'p str, &'p Value, Place),
}

impl<'p> Builder<'_, 'p> {
    /// The turns of the innermost loop around a call; none where it stands in no loop, or in one over what is not written out.
    pub(super) fn turns(&self, call: &Call, place: Place) -> Vec<Turn<'p>> {
        let module = self.program.module(place.module);
        let (over, names, place) = if let Some((over, target)) = loop_around(module.body(place.function), call.span) {
            (over, names_of_target(target), place)
        } else {
            let Some(index) = place.function else { return Vec::new() };
            let Some(handed) = self.survey.handed_to.get(&FunctionId { module: place.module, index }) else { return Vec::new() };
            let ValueKind::Member(over, step) = &handed.call.callee.kind else { return Vec::new() };
            let is_first = matches!(handed.call.args.first(), Some(argument) if matches!(&argument.value.kind, ValueKind::Closure(closure) if *closure == index));
            let Some(param) = module.function(index).params.first().filter(|_| is_first && self.rules.lexicon.is("each-step", step)) else { return Vec::new() };
            let parts = param.parts.iter().map(|(path, local)| (path.as_str(), local.as_str()));
            (&**over, std::iter::once(("", param.name.as_str())).chain(parts).collect(), handed.place)
        };
        self.items(over, place).into_iter().take(MAX_TURNS).map(|item| self.turn(item, &names)).collect()
    }

    fn turn(&self, item: Item<'p>, names: &[(&'p str, &'p str)]) -> Turn<'p> {
        let bound = |(path, local): &(&'p str, &'p str)| {
            let item = if path.is_empty() { Some(item) } else { path.split('.').try_fold(item, |item, key| self.part(item, key)) };
            Some((*local, item?))
        };
        Turn(names.iter().filter_map(bound).collect())
    }

    /// What is looped over, one by one.
    fn items(&self, over: &'p Value, place: Place) -> Vec<Item<'p>> {
        if let ValueKind::Call(call) = &over.awaited().kind
            && let ValueKind::Member(of, step) = &call.callee.kind
        {
            // `Object.entries(table)` or `table.items()`
            let (table, at) = self.program.fold(call.args.first().map_or(&**of, |argument| &argument.value), place);
            let ValueKind::Record(entries) = &table.kind else { return Vec::new() };
            let entries = entries.iter().filter(|(key, _)| key != "...");
            let is = |class: &str| self.rules.lexicon.is(class, step);
            return if is("entries-of") {
                entries.map(|(key, value)| Item::Entry(key, value, at)).collect()
            } else if is("keys-of") {
                entries.map(|(key, _)| Item::Key(key)).collect()
            } else if is("values-of") {
                entries.map(|(_, value)| Item::Value(value, at)).collect()
            } else {
                Vec::new()
            };
        }
        let (list, at) = self.program.fold(over, place);
        match &list.kind {
            ValueKind::List(items) => items.iter().map(|item| Item::Value(item, at)).collect(),
            // `for (const path in routes)`
            ValueKind::Record(entries) => entries.iter().map(|(key, _)| Item::Key(key)).collect(),
            _ => Vec::new(),
        }
    }

    fn part(&self, item: Item<'p>, key: &str) -> Option<Item<'p>> {
        match item {
            Item::Entry(name, _, _) if key == "0" => Some(Item::Key(name)),
            Item::Entry(_, value, at) if key == "1" => Some(Item::Value(value, at)),
            Item::Value(value, at) => self.entry(value, at, key),
            Item::Key(_) | Item::Entry(..) => None,
        }
    }

    fn entry(&self, of: &'p Value, place: Place, key: &str) -> Option<Item<'p>> {
        let (folded, at) = self.program.fold(of, place);
        match &folded.kind {
            ValueKind::Record(entries) => entry_under(entries, key).map(|entry| Item::Value(entry, at)),
            ValueKind::List(items) => items.get(key.parse::<usize>().ok()?).map(|item| Item::Value(item, at)),
            // `[new AuthRoute()]`, whose fields are the path and the router.
            _ => self.program.eval(folded, at, false).into_iter().find_map(|thing| {
                let (Thing::Instance(class) | Thing::Class(class)) = thing else { return None };
                let field = self.program.class(class).fields.iter().find(|field| field.name == key)?;
                Some(Item::Value(field.value.as_ref()?, Place { module: class.module, function: None }))
            }),
        }
    }

    /// What an expression with a loop's names in it stands for in a turn; nothing where it has none of them.
    fn in_turn(&self, turn: &Turn<'p>, value: &'p Value, place: Place) -> Option<Item<'p>> {
        match &value.kind {
            ValueKind::Name(name) => turn.0.iter().find(|(local, _)| local == name).map(|(_, item)| *item),
            ValueKind::Member(of, key) => self.part(self.in_turn(turn, of, place)?, key),
            // `route[1]`
            ValueKind::Index(of, key) => match &key.kind {
                ValueKind::Number(index) => self.part(self.in_turn(turn, of, place)?, &index.to_string()),
                // `routes[path]`
                _ => match self.in_turn(turn, key, place)? {
                    Item::Key(key) => self.entry(of, place, key),
                    _ => None,
                },
            },
            ValueKind::Await(inner) => self.in_turn(turn, inner, place),
            _ => None,
        }
    }

    /// The text of an expression in a turn.
    pub(super) fn text_in_turn(&self, turn: &Turn<'p>, value: &'p Value, place: Place) -> Option<String> {
        if let ValueKind::Template(parts) = &value.kind {
            return Some(parts.iter().map(|part| self.text_in_turn(turn, part, place).unwrap_or_else(|| "{}".to_owned())).collect());
        }
        let (value, at) = match self.in_turn(turn, value, place) {
            Some(Item::Key(key)) => return Some(key.to_owned()),
            Some(Item::Value(value, at)) => (value, at),
            Some(Item::Entry(..)) => return None,
            None => (value, place),
        };
        texts_of(self.program, value, at, 6).into_iter().next()
    }

    /// Whether a turn makes a text of an expression.
    pub(super) fn is_text_in_turn(&self, turn: &Turn<'p>, value: &'p Value, place: Place) -> bool {
        match self.in_turn(turn, value, place) {
            Some(Item::Key(_)) => true,
            Some(Item::Value(value, at)) => matches!(self.program.fold(value, at).0.kind, ValueKind::Text(_) | ValueKind::Template(_)),
            Some(Item::Entry(..)) | None => false,
        }
    }

    /// The functions that an expression is in a turn.
    pub(super) fn functions_in_turn(&self, turn: &Turn<'p>, value: &'p Value, place: Place) -> Vec<FunctionId> {
        match self.in_turn(turn, value, place) {
            Some(Item::Value(item, at)) => self.functions_at(item, at),
            Some(Item::Key(_) | Item::Entry(..)) | None => Vec::new(),
        }
    }

    /// The routers that an expression is in a turn, and the expressions of the loop's items that they come from.
    pub(super) fn routers_in_turn(&self, turn: &Turn<'p>, value: &'p Value, place: Place) -> (Vec<Router>, Option<(&'p Value, Place)>) {
        if let Some(Item::Value(item, at)) = self.in_turn(turn, value, place) {
            return (self.routers_of(item, at, 3), Some((item, at)));
        }
        match &value.kind {
            // `route.router` of an instance that makes its router, `route.routes()`
            ValueKind::Member(of, _) => self.routers_in_turn(turn, of, place),
            ValueKind::Call(call) => match &call.callee.kind {
                ValueKind::Member(of, _) if call.args.is_empty() => self.routers_in_turn(turn, of, place),
                _ => (self.routers_of(value, place, 3), None),
            },
            _ => (self.routers_of(value, place, 3), None),
        }
    }
}

/// What the innermost loop around a place is over, and what each of its elements is bound to.
fn loop_around(block: &Block, span: Span) -> Option<(&Value, &Value)> {
    let step = block.iter().find(|step| step.span.contains(span))?;
    match &step.kind {
        StepKind::Branch { then, otherwise, .. } => loop_around(then, span).or_else(|| loop_around(otherwise, span)),
        StepKind::Attempt { body, caught, finally } => [body, caught, finally].into_iter().find_map(|part| loop_around(part, span)),
        StepKind::Match { arms, .. } => arms.iter().find_map(|(_, arm)| loop_around(arm, span)),
        StepKind::Loop { head, body } => loop_around(body, span).or_else(|| match (head.last()?, &body.first()?.kind) {
            (over, StepKind::Assign { target, value, .. }) if matches!(value.kind, ValueKind::Unknown(_)) => Some((over, target)),
            _ => None,
        }),
        _ => None,
    }
}

/// The names that a loop binds, each with the path of the part that it stands for.
fn names_of_target(target: &Value) -> Vec<(&str, &str)> {
    match &target.kind {
        ValueKind::Name(name) => vec![("", name)],
        ValueKind::Record(entries) => entries.iter().filter_map(|(key, part)| Some((key.as_str(), name_of(part)?))).collect(),
        ValueKind::List(parts) => ["0", "1", "2", "3", "4"].into_iter().zip(parts).filter_map(|(index, part)| Some((index, name_of(part)?))).collect(),
        _ => Vec::new(),
    }
}

fn name_of(value: &Value) -> Option<&str> {
    match &value.kind {
        ValueKind::Name(name) => Some(name),
        _ => None,
    }
}
