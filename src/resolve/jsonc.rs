//! Reads JSON as people write it: with comments, trailing commas and a byte order mark.

use serde_json::Value;

/// The value of `text`; `None` if it is broken or nests too deeply (the parser bounds that).
pub(super) fn parse(text: &str) -> Option<Value> {
    serde_json::from_str(&plain(text)).ok()
}

/// `text` without comments, trailing commas and byte order mark.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text.strip_prefix('\u{feff}').unwrap_or(text);
    while let Some(first) = rest.chars().next() {
        if first == '"' {
            let end = string_end(rest);
            out.push_str(&rest[..end]);
            rest = &rest[end..];
        } else if rest.starts_with("//") {
            rest = &rest[rest.find('\n').unwrap_or(rest.len())..];
        } else if rest.starts_with("/*") {
            rest = rest.get(2..).and_then(|body| body.find("*/").map(|end| &body[end + 2..])).unwrap_or_default();
        } else {
            if matches!(first, '}' | ']') {
                drop_trailing_comma(&mut out);
            }
            out.push(first);
            rest = &rest[first.len_utf8()..];
        }
    }
    out
}

/// Where the string at the head of `text` ends, its quote included.
fn string_end(text: &str) -> usize {
    let mut is_escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = true,
            b'"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

fn drop_trailing_comma(out: &mut String) {
    let end = out.trim_end().len();
    if out[..end].ends_with(',') {
        out.truncate(end - 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_trailing_commas_are_no_fault() {
        let text = "\u{feff}{ // one\n \"a\": [\"/* no */ //\", 1, ], /* two\n */ \"b\\\"\": {},\n}";
        assert_eq!(parse(text), Some(serde_json::json!({"a": ["/* no */ //", 1], "b\"": {}})));
    }

    #[test]
    fn deep_and_broken_texts_give_nothing() {
        assert_eq!(parse(&"[".repeat(100_000)), None);
        assert_eq!(parse("{ \"a\": \"b"), None);
        assert_eq!(parse("/* open"), None);
    }
}
