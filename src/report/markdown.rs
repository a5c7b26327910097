//! Markdown for job summaries and comments: a table of the flows, then the details of what fails.

use std::fmt::Write;
use std::io;

use super::{ReportOptions, harmless, sentence};
use crate::outcome::{Answer, Flow, Outcome};

/// Writes the report.
pub(super) fn write(outcome: &Outcome, options: &ReportOptions<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let mut text = String::from("# Logout audit\n\n| check | verdict | detail |\n|---|---|---|\n");
    for verdict in &outcome.verdicts {
        let reason = verdict.reason.map_or_else(String::new, |reason| format!(" ({})", reason.as_str()));
        let _ = writeln!(text, "| `{}` | **{}** | {}{reason} |", verdict.check, verdict.answer.as_str(), prose(&verdict.detail));
    }
    if !outcome.flows.is_empty() {
        text.push_str("\n## Flows\n\n| flow | verdict | server-session | token | cookie | client-state | place |\n|---|---|---|---|---|---|---|\n");
        for flow in &outcome.flows {
            let place = flow.primary().map_or_else(String::new, |handler| code(&sentence::place(&handler.head)));
            let _ = writeln!(text, "| {} | **{}** | {} | {place} |", prose(&sentence::flow_name(flow)), sentence::flow_answer(flow).as_str(), marks(flow));
        }
    }
    for flow in outcome.flows.iter().filter(|flow| flow.verdicts.iter().any(|verdict| verdict.answer == Answer::Fail)) {
        details(flow, &mut text);
    }
    let findings: Vec<_> = outcome.findings.iter().filter(|finding| finding.suppressed.is_none() || options.include_suppressed).collect();
    if !findings.is_empty() {
        text.push_str("\n## Findings\n\n");
        for finding in findings {
            let suppressed = finding.suppressed.as_ref().map_or_else(String::new, |reason| format!(" (suppressed: {})", prose(reason)));
            let _ = writeln!(
                text,
                "- **{}** `{}` {}: {}{suppressed}",
                finding.severity.as_str(),
                finding.check,
                code(&sentence::place(&finding.site)),
                prose(&sentence::finding(finding))
            );
            if let Some(fix) = &finding.fix {
                let _ = writeln!(text, "  Fix: {}", prose(fix));
            }
        }
    }
    for provider in &outcome.providers {
        let places: Vec<_> = provider.evidence.iter().map(|site| format!("{} {}", code(&sentence::place(site)), code(&harmless::short(&site.code, 80)))).collect();
        let _ = writeln!(text, "\nProvider {}: {}", prose(&provider.name), places.join(", "));
    }
    if !outcome.skipped_files.is_empty() {
        text.push_str("\n## Files left out or partly read\n\n");
        for skipped in &outcome.skipped_files {
            let _ = writeln!(text, "- {}: {}", code(&harmless::line(skipped.file.as_str())), prose(&skipped.reason));
        }
    }
    let _ = writeln!(text, "\n{}", sentence::summary(outcome, "·"));
    out.write_all(text.as_bytes())
}

fn marks(flow: &Flow) -> String {
    let words = flow.actions.iter().map(|action| match (&action.declared, action.found) {
        (Some(_), _) => "declared",
        (None, true) => "found",
        (None, false) => "missing",
    });
    words.collect::<Vec<_>>().join(" | ")
}

fn details(flow: &Flow, text: &mut String) {
    let _ = writeln!(text, "\n<details><summary>{}</summary>\n", prose(&sentence::flow_name(flow)));
    for verdict in flow.verdicts.iter().filter(|verdict| verdict.answer == Answer::Fail) {
        let suppressed = flow.suppression(verdict.check).map_or_else(String::new, |reason| format!(" (suppressed: {})", prose(reason)));
        let _ = writeln!(text, "- `{}`: {}{suppressed}", verdict.check, prose(&verdict.detail));
    }
    text.push_str("\n| action | status | evidence |\n|---|---|---|\n");
    for action in &flow.actions {
        let mut cells: Vec<String> = sentence::absence(action).iter().map(|absence| prose(absence)).collect();
        for evidence in &action.evidence {
            let standing = sentence::standing(evidence).map_or_else(String::new, |standing| format!(" ({})", prose(&standing)));
            cells.push(format!("{} {}{standing}", code(&sentence::place(&evidence.site)), code(&harmless::short(&evidence.site.code, 80))));
        }
        let _ = writeln!(text, "| {} | {} | {} |", action.action, if action.found { "found" } else { "missing" }, cells.join("<br>"));
    }
    text.push('\n');
    for note in &flow.notes {
        let _ = writeln!(text, "- note: {}", prose(&note.message));
    }
    for fix in &flow.fixes {
        let _ = writeln!(text, "- fix: {}", prose(fix));
    }
    text.push_str("\n</details>\n");
}

/// Prose in which nothing is markup: every letter that Markdown or HTML gives a meaning is written as an entity.
fn prose(text: &str) -> String {
    harmless::line(text).chars().map(entity).collect()
}

fn entity(letter: char) -> String {
    match letter {
        '&' | '<' | '>' | '|' | '`' | '*' | '_' | '[' | ']' | '\\' | '~' | '#' | '@' | '!' | '$' => format!("&#{};", u32::from(letter)),
        letter => letter.to_string(),
    }
}

/// Code as HTML, since backquotes and bars within backquotes end the span or the cell.
fn code(text: &str) -> String {
    format!("<code>{}</code>", prose(text))
}
