//! Tells which files hold a word that makes them worth lowering, reading every file once.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use aho_corasick::{AhoCorasick, AhoCorasickKind, BuildError};
use camino::Utf8Path;
use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::content;
use super::read::{ReadError, read_into};
use super::{FileId, Language, Reason, Skipped, SourceFile, Tree};

/// Looks for words, ignoring the case of ASCII letters: in the files of each language for those that matter there.
#[derive(Debug)]
pub struct Scanner {
    // NOTE: one automaton for all languages would outgrow the processor's fastest memory.
    words: FxHashMap<Language, AhoCorasick>,
}

/// Why no scanner can be made of the words: our own fault or that of a rule file.
#[derive(Debug, thiserror::Error)]
#[error("cannot look for the words: {0}")]
pub struct ScanError(#[from] BuildError);

impl Scanner {
    /// A scanner of the words, each with the languages for which it matters; no language stands for all of `languages`.
    ///
    /// # Errors
    /// Words that are too many or too long for an automaton.
    pub fn new(words: &[(String, Vec<Language>)], languages: &BTreeSet<Language>) -> Result<Self, ScanError> {
        let of_language = |language: &Language| {
            let matters = words.iter().filter(|(_, languages)| languages.is_empty() || languages.contains(language));
            Ok((*language, automaton(matters.map(|(word, _)| word.to_ascii_lowercase()))?))
        };
        Ok(Self { words: languages.par_iter().map(of_language).collect::<Result<_, BuildError>>()? })
    }

    /// Whether a word occurs in `text`. Makes the text lower-case on the way: that takes the processor far less time than an
    /// automaton that knows both cases.
    pub fn finds(&self, text: &mut [u8], language: Language) -> bool {
        text.make_ascii_lowercase();
        let text = &*text;
        let Some(words) = self.words.get(&language) else { return false };
        words.is_match(text) && words.find_overlapping_iter(text).any(|hit| hit.len() > SHORT || stands_alone(text, hit.range()))
    }
}

/// Words no longer than this must stand alone: encoded data holds every short run of letters.
const SHORT: usize = 5;

fn stands_alone(text: &[u8], range: Range<usize>) -> bool {
    let is_letter = |at: Option<&u8>| at.is_some_and(u8::is_ascii_alphanumeric);
    !is_letter(range.start.checked_sub(1).and_then(|before| text.get(before))) && !is_letter(text.get(range.end))
}

fn automaton(words: impl Iterator<Item = String>) -> Result<AhoCorasick, BuildError> {
    // A table for every state: some hundred kilobytes, and twice as fast over a whole tree.
    AhoCorasick::builder().kind(Some(AhoCorasickKind::DFA)).build(words)
}

/// What a scan of a whole tree found.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    /// The files of interest, in the order of the tree.
    pub files: Vec<FileId>,
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
                scan_file(tree, file, scanner, limit, buffer, &mut part);
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

fn scan_file(tree: &Tree, file: &SourceFile, scanner: &Scanner, limit: u64, buffer: &mut Vec<u8>, part: &mut Selection) {
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
    if !scanner.finds(text, file.language) {
        return;
    }
    let compiled = || (file.is_plain_script() && content::is_compiled_module(text) && stands_beside_its_source(tree, file)).then_some(Reason::Generated);
    match content::not_written_by_hand(text, file).or_else(compiled) {
        Some(reason) => *part.left_out.entry(reason).or_default() += 1,
        None => part.files.push(file.id),
    }
}

impl Selection {
    fn skip(&mut self, file: &SourceFile, error: &ReadError) {
        self.skipped.push(Skipped { path: file.path.clone(), reason: error.to_string() });
    }
}

/// Whether the tree holds a typed script of which this one can be the output: the same path but for the extension and for one folder on either side
/// (`out/routes/a.js` of `src/routes/a.ts`).
fn stands_beside_its_source(tree: &Tree, compiled: &SourceFile) -> bool {
    tree.files
        .iter()
        .any(|file| file.root == compiled.root && matches!(file.path.extension(), Some("ts" | "tsx" | "mts" | "cts")) && differ_in_a_folder(&file.path, &compiled.path))
}

/// Whether two paths have the same name but for the extension, and the same folders but for at most one that each has for itself.
fn differ_in_a_folder(one: &Utf8Path, other: &Utf8Path) -> bool {
    let (Some(name), Some(folder), Some(other_folder)) = (one.file_stem(), one.parent(), other.parent()) else { return false };
    let (mine, others): (Vec<_>, Vec<_>) = (folder.components().collect(), other_folder.components().collect());
    let before = mine.iter().zip(&others).take_while(|(a, b)| a == b).count();
    let rest = |all: usize| all - before;
    let after = mine.iter().rev().zip(others.iter().rev()).take(rest(mine.len().min(others.len()))).take_while(|(a, b)| a == b).count();
    Some(name) == other.file_stem() && mine.len().max(others.len()) <= before + after + 1
}
