//! One flow: its verdicts, its code with every cleanup call labelled, the four actions, notes and the fix.

use camino::Utf8Path;
use miette::Severity;

use super::frame::{self, Mark, Words};
use super::paint::Paint;
use crate::checks;
use crate::outcome::{ActionOutcome, Answer, Evidence, Flow, Handler, Site, Verdict};
use crate::report::{Detail, ReportOptions, harmless, sentence};

/// The width of the longest action's name.
const ACTION_WIDTH: usize = 14;

/// The flow as text that ends with a line break.
pub(super) fn render(flow: &Flow, options: &ReportOptions<'_>, paint: Paint) -> String {
    let mut text: String = flow.verdicts.iter().map(|verdict| headline(flow, verdict, paint)).collect();
    let failing = sentence::flow_answer(flow) == Answer::Fail;
    if failing || options.detail == Detail::Verbose {
        text.push('\n');
        text.push_str(&frames(flow, options, paint));
        text.push_str(&callers(flow));
        text.push('\n');
        text.push_str(&actions(flow, options, paint));
        text.push_str(&remarks(flow, paint));
    } else {
        text.push_str(&brief(flow));
    }
    text
}

/// `logout-clears-data  fail  2 of 4 cleanup actions found    POST /api/auth/logout`
fn headline(flow: &Flow, verdict: &Verdict, paint: Paint) -> String {
    let suppressed = flow.suppression(verdict.check).filter(|_| verdict.answer == Answer::Fail);
    let reason = match (suppressed, verdict.reason) {
        (Some(reason), _) => format!("  (suppressed: {})", harmless::line(reason)),
        (None, Some(reason)) => format!("  ({})", reason.as_str()),
        (None, None) => String::new(),
    };
    let check = paint.bold(&format!("{:<26}", verdict.check));
    format!("{check}  {}  {}{reason}    {}\n", paint.answer(verdict.answer), ratio(verdict), paint.bold(&sentence::flow_name(flow)))
}

/// The ratio where the sentence begins with one, since what the sentence goes on with stands below; else the whole sentence.
fn ratio(verdict: &Verdict) -> String {
    let detail = harmless::line(&verdict.detail);
    let ratio = format!("{} of {} cleanup actions found", verdict.found, verdict.required);
    if detail.starts_with(&ratio) { ratio } else { detail }
}

/// Where the flow is, and the calls that were found, for a flow in which nothing is wrong.
fn brief(flow: &Flow) -> String {
    let Some(handler) = flow.primary() else { return String::new() };
    let mut counting: Vec<String> = Vec::new();
    for evidence in flow.evidence().filter(|evidence| evidence.counts) {
        let code = harmless::short(&evidence.site.code, 48);
        if !counting.contains(&code) {
            counting.push(code);
        }
    }
    let mut text = format!("   {}  {}", sentence::place(&handler.head), counting.join(", ")).trim_end().to_owned();
    text.push('\n');
    for action in &flow.actions {
        if let Some(reason) = &action.declared {
            text.push_str(&format!("   {} is declared as handled elsewhere: {}\n", action.action, harmless::line(reason)));
        }
    }
    text
}

/// One frame for each file that holds a handler of the flow, the server's first.
fn frames(flow: &Flow, options: &ReportOptions<'_>, paint: Paint) -> String {
    let drawer = paint.drawer(options.width);
    let mut text = String::new();
    let mut done: Vec<&Utf8Path> = Vec::new();
    for handler in flow.server.iter().chain(&flow.clients) {
        let file = handler.head.file.as_path();
        if done.contains(&file) {
            continue;
        }
        let first = done.is_empty();
        done.push(file);
        let source = (options.source)(file);
        let marks = marks(flow, handler, source.as_deref());
        // NOTE: a client whose file shows nothing but its head says no more than the line "called by".
        if marks.is_empty() || (!first && marks.len() < 2) {
            continue;
        }
        let message = title(flow);
        let severity = if sentence::flow_answer(flow) == Answer::Fail { Severity::Error } else { Severity::Advice };
        let drawn = frame::draw(&drawer, source.as_deref(), &marks, &Words { message: &message, help: None, severity });
        text.push_str(&if first { drawn } else { without_title(&drawn) });
    }
    text
}

/// What is wrong, in one line: the title of the worst failing check.
fn title(flow: &Flow) -> String {
    let failing = |id: &str| flow.verdicts.iter().any(|verdict| verdict.check == id && verdict.answer == Answer::Fail && flow.suppression(id).is_none());
    let check = [checks::INVALIDATES_SESSION, checks::CLEARS_DATA].into_iter().find(|id| failing(id)).and_then(checks::find);
    match check {
        Some(check) => lowercase_first(check.title),
        None => sentence::flow_name(flow),
    }
}

/// A frame without the message above it, which miette always draws first.
fn without_title(drawn: &str) -> String {
    let body: Vec<_> = drawn.lines().skip(1).collect();
    format!("{}\n", body.join("\n"))
}

/// The head of the handler and every cleanup call of its file; for a call in another file, the place where the handler's file goes there.
fn marks<'a>(flow: &'a Flow, handler: &'a Handler, source: Option<&str>) -> Vec<Mark<'a>> {
    let mut marks: Vec<Mark<'a>> = Vec::new();
    for evidence in flow.evidence() {
        let (site, label) = if evidence.site.file == handler.head.file {
            (&evidence.site, mark_label(evidence))
        } else if let Some(step) = evidence.via.iter().find(|step| step.file == handler.head.file) {
            (step, format!("leads to {}, {}", evidence.action, sentence::place(&evidence.site)))
        } else {
            continue;
        };
        if !frame::has_line(source, site) {
            continue;
        }
        match marks.iter_mut().find(|mark| same_place(mark.site, site)) {
            Some(mark) => mark.label = format!("{}; {label}", mark.label),
            None => marks.push(Mark { site, label, primary: false }),
        }
    }
    marks.sort_by(|one, other| one.site.cmp(other.site));
    if frame::has_line(source, &handler.head) && !marks.iter().any(|mark| frame::same_line(mark.site, &handler.head)) {
        marks.insert(0, Mark { site: &handler.head, label: String::new(), primary: true });
    } else if let Some(mark) = marks.first_mut() {
        mark.primary = true;
    }
    marks
}

fn same_place(one: &Site, other: &Site) -> bool {
    frame::same_line(one, other) && one.column == other.column
}

fn mark_label(evidence: &Evidence) -> String {
    let label = sentence::label(evidence.action);
    match sentence::standing(evidence) {
        Some(standing) => format!("{label} ({standing})"),
        None => label,
    }
}

fn callers(flow: &Flow) -> String {
    if flow.server.is_none() {
        return String::new();
    }
    flow.clients.iter().map(|client| format!("   called by {}, {}\n", harmless::line(&client.symbol), sentence::place(&client.head))).collect()
}

/// The four actions, found or missing, with what was seen and does not count.
fn actions(flow: &Flow, options: &ReportOptions<'_>, paint: Paint) -> String {
    let places = flow.evidence().map(|evidence| sentence::place(&evidence.site).chars().count());
    let width = places.max().unwrap_or(0).min(48);
    flow.actions.iter().map(|action| action_lines(action, width, options, paint)).collect()
}

fn action_lines(action: &ActionOutcome, width: usize, options: &ReportOptions<'_>, paint: Paint) -> String {
    let name = format!("{:<ACTION_WIDTH$}", action.action.as_str());
    let mut text = String::new();
    for evidence in action.evidence.iter().filter(|evidence| evidence.counts) {
        text.push_str(&format!("   {}  {name}  {}\n", paint.good("found  "), evidence_line(evidence, width)));
        text.push_str(&trail(evidence, options, paint));
    }
    if !action.found || text.is_empty() {
        let word = if action.found { paint.good("found  ") } else { paint.bad("missing") };
        text.push_str(format!("   {word}  {name}  {}", sentence::absence(action).unwrap_or_default()).trim_end());
        text.push('\n');
    }
    for evidence in action.evidence.iter().filter(|evidence| !evidence.counts) {
        text.push_str(&format!("   {:<7}  {:<ACTION_WIDTH$}  {}\n", "", "", evidence_line(evidence, width)));
        text.push_str(&trail(evidence, options, paint));
    }
    text
}

fn evidence_line(evidence: &Evidence, width: usize) -> String {
    let standing = sentence::standing(evidence).map_or_else(String::new, |standing| format!("  ({standing})"));
    format!("{:<width$}  {}{standing}", sentence::place(&evidence.site), harmless::short(&evidence.site.code, 64))
}

/// The calls that lead to the evidence and the backend it was judged by.
fn trail(evidence: &Evidence, options: &ReportOptions<'_>, paint: Paint) -> String {
    if options.detail < Detail::Verbose {
        return String::new();
    }
    let mut lines: Vec<String> = evidence.via.iter().map(|site| format!("via {}  {}", sentence::place(site), harmless::short(&site.code, 64))).collect();
    lines.push(format!("rule {}", harmless::line(&evidence.rule)));
    lines.extend(evidence.backend.as_ref().map(|backend| format!("backend {}", harmless::line(backend))));
    lines.into_iter().map(|line| format!("   {:<7}  {:<ACTION_WIDTH$}    {}\n", "", "", paint.dim(&line))).collect()
}

/// What follows the actions: notes, then the fix.
fn remarks(flow: &Flow, paint: Paint) -> String {
    let mut text = String::new();
    for note in &flow.notes {
        let place = note.site.as_ref().map_or_else(String::new, |site| format!(" ({})", sentence::place(site)));
        text.push_str(&format!("   {} {}{place}\n", paint.bold("note:"), harmless::line(&note.message)));
    }
    for fix in &flow.fixes {
        text.push_str(&format!("   {} {}\n", paint.bold("help:"), harmless::line(fix)));
    }
    text
}

fn lowercase_first(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}
