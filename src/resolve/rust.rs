//! Rust paths: modules of the same crate, and crates of the same repository.

use std::cmp::Reverse;
use std::sync::{Arc, OnceLock};

use camino::{Utf8Path, Utf8PathBuf};

use super::layout::{Layout, shared_parts};
use super::rust_crates::{self, Crate, code_name};
use crate::source::FileId;

/// Longer paths are hostile.
const MAX_LENGTH: usize = 500;

/// The crates of a tree, read when the first file asks.
pub(super) struct Crates {
    layout: Arc<Layout>,
    crates: OnceLock<Vec<Crate>>,
}

/// Where a file stands in its crate.
struct Standing<'a> {
    /// The crate's root files.
    roots: Vec<Utf8PathBuf>,
    /// The directory of the root file that the module tree hangs on.
    source: Utf8PathBuf,
    /// The file's own module path below the root.
    module: Vec<&'a str>,
    owner: Option<&'a Crate>,
}

impl Crates {
    pub(super) fn new(layout: Arc<Layout>) -> Self {
        Self { layout, crates: OnceLock::new() }
    }

    /// The files that may define `item` of `module` for the file `from`. `#[path]` is not known.
    pub(super) fn resolve(&self, from: &Utf8Path, module: &str, item: Option<&str>) -> Vec<FileId> {
        if module.len() > MAX_LENGTH {
            return Vec::new();
        }
        let item = item.filter(|item| !matches!(*item, "" | "*" | "self"));
        let names: Vec<&str> = module.split("::").map(|name| name.trim().trim_start_matches("r#")).filter(|name| !name.is_empty()).collect();
        let standing = self.standing(from);
        let mut found = match names.split_first() {
            None => self.layout.file(from).into_iter().collect(),
            Some((&("crate" | "$crate"), rest)) => self.in_crate(&standing, rest, item),
            Some((&("self" | "super"), _)) => self.relative(&standing, from, &names, item),
            Some(_) if module.starts_with("::") => self.in_other_crate(&standing, from, &names, item),
            Some((&first, _)) => {
                let child: Vec<&str> = standing.module.iter().copied().chain([first]).collect();
                if self.module_file(&standing.source, &child).is_some() {
                    let path: Vec<&str> = standing.module.iter().copied().chain(names.iter().copied()).collect();
                    self.in_crate(&standing, &path, item)
                } else if standing.owner.is_some_and(|owner| owner.starts_at_root) && self.module_file(&standing.source, &[first]).is_some() {
                    self.in_crate(&standing, &names, item)
                } else {
                    self.in_other_crate(&standing, from, &names, item)
                }
            }
        };
        let mut seen = Vec::new();
        found.retain(|file| {
            !seen.contains(file) && {
                seen.push(*file);
                true
            }
        });
        found
    }

    /// `self::…` and `super::…`. Inside an inline module both mean something of the file itself, so that is tried last.
    fn relative(&self, standing: &Standing<'_>, from: &Utf8Path, names: &[&str], item: Option<&str>) -> Vec<FileId> {
        let mut module = standing.module.clone();
        let mut rest = names;
        while let Some((&first, tail)) = rest.split_first() {
            match first {
                "self" => {}
                "super" => {
                    module.pop();
                }
                _ => break,
            }
            rest = tail;
        }
        module.extend(rest);
        let mut found = self.in_crate(standing, &module, item);
        found.extend(self.layout.file(from));
        found
    }

    fn in_other_crate(&self, standing: &Standing<'_>, from: &Utf8Path, names: &[&str], item: Option<&str>) -> Vec<FileId> {
        let Some((&first, rest)) = names.split_first() else { return Vec::new() };
        let package = standing.owner.and_then(|owner| owner.renamed.get(first)).map(String::as_str);
        let fits = |one: &&Crate| match package {
            Some(package) => one.package == package || code_name(&one.package) == code_name(package),
            None => one.library == first,
        };
        let Some(other) = self.crates().iter().filter(fits).min_by_key(|one| Reverse(shared_parts(&one.directory, from))) else { return Vec::new() };
        // The library alone can be used from outside; its root is the first one.
        let Some(root) = other.roots.first() else { return Vec::new() };
        let standing = Standing { roots: vec![root.clone()], source: root.parent().unwrap_or(Utf8Path::new("")).to_owned(), module: Vec::new(), owner: Some(other) };
        self.in_crate(&standing, rest, item)
    }

    /// The file of the longest head of `names` that is a module; before it the file of a module that is called like the item.
    fn in_crate(&self, standing: &Standing<'_>, names: &[&str], item: Option<&str>) -> Vec<FileId> {
        let mut found = Vec::new();
        if let Some(item) = item {
            let path: Vec<&str> = names.iter().copied().chain([item]).collect();
            found.extend(self.module_file(&standing.source, &path));
        }
        for end in (1..=names.len()).rev() {
            if let Some(file) = names.get(..end).and_then(|head| self.module_file(&standing.source, head)) {
                found.push(file);
                return found;
            }
        }
        found.extend(standing.roots.iter().filter_map(|root| self.layout.file(root)));
        found
    }

    fn module_file(&self, source: &Utf8Path, names: &[&str]) -> Option<FileId> {
        if names.is_empty() {
            return None;
        }
        let path = names.iter().fold(source.to_owned(), |path, name| path.join(name));
        self.layout.file(Utf8Path::new(&format!("{path}.rs"))).or_else(|| self.layout.file(&path.join("mod.rs")))
    }

    fn standing<'a>(&'a self, from: &'a Utf8Path) -> Standing<'a> {
        let owner = self.owner(from);
        let directory = owner.map_or(Utf8Path::new(""), |owner| owner.directory.as_path());
        let parent = from.parent().unwrap_or(Utf8Path::new(""));
        let is_named_root = owner.is_some_and(|owner| owner.roots.iter().any(|root| root == from));
        if is_named_root && !matches!(from.file_name(), Some("lib.rs" | "main.rs")) {
            return Standing { roots: vec![from.to_owned()], source: parent.to_owned(), module: Vec::new(), owner };
        }
        for programs in ["src/bin", "examples", "tests", "benches"] {
            let programs = directory.join(programs);
            let Ok(below) = from.strip_prefix(&programs) else { continue };
            let mut parts = below.components();
            let first = parts.next().map_or("", |part| part.as_str());
            if parts.as_path().as_str().is_empty() {
                return Standing { roots: vec![from.to_owned()], source: programs, module: Vec::new(), owner };
            }
            let source = programs.join(first);
            let root = source.join("main.rs");
            if self.layout.file(&root).is_some() {
                return Standing { roots: vec![root], module: module_path(parts.as_path()), source, owner };
            }
            return Standing { roots: Vec::new(), module: module_path(below), source: programs, owner };
        }
        let source = owner
            .into_iter()
            .flat_map(|owner| &owner.roots)
            .filter(|root| self.layout.file(root).is_some())
            .filter_map(|root| root.parent())
            .filter(|source| from.starts_with(source))
            .max_by_key(|source| source.as_str().len())
            .map_or_else(|| directory.join("src"), Utf8Path::to_owned);
        let roots =
            owner.map_or_else(|| vec![source.join("lib.rs"), source.join("main.rs")], |owner| owner.roots.iter().filter(|root| root.parent() == Some(&source)).cloned().collect());
        let module = from.strip_prefix(&source).map(module_path).unwrap_or_default();
        Standing { roots, source, module, owner }
    }

    /// The package whose manifest is nearest above the file.
    fn owner(&self, from: &Utf8Path) -> Option<&Crate> {
        self.crates().iter().filter(|one| from.starts_with(&one.directory)).max_by_key(|one| one.directory.as_str().len())
    }

    fn crates(&self) -> &[Crate] {
        self.crates.get_or_init(|| rust_crates::read(&self.layout))
    }
}

/// The module path of a file below its crate's root: `a/b.rs` and `a/b/mod.rs` are `a::b`, the root file itself is nothing.
fn module_path(below: &Utf8Path) -> Vec<&str> {
    let mut names: Vec<&str> = below.components().map(|part| part.as_str()).collect();
    let Some(last) = names.pop() else { return names };
    let is_root = names.is_empty() && matches!(last, "lib.rs" | "main.rs");
    if !is_root && last != "mod.rs" {
        names.push(last.strip_suffix(".rs").unwrap_or(last));
    }
    names
}
