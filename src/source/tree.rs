//! The files of a project as found: what is source, what tells about it, and what was left out.

use std::collections::BTreeMap;
use std::io;

use camino::{Utf8Path, Utf8PathBuf};

use super::{FileId, Kind, Language};

/// Everything that was found below the scanned paths, sorted by path.
#[derive(Debug, Clone, Default)]
pub struct Tree {
    pub roots: Vec<Root>,
    /// The source files; a [`FileId`] is a position in this list.
    pub files: Vec<SourceFile>,
    /// Manifests, configuration, schemas and sources of languages without a front end. A file can be here and in `files`.
    pub auxiliary: Vec<Auxiliary>,
    /// What should have been read and was not, with the reason, sorted by path.
    pub skipped: Vec<Skipped>,
    /// How many files and directories were left out on purpose, by reason.
    pub left_out: BTreeMap<Reason, usize>,
}

impl Tree {
    /// The file with this id.
    pub fn file(&self, id: FileId) -> Option<&SourceFile> {
        self.files.get(id.0 as usize)
    }

    /// The file with this path, as [`SourceFile::path`] has it.
    pub fn find(&self, path: &Utf8Path) -> Option<&SourceFile> {
        let index = self.files.binary_search_by(|file| file.path.as_path().cmp(path)).ok()?;
        self.files.get(index)
    }

    /// The auxiliary files of one kind.
    pub fn of_kind(&self, kind: Kind) -> impl Iterator<Item = &Auxiliary> {
        self.auxiliary.iter().filter(move |file| file.kind == kind)
    }
}

/// One of the scanned paths.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Root {
    /// As the user wrote it.
    pub given: Utf8PathBuf,
    /// Canonical, links resolved.
    pub absolute: Utf8PathBuf,
    /// What stands before the paths of its files: empty for a single root, so that paths are relative to it.
    pub prefix: Utf8PathBuf,
}

/// One file to audit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFile {
    pub id: FileId,
    /// Position in [`Tree::roots`].
    pub root: usize,
    /// As reports show it: relative to its root, or with several roots below the root's name; forward slashes.
    pub path: Utf8PathBuf,
    pub absolute: Utf8PathBuf,
    pub language: Language,
}

impl SourceFile {
    /// Whether it is a script without types or markup. Bundlers write nothing but these.
    pub(super) fn is_plain_script(&self) -> bool {
        self.language == Language::TypeScript && matches!(self.path.extension(), Some("js" | "mjs" | "cjs"))
    }
}

/// A file that is not audited but tells something about the project.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Auxiliary {
    pub path: Utf8PathBuf,
    pub absolute: Utf8PathBuf,
    pub root: usize,
    pub kind: Kind,
}

/// A file or directory that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Skipped {
    pub path: Utf8PathBuf,
    /// Half a sentence for people.
    pub reason: String,
}

/// Why something was left out on purpose. Such files are counted and not named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// Other people's code: installed packages, bundled libraries.
    Vendored,
    /// What a build wrote.
    Output,
    /// Tests, mocks, stories.
    Test,
    /// Written by a generator, and says so.
    Generated,
    /// Squeezed by a bundler.
    Minified,
    /// By a pattern of the user.
    Excluded,
    /// Symbolic links, which are never followed.
    Link,
}

impl Reason {
    /// The word for statistics.
    pub fn name(self) -> &'static str {
        match self {
            Self::Vendored => "vendored",
            Self::Output => "build output",
            Self::Test => "tests",
            Self::Generated => "generated",
            Self::Minified => "minified",
            Self::Excluded => "excluded",
            Self::Link => "links",
        }
    }
}

/// Why a tree could not be listed at all.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// User error: a scanned path does not exist or cannot be opened.
    #[error("cannot read `{path}`: {source}")]
    Unreadable { path: Utf8PathBuf, source: io::Error },
    /// User error: a scanned path does not exist.
    #[error("no such file or directory: `{path}`")]
    Missing { path: Utf8PathBuf },
    /// User error: a scanned path is a device, a pipe or a socket.
    #[error("`{path}` is neither a file nor a directory")]
    NeitherFileNorDirectory { path: Utf8PathBuf },
    /// The environment's fault: the real path of a scanned path cannot be written as UTF-8.
    #[error("the real path of `{path}` is not UTF-8")]
    NotUtf8 { path: Utf8PathBuf },
    /// User error: an exclude pattern is malformed.
    #[error("bad exclude pattern `{pattern}`: {reason}")]
    Pattern { pattern: String, reason: String },
    /// User error: nothing was given to scan.
    #[error("no path was given")]
    NoRoots,
}
