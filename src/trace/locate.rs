//! Reads the place that a rule points to in a match: a path, a method, a lifetime.

use super::displayed::displayed;
use super::inside::setting_of;
use super::survey::{Bearer, MatchSite};
use super::typed::{made_path, typed_path};
use crate::ir::{BinaryOp, Call, StepKind, Value, ValueKind, entry_under};
use crate::link::{FunctionId, Place, Program, Thing};
use crate::rules::Locator;

/// The value at a locator.
pub fn value_at<'p>(program: &Program<'p>, locator: &Locator, site: &MatchSite<'p>, place: Place) -> Option<(&'p Value, Place)> {
    let (first, path) = match locator {
        // What is assigned stands for the first argument.
        Locator::Argument(0, path) if matches!(site, MatchSite::Assign { .. }) => match site {
            MatchSite::Assign { value, .. } => (*value, path),
            _ => return None,
        },
        Locator::Argument(index, path) => (site.call()?.positional(*index)?, path),
        Locator::Named(name, path) => (named_argument(site.call()?, name)?, path),
        Locator::Field(name) => {
            let class = match site {
                MatchSite::Class(class) | MatchSite::Annotation(_, Bearer::Class(class)) => *class,
                MatchSite::Annotation(_, Bearer::Function(function)) => crate::link::ClassId { module: function.module, index: program.function(*function).owner? },
                _ => return None,
            };
            let field = program.class(class).fields.iter().find(|field| field.name == *name)?;
            return Some((field.value.as_ref()?, Place { module: class.module, function: None }));
        }
        Locator::Target => match site {
            MatchSite::Assign { target, .. } => return Some((target, place)),
            _ => return None,
        },
        Locator::Inside(name) => return setting_of(program, name, site, place),
        Locator::Receiver => match &site.call()?.callee.kind {
            ValueKind::Member(of, _) => return Some((of, place)),
            _ => return None,
        },
        _ => return None,
    };
    let mut at = (first, place);
    for key in path {
        let (folded, inside) = match program.fold(at.0, at.1) {
            (named, _) if matches!(named.kind, ValueKind::Name(_)) => program.origin(at.0, at.1),
            folded => folded,
        };
        let entry = match &folded.kind {
            ValueKind::Record(entries) => match entry_under(entries, key) {
                Some(entry) => entry,
                None => {
                    at = spread_entry(program, entries, key, inside)?;
                    continue;
                }
            },
            ValueKind::List(items) => items.get(key.parse::<usize>().ok()?)?,
            // `useFactory: (config) => ({ signOptions: { … } })`
            ValueKind::Closure(index) => {
                at = entry_of_result(program, FunctionId { module: inside.module, index: *index }, key)?;
                continue;
            }
            ValueKind::Call(call) => {
                at = entry_of_call(program, call, inside, key)?;
                continue;
            }
            // `routes.logout`, which another file makes by a call
            ValueKind::Name(_) | ValueKind::Member(..) => {
                let (call, inside) = made_elsewhere(program, at.0, at.1)?;
                at = entry_of_call(program, call, inside, key)?;
                continue;
            }
            _ => return None,
        };
        at = (entry, inside);
    }
    Some(at)
}

/// The entry of what a call gives: one of its arguments, or what is in its only one or in what its function makes.
fn entry_of_call<'p>(program: &Program<'p>, call: &'p Call, place: Place, key: &str) -> Option<(&'p Value, Place)> {
    let argument = call.named(key).or_else(|| call.positional(key.parse().ok()?));
    argument.map(|entry| (entry, place)).or_else(|| returned_entry(program, call, place, key)).or_else(|| handed_entry(call, place, key))
}

/// The call that gave what a name stands for, where something outside the project made it.
fn made_elsewhere<'p>(program: &Program<'p>, value: &'p Value, place: Place) -> Option<(&'p Call, Place)> {
    program.eval(value, place, false).into_iter().find_map(|thing| match thing {
        Thing::Outside { last_call, .. } => last_call,
        _ => None,
    })
}

/// The entry under a key of the records that are spread into one, the last first.
fn spread_entry<'p>(program: &Program<'p>, entries: &'p [(String, Value)], key: &str, place: Place) -> Option<(&'p Value, Place)> {
    let spread = entries.iter().rev().filter(|(name, _)| name == "...");
    spread.map(|(_, record)| program.fold(record, place)).find_map(|(record, inside)| match &record.kind {
        ValueKind::Record(entries) => entry_under(entries, key).map(|entry| (entry, inside)),
        _ => None,
    })
}

/// The entry of the record that a function of the project makes: `Claims::new(user)` with `fn new(…) -> Self { Self { exp, … } }`.
fn returned_entry<'p>(program: &Program<'p>, call: &'p Call, place: Place, key: &str) -> Option<(&'p Value, Place)> {
    program.targets(call, place, false).into_iter().find_map(|target| entry_of_result(program, target, key))
}

/// The entry of the record out of which a call makes something: `createRoute({ method: "post", path: "/logout" })`.
fn handed_entry<'p>(call: &'p Call, place: Place, key: &str) -> Option<(&'p Value, Place)> {
    let [argument] = call.args.as_slice() else { return None };
    let ValueKind::Record(entries) = &argument.value.kind else { return None };
    entry_under(entries, key).map(|entry| (entry, place))
}

/// The entry under a key of the record that a function ends with.
fn entry_of_result<'p>(program: &Program<'p>, function: FunctionId, key: &str) -> Option<(&'p Value, Place)> {
    let mut made = match &program.function(function).body.last()?.kind {
        StepKind::Return(Some(value)) | StepKind::Evaluate(value) => value,
        _ => return None,
    };
    loop {
        match &made.kind {
            ValueKind::Record(entries) => return entry_under(entries, key).map(|entry| (entry, Place::of(function))),
            ValueKind::Call(made) if made.named(key).is_some() => return made.named(key).map(|entry| (entry, Place::of(function))),
            // `Ok(Self { … })`
            ValueKind::Call(wrapper) => made = &wrapper.args.first()?.value,
            _ => return None,
        }
    }
}

fn named_argument<'p>(call: &'p Call, name: &str) -> Option<&'p Value> {
    call.named(name).or_else(|| match &call.named("...")?.kind {
        ValueKind::Record(entries) => entries.iter().find(|(key, _)| key == name).map(|(_, value)| value),
        _ => None,
    })
}

/// The texts that a value stands for: a string, the strings of a list; holes of templates are `{}`.
pub(super) fn texts_of<'p>(program: &Program<'p>, value: &'p Value, place: Place, depth: usize) -> Vec<String> {
    let Some(depth) = depth.checked_sub(1) else { return Vec::new() };
    let (value, place) = program.fold(value, place);
    match &value.kind {
        ValueKind::Text(text) => vec![text.clone()],
        ValueKind::Template(parts) => {
            let mut text = String::new();
            for part in parts {
                match texts_of(program, part, place, depth).into_iter().next() {
                    Some(part) => text.push_str(&part),
                    None => text.push_str("{}"),
                }
            }
            vec![text]
        }
        // `BASE_URL + endpoint`
        ValueKind::Binary { op: BinaryOp::Add, left, right } => {
            let [left, right] = [left, right].map(|side| texts_of(program, side, place, depth).into_iter().next());
            if left.is_none() && right.is_none() {
                return Vec::new();
            }
            let or_hole = |text: Option<String>| text.unwrap_or_else(|| "{}".to_owned());
            vec![or_hole(left) + &or_hole(right)]
        }
        ValueKind::List(items) => items.iter().flat_map(|item| texts_of(program, item, place, depth)).collect(),
        ValueKind::Choice { then, otherwise, .. } => {
            let mut texts = texts_of(program, then, place, depth);
            texts.extend(texts_of(program, otherwise, place, depth));
            texts
        }
        ValueKind::Call(call) => texts_of_call(program, call, place, depth),
        ValueKind::Await(inner) => texts_of(program, inner, place, depth),
        // A constant or field that was set to such a call.
        ValueKind::Name(_) | ValueKind::Member(..) => {
            let made = program.eval(value, place, false).into_iter().find_map(|thing| match thing {
                Thing::Outside { made_by: Some((call, at)), .. } => joined(program, call, at, depth),
                _ => None,
            });
            made.into_iter().collect()
        }
        _ => Vec::new(),
    }
}

/// The texts of what a call gives: `new URL("/logout", base)`, `url("x")`, `"…".format()` have them inside, `"/logout".into()` before it,
/// and a function of the project, which no argument tells of, returns them.
fn texts_of_call<'p>(program: &Program<'p>, call: &'p Call, place: Place, depth: usize) -> Vec<String> {
    if let Some(text) = joined(program, call, place, depth) {
        return vec![text];
    }
    let inside = call.args.iter().map(|argument| texts_of(program, &argument.value, place, depth)).find(|texts| texts.iter().any(|text| text.contains('/') || text.is_empty()));
    if let Some(texts) = inside {
        return texts;
    }
    let returned = |target: FunctionId| match &program.function(target).body.last()?.kind {
        StepKind::Return(Some(value)) => Some(texts_of(program, value, Place::of(target), depth)).filter(|texts| !texts.is_empty()),
        _ => None,
    };
    if let Some(texts) = program.targets(call, place, false).into_iter().find_map(returned) {
        return texts;
    }
    match &call.callee.kind {
        ValueKind::Member(of, _) if call.args.is_empty() && matches!(of.kind, ValueKind::Text(_) | ValueKind::Template(_)) => texts_of(program, of, place, depth),
        _ => displayed(program, call, place, depth),
    }
}

/// The text that a call joins: `BASE_URL.concat("/logout")`.
fn joined<'p>(program: &Program<'p>, call: &'p Call, place: Place, depth: usize) -> Option<String> {
    let ValueKind::Member(head, last) = &call.callee.kind else { return None };
    if last != "concat" || call.args.is_empty() || call.args.iter().any(|argument| matches!(argument.value.kind, ValueKind::List(_))) {
        return None;
    }
    let parts = std::iter::once(&**head).chain(call.args.iter().map(|argument| &argument.value));
    let texts: Vec<Option<String>> = parts.map(|part| texts_of(program, part, place, depth).into_iter().next()).collect();
    texts.iter().any(Option::is_some).then(|| texts.into_iter().map(|text| text.unwrap_or_else(|| "{}".to_owned())).collect())
}

/// The texts at the first of several locators that has any; the last word of what is no text, such as `RequestMethod.POST`.
pub(super) fn texts_at<'p>(program: &Program<'p>, locators: &[Locator], site: &MatchSite<'p>, place: Place) -> Vec<String> {
    let texts = |locator: &Locator| {
        let texts = texts_at_one(program, locator, site, place);
        // The name of a setting's constant is no path.
        match value_at(program, locator, site, place) {
            Some((value, at)) if texts.is_empty() && !matches!(locator, Locator::Inside(_)) => last_words(program, value, at),
            _ => texts,
        }
    };
    locators.iter().map(texts).find(|texts| !texts.is_empty()).unwrap_or_default()
}

/// The prefixes at the first of several locators that has any. A constant of a file that is not lowered is asked for, if `follow`.
pub(super) fn prefixes_at<'p>(program: &Program<'p>, locators: &[Locator], site: &MatchSite<'p>, place: Place, follow: bool) -> Vec<String> {
    let texts = |locator: &Locator| {
        let texts = texts_at_one(program, locator, site, place);
        if texts.is_empty()
            && follow
            && let Some((value, at)) = value_at(program, locator, site, place)
            && matches!(value.kind, ValueKind::Name(_) | ValueKind::Member(..))
        {
            program.eval(value, at, true);
        }
        if texts.is_empty() { value_at(program, locator, site, place).and_then(|(value, at)| looked_up_text(program, value, at)).into_iter().collect() } else { texts }
    };
    locators.iter().map(texts).find(|texts| !texts.is_empty()).unwrap_or_default()
}

/// The path that a setting falls back to where its environment has none: `PREFIX = os.getenv("PREFIX", "/api")`.
fn looked_up_text<'p>(program: &Program<'p>, value: &'p Value, place: Place) -> Option<String> {
    program.eval(value, place, false).into_iter().find_map(|thing| match thing {
        Thing::Outside { made_by: Some((call, _)), .. } if call.args.len() == 2 => match (&call.args[0].value.kind, &call.args[1].value.kind) {
            (ValueKind::Text(_), ValueKind::Text(path)) if path.starts_with('/') => Some(path.clone()),
            _ => None,
        },
        _ => None,
    })
}

fn texts_at_one<'p>(program: &Program<'p>, locator: &Locator, site: &MatchSite<'p>, place: Place) -> Vec<String> {
    match locator {
        Locator::Text(text) => vec![text.clone()],
        Locator::Type(index, annotation) => {
            let ty = site.call().and_then(|call| call.types.get(*index));
            ty.and_then(|ty| typed_path(program, ty, place, annotation.as_deref())).into_iter().collect()
        }
        Locator::Made(index, annotation) => {
            let value = site.call().and_then(|call| call.positional(*index));
            value.and_then(|value| made_path(program, value, place, annotation)).into_iter().collect()
        }
        Locator::Chained(name) => site.call().map(|call| chained_path(call, name)).filter(|path| !path.is_empty()).into_iter().collect(),
        Locator::Callee => site.call().map(|call| vec![call.callee.last_name().to_owned()]).unwrap_or_default(),
        Locator::Receiver => site.call().map(|call| texts_of(program, root_of(&call.callee), place, 6)).unwrap_or_default(),
        _ => value_at(program, locator, site, place).map(|(value, at)| texts_of(program, value, at, 6)).unwrap_or_default(),
    }
}

/// The texts that the calls of a name are handed in a chain, in their order: `path!("api" / "logout")`, `path("api").and(path("logout"))`.
fn chained_path(call: &Call, name: &str) -> String {
    let is_named = |call: &Call| call.callee.last_name().trim_end_matches('!') == name;
    let mut links = vec![call];
    while let Some(ValueKind::Member(of, _)) = links.last().map(|link| &link.callee.kind) {
        let ValueKind::Call(inner) = &of.kind else { break };
        links.push(inner);
    }
    let mut parts: Vec<&str> = Vec::new();
    for link in links.into_iter().rev() {
        let handed = link.args.iter().filter_map(|argument| match &argument.value.kind {
            ValueKind::Call(inner) if is_named(inner) => Some(inner.as_ref()),
            _ => None,
        });
        let calls: Vec<&Call> = if is_named(link) { vec![link] } else { handed.collect() };
        calls.iter().flat_map(|call| &call.args).for_each(|argument| push_texts(&argument.value, &mut parts));
    }
    parts.join("/")
}

/// The texts of a value that operators join: `"api" / "logout"`.
fn push_texts<'v>(value: &'v Value, into: &mut Vec<&'v str>) {
    match &value.kind {
        ValueKind::Text(text) => into.push(text),
        ValueKind::Binary { left, right, .. } => {
            push_texts(left, into);
            push_texts(right, into);
        }
        _ => {}
    }
}

/// What a chain of calls and members begins with.
fn root_of(value: &Value) -> &Value {
    let mut at = value;
    loop {
        at = match &at.kind {
            ValueKind::Member(of, _) => of,
            ValueKind::Call(call) if matches!(call.callee.kind, ValueKind::Member(..)) => &call.callee,
            _ => return at,
        };
    }
}

fn last_words<'p>(program: &Program<'p>, value: &'p Value, place: Place) -> Vec<String> {
    let (value, place) = program.fold(value, place);
    match &value.kind {
        ValueKind::Member(_, last) | ValueKind::Name(last) => vec![last.clone()],
        ValueKind::List(items) => items.iter().flat_map(|item| last_words(program, item, place)).collect(),
        ValueKind::Call(call) => call.args.iter().flat_map(|argument| last_words(program, &argument.value, place)).collect(),
        _ => Vec::new(),
    }
}
