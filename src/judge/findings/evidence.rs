//! The supporting checks that follow from a flow's evidence.

use crate::outcome::{Action, Evidence, Finding, Flow, Severity, Side, Site, Timing};

/// Adds what a flow's evidence shows beside the two primary checks.
pub(super) fn findings(flow: &Flow, found: &mut Vec<Finding>) {
    let ends_record = flow.actions.iter().flat_map(|action| &action.evidence).any(|evidence| evidence.action == Action::ServerSession && evidence.counts);
    for evidence in flow.actions.iter().flat_map(|action| &action.evidence) {
        if evidence.timing == Timing::Deferred {
            found.push(finding(
                "deferred-cleanup",
                Severity::Medium,
                "this cleanup takes effect later than one second, so the session is still alive when the logout answers",
                &evidence.site,
                flow,
            ));
        }
        if evidence.timing == Timing::Unawaited {
            found.push(unawaited(evidence, flow));
        }
        let Some(why) = evidence.why_not.as_deref() else { continue };
        if evidence.action.side() == Side::Client && evidence.at == Side::Server && why.contains("only in the browser") {
            found.push(finding("client-api-on-server", Severity::Medium, "this browser API is called on the server, where it does nothing or throws", &evidence.site, flow));
        }
        if evidence.action == Action::Cookie && why.contains("a later call replaces it") {
            found.push(finding(
                "set-cookie-overwritten",
                Severity::High,
                "a later `set` of the same header replaces this cookie: only the last one reaches the browser",
                &evidence.site,
                flow,
            ));
        }
        // A login key that is taken out of a record which ends as well leaves nothing behind.
        if evidence.action == Action::ServerSession && why.contains("login key") && !ends_record {
            found.push(finding(
                "session-record-kept",
                Severity::Medium,
                "only the login key leaves the server-held session: its record and id stay, and a later login revives a captured id",
                &evidence.site,
                flow,
            ));
        }
    }
    if let Some(server) = &flow.server
        && server.method.as_deref() == Some("GET")
        && flow.actions.iter().any(|action| action.evidence.iter().any(|one| one.counts && one.at == Side::Server))
    {
        found.push(finding("logout-via-get", Severity::Medium, "this logout changes state on GET: an image tag or a prefetch can trigger it", &server.head, flow));
    }
}

/// What is said of a cleanup for whose end nobody waits, at the call that starts it.
fn unawaited(evidence: &Evidence, flow: &Flow) -> Finding {
    let said = |message: &str, site: &Site| finding("unawaited-cleanup", Severity::Medium, message, site, flow);
    match &evidence.started {
        Some(started) => {
            let told = said("nothing waits for the end of what is called here, so the response confirms a cleanup that may not have happened", started);
            Finding { related: vec![evidence.site.clone()], ..told }
        }
        None => said("this cleanup is not awaited, so the response confirms what may not have happened", &evidence.site),
    }
}

fn finding(check: &'static str, severity: Severity, message: &str, site: &Site, flow: &Flow) -> Finding {
    let first_line = site.code.lines().next().unwrap_or("").trim();
    Finding {
        check,
        severity,
        message: message.to_owned(),
        site: site.clone(),
        related: Vec::new(),
        fix: None,
        fingerprint: format!("{check}:{}:{first_line}", flow.id),
        suppressed: None,
    }
}
