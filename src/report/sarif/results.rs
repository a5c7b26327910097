//! Results: each failing verdict of a flow, failures of the project that no flow shows, and findings.

use super::flows;
use super::places::Places;
use super::rules;
use super::types::{Fingerprints, Location, Message, SarifResult, Suppression};
use crate::outcome::{Answer, Finding, Flow, IN_BASELINE, Outcome, Severity, Site, Verdict};
use crate::report::{harmless, sentence};

/// Dashboards keep a hundred related places of a result.
const MOST_RELATED: usize = 100;

/// All results, in the order of the outcome. Suppressed ones are left out unless they are asked for, since dashboards would open them again.
pub(super) fn all(outcome: &Outcome, include_suppressed: bool, places: &mut Places<'_>) -> Vec<SarifResult> {
    let mut results = Vec::new();
    for flow in &outcome.flows {
        for verdict in flow.verdicts.iter().filter(|verdict| verdict.answer == Answer::Fail) {
            let suppression = flow.suppression(verdict.check);
            if suppression.is_none() || include_suppressed {
                results.extend(of_flow(flow, verdict, suppression, places));
            }
        }
    }
    for verdict in outcome.failures_without_flow() {
        results.extend(outcome.project_site().map(|site| of_project(outcome, verdict, site, places)));
    }
    for finding in outcome.findings.iter().filter(|finding| finding.suppressed.is_none() || include_suppressed) {
        results.push(of_finding(finding, places));
    }
    results
}

fn of_flow(flow: &Flow, verdict: &Verdict, suppression: Option<&str>, places: &mut Places<'_>) -> Option<SarifResult> {
    let missing = flow.actions.iter().find_map(|action| action.missing_sites.first());
    let site = flow.primary().map(|handler| &handler.head).or(missing)?;
    let related = related(flow, site, places);
    let cited: Vec<_> = related.iter().filter_map(|(cited, location)| cited.as_ref().zip(location.id)).map(|(text, id)| format!("[{text}]({id})")).collect();
    let mut message = unlinked(&sentence::verdict(verdict));
    if !cited.is_empty() {
        message.push_str(&format!(" Found: {}.", cited.join(", ")));
    }
    for fix in flow.fixes.iter().take(3) {
        message.push_str(&format!(" Fix: {}.", unlinked(&harmless::line(fix.trim_end_matches('.')))));
    }
    Some(SarifResult {
        related_locations: related.into_iter().map(|(_, location)| location).collect(),
        code_flows: flows::code_flows(flow, places),
        suppressions: suppression.map(suppression_of).into_iter().collect(),
        ..result(verdict.check, verdict.severity, message, site, format!("{}:{}", verdict.check, flow.id), places)
    })
}

/// Each cleanup call, the other handlers, and where what stays behind is created. The text before a location is what the message cites.
fn related(flow: &Flow, primary: &Site, places: &mut Places<'_>) -> Vec<(Option<String>, Location)> {
    let mut related = Vec::new();
    for evidence in flow.evidence() {
        let cited = evidence.counts.then(|| format!("{} at {}", evidence.action, sentence::place(&evidence.site).replace(['[', ']', '\\'], "_")));
        related.push((cited, places.location(&evidence.site, Some(flows::message(evidence)))));
    }
    for handler in flow.server.iter().chain(&flow.clients).filter(|handler| handler.head != *primary) {
        related.push((None, places.location(&handler.head, Some(format!("Called by {}.", harmless::line(&handler.symbol))))));
    }
    for action in flow.actions.iter().filter(|action| !action.found) {
        for site in &action.missing_sites {
            related.push((None, places.location(site, Some(format!("What {} would have to end is kept here.", action.action)))));
        }
    }
    related.truncate(MOST_RELATED);
    for (index, (_, location)) in related.iter_mut().enumerate() {
        location.id = Some(index + 1);
    }
    related
}

fn of_project(outcome: &Outcome, verdict: &Verdict, site: &Site, places: &mut Places<'_>) -> SarifResult {
    let sites = outcome.backends.iter().flat_map(|backend| &backend.evidence).filter(|other| *other != site);
    let mut related: Vec<_> = sites.take(MOST_RELATED).map(|other| places.location(other, Some("Sessions are kept here.".to_owned()))).collect();
    for (index, location) in related.iter_mut().enumerate() {
        location.id = Some(index + 1);
    }
    let message = unlinked(&sentence::verdict(verdict));
    SarifResult { related_locations: related, ..result(verdict.check, verdict.severity, message, site, format!("{}:project", verdict.check), places) }
}

fn of_finding(finding: &Finding, places: &mut Places<'_>) -> SarifResult {
    let mut message = format!("{}.", unlinked(&harmless::line(uppercase_first(&finding.message).trim_end_matches('.'))));
    if let Some(fix) = &finding.fix {
        message.push_str(&format!(" Fix: {}.", unlinked(&harmless::line(fix.trim_end_matches('.')))));
    }
    let mut related: Vec<_> = finding.related.iter().take(MOST_RELATED).map(|site| places.location(site, Some("See also here.".to_owned()))).collect();
    for (index, location) in related.iter_mut().enumerate() {
        location.id = Some(index + 1);
    }
    SarifResult {
        related_locations: related,
        suppressions: finding.suppressed.as_deref().map(suppression_of).into_iter().collect(),
        ..result(finding.check, finding.severity, message, &finding.site, finding.fingerprint.clone(), places)
    }
}

fn result(check: &'static str, severity: Severity, message: String, site: &Site, stable: String, places: &mut Places<'_>) -> SarifResult {
    SarifResult {
        rule_id: check,
        rule_index: rules::index(check),
        kind: "fail",
        level: rules::level(severity),
        message: Message::text(message),
        locations: [places.narrow(site)],
        related_locations: Vec::new(),
        code_flows: Vec::new(),
        partial_fingerprints: Fingerprints { line_hash: places.line_hash(site), stable },
        suppressions: Vec::new(),
    }
}

fn suppression_of(reason: &str) -> Suppression {
    let kind = if reason == IN_BASELINE { "external" } else { "inSource" };
    Suppression { kind, status: "accepted", justification: harmless::line(reason) }
}

/// Text in which no bracket reads as a link to a place (3.11.6).
fn unlinked(text: &str) -> String {
    if text.contains("](") { text.replace('\\', "\\\\").replace('[', "\\[").replace(']', "\\]") } else { text.to_owned() }
}

fn uppercase_first(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
