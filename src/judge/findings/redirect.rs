//! Whether the logout sends the browser wherever the request says.

use super::{Case, Judged, Said};
use crate::ir::{Block, Call, Function, StepKind, Value, ValueKind, each_value};
use crate::link::{FunctionId, Place};
use crate::outcome::{Finding, Severity, Side};
use crate::rules::{SignKind, What};
use crate::source::Span;
use crate::trace::{MatchSite, Way, value_at};

/// How many steps a target is followed back.
const MAX_STEPS: usize = 5;

/// `open-redirect`: the target of a redirect is a text of the request that nothing looks at before.
pub(super) fn open_redirect<'p>(case: &Case<'_, 'p>, one: Judged<'_, 'p>, found: &mut Vec<Finding>) {
    for (sign, event, call) in one.signs(case, Side::Server, SignKind::Redirect) {
        let Some(call) = call.filter(|_| !matches!(event.way, Way::Dead | Way::NeverAwaited)) else { continue };
        let mut targets = sign.target.iter().filter_map(|locator| value_at(case.program, locator, &MatchSite::Call(call), event.place));
        let Some((from, place)) = targets.find_map(|(value, place)| from_request(case, value, place, call, MAX_STEPS)) else { continue };
        let site = case.site(event.place.module, event.span);
        let quoted = case.site(place.module, from.span);
        let said = Said {
            check: "open-redirect",
            severity: Severity::Medium,
            message: format!("the logout redirects to `{}`, which whoever wrote the link chose: nothing checks it", crate::judge::verdicts::one_line(&quoted.code)),
            related: vec![quoted].into_iter().filter(|quoted| (quoted.line, &quoted.file) != (site.line, &site.file)).collect(),
            site,
            fix: Some("compare the target with a list of allowed ones, or accept only paths that begin with one `/`"),
        };
        found.push(said.finding(&one.flow.id));
    }
}

/// The text of the request that a target is, if nothing looks at it on the way.
fn from_request<'p>(case: &Case<'_, 'p>, value: &'p Value, place: Place, redirect: &'p Call, steps: usize) -> Option<(&'p Value, Place)> {
    let steps = steps.checked_sub(1)?;
    match &value.kind {
        ValueKind::Await(inner) => from_request(case, inner, place, redirect, steps),
        // `next || "/"`; where anything else is asked, that may be the check.
        ValueKind::Choice { test, then, .. } if test.span == then.span => from_request(case, then, place, redirect, steps),
        ValueKind::Template(parts) => parts.first().and_then(|first| from_request(case, first, place, redirect, steps)),
        ValueKind::Call(_) | ValueKind::Member(..) if is_request_text(case, value, place) => is_unchecked(case, value, place, redirect).then_some((value, place)),
        // `new URL(next, base)` is `next` where that is a whole address.
        ValueKind::Call(inner) if matches!(inner.last_name(), "URL" | "String" | "str" | "decodeURIComponent" | "decodeURI" | "unquote") => {
            from_request(case, inner.positional(0)?, place, redirect, steps)
        }
        ValueKind::Name(name) => {
            if !is_unchecked_name(case, name, place, redirect) {
                return None;
            }
            let (origin, at) = case.program.origin(value, place);
            if std::ptr::eq(origin, value) {
                return is_request_text(case, value, place).then_some((value, place));
            }
            from_request(case, origin, at, redirect, steps)
        }
        _ => None,
    }
}

fn is_request_text<'p>(case: &Case<'_, 'p>, value: &'p Value, place: Place) -> bool {
    let language = case.program.module(place.module).language;
    let names = match &value.kind {
        ValueKind::Call(call) => case.program.names_of_call(call, place, false),
        _ => case.program.names_of(value, place, false),
    };
    let signs = case.rules.signs.iter().filter(|sign| sign.kind == SignKind::RequestText && sign.languages.contains(&language));
    let mut patterns = signs.flat_map(|sign| &sign.matchers).filter_map(|matcher| match &matcher.what {
        What::Call(patterns) => Some(patterns),
        _ => None,
    });
    patterns.any(|patterns| patterns.iter().any(|pattern| names.iter().any(|name| pattern.fits(name, &case.rules.lexicon))))
}

/// The function around a place, the outermost one: a check may stand before a callback.
fn whole<'p>(case: &Case<'_, 'p>, place: Place) -> Option<(&'p Function, Vec<&'p Block>)> {
    let module = case.program.module(place.module);
    let mut index = place.function?;
    while let Some(parent) = module.function(index).parent {
        index = parent;
    }
    let outer = case.program.function(FunctionId { module: place.module, index });
    let blocks = module.functions.iter().filter(|function| outer.span.contains(function.span)).map(|function| &function.body).collect();
    Some((outer, blocks))
}

/// Whether a member of the request is asked about nowhere but in the redirect itself.
fn is_unchecked(case: &Case<'_, '_>, value: &Value, place: Place, redirect: &Call) -> bool {
    let Some((_, blocks)) = whole(case, place) else { return false };
    let text = |span: Span| case.texts.text(place.module).get(span.start as usize..span.end as usize).unwrap_or("");
    let own = text(value.span);
    let mut spans = Vec::new();
    for block in &blocks {
        each_value(block, |other| {
            if matches!(other.kind, ValueKind::Member(..) | ValueKind::Call(_)) && other.span != value.span && text(other.span) == own {
                spans.push(other.span);
            }
        });
    }
    spans.retain(|span| !redirect.span.contains(*span) && !span.contains(value.span));
    blocks.iter().for_each(|block| drop_bare_tests(block, &mut spans));
    spans.is_empty()
}

/// Whether a variable is asked about nowhere but for being there.
fn is_unchecked_name(case: &Case<'_, '_>, name: &str, place: Place, redirect: &Call) -> bool {
    let Some((_, blocks)) = whole(case, place) else { return false };
    let mut spans = Vec::new();
    for block in &blocks {
        each_value(block, |other| {
            if matches!(&other.kind, ValueKind::Name(other) if other == name) {
                spans.push(other.span);
            }
        });
    }
    spans.retain(|span| !redirect.span.contains(*span));
    for block in &blocks {
        drop_bare_tests(block, &mut spans);
        drop_targets(block, name, &mut spans);
    }
    spans.is_empty()
}

/// Takes out what is only asked for being there: `if (next)`.
fn drop_bare_tests(block: &Block, spans: &mut Vec<Span>) {
    for step in block {
        match &step.kind {
            StepKind::Branch { test, then, otherwise } => {
                let test = if let ValueKind::Not(inner) = &test.kind { inner } else { test };
                spans.retain(|span| *span != test.span);
                drop_bare_tests(then, spans);
                drop_bare_tests(otherwise, spans);
            }
            StepKind::Attempt { body, caught, finally } => [body, caught, finally].into_iter().for_each(|block| drop_bare_tests(block, spans)),
            _ => {}
        }
    }
}

/// Takes out where the variable is set, once.
fn drop_targets(block: &Block, name: &str, spans: &mut Vec<Span>) {
    let mut targets = Vec::new();
    collect_targets(block, name, &mut targets);
    if let [only] = targets.as_slice() {
        spans.retain(|span| !only.contains(*span));
    }
}

fn collect_targets(block: &Block, name: &str, into: &mut Vec<Span>) {
    for step in block {
        match &step.kind {
            StepKind::Assign { target, .. } => {
                let mut is_meant = false;
                crate::ir::each_value_of(target, |part| is_meant |= matches!(&part.kind, ValueKind::Name(other) if other == name));
                if is_meant {
                    into.push(target.span);
                }
            }
            StepKind::Branch { then, otherwise, .. } => [then, otherwise].into_iter().for_each(|block| collect_targets(block, name, into)),
            StepKind::Attempt { body, caught, finally } => [body, caught, finally].into_iter().for_each(|block| collect_targets(block, name, into)),
            _ => {}
        }
    }
}
