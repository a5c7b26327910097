//! Scans markup that is written by indentation: `a(href="/logout") Log out`.

use std::ops::Range;

use super::markup::{Attribute, AttributeValue, Event, Tag};

/// How far the end of a list of attributes is looked for.
const ATTRIBUTES_REACH: usize = 2000;

/// Scans a file line by line.
pub(super) fn scan(text: &str) -> Vec<Event<'_>> {
    let mut events = Vec::new();
    let mut at = 0;
    while at < text.len() {
        at = line(text, at, &mut events).max(at + 1);
    }
    events
}

/// Reads the line that begins at `start` and gives where to go on.
fn line<'s>(text: &'s str, start: usize, events: &mut Vec<Event<'s>>) -> usize {
    let end = line_end(text, start);
    let Some(line) = text.get(start..end) else { return end + 1 };
    let begin = start + (line.len() - line.trim_start().len());
    let indent = begin - start;
    let code = line.trim();
    if code.starts_with("//") {
        events.push(Event::Comment(begin..begin + code.len()));
        return block_end(text, end + 1, indent);
    }
    let head = code.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'#' | b':')).count();
    let words = code.get(..head).unwrap_or_default();
    if words.is_empty() {
        return end + 1;
    }
    let name = words.split(['.', '#']).next().filter(|name| !name.is_empty()).unwrap_or("div");
    let mut tag = Tag { name, attributes: Vec::new(), is_closed: false, range: begin..begin + head };
    let mut after = begin + head;
    if code.as_bytes().get(head) == Some(&b'(')
        && let Some(close) = attributes(text, after + 1, &mut tag)
    {
        after = close;
    }
    tag.range.end = after;
    let is_block = text.as_bytes().get(after.saturating_sub(1)) == Some(&b'.') || text.as_bytes().get(after) == Some(&b'.');
    let rest_end = line_end(text, after);
    if name == "script" {
        let block = if is_block { block_end(text, rest_end + 1, indent).min(text.len()) } else { rest_end };
        let content = if is_block { rest_end.min(block)..block } else { after..rest_end };
        events.push(Event::Script(tag, content));
        return block.max(rest_end) + usize::from(!is_block);
    }
    events.push(Event::Open(tag));
    if !text.get(after..rest_end).unwrap_or_default().trim().is_empty() {
        events.push(Event::Text(after..rest_end));
        events.push(Event::Close(name));
    }
    rest_end + 1
}

fn line_end(text: &str, start: usize) -> usize {
    text.as_bytes().get(start..).and_then(|rest| rest.iter().position(|byte| *byte == b'\n')).map_or(text.len(), |offset| start + offset)
}

/// The beginning of the first line from `at` on that is not blank and not indented deeper than `indent`.
fn block_end(text: &str, mut at: usize, indent: usize) -> usize {
    while at < text.len() {
        let end = line_end(text, at);
        let line = text.get(at..end).unwrap_or_default();
        if !line.trim().is_empty() && line.len() - line.trim_start().len() <= indent {
            break;
        }
        at = end + 1;
    }
    at
}

/// Reads attributes up to their closing parenthesis and gives the place behind it.
fn attributes<'s>(text: &'s str, start: usize, tag: &mut Tag<'s>) -> Option<usize> {
    let bytes = text.as_bytes();
    let limit = (start + ATTRIBUTES_REACH).min(bytes.len());
    let mut at = start;
    while at < limit {
        let byte = *bytes.get(at)?;
        if byte == b')' {
            return Some(at + 1);
        }
        if byte.is_ascii_whitespace() || byte == b',' {
            at += 1;
            continue;
        }
        let name = until(bytes, at, limit, |byte| byte.is_ascii_whitespace() || matches!(byte, b'=' | b',' | b')' | b'!'));
        let mut next = name.end;
        while bytes.get(next).is_some_and(|byte| matches!(byte, b' ' | b'!')) {
            next += 1;
        }
        let mut value = AttributeValue::None;
        if bytes.get(next) == Some(&b'=') {
            next += 1;
            while bytes.get(next) == Some(&b' ') {
                next += 1;
            }
            let (range, end) = attribute_value(bytes, next, limit);
            value = AttributeValue::Text(range);
            next = end;
        }
        let words = text.get(name.clone()).unwrap_or_default().trim_matches(['"', '\'']);
        tag.attributes.push(Attribute { name: words, value, range: name });
        at = next.max(at + 1);
    }
    None
}

/// The range of a value without its quotes, and the place behind it.
fn attribute_value(bytes: &[u8], start: usize, limit: usize) -> (Range<usize>, usize) {
    let mut depth = 0_usize;
    let mut quote = None;
    let mut at = start;
    while at < limit {
        let Some(byte) = bytes.get(at) else { break };
        match (quote, byte) {
            (Some(open), _) if open == *byte => quote = None,
            (Some(_), b'\\') => at += 1,
            (Some(_), _) => {}
            (None, b'"' | b'\'' | b'`') => quote = Some(*byte),
            (None, b'(' | b'[' | b'{') => depth += 1,
            (None, b')' | b',' | b'\n') if depth == 0 => break,
            (None, b' ') if depth == 0 && !continues(bytes, at) => break,
            (None, b')' | b']' | b'}') => depth = depth.saturating_sub(1),
            (None, _) => {}
        }
        at += 1;
    }
    let at = at.min(bytes.len());
    let is_quoted = at >= start + 2 && matches!(bytes.get(start), Some(b'"' | b'\'' | b'`')) && bytes.get(at - 1) == bytes.get(start);
    (if is_quoted { start + 1..at - 1 } else { start..at }, at)
}

/// Whether an expression goes on behind a blank.
fn continues(bytes: &[u8], at: usize) -> bool {
    let is_sign = |byte: Option<&u8>| byte.is_some_and(|byte| matches!(byte, b'+' | b'?' | b'|' | b'&'));
    let before = at.checked_sub(1).and_then(|before| bytes.get(before));
    let is_otherwise = before == Some(&b':') || matches!(bytes.get(at + 1..at + 3), Some(b": "));
    is_otherwise || is_sign(bytes.get(at + 1)) || is_sign(before)
}

fn until(bytes: &[u8], start: usize, limit: usize, is_end: impl Fn(u8) -> bool) -> Range<usize> {
    let length = bytes.get(start..limit).and_then(|rest| rest.iter().position(|byte| is_end(*byte))).unwrap_or(limit.saturating_sub(start));
    start..start + length
}
