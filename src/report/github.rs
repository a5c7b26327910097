//! Annotations of a GitHub workflow: one command per result on standard output.

use std::io;

use super::{ReportOptions, harmless, sentence};
use crate::checks;
use crate::outcome::{Answer, Outcome, Severity, Site};

/// Writes one annotation for each result that is not suppressed, then a plain summary line.
pub(super) fn write(outcome: &Outcome, _: &ReportOptions<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    for flow in &outcome.flows {
        for verdict in flow.verdicts.iter().filter(|verdict| verdict.answer == Answer::Fail && flow.suppression(verdict.check).is_none()) {
            let site = flow.primary().map(|handler| &handler.head).or_else(|| flow.actions.iter().find_map(|action| action.missing_sites.first()));
            let mut message = format!("{}: {}", sentence::flow_name(flow), sentence::verdict(verdict));
            for fix in &flow.fixes {
                message.push_str(&format!("\nhelp: {}", harmless::line(fix)));
            }
            out.write_all(annotation(verdict.check, verdict.severity, site, &message).as_bytes())?;
        }
    }
    for verdict in outcome.failures_without_flow() {
        out.write_all(annotation(verdict.check, verdict.severity, outcome.project_site(), &sentence::verdict(verdict)).as_bytes())?;
    }
    for finding in outcome.findings.iter().filter(|finding| finding.suppressed.is_none()) {
        let mut message = sentence::finding(finding);
        if let Some(fix) = &finding.fix {
            message.push_str(&format!("\nhelp: {}", harmless::line(fix)));
        }
        out.write_all(annotation(finding.check, finding.severity, Some(&finding.site), &message).as_bytes())?;
    }
    writeln!(out, "{}", sentence::summary(outcome, "·"))
}

fn annotation(check: &str, severity: Severity, site: Option<&Site>, message: &str) -> String {
    let command = match severity {
        Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low | Severity::Info => "notice",
    };
    let title = checks::find(check).map_or(check, |known| known.title);
    let mut properties = Vec::new();
    if let Some(site) = site {
        properties.push(format!("file={}", property(site.file.as_str())));
        properties.push(format!("line={}", site.line));
        // NOTE: columns are shown only where a result is on one line.
        if site.line == site.end_line {
            properties.push(format!("col={},endColumn={}", site.column, site.end_column));
        }
    }
    properties.push(format!("title={}", property(&format!("{check}: {title}"))));
    format!("::{command} {}::{}\n", properties.join(","), data(message))
}

/// The escapes of a command's message.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The escapes of a command's properties.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
