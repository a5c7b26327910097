//! Branches that run when a logout has been answered: a client's plugin or interceptor looks at the address of each answer.

use super::candidates::{Candidate, shown_name};
use super::requests::is_logout_path;
use crate::ir::{BinaryOp, Block, Name, StepKind, Value, ValueKind};
use crate::link::{FunctionId, Place, Program};
use crate::rules::RuleSet;

/// How deep branches are searched.
const MAX_DEPTH: usize = 5;

/// The branches of a client's function that run only for requests of a logout.
pub(super) fn watched<'p>(program: &Program<'p>, rules: &RuleSet, function: FunctionId) -> Option<Candidate<'p>> {
    let defined = program.function(function);
    let arm = watching(rules, &defined.body, MAX_DEPTH)?;
    Some(Candidate { arm: Some((arm, Place::of(function))), is_event: true, is_watcher: true, ..Candidate::new(function, shown_name(defined)) })
}

/// The first branch whose test asks for the address of a logout.
fn watching<'p>(rules: &RuleSet, block: &'p Block, depth: usize) -> Option<&'p Block> {
    let depth = depth.checked_sub(1)?;
    block.iter().find_map(|step| match &step.kind {
        StepKind::Branch { test, then, .. } if asks_for_address(rules, test) => Some(then),
        StepKind::Branch { then, otherwise, .. } => watching(rules, then, depth).or_else(|| watching(rules, otherwise, depth)),
        StepKind::Attempt { body, .. } => watching(rules, body, depth),
        StepKind::Return(Some(value)) | StepKind::Evaluate(value) => match &value.kind {
            ValueKind::Block(inner) => watching(rules, inner, depth),
            _ => None,
        },
        _ => None,
    })
}

/// Whether a test holds only for requests of a logout: `response.url.endsWith("/logout")`, `request.path == Routes.LOGOUT && …`.
fn asks_for_address(rules: &RuleSet, test: &Value) -> bool {
    compared(rules, test).into_iter().any(|(address, text)| is_address(rules, address) && names_logout(rules, text))
}

/// What a test compares that holds only where the two are alike or one is a part of the other: `path == "/logout" && …`, either way round;
/// `url.endsWith("/logout")`.
pub(super) fn compared<'v>(rules: &RuleSet, test: &'v Value) -> Vec<(&'v Value, &'v Value)> {
    let pairs = |test: &'v Value| match &test.kind {
        ValueKind::Binary { op: BinaryOp::Equal, left, right } => vec![(&**left, &**right), (&**right, &**left)],
        ValueKind::Call(call) => match (&call.callee.kind, call.positional(0)) {
            (ValueKind::Member(of, method), Some(part)) if rules.lexicon.is_exactly("text-test", method) => vec![(&**of, part)],
            _ => Vec::new(),
        },
        _ => Vec::new(),
    };
    test.conjuncts().into_iter().flat_map(pairs).collect()
}

/// Whether a value is the address of a request or its answer: `response.config.url`.
fn is_address(rules: &RuleSet, value: &Value) -> bool {
    let name = Name::written(value);
    let Some((last, before)) = name.segments.split_last() else { return false };
    rules.lexicon.is("address", &last.text) && before.iter().any(|segment| rules.lexicon.is("exchange", &segment.text))
}

/// Whether a value is the path of a logout, or a constant that bears its name.
fn names_logout(rules: &RuleSet, value: &Value) -> bool {
    match &value.kind {
        ValueKind::Text(text) => is_logout_path(rules, text),
        ValueKind::Name(_) | ValueKind::Member(..) => Name::written(value).segments.iter().any(|segment| rules.lexicon.is("logout", &segment.text)),
        _ => false,
    }
}
