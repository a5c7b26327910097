//! A SAST report of GitLab, schema 15.2.1.

use std::io;

use serde_json::{Value, json};

use super::{ReportOptions, harmless, sentence};
use crate::checks;
use crate::outcome::{Answer, Outcome, Severity, Site};

/// Stands where the format demands a time and none is given: equal runs give equal bytes.
const NO_TIME: &str = "1970-01-01T00:00:00";

/// Writes the report. Suppressed results are left out: the format has no word for them.
pub(super) fn write(outcome: &Outcome, options: &ReportOptions<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let time = options.timestamp.unwrap_or(NO_TIME);
    let tool = json!({ "id": "logout-audit", "name": "logout-audit", "version": env!("CARGO_PKG_VERSION"), "vendor": { "name": "logout-audit" } });
    let skipped = |file: &crate::outcome::SkippedFile| json!({ "level": "warn", "value": format!("{}: {}", harmless::line(file.file.as_str()), harmless::line(&file.reason)) });
    let report = json!({
        "version": "15.2.1",
        "schema": "https://gitlab.com/gitlab-org/security-products/security-report-schemas/-/raw/v15.2.1/dist/sast-report-format.json",
        "scan": {
            "type": "sast",
            "status": "success",
            "start_time": time,
            "end_time": time,
            "analyzer": tool,
            "scanner": tool,
            "messages": outcome.skipped_files.iter().map(skipped).collect::<Vec<_>>(),
        },
        "vulnerabilities": vulnerabilities(outcome),
    });
    serde_json::to_writer_pretty(&mut *out, &report)?;
    out.write_all(b"\n")
}

fn vulnerabilities(outcome: &Outcome) -> Vec<Value> {
    let mut list = Vec::new();
    for flow in &outcome.flows {
        for verdict in flow.verdicts.iter().filter(|verdict| verdict.answer == Answer::Fail && flow.suppression(verdict.check).is_none()) {
            let site = flow.primary().map(|handler| &handler.head).or_else(|| flow.actions.iter().find_map(|action| action.missing_sites.first()));
            let description = format!("{}: {}", sentence::flow_name(flow), sentence::verdict(verdict));
            let symbol = flow.primary().map(|handler| harmless::line(&handler.symbol));
            list.push(vulnerability(verdict.check, verdict.severity, &description, &flow.fixes.join("\n"), site, symbol, &format!("{}:{}", verdict.check, flow.id)));
        }
    }
    for verdict in outcome.failures_without_flow() {
        list.push(vulnerability(verdict.check, verdict.severity, &sentence::verdict(verdict), "", outcome.project_site(), None, &format!("{}:project", verdict.check)));
    }
    for finding in outcome.findings.iter().filter(|finding| finding.suppressed.is_none()) {
        let fix = finding.fix.as_deref().unwrap_or("");
        list.push(vulnerability(finding.check, finding.severity, &sentence::finding(finding), fix, Some(&finding.site), None, &finding.fingerprint));
    }
    list
}

fn vulnerability(check: &str, severity: Severity, description: &str, solution: &str, site: Option<&Site>, symbol: Option<String>, stable: &str) -> Value {
    let known = checks::find(check);
    let mut identifiers = vec![json!({ "type": "logout_audit_check", "name": format!("logout-audit {check}"), "value": check })];
    for cwe in known.map_or(&[][..], |check| check.cwe) {
        identifiers.push(json!({ "type": "cwe", "name": format!("CWE-{cwe}"), "value": cwe.to_string(), "url": format!("https://cwe.mitre.org/data/definitions/{cwe}.html") }));
    }
    let mut location = serde_json::Map::new();
    let mut value = json!({
        "id": uuid(stable),
        "name": known.map_or(check, |check| check.title),
        "description": description,
        "severity": word(severity),
        "identifiers": identifiers,
    });
    if let Some(site) = site {
        location.insert("file".to_owned(), site.file.as_str().into());
        location.insert("start_line".to_owned(), site.line.into());
        location.insert("end_line".to_owned(), site.end_line.max(site.line).into());
        let signature = json!({ "algorithm": "scope_offset", "value": stable });
        value["tracking"] = json!({
            "type": "source",
            "items": [{ "file": site.file.as_str(), "line_start": site.line, "line_end": site.end_line.max(site.line), "signatures": [signature] }],
        });
    }
    if let Some(symbol) = symbol {
        location.insert("method".to_owned(), symbol.into());
    }
    value["location"] = location.into();
    if !solution.is_empty() {
        value["solution"] = solution.chars().take(7000).collect::<String>().into();
    }
    value
}

fn word(severity: Severity) -> &'static str {
    match severity {
        Severity::High => "High",
        Severity::Medium => "Medium",
        Severity::Low => "Low",
        Severity::Info => "Info",
    }
}

/// An id in the form of a UUID, the same at each run (version 8: made by the program's own rule, two FNV hashes).
fn uuid(stable: &str) -> String {
    let hash = |seed: u64| stable.bytes().fold(seed, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    let (high, low) = (hash(0xcbf2_9ce4_8422_2325), hash(0x6c62_272e_07bb_0142));
    format!("{:08x}-{:04x}-8{:03x}-{:04x}-{:012x}", high >> 32, (high >> 16) & 0xffff, high & 0xfff, 0x8000 | ((low >> 48) & 0x3fff), low & 0xffff_ffff_ffff)
}
