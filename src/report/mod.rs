//! Writes an outcome in one of the formats. Knows plain outcome data and the table of checks, reads and opens nothing.

mod columns;
mod github;
mod gitlab;
mod harmless;
mod html;
mod human;
pub mod json;
mod junit;
pub mod line_hash;
mod markdown;
mod sarif;
mod sentence;

use std::io;

use camino::Utf8Path;

use crate::outcome::Outcome;

/// The formats of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// For people at a terminal.
    Human,
    /// The whole outcome, versioned, with a schema.
    Json,
    /// SARIF 2.1.0 for code-scanning dashboards.
    Sarif,
    /// Annotations of a GitHub workflow.
    Github,
    /// A SAST report of GitLab.
    Gitlab,
    /// A test report: one case for each flow and primary check.
    Junit,
    /// For summaries and comments.
    Markdown,
    /// One page that needs no other file.
    Html,
}

/// How much the human report says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Detail {
    /// Verdicts and the summary only.
    Quiet,
    #[default]
    Normal,
    /// Passing flows in full, the calls between handler and evidence, the files left out.
    Verbose,
}

/// What a report needs beside the outcome.
pub struct ReportOptions<'a> {
    /// ANSI colors in the human report.
    pub color: bool,
    /// Box drawing characters in the human report; plain ASCII otherwise.
    pub unicode: bool,
    /// The width at which the human report wraps its prose.
    pub width: usize,
    pub detail: Detail,
    /// Whether suppressed results are shown in formats that have a word for them.
    pub include_suppressed: bool,
    /// The text of a scanned file, for quoted code, line hashes and columns. A report stays whole where it gives nothing.
    pub source: &'a dyn Fn(&Utf8Path) -> Option<String>,
    /// The time written where a format demands one, as `2026-01-31T12:00:00`. A fixed time otherwise, for the same bytes at each run.
    pub timestamp: Option<&'a str>,
}

/// Writes the whole report.
pub fn write(format: Format, outcome: &Outcome, options: &ReportOptions<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    match format {
        Format::Human => human::write(outcome, options, out),
        Format::Json => json::write(outcome, out),
        Format::Sarif => sarif::write(outcome, options, out),
        Format::Github => github::write(outcome, options, out),
        Format::Gitlab => gitlab::write(outcome, options, out),
        Format::Junit => junit::write(outcome, out),
        Format::Markdown => markdown::write(outcome, options, out),
        Format::Html => html::write(outcome, options, out),
    }
}

impl Format {
    /// All of them, in the order of the help text.
    pub const ALL: [Self; 8] = [Self::Human, Self::Json, Self::Sarif, Self::Github, Self::Gitlab, Self::Junit, Self::Markdown, Self::Html];

    /// The word used on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Human => "human",
            Self::Json => "json",
            Self::Sarif => "sarif",
            Self::Github => "github",
            Self::Gitlab => "gitlab",
            Self::Junit => "junit",
            Self::Markdown => "markdown",
            Self::Html => "html",
        }
    }

    /// The format of a word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.as_str() == word)
    }
}

impl Default for ReportOptions<'_> {
    fn default() -> Self {
        Self { color: false, unicode: true, width: 110, detail: Detail::Normal, include_suppressed: false, source: &|_| None, timestamp: None }
    }
}
