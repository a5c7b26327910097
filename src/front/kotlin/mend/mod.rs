//! Rewrites what the grammar misreads, without moving a byte, and gathers the notes in comments.
//!
//! The rewritten text is only for the parser: names and texts are read from the file as it is, so a rewrite may change
//! letters. One pass, with looks ahead of bounded length.

mod texts;

use crate::ir::NoteComment;
use crate::source::Span;

/// How far type arguments may reach; what is longer is left to the grammar.
const MAX_TYPES: usize = 300;

/// What the parser shall see, and what the pass learned.
pub(super) struct Mended {
    pub(super) text: String,
    pub(super) notes: Vec<NoteComment>,
    /// Type arguments of calls that were blanked, `<` and `>` included, in order.
    pub(super) types: Vec<Span>,
}

/// Mends the text of one file.
pub(super) fn mend(text: &str) -> Mended {
    let mut mender = Mender {
        text,
        bytes: text.as_bytes(),
        out: text.as_bytes().to_vec(),
        at: 0,
        modes: Vec::new(),
        depth: 0,
        before: 0,
        word: Span::default(),
        has_is: false,
        header: None,
        class_bodies: Vec::new(),
        annotations: Vec::new(),
        notes: Vec::new(),
        types: Vec::new(),
    };
    mender.run();
    // NOTE: only whole ASCII characters are replaced, by ASCII.
    Mended { text: String::from_utf8(mender.out).unwrap_or_else(|_| text.to_owned()), notes: mender.notes, types: mender.types }
}

/// Where the pass is, inside out.
enum Mode {
    /// A text; `dollars` signs begin a hole.
    Text { is_raw: bool, dollars: usize },
    /// The code of a hole, begun at this bracket depth.
    Hole { depth: usize },
}

/// The head of a class, between its keyword and its body.
struct Header {
    depth: usize,
    has_colon: bool,
}

struct Mender<'t> {
    text: &'t str,
    bytes: &'t [u8],
    out: Vec<u8>,
    at: usize,
    modes: Vec<Mode>,
    /// Open brackets of all kinds.
    depth: usize,
    /// The last byte of the token before.
    before: u8,
    /// The last word.
    word: Span,
    /// Whether `is` or `in` stood on this line.
    has_is: bool,
    header: Option<Header>,
    /// The bracket depths at which class bodies were opened.
    class_bodies: Vec<usize>,
    /// The bracket depths at which the arguments of annotations were opened.
    annotations: Vec<usize>,
    notes: Vec<NoteComment>,
    types: Vec<Span>,
}

impl Mender<'_> {
    fn run(&mut self) {
        while self.at < self.bytes.len() {
            match self.modes.last() {
                Some(Mode::Text { is_raw, dollars }) => self.text_byte(*is_raw, *dollars),
                _ => self.code_byte(),
            }
        }
    }

    fn byte(&self, at: usize) -> u8 {
        self.bytes.get(at).copied().unwrap_or(0)
    }

    fn starts(&self, with: &str) -> bool {
        self.bytes.get(self.at..).is_some_and(|rest| rest.starts_with(with.as_bytes()))
    }

    /// Replaces the bytes of the range by spaces, line ends kept.
    fn blank(&mut self, from: usize, to: usize) {
        if let Some(bytes) = self.out.get_mut(from..to) {
            for byte in bytes.iter_mut().filter(|byte| !matches!(byte, b'\n' | b'\r')) {
                *byte = b' ';
            }
        }
    }

    /// Replaces line ends by spaces, where a line's end would end a statement.
    fn join_lines(&mut self, from: usize, to: usize) {
        if let Some(bytes) = self.out.get_mut(from..to) {
            bytes.fill(b' ');
        }
    }

    fn put(&mut self, at: usize, bytes: &[u8]) {
        if let Some(place) = self.out.get_mut(at..at + bytes.len()) {
            place.copy_from_slice(bytes);
        }
    }

    /// The first byte from `at` on that is no space of the line, with its place.
    fn next_on_line(&self, mut at: usize) -> (u8, usize) {
        while matches!(self.byte(at), b' ' | b'\t') {
            at += 1;
        }
        (self.byte(at), at)
    }

    fn code_byte(&mut self) {
        let byte = self.byte(self.at);
        match byte {
            b'\n' => {
                self.has_is = false;
                self.at += 1;
                self.end_header_at_line_end();
            }
            b' ' | b'\t' | b'\r' => self.at += 1,
            b'/' if self.byte(self.at + 1) == b'/' => self.line_comment(),
            b'/' if self.byte(self.at + 1) == b'*' => self.block_comment(),
            b'"' => self.open_text(1),
            b'$' => self.dollars(),
            b'\'' => self.character(),
            b'`' => {
                let end = self.bytes.iter().skip(self.at + 1).take(MAX_TYPES).position(|byte| matches!(byte, b'`' | b'\n'));
                self.at += end.map_or(1, |end| end + 2);
                self.before = b'a';
            }
            _ if is_word(byte) => self.word(),
            _ => self.sign(byte),
        }
    }

    fn sign(&mut self, byte: u8) {
        match byte {
            // The grammar knows no empty list; an empty text stands in for it.
            b'[' if self.byte(self.at + 1) == b']' && matches!(self.before, b'=' | b'(' | b',') => {
                self.put(self.at, b"\"\"");
                self.at += 1;
            }
            b'(' | b'[' | b'{' => {
                if byte == b'{' && self.header.as_ref().is_some_and(|header| header.depth == self.depth) {
                    self.header = None;
                    self.class_bodies.push(self.depth);
                }
                self.depth += 1;
            }
            b')' | b']' | b'}' => {
                self.depth = self.depth.saturating_sub(1);
                if self.class_bodies.last().is_some_and(|depth| *depth >= self.depth) {
                    self.class_bodies.pop();
                    self.end_member(byte);
                }
                if self.annotations.last().is_some_and(|depth| *depth >= self.depth) {
                    self.annotations.pop();
                    self.join_to_annotated();
                }
                let is_hole_end = matches!(self.modes.last(), Some(Mode::Hole { depth }) if *depth == self.depth);
                if byte == b'}' && is_hole_end {
                    self.modes.pop();
                }
            }
            b':' => {
                if let Some(header) = &mut self.header {
                    header.has_colon |= header.depth == self.depth;
                }
            }
            b',' => {
                // A comma behind the last type argument.
                let next = self.bytes.iter().skip(self.at + 1).find(|byte| !byte.is_ascii_whitespace());
                if next == Some(&b'>') {
                    self.blank(self.at, self.at + 1);
                }
            }
            b'@' if matches!(self.before, b':' | b'<') => self.annotated_type(),
            b'@' => {
                self.annotated_accessor();
                self.open_annotation();
            }
            _ => {}
        }
        // The arrow is not the end of type arguments.
        self.before = if byte == b'>' && self.at > 0 && self.byte(self.at - 1) == b'-' { b'-' } else { byte };
        self.at += 1;
    }

    /// A member that ends with its class on the same line (`interface A { fun b() }`) needs a semicolon.
    fn end_member(&mut self, closing: u8) {
        let is_space = self.at > 0 && self.byte(self.at - 1) == b' ';
        if closing != b'}' || !is_space || matches!(self.before, b'{' | b';' | b',') {
            return;
        }
        let gap = self.bytes.get(..self.at).unwrap_or_default().iter().rev().take(MAX_TYPES).find(|byte| **byte != b' ');
        if gap.is_some_and(|byte| !matches!(byte, b'\n' | b'\r' | b'/')) {
            self.put(self.at - 1, b";");
        }
    }

    /// `: @Composable (Scope.() -> Unit)`: the grammar takes the type for the annotation's arguments.
    fn annotated_type(&mut self) {
        let end = self.word_end(self.at + 1);
        let (next, at) = self.next_on_line(end);
        if next == b'(' && at > end && end > self.at + 1 {
            self.blank(self.at, end);
            self.at = end - 1;
        }
    }

    /// Annotations between a property without a type and its accessor, which the grammar does not allow.
    fn annotated_accessor(&mut self) {
        let limit = self.at + MAX_TYPES;
        let mut at = self.at;
        while self.byte(at) == b'@' && at < limit {
            at = self.word_end(at + 1);
            while self.byte(at).is_ascii_whitespace() && at < limit {
                at += 1;
            }
        }
        let is_accessor = self.bytes.get(at..).is_some_and(|rest| rest.starts_with(b"get()") || rest.starts_with(b"set("));
        if is_accessor {
            self.blank(self.at, at);
            self.at = at - 1;
        }
    }

    /// Remembers that the brackets which follow are an annotation's.
    fn open_annotation(&mut self) {
        let is_label = self.at > 0 && is_word(self.byte(self.at - 1));
        let mut end = self.word_end(self.at + 1);
        while matches!(self.byte(end), b'.' | b':') && self.text.get(self.at..end) != Some("@file") && is_word(self.byte(end + 1)) {
            end = self.word_end(end + 1);
        }
        if !is_label && self.byte(self.at) == b'@' && end > self.at + 1 && self.byte(end) == b'(' {
            self.annotations.push(self.depth);
        }
    }

    /// Where a line ends behind `@Path("/x")`, the grammar may take the brackets for an expression of their own; what is annotated is drawn up.
    fn join_to_annotated(&mut self) {
        let from = self.at + 1;
        let gap = self.bytes.get(from..).unwrap_or_default().iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        let next = self.byte(from + gap);
        if is_word(next) || next == b'@' {
            self.join_lines(from, from + gap);
        }
    }

    fn word_end(&self, from: usize) -> usize {
        let mut end = from;
        while is_word(self.byte(end)) {
            end += 1;
        }
        end
    }

    fn word(&mut self) {
        let start = self.at;
        let end = self.word_end(start);
        let text = self.text;
        let word = text.get(start..end).unwrap_or("");
        let before_word = text.get(self.word.start as usize..self.word.end as usize).unwrap_or("");
        self.at = end;
        match word {
            "get" | "set" if self.is_call_named_like_accessor(word, end) => self.put(start + 1, b"E"),
            "is" | "in" => self.has_is = true,
            // A guard: `is Failure if result.isFinal -> …` becomes a second label.
            "if" if self.has_is && (is_word(self.before) || self.before == b'>') && !matches!(before_word, "else" | "return" | "in" | "is") => self.put(start, b" ,"),
            // The field behind a property, written out: `val effects: Flow<E>` and below it `field = MutableSharedFlow()`.
            "field" if self.is_backing_field(end) => self.put(start, b"get()"),
            "break" | "continue" if self.byte(end) == b'@' => {
                let label_end = self.word_end(end + 1);
                self.blank(end, label_end);
                self.at = label_end;
            }
            "class" | "interface" | "object" if !matches!(self.before, b':' | b'.') || (word == "object" && self.before == b':') => {
                self.header = Some(Header { depth: self.depth, has_colon: false });
            }
            // A lambda that suspends is a call with a lambda; a name may not be a keyword.
            "suspend" if self.next_on_line(end).0 == b'{' => self.put(start, b"S"),
            "context" if self.byte(end) == b'(' => self.context_receivers(start),
            "where" if !self.is_constraint(end) => self.put(start + 2, b"E"),
            "by" if self.header.as_ref().is_some_and(|header| header.has_colon && header.depth == self.depth) => self.delegate(start),
            _ => {}
        }
        let is_function_name = word.starts_with(|first: char| first.is_ascii_lowercase()) && !matches!(before_word, "class" | "interface" | "typealias") && word != "fun";
        if is_function_name && self.at == end {
            self.type_arguments(end);
        }
        self.word = Span::new(start, end);
        self.before = b'a';
    }

    /// Whether a word that ends here begins a declaration in a class's body and is set to something.
    fn is_backing_field(&self, end: usize) -> bool {
        let (next, at) = self.next_on_line(end);
        next == b'=' && self.byte(at + 1) != b'=' && self.class_bodies.last().is_some_and(|depth| depth + 1 == self.depth)
    }

    /// Whether `get` or `set` cannot be an accessor here, which the grammar would prefer behind a property.
    fn is_call_named_like_accessor(&self, word: &str, end: usize) -> bool {
        let (next, open) = self.next_on_line(end);
        match next {
            b'<' | b'{' => true,
            _ if is_word(next) => true,
            b'(' if word == "get" => self.next_on_line(open + 1).0 != b')',
            b'(' => {
                let inner = self.next_on_line(open + 1).1;
                let (close, at) = self.next_on_line(self.word_end(inner));
                let (behind, _) = self.next_on_line(at + 1);
                !(close == b':' || (close == b')' && matches!(behind, b'{' | b'=' | b':' | b'\n' | b'\r')))
            }
            _ => false,
        }
    }

    /// `context(Scope) fun f()`: what a declaration asks of its context is left out.
    fn context_receivers(&mut self, start: usize) {
        let limit = self.at + MAX_TYPES;
        let mut at = self.at;
        while at < limit && !matches!(self.byte(at), b')' | b'{' | b'"' | 0) {
            at += 1;
        }
        let close = at;
        at += 1;
        while at < limit && self.byte(at).is_ascii_whitespace() {
            at += 1;
        }
        let next = self.text.get(at..self.word_end(at)).unwrap_or("");
        let is_declaration = matches!(next, "fun" | "val" | "var" | "class" | "suspend" | "private" | "internal" | "public" | "override" | "inline" | "operator");
        if self.byte(close) == b')' && is_declaration {
            self.blank(start, close + 1);
            self.at = close + 1;
        }
    }

    /// Whether a type's bound follows, as in `where T : Any`.
    fn is_constraint(&self, end: usize) -> bool {
        let (_, name) = self.next_on_line(end);
        let name_end = self.word_end(name);
        name_end > name && self.next_on_line(name_end).0 == b':'
    }

    /// The delegate of a base before a class body, which the grammar takes for a lambda handed to the delegate.
    fn delegate(&mut self, from: usize) {
        let mut at = self.at;
        let mut open = 0_usize;
        loop {
            match self.byte(at) {
                b'(' | b'[' | b'<' => open += 1,
                b')' | b']' | b'>' => open = open.saturating_sub(1),
                b'{' if open == 0 => {
                    self.blank(from, at);
                    break;
                }
                b',' if open == 0 => {
                    self.blank(from, at);
                    break;
                }
                b'\n' | b'"' | 0 => break,
                _ => {}
            }
            at += 1;
        }
        self.at = at;
    }

    /// A head ends with its line, unless something on either side of the line's end goes on with it.
    fn end_header_at_line_end(&mut self) {
        if self.header.as_ref().is_none_or(|header| header.depth != self.depth) || matches!(self.before, b',' | b':' | b'(') {
            return;
        }
        let mut at = self.at;
        let limit = at + MAX_TYPES;
        while self.byte(at).is_ascii_whitespace() && at < limit {
            at += 1;
        }
        let goes_on = matches!(self.byte(at), b':' | b',' | b'{' | b'(' | b'/') || self.bytes.get(at..).is_some_and(|rest| rest.starts_with(b"where ") || rest.starts_with(b"by "));
        if !goes_on {
            self.header = None;
        }
    }

    /// Type arguments before `(` or `{`, which the grammar may take for comparisons.
    fn type_arguments(&mut self, from: usize) {
        if self.byte(from) != b'<' {
            return;
        }
        let mut open = 0_usize;
        for (at, byte) in self.bytes.iter().enumerate().skip(from).take(MAX_TYPES) {
            match byte {
                b'<' => open += 1,
                b'>' => open -= 1,
                b',' | b'.' | b'?' | b'*' | b' ' | b'\n' | b'\r' | b'\t' => {}
                _ if is_word(*byte) => {}
                _ => return,
            }
            if open == 0 {
                let end = at + 1;
                if matches!(self.next_on_line(end).0, b'(' | b'{') {
                    self.blank(from, end);
                    self.join_lines(from, end);
                    self.types.push(Span::new(from, end));
                    self.at = end;
                }
                return;
            }
        }
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}
