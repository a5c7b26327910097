//! Sentences that several formats share.

use super::harmless;
use crate::outcome::{Action, ActionOutcome, Answer, Evidence, Finding, Flow, Handler, Outcome, Site, Timing, Verdict};

/// The name of a flow: its route, else the handler's symbol.
pub(super) fn flow_name(flow: &Flow) -> String {
    flow.primary().map_or_else(|| "logout".to_owned(), handler_name)
}

/// `POST /logout`, or the symbol of a handler without a route.
pub(super) fn handler_name(handler: &Handler) -> String {
    let route = handler.route.as_deref().map(harmless::line);
    let method = handler.method.as_deref().filter(|method| !method.is_empty()).map(harmless::line);
    match (method, route) {
        (Some(method), Some(route)) => format!("{method} {route}"),
        (None, Some(route)) => route,
        (_, None) => harmless::line(&handler.symbol),
    }
}

/// `src/auth.ts:42`, harmless.
pub(super) fn place(site: &Site) -> String {
    format!("{}:{}", harmless::line(site.file.as_str()), site.line)
}

/// A verdict as a full sentence that begins with the answer and the ratio.
pub(super) fn verdict(verdict: &Verdict) -> String {
    let word = match verdict.answer {
        Answer::Pass => "Pass",
        Answer::Skip => "Skip",
        Answer::Fail => "Fail",
    };
    format!("{word}: {}.", harmless::line(verdict.detail.trim_end_matches('.')))
}

/// The two sides of the label under a quoted call: `cookie, client side`.
pub(super) fn label(action: Action) -> String {
    format!("{action}, {} side", action.side().as_str())
}

/// What a piece of evidence is worth: nothing when it simply counts.
pub(super) fn standing(evidence: &Evidence) -> Option<String> {
    if !evidence.counts {
        let reason = evidence.why_not.as_deref().map_or_else(|| "no reason given".to_owned(), harmless::line);
        return Some(format!("does not count: {reason}"));
    }
    let timing = match evidence.timing {
        Timing::Immediate => None,
        Timing::Unawaited => Some("not awaited".to_owned()),
        Timing::Deferred => Some("deferred".to_owned()),
    };
    let condition = evidence.condition.as_deref().map(|condition| format!("only if {}", harmless::short(condition, 60)));
    let parts: Vec<_> = timing.into_iter().chain(condition).collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// Why an action is missing, or why it counts without evidence.
pub(super) fn absence(action: &ActionOutcome) -> Option<String> {
    match (&action.declared, &action.missing) {
        (Some(reason), _) => Some(format!("declared as handled elsewhere: {}", harmless::line(reason))),
        (None, Some(missing)) => Some(harmless::line(missing)),
        (None, None) => None,
    }
}

/// What a finding says, with the other places that it speaks of: for formats that quote one place alone.
pub(super) fn finding(finding: &Finding) -> String {
    const MOST: usize = 4;
    let mut places: Vec<String> = Vec::new();
    for site in finding.related.iter().filter(|site| (&site.file, site.line) != (&finding.site.file, finding.site.line)) {
        let place = place(site);
        if !places.contains(&place) && places.len() < MOST {
            places.push(place);
        }
    }
    let message = harmless::line(&finding.message);
    if places.is_empty() { message } else { format!("{message} (see {})", places.join(", ")) }
}

/// `1204` as `1,204`.
pub(super) fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// How a flow ends: its worst answer, suppressed failures aside.
pub(super) fn flow_answer(flow: &Flow) -> Answer {
    let answers = flow.verdicts.iter().filter(|verdict| !(verdict.answer == Answer::Fail && flow.suppression(verdict.check).is_some()));
    answers.map(|verdict| verdict.answer).max().unwrap_or(Answer::Pass)
}

/// `2 flows, 1 fails, 1 passes · 1,204 files seen, 31 read closely`.
pub(super) fn summary(outcome: &Outcome, dot: &str) -> String {
    let count = |answer: Answer| outcome.flows.iter().filter(|flow| flow_answer(flow) == answer).count();
    let mut parts = vec![plural(outcome.flows.len(), "flow")];
    for (answer, verb) in [(Answer::Fail, "fail"), (Answer::Pass, "pass"), (Answer::Skip, "skipped")] {
        match (count(answer), answer) {
            (0, _) => {}
            (number, Answer::Skip) => parts.push(format!("{number} {verb}")),
            (1, Answer::Pass) => parts.push("1 passes".to_owned()),
            (1, Answer::Fail) => parts.push("1 fails".to_owned()),
            (number, _) => parts.push(format!("{number} {verb}")),
        }
    }
    let findings = outcome.findings.iter().filter(|finding| finding.suppressed.is_none()).count();
    if findings > 0 {
        parts.push(plural(findings, "finding"));
    }
    let suppressed = suppressed(outcome);
    if suppressed > 0 {
        parts.push(format!("{suppressed} suppressed"));
    }
    let stats = outcome.stats;
    format!(
        "{} {dot} {} {} seen, {} read closely",
        parts.join(", "),
        thousands(stats.files_seen),
        if stats.files_seen == 1 { "file" } else { "files" },
        thousands(stats.files_parsed)
    )
}

/// How many results are suppressed: failing verdicts and findings.
fn suppressed(outcome: &Outcome) -> usize {
    let verdicts = outcome.flows.iter().flat_map(|flow| flow.verdicts.iter().map(move |verdict| (flow, verdict)));
    let failures = verdicts.filter(|(flow, verdict)| verdict.answer == Answer::Fail && flow.suppression(verdict.check).is_some()).count();
    failures + outcome.findings.iter().filter(|finding| finding.suppressed.is_some()).count()
}

fn plural(number: usize, word: &str) -> String {
    if number == 1 { format!("1 {word}") } else { format!("{number} {word}s") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_grouped() {
        assert_eq!([0, 999, 1204, 1_234_567].map(thousands), ["0", "999", "1,204", "1,234,567"]);
    }
}
