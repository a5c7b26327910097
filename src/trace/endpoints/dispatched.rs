//! Endpoints of servers that look themselves at what each request asks for: its address (`if (req.url === "/logout") { … }`, `switch (pathname)
//! { … }`, `match (method, path) { (Method::POST, "/logout") => … }`), or, at one address, a word (`if (intent === "logout") { … }`).

use rustc_hash::FxHashMap;

use super::paths::{join, normal_method, verb_of};
use super::{Builder, Endpoint};
use crate::ir::{BinaryOp, Block, FunctionIndex, Step, StepKind, Value, ValueKind};
use crate::link::{FunctionId, Place};
use crate::outcome::Side;
use crate::rules::split_words;
use crate::source::Span;
use crate::trace::candidates::is_logout_name;
use crate::trace::requests::is_logout_path;
use crate::trace::watched::compared;

/// How deep branches are searched.
const MAX_DEPTH: usize = 6;

/// The most words of what a request asks for: `log-out-user`.
const MAX_WORDS: usize = 3;

/// A part of a function that answers one address.
struct Arm<'p> {
    path: String,
    /// As endpoints say it.
    method: String,
    steps: &'p Block,
    span: Span,
}

impl<'p> Builder<'_, 'p> {
    /// The arms of functions that are chosen by a logout's address, or by its name in a function that answers an endpoint for more than that.
    pub(super) fn dispatched(&self, all: &mut Vec<Endpoint<'p>>) {
        let mut served: FxHashMap<FunctionId, (&str, &str)> = FxHashMap::default();
        for endpoint in all.iter().filter(|endpoint| endpoint.library.is_none()) {
            served.extend(endpoint.functions.iter().map(|function| (*function, (endpoint.path.as_str(), endpoint.method.as_str()))));
        }
        let mut found = Vec::new();
        for (id, module) in self.mentioning() {
            for index in 0..module.functions.len() {
                let function = FunctionId { module: id, index: FunctionIndex(index as u32) };
                let own = served.get(&function).copied();
                if own.is_none() && self.sides.of(id) != Side::Server || own.is_some_and(|(path, _)| is_logout_path(self.rules, path)) {
                    continue;
                }
                let mut search = Search { builder: self, place: Place::of(function), own, arms: Vec::new() };
                let method = own.map_or_else(|| verb_of(self.program.function(function).name.trim_start_matches("do_")), |(_, method)| method.to_owned());
                search.block(&self.program.function(function).body, &method, MAX_DEPTH);
                found.extend(search.arms.into_iter().map(|arm| self.answered_by(function, arm)));
            }
        }
        all.extend(found);
    }

    fn answered_by(&self, function: FunctionId, arm: Arm<'p>) -> Endpoint<'p> {
        let place = Place::of(function);
        let handed = self.handed_on(arm.steps, place);
        let part = handed.is_empty().then_some((arm.steps, place));
        let functions = if handed.is_empty() { vec![function] } else { handed };
        Endpoint { arm: part, ..Endpoint::new("branch on the request", arm.method, join("", &arm.path), functions, place, arm.span) }
    }

    /// The functions of the project to which an arm hands all its work: `return logout(req, res)`.
    fn handed_on(&self, steps: &'p Block, place: Place) -> Vec<FunctionId> {
        let [Step { kind: StepKind::Evaluate(value) | StepKind::Return(Some(value)), .. }, rest @ ..] = steps.as_slice() else { return Vec::new() };
        let ValueKind::Call(call) = &value.awaited().kind else { return Vec::new() };
        if !rest.iter().all(|step| matches!(step.kind, StepKind::Leave | StepKind::Return(None))) {
            return Vec::new();
        }
        let functions = self.program.targets(call, place, self.follow);
        functions.into_iter().filter(|function| !self.program.function(*function).body.is_empty()).collect()
    }
}

/// Looks for arms in one function.
struct Search<'s, 'a, 'p> {
    builder: &'s Builder<'a, 'p>,
    place: Place,
    /// The path and the method of the endpoint that the function answers.
    own: Option<(&'s str, &'s str)>,
    arms: Vec<Arm<'p>>,
}

impl<'p> Search<'_, '_, 'p> {
    fn block(&mut self, block: &'p Block, method: &str, depth: usize) {
        let Some(depth) = depth.checked_sub(1) else { return };
        for step in block {
            match &step.kind {
                StepKind::Branch { test, then, otherwise } => {
                    let asked = method_of_test(test).unwrap_or_else(|| method.to_owned());
                    match self.path_of_test(test) {
                        Some(path) => self.arms.push(Arm { path, method: asked, steps: then, span: test.span }),
                        None => self.block(then, &asked, depth),
                    }
                    self.block(otherwise, method, depth);
                }
                StepKind::Match { subject: Some(subject), arms } => {
                    for (labels, steps) in arms {
                        match labels.iter().find_map(|label| self.chosen(subject, label)) {
                            Some((path, asked)) => {
                                let span = labels.first().map_or(step.span, |label| label.span);
                                self.arms.push(Arm { path, method: asked.unwrap_or_else(|| method.to_owned()), steps, span });
                            }
                            None => self.block(steps, method, depth),
                        }
                    }
                }
                StepKind::Attempt { body, .. } => self.block(body, method, depth),
                StepKind::Return(Some(value)) | StepKind::Evaluate(value) => {
                    if let ValueKind::Block(inner) = &value.awaited().kind {
                        self.block(inner, method, depth);
                    }
                }
                _ => {}
            }
        }
    }

    /// The path, and the method if it is said too, by which an arm of a choice is chosen.
    fn chosen(&self, subject: &'p Value, label: &'p Value) -> Option<(String, Option<String>)> {
        match (&subject.kind, &label.kind) {
            // `match (req.method(), req.uri().path()) { (&Method::POST, "/logout") => … }`
            (ValueKind::List(subjects), ValueKind::List(labels)) => {
                let path = subjects.iter().zip(labels).find_map(|(subject, label)| self.path_asked(subject, label))?;
                let method = subjects.iter().zip(labels).find(|(subject, _)| is_method(subject)).and_then(|(_, label)| method_of(label));
                Some((path, method))
            }
            (_, ValueKind::Text(text)) => Some((self.path_asked(subject, label)?, text.split_once(' ').map(|(method, _)| normal_method(method)))),
            _ => Some((self.path_asked(subject, label)?, None)),
        }
    }

    /// The path of a logout for which alone a test holds.
    fn path_of_test(&self, test: &'p Value) -> Option<String> {
        compared(self.builder.rules, test).into_iter().find_map(|(asked, text)| self.path_asked(asked, text))
    }

    /// The path with which an address is compared, if it is a logout's; a method may stand before it: `"POST /logout"`. Where what is asked
    /// for is compared with a logout's name, the path of the endpoint itself.
    fn path_asked(&self, asked: &Value, text: &'p Value) -> Option<String> {
        let rules = self.builder.rules;
        let name = asked.last_name();
        let (is_address, is_action) = (rules.lexicon.is_exactly("address", name), self.own.is_some() && rules.lexicon.is_exactly("asked-action", name));
        if !is_address && !is_action {
            return None;
        }
        let ValueKind::Text(text) = &self.builder.program.fold(text, self.place).0.kind else { return None };
        let path = text.split_once(' ').map_or(text.as_str(), |(_, path)| path);
        if is_address {
            return (path.starts_with('/') && is_logout_path(rules, path)).then(|| path.to_owned());
        }
        let (own, _) = self.own?;
        let ends_its_own = is_logout_name(rules, text) && !["session-logout", "other-sessions"].iter().any(|class| rules.lexicon.is(class, text));
        (split_words(text).len() <= MAX_WORDS && ends_its_own).then(|| own.to_owned())
    }
}

/// The method for which alone a test holds: `req.method === "POST"`.
fn method_of_test(test: &Value) -> Option<String> {
    test.conjuncts().into_iter().find_map(|test| match &test.kind {
        ValueKind::Binary { op: BinaryOp::Equal, left, right } => {
            [(left, right), (right, left)].into_iter().find(|(asked, _)| is_method(asked)).and_then(|(_, text)| method_of(text))
        }
        _ => None,
    })
}

/// Whether a value is the method of a request.
fn is_method(value: &Value) -> bool {
    matches!(value.last_name(), "method" | "httpMethod" | "verb")
}

/// The method that a constant names.
fn method_of(value: &Value) -> Option<String> {
    let method = match &value.kind {
        ValueKind::Text(text) => normal_method(text),
        _ => normal_method(value.last_name()),
    };
    (method != "ANY" && !method.is_empty()).then_some(method)
}
