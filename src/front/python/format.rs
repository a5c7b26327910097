//! `"…" % x` and `"…".format(x)`, as templates.

use rustc_hash::FxHashMap;

use super::operator::copy_of;
use super::{string, unknown};
use crate::ir::{Argument, Value, ValueKind};
use crate::source::Span;

/// A piece of a format: text, or a hole.
enum Piece<'f> {
    Text(String),
    /// The next value.
    Next,
    /// The value of a name or number, and what is taken from it.
    Of(&'f str, &'f str),
}

/// `text % value`
pub(super) fn percent(text: &str, value: Value, span: Span) -> ValueKind {
    let mut values = Vec::new();
    let mut names = FxHashMap::default();
    let mut whole = None;
    match value.kind {
        ValueKind::List(items) => values = items,
        ValueKind::Record(entries) => names.extend(entries),
        kind => {
            let value = Value::new(kind, value.span);
            whole = Some(copy_of(&value));
            values.push(value);
        }
    }
    let mut values = values.into_iter();
    let filled = percent_pieces(text).into_iter().map(|piece| match piece {
        Piece::Text(text) => Value::new(ValueKind::Text(text), span),
        Piece::Next => values.next().unwrap_or_else(|| unknown(Vec::new(), span)),
        Piece::Of(name, _) => match (names.get(name), &whole) {
            (Some(value), _) => copy_of(value),
            (None, Some(whole)) => Value::new(ValueKind::Member(Box::new(whole.clone()), name.to_owned()), whole.span),
            (None, None) => unknown(Vec::new(), span),
        },
    });
    fill(filled, span)
}

/// `text.format(args)`
pub(super) fn braces(text: &str, args: &[Argument], span: Span) -> ValueKind {
    let positional: Vec<_> = args.iter().filter(|arg| arg.name.is_none()).map(|arg| &arg.value).collect();
    let names: FxHashMap<_, _> = args.iter().filter_map(|arg| Some((arg.name.as_deref()?, &arg.value))).collect();
    let mut next = 0;
    let filled = brace_pieces(text).into_iter().map(|piece| {
        let (value, member) = match piece {
            Piece::Text(text) => return Value::new(ValueKind::Text(text), span),
            Piece::Next => {
                next += 1;
                (positional.get(next - 1), "")
            }
            Piece::Of("", member) => {
                next += 1;
                (positional.get(next - 1), member)
            }
            Piece::Of(name, member) => (name.parse::<usize>().map_or_else(|_| names.get(name), |at| positional.get(at)), member),
        };
        let value = value.map_or_else(|| unknown(Vec::new(), span), |value| copy_of(value));
        if member.is_empty() {
            return value;
        }
        let span = value.span;
        Value::new(ValueKind::Member(Box::new(value), member.to_owned()), span)
    });
    fill(filled, span)
}

fn fill(values: impl Iterator<Item = Value>, span: Span) -> ValueKind {
    let mut joined = Vec::new();
    string::join(&mut joined, values.flat_map(|value| string::pieces(value.kind, value.span)).collect());
    string::template(joined, span).kind
}

fn percent_pieces(format: &str) -> Vec<Piece<'_>> {
    let mut out = Vec::new();
    let mut rest = format;
    while let Some((text, after)) = rest.split_once('%') {
        out.push(Piece::Text(text.to_owned()));
        if let Some(after) = after.strip_prefix('%') {
            out.push(Piece::Text("%".to_owned()));
            rest = after;
            continue;
        }
        let keyed = after.strip_prefix('(').and_then(key);
        let after = keyed.map_or(after, |(_, after)| after);
        let after = after.trim_start_matches(|sign: char| sign.is_ascii_digit() || "#- +.*hlL".contains(sign));
        out.push(keyed.map_or(Piece::Next, |(name, _)| Piece::Of(name, "")));
        let mut conversion = after.chars();
        conversion.next();
        rest = conversion.as_str();
    }
    out.push(Piece::Text(rest.to_owned()));
    out
}

/// Splits at the `)` that ends a key; looked for nearby only, so that a text full of `%(` takes no more than linear time.
fn key(text: &str) -> Option<(&str, &str)> {
    let (end, _) = text.char_indices().take(128).find(|(_, sign)| *sign == ')')?;
    Some((text.get(..end)?, text.get(end + 1..)?))
}

fn brace_pieces(format: &str) -> Vec<Piece<'_>> {
    let mut out = Vec::new();
    let mut rest = format;
    while let Some(at) = rest.find(['{', '}']) {
        let (text, after) = rest.split_at(at);
        out.push(Piece::Text(text.to_owned()));
        let double = after.starts_with("{{") || after.starts_with("}}");
        if double || after.starts_with('}') {
            out.extend(after.get(..1).map(|sign| Piece::Text(sign.to_owned())));
            rest = after.get(if double { 2 } else { 1 }..).unwrap_or_default();
            continue;
        }
        let after = after.get(1..).unwrap_or_default();
        let Some(end) = closing(after) else {
            rest = "";
            break;
        };
        let field = after.get(..end).unwrap_or_default();
        let field = field.split(['!', ':']).next().unwrap_or_default();
        let name_end = field.find(['.', '[']).unwrap_or(field.len());
        let (name, member) = field.split_at(name_end);
        out.push(if field.is_empty() { Piece::Next } else { Piece::Of(name, member.trim_matches(['.', '[', ']'])) });
        rest = after.get(end + 1..).unwrap_or_default();
    }
    out.push(Piece::Text(rest.to_owned()));
    out
}

/// Where the brace closes that is open before `text`; a hole may have holes in its format.
fn closing(text: &str) -> Option<usize> {
    let mut open = 0_usize;
    for (at, sign) in text.bytes().enumerate() {
        match sign {
            b'{' => open += 1,
            b'}' if open == 0 => return Some(at),
            b'}' => open -= 1,
            _ => {}
        }
    }
    None
}
