//! The crates of a Rust repository: their names, root files, and what their dependencies are called inside them.

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};
use toml::{Table, Value};

use super::layout::{Layout, normal};
use crate::source::Kind;

/// One package with its targets.
pub(super) struct Crate {
    /// The directory of its manifest.
    pub(super) directory: Utf8PathBuf,
    /// The package's name as written.
    pub(super) package: String,
    /// The name by which code uses its library.
    pub(super) library: String,
    /// The root files of the library and of the programs with a path of their own.
    pub(super) roots: Vec<Utf8PathBuf>,
    /// From names in code to packages, for renamed dependencies.
    pub(super) renamed: BTreeMap<String, String>,
    /// Whether `use a::b` means a module of the crate's root wherever it stands: the edition of 2015.
    pub(super) starts_at_root: bool,
}

/// Every package of the tree, sorted by directory.
pub(super) fn read(layout: &Layout) -> Vec<Crate> {
    let mut crates = Vec::new();
    let mut renamed_in_workspace = BTreeMap::default();
    for path in layout.manifests(Kind::Cargo) {
        let Some(manifest) = layout.manifest_text(path).and_then(|text| text.parse::<Table>().ok()) else { continue };
        let directory = path.parent().unwrap_or(Utf8Path::new(""));
        if let Some(workspace) = manifest.get("workspace").and_then(Value::as_table) {
            add_renamed(workspace, &mut renamed_in_workspace);
        }
        crates.extend(package(directory, &manifest));
    }
    for one in &mut crates {
        for (name, package) in &mut one.renamed {
            // `name.workspace = true` takes the workspace's meaning of the name.
            if package.is_empty() {
                *package = renamed_in_workspace.get(name).cloned().unwrap_or_else(|| name.clone());
            }
        }
    }
    crates
}

fn package(directory: &Utf8Path, manifest: &Table) -> Option<Crate> {
    let name = manifest.get("package")?.get("name")?.as_str()?.to_owned();
    let library = manifest.get("lib").and_then(Value::as_table);
    let text = |table: Option<&Table>, key: &str| table.and_then(|table| table.get(key)).and_then(Value::as_str).map(str::to_owned);
    let mut roots = vec![text(library, "path").unwrap_or_else(|| "src/lib.rs".to_owned()), "src/main.rs".to_owned()];
    if let Some(Value::Array(programs)) = manifest.get("bin") {
        roots.extend(programs.iter().filter_map(|program| text(program.as_table(), "path")));
    }
    let mut renamed = BTreeMap::default();
    add_renamed(manifest, &mut renamed);
    Some(Crate {
        directory: directory.to_owned(),
        library: code_name(&text(library, "name").unwrap_or_else(|| name.clone())),
        package: name,
        roots: roots.iter().filter_map(|root| normal(&directory.join(root))).collect(),
        renamed,
        // One that is inherited (`edition.workspace`) is newer than the inheriting of it.
        starts_at_root: manifest.get("package")?.get("edition").is_none_or(|edition| edition.as_str() == Some("2015")),
    })
}

/// Adds the dependencies of a manifest that have another name in code than their package; empty for those of the workspace.
fn add_renamed(manifest: &Table, renamed: &mut BTreeMap<String, String>) {
    for section in ["dependencies", "dev-dependencies", "build-dependencies"] {
        let Some(Value::Table(dependencies)) = manifest.get(section) else { continue };
        for (name, value) in dependencies {
            if let Some(package) = value.get("package").and_then(Value::as_str) {
                renamed.insert(code_name(name), package.to_owned());
            } else if value.get("workspace").and_then(Value::as_bool) == Some(true) {
                renamed.insert(code_name(name), String::new());
            }
        }
    }
}

/// The name of a package as code writes it.
pub(super) fn code_name(package: &str) -> String {
    package.replace('-', "_")
}
