//! Gradle: coordinates in build scripts, version catalogs, and the properties that versions are kept in.

use std::collections::BTreeMap;

use toml::de::{DeTable, DeValue};

use super::LIMIT;
use super::lines::Collector;
use super::toml_tables::{entries, parse, table, text, value};
use crate::source::{Kind, Tree, read_auxiliary};

/// The settings of `gradle.properties` files, which scripts use as variables.
pub(super) struct Properties(BTreeMap<String, String>);

impl Properties {
    pub(super) fn read(tree: &Tree) -> Self {
        let mut properties = BTreeMap::new();
        for file in tree.of_kind(Kind::Properties).filter(|file| file.path.file_name() == Some("gradle.properties")) {
            let text = read_auxiliary(file, LIMIT).unwrap_or_default();
            for (name, value) in text.lines().filter_map(|line| line.split_once('=')) {
                properties.entry(name.trim().to_owned()).or_insert_with(|| value.trim().to_owned());
            }
        }
        Self(properties)
    }

    /// A requirement that is nothing but a variable, by the variable's value.
    pub(super) fn replace(&self, requirement: &str) -> String {
        variable(requirement).and_then(|name| self.0.get(name)).cloned().unwrap_or_else(|| requirement.to_owned())
    }
}

pub(super) fn script(source: &str, collector: &mut Collector<'_>) {
    let variables = variables(source);
    let mut offset = 0;
    for line in source.split_inclusive('\n') {
        let start = offset;
        offset += line.len();
        if line.len() <= 2_000 {
            read_line(line, start, &variables, collector);
        }
    }
}

fn read_line(line: &str, start: usize, variables: &BTreeMap<&str, &str>, collector: &mut Collector<'_>) {
    let trimmed = line.trim_start();
    if trimmed.starts_with("//") || trimmed.starts_with('*') || trimmed.starts_with("/*") {
        return;
    }
    let resolve = |requirement: &str| variable(requirement).and_then(|name| variables.get(name)).map_or_else(|| requirement.to_owned(), |value| (*value).to_owned());
    let literals = literals(line);
    if let (Some(group), Some(name)) = (named(line, "group"), named(line, "name")) {
        collector.add(&format!("{group}:{name}"), &resolve(named(line, "version").unwrap_or_default()), Vec::new(), start);
        return;
    }
    if trimmed.starts_with("id") || trimmed.starts_with("kotlin(") || trimmed.starts_with("alias") {
        let Some(id) = literals.first() else { return };
        let name = if trimmed.starts_with("kotlin(") { format!("org.jetbrains.kotlin.{id}") } else { (*id).to_owned() };
        let version = if line.contains("version") { literals.get(1).copied().unwrap_or_default() } else { "" };
        collector.add(&name, &resolve(version), Vec::new(), start);
        return;
    }
    for literal in literals {
        if let Some((group, rest)) = literal.split_once(':')
            && is_coordinate(group)
        {
            let (name, version) = rest.split_once(':').unwrap_or((rest, ""));
            // `$name:$version` has a variable where the artifact should be.
            if is_coordinate(name) {
                collector.add(&format!("{group}:{name}"), &resolve(version.split('@').next().unwrap_or_default()), Vec::new(), start);
            }
        }
    }
}

fn is_coordinate(part: &str) -> bool {
    !part.is_empty() && part.chars().all(|character| character.is_ascii_alphanumeric() || matches!(character, '.' | '-' | '_'))
}

/// The texts in quotes of one line.
fn literals(line: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = line;
    while let Some(start) = rest.find(['"', '\'']) {
        let quote = if rest[start..].starts_with('"') { '"' } else { '\'' };
        let body = &rest[start + 1..];
        let Some(end) = body.find(quote) else { break };
        found.push(&body[..end]);
        rest = &body[end + 1..];
    }
    found
}

/// The text after `key:` or `key =`.
fn named<'a>(line: &'a str, key: &str) -> Option<&'a str> {
    let at = line.find(key)?;
    if line[..at].ends_with(|before: char| before.is_alphanumeric() || before == '"') {
        return None;
    }
    let rest = line[at + key.len()..].trim_start();
    let rest = rest.strip_prefix(':').or_else(|| rest.strip_prefix('='))?.trim_start();
    rest.starts_with(['"', '\'']).then(|| literals(rest).first().copied()).flatten()
}

/// The name in `$name`, `${name}`, `${property("name")}` or `${Versions.name}`.
fn variable(requirement: &str) -> Option<&str> {
    let name = requirement.strip_prefix('$')?;
    let name = name.strip_prefix('{').and_then(|name| name.strip_suffix('}')).unwrap_or(name);
    let name = name.split(['"', '\'']).nth(1).unwrap_or(name);
    name.rsplit('.').next().map(str::trim)
}

/// The simple assignments of a script: `val x = "1"`, `ext.x = '1'`, `x = "1"`, `set("x", "1")`.
fn variables(source: &str) -> BTreeMap<&str, &str> {
    let mut variables = BTreeMap::new();
    for line in source.lines().filter(|line| line.len() <= 500) {
        let literals = literals(line);
        if let (true, [name, value]) = (line.contains("set("), literals.as_slice()) {
            variables.insert(*name, *value);
        } else if let ([value], Some((left, right))) = (literals.as_slice(), line.split_once('='))
            && right.trim_start().starts_with(['"', '\''])
        {
            let name = left.split(':').next().unwrap_or_default().trim_end();
            let name = name.rsplit(|character: char| !(character.is_alphanumeric() || character == '_')).next().unwrap_or_default();
            variables.insert(name, *value);
        }
    }
    variables
}

pub(super) fn catalog(source: &str, collector: &mut Collector<'_>) {
    let top = parse(source);
    for (_, value, offset) in table(&top, &["libraries"]).into_iter().flat_map(entries) {
        if let Some(coordinates) = value.as_str() {
            let mut parts = coordinates.splitn(3, ':');
            let name = format!("{}:{}", parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
            collector.add(&name, parts.next().unwrap_or_default(), Vec::new(), offset);
            continue;
        }
        let name = match (text(value, "module"), text(value, "group"), text(value, "name")) {
            (Some(module), _, _) => module.to_owned(),
            (None, Some(group), Some(name)) => format!("{group}:{name}"),
            (None, _, _) => continue,
        };
        collector.add(&name, &catalog_version(&top, value), Vec::new(), offset);
    }
    for (_, value, offset) in table(&top, &["plugins"]).into_iter().flat_map(entries) {
        match value.as_str() {
            Some(plugin) => {
                let (id, version) = plugin.split_once(':').unwrap_or((plugin, ""));
                collector.add(id, version, Vec::new(), offset);
            }
            None => collector.add(text(value, "id").unwrap_or_default(), &catalog_version(&top, value), Vec::new(), offset),
        }
    }
}

/// The version of an entry, its reference followed.
fn catalog_version(top: &DeTable<'_>, entry: &DeValue<'_>) -> String {
    let Some(version) = entry.as_table().and_then(|entry| value(entry, "version")) else { return String::new() };
    let version = match version.as_table().and_then(|table| value(table, "ref")).and_then(DeValue::as_str) {
        Some(name) => table(top, &["versions"]).and_then(|versions| value(versions, name)),
        None => Some(version),
    };
    let rich = |version: &DeValue<'_>| ["strictly", "require", "prefer"].iter().find_map(|key| text(version, key).map(str::to_owned));
    version.and_then(|version| version.as_str().map(str::to_owned).or_else(|| rich(version))).unwrap_or_default()
}
