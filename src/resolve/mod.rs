//! Tells which file of the project a module name stands for, in the words of each language.
//!
//! Never looks at the disk outside the listed files: what is not in the [`Tree`] is external, and gives an empty answer.

mod jsonc;
mod kotlin;
mod kotlin_names;
mod layout;
mod packages;
mod python;
mod rust;
mod rust_crates;
#[cfg(test)]
mod tests;
mod typescript;
mod virtual_disk;

use std::sync::{Arc, Mutex, PoisonError};

use rustc_hash::FxHashMap;

use crate::source::{FileId, Language, Tree};
use layout::Layout;

/// Answers by file, language, module and item.
type Answers = FxHashMap<(FileId, Language, String, Option<String>), Vec<FileId>>;

/// From module names to files. Cheap to make: each language is looked into when it is first asked about.
pub struct Resolver {
    layout: Arc<Layout>,
    typescript: typescript::Modules,
    python: python::Modules,
    kotlin: kotlin::Packages,
    rust: rust::Crates,
    known: Mutex<Answers>,
}

impl Resolver {
    /// A resolver for the files of `tree`.
    pub fn new(tree: &Tree) -> Self {
        let layout = Arc::new(Layout::new(tree));
        Self {
            typescript: typescript::Modules::new(Arc::clone(&layout)),
            python: python::Modules::new(Arc::clone(&layout)),
            kotlin: kotlin::Packages::new(Arc::clone(&layout)),
            rust: rust::Crates::new(Arc::clone(&layout)),
            layout,
            known: Mutex::default(),
        }
    }

    /// The files that may define `item` of `module` (as written in the file `from`), best first. Empty if it is not of this
    /// project. Without an item, the files that may be the module itself.
    pub fn resolve(&self, from: FileId, language: Language, module: &str, item: Option<&str>) -> Vec<FileId> {
        let key = (from, language, module.to_owned(), item.map(str::to_owned));
        if let Some(known) = self.known.lock().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return known.clone();
        }
        let files = self.look_up(from, language, module, item);
        self.known.lock().unwrap_or_else(PoisonError::into_inner).insert(key, files.clone());
        files
    }

    /// Every file of a Kotlin package, sorted by path: its files see each other without an import.
    pub fn package_files(&self, package: &str) -> Vec<FileId> {
        self.kotlin.files(package)
    }

    fn look_up(&self, from: FileId, language: Language, module: &str, item: Option<&str>) -> Vec<FileId> {
        let Some(path) = self.layout.path(from) else { return Vec::new() };
        match language {
            Language::TypeScript | Language::Component => self.typescript.resolve(path, module),
            Language::Template => self.typescript.resolve_from_page(path, module),
            Language::Python => self.python.resolve(from, path, module, item),
            Language::Kotlin => self.kotlin.resolve(path, module, item),
            Language::Rust => self.rust.resolve(path, module, item),
        }
    }
}
