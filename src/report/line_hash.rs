//! The line hash that code scanning uses to know a result again: a rolling hash of the next hundred letters, blanks aside.
//!
//! The values must be exactly those that GitHub's upload action computes, since it warns about others.

use std::collections::HashMap;

/// How many letters one hash covers.
const WINDOW: usize = 100;

const MULTIPLIER: u64 = 37;

/// Stands for the end of the file.
const END: u16 = 65535;

/// The hash of every line of a text, in order: `271789c17abda88f:1`. A text that ends with a line break has an empty last line.
pub fn line_hashes(text: &str) -> Vec<String> {
    let mut roller = Roller::new();
    let mut last_was_return = false;
    for unit in text.encode_utf16() {
        let is_feed = unit == u16::from(b'\n');
        // NOTE: CR and CRLF are one line break; blanks are dropped before they are looked at.
        if unit == u16::from(b' ') || unit == u16::from(b'\t') || (is_feed && last_was_return) {
            last_was_return = false;
            continue;
        }
        last_was_return = unit == u16::from(b'\r');
        roller.push(if last_was_return { u16::from(b'\n') } else { unit });
    }
    roller.push(END);
    roller.finish()
}

struct Roller {
    window: [u16; WINDOW],
    at: usize,
    hash: u64,
    /// `MULTIPLIER` to the power of `WINDOW`, by which the oldest letter has been multiplied when it leaves.
    oldest: u64,
    /// For each slot of the window, the line that begins there.
    starts: [Option<usize>; WINDOW],
    at_line_start: bool,
    lines: Vec<String>,
    seen: HashMap<u64, u32>,
}

impl Roller {
    fn new() -> Self {
        let oldest = (0..WINDOW).fold(1_u64, |power, _| power.wrapping_mul(MULTIPLIER));
        Self { window: [0; WINDOW], at: 0, hash: 0, oldest, starts: [None; WINDOW], at_line_start: true, lines: Vec::new(), seen: HashMap::new() }
    }

    fn push(&mut self, unit: u16) {
        self.emit();
        if self.at_line_start {
            self.starts[self.at] = Some(self.lines.len());
            self.lines.push(String::new());
            self.at_line_start = false;
        }
        self.at_line_start = unit == u16::from(b'\n');
        self.roll(unit);
    }

    /// Names the line whose first letter is about to leave the window.
    fn emit(&mut self) {
        if let Some(line) = self.starts[self.at].take() {
            let count = self.seen.entry(self.hash).or_insert(0);
            *count += 1;
            self.lines[line] = format!("{:x}:{count}", self.hash);
        }
    }

    fn roll(&mut self, unit: u16) {
        let leaving = u64::from(self.window[self.at]).wrapping_mul(self.oldest);
        self.hash = self.hash.wrapping_mul(MULTIPLIER).wrapping_add(u64::from(unit)).wrapping_sub(leaving);
        self.window[self.at] = unit;
        self.at = (self.at + 1) % WINDOW;
    }

    fn finish(mut self) -> Vec<String> {
        for _ in 0..WINDOW {
            self.emit();
            self.roll(0);
        }
        self.lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_official_vectors_hold() {
        assert_eq!(line_hashes(""), ["c129715d7a2bc9a3:1"]);
        assert_eq!(line_hashes(" a\nb\n  \t\tc\n d"), ["271789c17abda88f:1", "54703d4cd895b18:1", "180aee12dab6264:1", "a23a3dc5e078b07b:1"]);
    }

    #[test]
    fn line_ends_and_blanks_do_not_matter() {
        let expected = line_hashes("a\nb\nc\n");
        assert_eq!(line_hashes(" a\r\n\tb\r c\r\n"), expected);
        assert_eq!(expected.len(), 4);
    }

    #[test]
    fn equal_lines_are_counted() {
        let text = "x\n".repeat(300);
        let hashes = line_hashes(&text);
        assert_eq!(hashes.len(), 301);
        assert!(hashes[0].ends_with(":1") && hashes[1].ends_with(":2"));
        assert_eq!(hashes[0].split(':').next(), hashes[1].split(':').next());
    }
}
