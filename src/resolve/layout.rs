//! Which files and directories there are, as look-up tables made from the listing.

use std::fs::File;
use std::io::Read;

use camino::{Utf8Component, Utf8Path, Utf8PathBuf};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::source::{FileId, Kind, Language, Tree};

/// The size in bytes over which a manifest is taken for hostile.
const MANIFEST_LIMIT: u64 = 1024 * 1024;

/// The tree by path. Paths are those of reports; the empty path is the directory that holds everything.
pub(super) struct Layout {
    files: Vec<(Utf8PathBuf, Utf8PathBuf, Language)>,
    by_path: FxHashMap<Utf8PathBuf, FileId>,
    by_name: FxHashMap<String, Vec<FileId>>,
    directories: FxHashSet<Utf8PathBuf>,
    /// The source files in folders of helpers beside the routes of a server, and in those of stores and composables, by folder.
    helpers: FxHashMap<Utf8PathBuf, Vec<FileId>>,
    manifests: FxHashMap<Utf8PathBuf, (Utf8PathBuf, Kind)>,
}

impl Layout {
    pub(super) fn new(tree: &Tree) -> Self {
        let mut layout = Self {
            files: Vec::with_capacity(tree.files.len()),
            by_path: FxHashMap::default(),
            by_name: FxHashMap::default(),
            directories: FxHashSet::default(),
            helpers: FxHashMap::default(),
            manifests: FxHashMap::default(),
        };
        layout.directories.insert(Utf8PathBuf::new());
        for file in &tree.files {
            layout.add_directories(&file.path);
            layout.by_path.insert(file.path.clone(), file.id);
            layout.by_name.entry(file.path.file_name().unwrap_or_default().to_owned()).or_default().push(file.id);
            let is_helpers = |folder: &&Utf8Path| folder.as_str().ends_with("server/utils") || matches!(folder.file_name(), Some("stores" | "composables"));
            if let Some(folder) = file.path.parent().filter(is_helpers) {
                layout.helpers.entry(folder.to_owned()).or_default().push(file.id);
            }
            layout.files.push((file.path.clone(), file.absolute.clone(), file.language));
        }
        for file in &tree.auxiliary {
            layout.add_directories(&file.path);
            layout.manifests.insert(file.path.clone(), (file.absolute.clone(), file.kind));
        }
        layout
    }

    fn add_directories(&mut self, path: &Utf8Path) {
        for directory in path.ancestors().skip(1) {
            if !self.directories.insert(directory.to_owned()) {
                break;
            }
        }
    }

    /// The path of a file.
    pub(super) fn path(&self, file: FileId) -> Option<&Utf8Path> {
        self.files.get(file.0 as usize).map(|(path, _, _)| path.as_path())
    }

    /// Where a file is on the disk.
    pub(super) fn absolute(&self, file: FileId) -> Option<&Utf8Path> {
        self.files.get(file.0 as usize).map(|(_, absolute, _)| absolute.as_path())
    }

    /// The source file with this path.
    pub(super) fn file(&self, path: &Utf8Path) -> Option<FileId> {
        self.by_path.get(path).copied()
    }

    /// The source files with this file name, sorted by path.
    pub(super) fn files_named(&self, name: &str) -> &[FileId] {
        self.by_name.get(name).map_or(&[], Vec::as_slice)
    }

    /// The source files in a folder of helpers, sorted by path.
    pub(super) fn helpers_in(&self, folder: &Utf8Path) -> &[FileId] {
        self.helpers.get(folder).map_or(&[], Vec::as_slice)
    }

    pub(super) fn is_directory(&self, path: &Utf8Path) -> bool {
        self.directories.contains(path)
    }

    /// The source files of one language, sorted by path.
    pub(super) fn of_language(&self, language: Language) -> impl Iterator<Item = (FileId, &Utf8Path)> {
        self.files.iter().enumerate().filter(move |(_, file)| file.2 == language).map(|(index, file)| (FileId(u32::try_from(index).unwrap_or(u32::MAX)), file.0.as_path()))
    }

    /// The paths of the manifests of one kind, sorted.
    pub(super) fn manifests(&self, kind: Kind) -> Vec<&Utf8Path> {
        let mut paths: Vec<&Utf8Path> = self.manifests.iter().filter(|(_, manifest)| manifest.1 == kind).map(|(path, _)| path.as_path()).collect();
        paths.sort_unstable();
        paths
    }

    pub(super) fn is_manifest(&self, path: &Utf8Path) -> bool {
        self.manifests.contains_key(path)
    }

    /// The text of a listed manifest; `None` if it is not listed, too large or not UTF-8.
    pub(super) fn manifest_text(&self, path: &Utf8Path) -> Option<String> {
        let (absolute, _) = self.manifests.get(path)?;
        let mut text = String::new();
        File::open(absolute).ok()?.take(MANIFEST_LIMIT + 1).read_to_string(&mut text).ok()?;
        (text.len() as u64 <= MANIFEST_LIMIT).then_some(text)
    }
}

/// `path` without `.` and `..`; `None` if it leads out of the tree.
pub(super) fn normal(path: &Utf8Path) -> Option<Utf8PathBuf> {
    let text = path.as_str();
    let text = text.strip_prefix('/').unwrap_or(text);
    if !text.starts_with(['.', '/']) && !text.ends_with('/') && !text.contains("/.") && !text.contains("//") {
        // Most paths are normal, and taking deep ones apart is dear.
        return Some(Utf8PathBuf::from(text));
    }
    let mut normal = Utf8PathBuf::new();
    for part in path.components() {
        match part {
            Utf8Component::Normal(name) => normal.push(name),
            Utf8Component::ParentDir => {
                if !normal.pop() {
                    return None;
                }
            }
            Utf8Component::CurDir | Utf8Component::RootDir | Utf8Component::Prefix(_) => {}
        }
    }
    Some(normal)
}

/// How many leading parts two paths share.
pub(super) fn shared_parts(left: &Utf8Path, right: &Utf8Path) -> usize {
    left.components().zip(right.components()).take_while(|(left, right)| left == right).count()
}
