//! The last gate before a report leaves: no format for machines may carry what steers a terminal, since people look at those too.

use std::io::{self, Write};

/// Writes on, with control and bidirectional characters as visible escapes.
pub(super) struct Guard<'w> {
    inner: &'w mut dyn Write,
    /// Escapes as JSON has them, so that a reader of the format gets the same text.
    is_json: bool,
}

impl<'w> Guard<'w> {
    pub(super) fn new(inner: &'w mut dyn Write, is_json: bool) -> Self {
        Self { inner, is_json }
    }

    fn escape(&self, letter: char) -> String {
        // NOTE: all harmful letters are of the basic plane, so that four digits do.
        if self.is_json { format!("\\u{:04x}", u32::from(letter)) } else { letter.escape_unicode().to_string() }
    }
}

impl Write for Guard<'_> {
    /// Formats write whole texts at a time, so a letter is never cut in two here.
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match std::str::from_utf8(bytes) {
            Ok(text) if text.contains(is_harmful) => {
                for part in text.split_inclusive(is_harmful) {
                    let letter = part.chars().next_back().filter(|letter| is_harmful(*letter));
                    let plain = letter.map_or(part, |letter| part.strip_suffix(letter).unwrap_or(part));
                    self.inner.write_all(plain.as_bytes())?;
                    if let Some(letter) = letter {
                        self.inner.write_all(self.escape(letter).as_bytes())?;
                    }
                }
            }
            _ => self.inner.write_all(bytes)?,
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

fn is_harmful(letter: char) -> bool {
    (letter.is_control() && !matches!(letter, '\n' | '\r' | '\t')) || matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guarded(text: &str, is_json: bool) -> String {
        let mut out = Vec::new();
        Guard::new(&mut out, is_json).write_all(text.as_bytes()).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn what_steers_a_terminal_becomes_visible() {
        assert_eq!(guarded("é\u{9b}31m\n\t\u{202e}x", true), "é\\u009b31m\n\t\\u202ex");
        assert_eq!(guarded("a\u{1b}[2J", false), "a\\u{1b}[2J");
        assert_eq!(guarded("plain\r\n", false), "plain\r\n");
        assert_eq!(serde_json::from_str::<String>(&guarded("\"\u{9b}\"", true)).unwrap(), "\u{9b}");
    }
}
