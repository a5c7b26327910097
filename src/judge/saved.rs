//! Whether a change is saved behind the handler's back, by what hands over the connection that it is made on.

use super::Case;
use super::evidence::{any_call, enclosing};
use crate::ir::{Block, StepKind, Value, ValueKind};
use crate::link::{FunctionId, Place};
use crate::rules::Pattern;
use crate::trace::Event;

/// How far functions that hand over others' results are followed.
const MAX_DEPTH: usize = 3;

/// Whether a function that a parameter on the way to an event speaks of (`db=Depends(get_db)`) gives something to the handler in its
/// midst and saves when the handler is through.
pub(super) fn is_saved_later(case: &Case<'_, '_>, event: &Event<'_>, patterns: &[Pattern]) -> bool {
    let own = event.place.function.map(|index| FunctionId { module: event.place.module, index });
    let callers = event.trail.iter().filter_map(|step| enclosing(case, step.module, step.span).map(|index| FunctionId { module: step.module, index }));
    own.into_iter().chain(callers).any(|function| providers_save(case, function, patterns, MAX_DEPTH))
}

fn providers_save(case: &Case<'_, '_>, function: FunctionId, patterns: &[Pattern], depth: usize) -> bool {
    let Some(depth) = depth.checked_sub(1) else { return false };
    let params = &case.program.function(function).params;
    params.iter().flat_map(|param| case.program.providers(function, param, false)).any(|provider| gives_and_saves(case, provider, patterns) || providers_save(case, provider, patterns, depth))
}

/// Whether a function gives a value in its midst, and what comes behind that saves.
fn gives_and_saves(case: &Case<'_, '_>, function: FunctionId, patterns: &[Pattern]) -> bool {
    let given = first_given(&case.program.function(function).body);
    given.is_some_and(|given| any_call(case, Place::of(function), patterns, |call| call.start >= given))
}

/// Where a body first gives a value without ending.
fn first_given(block: &Block) -> Option<u32> {
    block.iter().find_map(|step| match &step.kind {
        StepKind::Evaluate(Value { kind: ValueKind::Unknown(given), span }) if given.len() == 1 => Some(span.end),
        StepKind::Attempt { body, .. } | StepKind::Loop { body, .. } => first_given(body),
        StepKind::Branch { then, otherwise, .. } => first_given(then).or_else(|| first_given(otherwise)),
        _ => None,
    })
}
