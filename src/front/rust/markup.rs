//! Reads tokens that are no Rust in order: named values, expressions, and markup elements with their children.

use proc_macro2::{Delimiter, Spacing, TokenTree};
use syn::Expr;

use super::lowerer::{Lowerer, name, plain, unknown};
use super::tokens::{extent, generics_end, is_punct, key_text};
use crate::ir::{Argument, Call, CallStyle, Value, ValueKind};
use crate::source::Span;

/// Elements nested deeper than this become siblings.
const MAX_ELEMENTS: usize = 64;
/// A key of more tokens (`data-a-b-c`) is none.
const MAX_KEY_TOKENS: usize = 16;
/// Words that are followed by a value and then by a block that belongs to no element.
const HEADS: [&str; 4] = ["if", "match", "in", "while"];
/// Words that begin or join statements and name nothing.
const KEYWORDS: [&str; 14] = ["if", "else", "for", "in", "match", "let", "while", "loop", "return", "ref", "static", "pub", "const", "mut"];

/// A walk over the tokens of one group.
pub(super) struct TokenReader<'l> {
    lowerer: &'l mut Lowerer,
    tokens: Vec<TokenTree>,
    at: usize,
    found: Vec<Argument>,
    /// The elements around the present token.
    open: Vec<Element>,
}

/// An element whose end has not been read.
struct Element {
    tag: Value,
    attributes: Vec<Argument>,
    children: Vec<Value>,
    /// Still between `<` and `>`, or before the `{` of its children.
    in_tag: bool,
    /// Its children are in braces, as in `tag key=value { … }`.
    is_braced: bool,
    start: u32,
}

impl<'l> TokenReader<'l> {
    /// At the first of `tokens`.
    pub(super) fn new(lowerer: &'l mut Lowerer, tokens: Vec<TokenTree>) -> Self {
        Self { lowerer, tokens, at: 0, found: Vec::new(), open: Vec::new() }
    }

    /// Everything that was found, in order.
    pub(super) fn read(mut self) -> Vec<Argument> {
        while self.at < self.tokens.len() {
            self.token();
        }
        while !self.open.is_empty() {
            self.close_element();
        }
        self.found
    }

    fn peek(&self, ahead: usize) -> Option<&TokenTree> {
        self.tokens.get(self.at + ahead)
    }

    fn sign(&self, ahead: usize, sign: char) -> bool {
        self.peek(ahead).is_some_and(|token| is_punct(token, sign))
    }

    fn token(&mut self) {
        let (in_tag, is_braced) = self.open.last().map_or((false, false), |element| (element.in_tag, element.is_braced));
        match self.peek(0) {
            Some(TokenTree::Punct(punct)) => match punct.as_char() {
                '<' => self.angle(),
                '>' => self.tag_end(),
                '=' if self.sign(1, '>') => self.at += 2,
                '/' if in_tag && self.sign(1, '>') => {
                    self.at += 2;
                    self.close_element();
                }
                ';' if in_tag && is_braced => {
                    self.at += 1;
                    self.close_element();
                }
                '|' => self.expression(None),
                // Comments for documentation are attributes by now.
                '#' if self.is_documentation() => self.at += 2,
                _ => self.at += 1,
            },
            Some(TokenTree::Ident(ident)) => {
                let word = plain(ident);
                self.word(&word, in_tag);
            }
            Some(TokenTree::Literal(_)) => self.key_or_literal(),
            Some(TokenTree::Group(group)) if in_tag && is_braced && group.delimiter() == Delimiter::Brace => {
                let children = group.stream();
                self.at += 1;
                let children = self.lowerer.token_values(children);
                if let Some(element) = self.open.last_mut() {
                    element.children = children;
                }
                self.close_element();
            }
            Some(TokenTree::Group(_)) => self.expression(None),
            None => {}
        }
    }

    fn is_documentation(&self) -> bool {
        let Some(TokenTree::Group(group)) = self.peek(1) else { return false };
        matches!(group.stream().into_iter().next(), Some(TokenTree::Ident(word)) if word == "doc")
    }

    fn key_or_literal(&mut self) {
        if !self.named() {
            self.expression(None);
        }
    }

    fn word(&mut self, word: &str, in_tag: bool) {
        if KEYWORDS.contains(&word) && !self.sign(1, '=') {
            self.at += 1;
            if HEADS.contains(&word) && matches!(self.peek(0), Some(TokenTree::Ident(next)) if !KEYWORDS.contains(&plain(next).as_str())) {
                self.expression(None);
            }
        } else if !self.named() && !self.braced_element() && (in_tag || !self.attributed_element()) {
            self.expression(None);
        }
    }

    fn push(&mut self, key: Option<String>, value: Value) {
        match self.open.last_mut() {
            Some(element) if element.in_tag || key.is_some() => element.attributes.push(Argument { name: key, value }),
            Some(element) => element.children.push(value),
            None => self.found.push(Argument { name: key, value }),
        }
    }

    /// `key=value`, `on:click=value`, `data-x=value`, `key: value`, `"key": value`.
    fn named(&mut self) -> bool {
        let mut key = self.peek(0).map(key_text).unwrap_or_default();
        let mut ahead = 1;
        while ahead < MAX_KEY_TOKENS && (self.sign(ahead, '-') || (self.sign(ahead, ':') && !self.sign(ahead + 1, ':'))) {
            let Some(TokenTree::Ident(part)) = self.peek(ahead + 1) else { break };
            key.push(if self.sign(ahead, '-') { '-' } else { ':' });
            key.push_str(&plain(part));
            ahead += 2;
        }
        let is_assigned = self.sign(ahead, '=') && !self.is_joint(ahead);
        let is_keyed = self.sign(1, ':') && !self.is_joint(1);
        if is_assigned {
            self.at += ahead + 1;
        } else if is_keyed {
            key = self.peek(0).map(key_text).unwrap_or_default();
            self.at += 2;
        } else {
            return false;
        }
        self.expression(Some(key));
        true
    }

    /// Whether the sign at `ahead` is the first half of `==`, `=>` or `::`.
    fn is_joint(&self, ahead: usize) -> bool {
        matches!(self.peek(ahead), Some(TokenTree::Punct(punct)) if punct.spacing() == Spacing::Joint)
            && (self.sign(ahead + 1, '=') || self.sign(ahead + 1, '>') || self.sign(ahead + 1, ':'))
    }

    /// The longest readable expression from here; what is in brackets is read by itself if the whole is not Rust.
    fn expression(&mut self, key: Option<String>) {
        let mut end = extent(&self.tokens, self.at).min(self.tokens.len());
        if key.is_some() && self.is_struct_literal(end) {
            end += 1;
        }
        if end <= self.at {
            // A key without a value is a value itself.
            self.at += usize::from(key.is_none());
            return;
        }
        let Some(tokens) = self.tokens.get(self.at..end).map(<[_]>::to_vec) else { return };
        self.at = end;
        let value = self.readable(&tokens, key.as_deref());
        self.push(key, value);
    }

    /// Whether what ends at `end` is a type's name with the braces of a literal behind it.
    fn is_struct_literal(&self, end: usize) -> bool {
        let is_type = end > self.at && matches!(self.tokens.get(end - 1), Some(TokenTree::Ident(ident)) if plain(ident).starts_with(char::is_uppercase));
        is_type && matches!(self.tokens.get(end), Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace)
    }

    fn readable(&mut self, tokens: &[TokenTree], key: Option<&str>) -> Value {
        if let [TokenTree::Group(group)] = tokens {
            return self.lowerer.group_value(group);
        }
        if let Ok(expr) = syn::parse2::<Expr>(tokens.iter().cloned().collect()) {
            let binding = key.map(|key| (key.to_owned(), self.span_of(tokens.get(..1).unwrap_or(tokens))));
            return match &expr {
                Expr::Closure(closure) => self.lowerer.closure(closure, binding),
                Expr::Async(block) => self.lowerer.async_block(block, binding),
                _ => self.lowerer.value(&expr),
            };
        }
        self.lowerer.loose_chain(tokens).unwrap_or_else(|| unknown(Vec::new(), self.span_of(tokens)))
    }

    fn span_of(&self, tokens: &[TokenTree]) -> Span {
        match (tokens.first(), tokens.last()) {
            (Some(first), Some(last)) => self.lowerer.between(first.span(), last.span()),
            _ => Span::default(),
        }
    }

    /// `tag { key: value, "child" }`.
    fn braced_element(&mut self) -> bool {
        let (Some(TokenTree::Ident(ident)), Some(TokenTree::Group(group))) = (self.peek(0), self.peek(1)) else { return false };
        if group.delimiter() != Delimiter::Brace {
            return false;
        }
        let (ident, group) = (ident.clone(), group.clone());
        self.at += 2;
        let start = self.lowerer.span(ident.span());
        let inner = self.lowerer.token_arguments(group.stream());
        let (attributes, children): (Vec<_>, Vec<_>) = inner.into_iter().partition(|argument| argument.name.is_some());
        let children = children.into_iter().map(|argument| argument.value).collect();
        let element = Element { tag: name(plain(&ident), start), attributes, children, in_tag: false, is_braced: true, start: start.start };
        let end = self.lowerer.span(group.span_close()).end;
        let value = element_value(element, end);
        self.push(None, value);
        true
    }

    /// `tag key=value { … }` and `tag key=value;` without angle brackets.
    fn attributed_element(&mut self) -> bool {
        let (Some(TokenTree::Ident(tag)), Some(TokenTree::Ident(_))) = (self.peek(0), self.peek(1)) else { return false };
        let is_path = self.sign(2, ':') && self.sign(3, ':');
        if is_path || !(self.sign(2, '=') || self.sign(2, '-') || self.sign(2, ':')) || self.open.len() >= MAX_ELEMENTS {
            return false;
        }
        let span = self.lowerer.span(tag.span());
        let tag = name(plain(tag), span);
        self.at += 1;
        self.open.push(Element { tag, attributes: Vec::new(), children: Vec::new(), in_tag: true, is_braced: true, start: span.start });
        true
    }

    /// `<tag` opens an element, `</tag>` closes one; any other `<` is a sign.
    fn angle(&mut self) {
        let follows_name = self.at > 0 && matches!(self.tokens.get(self.at - 1), Some(TokenTree::Ident(_)));
        let start = self.peek(0).map_or(0, |token| self.lowerer.span(token.span()).start);
        if self.sign(1, '/') {
            while self.at < self.tokens.len() && !self.sign(0, '>') {
                self.at += 1;
            }
            self.at += 1;
            self.close_element();
            return;
        }
        let Some(TokenTree::Ident(ident)) = self.peek(1) else {
            self.at += 1;
            return;
        };
        if follows_name && self.open.last().is_none_or(|element| element.in_tag) {
            self.at += 1;
            return;
        }
        let mut tag = plain(ident);
        let span = self.lowerer.span(ident.span());
        self.at += 2;
        while self.sign(0, '-') || self.sign(0, ':') || self.sign(0, '.') {
            if let Some(TokenTree::Ident(part)) = self.peek(1) {
                tag = plain(part);
            }
            self.at += 1;
            if matches!(self.peek(0), Some(TokenTree::Ident(_))) {
                self.at += 1;
            }
        }
        if self.sign(0, '<') {
            self.at = generics_end(&self.tokens, self.at).max(self.at + 1);
        }
        if self.open.len() < MAX_ELEMENTS {
            self.open.push(Element { tag: name(tag, span), attributes: Vec::new(), children: Vec::new(), in_tag: true, is_braced: false, start });
        }
    }

    fn tag_end(&mut self) {
        self.at += 1;
        if let Some(element) = self.open.last_mut().filter(|element| !element.is_braced) {
            element.in_tag = false;
        }
    }

    fn close_element(&mut self) {
        let Some(element) = self.open.pop() else { return };
        let last = self.tokens.get(self.at.saturating_sub(1)).or(self.tokens.last());
        let end = last.map_or(element.start, |token| self.lowerer.span(token.span()).end);
        let value = element_value(element, end);
        self.push(None, value);
    }
}

fn element_value(element: Element, end: u32) -> Value {
    let span = Span { start: element.start, end: end.max(element.start) };
    let mut args = element.attributes;
    if !element.children.is_empty() {
        args.push(Argument { name: Some("children".to_owned()), value: Value::new(ValueKind::List(element.children), span) });
    }
    Value::new(ValueKind::Call(Box::new(Call { callee: element.tag, args, style: CallStyle::Element, types: Vec::new(), span })), span)
}
