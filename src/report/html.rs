//! One HTML page that needs no other file: readable in light and dark, without scripts.

use std::fmt::Write;
use std::io;

use super::{ReportOptions, harmless, sentence};
use crate::outcome::{ActionOutcome, Answer, Finding, Flow, Outcome};

const STYLE: &str = include_str!("html.css");

/// Writes the page.
pub(super) fn write(outcome: &Outcome, options: &ReportOptions<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let mut page = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n<title>Logout audit</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<h1>Logout audit</h1>\n"
    );
    let _ = writeln!(page, "<p>{}</p>", text(&sentence::summary(outcome, "·")));
    page.push_str("<table>\n<tr><th>check</th><th>verdict</th><th>detail</th></tr>\n");
    for verdict in &outcome.verdicts {
        let reason = verdict.reason.map_or_else(String::new, |reason| format!(" ({})", reason.as_str()));
        let _ = writeln!(page, "<tr><td><code>{}</code></td><td>{}</td><td>{}{reason}</td></tr>", verdict.check, badge(verdict.answer), text(&verdict.detail));
    }
    page.push_str("</table>\n");
    for provider in &outcome.providers {
        let places: Vec<_> = provider.evidence.iter().map(|site| format!("<code>{} {}</code>", text(&sentence::place(site)), text(&harmless::short(&site.code, 80)))).collect();
        let _ = writeln!(page, "<p>Provider {}: {}</p>", text(&provider.name), places.join(", "));
    }
    for flow in &outcome.flows {
        section(flow, &mut page);
    }
    let findings: Vec<_> = outcome.findings.iter().filter(|finding| finding.suppressed.is_none() || options.include_suppressed).collect();
    if !findings.is_empty() {
        page.push_str("<h2>Findings</h2>\n<ul>\n");
        for finding in findings {
            item(finding, &mut page);
        }
        page.push_str("</ul>\n");
    }
    if !outcome.skipped_files.is_empty() {
        page.push_str("<h2>Files left out or partly read</h2>\n<ul>\n");
        for skipped in &outcome.skipped_files {
            let _ = writeln!(page, "<li><code>{}</code>: {}</li>", text(skipped.file.as_str()), text(&skipped.reason));
        }
        page.push_str("</ul>\n");
    }
    page.push_str("</body>\n</html>\n");
    out.write_all(page.as_bytes())
}

fn section(flow: &Flow, page: &mut String) {
    let answer = sentence::flow_answer(flow);
    let open = if answer == Answer::Fail { " open" } else { "" };
    let place = flow.primary().map_or_else(String::new, |handler| text(&sentence::place(&handler.head)));
    let _ = writeln!(page, "<details{open}>\n<summary>{} {} <code>{place}</code></summary>", badge(answer), text(&sentence::flow_name(flow)));
    for verdict in &flow.verdicts {
        let suppressed = flow.suppression(verdict.check).map_or_else(String::new, |reason| format!(" (suppressed: {})", text(reason)));
        let _ = writeln!(page, "<p><code>{}</code> {} {}{suppressed}</p>", verdict.check, badge(verdict.answer), text(&verdict.detail));
    }
    if let Some(server) = &flow.server {
        // NOTE: a handler of thousands of lines is cut; the page is for reading.
        let lines: Vec<_> = server.site.code.lines().take(60).map(text).collect();
        let _ = writeln!(page, "<pre><code>{}</code></pre>", lines.join("\n"));
    }
    for client in &flow.clients {
        let _ = writeln!(page, "<p>called by <code>{}</code>, <code>{}</code></p>", text(&client.symbol), text(&sentence::place(&client.head)));
    }
    page.push_str("<table>\n<tr><th>action</th><th>status</th><th>evidence</th></tr>\n");
    for action in &flow.actions {
        row(action, page);
    }
    page.push_str("</table>\n");
    for note in &flow.notes {
        let _ = writeln!(page, "<p>note: {}</p>", text(&note.message));
    }
    for fix in &flow.fixes {
        let _ = writeln!(page, "<p class=\"fix\">fix: {}</p>", text(fix));
    }
    page.push_str("</details>\n");
}

fn row(action: &ActionOutcome, page: &mut String) {
    let mut cells: Vec<String> = sentence::absence(action).iter().map(|absence| text(absence)).collect();
    for evidence in &action.evidence {
        let standing = sentence::standing(evidence).map_or_else(String::new, |standing| format!(" ({})", text(&standing)));
        cells.push(format!("<code>{}</code> <code>{}</code>{standing}", text(&sentence::place(&evidence.site)), text(&harmless::short(&evidence.site.code, 120))));
    }
    let (class, word) = if action.found { ("pass", "found") } else { ("fail", "missing") };
    let _ = writeln!(page, "<tr><td>{}</td><td><b class=\"{class}\">{word}</b></td><td>{}</td></tr>", action.action, cells.join("<br>"));
}

fn item(finding: &Finding, page: &mut String) {
    let suppressed = finding.suppressed.as_ref().map_or_else(String::new, |reason| format!(" (suppressed: {})", text(reason)));
    let (severity, place) = (finding.severity.as_str(), text(&sentence::place(&finding.site)));
    let _ = write!(page, "<li><b>{severity}</b> <code>{}</code> <code>{place}</code>: {}{suppressed}", finding.check, text(&sentence::finding(finding)));
    if let Some(fix) = &finding.fix {
        let _ = write!(page, "<br><span class=\"fix\">fix: {}</span>", text(fix));
    }
    page.push_str("</li>\n");
}

fn badge(answer: Answer) -> String {
    format!("<b class=\"{0}\">{0}</b>", answer.as_str())
}

/// Harmless and escaped, one line; tabs of code stay blanks.
fn text(text: &str) -> String {
    let mut escaped = String::new();
    for letter in harmless::line(&text.replace('\t', "    ")).chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            letter => escaped.push(letter),
        }
    }
    escaped
}
