//! String literals.

use tree_sitter::Node;

use super::{Lowering, parts, span_of};
use crate::ir::{Value, ValueKind};
use crate::source::Span;

impl Lowering<'_> {
    /// One literal, or several in a row.
    pub(super) fn string(&mut self, node: Node<'_>) -> Value {
        let mut joined = Vec::new();
        if node.kind() == "concatenated_string" {
            for part in parts(node) {
                let pieces = self.literal(part);
                join(&mut joined, pieces);
            }
        } else {
            joined = self.literal(node);
        }
        template(joined, span_of(node))
    }

    fn literal(&mut self, node: Node<'_>) -> Vec<Value> {
        let mut out = Vec::new();
        let (mut raw, mut holes) = (false, false);
        for part in parts(node) {
            match part.kind() {
                "string_start" => {
                    let start = self.text_of(part).to_ascii_lowercase();
                    raw = start.contains('r');
                    holes = start.contains(['f', 't']);
                }
                "string_content" => {
                    let text = decode(self.text_of(part), raw, holes);
                    join(&mut out, vec![Value::new(ValueKind::Text(text), span_of(part))]);
                }
                "interpolation" => {
                    if let Some(inner) = part.child_by_field_name("expression") {
                        out.push(self.value(inner));
                    }
                }
                _ => {}
            }
        }
        out
    }
}

/// The pieces of a text or template; any other value is one piece.
pub(super) fn pieces(kind: ValueKind, span: Span) -> Vec<Value> {
    match kind {
        ValueKind::Template(parts) => parts,
        kind => vec![Value::new(kind, span)],
    }
}

/// Appends pieces; texts that meet become one, and empty ones are left out.
pub(super) fn join(out: &mut Vec<Value>, pieces: Vec<Value>) {
    for piece in pieces {
        if let (Some(Value { kind: ValueKind::Text(text), span }), ValueKind::Text(more)) = (out.last_mut(), &piece.kind) {
            text.push_str(more);
            span.end = piece.span.end;
        } else if !matches!(&piece.kind, ValueKind::Text(text) if text.is_empty()) {
            out.push(piece);
        }
    }
}

/// The pieces as one value: a text if they are nothing else.
pub(super) fn template(mut pieces: Vec<Value>, span: Span) -> Value {
    let kind = match pieces.pop() {
        None => ValueKind::Text(String::new()),
        Some(Value { kind: ValueKind::Text(text), .. }) if pieces.is_empty() => ValueKind::Text(text),
        Some(last) => {
            pieces.push(last);
            ValueKind::Template(pieces)
        }
    };
    Value::new(kind, span)
}

/// What the source text of a literal stands for.
fn decode(source: &str, raw: bool, holes: bool) -> String {
    let mut out = String::with_capacity(source.len());
    let mut rest = source.chars();
    while let Some(sign) = rest.next() {
        match sign {
            '\\' if !raw => escape(&mut rest, &mut out),
            '{' | '}' if holes && rest.as_str().starts_with(sign) => {
                rest.next();
                out.push(sign);
            }
            sign => out.push(sign),
        }
    }
    out
}

/// Decodes what follows a backslash. What is no escape stays as written.
fn escape(rest: &mut std::str::Chars<'_>, out: &mut String) {
    let Some(sign) = rest.next() else { return out.push('\\') };
    match sign {
        '\n' => {}
        '\r' => {
            if rest.as_str().starts_with('\n') {
                rest.next();
            }
        }
        '\\' | '\'' | '"' => out.push(sign),
        'n' => out.push('\n'),
        'r' => out.push('\r'),
        't' => out.push('\t'),
        'a' => out.push('\u{7}'),
        'b' => out.push('\u{8}'),
        'f' => out.push('\u{c}'),
        'v' => out.push('\u{b}'),
        'x' => code(rest, out, 2, sign),
        'u' => code(rest, out, 4, sign),
        'U' => code(rest, out, 8, sign),
        '0'..='7' => {
            let more = rest.as_str().bytes().take(2).take_while(|digit| (b'0'..=b'7').contains(digit)).count();
            let mut number = sign.to_digit(8).unwrap_or(0);
            for _ in 0..more {
                number = number * 8 + rest.next().and_then(|digit| digit.to_digit(8)).unwrap_or(0);
            }
            out.extend(char::from_u32(number));
        }
        other => out.extend(['\\', other]),
    }
}

fn code(rest: &mut std::str::Chars<'_>, out: &mut String, digits: usize, sign: char) {
    let text = rest.as_str();
    let decoded = text.get(..digits).and_then(|digits| u32::from_str_radix(digits, 16).ok());
    if let (Some(number), Some(after)) = (decoded, text.get(digits..)) {
        // NOTE: half of a surrogate pair stands for no character of its own.
        out.push(char::from_u32(number).unwrap_or(char::REPLACEMENT_CHARACTER));
        *rest = after.chars();
    } else {
        out.extend(['\\', sign]);
    }
}
