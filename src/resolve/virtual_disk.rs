//! The tree as a disk for the script resolver: it sees listed files only, and finds the repository's own packages where
//! a package manager would have put them.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use camino::{Utf8Path, Utf8PathBuf};
use oxc_resolver::{FileMetadata, FileSystem, ResolveError};
use serde_json::{Map, Value};

use super::jsonc;
use super::layout::{Layout, normal};
use super::packages::Packages;

/// From how many configurations one may inherit.
const MAX_BASES: usize = 40;

/// The root of the disk is the directory that holds everything; paths are those of reports after a slash.
pub(super) struct VirtualDisk {
    layout: Arc<Layout>,
    packages: Arc<Packages>,
}

impl VirtualDisk {
    pub(super) fn new(layout: Arc<Layout>, packages: Arc<Packages>) -> Self {
        Self { layout, packages }
    }

    /// The listed path that a path of this disk stands for; `None` if nothing of this tree can be there.
    pub(super) fn listed(&self, path: &Path) -> Option<Utf8PathBuf> {
        let path = normal(Utf8Path::from_path(path)?)?;
        let Some((_, after)) = path.as_str().rsplit_once("node_modules/") else { return Some(path) };
        let (name, rest) = split_package(after);
        let directory = self.packages.directory(name)?;
        Some(if rest.is_empty() { directory.to_owned() } else { directory.join(rest) })
    }

    fn is_file(&self, path: &Utf8Path) -> bool {
        self.layout.file(path).is_some() || self.layout.is_manifest(path) || self.stand_in(path).is_some()
    }

    /// A directory with a `jsconfig.json` and no `tsconfig.json` is configured by the former.
    fn stand_in(&self, path: &Utf8Path) -> Option<Utf8PathBuf> {
        if path.file_name() != Some("tsconfig.json") || self.layout.is_manifest(path) {
            return None;
        }
        ["jsconfig.json", "tsconfig.base.json", "tsconfig.app.json"].iter().map(|name| path.with_file_name(name)).find(|candidate| self.layout.is_manifest(candidate))
    }

    fn text(&self, path: &Path) -> Option<String> {
        let path = self.listed(path)?;
        let source = self.stand_in(&path).unwrap_or_else(|| path.clone());
        let value = jsonc::parse(&self.layout.manifest_text(&source)?)?;
        let name = path.file_name().unwrap_or_default();
        let value = if name.starts_with("tsconfig") || name.starts_with("jsconfig") { self.usable_config(&path, value) } else { value };
        serde_json::to_string(&value).ok()
    }

    /// A compiler configuration freed of what would make the resolver refuse it: bases and references that are not in the
    /// tree (installed or generated ones), and lists that leave out scripts.
    fn usable_config(&self, path: &Utf8Path, value: Value) -> Value {
        let Value::Object(mut config) = value else { return Value::Object(Map::new()) };
        let directory = path.parent().unwrap_or(Utf8Path::new(""));
        let bases: Vec<Value> = self.bases(directory, config.get("extends")).iter().filter(|base| *base != path).map(|base| Value::String(format!("/{base}"))).collect();
        config.remove("extends");
        if !bases.is_empty() && self.has_few_bases(path) {
            config.insert("extends".to_owned(), Value::Array(bases));
        }
        let references = match config.remove("references") {
            Some(Value::Array(list)) => list,
            Some(_) | None => Vec::new(),
        };
        let references: Vec<Value> = references.into_iter().filter(|reference| self.is_reference(path, reference)).collect();
        let is_main = matches!(path.file_name(), Some("tsconfig.json" | "jsconfig.json"));
        if is_main && references.is_empty() {
            config.remove("files");
            config.remove("exclude");
            config.insert("include".to_owned(), Value::Array(vec![Value::String("**/*".to_owned())]));
        }
        config.insert("references".to_owned(), Value::Array(references));
        for key in ["files", "include", "exclude"] {
            if let Some(patterns) = config.get_mut(key) {
                keep_plain_patterns(patterns);
            }
        }
        let options = config.entry("compilerOptions").or_insert_with(|| Value::Object(Map::new()));
        if !options.is_object() {
            *options = Value::Object(Map::new());
        }
        if let Some(options) = options.as_object_mut() {
            keep_what_tells_paths(options);
            options.insert("allowJs".to_owned(), Value::Bool(true));
        }
        config.retain(|key, _| matches!(key.as_str(), "extends" | "references" | "files" | "include" | "exclude" | "compilerOptions"));
        Value::Object(config)
    }

    /// Whether at most [`MAX_BASES`] configurations are inherited from, however far: the resolver follows them recursively.
    fn has_few_bases(&self, path: &Utf8Path) -> bool {
        let mut known = vec![path.to_owned()];
        let mut next = 0;
        while let Some(path) = known.get(next).cloned() {
            next += 1;
            let Some(value) = self.layout.manifest_text(&path).and_then(|text| jsonc::parse(&text)) else { continue };
            for base in self.bases(path.parent().unwrap_or(Utf8Path::new("")), value.get("extends")) {
                if !known.contains(&base) {
                    known.push(base);
                }
            }
            if known.len() > MAX_BASES {
                return false;
            }
        }
        true
    }

    /// The listed files that the field `extends` names.
    fn bases(&self, directory: &Utf8Path, extends: Option<&Value>) -> Vec<Utf8PathBuf> {
        let names: Vec<&str> = match extends {
            Some(Value::String(one)) => vec![one.as_str()],
            Some(Value::Array(list)) => list.iter().filter_map(Value::as_str).take(MAX_BASES).collect(),
            Some(_) | None => Vec::new(),
        };
        names.into_iter().filter_map(|name| self.base(directory, name)).collect()
    }

    /// The listed file that one name under `extends` means.
    fn base(&self, directory: &Utf8Path, base: &str) -> Option<Utf8PathBuf> {
        let start = if base.starts_with('.') { normal(&directory.join(base))? } else { self.listed(Path::new(&format!("/node_modules/{base}")))? };
        let with_ending = Utf8PathBuf::from(format!("{start}.json"));
        [start.clone(), with_ending, start.join("tsconfig.json")].into_iter().find(|path| self.layout.is_manifest(path))
    }

    fn is_reference(&self, path: &Utf8Path, reference: &Value) -> bool {
        let directory = path.parent().unwrap_or(Utf8Path::new(""));
        let Some(target) = reference.get("path").and_then(Value::as_str).and_then(|target| normal(&directory.join(target))) else { return false };
        let file = if self.layout.is_directory(&target) { target.join("tsconfig.json") } else { target };
        file != path && self.layout.is_manifest(&file)
    }
}

/// Drops patterns that no compiler understands: matching some of them takes exponential time.
fn keep_plain_patterns(patterns: &mut Value) {
    let kept = patterns
        .as_array()
        .map(|list| list.iter().filter(|pattern| pattern.as_str().is_some_and(|pattern| pattern.len() <= 200 && !pattern.contains(['{', '[', '!']))).take(100).cloned().collect());
    *patterns = Value::Array(kept.unwrap_or_default());
}

/// Drops all compiler options but those that say where modules are, and of those what has not the right shape.
fn keep_what_tells_paths(options: &mut Map<String, Value>) {
    options.retain(|key, value| match key.as_str() {
        "baseUrl" => value.is_string(),
        "rootDirs" => value.as_array().is_some_and(|list| list.iter().all(Value::is_string)),
        "paths" => value.is_object(),
        _ => false,
    });
    if let Some(Value::Object(paths)) = options.get_mut("paths") {
        paths.retain(|_, targets| targets.as_array().is_some_and(|list| list.iter().all(Value::is_string)));
    }
}

/// `@scope/name/rest` as `@scope/name` and `rest`.
pub(super) fn split_package(specifier: &str) -> (&str, &str) {
    let skip = if specifier.starts_with('@') { specifier.find('/').map_or(specifier.len(), |at| at + 1) } else { 0 };
    match specifier[skip..].find('/') {
        Some(at) => (&specifier[..skip + at], specifier[skip + at + 1..].trim_matches('/')),
        None => (specifier, ""),
    }
}

fn not_found() -> io::Error {
    io::Error::from(io::ErrorKind::NotFound)
}

impl FileSystem for VirtualDisk {
    fn new() -> Self {
        Self { layout: Arc::new(Layout::new(&crate::source::Tree::default())), packages: Arc::default() }
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        self.read_to_string(path).map(String::into_bytes)
    }

    fn read_to_string(&self, path: &Path) -> io::Result<String> {
        self.text(path).ok_or_else(not_found)
    }

    fn metadata(&self, path: &Path) -> io::Result<FileMetadata> {
        let path = self.listed(path).ok_or_else(not_found)?;
        if self.is_file(&path) {
            Ok(FileMetadata::new(true, false, false))
        } else if self.layout.is_directory(&path) || path == "node_modules" {
            Ok(FileMetadata::new(false, true, false))
        } else {
            Err(not_found())
        }
    }

    fn symlink_metadata(&self, path: &Path) -> io::Result<FileMetadata> {
        self.metadata(path)
    }

    fn read_link(&self, _path: &Path) -> Result<PathBuf, ResolveError> {
        Err(ResolveError::from(not_found()))
    }

    fn canonicalize(&self, path: &Path) -> io::Result<PathBuf> {
        self.listed(path).map(|path| Path::new("/").join(path)).ok_or_else(not_found)
    }
}
