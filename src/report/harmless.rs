//! Makes text from scanned files safe to show: what would steer a terminal or reorder a line becomes a visible escape.

/// One line of text. Line breaks and tabs become visible escapes too.
pub(super) fn line(text: &str) -> String {
    text.chars().map(|letter| if letter == '\t' { "\\t".to_owned() } else { letter_of(letter) }).collect()
}

/// One letter of quoted code, where a tab may stay.
pub(super) fn letter_of(letter: char) -> String {
    match letter {
        '\t' => "\t".to_owned(),
        '\n' => "\\n".to_owned(),
        '\r' => "\\r".to_owned(),
        letter if is_harmful(letter) => format!("\\u{{{:x}}}", u32::from(letter)),
        letter => letter.to_string(),
    }
}

/// The first line of quoted code, harmless, with blanks drawn together and cut to a width with an ellipsis.
pub(super) fn short(code: &str, width: usize) -> String {
    let mut lines = code.lines().map(str::trim).filter(|line| !line.is_empty());
    let first = lines.next().unwrap_or("");
    let more = lines.next().is_some();
    // NOTE: cut before escaping, so that a megabyte on one line costs nothing.
    let cut: String = first.chars().take(width).collect();
    let ellipsis = if more || cut.len() < first.len() { " …" } else { "" };
    format!("{}{ellipsis}", line(&cut.split_whitespace().collect::<Vec<_>>().join(" ")))
}

/// Control characters, bidirectional controls and characters without a width.
pub(super) fn is_harmful(letter: char) -> bool {
    letter.is_control()
        || matches!(letter,
            '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escape_sequences_and_bidi_controls_become_visible() {
        assert_eq!(line("a\u{1b}[31mb\u{202e}c\r\n\u{9b}\u{7f}"), "a\\u{1b}[31mb\\u{202e}c\\r\\n\\u{9b}\\u{7f}");
        assert_eq!(line("naïve 会话 \t"), "naïve 会话 \\t");
    }

    #[test]
    fn short_code_is_one_line() {
        assert_eq!(short("  res.clearCookie(\n \"sid\"\n)", 80), "res.clearCookie( …");
        assert_eq!(short("abcdef", 3), "abc …");
        assert_eq!(short("", 3), "");
    }
}
