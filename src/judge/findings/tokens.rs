//! Tokens that outlive the logout.

use super::{Case, Issued, Judged, Said, Stack};
use crate::ir::{Value, ValueKind, each_value};
use crate::judge::lifetimes::{Lifetime, SHORT};
use crate::judge::verdicts::life_text;
use crate::outcome::{Action, Finding, Severity};
use crate::rules::CredentialKind;
use crate::trace::MatchSite;

/// `refresh-token-kept`: a server's logout of an application that issues refresh tokens, and revokes nothing.
pub(super) fn refresh_token_kept<'p>(case: &Case<'_, 'p>, stack: &Stack, one: Judged<'_, 'p>, judged: &[Judged<'_, 'p>], found: &mut Vec<Finding>) {
    let (Some(module), Some(server)) = (one.server_module(), &one.flow.server) else { return };
    let same = |other: &Judged<'_, 'p>| other.server_module().is_some_and(|other| case.are_of_one_application(other, module));
    let ends_something = |other: &Judged<'_, 'p>| other.has(Action::Token) || other.has(Action::ServerSession);
    if one.is_cut_short() || judged.iter().any(|other| same(other) && ends_something(other)) || one.traced.library.is_some() {
        return;
    }
    let is_made = |issued: &&&Issued| matches!(case.match_of(issued).map(|found| found.site), Some(MatchSite::Call(_)));
    let nearest = stack.nearest_issued(case, &[CredentialKind::RefreshToken], module);
    let Some(issued) = nearest.iter().filter(|issued| case.are_of_one_application(issued.place.module, module)).find(is_made) else { return };
    let at = case.place_text(issued.place.module, issued.span);
    let said = Said {
        check: "refresh-token-kept",
        severity: Severity::Medium,
        message: format!("refresh tokens are issued at {at}, and this logout revokes none: they go on giving new access tokens"),
        site: server.head.clone(),
        related: vec![case.site(issued.place.module, issued.span)],
        fix: Some("delete or mark the stored refresh token in the logout"),
    };
    found.push(said.finding(&one.flow.id));
}

/// `access-token-lifetime`: access tokens that live long, in a project in which nothing revokes a token.
pub(super) fn access_token_lifetime<'p>(case: &Case<'_, 'p>, stack: &Stack, judged: &[Judged<'_, 'p>], found: &mut Vec<Finding>) {
    let tokens = || stack.issued.iter().filter(|issued| issued.kind == CredentialKind::AccessToken);
    // Several rules may read one call, and not alike.
    let is_agreed = |issued: &Issued| tokens().filter(|other| other.place == issued.place && other.span == issued.span).all(|other| other.lifetime == issued.lifetime);
    let is_long = |issued: &&Issued| match issued.lifetime {
        Lifetime::Seconds(seconds) => seconds > SHORT && is_agreed(issued),
        // Where another rule reads a lifetime at the call, this one is gone already.
        Lifetime::Never => says_all(case, issued),
        Lifetime::Unknown => false,
    };
    let long: Vec<&Issued> = tokens().filter(is_long).collect();
    let is_read = || stack.issued.iter().any(|issued| issued.kind == CredentialKind::DenylistRead);
    if long.is_empty() || judged.iter().any(|one| one.has(Action::Token) || one.has(Action::ServerSession) || one.is_cut_short()) || is_read() || speaks_of_revoking(case) {
        return;
    }
    let is_call = |issued: &Issued| matches!(case.match_of(issued).map(|found| found.site), Some(MatchSite::Call(_)));
    for issued in &long {
        // A setting is quoted only where no call is seen that goes by it.
        if !is_call(issued) && long.iter().any(|other| is_call(other) && case.are_of_one_application(other.place.module, issued.place.module)) {
            continue;
        }
        let life = life_text(issued.lifetime);
        let said = Said {
            check: "access-token-lifetime",
            severity: Severity::Low,
            message: format!("these access tokens {life}, and nothing can revoke them"),
            site: case.site(issued.place.module, issued.span),
            related: judged.iter().filter_map(|one| Some(one.flow.server.as_ref()?.head.clone())).collect(),
            fix: Some("let access tokens live at most 15 minutes and renew them by a refresh token, or check a deny list or a token version at each request"),
        };
        found.push(said.finding(case.texts.path(issued.place.module).as_str()));
    }
}

/// Whether all that a token says of its life stands at the call that makes it.
fn says_all<'p>(case: &Case<'_, 'p>, issued: &Issued) -> bool {
    let Some(call) = case.match_of(issued).and_then(|found| found.site.call()) else { return false };
    let is_plain = |value: &'p Value| match &case.program.fold(value, issued.place).0.kind {
        ValueKind::Record(entries) => !entries.iter().any(|(key, _)| key == "..." || key.to_lowercase().starts_with("exp")),
        _ => false,
    };
    // A payload, a secret, and options that say nothing of it.
    call.positional(0).is_some_and(is_plain) && call.positional(1).is_some() && call.positional(2).is_none_or(is_plain) && call.args.iter().all(|argument| argument.name.is_none())
}

/// Whether the code speaks of tokens that are revoked, or that bear a version which is compared with the user's: raising it revokes them.
fn speaks_of_revoking(case: &Case<'_, '_>) -> bool {
    let is_meant = |name: &str| case.rules.lexicon.is("version-claim", name) || case.rules.lexicon.is("denylist", name) || name.to_lowercase().contains("revoke");
    speaks_of(case, &is_meant)
}

/// Whether tokens bear a version, or the time of a user's last change is compared with theirs.
pub(super) fn speaks_of_version(case: &Case<'_, '_>) -> bool {
    speaks_of(case, &|name: &str| case.rules.lexicon.is("version-claim", name))
}

fn speaks_of(case: &Case<'_, '_>, is_meant: &dyn Fn(&str) -> bool) -> bool {
    case.program.modules().any(|(_, module)| {
        let mut found = false;
        for (_, body) in module.bodies() {
            each_value(body, |value| {
                found |= match &value.kind {
                    ValueKind::Member(_, name) | ValueKind::Name(name) => is_meant(name),
                    ValueKind::Record(entries) => entries.iter().any(|(key, _)| is_meant(key)),
                    _ => false,
                };
            });
        }
        found
    })
}
