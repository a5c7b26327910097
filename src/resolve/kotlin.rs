//! Kotlin packages: which files make up a package and which of them declare a name.

use std::cmp::Reverse;
use std::fs::File;
use std::io::Read;
use std::sync::{Arc, OnceLock};

use camino::Utf8Path;
use rustc_hash::FxHashMap;

use super::kotlin_names::{Declared, declared};
use super::layout::{Layout, shared_parts};
use crate::source::{DEFAULT_LIMIT, FileId, Language};

/// Longer package names are hostile.
const MAX_LENGTH: usize = 500;

/// The Kotlin packages of a tree, read when the first file asks.
pub(super) struct Packages {
    layout: Arc<Layout>,
    index: OnceLock<FxHashMap<String, Package>>,
}

#[derive(Default)]
struct Package {
    /// Sorted by path.
    files: Vec<FileId>,
    declared: FxHashMap<String, Vec<FileId>>,
}

impl Packages {
    pub(super) fn new(layout: Arc<Layout>) -> Self {
        Self { layout, index: OnceLock::new() }
    }

    /// Every file of the package.
    pub(super) fn files(&self, package: &str) -> Vec<FileId> {
        self.index().get(package).map(|package| package.files.clone()).unwrap_or_default()
    }

    /// The files that may define `item` of `module`, which is a package, or a class of one, or a name of one as an import has it.
    pub(super) fn resolve(&self, from: &Utf8Path, module: &str, item: Option<&str>) -> Vec<FileId> {
        if module.len() > MAX_LENGTH {
            return Vec::new();
        }
        let item = item.filter(|item| !item.is_empty() && *item != "*");
        let mut found = self.find(module, item);
        found.sort_by_key(|file| (Reverse(self.layout.path(*file).map_or(0, |path| shared_parts(path, from))), *file));
        found
    }

    fn find(&self, module: &str, item: Option<&str>) -> Vec<FileId> {
        if let Some(package) = self.index().get(module) {
            return match item {
                Some(item) => package.declared.get(item).cloned().unwrap_or_default(),
                None => package.files.clone(),
            };
        }
        // `a.b.Class.member`: the longest head that is a package holds the class.
        let mut head = module;
        while let Some((shorter, name)) = head.rsplit_once('.') {
            if let Some(package) = self.index().get(shorter) {
                return package.declared.get(name).cloned().unwrap_or_default();
            }
            head = shorter;
        }
        Vec::new()
    }

    fn index(&self) -> &FxHashMap<String, Package> {
        self.index.get_or_init(|| {
            let files: Vec<FileId> = self.layout.of_language(Language::Kotlin).map(|(file, _)| file).collect();
            let read = self.read_all(&files);
            let mut index: FxHashMap<String, Package> = FxHashMap::default();
            for (file, declared) in read {
                let package = index.entry(declared.package).or_default();
                package.files.push(file);
                declared.names.into_iter().for_each(|name| package.declared.entry(name).or_default().push(file));
            }
            index
        })
    }

    /// What each file declares, read by several threads.
    ///
    /// NOTE: not by those of rayon: one that waits takes up other work, and that may ask for the very index that is being made.
    fn read_all(&self, files: &[FileId]) -> Vec<(FileId, Declared)> {
        let each = files.len().div_ceil(rayon::current_num_threads().max(1)).max(1);
        let read = |files: &[FileId]| files.iter().filter_map(|file| Some((*file, declared(&text(self.layout.absolute(*file)?)?)))).collect::<Vec<_>>();
        if files.len() <= each {
            return read(files);
        }
        std::thread::scope(|scope| {
            let readers: Vec<_> = files.chunks(each).map(|chunk| scope.spawn(move || read(chunk))).collect();
            readers.into_iter().flat_map(|reader| reader.join().unwrap_or_default()).collect()
        })
    }
}

fn text(path: &Utf8Path) -> Option<String> {
    let mut bytes = Vec::new();
    File::open(path).ok()?.take(DEFAULT_LIMIT).read_to_end(&mut bytes).ok()?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}
