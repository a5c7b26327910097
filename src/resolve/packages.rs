//! The packages of a JavaScript repository: their names, entry files and dependencies.

use camino::{Utf8Path, Utf8PathBuf};
use rustc_hash::{FxHashMap, FxHashSet};
use serde_json::Value;

use super::jsonc;
use super::layout::{Layout, normal};
use crate::source::Kind;

/// How many strings of an `exports` field are looked at.
const MAX_ENTRIES: usize = 200;

/// Every `package.json` of the tree.
#[derive(Default)]
pub(super) struct Packages {
    by_name: FxHashMap<String, Utf8PathBuf>,
    by_directory: FxHashMap<Utf8PathBuf, Package>,
}

/// What one `package.json` says.
#[derive(Default)]
pub(super) struct Package {
    /// The files that its entries name, relative to it: first by key (`.`, `./sub`), then the file.
    entries: Vec<(String, String)>,
    dependencies: FxHashSet<String>,
}

impl Packages {
    pub(super) fn read(layout: &Layout) -> Self {
        let mut packages = Self::default();
        for path in layout.manifests(Kind::PackageJson) {
            let Some(value) = layout.manifest_text(path).and_then(|text| jsonc::parse(&text)) else { continue };
            let directory = path.parent().map(Utf8Path::to_owned).unwrap_or_default();
            let package = Package::of(&value);
            // One that depends on what bears its own name is called after it: imports mean the other.
            if let Some(name) = value.get("name").and_then(Value::as_str).filter(|name| !name.is_empty() && !package.dependencies.contains(*name)) {
                packages.by_name.entry(name.to_owned()).or_insert_with(|| directory.clone());
            }
            packages.by_directory.insert(directory, package);
        }
        packages
    }

    /// The directory of the package of this tree with this name.
    pub(super) fn directory(&self, name: &str) -> Option<&Utf8Path> {
        self.by_name.get(name).map(Utf8PathBuf::as_path)
    }

    /// Whether a package above `path` depends on something of this name that is not of this tree.
    pub(super) fn is_external(&self, path: &Utf8Path, name: &str) -> bool {
        !self.by_name.contains_key(name) && path.ancestors().skip(1).filter_map(|directory| self.by_directory.get(directory)).any(|package| package.dependencies.contains(name))
    }

    /// Whether a package begins in this directory.
    pub(super) fn begins_at(&self, directory: &Utf8Path) -> bool {
        self.by_directory.contains_key(directory)
    }

    /// The files that `subpath` (empty for the package itself) of the package in `directory` may stand for, best first, without
    /// a promise that they exist. A built file that is not there is looked for among the sources.
    pub(super) fn candidates(&self, directory: &Utf8Path, subpath: &str) -> Vec<Utf8PathBuf> {
        let key = if subpath.is_empty() { ".".to_owned() } else { format!("./{subpath}") };
        let mut candidates = Vec::new();
        if let Some(package) = self.by_directory.get(directory) {
            for file in package.files(&key) {
                push_with_sources(&mut candidates, directory, &file);
            }
        }
        let fallbacks: &[&str] = if subpath.is_empty() { &["src/index", "src/main", "index", "lib/index", "src/lib/index"] } else { &[] };
        candidates.extend(fallbacks.iter().filter_map(|file| normal(&directory.join(file))));
        if !subpath.is_empty() {
            push_with_sources(&mut candidates, directory, subpath);
            candidates.extend(normal(&directory.join("src").join(subpath)));
        }
        candidates
    }
}

impl Package {
    fn of(value: &Value) -> Self {
        let mut package = Self::default();
        for field in ["source", "types", "typings", "module", "svelte", "browser", "main"] {
            if let Some(file) = value.get(field).and_then(Value::as_str) {
                package.entries.push((".".to_owned(), file.to_owned()));
            }
        }
        match value.get("exports") {
            Some(Value::Object(map)) if map.keys().any(|key| key.starts_with('.')) => {
                for (key, target) in map {
                    package.add_targets(key, target);
                }
            }
            Some(target) => package.add_targets(".", target),
            None => {}
        }
        for field in ["dependencies", "devDependencies", "peerDependencies", "optionalDependencies"] {
            if let Some(Value::Object(map)) = value.get(field) {
                package.dependencies.extend(map.keys().cloned());
            }
        }
        package
    }

    /// Adds every file that a target of `exports` names, under whatever conditions.
    fn add_targets(&mut self, key: &str, target: &Value) {
        let mut rest = vec![target];
        while let Some(value) = rest.pop() {
            if self.entries.len() >= MAX_ENTRIES {
                return;
            }
            match value {
                Value::String(file) => self.entries.push((key.to_owned(), file.clone())),
                Value::Object(map) => rest.extend(map.values().rev()),
                Value::Array(list) => rest.extend(list.iter().rev()),
                Value::Null | Value::Bool(_) | Value::Number(_) => {}
            }
        }
    }

    fn files(&self, key: &str) -> Vec<String> {
        let mut files = Vec::new();
        for (pattern, file) in &self.entries {
            if pattern == key {
                files.push(file.clone());
            } else if let Some((head, tail)) = pattern.split_once('*')
                && let Some(star) = key.strip_prefix(head).and_then(|rest| rest.strip_suffix(tail))
            {
                files.push(file.replace('*', star));
            }
        }
        files
    }
}

/// Adds `file`, the same without its ending, and the same among the sources if it names a build directory.
fn push_with_sources(candidates: &mut Vec<Utf8PathBuf>, directory: &Utf8Path, file: &str) {
    let Some(path) = normal(Utf8Path::new(file)) else { return };
    let bare = without_script_ending(&path);
    candidates.push(directory.join(&path));
    candidates.push(directory.join(&bare));
    let mut parts = bare.components();
    if parts.next().is_some_and(|first| matches!(first.as_str(), "dist" | "build" | "lib" | "out" | "esm" | "cjs" | "types")) {
        let rest = parts.as_path();
        candidates.push(directory.join("src").join(rest));
        candidates.push(directory.join(rest));
        // `dist/src/x.js` and `dist/esm/x.js` come from `src/x.ts`.
        let mut deeper = rest.components();
        if deeper.next().is_some() && !deeper.as_path().as_str().is_empty() {
            candidates.push(directory.join("src").join(deeper.as_path()));
        }
    }
}

/// `a/b.d.ts`, `a/b.js` as `a/b`.
fn without_script_ending(path: &Utf8Path) -> Utf8PathBuf {
    const ENDINGS: [&str; 11] = [".d.ts", ".d.mts", ".d.cts", ".js", ".mjs", ".cjs", ".ts", ".mts", ".cts", ".jsx", ".tsx"];
    let text = path.as_str();
    let bare = ENDINGS.iter().find_map(|ending| text.strip_suffix(ending)).unwrap_or(text);
    Utf8PathBuf::from(bare)
}
