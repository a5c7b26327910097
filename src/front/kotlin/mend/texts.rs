//! The parts of the pass that skip comments, texts and characters.

use super::{Mender, Mode};
use crate::ir::NoteComment;
use crate::source::Span;

/// What a comment for this program contains.
const NOTE: &str = "logout-audit:";

impl Mender<'_> {
    pub(super) fn line_comment(&mut self) {
        let start = self.at;
        while self.at < self.bytes.len() && self.byte(self.at) != b'\n' {
            self.at += 1;
        }
        self.note(start);
    }

    /// Block comments nest.
    pub(super) fn block_comment(&mut self) {
        let start = self.at;
        let mut open = 0_usize;
        while self.at < self.bytes.len() {
            if self.starts("/*") {
                open += 1;
                self.at += 2;
            } else if self.starts("*/") {
                open -= 1;
                self.at += 2;
                if open == 0 {
                    break;
                }
            } else {
                self.at += 1;
            }
        }
        self.note(start);
    }

    fn note(&mut self, start: usize) {
        let comment = self.text.get(start..self.at).unwrap_or("");
        for line in comment.lines() {
            if let Some((_, note)) = line.split_once(NOTE) {
                let text = note.trim().trim_end_matches("*/").trim_end().to_owned();
                self.notes.push(NoteComment { text, span: Span::new(start, self.at) });
            }
        }
    }

    /// Dollar signs before a text: that many begin a hole in it.
    pub(super) fn dollars(&mut self) {
        let start = self.at;
        while self.byte(self.at) == b'$' {
            self.at += 1;
        }
        if self.byte(self.at) == b'"' {
            self.blank(start, self.at);
            self.open_text(self.at - start);
        }
    }

    pub(super) fn open_text(&mut self, dollars: usize) {
        let is_raw = self.starts("\"\"\"");
        self.at += if is_raw { 3 } else { 1 };
        self.modes.push(Mode::Text { is_raw, dollars });
    }

    fn close_text(&mut self) {
        self.modes.pop();
        self.before = b'"';
    }

    pub(super) fn text_byte(&mut self, is_raw: bool, dollars: usize) {
        match self.byte(self.at) {
            b'\\' if !is_raw => self.at += 2,
            b'"' if !is_raw => {
                self.at += 1;
                self.close_text();
            }
            b'"' if self.starts("\"\"\"") => {
                while self.byte(self.at) == b'"' {
                    self.at += 1;
                }
                self.close_text();
            }
            // A text that is never closed ends with its line.
            b'\n' if !is_raw => self.close_text(),
            b'$' => self.hole(dollars),
            _ => self.at += 1,
        }
    }

    fn hole(&mut self, dollars: usize) {
        let start = self.at;
        while self.byte(self.at) == b'$' {
            self.at += 1;
        }
        let is_hole = self.at - start >= dollars;
        let plain_end = if is_hole { self.at - 1 } else { self.at };
        if dollars > 1 {
            for at in start..plain_end {
                self.put(at, b"_");
            }
        }
        if is_hole && self.byte(self.at) == b'{' {
            self.modes.push(Mode::Hole { depth: self.depth });
            self.depth += 1;
            self.at += 1;
        }
    }

    /// A character, so that `'"'` opens no text.
    pub(super) fn character(&mut self) {
        let end = if self.byte(self.at + 1) == b'\\' { self.at + 3 } else { self.at + 2 };
        let close = self.bytes.iter().enumerate().skip(end).take(8).find(|(_, byte)| matches!(byte, b'\'' | b'\n'));
        self.at = match close {
            Some((at, b'\'')) => at + 1,
            _ => self.at + 1,
        };
        self.before = b'\'';
    }
}
