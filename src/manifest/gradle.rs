//! Gradle build scripts: coordinates written out, and those that stand in a version catalog.

use std::collections::BTreeMap;

use super::Dependency;
use super::LIMIT;
use super::gradle_catalog::Catalog;
use super::lines::Collector;
use crate::source::{Kind, Tree, read_auxiliary};

/// What scripts refer to and other files say.
pub(super) struct Context {
    /// The settings of `gradle.properties` files and of other scripts, which scripts use as variables.
    properties: BTreeMap<String, String>,
    catalog: Catalog,
}

impl Context {
    pub(super) fn read(tree: &Tree) -> Self {
        let mut properties = BTreeMap::new();
        for file in tree.of_kind(Kind::Properties).filter(|file| file.path.file_name() == Some("gradle.properties")) {
            let text = read_auxiliary(file, LIMIT).unwrap_or_default();
            for (name, value) in text.lines().filter_map(|line| line.split_once('=')) {
                properties.entry(name.trim().to_owned()).or_insert_with(|| value.trim().to_owned());
            }
        }
        // The scripts of a project share what its root script assigns.
        for file in tree.of_kind(Kind::Gradle) {
            let text = read_auxiliary(file, LIMIT).unwrap_or_default();
            for (name, value) in variables(&text) {
                properties.entry(name.to_owned()).or_insert_with(|| value.to_owned());
            }
        }
        Self { properties, catalog: Catalog::read(tree) }
    }

    /// Replaces what a script refers to by what it stands for; what stands for nothing is dropped.
    pub(super) fn complete(&self, dependencies: Vec<Dependency>) -> Vec<Dependency> {
        let mut complete = Vec::with_capacity(dependencies.len());
        for mut dependency in dependencies {
            let Some(accessor) = dependency.name.strip_prefix(ACCESSOR) else {
                dependency.requirement = self.requirement(&dependency.requirement);
                complete.push(dependency);
                continue;
            };
            for (name, requirement) in self.catalog.meaning(accessor) {
                complete.push(Dependency { name: name.clone(), requirement: requirement.clone(), ..dependency.clone() });
            }
        }
        complete
    }

    /// A requirement that is nothing but a variable, by the variable's value.
    fn requirement(&self, requirement: &str) -> String {
        if let Some(accessor) = requirement.strip_prefix("${libs.versions.").and_then(|rest| rest.strip_suffix(".get()}")) {
            return self.catalog.version(accessor).unwrap_or_default().to_owned();
        }
        variable(requirement).and_then(|name| self.properties.get(name)).cloned().unwrap_or_else(|| requirement.to_owned())
    }
}

/// What the names of catalog entries begin with in scripts.
const ACCESSOR: &str = "libs.";

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
        add_accessors(line, start, collector);
        let Some(id) = literals.first() else { return };
        let name = if trimmed.starts_with("kotlin(") { format!("org.jetbrains.kotlin.{id}") } else { (*id).to_owned() };
        let version = if line.contains("version") { literals.get(1).copied().unwrap_or_default() } else { "" };
        collector.add(&name, &resolve(version), Vec::new(), start);
        return;
    }
    add_accessors(line, start, collector);
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

/// Adds the catalog entries that a line names, as they are written.
fn add_accessors(line: &str, start: usize, collector: &mut Collector<'_>) {
    let is_part = |character: char| character.is_ascii_alphanumeric() || matches!(character, '.' | '_');
    for word in line.split(|character: char| !is_part(character)) {
        let is_version = word.starts_with("libs.versions.");
        if word.len() > ACCESSOR.len() && word.starts_with(ACCESSOR) && !is_version {
            collector.add(word.trim_end_matches(".get").trim_end_matches('.'), "", Vec::new(), start);
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
