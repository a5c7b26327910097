//! Lowers strings, templates and numbers.

use tree_sitter::Node;

use super::lowerer::Lowerer;
use super::syntax::first;
use crate::ir::{Value, ValueKind};
use crate::source::Span;

impl Lowerer<'_> {
    /// The decoded text of a string literal.
    pub(super) fn string(&self, node: Node<'_>) -> String {
        let mut text = String::new();
        let mut cursor = node.walk();
        for child in node.named_children(&mut cursor) {
            self.push_fragment(child, &mut text);
        }
        text
    }

    fn push_fragment(&self, node: Node<'_>, text: &mut String) {
        let words = self.words(node);
        match node.kind() {
            "escape_sequence" => push_escape(words, text),
            "html_character_reference" => push_reference(words, text),
            _ => text.push_str(words),
        }
    }

    /// A template literal: a text, or a template if it has holes.
    pub(super) fn template(&mut self, node: Node<'_>) -> ValueKind {
        let mut parts: Vec<Value> = Vec::new();
        let mut text = String::new();
        let mut from = node.start_byte() + 1;
        let mut cursor = node.walk();
        let children: Vec<_> = node.named_children(&mut cursor).collect();
        for child in children {
            if child.kind() != "template_substitution" {
                self.push_fragment(child, &mut text);
                continue;
            }
            if !text.is_empty() {
                parts.push(Value::new(ValueKind::Text(std::mem::take(&mut text)), Span::new(from, child.start_byte())));
            }
            if let Some(hole) = first(child) {
                parts.push(self.value(hole));
            }
            from = child.end_byte();
        }
        if parts.is_empty() {
            return ValueKind::Text(text);
        }
        if !text.is_empty() {
            parts.push(Value::new(ValueKind::Text(text), Span::new(from, node.end_byte().saturating_sub(1))));
        }
        ValueKind::Template(parts)
    }

    /// A property's key as a text: a computed key is its text if constant, otherwise its source in brackets.
    pub(super) fn key(&self, node: Node<'_>) -> String {
        match node.kind() {
            "string" => self.string(node),
            "computed_property_name" => match first(node) {
                Some(inner) if inner.kind() == "string" => self.string(inner),
                _ => self.words(node).to_owned(),
            },
            _ => self.words(node).to_owned(),
        }
    }

    /// Joins the operands of a chain of `+`: a template if one of them is text, otherwise `None`.
    pub(super) fn concatenated(operands: &mut Vec<Value>) -> Option<ValueKind> {
        let is_text = |value: &Value| matches!(value.kind, ValueKind::Text(_) | ValueKind::Template(_));
        if !operands.iter().any(is_text) {
            return None;
        }
        let mut parts = Vec::with_capacity(operands.len());
        for operand in operands.drain(..) {
            match operand.kind {
                ValueKind::Template(inner) => parts.extend(inner),
                _ => parts.push(operand),
            }
        }
        Some(ValueKind::Template(parts))
    }
}

/// The value of a number literal, also with separators, of another base, or big.
pub(super) fn number(words: &str) -> f64 {
    let digits: String = words.chars().filter(|c| *c != '_').collect::<String>().to_ascii_lowercase();
    let radix = match digits.get(..2) {
        Some("0x") => 16,
        Some("0o") => 8,
        Some("0b") => 2,
        _ => return digits.trim_end_matches('n').parse().unwrap_or(f64::NAN),
    };
    digits.chars().skip(2).filter_map(|c| c.to_digit(radix)).fold(0.0, |sum, digit| sum * f64::from(radix) + f64::from(digit))
}

fn push_escape(words: &str, text: &mut String) {
    let Some(rest) = words.strip_prefix('\\') else { return };
    let decoded = match rest.chars().next() {
        Some('n') => Some('\n'),
        Some('t') => Some('\t'),
        Some('r') => Some('\r'),
        Some('b') => Some('\u{8}'),
        Some('f') => Some('\u{c}'),
        Some('v') => Some('\u{b}'),
        Some('0') => Some('\0'),
        Some('u' | 'x') => {
            let digits = rest.get(1..).unwrap_or_default().trim_matches(['{', '}']);
            u32::from_str_radix(digits, 16).ok().and_then(char::from_u32)
        }
        Some('\n' | '\r' | '\u{2028}' | '\u{2029}') | None => None,
        other => other,
    };
    text.extend(decoded);
}

/// Appends what an HTML character reference (`&amp;`) stands for; an unknown one stays as written.
pub(super) fn push_reference(words: &str, text: &mut String) {
    let name = words.trim_start_matches('&').trim_end_matches(';');
    let decoded = match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        "nbsp" => Some(' '),
        _ => name.strip_prefix('#').and_then(|digits| match digits.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16).ok().and_then(char::from_u32),
            None => digits.parse().ok().and_then(char::from_u32),
        }),
    };
    match decoded {
        Some(decoded) => text.push(decoded),
        None => text.push_str(words),
    }
}
