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

use std::sync::Arc;

use dashmap::DashMap;
use rustc_hash::{FxBuildHasher, FxHashMap};

use crate::source::{FileId, Language, Tree};
use layout::Layout;

/// Answers by module and item (with a NUL between), for one file each.
type Answers = DashMap<FileId, FxHashMap<Box<str>, Arc<[FileId]>>, FxBuildHasher>;

/// From module names to files. Cheap to make: each language is looked into when it is first asked about.
pub struct Resolver {
    layout: Arc<Layout>,
    typescript: typescript::Modules,
    python: python::Modules,
    kotlin: kotlin::Packages,
    rust: rust::Crates,
    known: Answers,
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
            known: Answers::default(),
        }
    }

    /// The files that may define `item` of `module` (as written in the file `from`), best first. Empty if it is not of this
    /// project. Without an item, the files that may be the module itself; without a module, those that a framework of scripts would import
    /// the item from.
    pub fn resolve(&self, from: FileId, language: Language, module: &str, item: Option<&str>) -> Arc<[FileId]> {
        // For these the module alone tells the file, unless nothing is imported at all.
        let item = item.filter(|_| module.is_empty() || !matches!(language, Language::TypeScript | Language::Component | Language::Template));
        let mut key = String::with_capacity(module.len() + 1 + item.map_or(0, str::len));
        key.push_str(module);
        if let Some(item) = item {
            key.push('\0');
            key.push_str(item);
        }
        if let Some(known) = self.known.get(&from).and_then(|answers| answers.get(key.as_str()).cloned()) {
            return known;
        }
        let files: Arc<[FileId]> = self.look_up(from, language, module, item).into();
        self.known.entry(from).or_default().insert(key.into_boxed_str(), Arc::clone(&files));
        files
    }

    /// The scripts that are called like a name which the file `from` uses without an import, the nearest first.
    pub fn called_like(&self, from: FileId, name: &str) -> Vec<FileId> {
        self.layout.path(from).map_or_else(Vec::new, |path| self.typescript.called_like(path, name))
    }

    /// Every file of a Kotlin package, sorted by path: its files see each other without an import.
    pub fn package_files(&self, package: &str) -> Vec<FileId> {
        self.kotlin.files(package)
    }

    fn look_up(&self, from: FileId, language: Language, module: &str, item: Option<&str>) -> Vec<FileId> {
        let Some(path) = self.layout.path(from) else { return Vec::new() };
        match language {
            Language::TypeScript | Language::Component => match item {
                Some(name) if module.is_empty() => self.typescript.unimported(path, name),
                _ => self.typescript.resolve(path, module),
            },
            Language::Template => self.typescript.resolve_from_page(path, module),
            Language::Python => self.python.resolve(from, path, module, item),
            Language::Kotlin => self.kotlin.resolve(path, module, item),
            Language::Rust => self.rust.resolve(path, module, item),
        }
    }
}
