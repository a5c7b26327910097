//! The lists of `--list-checks` and `--list-rules`, one entry on each line.

use camino::Utf8PathBuf;

use super::Error;
use crate::checks;
use crate::rules::{self, Effect};
use crate::source::Language;

/// Every check: id, severity, what it finds.
pub(super) fn checks() -> String {
    let rows = checks::ALL.iter().map(|check| [check.id.to_owned(), check.severity.as_str().to_owned(), check.title.to_owned()]);
    table(&rows.collect::<Vec<_>>())
}

/// Every rule that gives evidence or declares a logout: id, what it does, in which languages, title.
pub(super) fn rules(folder: Option<Utf8PathBuf>) -> Result<String, Error> {
    let rules = rules::load_bare(&folder.into_iter().collect::<Vec<_>>())?;
    let mut rows: Vec<[String; 4]> = rules.rules.iter().map(|rule| [rule.id.clone(), actions(&rule.effects), languages(&rule.languages), rule.title.clone()]).collect();
    rows.extend(rules.handlers.iter().map(|rule| [rule.id.clone(), actions(&rule.effects), languages(&rule.languages), format!("a logout of {}", rule.framework)]));
    rows.sort();
    rows.dedup();
    Ok(table(&rows))
}

fn actions(effects: &[Effect]) -> String {
    let mut words: Vec<&str> = effects.iter().filter(|effect| effect.counts).map(|effect| effect.action.as_str()).collect();
    words.dedup();
    if words.is_empty() { "-".to_owned() } else { words.join(",") }
}

fn languages(languages: &[Language]) -> String {
    // Some languages go by the name of another.
    let mut names: Vec<&str> = languages.iter().map(|language| language.name()).collect();
    names.dedup();
    names.join(",")
}

/// Columns as wide as their widest cell; the last one as it comes.
fn table<const COLUMNS: usize>(rows: &[[String; COLUMNS]]) -> String {
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: [usize; COLUMNS] = std::array::from_fn(width);
    let mut text = String::new();
    for row in rows {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(widths) {
            line.push_str(&format!("{cell:<width$}  "));
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_check_stands_on_a_line() {
        let text = checks();
        assert_eq!(text.lines().count(), checks::ALL.len());
        assert!(text.starts_with("logout-clears-data                high    A logout"), "{text}");
    }

    #[test]
    fn rules_are_listed_with_what_they_do() {
        let text = rules(None).unwrap();
        assert!(text.lines().any(|line| line.contains("server-session")), "{text}");
        assert!(text.lines().all(|line| !line.ends_with(' ')));
    }
}
