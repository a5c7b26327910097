//! Reads the text of a suppression comment: `ignore[check-id, other] reason`.

use thiserror::Error;

use crate::checks;

/// A well-formed suppression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Suppression {
    /// Known ids, in the order written, each once.
    pub(super) checks: Vec<&'static str>,
    pub(super) reason: String,
}

/// What is wrong with a suppression; always the user's fault.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub(super) enum SuppressionError {
    #[error("expected `ignore[check-id] reason`")]
    Form,
    #[error("the brackets of `ignore[…]` name no check")]
    Empty,
    #[error("unknown check `{id}`{}", .nearest.map(|near| format!(", did you mean `{near}`?")).unwrap_or_default())]
    UnknownCheck { id: String, nearest: Option<&'static str> },
    #[error("a suppression needs a reason after `]`")]
    NoReason,
}

/// Whether a comment means to suppress something, well or badly written. Others only mention this program.
pub(super) fn is_meant(text: &str) -> bool {
    let text = text.trim_start();
    text.starts_with("ignore") || text.split_whitespace().next().is_some_and(|word| word.contains('['))
}

/// Reads what stands after `logout-audit:`. All that is wrong is told, not only the first thing.
pub(super) fn parse(text: &str) -> Result<Suppression, Vec<SuppressionError>> {
    // NOTE: a block comment may go on about something else.
    let text = text.trim().lines().next().unwrap_or("");
    let rest = text.strip_prefix("ignore").map(str::trim_start).and_then(|rest| rest.strip_prefix('['));
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
    fn a_mention_is_no_suppression() {
        assert!(!is_meant("runs in continuous integration [see there]"));
        assert!(is_meant(" ignore open-redirect") && is_meant("ingore[open-redirect] x"));
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
