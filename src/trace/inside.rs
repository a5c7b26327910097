//! What a configuration says about a call: in the closures handed to it, and in the calls chained behind it.

use super::survey::MatchSite;
use crate::ir::{Block, Call, FunctionIndex, Module, Name, StepKind, Value, ValueKind, each_call};
use crate::link::{Place, Program};
use crate::rules::{Pattern, RuleSet};
use crate::source::Span;

/// How deep closures are looked into.
const MAX_CLOSURES: usize = 3;

/// The value that a configuration gives to a setting: what is assigned to that name in the call's closures, or handed to
/// a call of it there or behind in the chain.
pub(super) fn setting_of<'p>(program: &Program<'p>, name: &str, site: &MatchSite<'p>, place: Place) -> Option<(&'p Value, Place)> {
    let call = site.call()?;
    let module = program.module(place.module);
    let in_closures = call.args.iter().find_map(|argument| match &argument.value.kind {
        ValueKind::Closure(index) => set_in(module, *index, name, MAX_CLOSURES).map(|(value, function)| (value, Place { module: place.module, function: Some(function) })),
        _ => None,
    });
    in_closures.or_else(|| {
        let behind = chained_behind(program, call, place);
        let setter = behind.into_iter().find(|later| later.callee.last_name() == name)?;
        Some((setter.positional(0)?, place))
    })
}

/// The calls that are chained behind a call, the nearest first: `.b()` and `.c()` of `a().b().c()`.
pub(super) fn chained_behind<'p>(program: &Program<'p>, call: &Call, place: Place) -> Vec<&'p Call> {
    let module = program.module(place.module);
    let body: &'p Block = module.body(place.function);
    let mut behind: Vec<&'p Call> = Vec::new();
    each_call(body, |later| {
        // Calls are met outside in, so a chain is met whole before its parts.
        if later.span.start <= call.span.start && later.span.end > call.span.end && chain_holds(later, call) {
            behind.push(later);
        }
    });
    behind.sort_by_key(|later| later.span.end);
    behind
}

/// The last call of a chain that still speaks of `call`: those behind it belong to it up to the one that fits `until`, unless `call` is
/// handed its settings in a closure: then those behind it speak of something else again.
pub(super) fn whole_setting<'p>(program: &Program<'p>, call: &'p Call, place: Place, rules: &RuleSet, until: &[Pattern]) -> &'p Call {
    let is_end = |later: &Call| until.iter().any(|pattern| pattern.fits(&Name::of_call(later), &rules.lexicon));
    if until.is_empty() || call.args.iter().any(|argument| matches!(argument.value.kind, ValueKind::Closure(_))) {
        return call;
    }
    chained_behind(program, call, place).into_iter().take_while(|later| !is_end(later)).last().unwrap_or(call)
}

/// Where a setting stands: the whole call, or its last link where others are called before it in a chain.
pub(super) fn setting_span(call: &Call) -> Span {
    match &call.callee.kind {
        ValueKind::Member(of, name) if matches!(of.kind, ValueKind::Call(_)) => Span { start: call.callee.span.end - name.len() as u32, end: call.span.end },
        _ => call.span,
    }
}

/// Whether a call is an earlier link of a chain.
fn chain_holds(later: &Call, call: &Call) -> bool {
    let mut at = &later.callee;
    loop {
        at = match &at.kind {
            ValueKind::Member(of, _) | ValueKind::Await(of) => of,
            ValueKind::Call(inner) if std::ptr::eq(&raw const **inner, call) => return true,
            ValueKind::Call(inner) => &inner.callee,
            _ => return false,
        };
    }
}

/// What a closure, or one within it, assigns to a name or hands to a call of it.
fn set_in<'p>(module: &'p Module, closure: FunctionIndex, name: &str, depth: usize) -> Option<(&'p Value, FunctionIndex)> {
    let depth = depth.checked_sub(1)?;
    let body = &module.function(closure).body;
    for step in body {
        if let StepKind::Assign { target, value, .. } = &step.kind
            && target.last_name() == name
        {
            return Some((value, closure));
        }
    }
    let mut found = None;
    let mut inner = Vec::new();
    each_call(body, |call| {
        if found.is_none() && call.callee.last_name() == name {
            found = call.positional(0).map(|value| (value, closure));
        }
        inner.extend(call.args.iter().filter_map(|argument| match &argument.value.kind {
            ValueKind::Closure(index) => Some(*index),
            _ => None,
        }));
    });
    found.or_else(|| inner.into_iter().find_map(|index| set_in(module, index, name, depth)))
}
