//! Cookies of a login that stay: no logout clears them, or it clears others of the same name.

use std::collections::BTreeSet;

use super::removed::{Holder, Removed};
use super::texts::{Cookie, Given};
use super::{Case, Issued, Judged, Said, Stack};
use crate::ir::Call;
use crate::link::{ModuleId, Place};
use crate::outcome::{Action, Finding, Severity, Site};
use crate::rules::{CredentialKind, split_words};

/// A cookie that a logout clears.
struct Cleared<'p> {
    cookie: Cookie,
    call: &'p Call,
    place: Place,
    site: Site,
}

/// Whether a path or domain is not the one that a cookie was set with.
enum Other {
    Path(String, String),
    Domain(String, String),
}

/// `cookie-left-behind` and `remember-me-kept`.
pub(super) fn cookies_left_behind<'p>(case: &Case<'_, 'p>, stack: &Stack, judged: &[Judged<'_, 'p>], removed: &Removed, found: &mut Vec<Finding>) {
    let set: Vec<(&Issued, String)> =
        stack.issued.iter().filter(|issued| issued.kind == CredentialKind::Cookie).filter_map(|issued| Some((issued, name_of(case, issued)?))).collect();
    if set.is_empty() || judged.iter().any(|one| one.is_cut_short()) {
        return;
    }
    let Some(cleared) = cleared(case, judged) else { return };
    let mut done: BTreeSet<(&str, Option<ModuleId>)> = BTreeSet::new();
    for (issued, name) in &set {
        let logouts: Vec<&Judged<'_, 'p>> =
            judged.iter().filter(|one| one.server_module().is_some_and(|module| case.are_of_one_application(module, issued.place.module))).collect();
        let Some(first) = logouts.first() else { continue };
        let in_logout = |other: &Issued| judged.iter().any(|one| is_inside(one, other));
        if ["csrf", "plain-key"].iter().any(|class| case.rules.lexicon.is(class, name))
            || !done.insert((name, first.server_module()))
            // A logout that writes over the cookie clears it in its own way.
            || set.iter().any(|(other, other_name)| other_name == name && in_logout(other))
        {
            continue;
        }
        let is_remembered = split_words(name).iter().any(|word| matches!(word.as_str(), "remember" | "rememberme"));
        let check = if is_remembered { "remember-me-kept" } else { "cookie-left-behind" };
        let site = case.site(issued.place.module, issued.span);
        let own: Vec<&Cleared<'p>> = cleared.iter().filter(|one| one.cookie.name == *name).collect();
        // What is cleared elsewhere may have another purpose than the login.
        if own.is_empty() && removed.has(case, name, Holder::Cookies, issued.place.module) {
            continue;
        }
        let (message, mut related): (String, Vec<Site>) = if own.is_empty() {
            (format!("the cookie `{name}` that is set here is cleared by no logout"), logouts.iter().filter_map(|one| Some(one.flow.server.as_ref()?.head.clone())).collect())
        } else {
            let others: Vec<Option<Other>> = own.iter().map(|one| misses(case, issued, &one.cookie, one.call, one.place)).collect();
            let Some(Some(other)) = others.first().filter(|_| others.iter().all(Option::is_some)) else { continue };
            let text = match other {
                Other::Path(set, cleared) => format!("the cookie `{name}` is set with the path `{set}` and cleared with `{cleared}`: browsers keep it"),
                Other::Domain(set, cleared) => format!("the cookie `{name}` is set for the domain `{set}` and cleared for {cleared}: browsers keep it"),
            };
            (text, own.iter().map(|one| one.site.clone()).collect())
        };
        related.extend(set.iter().filter(|(_, other)| other == name).map(|(other, _)| case.site(other.place.module, other.span)));
        let fix = if is_remembered { "delete the stored token and clear its cookie in the logout" } else { "clear it in the logout with the name, path and domain it is set with" };
        let severity = Severity::Medium;
        found.push(Said { check, severity, message, related, fix: Some(fix), site }.finding(case.texts.path(issued.place.module).as_str()));
    }
}

/// The name of a cookie that is set.
fn name_of(case: &Case<'_, '_>, issued: &Issued) -> Option<String> {
    if !case.rules.credentials[issued.rule].key.is_empty() {
        return case.key_of(issued);
    }
    let call = case.match_of(issued)?.site.call()?;
    match case.cookies_of(call, issued.place)?.as_slice() {
        [only] => Some(only.name.clone()),
        _ => None,
    }
}

/// Whether a credential is made inside the handler of a logout.
fn is_inside(one: &Judged<'_, '_>, issued: &Issued) -> bool {
    let handlers = one.traced.server.iter().chain(&one.traced.clients);
    handlers.into_iter().any(|handler| handler.place.module == issued.place.module && handler.span.contains(issued.span))
        || one.traced.events.iter().any(|(_, event)| event.place == issued.place && event.place.function.is_some() && event.place.module == issued.place.module)
}

/// The cookies that the logouts clear; `None` if one of them cannot be told.
fn cleared<'p>(case: &Case<'_, 'p>, judged: &[Judged<'_, 'p>]) -> Option<Vec<Cleared<'p>>> {
    let mut all = Vec::new();
    for cleanup in judged.iter().flat_map(|one| one.cleanups(case, Action::Cookie)) {
        let evidence = cleanup.evidence;
        let is_in_vain = evidence.why_not.as_deref().is_some_and(|why| why.contains("HttpOnly") || why.contains("where it is set"));
        if is_in_vain {
            continue;
        }
        let (call, event) = (cleanup.call()?, cleanup.event?);
        for cookie in case.cookies_of(call, event.place)? {
            all.push(Cleared { cookie, call, place: event.place, site: evidence.site.clone() });
        }
    }
    Some(all)
}

/// Why the cookies that a call expires stay: each is set with another path or domain than the call says, wherever the application sets it.
pub(in crate::judge) fn cookies_missed<'p>(case: &Case<'_, 'p>, stack: &Stack, clearing: &'p Call, at: Place) -> Option<String> {
    let cookies = case.cookies_of(clearing, at)?;
    let own: Vec<&Issued> = stack.issued.iter().filter(|issued| issued.kind == CredentialKind::Cookie && case.are_of_one_application(issued.place.module, at.module)).collect();
    let missed = |cookie: &Cookie| {
        let mut set = own.iter().filter(|issued| issued.place != at && name_of(case, issued).as_ref() == Some(&cookie.name)).peekable();
        set.peek()?;
        let others: Vec<Other> = set.map(|issued| misses(case, issued, cookie, clearing, at)).collect::<Option<_>>()?;
        others.into_iter().next()
    };
    let others: Vec<Other> = cookies.iter().map(missed).collect::<Option<_>>()?;
    Some(match others.into_iter().next()? {
        Other::Path(set, cleared) => format!("the cookie is set with the path `{set}` and expired with `{cleared}`: browsers keep it"),
        Other::Domain(set, cleared) => format!("the cookie is set for the domain `{set}` and expired for {cleared}: browsers keep it"),
    })
}

/// Whether a clearing misses a cookie by its path or domain.
fn misses<'p>(case: &Case<'_, 'p>, issued: &Issued, cleared: &Cookie, clearing: &'p Call, at: Place) -> Option<Other> {
    let set = case.match_of(issued)?.site.call()?;
    let cookie = case.cookies_of(set, issued.place)?.into_iter().next()?;
    let of_set = |name: &str| case.cookie_option(set, issued.place, &cookie, true, name);
    let of_clear = |name: &str| case.cookie_option(clearing, at, cleared, false, name);
    let text = |given: Given<'p>, absent: &str| match given {
        Given::Absent => Some(absent.to_owned()),
        Given::Value(value, place) => case.text_of(value, place),
        Given::Unknown => None,
    };
    // Where nothing is said of the path, libraries differ in what they take.
    if let Given::Value(value, place) = of_set("path")
        && let (Some(set), Some(clear)) = (case.text_of(value, place), text(of_clear("path"), "/"))
        && set != clear
    {
        return Some(Other::Path(set, clear));
    }
    if let Given::Value(value, place) = of_set("domain")
        && let Some(set) = case.text_of(value, place)
        && let Given::Absent = of_clear("domain")
    {
        return Some(Other::Domain(set, "the host alone".to_owned()));
    }
    None
}
