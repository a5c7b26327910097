//! Places in files: bytes for us, lines and columns for people.

/// One file of the run, by its position in the sorted list of all files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FileId(pub u32);

/// A byte range of a file. Its file is known from the module that holds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Span {
    /// The first byte.
    pub start: u32,
    /// The byte after the last one.
    pub end: u32,
}

impl Span {
    /// From two offsets into a text.
    pub fn new(start: usize, end: usize) -> Self {
        // NOTE: files over the size limit (far under 4 GiB) are never read.
        Self { start: start as u32, end: end as u32 }
    }

    /// Whether `other` lies within this span.
    pub fn contains(self, other: Self) -> bool {
        self.start <= other.start && other.end <= self.end
    }
}

/// A line and column for people, both from 1; the column counts Unicode code points.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// From 1.
    pub line: u32,
    /// From 1.
    pub column: u32,
}

/// The beginnings of a text's lines.
#[derive(Debug, Clone)]
pub struct LineIndex {
    starts: Vec<u32>,
}

impl LineIndex {
    /// The index of `text`, which is not kept.
    pub fn new(text: &str) -> Self {
        let breaks = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at as u32 + 1);
        Self { starts: std::iter::once(0).chain(breaks).collect() }
    }

    /// Line and column of the byte `offset` of `text`, which is the text the index was made of.
    pub fn place(&self, text: &str, offset: u32) -> Place {
        let line = self.starts.partition_point(|start| *start <= offset) - 1;
        let from = self.starts[line] as usize;
        let to = (offset as usize).min(text.len());
        let column = text.get(from..to).map_or(0, |head| head.chars().count()) as u32 + 1;
        Place { line: line as u32 + 1, column }
    }

    /// The byte at which the 1-based `line` begins; the last line's if there are fewer.
    pub fn line_start(&self, line: u32) -> u32 {
        let index = (line.max(1) as usize - 1).min(self.starts.len() - 1);
        self.starts[index]
    }
}
