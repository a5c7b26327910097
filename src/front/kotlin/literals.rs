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
        let is_raw = node.kind() == "multiline_string_literal";
        let mut parts = Vec::new();
        let mut run: Option<Span> = None;
        for child in children(node) {
            if !matches!(child.kind(), "string_content" | "escape_sequence")
                && let Some(run) = run.take()
            {
                self.pieces(run, is_raw, &mut parts);
            }
            match child.kind() {
                "string_content" | "escape_sequence" => {
                    // Adjacent pieces are read as one: the grammar parts them where an escape or a hole goes on.
                    match run.as_mut() {
                        Some(run) => run.end = span(child).end,
                        None => run = Some(span(child)),
                    }
                    continue;
                }
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
        if let Some(run) = run {
            self.pieces(run, is_raw, &mut parts);
        }
        Value::new(template(parts), span(node))
    }

    /// Text between holes, decoded. The grammar takes many a `$name` for text; those are holes.
    fn pieces(&self, run: Span, is_raw: bool, parts: &mut Vec<Value>) {
        let (start, end) = (run.start as usize, run.end as usize);
        // NOTE: in the mended text, a dollar sign that begins no hole is gone.
        let (Some(text), Some(mended)) = (self.text.get(start..end), self.mended.get(start..end)) else { return };
        let mut at = 0;
        while let Some(letter) = text.get(at..).and_then(|rest| rest.chars().next()) {
            let rest = text.get(at..).unwrap_or("");
            let length = match letter {
                '\\' if !is_raw => escape_length(rest),
                '$' if mended.as_bytes().get(at) == Some(&b'$') => 1 + name_length(rest),
                _ => rest.find(['\\', '$']).filter(|length| *length > 0).unwrap_or(if matches!(letter, '\\' | '$') { 1 } else { rest.len() }),
            };
            let piece = rest.get(..length).unwrap_or(rest);
            let at_file = Span::new(start + at, start + at + piece.len());
            match letter {
                '\\' if !is_raw => push_text(parts, &unescape(piece), at_file),
                '$' if length > 1 => {
                    let name = piece.trim_start_matches('$').trim_matches('`');
                    let kind = if name == "this" { ValueKind::This } else { ValueKind::Name(name.to_owned()) };
                    parts.push(Value::new(kind, Span::new(start + at + 1, start + at + piece.len())));
                }
                _ => push_text(parts, piece, at_file),
            }
            at += piece.len().max(1);
        }
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

/// How many bytes the escape at the beginning takes.
fn escape_length(rest: &str) -> usize {
    let letter = rest.chars().nth(1).map_or(0, char::len_utf8);
    let digits = if rest.as_bytes().get(1) == Some(&b'u') { rest.chars().skip(2).take(4).take_while(char::is_ascii_hexdigit).count() } else { 0 };
    1 + letter + digits
}

/// How many bytes the name behind a dollar sign takes; none if there is no name.
fn name_length(rest: &str) -> usize {
    let name = rest.get(1..).unwrap_or("");
    if !name.starts_with(|first: char| first.is_alphabetic() || first == '_') {
        return 0;
    }
    name.find(|letter: char| !letter.is_alphanumeric() && letter != '_').unwrap_or(name.len())
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
