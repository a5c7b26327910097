//! Whether the client forgets its state before the server has answered.

use super::{Case, Judged, Said};
use crate::ir::{Block, StepKind};
use crate::judge::evidence::enclosing;
use crate::outcome::{Action, Finding, Severity, Side};
use crate::source::Span;
use crate::trace::{Event, EventKind, Step, Way};

/// `client-before-server`: in one function, state goes and only then is the server asked.
pub(super) fn client_before_server<'p>(case: &Case<'_, 'p>, one: Judged<'_, 'p>, found: &mut Vec<Finding>) {
    if one.traced.requests.is_empty() {
        return;
    }
    let asks: Vec<&Event<'p>> = one.events(Side::Client).filter(|event| event.way == Way::Ordinary && is_tie(one, event)).collect();
    for cleanup in one.cleanups(case, Action::ClientState) {
        let (evidence, Some(event)) = (cleanup.evidence, cleanup.event) else { continue };
        if !evidence.counts || evidence.at != Side::Client || event.way != Way::Ordinary || event.condition.is_some() {
            continue;
        }
        if case.rules.lexicon.is("announcement", &evidence.site.code) {
            continue;
        }
        let Some(ask) = asks.iter().find(|ask| comes_before(case, event, ask)) else { continue };
        // Asked twice, the first time counts.
        if asks.iter().any(|other| comes_before(case, other, event) || is_around(other, event)) || is_asked_again(case, ask) {
            continue;
        }
        let said = Said {
            check: "client-before-server",
            severity: Severity::Medium,
            message: "the client forgets this before it asks the server to end the session: if that request fails, the session lives on unseen".to_owned(),
            site: evidence.site.clone(),
            related: vec![case.site(ask.place.module, ask.span)],
            fix: Some("ask the server first, wait for its answer, and clear the client in `finally`"),
        };
        found.push(said.finding(&one.flow.id));
        return;
    }
}

/// Whether what fails is kept to be asked again.
fn is_asked_again(case: &Case<'_, '_>, ask: &Event<'_>) -> bool {
    let steps = path(ask);
    steps.iter().any(|step| {
        let Some(index) = enclosing(case, step.module, step.span) else { return false };
        let mut found = false;
        crate::ir::each_call(&case.program.module(step.module).function(index).body, |call| {
            found |= case.rules.lexicon.is("kept-to-retry", call.last_name());
        });
        found
    })
}

/// Whether an event is a call by which the client reaches the logout of the server.
fn is_tie(one: Judged<'_, '_>, event: &Event<'_>) -> bool {
    match &event.kind {
        EventKind::Request(request) => !request.is_markup && one.traced.requests.contains(&Step { module: event.place.module, span: event.span }),
        EventKind::Endpoint(_) => one.traced.requests.contains(&Step { module: event.place.module, span: event.span }),
        _ => false,
    }
}

/// The calls that lead to an event, and the event itself.
fn path(event: &Event<'_>) -> Vec<Step> {
    event.trail.iter().copied().chain([Step { module: event.place.module, span: event.span }]).collect()
}

/// Whether both happen in one run of a function, the first entirely before the second.
fn comes_before(case: &Case<'_, '_>, first: &Event<'_>, second: &Event<'_>) -> bool {
    let (a, b) = (path(first), path(second));
    let Some(at) = a.iter().zip(&b).position(|(a, b)| a != b) else { return false };
    let (Some(a), Some(b)) = (a.get(at), b.get(at)) else { return false };
    if a.module != b.module || a.span.end > b.span.start {
        return false;
    }
    let function = |step: &Step| enclosing(case, step.module, step.span);
    let Some(index) = function(a).filter(|index| Some(*index) == function(b)) else { return false };
    !stand_apart(&case.program.module(a.module).function(index).body, a.span, b.span)
}

/// Whether the first stands in the request itself: in what runs when it is answered.
fn is_around(request: &Event<'_>, event: &Event<'_>) -> bool {
    path(event).iter().any(|step| step.module == request.place.module && request.span.contains(step.span))
}

/// Whether two places stand in different branches, of which only one runs.
fn stand_apart(block: &Block, a: Span, b: Span) -> bool {
    let has = |block: &Block, span: Span| block.iter().any(|step| step.span.contains(span));
    block.iter().any(|step| match &step.kind {
        StepKind::Branch { then, otherwise, .. } => {
            let leaves = |block: &Block| matches!(block.last().map(|step| &step.kind), Some(StepKind::Return(_) | StepKind::Throw(_) | StepKind::Leave));
            let is_early = |block: &Block| has(block, a) && !has(block, b) && leaves(block);
            (has(then, a) && has(otherwise, b))
                || (has(otherwise, a) && has(then, b))
                || is_early(then)
                || is_early(otherwise)
                || stand_apart(then, a, b)
                || stand_apart(otherwise, a, b)
        }
        StepKind::Match { arms, .. } => {
            let arm = |span: Span| arms.iter().position(|(_, block)| has(block, span));
            matches!((arm(a), arm(b)), (Some(a), Some(b)) if a != b) || (arm(a).is_some() && arm(b).is_none()) || arms.iter().any(|(_, block)| stand_apart(block, a, b))
        }
        StepKind::Attempt { body, caught, finally } => (has(caught, a) && !has(caught, b)) || [body, caught, finally].into_iter().any(|block| stand_apart(block, a, b)),
        StepKind::Loop { body, .. } => stand_apart(body, a, b),
        _ => false,
    })
}
