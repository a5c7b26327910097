//! The two primary checks of one flow.

use super::Case;
use super::backends::{Issued, Seen, Stack};
use super::evidence::counting;
use super::lifetimes::{Lifetime, SHORT};
use crate::link::ModuleId;
use crate::outcome::{Action, ActionOutcome, Answer, Evidence, Severity, Side, Site, SkipReason, Verdict};
use crate::rules::CredentialKind;
use crate::trace::Flow;

/// The id of the check that counts actions.
pub(super) const CLEARS_DATA: &str = "logout-clears-data";
/// The id of the check that asks whether the server ends the session.
pub(super) const INVALIDATES: &str = "logout-invalidates-session";

/// The four actions of a flow.
pub(super) fn actions(case: &Case<'_, '_>, stack: &Stack, flow: &Flow<'_>, module: ModuleId, evidence: Vec<Evidence>) -> Vec<ActionOutcome> {
    Action::ALL
        .into_iter()
        .map(|action| {
            let own: Vec<Evidence> = evidence.iter().filter(|one| one.action == action).cloned().collect();
            let declared = case.declarations.reason(action).map(str::to_owned);
            let found = own.iter().any(|one| one.counts) || declared.is_some();
            let (missing, missing_sites) = match own.iter().find(|one| action == Action::ServerSession && one.backend.is_some()) {
                _ if found => (None, Vec::new()),
                // A call that is there and ends nothing tells more than where sessions are held.
                Some(Evidence { why_not: Some(why), site, .. }) => (Some(format!("{} ends none: {why}", one_line(&site.code))), vec![site.clone()]),
                _ if action == Action::ServerSession
                    && let Some(kept) = kept_by_client(case, stack, flow, module, &evidence) =>
                {
                    (Some(kept), Vec::new())
                }
                _ => missing(case, stack, flow, module, action, &own),
            };
            ActionOutcome { action, found, evidence: own, missing, missing_sites, declared }
        })
        .collect()
}

/// Why an action is missed: what holds the credential, and where it is created, which is not where the flow only overwrites it.
fn missing(case: &Case<'_, '_>, stack: &Stack, flow: &Flow<'_>, module: ModuleId, action: Action, seen: &[Evidence]) -> (Option<String>, Vec<Site>) {
    let first = |kinds: &[CredentialKind]| stack.nearest_issued(case, kinds, module).first().map(|issued| (*issued).clone());
    let told = |text: &str, issued: Option<Issued>| match issued {
        Some(issued) => {
            let key = issued.key.as_ref().map_or(String::new(), |key| format!(" `{key}`"));
            (Some(text.replace("{key}", &key).replace("{at}", &case.place_text(issued.place.module, issued.span))), vec![case.site(issued.place.module, issued.span)])
        }
        None => (None, Vec::new()),
    };
    let (text, sites) = match action {
        Action::ServerSession => {
            let held_by = |side: Side| stack.all_seen().find(|seen| case.rules.backends[seen.index].held == side && stack.is_in_use(case, seen));
            let said = |seen: &Seen, end: &str| {
                let at = format!("({}:{})", seen.site.file, seen.site.line);
                (Some(format!("{}{}", case.rules.backends[seen.index].store, end.replace("{at}", &at))), vec![seen.site.clone()])
            };
            match (held_by(Side::Server), held_by(Side::Client)) {
                (Some(seen), _) => said(seen, " keeps records on the server {at}; nothing ends this one"),
                (None, Some(seen)) if flow.server.is_some() => said(seen, " {at}: the server keeps no record that could be ended"),
                _ => told("sessions are created at {at}; nothing on the server ends them", first(&[CredentialKind::Session])),
            }
        }
        Action::Token => told("tokens are issued at {at}; nothing on the server revokes them", first(&[CredentialKind::RefreshToken, CredentialKind::AccessToken])),
        Action::Cookie => {
            let cookies = stack.nearest_issued(case, &[CredentialKind::Cookie], module);
            let is_own = |cookie: &Issued| seen.iter().any(|one| one.site == case.site(cookie.place.module, cookie.span));
            told("the cookie{key} is set at {at}; this logout does not expire it", cookies.into_iter().find(|cookie| !is_guard(case, cookie) && !is_own(cookie)).cloned())
        }
        Action::ClientState => told("the key{key} is written at {at}; this logout does not remove it", first(&[CredentialKind::Storage])),
    };
    let fallback = match (action, flow.server.is_some(), flow.clients.is_empty()) {
        (Action::ServerSession | Action::Token, is_server, _) if let Some(request) = &flow.calls_elsewhere => {
            let calls = if is_server { "the logout is handed on to" } else { "the client calls" };
            return (Some(text.unwrap_or_else(|| format!("{calls} {}", case.server_elsewhere(request)))), sites);
        }
        (Action::ServerSession, false, _) => "the client calls no server, so nothing ends there",
        (Action::Token, false, _) => "the client calls no server, so no token is revoked",
        (Action::ServerSession, true, _) => "no server-held session record is ended",
        (Action::Token, true, _) => "no token is revoked on the server",
        (Action::Cookie, _, _) => "no cookie is expired, neither by the response nor by script",
        (Action::ClientState, _, true) => "no client in the scanned paths calls this logout, so nothing is seen to clear storage or state",
        (Action::ClientState, _, false) => "the clients that call this logout clear neither storage nor state",
    };
    (Some(text.unwrap_or_else(|| fallback.to_owned())), sites)
}

/// Why no record can be ended where no backend is seen: by default, what a call of the flow clears is kept by the client.
fn kept_by_client(case: &Case<'_, '_>, stack: &Stack, flow: &Flow<'_>, module: ModuleId, evidence: &[Evidence]) -> Option<String> {
    flow.server.as_ref()?;
    let is_seen = || stack.all_seen().any(|seen| stack.is_in_use(case, seen));
    let clears = evidence.iter().filter(|one| one.counts && one.at == Side::Server && one.action == Action::Cookie);
    let systems = clears.filter_map(|one| case.rules.rules.iter().find(|rule| rule.id == one.rule)?.system.as_deref());
    let mut chosen = systems.filter_map(|system| stack.backend(case, system, module));
    let backend = chosen.find(|chosen| chosen.seen.is_none()).map(|chosen| &case.rules.backends[chosen.index])?;
    (backend.held == Side::Client && !is_seen()).then(|| format!("{}, the default: the server keeps no record that could be ended", backend.store))
}

/// The ratio and what is missing, as one sentence.
pub(super) fn ratio_sentence(actions: &[ActionOutcome]) -> String {
    let found: Vec<&ActionOutcome> = actions.iter().filter(|action| action.found).collect();
    let missing: Vec<&str> = actions.iter().filter(|action| !action.found).map(|action| action.action.as_str()).collect();
    let mut text = format!("{} of 4 cleanup actions found", found.len());
    if missing.is_empty() {
        // One call may do several of them.
        let mut calls: Vec<String> = Vec::new();
        for action in found {
            let call = action.evidence.iter().find(|one| one.counts).map_or_else(|| format!("{} (declared)", action.action), |one| one_line(&one.site.code));
            if !calls.contains(&call) {
                calls.push(call);
            }
        }
        text.push_str(&format!(": {}", calls.join(", ")));
        return text;
    }
    text.push_str(&format!("; missing: {}", missing.join(", ")));
    let server_side = found.iter().any(|action| action.action.side() == Side::Server);
    if !server_side && !found.is_empty() {
        let cleared: Vec<&str> = found.iter().map(|action| what_is_cleared(action)).collect();
        text.push_str(&format!(". Logout clears {} but 0 server-side cleanup", cleared.join(" and ")));
    }
    text
}

/// What an action of the client clears: the storage, where its code begins with the name of one.
fn what_is_cleared(action: &ActionOutcome) -> &str {
    let is_storage = |name: &&str| name.to_ascii_lowercase().ends_with("storage");
    let storage = || action.evidence.iter().filter(|one| one.counts).find_map(|one| one.site.code.split(['.', '(']).next().filter(is_storage));
    match action.action {
        Action::Cookie => "the cookie",
        _ => storage().unwrap_or("client state"),
    }
}

/// Code on one line, short enough for a sentence.
pub(super) fn one_line(code: &str) -> String {
    let line = without_callback(code.split_whitespace().collect::<Vec<_>>().join(" "));
    if line.chars().count() > 60 { line.chars().take(57).collect::<String>() + "…" } else { line }
}

/// A call without the body of the function that it is handed: `req.logout(…)` of `req.logout(() => { … })`.
fn without_callback(line: String) -> String {
    let body = line.find("=> {").or_else(|| line.find("function (")).or_else(|| line.find("function("));
    let opening = body.and_then(|body| line[..body].find('('));
    opening.map_or_else(|| line.clone(), |opening| format!("{}(…)", &line[..opening]))
}

/// What the verdicts of a flow depend on beside the flow itself.
#[derive(Debug, Clone, Copy)]
pub(super) struct Around {
    /// Some server stands in the scanned paths.
    pub server_in_tree: bool,
    /// Tokens have a logout of their own, which revokes them.
    pub tokens_end_elsewhere: bool,
}

/// Both verdicts of a flow.
pub(super) fn verdicts(case: &Case<'_, '_>, stack: &Stack, flow: &Flow<'_>, module: ModuleId, actions: &[ActionOutcome], around: Around) -> Vec<Verdict> {
    let found = actions.iter().filter(|action| action.found).count() as u8;
    let clears = Verdict {
        check: CLEARS_DATA,
        severity: Severity::High,
        answer: if found == 4 { Answer::Pass } else { Answer::Fail },
        found,
        required: 4,
        detail: ratio_sentence(actions),
        reason: None,
    };
    let (answer, detail, reason) = invalidates(case, stack, flow, module, actions, around);
    let invalidates = Verdict { check: INVALIDATES, severity: Severity::High, answer, found, required: 4, detail, reason };
    vec![clears, invalidates]
}

fn invalidates(case: &Case<'_, '_>, stack: &Stack, flow: &Flow<'_>, module: ModuleId, actions: &[ActionOutcome], around: Around) -> (Answer, String, Option<SkipReason>) {
    let Around { server_in_tree, tokens_end_elsewhere } = around;
    let has = |action: Action| actions.iter().any(|one| one.action == action && one.found);
    let quote = |action: Action| {
        let evidence = actions.iter().find(|one| one.action == action);
        evidence.and_then(|one| counting(&one.evidence, action).next()).map_or_else(|| "declared to be handled elsewhere".to_owned(), |one| one_line(&one.site.code))
    };
    if let Some(request) = &flow.calls_elsewhere {
        if flow.server.is_none() && !server_in_tree {
            return (Answer::Skip, format!("the client calls a logout endpoint of {}", case.server_elsewhere(request)), Some(SkipReason::ServerNotInTree));
        }
        // A page's own server that keeps nothing and hands the logout on is one with its client.
        if flow.server.is_some() && !has(Action::ServerSession) && !has(Action::Token) && !stack.has_own_credentials(case) {
            return (Answer::Skip, format!("the logout is handed on to {}", case.server_elsewhere(request)), Some(SkipReason::ServerNotInTree));
        }
    }
    let access = stack.nearest_issued(case, &[CredentialKind::AccessToken], module).into_iter().next();
    let lives_on = !tokens_end_elsewhere && access.is_some_and(|issued| !issued.carries_session && !matches!(issued.lifetime, Lifetime::Seconds(seconds) if seconds <= SHORT));
    let cookie_used = cookie_is_used(case, stack, actions);
    let carried_by_cookie = has(Action::Cookie) || !cookie_used;
    if has(Action::ServerSession) && carried_by_cookie && (has(Action::Token) || !lives_on || !cookie_used || ends_refreshing(actions)) {
        let cookie = if has(Action::Cookie) { "its cookie is cleared" } else { "no cookie is seen to carry its id" };
        return (Answer::Pass, format!("the server ends the session record ({}) and {cookie}", quote(Action::ServerSession)), None);
    }
    if has(Action::Token)
        && !has(Action::Cookie)
        && access.is_none()
        && let Some(cookie) = login_cookie(case, stack, module)
    {
        return (
            Answer::Fail,
            format!("the token ends ({}), but the cookie that carries it (set at {}) stays", quote(Action::Token), case.place_text(cookie.place.module, cookie.span)),
            None,
        );
    }
    if has(Action::Token)
        && !has(Action::ServerSession)
        && let Some(issued) = stack.session_beside_tokens(case, module)
    {
        return (
            Answer::Fail,
            format!("the token ends ({}), but the session that the login makes beside it ({}) stays", quote(Action::Token), case.place_text(issued.place.module, issued.span)),
            None,
        );
    }
    if has(Action::Token) {
        return (Answer::Pass, format!("the server revokes the token ({})", quote(Action::Token)), None);
    }
    if has(Action::ServerSession) && !carried_by_cookie {
        return (Answer::Fail, format!("the session record ends ({}), but the cookie that carries its id stays", quote(Action::ServerSession)), None);
    }
    if has(Action::ServerSession)
        && let Some(access) = access
    {
        return (
            Answer::Fail,
            format!(
                "the session record ends, but access tokens issued at {} {} and nothing revokes them",
                case.place_text(access.place.module, access.span),
                life_text(access.lifetime)
            ),
            None,
        );
    }
    if let Some(access) = access
        && let Lifetime::Seconds(seconds) = access.lifetime
        && seconds <= SHORT
        && server_in_tree
        // A client that leaves out the server's own logout leaves the tokens that renew these.
        && (flow.server.is_some() || !tokens_end_elsewhere)
    {
        return (Answer::Pass, format!("access tokens {} ({})", life_text(access.lifetime), case.place_text(access.place.module, access.span)), None);
    }
    (Answer::Fail, "a captured session or token is still accepted after logout: nothing on the server ends it".to_owned(), None)
}

/// How a life reads in a sentence.
pub(super) fn life_text(lifetime: Lifetime) -> String {
    match lifetime {
        Lifetime::Seconds(seconds) if seconds >= 172_800 => format!("live {} days", seconds / 86_400),
        Lifetime::Seconds(seconds) if seconds >= 7200 => format!("live {} hours", seconds / 3600),
        Lifetime::Seconds(seconds) if seconds >= 120 => format!("live {} minutes", seconds / 60),
        Lifetime::Seconds(seconds) => format!("live {seconds} seconds"),
        Lifetime::Never => "never expire".to_owned(),
        Lifetime::Unknown => "live longer than can be read here".to_owned(),
    }
}

/// The cookie that a login sets, where tokens are opaque and travel in it.
fn login_cookie<'s>(case: &Case<'_, '_>, stack: &'s Stack, module: ModuleId) -> Option<&'s Issued> {
    let is_login = |issued: &&Issued| issued.key.as_deref().is_none_or(|key| ["session", "token", "auth"].iter().any(|class| case.rules.lexicon.is(class, key)));
    stack.nearest_issued(case, &[CredentialKind::Cookie], module).into_iter().find(|issued| is_login(issued))
}

/// Whether the session record that a flow ends is the project's own and that of a refresh token, by which it is found: `{ where: { refreshToken } }`.
fn ends_refreshing(actions: &[ActionOutcome]) -> bool {
    let ended = actions.iter().filter(|action| action.action == Action::ServerSession).flat_map(|action| counting(&action.evidence, action.action));
    let says = |site: &Site| site.code.to_ascii_lowercase().contains("refresh");
    ended.filter(|one| one.backend.is_none()).any(|one| says(&one.site) || one.via.iter().any(says))
}

/// Whether a cookie only guards against forged requests.
fn is_guard(case: &Case<'_, '_>, cookie: &Issued) -> bool {
    cookie.key.as_deref().is_some_and(|key| case.rules.lexicon.is("csrf", key))
}

/// Whether the session that a flow ends is carried by a cookie: a session library's is, and an own record's where the application sets
/// cookies or the logout's own answer is to expire one, or where a session library keeps records and no token is issued that could carry
/// the id.
fn cookie_is_used(case: &Case<'_, '_>, stack: &Stack, actions: &[ActionOutcome]) -> bool {
    let by_library = actions.iter().flat_map(|action| &action.evidence).any(|one| one.action == Action::ServerSession && one.backend.is_some());
    let is_expired_in_vain = actions.iter().filter(|action| !action.found).flat_map(|action| &action.evidence).any(|one| one.action == Action::Cookie && one.at == Side::Server);
    let is_kept = |seen: &Seen| seen.creates(case) && case.rules.backends[seen.index].held == Side::Server;
    let by_store = || stack.all_seen().any(is_kept) && !stack.issued.iter().any(|issued| issued.kind == CredentialKind::AccessToken);
    by_library || is_expired_in_vain || by_store() || stack.issued.iter().any(|issued| issued.kind == CredentialKind::Cookie && !is_guard(case, issued))
}

#[cfg(test)]
mod tests {
    use super::one_line;

    #[test]
    fn a_sentence_quotes_no_callback() {
        assert_eq!(one_line("req.logout(() => {\n  res.redirect('/');\n})"), "req.logout(…)");
        assert_eq!(one_line("session.destroy(function (err) {\n  next(err);\n})"), "session.destroy(…)");
        assert_eq!(one_line("set(() => ({\n  user: null }))"), "set(() => ({ user: null }))");
    }
}
