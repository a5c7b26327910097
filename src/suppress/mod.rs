//! Applies the suppressions that stand in comments of the scanned files, and reports those that are broken or do nothing.

mod comment;
mod covers;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use camino::Utf8Path;

use self::comment::Suppression;
use crate::checks;
use crate::outcome::{Answer, Comment, Finding, Flow, Handler, Outcome, Severity, Site};
use crate::settle;

/// The check that tells of broken suppressions.
const CHECK: &str = "broken-suppression";

/// Gives the text of a scanned file by its path in the outcome.
pub type Texts<'a> = &'a dyn Fn(&Utf8Path) -> Option<&'a str>;

/// Marks what comments suppress, adds a finding for each suppression that is broken or has no effect, and settles the project's verdicts anew.
pub fn apply(outcome: &mut Outcome, texts: Texts<'_>) {
    let mut complaints = Vec::new();
    for comment in std::mem::take(&mut outcome.comments) {
        if comment::is_meant(&comment.text) {
            match comment::parse(&comment.text) {
                Ok(suppression) => complaints.extend(apply_one(outcome, &comment, &suppression, texts)),
                Err(errors) => complaints.extend(errors.iter().map(|error| (comment.site.clone(), error.to_string()))),
            }
        }
        outcome.comments.push(comment);
    }
    outcome.findings.extend(findings(complaints));
    outcome.findings.sort_by(|a, b| (&a.site.file, a.site.line, a.site.column, a.check).cmp(&(&b.site.file, b.site.line, b.site.column, b.check)));
    settle::settle(outcome);
}

/// Applies one suppression; gives a complaint for each of its checks that it does not suppress anywhere.
fn apply_one(outcome: &mut Outcome, comment: &Comment, suppression: &Suppression, texts: Texts<'_>) -> Vec<(Site, String)> {
    let text = texts(&comment.site.file).unwrap_or("");
    let mut complaints = Vec::new();
    for check in &suppression.checks {
        let mut has_effect = false;
        for flow in &mut outcome.flows {
            has_effect |= suppress_flow(flow, check, comment, suppression, text);
        }
        for finding in outcome.findings.iter_mut().filter(|finding| finding.check == *check && covers::place(comment, &finding.site, text)) {
            has_effect = true;
            finding.suppressed.get_or_insert_with(|| suppression.reason.clone());
        }
        has_effect |= suppress_project(outcome, check, comment, suppression, text);
        if !has_effect {
            complaints.push((comment.site.clone(), format!("this suppression has no effect: `{check}` reports nothing here")));
        }
    }
    complaints
}

fn suppress_flow(flow: &mut Flow, check: &str, comment: &Comment, suppression: &Suppression, text: &str) -> bool {
    let fails = flow.verdicts.iter().any(|verdict| verdict.check == check && verdict.answer == Answer::Fail);
    let mut handlers = flow.server.iter().chain(&flow.clients);
    if !fails || !handlers.any(|handler: &Handler| covers::handler(comment, handler, text)) {
        return false;
    }
    if flow.suppression(check).is_none() {
        flow.suppressed.push((check.to_owned(), suppression.reason.clone()));
    }
    true
}

/// Where sessions are created and nothing logs out, the comment stands at the place that the report quotes.
fn suppress_project(outcome: &mut Outcome, check: &str, comment: &Comment, suppression: &Suppression, text: &str) -> bool {
    let is_quoted = outcome.notes.iter().filter_map(|note| note.site.as_ref()).any(|site| covers::place(comment, site, text));
    if !outcome.flows.is_empty() || !is_quoted {
        return false;
    }
    let failing = outcome.verdicts.iter_mut().find(|verdict| verdict.check == check && verdict.answer == Answer::Fail);
    failing.map(|verdict| settle::accept(verdict, &suppression.reason)).is_some()
}

/// Each complaint as a finding; equal ones are numbered, so that fingerprints stay unique.
fn findings(complaints: Vec<(Site, String)>) -> Vec<Finding> {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let findings = complaints.into_iter().map(|(site, message)| {
        let base = format!("{CHECK}:{}:{}", site.file, site.code.split_whitespace().collect::<Vec<_>>().join(" "));
        let count = seen.entry(base.clone()).or_default();
        *count += 1;
        let fingerprint = if *count == 1 { base } else { format!("{base} ({count})") };
        let severity = checks::find(CHECK).map_or(Severity::Low, |check| check.severity);
        let fix = Some("write `logout-audit: ignore[check-id] reason` on the line above the place or at the head of the handler, or remove the comment".to_owned());
        Finding { check: CHECK, severity, message, site, related: Vec::new(), fix, fingerprint, suppressed: None }
    });
    findings.collect()
}
