//! One pass over the raw text: comments addressed to this program, and how deep a recursive parser would have to go.

use crate::ir::NoteComment;
use crate::source::Span;

/// What a bracket weighs against a single token: the parser's stack per bracket is that much larger.
const BRACKET_WEIGHT: usize = 100;
/// The weight of the heaviest path into the file that the parser's stack is made for.
const MAX_WEIGHT: usize = 25_000;
/// The word that addresses a comment to this program.
const NOTE_MARK: &str = "logout-audit:";

/// What the pass found.
pub(super) struct Scan {
    pub(super) notes: Vec<NoteComment>,
    /// The first place at which nesting passes what the parser can bear.
    pub(super) too_deep: Option<Span>,
}

/// Reads `text` once. Not quite a lexer: it knows comments, strings, characters, brackets and words, and takes every other byte as a token.
pub(super) fn scan(text: &str) -> Scan {
    let mut scanner = Scanner { text, bytes: text.as_bytes(), at: 0, frames: Vec::new(), base: 0, run: 0, after_block: false, found: Scan { notes: Vec::new(), too_deep: None } };
    while scanner.at < scanner.bytes.len() {
        scanner.token();
    }
    scanner.found
}

struct Scanner<'t> {
    text: &'t str,
    bytes: &'t [u8],
    at: usize,
    /// `base` and `run` of the open brackets.
    frames: Vec<(usize, usize)>,
    /// The weight of everything around the present bracket.
    base: usize,
    /// Tokens since the last separator: no expression can recurse more often without brackets.
    run: usize,
    /// A `}` has just been read: a word that is not `else` begins a new statement.
    after_block: bool,
    found: Scan,
}

impl Scanner<'_> {
    fn peek(&self, ahead: usize) -> u8 {
        self.bytes.get(self.at + ahead).copied().unwrap_or(0)
    }

    fn token(&mut self) {
        match self.peek(0) {
            b if b.is_ascii_whitespace() => self.at += 1,
            b'/' if self.peek(1) == b'/' => self.line_comment(),
            b'/' if self.peek(1) == b'*' => self.block_comment(),
            b'"' => self.quoted(),
            b'\'' => self.character_or_lifetime(),
            b'(' | b'[' | b'{' => self.open(),
            b')' | b']' => self.close(false),
            b'}' => self.close(true),
            b',' | b';' => {
                self.run = 0;
                self.after_block = false;
                self.at += 1;
            }
            b'#' if self.after_block => {
                self.run = 0;
                self.count(1);
            }
            b if b == b'_' || b.is_ascii_alphanumeric() || b >= 0x80 => self.word(),
            _ => self.count(1),
        }
    }

    /// Counts one token of `length` bytes.
    fn count(&mut self, length: usize) {
        let start = self.at;
        self.at += length;
        self.run += 1;
        self.after_block = false;
        self.check(start);
    }

    fn check(&mut self, start: usize) {
        if self.base + self.run > MAX_WEIGHT && self.found.too_deep.is_none() {
            self.found.too_deep = Some(Span::new(start, start + 1));
        }
    }

    fn open(&mut self) {
        self.frames.push((self.base, self.run));
        self.base += self.run + BRACKET_WEIGHT;
        self.run = 0;
        self.after_block = false;
        self.check(self.at);
        self.at += 1;
    }

    fn close(&mut self, block: bool) {
        if let Some((base, run)) = self.frames.pop() {
            self.base = base;
            self.run = run + 1;
        }
        self.after_block = block;
        self.at += 1;
    }

    fn word(&mut self) {
        let start = self.at;
        let length = self.bytes[start..].iter().take_while(|b| **b == b'_' || b.is_ascii_alphanumeric() || **b >= 0x80).count();
        let word = &self.bytes[start..start + length];
        if self.after_block && !matches!(word, b"else" | b"as") {
            self.run = 0;
        }
        self.count(length);
        if matches!(word, b"r" | b"br" | b"cr") {
            self.raw_string();
        }
    }

    /// The rest of `r"…"` or `r#"…"#`, if that is what it is; `r#name` is not.
    fn raw_string(&mut self) {
        let hashes = self.bytes[self.at..].iter().take_while(|b| **b == b'#').count();
        if self.peek(hashes) != b'"' {
            return;
        }
        self.at += hashes + 1;
        while self.at < self.bytes.len() {
            if self.peek(0) == b'"' {
                let closing = self.bytes[self.at + 1..].iter().take(hashes).take_while(|b| **b == b'#').count();
                if closing == hashes {
                    self.at += hashes + 1;
                    return;
                }
                self.at += closing;
            }
            self.at += 1;
        }
    }

    fn quoted(&mut self) {
        self.count(1);
        while self.at < self.bytes.len() {
            match self.peek(0) {
                b'\\' => self.at += 2,
                b'"' => {
                    self.at += 1;
                    return;
                }
                _ => self.at += 1,
            }
        }
    }

    /// `'a'` and `'\n'` are characters, `'a` is a lifetime.
    fn character_or_lifetime(&mut self) {
        self.count(1);
        if self.peek(0) == b'\\' {
            self.at += 2;
            while self.at < self.bytes.len() && !matches!(self.peek(0), b'\'' | b'\n') {
                self.at += 1;
            }
            self.at += 1;
            return;
        }
        let width = self.text.get(self.at..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8);
        if self.peek(width) == b'\'' {
            self.at += width + 1;
        }
    }

    fn line_comment(&mut self) {
        let start = self.at;
        self.at += self.bytes[start..].iter().take_while(|b| **b != b'\n').count();
        self.note(start, self.at);
    }

    fn block_comment(&mut self) {
        let start = self.at;
        let mut depth = 0_usize;
        while self.at < self.bytes.len() {
            match (self.peek(0), self.peek(1)) {
                (b'/', b'*') => {
                    depth += 1;
                    self.at += 2;
                }
                (b'*', b'/') => {
                    depth -= 1;
                    self.at += 2;
                    if depth == 0 {
                        break;
                    }
                }
                _ => self.at += 1,
            }
        }
        self.note(start, self.at.min(self.bytes.len()));
    }

    fn note(&mut self, start: usize, end: usize) {
        let Some(comment) = self.text.get(start..end) else { return };
        if let Some((_, rest)) = comment.split_once(NOTE_MARK) {
            let rest = rest.strip_suffix("*/").unwrap_or(rest);
            self.found.notes.push(NoteComment { text: rest.trim().to_owned(), span: Span::new(start, end) });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::scan;

    #[test]
    fn notes_are_read_from_comments_and_not_from_strings() {
        let text = "let a = \"// logout-audit: no\"; // logout-audit: ignore token\nlet c = '\"'; /* logout-audit: fine */ let r = r#\"\" // logout-audit: no\"#;";
        let notes: Vec<_> = scan(text).notes.into_iter().map(|note| note.text).collect();
        assert_eq!(notes, ["ignore token", "fine"]);
    }

    #[test]
    fn a_lifetime_does_not_open_a_character() {
        let notes = scan("fn f<'a>(x: &'a str) {} // logout-audit: seen").notes;
        assert_eq!(notes.len(), 1);
    }

    #[test]
    fn statements_do_not_add_up() {
        let text = "fn f() { a.b(c); }\n".repeat(10_000);
        assert!(scan(&text).too_deep.is_none());
    }

    #[test]
    fn brackets_and_operators_are_bounded() {
        assert!(scan(&"(".repeat(100_000)).too_deep.is_some());
        assert!(scan(&"!".repeat(100_000)).too_deep.is_some());
        assert!(scan(&"if a {} else ".repeat(20_000)).too_deep.is_some());
    }
}
