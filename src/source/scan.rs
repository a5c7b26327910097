//! Tells which files hold which words, reading every file once. What is lowered is chosen from this.

use std::collections::BTreeMap;
use std::ops::Range;

use aho_corasick::{AhoCorasick, AhoCorasickKind, BuildError};
use rayon::prelude::*;

use super::content;
use super::read::{ReadError, read_into};
use super::{FileId, Language, Reason, Skipped, SourceFile, Tree};

/// Looks for words, ignoring the case of ASCII letters.
///
/// Works in two stages: a few words decide whether a file is of interest, and only then all words are looked for.
#[derive(Debug)]
pub struct Scanner {
    gate: Option<AhoCorasick>,
    words: AhoCorasick,
    count: usize,
}

/// Why no scanner can be made of the words: our own fault or that of a rule file.
#[derive(Debug, thiserror::Error)]
#[error("cannot look for the words: {0}")]
pub struct ScanError(#[from] BuildError);

impl Scanner {
    /// A scanner for which a file with any of the words is of interest.
    pub fn new(words: &[String]) -> Result<Self, ScanError> {
        Ok(Self { gate: None, words: automaton(words)?, count: words.len() })
    }

    /// A scanner for which only files with one of the words of `gate` are of interest. A gate of few words, none very short, is
    /// several times faster than a long list.
    pub fn gated(gate: &[String], words: &[String]) -> Result<Self, ScanError> {
        Ok(Self { gate: Some(automaton(gate)?), words: automaton(words)?, count: words.len() })
    }

    /// The words that occur in `text`; `None` if it is of no interest. Makes the text lower-case on the way: that takes the
    /// processor far less time than an automaton that knows both cases.
    pub fn words_in(&self, text: &mut [u8]) -> Option<WordSet> {
        text.make_ascii_lowercase();
        let text = &*text;
        if !self.gate.as_ref().unwrap_or(&self.words).is_match(text) {
            return None;
        }
        let mut found = WordSet::new(self.count);
        let mut missing = self.count;
        for hit in self.words.find_overlapping_iter(text) {
            if (hit.len() > SHORT || stands_alone(text, hit.range())) && found.insert(hit.pattern().as_usize()) {
                missing -= 1;
                if missing == 0 {
                    break;
                }
            }
        }
        (missing < self.count).then_some(found)
    }
}

/// Words no longer than this must stand alone: encoded data holds every short run of letters.
const SHORT: usize = 5;

fn stands_alone(text: &[u8], range: Range<usize>) -> bool {
    let is_letter = |at: Option<&u8>| at.is_some_and(u8::is_ascii_alphanumeric);
    !is_letter(range.start.checked_sub(1).and_then(|before| text.get(before))) && !is_letter(text.get(range.end))
}

fn automaton(words: &[String]) -> Result<AhoCorasick, BuildError> {
    // A table for every state: some megabytes, and twice as fast over a whole tree.
    AhoCorasick::builder().kind(Some(AhoCorasickKind::DFA)).build(words.iter().map(|word| word.to_ascii_lowercase()))
}

/// A set of positions in the list of words that a scanner was made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WordSet(Box<[u64]>);

impl WordSet {
    fn new(count: usize) -> Self {
        Self(vec![0; count.div_ceil(64)].into_boxed_slice())
    }

    fn insert(&mut self, word: usize) -> bool {
        let Some(slot) = self.0.get_mut(word / 64) else { return false };
        let bit = 1 << (word % 64);
        let is_new = *slot & bit == 0;
        *slot |= bit;
        is_new
    }

    /// Whether the word with this position was found.
    pub fn contains(&self, word: usize) -> bool {
        self.0.get(word / 64).is_some_and(|slot| slot & (1 << (word % 64)) != 0)
    }

    /// The positions of the words that were found, in order.
    pub fn iter(&self) -> impl Iterator<Item = usize> {
        (0..self.0.len() * 64).filter(|word| self.contains(*word))
    }
}

/// A file of interest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selected {
    pub file: FileId,
    pub words: WordSet,
}

/// What a scan of a whole tree found.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    /// The files of interest, in the order of the tree.
    pub files: Vec<Selected>,
    /// The files that could not be read, in the order of the tree.
    pub skipped: Vec<Skipped>,
    /// Files of interest that no person wrote, by reason.
    pub left_out: BTreeMap<Reason, usize>,
    /// How many bytes were read.
    pub bytes: u64,
}

/// Reads every file of `tree` once, those over `limit` bytes aside, and selects those that `scanner` finds of interest.
pub fn select(tree: &Tree, scanner: &Scanner, limit: u64) -> Selection {
    let parts: Vec<Selection> = tree
        .files
        .par_chunks(64)
        .map_init(Vec::new, |buffer, files| {
            let mut part = Selection::default();
            for file in files {
                scan_file(file, scanner, limit, buffer, &mut part);
            }
            part
        })
        .collect();
    let mut whole = Selection::default();
    for part in parts {
        whole.append(part);
    }
    whole
}

impl Selection {
    fn append(&mut self, other: Self) {
        self.files.extend(other.files);
        self.skipped.extend(other.skipped);
        self.bytes += other.bytes;
        for (reason, count) in other.left_out {
            *self.left_out.entry(reason).or_default() += count;
        }
    }
}

fn scan_file(file: &SourceFile, scanner: &Scanner, limit: u64, buffer: &mut Vec<u8>, part: &mut Selection) {
    let bytes = match read_into(&file.absolute, limit, buffer) {
        Ok(bytes) => bytes,
        Err(error) => return part.skip(file, &error),
    };
    part.bytes += bytes.len() as u64;
    let mut decoded = match content::decode_utf16(bytes) {
        Some(Some(text)) => Some(text.into_bytes()),
        Some(None) => return part.skip(file, &ReadError::NotUtf8),
        None if content::is_binary(bytes) => return part.skip(file, &ReadError::Binary),
        None if std::str::from_utf8(bytes).is_err() => return part.skip(file, &ReadError::NotUtf8),
        None => None,
    };
    let text = decoded.as_deref_mut().unwrap_or(bytes);
    let Some(words) = scanner.words_in(text) else { return };
    match content::not_written_by_hand(text, file.language, is_plain_script(file)) {
        Some(reason) => *part.left_out.entry(reason).or_default() += 1,
        None => part.files.push(Selected { file: file.id, words }),
    }
}

impl Selection {
    fn skip(&mut self, file: &SourceFile, error: &ReadError) {
        self.skipped.push(Skipped { path: file.path.clone(), reason: error.to_string() });
    }
}

/// Bundlers write nothing but these.
fn is_plain_script(file: &SourceFile) -> bool {
    file.language == Language::TypeScript && matches!(file.path.extension(), Some("js" | "mjs" | "cjs"))
}
