//! Whether what the client keeps of the server's answers survives the logout.

use super::{Case, Judged, Said};
use crate::outcome::{Finding, Severity, Side};
use crate::rules::{Kind, SignKind};
use crate::trace::{EventKind, Match};

/// `client-cache-kept`: a cache of answers is made, and the logout of the same client neither empties it nor loads the page anew.
pub(super) fn client_cache_kept<'p>(case: &Case<'_, 'p>, one: Judged<'_, 'p>, found: &mut Vec<Finding>) {
    let caches = || case.traced.survey.of(Kind::Trait).filter(|found| case.rules.signs[found.entry.index].kind == SignKind::QueryCache);
    let is_near = |cache: &&Match<'p>| one.client_modules().any(|module| case.are_of_one_application(module, cache.place.module));
    let Some(cache) = caches().find(is_near) else { return };
    let library = &case.rules.signs[cache.entry.index].library;
    let is_emptied = || one.flow.evidence().any(|evidence| case.rules.rules.iter().any(|rule| rule.library == *library && rule.id == evidence.rule));
    let is_loaded_anew = || {
        one.signs(case, Side::Client, SignKind::Reload).next().is_some()
            || one.events(Side::Client).any(|event| match &event.kind {
                EventKind::Request(request) => request.is_markup,
                EventKind::SignOut(_) => true,
                _ => false,
            })
    };
    let does_something = one.flow.evidence().any(|evidence| evidence.counts && evidence.at == Side::Client);
    if !does_something || one.is_cut_short() || is_emptied() || is_loaded_anew() {
        return;
    }
    let Some(client) = one.flow.clients.iter().find(|client| client.side == Side::Client) else { return };
    let said = Said {
        check: "client-cache-kept",
        severity: Severity::Low,
        message: "this logout leaves the client's cache of answers: the next user of the page sees data of the former one".to_owned(),
        site: client.head.clone(),
        related: vec![case.site(cache.place.module, cache.site.span(case.program))],
        fix: Some("empty the cache in the logout, or load the page anew"),
    };
    found.push(said.finding(&one.flow.id));
}
