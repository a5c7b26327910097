//! Gradle version catalogs: which coordinates their entries stand for.

use std::collections::BTreeMap;

use toml::de::{DeTable, DeValue};

use super::LIMIT;
use super::lines::Collector;
use super::toml_tables::{entries, parse, table, text, texts, value};
use crate::source::{Kind, Tree, read_auxiliary};

/// Name and version of a library or plugin.
type Coordinate = (String, String);

/// The entries of all catalogs, by the names that scripts give them.
#[derive(Default)]
pub(super) struct Catalog {
    entries: BTreeMap<String, Vec<Coordinate>>,
    versions: BTreeMap<String, String>,
}

impl Catalog {
    pub(super) fn read(tree: &Tree) -> Self {
        let mut catalog = Self::default();
        for file in tree.of_kind(Kind::VersionCatalog) {
            catalog.add(&read_auxiliary(file, LIMIT).unwrap_or_default());
        }
        catalog
    }

    fn add(&mut self, source: &str) {
        let top = parse(source);
        for (alias, version, _) in table(&top, &["versions"]).into_iter().flat_map(entries) {
            self.versions.entry(accessor(alias)).or_insert_with(|| plain_version(version));
        }
        for (alias, entry, _) in table(&top, &["libraries"]).into_iter().flat_map(entries) {
            self.entries.entry(accessor(alias)).or_insert_with(|| library(&top, entry).into_iter().collect());
        }
        for (alias, entry, _) in table(&top, &["plugins"]).into_iter().flat_map(entries) {
            self.entries.entry(accessor(&format!("plugins.{alias}"))).or_insert_with(|| plugin(&top, entry).into_iter().collect());
        }
        for (alias, entry, _) in table(&top, &["bundles"]).into_iter().flat_map(entries) {
            let members = texts(entry).flat_map(|(member, _)| self.meaning(&accessor(member)).to_vec()).collect();
            self.entries.entry(accessor(&format!("bundles.{alias}"))).or_insert(members);
        }
    }

    /// What the entry that scripts call `libs.<accessor>` stands for.
    pub(super) fn meaning(&self, accessor: &str) -> &[Coordinate] {
        self.entries.get(accessor).map_or(&[], Vec::as_slice)
    }

    /// The version that scripts call `libs.versions.<accessor>`.
    pub(super) fn version(&self, accessor: &str) -> Option<&str> {
        self.versions.get(accessor).map(String::as_str)
    }
}

/// Adds every library and plugin of a catalog.
pub(super) fn read(source: &str, collector: &mut Collector<'_>) {
    let top = parse(source);
    for (_, entry, offset) in table(&top, &["libraries"]).into_iter().flat_map(entries) {
        if let Some((name, version)) = library(&top, entry) {
            collector.add(&name, &version, Vec::new(), offset);
        }
    }
    for (_, entry, offset) in table(&top, &["plugins"]).into_iter().flat_map(entries) {
        if let Some((name, version)) = plugin(&top, entry) {
            collector.add(&name, &version, Vec::new(), offset);
        }
    }
}

/// An alias as scripts write it.
fn accessor(alias: &str) -> String {
    alias.replace(['-', '_'], ".")
}

fn library(top: &DeTable<'_>, entry: &DeValue<'_>) -> Option<Coordinate> {
    if let Some(coordinates) = entry.as_str() {
        let mut parts = coordinates.splitn(3, ':');
        let name = format!("{}:{}", parts.next()?, parts.next()?);
        return Some((name, parts.next().unwrap_or_default().to_owned()));
    }
    let name = match text(entry, "module") {
        Some(module) => module.to_owned(),
        None => format!("{}:{}", text(entry, "group")?, text(entry, "name")?),
    };
    Some((name, entry_version(top, entry)))
}

fn plugin(top: &DeTable<'_>, entry: &DeValue<'_>) -> Option<Coordinate> {
    if let Some(plugin) = entry.as_str() {
        let (id, version) = plugin.split_once(':').unwrap_or((plugin, ""));
        return Some((id.to_owned(), version.to_owned()));
    }
    Some((text(entry, "id")?.to_owned(), entry_version(top, entry)))
}

/// The version of an entry, its reference followed.
fn entry_version(top: &DeTable<'_>, entry: &DeValue<'_>) -> String {
    let Some(version) = entry.as_table().and_then(|entry| value(entry, "version")) else { return String::new() };
    let version = match version.as_table().and_then(|table| value(table, "ref")).and_then(DeValue::as_str) {
        Some(name) => table(top, &["versions"]).and_then(|versions| value(versions, name)),
        None => Some(version),
    };
    version.map(plain_version).unwrap_or_default()
}

/// A version as text, or the firmest one of a table.
fn plain_version(version: &DeValue<'_>) -> String {
    let rich = || ["strictly", "require", "prefer"].iter().find_map(|key| text(version, key));
    version.as_str().or_else(rich).unwrap_or_default().to_owned()
}
