//! From spans to places for people.

use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};

use super::Case;
use crate::link::ModuleId;
use crate::outcome::Site;
use crate::source::{LineIndex, Span};

/// The texts and paths of the modules.
pub trait Texts: Sync {
    /// The text of a module's file, as it was lowered.
    fn text(&self, module: ModuleId) -> &str;
    /// The beginnings of its lines.
    fn lines(&self, module: ModuleId) -> &LineIndex;
    /// The path of the file as reports show it.
    fn path(&self, module: ModuleId) -> Utf8PathBuf;
    /// The manifest with dependencies that is nearest to the file.
    fn manifest(&self, module: ModuleId) -> Option<Arc<Utf8Path>>;
    /// Whether a source file that was not read closely says a word with one of these beginnings, in letters and numbers alone. It
    /// reads the whole tree: for questions that are seldom asked.
    fn is_said_elsewhere(&self, stems: &[String]) -> bool;
    /// The source files that were not read closely and call a function or method of this name. It reads the whole tree too.
    fn callers_elsewhere(&self, name: &str, is_method: bool) -> Vec<Utf8PathBuf>;
    /// The source file in a language that is not read that seems to answer a path: it says its last part as a word, and the most of the others.
    fn answers_unread(&self, path: &str) -> Option<Utf8PathBuf>;
}

/// Longest code that a site of a call quotes, in characters.
const MAX_CODE: usize = 400;

impl Case<'_, '_> {
    /// The site of a span, its code cut where it is long.
    pub(super) fn site(&self, module: ModuleId, span: Span) -> Site {
        let mut site = self.whole_site(module, span);
        if site.code.chars().count() > MAX_CODE {
            site.code = site.code.chars().take(MAX_CODE).collect::<String>() + "…";
        }
        site
    }

    /// The site of a span with all of its code.
    pub(super) fn whole_site(&self, module: ModuleId, span: Span) -> Site {
        let text = self.texts.text(module);
        let lines = self.texts.lines(module);
        let from = lines.place(text, span.start);
        let to = lines.place(text, span.end);
        let code = text.get(span.start as usize..span.end as usize).unwrap_or("").to_owned();
        Site { file: self.texts.path(module), line: from.line, column: from.column, end_line: to.line, end_column: to.column, code }
    }

    /// `path:line`, for sentences.
    pub(super) fn place_text(&self, module: ModuleId, span: Span) -> String {
        let place = self.texts.lines(module).place(self.texts.text(module), span.start);
        format!("{}:{}", self.texts.path(module), place.line)
    }
}
