//! Reads what a project depends on, from the manifests of every ecosystem, with the line on which it says so.
//!
//! Never knows what a dependency does. A broken manifest gives what could be read of it: it belongs to the scanned tree and is not ours to judge.

mod cargo;
mod gradle;
mod gradle_catalog;
mod lines;
mod maven;
mod operations;
mod package_json;
mod python;
mod settings;
mod setup_files;
#[cfg(test)]
mod tests;
mod toml_tables;
mod version;
mod yaml;

use std::cmp::Reverse;

use camino::{Utf8Path, Utf8PathBuf};
use rayon::prelude::*;
use rustc_hash::FxHashSet;

use crate::source::{Auxiliary, Kind, Language, Tree, read_auxiliary};
pub use operations::{Operation, operations};
pub use settings::Setting;
pub use version::{Version, lower_bound};

/// The size in bytes over which a manifest is taken for hostile.
const LIMIT: u64 = 1024 * 1024;

/// The manifests of a tree, sorted by path.
#[derive(Debug, Clone, Default)]
pub struct Manifests {
    pub all: Vec<Manifest>,
    /// What files of settings say, in their order.
    pub settings: Vec<Setting>,
}

/// One manifest.
#[derive(Debug, Clone)]
pub struct Manifest {
    /// The path that reports show.
    pub path: Utf8PathBuf,
    pub ecosystem: Ecosystem,
    /// In the order of the file.
    pub dependencies: Vec<Dependency>,
}

/// Whose registry a manifest speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Ecosystem {
    Node,
    Python,
    Jvm,
    Rust,
}

/// One dependency as a manifest declares it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dependency {
    /// As its registry compares it: `@scope/name`, a Python name in small letters with hyphens, `group:artifact`, a crate's name.
    pub name: String,
    /// The version requirement as written, variables replaced; empty if there is none.
    pub requirement: String,
    /// The extras or features that are asked for.
    pub features: Vec<String>,
    pub ecosystem: Ecosystem,
    /// The manifest's path, as reports show it.
    pub file: Utf8PathBuf,
    /// From 1.
    pub line: u32,
    /// The text of that line, trimmed.
    pub code: String,
}

impl Manifests {
    /// Reads every manifest of the tree.
    pub fn read(tree: &Tree) -> Self {
        let context = gradle::Context::read(tree);
        let mut all: Vec<Manifest> = tree.auxiliary.par_iter().filter_map(|file| read_one(file, &context)).collect();
        cargo::inherit(&mut all);
        all.sort_by(|left, right| left.path.cmp(&right.path));
        Self { all, settings: settings::read(tree) }
    }

    /// Every declaration of the dependency called `name`, in any manifest. Names are compared as their registry does;
    /// an artifact of the JVM may be asked for without its group.
    pub fn dependency<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Dependency> {
        self.all.iter().flat_map(|manifest| &manifest.dependencies).filter(move |dependency| dependency.is_called(name))
    }

    /// The names of all dependencies, as the manifests write them.
    pub fn names(&self) -> FxHashSet<&str> {
        self.all.iter().flat_map(|manifest| &manifest.dependencies).map(|dependency| dependency.name.as_str()).collect()
    }

    /// Every dependency that `file` may use, those of the nearest manifest above it first, then those of the others of its ecosystem.
    pub fn nearest(&self, file: &Utf8Path, language: Language) -> Vec<&Dependency> {
        let Some(ecosystem) = Ecosystem::of(language) else { return self.all.iter().flat_map(|manifest| &manifest.dependencies).collect() };
        let mut manifests: Vec<&Manifest> = self.all.iter().filter(|manifest| manifest.ecosystem == ecosystem).collect();
        manifests.sort_by_cached_key(|manifest| distance(manifest, file));
        manifests.into_iter().flat_map(|manifest| &manifest.dependencies).collect()
    }

    /// The manifest of the dependencies that come first in [`Self::nearest`].
    pub fn nearest_manifest(&self, file: &Utf8Path, language: Language) -> Option<&Manifest> {
        let mut manifests = self.all.iter().filter(|manifest| !manifest.dependencies.is_empty());
        let Some(ecosystem) = Ecosystem::of(language) else { return manifests.next() };
        manifests.filter(|manifest| manifest.ecosystem == ecosystem).min_by_key(|manifest| distance(manifest, file))
    }
}

/// How far a manifest is from a file: the deepest above it is the nearest, then the one that shares most folders with it.
fn distance(manifest: &Manifest, file: &Utf8Path) -> (u8, Reverse<usize>) {
    let directory = manifest.path.parent().unwrap_or(Utf8Path::new(""));
    if file.starts_with(directory) { (0, Reverse(directory.components().count())) } else { (1, Reverse(shared_parts(directory, file))) }
}

impl Dependency {
    /// Whether this is the dependency that a rule calls `name`.
    pub fn is_called(&self, name: &str) -> bool {
        match self.ecosystem {
            Ecosystem::Node => self.name == name,
            Ecosystem::Python => self.name == python::canonical(name),
            Ecosystem::Jvm => self.name == name || (!name.contains(':') && self.name.rsplit(':').next() == Some(name)),
            Ecosystem::Rust => self.name.replace('_', "-") == name.replace('_', "-"),
        }
    }

    /// The least version that the requirement allows; `None` if it names none.
    pub fn lower_bound(&self) -> Option<Version> {
        lower_bound(&self.requirement)
    }

    /// Whether some version from `version` on fits the requirement. A requirement that names no version allows all.
    pub fn allows_at_least(&self, version: &str) -> bool {
        version::allows_at_least(&self.requirement, version, self.ecosystem == Ecosystem::Rust)
    }
}

impl Ecosystem {
    fn of(language: Language) -> Option<Self> {
        match language {
            Language::TypeScript | Language::Component => Some(Self::Node),
            Language::Python => Some(Self::Python),
            Language::Kotlin => Some(Self::Jvm),
            Language::Rust => Some(Self::Rust),
            Language::Template => None,
        }
    }
}

fn read_one(file: &Auxiliary, context: &gradle::Context) -> Option<Manifest> {
    let (ecosystem, read): (_, fn(&str, &mut lines::Collector<'_>)) = match file.kind {
        Kind::PackageJson => (Ecosystem::Node, package_json::read),
        Kind::PyProject => (Ecosystem::Python, python::pyproject),
        Kind::Pipfile => (Ecosystem::Python, python::pipfile),
        Kind::Requirements => (Ecosystem::Python, python::requirements),
        Kind::SetupPy => (Ecosystem::Python, setup_files::setup_py),
        Kind::SetupCfg => (Ecosystem::Python, setup_files::setup_cfg),
        Kind::Gradle => (Ecosystem::Jvm, gradle::script),
        Kind::VersionCatalog => (Ecosystem::Jvm, gradle_catalog::read),
        Kind::Maven => (Ecosystem::Jvm, maven::read),
        Kind::Cargo => (Ecosystem::Rust, cargo::read),
        Kind::TypeScriptConfig | Kind::WebConfig | Kind::ManagePy | Kind::Properties | Kind::Yaml | Kind::Hocon | Kind::Sql | Kind::Unread => return None,
    };
    let text = read_auxiliary(file, LIMIT).ok()?;
    let mut collector = lines::Collector::new(&text, &file.path, ecosystem);
    read(&text, &mut collector);
    let dependencies = if file.kind == Kind::Gradle { context.complete(collector.dependencies) } else { collector.dependencies };
    Some(Manifest { path: file.path.clone(), ecosystem, dependencies })
}

fn shared_parts(left: &Utf8Path, right: &Utf8Path) -> usize {
    left.components().zip(right.components()).take_while(|(left, right)| left == right).count()
}
