//! The checks as SARIF rules.

use super::types::{Configuration, Help, Message, Rule, RuleProperties};
use crate::checks::{ALL, Check};
use crate::outcome::Severity;

/// All checks, in their order.
pub(super) fn all() -> Vec<Rule> {
    ALL.iter().map(rule).collect()
}

/// The position of a check among the rules.
pub(super) fn index(check: &str) -> usize {
    ALL.iter().position(|known| known.id == check).unwrap_or(0)
}

/// The word of SARIF for a severity.
pub(super) fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low | Severity::Info => "note",
    }
}

fn rule(check: &Check) -> Rule {
    let mut tags = vec!["security".to_owned(), "authentication".to_owned(), "logout".to_owned()];
    tags.extend(check.cwe.iter().map(|cwe| format!("external/cwe/cwe-{cwe:03}")));
    let page = check.page();
    let cwe = check.cwe.first().copied().unwrap_or(613);
    Rule {
        id: check.id,
        name: check.name,
        short_description: Message::text(format!("{}.", check.title)),
        full_description: Message::text(check.summary()),
        help_uri: format!("https://cwe.mitre.org/data/definitions/{cwe}.html"),
        help: Help { text: plain(&page), markdown: page },
        default_configuration: Configuration { level: level(check.severity) },
        properties: RuleProperties { precision: check.precision, security_severity: check.score, tags },
    }
}

/// A page without the marks of headings and code.
fn plain(page: &str) -> String {
    page.lines().filter(|line| !line.starts_with("```")).map(|line| line.trim_start_matches('#').replace('`', "")).map(|line| format!("{}\n", line.trim_end())).collect()
}
