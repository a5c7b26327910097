//! Colors of the lines around the quoted code, and the drawer of the code itself.

use miette::{GraphicalReportHandler, GraphicalTheme, ThemeCharacters, ThemeStyles};

use crate::outcome::{Answer, Severity};

/// Whether colors and box drawing characters may be used.
#[derive(Debug, Clone, Copy)]
pub(super) struct Paint {
    pub color: bool,
    pub unicode: bool,
}

impl Paint {
    pub(super) fn bold(self, text: &str) -> String {
        self.code("1", text)
    }

    pub(super) fn dim(self, text: &str) -> String {
        self.code("2", text)
    }

    pub(super) fn good(self, text: &str) -> String {
        self.code("32", text)
    }

    pub(super) fn bad(self, text: &str) -> String {
        self.code("31", text)
    }

    pub(super) fn answer(self, answer: Answer) -> String {
        match answer {
            Answer::Pass => self.code("1;32", answer.as_str()),
            Answer::Skip => self.code("1;33", answer.as_str()),
            Answer::Fail => self.code("1;31", answer.as_str()),
        }
    }

    pub(super) fn severity(self, severity: Severity) -> String {
        match severity {
            Severity::High => self.code("1;31", severity.as_str()),
            Severity::Medium => self.code("1;33", severity.as_str()),
            Severity::Low | Severity::Info => self.code("1;36", severity.as_str()),
        }
    }

    /// The drawer of quoted code.
    pub(super) fn drawer(self, width: usize) -> GraphicalReportHandler {
        let characters = if self.unicode { ThemeCharacters::unicode() } else { ThemeCharacters::ascii() };
        let styles = if self.color { ThemeStyles::ansi() } else { ThemeStyles::none() };
        let handler = GraphicalReportHandler::new_themed(GraphicalTheme { characters, styles });
        handler.with_width(width.max(40)).with_links(false).with_context_lines(1).tab_width(4).without_syntax_highlighting()
    }

    fn code(self, code: &str, text: &str) -> String {
        if self.color { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }
}
