//! Quotes code of one file with labels under the places, drawn by miette. Only lines with a label and their neighbours are shown.

use std::fmt;

use miette::{Diagnostic, GraphicalReportHandler, LabeledSpan, MietteError, MietteSpanContents, Severity, SourceCode, SourceSpan, SpanContents};

use crate::outcome::Site;
use crate::report::columns;
use crate::report::harmless;

/// The longest line that is shown whole; minified code is cut there.
const LONGEST_LINE: usize = 220;

/// A place to mark, with the words under it.
pub(super) struct Mark<'a> {
    pub site: &'a Site,
    pub label: String,
    pub primary: bool,
}

/// What stands above and below a frame.
pub(super) struct Words<'a> {
    pub message: &'a str,
    pub help: Option<String>,
    pub severity: Severity,
}

/// Draws the marks, which are all of the file of the first one. `source` is the whole text of the file; without it the quoted code of the marks is used.
pub(super) fn draw(drawer: &GraphicalReportHandler, source: Option<&str>, marks: &[Mark<'_>], words: &Words<'_>) -> String {
    let text = Text::new(source, marks);
    let name = marks.first().map_or_else(String::new, |mark| harmless::line(mark.site.file.as_str()));
    let labels = marks.iter().filter_map(|mark| text.label(mark)).collect();
    let frame = Frame { message: words.message.to_owned(), help: words.help.clone(), severity: words.severity, source: Quoted { name, text: text.text }, labels };
    let mut out = String::new();
    if drawer.render_report(&mut out, &frame).is_err() {
        out.push_str("   (the code could not be drawn)\n");
    }
    let lines: Vec<_> = out.lines().map(str::trim_end).collect();
    format!("{}\n", lines.join("\n").trim_matches('\n'))
}

/// Whether the site's line is there to be quoted.
pub(super) fn has_line(source: Option<&str>, site: &Site) -> bool {
    source.is_none_or(|text| columns::line_of(text, site.line).is_some())
}

/// Whether two sites show on one line of one file.
pub(super) fn same_line(one: &Site, other: &Site) -> bool {
    one.file == other.file && one.line == other.line
}

/// The harmless text of the lines around the marks. Lines far from any mark are left empty, so that line numbers stay true.
struct Text {
    text: String,
    lines: Vec<Line>,
}

/// A line of the harmless text.
struct Line {
    number: u32,
    /// The byte at which each code point of the original begins, and the end.
    offsets: Vec<usize>,
}

impl Text {
    fn new(source: Option<&str>, marks: &[Mark<'_>]) -> Self {
        let last = marks.iter().map(|mark| mark.site.line).max().unwrap_or(1);
        let near = |number: u32| marks.iter().any(|mark| number.abs_diff(mark.site.line) <= 2);
        let mut text = Self { text: String::new(), lines: Vec::new() };
        match source {
            Some(source) => {
                for (number, line) in (1..=last.saturating_add(2)).zip(source.split('\n')) {
                    text.push(number, if near(number) { line.strip_suffix('\r').unwrap_or(line) } else { "" });
                }
            }
            None => text.push_quotes(marks, last),
        }
        text
    }

    /// Puts the quoted first lines of the marks at their places, with blanks before them.
    fn push_quotes(&mut self, marks: &[Mark<'_>], last: u32) {
        // NOTE: line numbers come from files under the size limit; a made-up number must still not cost time; its label is then left out.
        for number in 1..=last.min(200_000) {
            let here = marks.iter().filter(|mark| mark.site.line == number).min_by_key(|mark| mark.site.column);
            let line = here.map_or_else(String::new, |mark| {
                let indent = (mark.site.column as usize).saturating_sub(1).min(LONGEST_LINE);
                format!("{}{}", " ".repeat(indent), mark.site.code.lines().next().unwrap_or(""))
            });
            self.push(number, &line);
        }
    }

    fn push(&mut self, number: u32, line: &str) {
        let mut offsets = Vec::new();
        for letter in line.chars().take(LONGEST_LINE) {
            offsets.push(self.text.len());
            self.text.push_str(&harmless::letter_of(letter));
        }
        offsets.push(self.text.len());
        if line.chars().nth(LONGEST_LINE).is_some() {
            self.text.push('…');
        }
        self.text.push('\n');
        if !line.is_empty() {
            self.lines.push(Line { number, offsets });
        }
    }

    /// The label of a mark, on its first line alone.
    fn label(&self, mark: &Mark<'_>) -> Option<LabeledSpan> {
        let line = self.lines.iter().find(|line| line.number == mark.site.line)?;
        let at = |column: u32| {
            let index = (column as usize).saturating_sub(1).min(line.offsets.len().saturating_sub(1));
            line.offsets.get(index).copied().unwrap_or(0)
        };
        let start = at(mark.site.column);
        let end = if mark.site.end_line > mark.site.line { at(u32::MAX) } else { at(mark.site.end_column) };
        let length = end.saturating_sub(start);
        let label = Some(mark.label.clone()).filter(|label| !label.is_empty());
        Some(if mark.primary { LabeledSpan::new_primary_with_span(label, (start, length)) } else { LabeledSpan::new_with_span(label, (start, length)) })
    }
}

/// A named text of which miette quotes parts.
#[derive(Debug)]
struct Quoted {
    name: String,
    text: String,
}

impl SourceCode for Quoted {
    fn read_span<'a>(&'a self, span: &SourceSpan, before: usize, after: usize) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let part = self.text.read_span(span, before, after)?;
        // NOTE: the text itself counts its lines from the beginning of the file, and parts that lie far apart would be drawn as one.
        let lines = part.data().iter().filter(|byte| **byte == b'\n').count();
        Ok(Box::new(MietteSpanContents::new_named(self.name.clone(), part.data(), *part.span(), part.line(), part.column(), lines)))
    }
}

#[derive(Debug)]
struct Frame {
    message: String,
    help: Option<String>,
    severity: Severity,
    source: Quoted,
    labels: Vec<LabeledSpan>,
}

impl fmt::Display for Frame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Frame {}

impl Diagnostic for Frame {
    fn severity(&self) -> Option<Severity> {
        Some(self.severity)
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.help.as_ref().map(|help| Box::new(help) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(&self.source)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.labels.iter().cloned()))
    }
}
