//! Settings of JVM applications that stand in files of their own: `application.properties`, `application.yml` and their profiles.

use camino::Utf8PathBuf;

use super::{LIMIT, yaml};
use crate::source::{Auxiliary, Kind, Tree, read_auxiliary};

/// One setting as a file says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    /// In the spelling that frameworks compare: small letters, without hyphens and underscores.
    pub key: String,
    pub value: String,
    /// The file's path, as reports show it.
    pub file: Utf8PathBuf,
    /// From 1.
    pub line: u32,
    /// The text of that line, trimmed.
    pub code: String,
}

/// The settings of a tree, in the order of files and lines.
pub(super) fn read(tree: &Tree) -> Vec<Setting> {
    let is_application = |file: &&Auxiliary| file.path.file_name().is_some_and(|name| name.starts_with("application") || name.starts_with("bootstrap"));
    let mut settings: Vec<Setting> = tree.of_kind(Kind::Properties).filter(is_application).flat_map(properties).collect();
    settings.extend(tree.of_kind(Kind::Yaml).filter(is_application).flat_map(nested));
    settings.sort_by(|left, right| (&left.file, left.line).cmp(&(&right.file, right.line)));
    settings
}

fn properties(file: &Auxiliary) -> Vec<Setting> {
    let text = read_auxiliary(file, LIMIT).unwrap_or_default();
    let setting = |(number, line): (usize, &str)| {
        let line = line.trim();
        let (key, value) = line.split_once(['=', ':']).filter(|_| !line.starts_with(['#', '!']))?;
        let line_number = u32::try_from(number + 1).ok()?;
        Some(Setting { key: canonical(key), value: value.trim().to_owned(), file: file.path.clone(), line: line_number, code: line.to_owned() })
    };
    text.lines().enumerate().filter_map(setting).collect()
}

fn nested(file: &Auxiliary) -> Vec<Setting> {
    let text = read_auxiliary(file, LIMIT).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    let code = |line: u32| lines.get(line.saturating_sub(1) as usize).map_or("", |line| line.trim()).to_owned();
    let setting = |entry: yaml::Entry| Setting { key: canonical(&entry.keys.join(".")), value: entry.value, file: file.path.clone(), line: entry.line, code: code(entry.line) };
    yaml::entries(&text).into_iter().map(setting).collect()
}

/// The one spelling of a key: `spring.session.store-type` and `spring.session.storeType` are the same.
fn canonical(key: &str) -> String {
    key.trim().chars().filter(|character| !matches!(character, '-' | '_')).flat_map(char::to_lowercase).collect()
}
