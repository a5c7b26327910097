//! Python: `pyproject.toml` in its dialects, `Pipfile`, `requirements.txt`.

use toml::de::DeValue;

use super::lines::Collector;
use super::toml_tables::{entries, list, parse, table, text, texts, value};

/// A project name as the registry compares it.
pub(super) fn canonical(name: &str) -> String {
    let mut canonical = String::with_capacity(name.len());
    for character in name.trim().chars() {
        match character {
            '-' | '_' | '.' if canonical.ends_with('-') => {}
            '-' | '_' | '.' => canonical.push('-'),
            other => canonical.push(other.to_ascii_lowercase()),
        }
    }
    canonical
}

/// Adds a requirement such as `redis[hiredis]>=4,<5; python_version > "3"` or `name @ https://…`.
pub(super) fn add_requirement(requirement: &str, offset: usize, collector: &mut Collector<'_>) {
    let requirement = requirement.split(';').next().unwrap_or_default().trim();
    let end = requirement.find(|character: char| !(character.is_ascii_alphanumeric() || matches!(character, '-' | '_' | '.'))).unwrap_or(requirement.len());
    let (name, rest) = requirement.split_at(end);
    let (features, rest) = match rest.trim_start().strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((extras, rest)) => (extras.split(',').map(|extra| extra.trim().to_owned()).collect(), rest),
        None => (Vec::new(), rest),
    };
    let rest = rest.trim().trim_start_matches('(').trim_end_matches(')');
    collector.add(&canonical(name), if rest.starts_with('@') { "" } else { rest }, features, offset);
}

pub(super) fn requirements(text: &str, collector: &mut Collector<'_>) {
    let mut offset = 0;
    for line in text.split_inclusive('\n') {
        let start = offset;
        offset += line.len();
        let line = line.trim_start_matches('\u{feff}');
        let line = line.split(" #").next().unwrap_or_default();
        let line = line.split(" --").next().unwrap_or_default().trim().trim_end_matches('\\');
        if line.is_empty() || line.starts_with(['#', '-', '.', '/']) || line.contains("://") && !line.contains('@') {
            continue;
        }
        // A command that was noted down instead of what it installs.
        let line = line.strip_prefix("pip install ").map_or(line, str::trim_start);
        add_requirement(line, start, collector);
    }
}

pub(super) fn pyproject(source: &str, collector: &mut Collector<'_>) {
    let top = parse(source);
    if let Some(project) = table(&top, &["project"]) {
        add_list(value(project, "dependencies"), collector);
    }
    for groups in [["project", "optional-dependencies"].as_slice(), &["dependency-groups"], &["tool", "pdm", "dev-dependencies"]] {
        for (_, group, _) in table(&top, groups).into_iter().flat_map(entries) {
            add_list(Some(group), collector);
        }
    }
    if let Some(uv) = table(&top, &["tool", "uv"]) {
        add_list(value(uv, "dev-dependencies"), collector);
    }
    for section in ["dependencies", "dev-dependencies"] {
        add_table(table(&top, &["tool", "poetry", section]), collector);
    }
    for (_, group, _) in table(&top, &["tool", "poetry", "group"]).into_iter().flat_map(entries) {
        add_table(group.as_table().and_then(|group| table(group, &["dependencies"])), collector);
    }
}

pub(super) fn pipfile(source: &str, collector: &mut Collector<'_>) {
    let top = parse(source);
    for section in ["packages", "dev-packages"] {
        add_table(table(&top, &[section]), collector);
    }
}

fn add_list(list: Option<&DeValue<'_>>, collector: &mut Collector<'_>) {
    for (requirement, offset) in list.into_iter().flat_map(texts) {
        add_requirement(requirement, offset, collector);
    }
}

fn add_table(dependencies: Option<&toml::de::DeTable<'_>>, collector: &mut Collector<'_>) {
    for (name, value, offset) in dependencies.into_iter().flat_map(entries) {
        // Several constraints for several interpreters: the first one is taken.
        let value = value.as_array().and_then(|list| list.iter().next()).map_or(value, |first| first.get_ref());
        if name != "python" {
            collector.add(&canonical(name), value.as_str().or_else(|| text(value, "version")).unwrap_or_default(), list(value, "extras"), offset);
        }
    }
}
