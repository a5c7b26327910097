//! The supporting checks: what flows and the project show beside the two primary ones.
//!
//! A finding must be true of the line that it cites: where that cannot be told from what was read, nothing is said.

mod answers;
mod attributes;
mod caches;
mod cookies;
mod credentials;
mod denylist;
mod everywhere;
mod evidence;
mod guards;
mod order;
mod redirect;
mod removed;
mod storage;
mod texts;
mod tokens;

use std::collections::BTreeMap;
use std::sync::OnceLock;

use rayon::prelude::*;

use super::Case;
use super::backends::{Issued, Stack};
use crate::ir::Call;
use crate::link::{ModuleId, Place};
use crate::outcome::{Action, Evidence, Finding, Flow, Severity, Side, Site};
use crate::rules::{CredentialKind, Kind, Locator, Sign, SignKind};
use crate::trace::{self, At, Event, EventKind, Match, value_at};

pub(super) use cookies::cookies_missed;
pub(super) use denylist::{Unread, discount, unread};

/// A flow as it was traced, and what was made of it.
#[derive(Clone, Copy)]
pub(super) struct Judged<'t, 'p> {
    pub traced: &'t trace::Flow<'p>,
    pub flow: &'t Flow,
}

/// All findings, in the order of their places.
pub(super) fn findings<'p>(case: &Case<'_, 'p>, stack: &Stack, judged: &[Judged<'_, 'p>], unread: &[Unread]) -> Vec<Finding> {
    // All that is read is searched for it: once, and only if a flow asks.
    let speaks_of_caches = OnceLock::new();
    let of_flow = |one: &Judged<'_, 'p>| {
        let mut found = Vec::new();
        evidence::findings(one.flow, &mut found);
        order::client_before_server(case, *one, &mut found);
        tokens::refresh_token_kept(case, stack, *one, judged, &mut found);
        redirect::open_redirect(case, *one, &mut found);
        attributes::cookie_clear_attributes(case, stack, *one, &mut found);
        answers::error_detail_exposed(case, *one, &mut found);
        answers::logout_cacheable(case, *one, &|| *speaks_of_caches.get_or_init(|| answers::speaks_of_caches(case)), &mut found);
        answers::logout_not_logged(case, *one, &mut found);
        caches::client_cache_kept(case, *one, &mut found);
        guards::logout_requires_auth(case, *one, &mut found);
        found
    };
    let mut found: Vec<Finding> = judged.par_iter().with_max_len(1).flat_map_iter(of_flow).collect();
    denylist::denylist_never_read(judged, unread, &mut found);
    if stack.issued.iter().any(|issued| matches!(issued.kind, CredentialKind::Storage | CredentialKind::Cookie)) && !judged.is_empty() {
        let removed = removed::removed(case);
        storage::storage_left_behind(case, stack, judged, &removed, &mut found);
        cookies::cookies_left_behind(case, stack, judged, &removed, &mut found);
    }
    tokens::access_token_lifetime(case, stack, judged, &mut found);
    credentials::credential_change_keeps_sessions(case, stack, &mut found);
    everywhere::no_logout_everywhere(case, stack, judged, &mut found);
    found.sort_by(|a, b| (&a.site.file, a.site.line, a.site.column, a.check).cmp(&(&b.site.file, b.site.line, b.site.column, b.check)));
    found.dedup_by(|later, earlier| later.check == earlier.check && later.site == earlier.site);
    number(&mut found);
    found
}

/// Fingerprints that are the same are told apart by the order of their findings.
fn number(found: &mut [Finding]) {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for finding in found {
        let count = seen.entry(finding.fingerprint.clone()).or_default();
        *count += 1;
        if *count > 1 {
            finding.fingerprint = format!("{} ({count})", finding.fingerprint);
        }
    }
}

/// What a finding says, before it has an identity.
struct Said {
    check: &'static str,
    severity: Severity,
    message: String,
    site: Site,
    /// The second place: where the cookie is set, the key written, the list filled.
    related: Vec<Site>,
    fix: Option<&'static str>,
}

impl Said {
    /// The finding. `of` is what stays the same when lines move: a flow's id, a file.
    fn finding(self, of: &str) -> Finding {
        let Self { check, severity, message, site, mut related, fix } = self;
        related.retain(|other| *other != site);
        related.sort();
        related.dedup();
        let first_line = site.code.lines().next().unwrap_or("").trim();
        Finding { check, severity, message, fingerprint: format!("{check}:{of}:{first_line}"), site, related, fix: fix.map(str::to_owned), suppressed: None }
    }
}

impl<'t, 'p> Judged<'t, 'p> {
    /// The events of one side.
    fn events(self, side: Side) -> impl Iterator<Item = &'t Event<'p>> {
        self.traced.events.iter().filter(move |(at, _)| *at == side).map(|(_, event)| event)
    }

    /// The signs of a kind that the server's side reaches, with the calls that show them.
    fn signs<'c>(self, case: &'c Case<'_, 'p>, side: Side, kind: SignKind) -> impl Iterator<Item = (&'c Sign, &'t Event<'p>, Option<&'p Call>)> + use<'t, 'c, 'p> {
        let rules = case.rules;
        self.events(side).filter_map(move |event| {
            let EventKind::Signs { entries, call } = &event.kind else { return None };
            let sign = entries.iter().map(|entry| &rules.signs[entry.index]).find(|sign| sign.kind == kind)?;
            Some((sign, event, *call))
        })
    }

    /// Whether something that the flow calls could not be followed.
    fn is_cut_short(self) -> bool {
        self.traced.events.iter().any(|(_, event)| matches!(event.kind, EventKind::Unknown(_) | EventKind::Leaves(_)))
    }

    /// The module of the server's handler.
    fn server_module(self) -> Option<ModuleId> {
        self.traced.server.as_ref().map(|handler| handler.place.module)
    }

    /// The modules of the clients' handlers.
    fn client_modules(self) -> impl Iterator<Item = ModuleId> {
        self.traced.clients.iter().map(|handler| handler.place.module)
    }

    /// Whether an action is found.
    fn has(self, action: Action) -> bool {
        self.flow.actions.iter().any(|one| one.action == action && one.found)
    }

    /// The cleanup calls of an action with the events that they were weighed from.
    fn cleanups(self, case: &Case<'_, 'p>, action: Action) -> Vec<Cleanup<'t, 'p>> {
        let of_action = self.flow.actions.iter().filter(move |one| one.action == action).flat_map(|one| &one.evidence);
        let event_of = |evidence: &Evidence| {
            let is_same = |event: &&Event<'p>| matches!(event.kind, EventKind::Rules { .. }) && case.site(event.place.module, event.span) == evidence.site;
            self.traced.events.iter().map(|(_, event)| event).find(is_same)
        };
        of_action.map(|evidence| Cleanup { evidence, event: event_of(evidence) }).collect()
    }
}

/// One cleanup call; a library's own has no event.
#[derive(Clone, Copy)]
struct Cleanup<'t, 'p> {
    evidence: &'t Evidence,
    event: Option<&'t Event<'p>>,
}

impl<'p> Cleanup<'_, 'p> {
    fn call(self) -> Option<&'p Call> {
        match self.event.map(|event| &event.kind) {
            Some(EventKind::Rules { call, .. }) => *call,
            _ => None,
        }
    }
}

impl<'p> Case<'_, 'p> {
    /// Whether two modules belong to one application: they are of one language and stand below the same manifest.
    fn are_of_one_application(&self, a: ModuleId, b: ModuleId) -> bool {
        let family = |module: ModuleId| self.program.module(module).language.name();
        a == b || family(a) == family(b) && self.texts.manifest(a) == self.texts.manifest(b)
    }

    /// Whether a sign of a kind fits a call, or an annotation.
    fn shows(&self, call: &'p Call, place: Place, kind: SignKind) -> bool {
        let fitting = At { program: self.program, place }.fitting_call(self.rules, &[Kind::Sign], call);
        fitting.iter().any(|entry| self.rules.signs[entry.index].kind == kind)
    }

    /// The name or key of a credential, if all of it is known.
    fn key_of(&self, issued: &Issued) -> Option<String> {
        let found = self.match_of(issued)?;
        self.rules.credentials[issued.rule].key.iter().find_map(|locator| match locator {
            Locator::Text(text) => Some(text.clone()),
            _ => value_at(self.program, locator, &found.site, found.place).and_then(|(value, place)| self.text_of(value, place)),
        })
    }

    /// The match of a credential's rule, and its call.
    fn match_of(&self, issued: &Issued) -> Option<&'_ Match<'p>> {
        self.traced.survey.of(Kind::Credential).find(|found| found.place == issued.place && found.site.span(self.program) == issued.span)
    }
}
