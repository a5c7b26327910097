//! Credentials that a login writes into the client's storage, and that nothing removes.

use std::collections::BTreeSet;

use super::removed::{Holder, Removed, is_browser_storage, storage_of};
use super::{Case, Issued, Judged, Said, Stack};
use crate::outcome::{Finding, Severity};
use crate::rules::{CredentialKind, split_words};

/// `storage-left-behind`.
pub(super) fn storage_left_behind<'p>(case: &Case<'_, 'p>, stack: &Stack, judged: &[Judged<'_, 'p>], removed: &Removed, found: &mut Vec<Finding>) {
    let written: Vec<(&Issued, String)> =
        stack.issued.iter().filter(|issued| issued.kind == CredentialKind::Storage).filter_map(|issued| Some((issued, case.key_of(issued)?))).collect();
    if written.is_empty() {
        return;
    }
    if removed.unknown {
        return;
    }
    let mut done: BTreeSet<&str> = BTreeSet::new();
    for (issued, key) in &written {
        let logouts: Vec<&Judged<'_, 'p>> = judged.iter().filter(|one| one.client_modules().any(|module| case.are_of_one_application(module, issued.place.module))).collect();
        let storage = case.match_of(issued).and_then(|found| found.site.call()).map_or_else(String::new, storage_of);
        if logouts.is_empty()
            || logouts.iter().any(|one| one.is_cut_short())
            || is_about_a_login(key)
            || removed.has(case, key, Holder::Storage, issued.place.module)
            || removed.emptied.iter().any(|emptied| *emptied == storage || !is_browser_storage(emptied))
            || !done.insert(key)
        {
            continue;
        }
        let mut related: Vec<_> = logouts.iter().flat_map(|one| one.flow.clients.iter().map(|client| client.head.clone())).collect();
        related.extend(written.iter().filter(|(_, other)| other == key).map(|(other, _)| case.site(other.place.module, other.span)));
        let said = Said {
            check: "storage-left-behind",
            severity: Severity::Medium,
            message: format!("the key `{key}` that is written here is removed by no logout"),
            site: case.site(issued.place.module, issued.span),
            related,
            fix: Some("remove the key in the logout, or keep the credential out of storage"),
        };
        found.push(said.finding(case.texts.path(issued.place.module).as_str()));
    }
}

/// Whether a key holds what is told about a login, and not what a login gives: `tokenExpiredMessage`, `redirectAfterLogin`.
fn is_about_a_login(key: &str) -> bool {
    const WORDS: [&str; 22] = [
        "message",
        "msg",
        "error",
        "redirect",
        "return",
        "url",
        "uri",
        "path",
        "notice",
        "warning",
        "attempt",
        "attempts",
        "count",
        "seen",
        "hide",
        "dismissed",
        "expired",
        "expiry",
        "expires",
        "expiration",
        "last",
        "timestamp",
    ];
    split_words(key).iter().any(|word| WORDS.contains(&word.as_str()))
}

#[cfg(test)]
mod tests {
    use super::is_about_a_login;

    #[test]
    fn what_is_told_about_a_login_is_no_credential() {
        assert!(is_about_a_login("tokenExpiredMessage") && is_about_a_login("redirect_after_login") && is_about_a_login("lastUser"));
        assert!(!is_about_a_login("access_token") && !is_about_a_login("currentUser"));
    }
}
