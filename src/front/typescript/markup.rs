//! Scans markup: tags with their attributes, scripts and comments, in one pass and whatever the faults.

use std::ops::Range;

/// How far a placeholder (`{{ … }}`) is looked for its end.
const PLACEHOLDER_REACH: usize = 300;

/// The kinds of markup, by what stands in attributes and text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flavor {
    /// Attributes named `:x`, `@x` and `v-x` hold expressions in quotes.
    Directives,
    /// Attributes may hold an expression in braces, also within quotes.
    Braces,
    /// Attributes may hold an expression in braces, but not within quotes.
    StrictBraces,
    /// Placeholders of a template engine may stand anywhere.
    Page,
}

/// What is found, in the order of the text.
#[derive(Debug)]
pub(super) enum Event<'s> {
    Open(Tag<'s>),
    Close(&'s str),
    /// Text that is not blank.
    Text(Range<usize>),
    /// A script element with its content.
    Script(Tag<'s>, Range<usize>),
    Comment(Range<usize>),
}

/// An opening tag.
#[derive(Debug)]
pub(super) struct Tag<'s> {
    pub(super) name: &'s str,
    pub(super) attributes: Vec<Attribute<'s>>,
    /// Nothing stands inside: `<br/>`.
    pub(super) is_closed: bool,
    /// The whole tag.
    pub(super) range: Range<usize>,
}

/// One attribute; a spread in braces is named `...`.
#[derive(Debug)]
pub(super) struct Attribute<'s> {
    pub(super) name: &'s str,
    pub(super) value: AttributeValue,
    /// The attribute's name.
    pub(super) range: Range<usize>,
}

/// An attribute's value, without its quotes or braces.
#[derive(Debug, Clone)]
pub(super) enum AttributeValue {
    None,
    Text(Range<usize>),
    Expression(Range<usize>),
}

impl<'s> Tag<'s> {
    /// The text range of the attribute called `name`.
    pub(super) fn text_of(&self, name: &str) -> Option<Range<usize>> {
        self.attributes.iter().find(|attribute| attribute.name.eq_ignore_ascii_case(name)).and_then(|attribute| match &attribute.value {
            AttributeValue::Text(range) => Some(range.clone()),
            AttributeValue::None | AttributeValue::Expression(_) => None,
        })
    }
}

/// Scans `text` from the byte `from` on.
pub(super) fn scan(text: &str, flavor: Flavor, from: usize) -> Vec<Event<'_>> {
    let mut scanner = Scanner { text, bytes: text.as_bytes(), at: from, flavor, events: Vec::new(), hopeless: Hopeless::default() };
    while scanner.at < scanner.bytes.len() {
        scanner.advance();
    }
    scanner.events
}

/// Terminators that do not occur any more, so that nobody looks for them twice.
#[derive(Default)]
struct Hopeless {
    brace: bool,
    percent: bool,
    hash: bool,
    mustache: bool,
}

struct Scanner<'s> {
    text: &'s str,
    bytes: &'s [u8],
    /// Always just behind or before an ASCII character, thus a boundary of the text.
    at: usize,
    flavor: Flavor,
    events: Vec<Event<'s>>,
    hopeless: Hopeless,
}

impl<'s> Scanner<'s> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn rest(&self) -> &'s str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn slice(&self, range: Range<usize>) -> &'s str {
        self.text.get(range).unwrap_or_default()
    }

    /// The place of `sign` at or behind `from`.
    fn find(&self, sign: &str, from: usize) -> Option<usize> {
        self.text.get(from..).and_then(|rest| rest.find(sign)).map(|offset| from + offset)
    }

    /// Takes text up to the next tag, or one tag.
    fn advance(&mut self) {
        let start = self.at;
        let is_page = self.flavor == Flavor::Page;
        let is_stop = |at: &usize| match self.bytes.get(*at) {
            Some(b'<') => true,
            Some(b'{') if is_page => self.bytes.get(*at..).is_some_and(|rest| rest.starts_with(b"{#") || rest.starts_with(b"{{!--")),
            _ => false,
        };
        let stop = (start..self.bytes.len()).find(is_stop).unwrap_or(self.bytes.len());
        if stop > start {
            self.push_text(start..stop);
            self.at = stop;
            return;
        }
        let rest = self.rest();
        if rest.starts_with('{') {
            self.placeholder_comment();
        } else if rest.starts_with("<!--") {
            let end = self.find("-->", start + 4).map_or(self.bytes.len(), |end| end + 3);
            self.events.push(Event::Comment(start..end));
            self.at = end;
        } else if rest.starts_with("<%") && is_page {
            self.at = match self.hopeless.percent {
                true => start + 2,
                false => self.find("%>", start + 2).map_or_else(
                    || {
                        self.hopeless.percent = true;
                        start + 2
                    },
                    |end| end + 2,
                ),
            };
        } else if rest.starts_with("<!") || rest.starts_with("<?") {
            self.at = self.find(">", start).map_or(self.bytes.len(), |end| end + 1);
        } else if rest.starts_with("</") {
            self.at = start + 2;
            let name = self.name();
            self.events.push(Event::Close(name));
            self.at = self.find(">", self.at).map_or(self.bytes.len(), |end| end + 1);
        } else if self.bytes.get(start + 1).is_some_and(|byte| byte.is_ascii_alphabetic()) {
            self.tag();
        } else {
            self.at = start + 1;
        }
    }

    fn push_text(&mut self, range: Range<usize>) {
        if !self.slice(range.clone()).trim().is_empty() {
            self.events.push(Event::Text(range));
        }
    }

    /// `{# … #}` and `{{!-- … --}}` hide what they hold.
    fn placeholder_comment(&mut self) {
        let start = self.at;
        let rest = self.rest();
        let (sign, flag) = if rest.starts_with("{#") { ("#}", &mut self.hopeless.hash) } else { ("--}}", &mut self.hopeless.mustache) };
        self.at = start + 2;
        if *flag {
            return;
        }
        match rest.find(sign) {
            Some(offset) => {
                self.at = start + offset + sign.len();
                self.events.push(Event::Comment(start..self.at));
            }
            None => *flag = true,
        }
    }

    fn name(&mut self) -> &'s str {
        let start = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b':' | b'.')) {
            self.at += 1;
        }
        self.slice(start..self.at)
    }

    fn tag(&mut self) {
        let start = self.at;
        self.at += 1;
        let name = self.name();
        let mut tag = Tag { name, attributes: Vec::new(), is_closed: false, range: start..start };
        while let Some(byte) = self.peek() {
            match byte {
                b'>' => {
                    self.at += 1;
                    break;
                }
                b'/' => {
                    self.at += 1;
                    tag.is_closed = self.peek() == Some(b'>');
                }
                _ if byte.is_ascii_whitespace() => self.at += 1,
                _ if self.skip_placeholder() => {}
                b'<' => break,
                b'{' if self.has_braces() => self.braced_attribute(&mut tag),
                _ => self.attribute(&mut tag),
            }
        }
        tag.range.end = self.at;
        tag.is_closed |= is_void(name);
        self.push_tag(tag);
    }

    /// Adds a tag, with its content if that is no markup.
    fn push_tag(&mut self, tag: Tag<'s>) {
        let is_script = tag.name.eq_ignore_ascii_case("script");
        let is_raw = is_script || tag.name.eq_ignore_ascii_case("style");
        if tag.is_closed || !is_raw {
            self.events.push(Event::Open(tag));
            return;
        }
        let start = self.at;
        let mut end = start;
        loop {
            let Some(close) = self.find("</", end) else {
                end = self.bytes.len();
                break;
            };
            let candidate = self.bytes.get(close + 2..close + 2 + tag.name.len());
            if candidate.is_some_and(|name| name.eq_ignore_ascii_case(tag.name.as_bytes())) {
                end = close;
                break;
            }
            end = close + 2;
        }
        self.at = end;
        if is_script {
            self.events.push(Event::Script(tag, start..end));
        }
    }

    fn has_braces(&self) -> bool {
        matches!(self.flavor, Flavor::Braces | Flavor::StrictBraces) && !self.hopeless.brace
    }

    /// Steps over a placeholder of a template engine, if one stands here.
    fn skip_placeholder(&mut self) -> bool {
        let Some(end) = self.placeholder_end(self.at) else { return false };
        self.at = end;
        true
    }

    /// The end of the placeholder that begins at `start`, if there is one.
    fn placeholder_end(&self, start: usize) -> Option<usize> {
        if self.flavor != Flavor::Page {
            return None;
        }
        let sign = match self.bytes.get(start..start + 2)? {
            b"{{" => "}}",
            b"{%" => "%}",
            b"<%" => "%>",
            b"<?" => "?>",
            _ => return None,
        };
        let end = (start + PLACEHOLDER_REACH).min(self.bytes.len());
        let window = self.bytes.get(start + 2..end)?;
        window.windows(2).position(|pair| pair == sign.as_bytes()).map(|offset| start + 4 + offset)
    }

    /// `{name}` and `{...spread}` among the attributes.
    fn braced_attribute(&mut self, tag: &mut Tag<'s>) {
        let Some(inner) = self.braces() else {
            self.at += 1;
            return;
        };
        let words = self.slice(inner.clone()).trim();
        let spread = self.slice(inner.clone()).find("...").filter(|_| words.starts_with("..."));
        let (name, range) = match spread {
            Some(offset) => ("...", inner.start + offset + 3..inner.end),
            None => (words, inner),
        };
        tag.attributes.push(Attribute { name, value: AttributeValue::Expression(range.clone()), range });
    }

    fn attribute(&mut self, tag: &mut Tag<'s>) {
        let start = self.at;
        while let Some(byte) = self.peek() {
            if byte.is_ascii_whitespace() || matches!(byte, b'=' | b'>' | b'<' | b'"' | b'\'') || (byte == b'/' && self.bytes.get(self.at + 1) == Some(&b'>')) {
                break;
            }
            self.at += 1;
        }
        if self.at == start {
            self.at += 1;
            return;
        }
        let range = start..self.at;
        let name = self.slice(range.clone());
        self.skip_blanks();
        let value = if self.peek() == Some(b'=') {
            self.at += 1;
            self.skip_blanks();
            self.attribute_value()
        } else {
            AttributeValue::None
        };
        tag.attributes.push(Attribute { name, value, range });
    }

    fn skip_blanks(&mut self) {
        while self.peek().is_some_and(|byte| byte.is_ascii_whitespace()) {
            self.at += 1;
        }
    }

    fn attribute_value(&mut self) -> AttributeValue {
        match self.peek() {
            Some(quote @ (b'"' | b'\'')) => AttributeValue::Text(self.quoted(quote)),
            Some(b'`') if self.has_braces() => {
                let start = self.at;
                self.quoted(b'`');
                AttributeValue::Expression(start..self.at)
            }
            Some(b'{') if self.has_braces() => match self.braces() {
                Some(inner) => AttributeValue::Expression(inner),
                None => self.bare_value(),
            },
            _ => self.bare_value(),
        }
    }

    fn bare_value(&mut self) -> AttributeValue {
        let start = self.at;
        while let Some(byte) = self.peek() {
            // NOTE: a block placeholder may be the value (`{% url 'x' %}`), but behind one it is about the next attribute.
            if self.at > start && self.flavor == Flavor::Page && self.rest().starts_with("{%") {
                break;
            }
            if self.skip_placeholder() {
                continue;
            }
            if byte.is_ascii_whitespace() || byte == b'>' {
                break;
            }
            self.at += 1;
        }
        AttributeValue::Text(start..self.at)
    }

    /// The inside of the quotes that begin here; quotes within placeholders and braces do not end it.
    fn quoted(&mut self, quote: u8) -> Range<usize> {
        self.at += 1;
        let start = self.at;
        while let Some(byte) = self.peek() {
            if byte == quote {
                self.at += 1;
                return start..self.at - 1;
            }
            if !self.skip_placeholder() {
                self.at += 1;
            }
        }
        start..self.at
    }

    /// The inside of the braces that begin here; `None` if they are never closed.
    fn braces(&mut self) -> Option<Range<usize>> {
        let start = self.at + 1;
        let mut at = start;
        let mut open = 1_usize;
        while let Some(byte) = self.bytes.get(at) {
            match byte {
                b'{' => open += 1,
                b'}' => open -= 1,
                b'"' | b'\'' | b'`' => at = string_end(self.bytes, at),
                _ => {}
            }
            at += 1;
            if open == 0 {
                self.at = at;
                return Some(start..at - 1);
            }
        }
        self.hopeless.brace = true;
        None
    }
}

/// Where the string that begins at `start` ends; one in ordinary quotes ends with its line at the latest.
fn string_end(bytes: &[u8], start: usize) -> usize {
    let Some(quote) = bytes.get(start) else { return start };
    let mut at = start + 1;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'\\' => at += 1,
            b'\n' if *quote != b'`' => return at,
            _ if byte == quote => return at,
            _ => {}
        }
        at += 1;
    }
    // NOTE: an unclosed template would swallow the rest, so it is taken for a stray quote's line end.
    start
}

/// Whether an element of this name never has content.
fn is_void(name: &str) -> bool {
    matches!(name, "area" | "base" | "br" | "col" | "embed" | "hr" | "img" | "input" | "link" | "meta" | "source" | "track" | "wbr")
}
