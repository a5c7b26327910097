//! Credentials that a login writes into the client's storage, and that nothing removes.

use std::collections::BTreeSet;

use super::removed::{Holder, Removed, is_browser_storage, storage_of};
use super::{Case, Issued, Judged, Said, Stack};
use crate::link::{FunctionId, Place};
use crate::outcome::{Finding, Severity};
use crate::rules::CredentialKind;

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
            || logouts.iter().any(|one| case.is_written_by(one, &written, key))
            || case.rules.lexicon.is("about-login", key)
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

impl<'p> Case<'_, 'p> {
    /// Whether a logout's clients run what writes a key: it is written anew with what they have emptied before.
    fn is_written_by(&self, one: &Judged<'_, 'p>, written: &[(&Issued, String)], key: &str) -> bool {
        let runs = |place: Place| place.function.is_some_and(|index| one.traced.run.contains(&FunctionId { module: place.module, index }));
        written.iter().any(|(issued, other)| other == key && runs(issued.place))
    }
}
