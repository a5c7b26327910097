//! Whether a guard in front of the logout turns away whoever's session has expired.

use super::{Case, Judged, Said};
use crate::ir::{Call, FunctionIndex, Value, ValueKind, each_value};
use crate::link::{FunctionId, ModuleId, Place};
use crate::outcome::{Action, Finding, Severity, Side};
use crate::rules::SignKind;
use crate::source::Span;
use crate::trace::MatchSite;

/// `logout-requires-auth`: the answer that would clear the cookies is never given, since a guard answers 401 before.
pub(super) fn logout_requires_auth<'p>(case: &Case<'_, 'p>, one: Judged<'_, 'p>, found: &mut Vec<Finding>) {
    let Some(server) = &one.flow.server else { return };
    let Some(cleared) = one.flow.evidence().find(|evidence| evidence.action == Action::Cookie && evidence.counts && evidence.at == Side::Server) else { return };
    let Some((module, span)) = guard(case, one) else { return };
    let said = Said {
        check: "logout-requires-auth",
        severity: Severity::Low,
        message: "a guard answers 401 before this logout if the session has expired, so its cookie stays in the browser".to_owned(),
        site: server.head.clone(),
        related: vec![case.site(module, span), cleared.site.clone()],
        fix: Some("let the handler run without a valid session: end what is there, clear the cookie in any case, answer with success"),
    };
    found.push(said.finding(&one.flow.id));
}

/// The place of a guard that stands in front of a flow's handler.
fn guard<'p>(case: &Case<'_, 'p>, one: Judged<'_, 'p>) -> Option<(ModuleId, Span)> {
    let handler = one.traced.server.as_ref()?;
    let function = handler.function?;
    let defined = case.program.function(function);
    let place = Place::of(function);
    // `@UseGuards(…)`, `@require_token`, on the function or its class.
    let module = case.program.module(function.module);
    let of_class = defined.owner.into_iter().flat_map(|owner| &module.class(owner).annotations);
    for annotation in defined.annotations.iter().chain(of_class) {
        let refuses = case.program.targets(annotation, Place { module: function.module, function: defined.parent }, false).into_iter().any(|target| refuses(case, target));
        if refuses || is_guard(case, annotation, place) {
            return Some((function.module, annotation.span));
        }
    }
    // `user = Depends(current_user)`
    for param in &defined.params {
        if case.program.providers(function, param, false).into_iter().any(|provider| refuses_within(case, provider, 3)) {
            return Some((function.module, param.span));
        }
    }
    // `authenticate { post("/logout") { … } }`
    let mut at = Some(function);
    while let Some(inner) = at {
        if let Some(handed) = case.traced.survey.handed_to.get(&inner)
            && is_guard(case, handed.call, handed.place)
        {
            return Some((handed.place.module, handed.call.span));
        }
        at = case.program.function(inner).parent.map(|index| FunctionId { module: inner.module, index });
    }
    in_front(case, one, function)
}

/// A function that a route is handed before its handler: `router.post("/logout", requireUser, logout)`.
fn in_front<'p>(case: &Case<'_, 'p>, one: Judged<'_, 'p>, function: FunctionId) -> Option<(ModuleId, Span)> {
    let route = one.traced.server.as_ref()?.route.as_deref()?;
    let endpoints = case.traced.endpoints.by_function.get(&function)?;
    let endpoint = endpoints.iter().filter_map(|index| case.traced.endpoints.all.get(*index)).find(|endpoint| endpoint.path == route)?;
    let Some(MatchSite::Call(call)) = endpoint.site else { return None };
    let before: Vec<&Value> = call.args.iter().map(|argument| &argument.value).collect();
    let (_, before) = before.split_last()?;
    before.iter().flat_map(|value| parts(value)).find_map(|value| {
        let is_meant = match &value.kind {
            ValueKind::Call(made) => is_guard(case, made, endpoint.place) || case.program.targets(made, endpoint.place, false).into_iter().any(|target| refuses(case, target)),
            ValueKind::Name(_) | ValueKind::Member(..) => {
                case.program.functions_of(value, endpoint.place, false).into_iter().any(|target| target != function && refuses(case, target))
            }
            _ => false,
        };
        is_meant.then_some((endpoint.place.module, value.span))
    })
}

fn parts(value: &Value) -> Vec<&Value> {
    match &value.kind {
        ValueKind::List(parts) => parts.iter().collect(),
        _ => vec![value],
    }
}

/// Whether a rule says that a call guards what stands behind it.
fn is_guard<'p>(case: &Case<'_, 'p>, call: &'p Call, place: Place) -> bool {
    case.shows(call, place, SignKind::Guard)
}

/// Whether a function or one that provides its parameters refuses.
fn refuses_within(case: &Case<'_, '_>, function: FunctionId, depth: usize) -> bool {
    let Some(depth) = depth.checked_sub(1) else { return false };
    refuses(case, function)
        || case
            .program
            .function(function)
            .params
            .iter()
            .any(|param| case.program.providers(function, param, false).into_iter().any(|provider| refuses_within(case, provider, depth)))
}

/// Whether a function of the project verifies something and answers 401, itself or in the closures it is made of.
fn refuses(case: &Case<'_, '_>, function: FunctionId) -> bool {
    let module = case.program.module(function.module);
    let span = case.program.function(function).span;
    let text = case.texts.text(function.module).get(span.start as usize..span.end as usize).unwrap_or("");
    if text.contains("ignoreExpiration") || text.contains("verify_exp") {
        return false;
    }
    let (mut answers, mut verifies) = (false, false);
    for (_, inner) in module.functions.iter().enumerate().filter(|(index, inner)| FunctionIndex(*index as u32) == function.index || span.contains(inner.span)) {
        each_value(&inner.body, |value| match &value.kind {
            ValueKind::Number(number) => answers |= *number == 401.0,
            ValueKind::Name(name) | ValueKind::Member(_, name) => {
                answers |= matches!(name.as_str(), "UNAUTHORIZED" | "HTTP_401_UNAUTHORIZED" | "Unauthorized" | "UnauthorizedException" | "UnauthorizedError");
                verifies |= ["verify", "decode", "parse", "validate"].iter().any(|word| name.to_lowercase().contains(word));
            }
            _ => {}
        });
    }
    answers && verifies
}
