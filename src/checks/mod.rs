//! All checks: their ids, severities, titles and the page that explains each.

mod nearest;
mod table;

use crate::outcome::Severity;

pub use nearest::nearest;
pub use table::ALL;

/// Whether each flow has all four cleanup actions.
pub const CLEARS_DATA: &str = "logout-clears-data";

/// Whether each flow ends the session on the server.
pub const INVALIDATES_SESSION: &str = "logout-invalidates-session";

/// One question that is asked of every flow or of the project.
#[derive(Debug, Clone, Copy)]
pub struct Check {
    /// Stable, in kebab case.
    pub id: &'static str,
    pub severity: Severity,
    /// What went wrong where the check fails, as one sentence without a dot.
    pub title: &'static str,
    /// The id in camel case, for formats that want a name beside the id.
    pub name: &'static str,
    /// How often a result is right: `very-high`, `high`, `medium` or `low`.
    pub precision: &'static str,
    /// A score from 0.1 to 10.0, as text.
    pub score: &'static str,
    /// The weaknesses it belongs to, the closest first.
    pub cwe: &'static [u16],
    /// Markdown without the section on suppression, which is the same for all.
    text: &'static str,
}

/// The check of an id.
pub fn find(id: &str) -> Option<&'static Check> {
    ALL.iter().find(|check| check.id == id)
}

/// The id itself where it is known; else a message with the nearest one.
pub fn known(id: &str) -> Result<&'static str, String> {
    match (find(id), nearest(id)) {
        (Some(check), _) => Ok(check.id),
        (None, Some(near)) => Err(format!("unknown check `{id}`, did you mean `{near}`?")),
        (None, None) => Err(format!("unknown check `{id}`; --list-checks names all")),
    }
}

/// The page of `--explain`, in Markdown.
pub fn page(id: &str) -> Option<String> {
    find(id).map(Check::page)
}

impl Check {
    /// Whether the check gives verdicts with a ratio; the others give findings.
    pub fn is_primary(&self) -> bool {
        self.id == CLEARS_DATA || self.id == INVALIDATES_SESSION
    }

    /// The whole page, in Markdown.
    pub fn page(&self) -> String {
        format!("{}\n{}", self.text.trim_end(), self.suppression())
    }

    /// What the check finds: the paragraph under the page's title, on one line.
    pub fn summary(&self) -> String {
        let mut paragraphs = self.text.split("\n\n").map(str::trim);
        let paragraph = paragraphs.find(|paragraph| !paragraph.is_empty() && !paragraph.starts_with('#'));
        paragraph.unwrap_or(self.title).split_whitespace().collect::<Vec<_>>().join(" ")
    }

    fn suppression(&self) -> String {
        let (id, severity) = (self.id, self.severity.as_str());
        let place = if self.is_primary() { "on the line above the handler's head" } else { "on the line above the place" };
        format!(
            "\n## How to suppress\n\nWrite a comment in the language of the file {place}, with the reason:\n\n    // logout-audit: ignore[{id}] why this is accepted here\n\n\
             The reason is required, and a suppression without effect is itself reported. To leave the check out of the whole project, put `ignore = [\"{id}\"]` into \
             `logout-audit.toml`; to start with what there is today, use `--write-baseline FILE` once and `--baseline FILE` from then on.\n\nSeverity: {severity}.\n"
        )
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn ids_and_names_are_unique_and_well_formed() {
        let ids: BTreeSet<_> = ALL.iter().map(|check| check.id).collect();
        let names: BTreeSet<_> = ALL.iter().map(|check| check.name).collect();
        assert_eq!((ids.len(), names.len()), (ALL.len(), ALL.len()));
        assert!(ids.iter().all(|id| id.bytes().all(|byte| byte == b'-' || byte.is_ascii_lowercase())));
    }

    #[test]
    fn every_page_has_its_sections() {
        for check in ALL {
            let page = check.page();
            assert!(page.starts_with(&format!("# {}\n", check.id)), "{}", check.id);
            for section in ["\n## Why\n", "\n## Fails\n", "\n## Passes\n", "\n## How to fix\n", "\n## How to suppress\n"] {
                assert!(page.contains(section), "{} lacks {section:?}", check.id);
            }
            assert!(page.contains(&format!("ignore[{}]", check.id)));
            assert!(page.contains("CWE-"), "{} cites no weakness", check.id);
            assert!(check.summary().len() > 40 && check.summary().len() < 1000, "{}", check.id);
        }
    }

    #[test]
    fn scores_fit_the_severities() {
        for check in ALL {
            let score: f32 = check.score.parse().unwrap();
            let expected = match score {
                0.1..2.0 => Severity::Info,
                2.0..4.0 => Severity::Low,
                4.0..7.0 => Severity::Medium,
                _ => Severity::High,
            };
            assert_eq!(check.severity, expected, "{}", check.id);
        }
    }

    #[test]
    fn an_unknown_id_has_no_page() {
        assert_eq!(page("logout"), None);
    }
}
