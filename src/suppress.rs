//! Reads the text of a suppression comment: `ignore[check-id, other] reason`. Where it stands and what it concerns is decided elsewhere.

use thiserror::Error;

use crate::checks;

/// A well-formed suppression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suppression {
    /// Known ids, in the order written, each once.
    pub checks: Vec<&'static str>,
    pub reason: String,
}

/// What is wrong with a suppression; always the user's fault.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SuppressionError {
    #[error("expected `ignore[check-id] reason`")]
    Form,
    #[error("the brackets of `ignore[…]` name no check")]
    Empty,
    #[error("unknown check `{id}`{}", .nearest.map(|near| format!(", did you mean `{near}`?")).unwrap_or_default())]
    UnknownCheck { id: String, nearest: Option<&'static str> },
    #[error("a suppression needs a reason after `]`")]
    NoReason,
}

/// Reads what stands after `logout-audit:`. All that is wrong is told, not only the first thing.
pub fn parse(text: &str) -> Result<Suppression, Vec<SuppressionError>> {
    let rest = text.trim().strip_prefix("ignore").map(str::trim_start).and_then(|rest| rest.strip_prefix('['));
    let Some((ids, reason)) = rest.and_then(|rest| rest.split_once(']')) else {
        return Err(vec![SuppressionError::Form]);
    };
    let mut errors = Vec::new();
    let mut known: Vec<&'static str> = Vec::new();
    for id in ids.split(',').map(str::trim).filter(|id| !id.is_empty()) {
        match checks::find(id) {
            Some(check) if known.contains(&check.id) => {}
            Some(check) => known.push(check.id),
            None => errors.push(SuppressionError::UnknownCheck { id: id.chars().take(80).collect(), nearest: checks::nearest(id) }),
        }
    }
    if known.is_empty() && errors.is_empty() {
        errors.push(SuppressionError::Empty);
    }
    let reason = reason_of(reason);
    if !reason.chars().any(char::is_alphanumeric) {
        errors.push(SuppressionError::NoReason);
    }
    if errors.is_empty() { Ok(Suppression { checks: known, reason }) } else { Err(errors) }
}

/// The reason without the dash or colon before it and the end of a block comment after it.
fn reason_of(text: &str) -> String {
    let text = text.trim().trim_start_matches([':', '-', '–', '—']).trim_start();
    let text = ["*/}", "*/", "-->"].into_iter().find_map(|end| text.strip_suffix(end)).unwrap_or(text);
    text.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_and_reason_are_read() {
        let read = parse(" ignore[logout-via-get, open-redirect,logout-via-get]: kept for the old mobile client */").unwrap();
        assert_eq!(read.checks, ["logout-via-get", "open-redirect"]);
        assert_eq!(read.reason, "kept for the old mobile client");
    }

    #[test]
    fn everything_wrong_is_told() {
        let errors = parse("ignore[logout-via-got]").unwrap_err();
        let told: Vec<_> = errors.iter().map(ToString::to_string).collect();
        assert_eq!(told, ["unknown check `logout-via-got`, did you mean `logout-via-get`?", "a suppression needs a reason after `]`"]);
        assert_eq!(parse("ignore[] because").unwrap_err(), [SuppressionError::Empty]);
        for broken in ["", "ignore", "ignore logout-via-get", "ignore[logout-via-get reason", "disable[x] y"] {
            assert_eq!(parse(broken).unwrap_err(), [SuppressionError::Form], "{broken:?}");
        }
        assert_eq!(parse("ignore[open-redirect] -- */").unwrap_err(), [SuppressionError::NoReason]);
    }
}
