//! The stack of a project: which backend holds the sessions of a system, which facts hold, which credentials are created.

use std::collections::{BTreeMap, BTreeSet};

use super::Case;
use super::lifetimes::{Lifetime, lifetime_of};
use crate::ir::{Value, ValueKind};
use crate::link::{ModuleId, Place};
use crate::outcome::Side;
use crate::rules::{CredentialKind, Kind, When};
use crate::source::Span;
use crate::trace::Match;

/// The backend that was chosen for a place.
#[derive(Debug, Clone, Copy)]
pub(super) struct Chosen {
    /// Position among the rule set's backends.
    pub index: usize,
    /// Where it was seen; `None` if it is the default of its system.
    pub seen: Option<(ModuleId, Span)>,
}

/// A credential that the project creates.
#[derive(Debug, Clone)]
pub(super) struct Issued {
    pub kind: CredentialKind,
    pub place: Place,
    pub span: Span,
    pub key: Option<String>,
    pub lifetime: Lifetime,
    /// It is a cookie that no script can see or expire.
    pub hidden: bool,
    /// Nothing says how long it lives: the lifetime is the library's default.
    assumed: bool,
    /// The rule that saw it.
    rule: usize,
}

/// What a project uses.
#[derive(Debug, Default)]
pub(super) struct Stack {
    /// By system: the backends seen.
    seen: BTreeMap<String, Vec<(usize, ModuleId, Span)>>,
    facts: BTreeSet<String>,
    pub issued: Vec<Issued>,
}

impl Stack {
    pub(super) fn new(case: &Case<'_, '_>) -> Self {
        let mut stack = Self::default();
        for found in &case.traced.survey.matches {
            let span = found.site.span(case.program);
            match found.entry.kind {
                Kind::Backend => {
                    let backend = &case.rules.backends[found.entry.index];
                    stack.seen.entry(backend.system.clone()).or_default().push((found.entry.index, found.place.module, span));
                }
                Kind::Fact => {
                    stack.facts.insert(case.rules.facts[found.entry.index].id.clone());
                }
                Kind::Credential => {
                    let rule = &case.rules.credentials[found.entry.index];
                    let key = rule.key.as_ref().and_then(|locator| case.traced_text(locator, found));
                    if case.is_for_other_purpose(found.place, span) {
                        continue;
                    }
                    let (lifetime, assumed) = lifetime_of(case, found, rule);
                    stack.issued.push(Issued { kind: rule.kind, place: found.place, span, key, lifetime, hidden: is_hidden(case, found, rule.http_only), assumed, rule: found.entry.index });
                }
                _ => {}
            }
        }
        stack.drop_defaults(case);
        stack
    }

    /// A library's default says nothing where the project sets it.
    fn drop_defaults(&mut self, case: &Case<'_, '_>) {
        let library = |rule: usize| case.rules.credentials[rule].id.split('.').next().unwrap_or("");
        let set: BTreeSet<(CredentialKind, &str)> = self.issued.iter().filter(|issued| !issued.assumed).map(|issued| (issued.kind, library(issued.rule))).collect();
        self.issued.retain(|issued| !(issued.assumed && set.contains(&(issued.kind, library(issued.rule)))));
    }

    /// The backend of a system for code at a place: the nearest that was seen, else the system's default.
    pub(super) fn backend(&self, case: &Case<'_, '_>, system: &str, module: ModuleId) -> Option<Chosen> {
        let path = case.texts.path(module);
        let near = |at: ModuleId| common_folders(case.texts.path(at).as_str(), path.as_str());
        let seen =
            self.seen.get(system).and_then(|seen| seen.iter().max_by_key(|(index, at, span)| (near(*at), case.rules.backends[*index].rank, std::cmp::Reverse((*at, *span)))));
        match seen {
            Some((index, at, span)) => Some(Chosen { index: *index, seen: Some((*at, *span)) }),
            None => case.rules.backends.iter().position(|backend| backend.system == system && backend.default).map(|index| Chosen { index, seen: None }),
        }
    }

    /// All backends that were seen, in the order of their systems.
    pub(super) fn all_seen(&self) -> impl Iterator<Item = (usize, ModuleId, Span)> {
        self.seen.values().flatten().copied()
    }

    /// Whether a fact is true of the project.
    pub(super) fn is_true(&self, fact: &str) -> bool {
        self.facts.contains(fact)
    }

    /// Whether a condition holds for code of a module.
    pub(super) fn holds(&self, case: &Case<'_, '_>, when: &When, chosen: Option<Chosen>, module: ModuleId) -> bool {
        let backend = chosen.map(|chosen| &case.rules.backends[chosen.index]);
        if let Some(held) = when.held
            && backend.is_none_or(|backend| backend.held != held)
        {
            return false;
        }
        if let Some(glob) = &when.backend
            && backend.is_none_or(|backend| !glob.fits(&backend.id, &case.rules.lexicon))
        {
            return false;
        }
        if when.fact.as_ref().is_some_and(|fact| !self.facts.contains(fact)) || when.no_fact.as_ref().is_some_and(|fact| self.facts.contains(fact)) {
            return false;
        }
        let Some(package) = &when.package else { return true };
        let path = case.texts.path(module);
        let language = case.program.module(module).language;
        let nearest = case.manifests.nearest(&path, language);
        let Some(dependency) = nearest.iter().find(|dependency| dependency.is_called(package)) else {
            // Without a manifest the newest version is assumed.
            return when.below.is_none();
        };
        let bound = dependency.lower_bound().map(|version| (version.0, version.1, version.2));
        match (bound, when.below, when.at_least) {
            (None, below, _) => below.is_none(),
            (Some(bound), below, at_least) => below.is_none_or(|below| bound < below) && at_least.is_none_or(|at_least| bound >= at_least),
        }
    }

    /// The credentials of a kind, the nearest to a module first.
    pub(super) fn nearest_issued(&self, case: &Case<'_, '_>, kinds: &[CredentialKind], module: ModuleId) -> Vec<&Issued> {
        let path = case.texts.path(module);
        let mut issued: Vec<&Issued> = self.issued.iter().filter(|issued| kinds.contains(&issued.kind)).collect();
        // Of those that stand equally near, the longest-lived: it is the one that matters.
        issued.sort_by_key(|issued| (std::cmp::Reverse(common_folders(case.texts.path(issued.place.module).as_str(), path.as_str())), std::cmp::Reverse(issued.lifetime)));
        issued
    }

    /// Whether no script can expire the cookie of a name, or any cookie where that is not known: the login sets them all `HttpOnly`.
    pub(super) fn is_hidden_from_scripts(&self, name: Option<&str>) -> bool {
        let cookies = || self.issued.iter().filter(|issued| issued.kind == CredentialKind::Cookie);
        let is_named = |issued: &&Issued| name.is_some() && issued.key.as_deref() == name;
        let mut chosen = cookies().filter(is_named).chain(cookies().filter(|_| !cookies().any(|issued| is_named(&issued)))).peekable();
        chosen.peek().is_some() && chosen.all(|issued| issued.hidden)
    }

    /// Whether the application itself creates sessions or tokens.
    pub(super) fn has_own_credentials(&self, case: &Case<'_, '_>) -> bool {
        self.has_credentials_where(case, |_| true)
    }

    /// Whether the application creates sessions or tokens in modules of which something holds.
    pub(super) fn has_credentials_where(&self, case: &Case<'_, '_>, holds: impl Fn(ModuleId) -> bool) -> bool {
        let is_own = |issued: &Issued| matches!(issued.kind, CredentialKind::Session | CredentialKind::AccessToken | CredentialKind::RefreshToken);
        self.issued.iter().any(|issued| is_own(issued) && holds(issued.place.module))
            || self.seen.values().flatten().any(|(index, _, _)| case.rules.backends[*index].held == Side::Server || !case.rules.backends[*index].default)
    }
}

impl Case<'_, '_> {
    /// Whether a credential is made for something else than a login: the function or file around it says so.
    fn is_for_other_purpose(&self, place: Place, span: Span) -> bool {
        let is_other = |name: &str| self.rules.lexicon.is("not-login", name);
        let module = self.program.module(place.module);
        let mut at = place.function;
        while let Some(index) = at {
            let function = module.function(index);
            if is_other(&function.name) {
                return true;
            }
            at = function.parent;
        }
        let text = self.texts.text(place.module).get(span.start as usize..span.end as usize).unwrap_or("");
        is_other(self.texts.path(place.module).as_str()) || is_other(text.get(..text.len().min(160)).unwrap_or(""))
    }
}

/// Whether no script can see the cookie that a call sets: the call says so, or its library does where the call says nothing.
fn is_hidden<'p>(case: &Case<'_, 'p>, found: &Match<'p>, by_default: bool) -> bool {
    let arguments = found.site.call().map(|call| call.args.as_slice()).unwrap_or_default();
    let said = arguments.iter().find_map(|argument| match &argument.name {
        Some(name) => says_hidden(case, found.place, name, &argument.value, 2),
        None => says_hidden(case, found.place, "", &argument.value, 2),
    });
    said.unwrap_or(by_default)
}

/// What an option says, or the options in its record: `cookie: { httpOnly: true }`.
fn says_hidden<'p>(case: &Case<'_, 'p>, place: Place, name: &str, value: &'p Value, depth: usize) -> Option<bool> {
    let (value, place) = case.program.fold(value, place);
    match &value.kind {
        ValueKind::Bool(hidden) if name.replace('_', "").eq_ignore_ascii_case("httponly") => Some(*hidden),
        ValueKind::Record(entries) => entries.iter().find_map(|(name, entry)| says_hidden(case, place, name, entry, depth.checked_sub(1)?)),
        _ => None,
    }
}

/// How many folders two paths share from the root.
pub(super) fn common_folders(a: &str, b: &str) -> usize {
    let folders = |path: &str| path.rsplit_once('/').map_or(String::new(), |(folders, _)| folders.to_owned());
    let (a, b) = (folders(a), folders(b));
    a.split('/').zip(b.split('/')).take_while(|(a, b)| a == b && !a.is_empty()).count()
}
