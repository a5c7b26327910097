//! Finds the files of a project, reads them, and gives each a language and line numbers.
//!
//! Never knows what a logout is: it takes the words to look for from its caller.

mod content;
mod discover;
mod kind;
mod language;
mod left_out;
mod read;
mod roots;
mod scan;
mod span;
#[cfg(test)]
mod tests;
mod tree;

pub use discover::{WalkOptions, discover};
pub use kind::Kind;
pub use language::Language;
pub use read::{ReadError, is_foreign, read, read_auxiliary, size};
pub use scan::{ScanError, Scanner, Selection, select};
pub use span::{FileId, LineIndex, Place, Span};
pub use tree::{Auxiliary, Error, Reason, Root, Skipped, SourceFile, Tree};

/// The size in bytes over which a file is not read, unless the caller says otherwise.
pub const DEFAULT_LIMIT: u64 = 2 * 1024 * 1024;
