//! The report for people: each flow with its code quoted, then findings, then the verdicts of the project.

mod finding;
mod flow;
mod frame;
mod paint;

use std::io;

use self::paint::Paint;
use super::sentence;
use super::{Detail, ReportOptions, harmless};
use crate::outcome::{Answer, Outcome};

/// Writes the report. Failing flows come first, since they are what a reader is here for.
pub(super) fn write(outcome: &Outcome, options: &ReportOptions<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let paint = Paint { color: options.color, unicode: options.unicode };
    if options.detail > Detail::Quiet {
        for answer in [Answer::Fail, Answer::Skip, Answer::Pass] {
            for flow in outcome.flows.iter().filter(|flow| sentence::flow_answer(flow) == answer) {
                out.write_all(flow::render(flow, options, paint).as_bytes())?;
                writeln!(out)?;
            }
        }
        for finding in outcome.findings.iter().filter(|finding| finding.suppressed.is_none() || options.include_suppressed) {
            out.write_all(finding::render(finding, options, paint).as_bytes())?;
            writeln!(out)?;
        }
        out.write_all(notes(outcome, options, paint).as_bytes())?;
    }
    out.write_all(project(outcome, paint).as_bytes())?;
    writeln!(out, "{}", sentence::summary(outcome, if options.unicode { "·" } else { "-" }))
}

/// What concerns the run as a whole: notes, and files that were left out.
fn notes(outcome: &Outcome, options: &ReportOptions<'_>, paint: Paint) -> String {
    let mut text = String::new();
    for note in &outcome.notes {
        let place = note.site.as_ref().map_or_else(String::new, |site| format!(" ({})", sentence::place(site)));
        text.push_str(&format!("{} {}{place}\n", paint.bold("note:"), harmless::line(&note.message)));
    }
    if !outcome.skipped_files.is_empty() {
        let number = outcome.skipped_files.len();
        let word = if number == 1 { "file was" } else { "files were" };
        let shown = if options.detail == Detail::Verbose { usize::MAX } else { 3 };
        text.push_str(&format!("{} {number} {word} left out or only partly read\n", paint.bold("note:")));
        for skipped in outcome.skipped_files.iter().take(shown) {
            text.push_str(&format!("   {}: {}\n", harmless::line(skipped.file.as_str()), harmless::line(&skipped.reason)));
        }
        if number > shown {
            text.push_str(&format!("   and {} more; -v names all\n", number - shown));
        }
    }
    if !text.is_empty() {
        text.push('\n');
    }
    text
}

/// The verdicts of the project, with the evidence for a skip.
fn project(outcome: &Outcome, paint: Paint) -> String {
    let mut text = String::new();
    for verdict in &outcome.verdicts {
        text.push_str(&format!("{}  {}  {}", paint.bold(&format!("{:<26}", verdict.check)), paint.answer(verdict.answer), harmless::line(&verdict.detail)));
        if let Some(reason) = verdict.reason {
            text.push_str(&format!(" ({})", reason.as_str()));
        }
        text.push('\n');
    }
    let skips = outcome.verdicts.iter().any(|verdict| verdict.answer == Answer::Skip);
    for provider in outcome.providers.iter().filter(|_| skips) {
        text.push_str(&format!("   provider {}\n", harmless::line(&provider.name)));
        for site in &provider.evidence {
            text.push_str(&format!("      {}  {}\n", sentence::place(site), harmless::short(&site.code, 80)));
        }
    }
    if outcome.failures_without_flow().next().is_some() {
        for site in outcome.backends.iter().flat_map(|backend| &backend.evidence) {
            text.push_str(&format!("   sessions are created at {}  {}\n", sentence::place(site), harmless::short(&site.code, 80)));
        }
    }
    text
}
