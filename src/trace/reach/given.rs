//! What a caller hands over for the parameters of a function, where that is written out: `keepToken(user.id, null)`.

use super::receivers::add_models;
use crate::ir::{Name, Param, Value, ValueKind, each_value_of};
use crate::link::{ClassId, FunctionId, Place, Program};
use crate::rules::{Lexicon, Lookup, split_words};
use crate::trace::lookup::At;

/// How many parameters of one function are looked at.
const MAX_GIVEN: usize = 5;

/// How many functions stand around a closure at most.
const MAX_AROUND: usize = 6;

/// How deep in an expression a telling name may stand.
const MAX_DEPTH: usize = 6;

/// By parameter: what its caller hands over.
type Handed<'p> = [Option<(&'p str, &'p Value)>; MAX_GIVEN];

/// The parameters of the function that runs, or of one around it, for which its caller hands over a constant or something of a telling name.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Given<'p> {
    owner: Option<FunctionId>,
    values: Handed<'p>,
    /// What says more of itself than the parameter does: `drop(user.refreshToken)` with `fun drop(key: String)`.
    telling: Handed<'p>,
}

impl<'p> Given<'p> {
    /// What a function is given: by the call that enters it, or, for a closure that nobody calls by name, as what stands around it.
    pub(super) fn to(self, program: &Program<'p>, lexicon: &Lexicon, function: FunctionId, entered: Option<(&'p crate::ir::Call, Place)>) -> Self {
        let Some((call, at)) = entered else {
            let is_around = self.owner.is_some_and(|owner| around(program, Place::of(function)).any(|outer| outer == owner));
            return if is_around { self } else { Self::default() };
        };
        if call.args.is_empty() {
            return Self::default();
        }
        let defined = program.function(function);
        let mut given = Self { owner: Some(function), ..Self::default() };
        let (mut constants, mut telling) = (given.values.iter_mut(), given.telling.iter_mut());
        for (index, param) in defined.params.iter().enumerate() {
            let Some(handed) = defined.handed(call, index) else { continue };
            for (name, value) in parts_of(param, handed) {
                let (free, known) = match self.constant(program, value, at) {
                    Some(constant) => (&mut constants, constant),
                    None if says_whose(lexicon, name) => continue,
                    None => match self.said(program, lexicon, value, at) {
                        Some(said) => (&mut telling, said),
                        None => continue,
                    },
                };
                if let Some(place) = free.next() {
                    *place = Some((name, known));
                }
            }
        }
        if given.values[0].is_none() && given.telling[0].is_none() { Self::default() } else { given }
    }

    /// What is handed over, if it names a credential, itself or in what a variable of the caller was set to.
    fn said(&self, program: &Program<'p>, lexicon: &Lexicon, value: &'p Value, at: Place) -> Option<&'p Value> {
        if let Some(known) = self.param(&self.telling, program, value, at) {
            return Some(known);
        }
        if tells(lexicon, value, MAX_DEPTH) {
            return Some(value);
        }
        let (origin, _) = program.origin(value, at);
        (!std::ptr::eq(origin, value) && tells(lexicon, origin, MAX_DEPTH)).then_some(origin)
    }

    /// What a caller writes out, itself or because its own caller did.
    fn constant(&self, program: &Program<'p>, value: &'p Value, at: Place) -> Option<&'p Value> {
        if is_constant(value) { Some(value) } else { self.value_of(program, value, at) }
    }

    /// What a name stands for at a place, if it is one of the parameters.
    fn value_of(&self, program: &Program<'p>, value: &Value, place: Place) -> Option<&'p Value> {
        self.param(&self.values, program, value, place)
    }

    /// What is handed over for a name, if it is one of the parameters at a place.
    fn param(&self, handed: &Handed<'p>, program: &Program<'p>, value: &Value, place: Place) -> Option<&'p Value> {
        let ValueKind::Name(name) = &value.kind else { return None };
        let (_, known) = handed.iter().flatten().find(|(given, _)| given == name)?;
        let takes_over = |function: &FunctionId| program.function(*function).params.iter().any(|param| param.name == *name);
        let inner = place.function.map(|index| FunctionId { module: place.module, index });
        let declaring = inner.into_iter().chain(around(program, place)).find(takes_over).or(self.owner)?;
        let is_here = inner.into_iter().chain(around(program, place)).any(|function| Some(function) == self.owner);
        (is_here && Some(declaring) == self.owner).then_some(known)
    }

    /// What the caller names a part of a value: `refreshToken` for `key.trim()`.
    fn named_by_caller(&self, program: &Program<'p>, value: &'p Value, place: Place, depth: usize) -> Option<&'p Value> {
        self.telling[0]?;
        let depth = depth.checked_sub(1)?;
        let of = |part: &'p Value| self.named_by_caller(program, part, place, depth);
        match &value.kind {
            ValueKind::Name(_) => self.param(&self.telling, program, value, place),
            ValueKind::Member(inner, _) | ValueKind::Await(inner) => of(inner),
            ValueKind::Template(parts) | ValueKind::List(parts) => parts.iter().find_map(of),
            ValueKind::Binary { left, right, .. } => of(left).or_else(|| of(right)),
            ValueKind::Call(call) => of(&call.callee).or_else(|| call.args.iter().find_map(|argument| of(&argument.value))),
            _ => None,
        }
    }

    /// Whether a call is handed one of the parameters, so that what it is depends on who calls.
    pub(super) fn concerns(&self, value: &'p Value) -> bool {
        let mut found = false;
        if self.owner.is_some() {
            each_value_of(value, |part| {
                found |= matches!(&part.kind, ValueKind::Name(name) if self.values.iter().chain(&self.telling).flatten().any(|(given, _)| given == name));
            });
        }
        found
    }
}

/// The functions around a place, the nearest first.
fn around<'a>(program: &'a Program<'_>, place: Place) -> impl Iterator<Item = FunctionId> + 'a {
    let module = program.module(place.module);
    let first = place.function.and_then(|index| module.function(index).parent);
    module.around(first).take(MAX_AROUND).map(move |index| FunctionId { module: place.module, index })
}

/// The local names of a parameter, with what each is given.
fn parts_of<'p>(param: &'p Param, handed: &'p Value) -> Vec<(&'p str, &'p Value)> {
    if !param.name.is_empty() {
        return vec![(param.name.as_str(), handed)];
    }
    let ValueKind::Record(entries) = &handed.kind else { return Vec::new() };
    let entry_of = |path: &String| entries.iter().find(|(key, _)| key == path).map(|(_, value)| value);
    param.parts.iter().filter_map(|(path, local)| Some((local.as_str(), entry_of(path)?))).collect()
}

/// Whether a name is that of a credential, or of a record of one.
fn says_whose(lexicon: &Lexicon, name: &str) -> bool {
    ["token", "session", "denylist"].iter().any(|class| lexicon.is(class, name))
}

/// Whether an expression names a credential, and says more than that it is one: `refreshToken`, but not `token`. What a function is called
/// that makes it says nothing: `keys.sessionOf(user)`.
fn tells(lexicon: &Lexicon, value: &Value, depth: usize) -> bool {
    let Some(depth) = depth.checked_sub(1) else { return false };
    let of = |part: &Value| tells(lexicon, part, depth);
    let says = |name: &str| says_whose(lexicon, name) && split_words(name).len() > 1;
    match &value.kind {
        ValueKind::Name(name) => says(name),
        ValueKind::Text(text) => says_whose(lexicon, text),
        ValueKind::Member(inner, name) => says(name) || of(inner),
        ValueKind::Await(inner) => of(inner),
        ValueKind::Template(parts) => parts.iter().any(of),
        ValueKind::Binary { left, right, .. } => of(left) || of(right),
        ValueKind::Call(call) => matches!(&call.callee.kind, ValueKind::Member(on, _) if of(on)) || call.args.iter().any(|argument| of(&argument.value)),
        _ => false,
    }
}

fn is_constant(value: &Value) -> bool {
    match &value.kind {
        ValueKind::Null | ValueKind::Undefined | ValueKind::Bool(_) | ValueKind::Text(_) | ValueKind::Number(_) => true,
        ValueKind::List(items) => items.is_empty(),
        ValueKind::Record(entries) => entries.is_empty(),
        ValueKind::Name(name) => name == "undefined" || name == "None",
        _ => false,
    }
}

/// The program as rules see it from a place inside a function whose caller is known.
pub(super) struct Inside<'a, 'p> {
    pub at: At<'a, 'p>,
    pub given: Given<'p>,
    /// The class of the object whose method runs.
    pub receiver: Option<ClassId>,
    pub lexicon: &'a Lexicon,
}

impl<'p> Lookup<'p> for Inside<'_, 'p> {
    fn fold(&self, value: &'p Value) -> &'p Value {
        self.given.value_of(self.at.program, value, self.at.place).unwrap_or_else(|| self.at.fold(value))
    }

    fn names(&self, value: &'p Value) -> Vec<Name> {
        let mut names = self.at.names(value);
        add_models(self.at.program, self.lexicon, self.receiver, &mut names);
        names
    }

    fn origin(&self, value: &'p Value) -> &'p Value {
        self.at.origin(value)
    }

    fn made_by_helper(&self, value: &'p Value) -> Option<&'p Value> {
        self.at.made_by_helper(value)
    }

    fn given_back(&self, value: &'p Value) -> Option<&'p Value> {
        self.at.given_back(value)
    }

    fn spelled_by_helper(&self, value: &'p Value) -> Option<String> {
        self.at.spelled_by_helper(value)
    }

    fn named_by_caller(&self, value: &'p Value) -> Option<&'p Value> {
        self.given.named_by_caller(self.at.program, value, self.at.place, MAX_DEPTH)
    }
}
