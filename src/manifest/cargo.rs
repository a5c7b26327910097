//! `Cargo.toml`: dependencies of packages and workspaces.

use rustc_hash::FxHashMap;
use toml::de::{DeTable, DeValue};

use super::lines::Collector;
use super::toml_tables::{entries, list, parse, table, text, value};
use super::{Ecosystem, Manifest};

/// Stands for the requirement of a dependency that is inherited, until [`inherit`] replaces it.
const INHERITED: &str = "workspace";

const SECTIONS: [&str; 3] = ["dependencies", "dev-dependencies", "build-dependencies"];

pub(super) fn read(source: &str, collector: &mut Collector<'_>) {
    let top = parse(source);
    add_sections(&top, collector);
    for (_, target, _) in table(&top, &["target"]).into_iter().flat_map(entries) {
        if let Some(target) = target.as_table() {
            add_sections(target, collector);
        }
    }
    add(table(&top, &["workspace", "dependencies"]), collector);
}

fn add_sections(parent: &DeTable<'_>, collector: &mut Collector<'_>) {
    for section in SECTIONS {
        add(table(parent, &[section]), collector);
    }
}

fn add(dependencies: Option<&DeTable<'_>>, collector: &mut Collector<'_>) {
    for (name, dependency, offset) in dependencies.into_iter().flat_map(entries) {
        let is_inherited = dependency.as_table().and_then(|table| value(table, "workspace")).and_then(DeValue::as_bool) == Some(true);
        let requirement = if is_inherited { INHERITED } else { dependency.as_str().or_else(|| text(dependency, "version")).unwrap_or_default() };
        collector.add(text(dependency, "package").unwrap_or(name), requirement, list(dependency, "features"), offset);
    }
}

/// Gives inherited dependencies the requirement and the features of the workspace.
pub(super) fn inherit(manifests: &mut [Manifest]) {
    let mut known: FxHashMap<String, (String, Vec<String>)> = FxHashMap::default();
    for dependency in manifests.iter().filter(|manifest| manifest.ecosystem == Ecosystem::Rust).flat_map(|manifest| &manifest.dependencies) {
        if dependency.requirement != INHERITED {
            known.entry(dependency.name.clone()).or_insert_with(|| (dependency.requirement.clone(), dependency.features.clone()));
        }
    }
    for dependency in manifests.iter_mut().filter(|manifest| manifest.ecosystem == Ecosystem::Rust).flat_map(|manifest| &mut manifest.dependencies) {
        if dependency.requirement == INHERITED {
            let (requirement, features) = known.get(&dependency.name).cloned().unwrap_or_default();
            dependency.requirement = requirement;
            dependency.features.extend(features);
            dependency.features.sort();
            dependency.features.dedup();
        }
    }
}
