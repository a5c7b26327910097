//! The flows as an outcome, and the project as a whole.

use std::collections::BTreeSet;

use rayon::prelude::*;
use rustc_hash::FxHashSet;

use super::Case;
use super::backends::{Issued, Stack};
use super::evidence::{chosen_effects, evidence_of};
use super::findings::{Judged, discount, findings, unread};
use super::verdicts::{Around, CLEARS_DATA, INVALIDATES, actions, life_text, verdicts};
use crate::link::{ModuleId, Place};
use crate::manifest::Dependency;
use crate::outcome::{Action, ActionOutcome, Answer, Backend, Evidence, Flow, Handler, Note, Outcome, Provider, Severity, Side, Site, SkipReason, Verdict};
use crate::rules::{self, CredentialKind, Kind, Rule};
use crate::source::Span;
use crate::trace::{self, EventKind, FlowHandler, Request};

/// Judges every flow, and from them the project.
pub(super) fn judge(case: &Case<'_, '_>, stack: &Stack) -> Outcome {
    let providers = providers(case);
    let delegated = !providers.is_empty() && is_delegated(case, stack);
    let server_in_tree =
        case.traced.flows.iter().any(|flow| flow.server.is_some()) || case.traced.endpoints.all.iter().any(|endpoint| !endpoint.path.is_empty()) || stack.has_own_credentials(case);
    let is_judged = |traced: &&trace::Flow<'_>| !delegated && (providers.is_empty() || !is_only_provider(case, traced));
    let mut kept: Vec<&trace::Flow<'_>> = case.traced.flows.iter().filter(is_judged).collect();
    let is_kept_elsewhere = delegated || !providers.is_empty() && !stack.has_own_credentials(case);
    // Where something logs in and nothing logs out, what is only called so is told of.
    let created = if kept.is_empty() && !is_kept_elsewhere { created(case, stack) } else { Vec::new() };
    if !created.is_empty() {
        kept.extend(&case.traced.idle);
    }
    let mut evidence: Vec<Vec<Evidence>> = kept.par_iter().with_max_len(1).map(|traced| evidence_of(case, stack, traced)).collect();
    let unread = unread(case, stack, &kept, &evidence);
    discount(&unread, &mut evidence);
    let parts = kept.par_iter().zip(evidence).with_max_len(1);
    let weighed: Vec<Vec<ActionOutcome>> = parts.map(|(traced, evidence)| actions(case, stack, traced, module_of(traced), evidence)).collect();
    let ending_tokens: Vec<bool> = weighed.iter().map(|actions| actions.iter().any(|one| one.action == Action::Token && one.found)).collect();
    let ends_elsewhere = |at: usize| ending_tokens.iter().enumerate().any(|(other, ends)| other != at && *ends);
    let around: Vec<Around> = (0..kept.len()).map(|at| Around { server_in_tree, tokens_end_elsewhere: ends_elsewhere(at) }).collect();
    let parts = kept.par_iter().zip(weighed).zip(around).with_max_len(1);
    let named = named_in_manifests(case);
    let mut flows: Vec<Flow> = parts.map(|((traced, actions), around)| judge_flow(case, stack, &named, traced, actions, around)).collect();
    let judged: Vec<Judged<'_, '_>> = kept.into_iter().zip(&flows).map(|(traced, flow)| Judged { traced, flow }).collect();
    let found = if delegated { Vec::new() } else { findings(case, stack, &judged, &unread) };
    flows.dedup_by(|later, earlier| {
        later.id == earlier.id
            && later.server.as_ref().map(|handler| &handler.site) == earlier.server.as_ref().map(|handler| &handler.site)
            && later.clients.first().map(|handler| &handler.site) == earlier.clients.first().map(|handler| &handler.site)
    });
    number_ids(&mut flows);
    let (verdicts, notes) = project_verdicts(&flows, &providers, is_kept_elsewhere, created);
    Outcome { verdicts, providers, backends: backends(case, stack), flows, findings: found, notes, ..Outcome::default() }
}

/// The module in which a flow begins.
fn module_of(traced: &trace::Flow<'_>) -> ModuleId {
    traced.server.as_ref().or(traced.clients.first()).map_or(ModuleId(0), |handler| handler.place.module)
}

fn judge_flow<'p>(case: &Case<'_, 'p>, stack: &Stack, named: &FxHashSet<&str>, traced: &trace::Flow<'p>, actions: Vec<ActionOutcome>, around: Around) -> Flow {
    let module = module_of(traced);
    let verdicts = verdicts(case, stack, traced, module, &actions, around);
    let server = traced.server.as_ref().map(|handler| handler_outcome(case, handler));
    let mut clients: Vec<Handler> = traced.clients.iter().map(|handler| handler_outcome(case, handler)).collect();
    clients.sort_by(|a, b| (&a.site.file, a.site.line, a.site.column).cmp(&(&b.site.file, b.site.line, b.site.column)));
    clients.dedup_by(|later, earlier| later.site == earlier.site);
    let mut requests: Vec<Site> = traced.requests.iter().map(|step| case.site(step.module, step.span)).collect();
    requests.sort();
    requests.dedup();
    let fixes = fixes(case, stack, named, module, &actions);
    Flow { id: flow_id(server.as_ref(), &clients), server, clients, requests, actions, verdicts, notes: flow_notes(case, traced), fixes, suppressed: Vec::new() }
}

fn handler_outcome(case: &Case<'_, '_>, handler: &FlowHandler) -> Handler {
    let module = handler.place.module;
    Handler {
        site: case.whole_site(module, handler.span),
        head: case.site(module, handler.head),
        symbol: handler.symbol.clone(),
        method: handler.method.clone(),
        route: handler.route.clone(),
        framework: handler.framework.clone(),
        language: case.program.module(module).language.name().to_owned(),
        side: handler.side,
    }
}

/// An id that line moves do not change: of file, symbol and route.
fn flow_id(server: Option<&Handler>, clients: &[Handler]) -> String {
    let of = |handler: &Handler| {
        format!(
            "{}#{}{}{}",
            handler.site.file,
            handler.symbol,
            handler.method.as_deref().map_or(String::new(), |method| format!(" {method}")),
            handler.route.as_deref().map_or(String::new(), |route| format!(" {route}"))
        )
    };
    server.or(clients.first()).map(of).unwrap_or_default()
}

/// Flows of the same id are told apart by their order.
fn number_ids(flows: &mut [Flow]) {
    let mut seen: std::collections::BTreeMap<String, usize> = std::collections::BTreeMap::new();
    for flow in flows {
        let count = seen.entry(flow.id.clone()).or_default();
        *count += 1;
        if *count > 1 {
            flow.id = format!("{} ({count})", flow.id);
        }
    }
}

/// How to mend what is missing: from the rules of what the project uses, of libraries that manifests name (`named`) before others, else in general words.
fn fixes(case: &Case<'_, '_>, stack: &Stack, named: &FxHashSet<&str>, module: ModuleId, actions: &[ActionOutcome]) -> Vec<String> {
    let language = case.program.module(module).language;
    let mut fixes = Vec::new();
    for action in actions.iter().filter(|action| !action.found) {
        let own = case.rules.rules.iter().filter(|rule| {
            rule.fix.is_some()
                && rule.languages.contains(&language)
                && rule.effects.iter().any(|effect| effect.action == action.action && effect.counts)
                && helps(case, stack, rule, action.action, module)
        });
        // Several libraries may stand on one store: the one that the project names knows best.
        let own = own.min_by_key(|rule| !named.contains(rule.library.as_str()));
        let general = match action.action {
            crate::outcome::Action::ServerSession => "end the session record on the server before answering: delete or invalidate it by its id",
            crate::outcome::Action::Token => {
                "revoke on the server what a login issued: delete the refresh token's row or put the token's id on a deny list that the verifier reads, or let access tokens live at most 15 minutes"
            }
            crate::outcome::Action::Cookie => "expire every cookie that a login sets in the logout's response, with the same name, path and domain",
            crate::outcome::Action::ClientState => "once the server has answered, remove the token from storage and reset what the client holds of the user",
        };
        let fix = own.and_then(|rule| rule.fix.clone()).unwrap_or_else(|| general.to_owned());
        if !fixes.contains(&fix) {
            fixes.push(fix);
        }
    }
    fixes
}

/// The libraries that the project's manifests name.
fn named_in_manifests<'r>(case: &Case<'r, '_>) -> FxHashSet<&'r str> {
    let names = case.manifests.names();
    let is_named = |packages: &[String]| packages.iter().any(|package| names.contains(package.as_str()));
    case.rules.libraries.iter().filter(|(_, packages)| is_named(packages)).map(|(library, _)| library.as_str()).collect()
}

/// Whether the call of a rule would do an action here: the backend of its system is in use, and holds something on the server or lets the
/// call do all that it is made for. Where nothing is held on the server, no call ends a record there.
fn helps(case: &Case<'_, '_>, stack: &Stack, rule: &Rule, action: Action, module: ModuleId) -> bool {
    let Some(chosen) = rule.system.as_deref().and_then(|system| stack.backend(case, system, module)) else { return false };
    let place = Place { module, function: None };
    let does = || {
        let effects = chosen_effects(case, stack, &rule.effects, Some(chosen), place);
        effects.iter().any(|effect| effect.action == action) && effects.iter().all(|effect| effect.counts)
    };
    chosen.seen.is_some_and(|seen| stack.is_in_use(case, seen)) && (case.rules.backends[chosen.index].held == Side::Server || action != Action::ServerSession && does())
}

fn flow_notes(case: &Case<'_, '_>, traced: &trace::Flow<'_>) -> Vec<Note> {
    let mut notes: Vec<Note> = traced
        .events
        .iter()
        .filter_map(|(_, event)| match &event.kind {
            EventKind::Unknown(name) => {
                Some(Note { message: format!("the call of `{name}` could not be followed: its function is not known"), site: Some(case.site(event.place.module, event.span)) })
            }
            EventKind::Leaves(file) => Some(Note {
                message: format!("goes on in {file}, a language that is not read: what happens there is not known"),
                site: Some(case.site(event.place.module, event.span)),
            }),
            _ => None,
        })
        .collect();
    if let Some(request) = &traced.calls_elsewhere {
        let called = format!("{} {}", request.method, readable(&request.path));
        let answer = case.texts.answers_unread(&request.path).map_or_else(
            || "which no scanned server answers".to_owned(),
            |file| format!("which {file} seems to answer, in a language that is not read: what happens there is not known"),
        );
        notes.push(Note { message: format!("calls {}, {answer}", called.trim_start()), site: Some(case.site(request.place.module, request.span)) });
    }
    notes.sort_by(|a, b| (&a.site, &a.message).cmp(&(&b.site, &b.message)));
    notes.dedup();
    notes
}

impl Case<'_, '_> {
    /// What a request that no scanned server answers leads to, for sentences.
    pub(super) fn server_elsewhere(&self, request: &Request) -> String {
        let unread = self.texts.answers_unread(&request.path);
        unread.map_or_else(|| "a server that is not in the scanned paths".to_owned(), |file| format!("a server in a language that is not read ({file})"))
    }
}

/// A path as sentences say it: `…/logout` of `{}{}/logout`, whose beginning is not known.
fn readable(path: &str) -> String {
    let mut text = path.replace("{}", "…");
    while text.contains("……") {
        text = text.replace("……", "…");
    }
    text
}

/// The managed providers that the project uses: by manifest, sign-out or component.
fn providers(case: &Case<'_, '_>) -> Vec<Provider> {
    let mut found = Vec::new();
    let uses = |index: usize, kind: Kind| case.traced.survey.matches.iter().filter(move |found| found.entry.kind == kind && found.entry.index == index);
    let all_uses = |index: usize| uses(index, Kind::ProviderSignOut).chain(uses(index, Kind::ProviderUse));
    let dependencies: Vec<Option<&Dependency>> = case.rules.providers.iter().map(|provider| declared(case, provider)).collect();
    let of_declared: BTreeSet<(ModuleId, Span)> =
        (0..dependencies.len()).filter(|index| dependencies[*index].is_some()).flat_map(all_uses).map(|found| site_of(case, found)).collect();
    for (index, (provider, dependency)) in case.rules.providers.iter().zip(dependencies.iter().copied()).enumerate() {
        let Some(used) = all_uses(index).next() else { continue };
        // A call that several libraries have is that of the one that the project declares.
        if dependency.is_none() && all_uses(index).all(|found| of_declared.contains(&site_of(case, found))) {
            continue;
        }
        let mut evidence = Vec::new();
        if let Some(dependency) = dependency {
            let columns = dependency.code.chars().count() as u32 + 1;
            evidence.push(Site { file: dependency.file.clone(), line: dependency.line, column: 1, end_line: dependency.line, end_column: columns, code: dependency.code.clone() });
        }
        evidence.push(case.site(used.place.module, used.site.span(case.program)));
        found.push(Provider { name: provider.name.clone(), evidence });
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    found.dedup_by(|later, earlier| later.name == earlier.name);
    found
}

/// Where an entry of the rules fits.
fn site_of<'p>(case: &Case<'_, 'p>, found: &trace::Match<'p>) -> (ModuleId, Span) {
    (found.place.module, found.site.span(case.program))
}

/// The dependency of the project by which a provider is declared.
fn declared<'c>(case: &Case<'c, '_>, provider: &rules::Provider) -> Option<&'c Dependency> {
    let mut dependencies = case.manifests.all.iter().flat_map(|manifest| &manifest.dependencies);
    dependencies.find(|dependency| provider.packages.iter().any(|glob| glob.fits(&dependency.name, &case.rules.lexicon)))
}

/// Whether the provider keeps all sessions: the application creates none of its own, and no own server logout ends one.
fn is_delegated(case: &Case<'_, '_>, stack: &Stack) -> bool {
    if stack.has_credentials_where(case, |issued| !is_tool(case, issued.place.module) && !case.is_signed_for_other_purposes(issued)) {
        return false;
    }
    // A cookie that the application never sets is none of its own, whoever takes it away.
    let sets_cookies = stack.issued.iter().any(|issued| issued.kind == CredentialKind::Cookie && issued.key.is_some());
    let ends_own = |kind: &EventKind<'_>| works(case, Side::Server, kind) && (sets_cookies || ends_records(case, kind));
    case.traced.flows.iter().all(|flow| flow.server.is_none() || !flow.events.iter().any(|(side, event)| *side == Side::Server && ends_own(&event.kind)))
}

/// Whether a rule of an event ends what a server keeps.
fn ends_records(case: &Case<'_, '_>, kind: &EventKind<'_>) -> bool {
    let is_record = |action: Action| matches!(action, Action::ServerSession | Action::Token);
    matches!(kind, EventKind::Rules { entries, .. } if entries.iter().any(|entry| case.rules.rules[entry.index].effects.iter().any(|effect| is_record(effect.action))))
}

/// Whether a rule of an event says something on its side. What works on the other side only is nothing.
fn works(case: &Case<'_, '_>, side: Side, kind: &EventKind<'_>) -> bool {
    matches!(kind, EventKind::Rules { entries, .. } if entries.iter().any(|entry| case.rules.rules[entry.index].at.is_none_or(|at| at == side)))
}

/// Whether a module belongs to a program that stands alone: its own manifest declares nothing by which it could serve.
fn is_tool(case: &Case<'_, '_>, module: ModuleId) -> bool {
    let (path, language) = (case.texts.path(module), case.program.module(module).language);
    let nearest = case.manifests.nearest(&path, language);
    let Some(own) = nearest.first().map(|dependency| &dependency.file).filter(|file| path.starts_with(file.parent().unwrap_or(file))) else { return false };
    let serves = |name: &str| {
        let of_server = case.rules.sides.iter().filter(|hint| hint.at == Side::Server && hint.languages.contains(&language));
        of_server.flat_map(|hint| &hint.packages).any(|glob| glob.fits(name, &case.rules.lexicon))
    };
    path.file_name().is_some_and(|name| name.starts_with("main.")) && !nearest.iter().filter(|dependency| dependency.file == *own).any(|dependency| serves(&dependency.name))
}

fn has_sign_out(flow: &trace::Flow<'_>) -> bool {
    flow.events.iter().any(|(_, event)| matches!(event.kind, EventKind::SignOut(_)))
}

/// Whether a flow only hands over to the provider, in an application that has sessions of its own beside it.
fn is_only_provider(case: &Case<'_, '_>, flow: &trace::Flow<'_>) -> bool {
    let own = flow.events.iter().any(|(side, event)| {
        works(case, *side, &event.kind)
            && !flow.events.iter().any(|(_, other)| matches!(other.kind, EventKind::SignOut(_)) && other.place.module == event.place.module && other.span.contains(event.span))
    });
    flow.server.is_none() && has_sign_out(flow) && flow.calls_elsewhere.is_none() && !own
}

fn backends(case: &Case<'_, '_>, stack: &Stack) -> Vec<Backend> {
    let mut all: Vec<Backend> = Vec::new();
    for seen in stack.all_seen() {
        let backend = &case.rules.backends[seen.index];
        let site = seen.site.clone();
        match all.iter_mut().find(|known| known.framework == backend.system && known.store == backend.store) {
            Some(known) => known.evidence.push(site),
            None => all.push(Backend { framework: backend.system.clone(), held: backend.held, store: backend.store.clone(), evidence: vec![site] }),
        }
    }
    for backend in &mut all {
        backend.evidence.sort();
        backend.evidence.dedup();
    }
    all.sort_by(|a, b| (&a.framework, &a.store).cmp(&(&b.framework, &b.store)));
    all
}

fn project_verdicts(flows: &[Flow], providers: &[Provider], is_kept_elsewhere: bool, created: Vec<(Site, String)>) -> (Vec<Verdict>, Vec<Note>) {
    let both = |answer: Answer, detail: &str, reason: Option<SkipReason>| {
        [CLEARS_DATA, INVALIDATES].map(|check| Verdict { check, severity: Severity::High, answer, found: 0, required: 4, detail: detail.to_owned(), reason }).to_vec()
    };
    if !flows.is_empty() {
        return (worst(flows), Vec::new());
    }
    if is_kept_elsewhere {
        let names: Vec<&str> = providers.iter().map(|provider| provider.name.as_str()).collect();
        return (both(Answer::Skip, &format!("sessions are kept by a managed provider: {}", names.join(", ")), Some(SkipReason::ManagedProvider)), Vec::new());
    }
    match created.first() {
        Some((site, _)) => {
            let detail = format!("0 of 4 cleanup actions found: sessions or tokens are created ({}:{}) and there is no logout anywhere", site.file, site.line);
            let notes = created.into_iter().take(5).map(|(site, message)| Note { message, site: Some(site) }).collect();
            (both(Answer::Fail, &detail, None), notes)
        }
        None => (both(Answer::Skip, "nothing creates a session or a token, and nothing logs out", Some(SkipReason::NoSessionHandling)), Vec::new()),
    }
}

/// Where sessions and tokens are made, and what that means; where none are, what a client keeps of a login.
fn created(case: &Case<'_, '_>, stack: &Stack) -> Vec<(Site, String)> {
    let mut created: Vec<(Site, String)> = stack
        .issued
        .iter()
        .filter(|issued| matches!(issued.kind, CredentialKind::Session | CredentialKind::AccessToken | CredentialKind::RefreshToken))
        .map(|issued| {
            let what = match issued.kind {
                CredentialKind::AccessToken => format!("access tokens are issued here and {}", life_text(issued.lifetime)),
                CredentialKind::RefreshToken => "refresh tokens are issued here".to_owned(),
                _ => "sessions are created here".to_owned(),
            };
            (case.site(issued.place.module, issued.span), what)
        })
        .collect();
    created.extend(stack.all_seen().filter(|seen| seen.creates(case)).map(|seen| (seen.site.clone(), format!("{} keeps sessions", case.rules.backends[seen.index].store))));
    // A client that keeps a token of a server elsewhere has a login, and so has who sets a cookie called so, whatever its value is made of.
    if created.is_empty() {
        let stored = stack.issued.iter().filter(|issued| matches!(issued.kind, CredentialKind::Storage | CredentialKind::Cookie) && keeps_login(case, issued));
        created.extend(stored.map(|issued| {
            let what = if issued.kind == CredentialKind::Cookie { "a login's cookie is set here" } else { "a login's token is stored here" };
            (case.site(issued.place.module, issued.span), what.to_owned())
        }));
    }
    created.sort();
    created.dedup();
    created
}

/// Whether what is stored is the token of a login, or what is set its cookie, by its key.
fn keeps_login(case: &Case<'_, '_>, issued: &Issued) -> bool {
    let is = |class: &str, key: &str| case.rules.lexicon.is(class, key);
    issued.key.as_deref().is_none_or(|key| is("token", key) || issued.kind == CredentialKind::Cookie && is("session", key))
}

/// The worst flow decides, check by check.
fn worst(flows: &[Flow]) -> Vec<Verdict> {
    [CLEARS_DATA, INVALIDATES]
        .into_iter()
        .filter_map(|check| {
            let of_check = flows.iter().filter_map(|flow| flow.verdicts.iter().find(|verdict| verdict.check == check));
            let rank = |verdict: &&Verdict| {
                let answer = match verdict.answer {
                    Answer::Fail => 0,
                    Answer::Skip => 1,
                    Answer::Pass => 2,
                };
                (answer, verdict.found)
            };
            of_check.min_by_key(rank).cloned()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_path_is_said_with_what_is_known_of_it() {
        assert_eq!(super::readable("{}{}/auth/logout"), "…/auth/logout");
        assert_eq!(super::readable("/shops/{}/logout"), "/shops/…/logout");
    }
}
