//! Compares an outcome with the truth of a case; every difference is a line with place, what was expected and what was seen.

use std::collections::{BTreeMap, BTreeSet};

use logout_audit::outcome::{Action, Evidence, Flow, Outcome, Side};

use super::truth::{Expected, ExpectedFlow, Line, Truth, place_of};

/// The differences between truth and outcome, sorted by kind and place.
pub(crate) fn differences(truth: &Truth, outcome: &Outcome) -> Vec<String> {
    let mut differences = Vec::new();
    compare_verdicts(&truth.verdicts, outcome, &mut differences);
    // Who hands all sessions over has no flows of its own; whether the hand-over is listed as one is not asked.
    if truth.verdicts.reason.as_deref() != Some("managed-provider") {
        compare_handlers(truth, outcome, &mut differences);
        compare_evidence(truth, outcome, &mut differences);
        for flow in &truth.verdicts.flows {
            compare_flow(flow, outcome, &mut differences);
        }
    }
    for ((file, line), check) in &truth.finds {
        if !outcome.findings.iter().any(|finding| finding.check == check && finding.site.file == *file && finding.site.line == *line) {
            let all: Vec<String> = outcome.findings.iter().map(|finding| format!("{} {}:{}", finding.check, finding.site.file, finding.site.line)).collect();
            differences.push(format!("{file}:{line}: expected a finding of {check}, got {all:?}"));
        }
    }
    for finding in outcome.findings.iter().filter(|finding| truth.verdicts.finds_not.iter().any(|check| check == finding.check)) {
        differences.push(format!("{}:{}: expected that {} finds nothing, got: {}", finding.site.file, finding.site.line, finding.check, finding.message));
    }
    differences
}

fn compare_verdicts(expected: &Expected, outcome: &Outcome, differences: &mut Vec<String>) {
    let wanted = [("logout-clears-data", &expected.clears_data), ("logout-invalidates-session", &expected.invalidates_session)];
    for (check, answer) in wanted {
        let Some(verdict) = outcome.verdicts.iter().find(|verdict| verdict.check == check) else {
            differences.push(format!("{check}: expected {answer}, got no verdict"));
            continue;
        };
        if verdict.answer.as_str() != *answer {
            differences.push(format!("{check}: expected {answer}, got {}: {}", verdict.answer.as_str(), verdict.detail));
        }
        if let (true, Some(reason)) = (*answer == "skip", &expected.reason)
            && verdict.reason.map(|reason| reason.as_str()) != Some(reason)
        {
            differences.push(format!("{check}: expected the reason {reason}, got {:?}", verdict.reason));
        }
    }
    if let (Some(found), Some(verdict)) = (expected.found, outcome.verdicts.first())
        && verdict.found != found
    {
        differences.push(format!("logout-clears-data: expected {found} of 4, got {} of 4: {}", verdict.found, verdict.detail));
    }
    if let Some(provider) = &expected.provider
        && (outcome.providers.is_empty() || !outcome.providers.iter().all(|seen| seen.name.contains(provider)))
    {
        differences.push(format!("provider: expected {provider}, got {:?}", outcome.providers.iter().map(|seen| &seen.name).collect::<Vec<_>>()));
    }
}

fn compare_handlers(truth: &Truth, outcome: &Outcome, differences: &mut Vec<String>) {
    let seen: BTreeSet<(Line, Side)> =
        outcome.flows.iter().flat_map(|flow| flow.server.iter().chain(&flow.clients)).map(|handler| ((handler.site.file.clone(), handler.site.line), handler.side)).collect();
    for ((file, line), side) in truth.handlers.difference(&seen) {
        differences.push(format!("{file}:{line}: expected a {} handler, got none", side.as_str()));
    }
    for ((file, line), side) in seen.difference(&truth.handlers) {
        differences.push(format!("{file}:{line}: expected no handler, got a {} handler", side.as_str()));
    }
}

fn compare_evidence(truth: &Truth, outcome: &Outcome, differences: &mut Vec<String>) {
    let mut seen: BTreeMap<(Line, Action), Vec<&Evidence>> = BTreeMap::new();
    for evidence in outcome.flows.iter().flat_map(|flow| &flow.actions).flat_map(|action| &action.evidence) {
        seen.entry(((evidence.site.file.clone(), evidence.site.line), evidence.action)).or_default().push(evidence);
    }
    let told = |place: &(Line, Action)| {
        let all: Vec<String> = seen.get(place).into_iter().flatten().map(|one| format!("{} ({})", one.rule, one.why_not.as_deref().unwrap_or("counts"))).collect();
        if all.is_empty() { "nothing".to_owned() } else { all.join(", ") }
    };
    let counts = |place: &(Line, Action)| seen.get(place).is_some_and(|all| all.iter().any(|one| one.counts));
    for place @ ((file, line), action) in &truth.found {
        if !counts(place) {
            differences.push(format!("{file}:{line}: expected {action}, got {}", told(place)));
        }
    }
    for place @ ((file, line), action) in seen.keys() {
        if counts(place) && !truth.found.contains(place) {
            differences.push(format!("{file}:{line}: expected that nothing counts as {action}, got {}", told(place)));
        }
    }
    for (place @ ((file, line), action), reason) in &truth.not {
        let has_reason = |one: &&Evidence| !one.counts && one.why_not.as_deref().is_some_and(|why| why.contains(reason));
        if !reason.is_empty() && !seen.get(place).is_some_and(|all| all.iter().any(has_reason)) {
            differences.push(format!("{file}:{line}: expected {action} that does not count, with `{reason}` in the reason, got {}", told(place)));
        }
    }
}

fn compare_flow(expected: &ExpectedFlow, outcome: &Outcome, differences: &mut Vec<String>) {
    let is_same = |flow: &&Flow| match (&flow.server, expected.server.split_once(' ')) {
        (Some(server), Some((place, route))) => {
            let seen = format!("{} {}", server.method.as_deref().unwrap_or(""), server.route.as_deref().unwrap_or(""));
            place_of(place) == (server.site.file.clone(), server.site.line) && seen.trim_end() == route
        }
        (None, None) => true,
        _ => false,
    };
    let clients: BTreeSet<Line> = expected.clients.iter().map(|place| place_of(place)).collect();
    let clients_of = |flow: &Flow| flow.clients.iter().map(|handler| (handler.site.file.clone(), handler.site.line)).collect::<BTreeSet<Line>>();
    let Some(flow) = outcome.flows.iter().filter(is_same).find(|flow| flow.server.is_some() || clients_of(flow) == clients) else {
        let routes: Vec<_> = outcome.flows.iter().map(|flow| &flow.id).collect();
        differences.push(format!("flow: expected one of `{}`, got {routes:?}", expected.server));
        return;
    };
    if clients_of(flow) != clients {
        differences.push(format!("flow {}: expected the clients {:?}, got {:?}", flow.id, expected.clients, clients_of(flow)));
    }
    let found: Vec<&str> = flow.actions.iter().filter(|action| action.found).map(|action| action.action.as_str()).collect();
    if found != expected.found {
        differences.push(format!("flow {}: expected {:?}, got {found:?}", flow.id, expected.found));
    }
}
