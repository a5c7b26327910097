//! Collects dependencies together with the lines on which they stand.

use camino::Utf8Path;

use super::{Dependency, Ecosystem};

/// How many bytes of a line are kept.
const MAX_CODE: usize = 200;
/// How many dependencies of one manifest are kept.
const MAX_DEPENDENCIES: usize = 20_000;

/// What one manifest says, as far as it was read.
pub(super) struct Collector<'a> {
    text: &'a str,
    /// Where each line begins.
    starts: Vec<usize>,
    file: &'a Utf8Path,
    ecosystem: Ecosystem,
    pub(super) dependencies: Vec<Dependency>,
}

impl<'a> Collector<'a> {
    pub(super) fn new(text: &'a str, file: &'a Utf8Path, ecosystem: Ecosystem) -> Self {
        Self {
            text,
            starts: std::iter::once(0).chain(text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1)).collect(),
            file,
            ecosystem,
            dependencies: Vec::new(),
        }
    }

    /// Adds the dependency that stands at the byte `offset`.
    pub(super) fn add(&mut self, name: &str, requirement: &str, features: Vec<String>, offset: usize) {
        if name.is_empty() || self.dependencies.len() >= MAX_DEPENDENCIES {
            return;
        }
        let line = self.line(offset);
        self.dependencies.push(Dependency {
            name: name.to_owned(),
            requirement: requirement.trim().to_owned(),
            features,
            ecosystem: self.ecosystem,
            file: self.file.to_owned(),
            line,
            code: self.code(line),
        });
    }

    fn line(&self, offset: usize) -> u32 {
        u32::try_from(self.starts.partition_point(|start| *start <= offset)).unwrap_or(u32::MAX)
    }

    /// The text of a line, which is counted from 1.
    fn code(&self, line: u32) -> String {
        let index = line as usize;
        let start = self.starts.get(index.saturating_sub(1)).copied().unwrap_or(self.text.len());
        // An endless line must not be looked through once for each of its dependencies.
        let end = self.starts.get(index).copied().unwrap_or(self.text.len()).min(start + 2 * MAX_CODE);
        let text = self.cut(start, end).trim();
        let kept = (0..=text.len().min(MAX_CODE)).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
        text[..kept].to_owned()
    }

    fn cut(&self, start: usize, end: usize) -> &str {
        let end = (start..=end).rev().find(|end| self.text.is_char_boundary(*end)).unwrap_or(start);
        self.text.get(start..end).unwrap_or_default()
    }
}
