//! Texts, templates and numbers.

use tree_sitter::Node;

use super::Lowerer;
use super::tree::{children, span};
use crate::ir::{Value, ValueKind};
use crate::source::Span;

impl Lowerer<'_> {
    /// A string literal of either kind.
    pub(super) fn string(&mut self, node: Node<'_>) -> Value {
        if self.text(node) == "[]" {
            return Value::new(ValueKind::List(Vec::new()), span(node));
        }
        let mut parts = Vec::new();
        for child in children(node) {
            match child.kind() {
                "string_content" => push_text(&mut parts, self.text(child), span(child)),
                "escape_sequence" => push_text(&mut parts, &unescape(self.text(child)), span(child)),
                "interpolation" => {
                    for hole in children(child) {
                        let value = self.value(hole);
                        parts.push(value);
                    }
                }
                _ => {
                    let value = self.value(child);
                    parts.push(value);
                }
            }
        }
        Value::new(template(parts), span(node))
    }

    /// A character literal, as a text.
    pub(super) fn character(&self, node: Node<'_>) -> Value {
        let inner = self.text(node).trim_matches('\'');
        let text = if inner.starts_with('\\') { unescape(inner) } else { inner.to_owned() };
        Value::new(ValueKind::Text(text), span(node))
    }
}

/// Appends text, joined to a text that ends the parts.
fn push_text(parts: &mut Vec<Value>, text: &str, at: Span) {
    if let Some(Value { kind: ValueKind::Text(before), span }) = parts.last_mut() {
        before.push_str(text);
        span.end = at.end;
        return;
    }
    parts.push(Value::new(ValueKind::Text(text.to_owned()), at));
}

/// Parts as one text, if they are no more than that.
fn template(mut parts: Vec<Value>) -> ValueKind {
    match parts.as_slice() {
        [] => ValueKind::Text(String::new()),
        [Value { kind: ValueKind::Text(_), .. }] => parts.pop().map_or(ValueKind::Text(String::new()), |part| part.kind),
        _ => ValueKind::Template(parts),
    }
}

/// `left + right` where one of them is a text: one template. Gives both back if none is.
pub(super) fn concatenate(left: Value, right: Value, at: Span) -> Result<Value, (Value, Value)> {
    let is_text = |value: &Value| matches!(value.kind, ValueKind::Text(_) | ValueKind::Template(_));
    if !is_text(&left) && !is_text(&right) {
        return Err((left, right));
    }
    let mut parts = match left.kind {
        ValueKind::Template(parts) => parts,
        kind => vec![Value::new(kind, left.span)],
    };
    match right.kind {
        ValueKind::Template(more) => {
            for part in more {
                match part {
                    Value { kind: ValueKind::Text(text), span } => push_text(&mut parts, &text, span),
                    other => parts.push(other),
                }
            }
        }
        ValueKind::Text(text) => push_text(&mut parts, &text, right.span),
        kind => parts.push(Value::new(kind, right.span)),
    }
    Ok(Value::new(template(parts), at))
}

/// What an escape stands for.
fn unescape(escape: &str) -> String {
    let mut letters = escape.chars();
    letters.next();
    match letters.next() {
        Some('n') => "\n".to_owned(),
        Some('t') => "\t".to_owned(),
        Some('r') => "\r".to_owned(),
        Some('b') => "\u{8}".to_owned(),
        Some('u') => u32::from_str_radix(letters.as_str(), 16).ok().and_then(char::from_u32).map(String::from).unwrap_or_default(),
        Some(other) => other.to_string(),
        None => String::new(),
    }
}

/// The number a literal writes, whatever its base, separators and suffix.
pub(super) fn number(text: &str) -> f64 {
    let digits: String = text.chars().filter(|digit| *digit != '_').collect();
    let lower = digits.to_ascii_lowercase();
    if let Some(hex) = lower.strip_prefix("0x") {
        return u64::from_str_radix(hex.trim_end_matches(['l', 'u']), 16).map_or(f64::NAN, |number| number as f64);
    }
    if let Some(bits) = lower.strip_prefix("0b") {
        return u64::from_str_radix(bits.trim_end_matches(['l', 'u']), 2).map_or(f64::NAN, |number| number as f64);
    }
    lower.trim_end_matches(['l', 'u', 'f']).parse().unwrap_or(f64::NAN)
}

/// A raw text without the indentation that its lines share, as `trimIndent()` gives it.
pub(super) fn trim_indent(text: &str) -> String {
    let mut lines: Vec<&str> = text.lines().collect();
    if lines.first().is_some_and(|line| line.trim().is_empty()) {
        lines.remove(0);
    }
    if lines.last().is_some_and(|line| line.trim().is_empty()) {
        lines.pop();
    }
    let width = |line: &str| line.len() - line.trim_start().len();
    let shared = lines.iter().filter(|line| !line.trim().is_empty()).map(|line| width(line)).min().unwrap_or(0);
    let cut: Vec<&str> = lines.iter().map(|line| line.get(shared..).unwrap_or("")).collect();
    cut.join("\n")
}
