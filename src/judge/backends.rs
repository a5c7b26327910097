//! The stack of a project: which backend holds the sessions of a system, which facts hold, which credentials are created.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use camino::{Utf8Path, Utf8PathBuf};

use super::Case;
use super::lifetimes::{Lifetime, lifetime_of};
use super::projects::Projects;
use crate::ir::{Block, StepKind, Value, ValueKind, each_value};
use crate::link::{ModuleId, Place};
use crate::outcome::{Side, Site};
use crate::rules::{Backend, CredentialKind, Kind, Lexicon, When, split_words};
use crate::source::{Language, Span};
use crate::trace::{Match, MatchSite};

/// The backend that was chosen for a place.
#[derive(Debug, Clone, Copy)]
pub(super) struct Chosen<'s> {
    /// Position among the rule set's backends.
    pub index: usize,
    /// Where it was seen; `None` if it is the default of its system.
    pub seen: Option<&'s Seen>,
}

/// A backend, and where it was seen.
#[derive(Debug)]
pub(super) struct Seen {
    /// Position among the rule set's backends.
    pub index: usize,
    pub site: Site,
    by: By,
    /// It holds only while the application is being developed.
    development: bool,
}

impl Seen {
    /// Whether it shows that sessions are created: code sets it up, and not only because every project of its framework does. A line of
    /// settings or a dependency alone creates no session.
    pub(super) fn creates(&self, case: &Case<'_, '_>) -> bool {
        self.by == By::Code && !case.rules.backends[self.index].idle
    }
}

/// What shows a backend.
#[derive(Debug, PartialEq, Eq)]
enum By {
    Code,
    /// A dependency or a setting of the application.
    Declared,
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
    /// It is a token by whose function's name it carries a session: `create_session_token`.
    pub carries_session: bool,
    /// The rule that saw it.
    pub rule: usize,
}

/// What a project uses.
#[derive(Debug, Default)]
pub(super) struct Stack {
    /// By system: the backends seen.
    seen: BTreeMap<String, Vec<Seen>>,
    facts: BTreeSet<String>,
    pub issued: Vec<Issued>,
    projects: Projects,
    /// Systems that only hold what a provider keeps in them.
    lent: BTreeSet<String>,
}

impl Stack {
    pub(super) fn new(case: &Case<'_, '_>) -> Self {
        let mut stack = Self { projects: Projects::new(case), ..Self::default() };
        for found in &case.traced.survey.matches {
            let span = found.site.span(case.program);
            match found.entry.kind {
                Kind::Backend => {
                    let backend = &case.rules.backends[found.entry.index];
                    let site = case.site(found.place.module, span);
                    stack.seen.entry(backend.system.clone()).or_default().push(Seen { index: found.entry.index, site, by: By::Code, development: is_for_development(case, found) });
                }
                Kind::ProviderUse => stack.lent.extend(case.rules.providers[found.entry.index].keeps_in.iter().cloned()),
                Kind::Fact => {
                    stack.facts.insert(case.rules.facts[found.entry.index].id.clone());
                }
                Kind::Credential => {
                    let rule = &case.rules.credentials[found.entry.index];
                    let key = rule.key.iter().find_map(|locator| case.traced_text(locator, found));
                    let is_token = matches!(rule.kind, CredentialKind::AccessToken | CredentialKind::RefreshToken);
                    if case.is_for_other_purpose(found.place, span, rule.kind) || is_token && case.is_signed_by_unused(found.place) {
                        continue;
                    }
                    let (lifetime, assumed) = lifetime_of(case, found, rule);
                    let kind = if rule.kind == CredentialKind::AccessToken && case.makes_refresh_token(found.place, span) { CredentialKind::RefreshToken } else { rule.kind };
                    stack.issued.push(Issued {
                        kind,
                        place: found.place,
                        span,
                        key,
                        lifetime,
                        hidden: is_hidden(case, found, rule.http_only),
                        assumed,
                        carries_session: case.makes_session_token(found.place),
                        rule: found.entry.index,
                    });
                }
                _ => {}
            }
        }
        stack.drop_outranked(case);
        stack.inherit(case);
        stack.drop_blind();
        stack.drop_defaults(case);
        stack.fill_silent(case);
        for (index, backend) in case.rules.backends.iter().enumerate() {
            let declared = declared(case, backend);
            if !declared.is_empty() {
                let seen = declared.into_iter().map(|site| Seen { index, site, by: By::Declared, development: false });
                stack.seen.entry(backend.system.clone()).or_default().extend(seen);
            }
        }
        stack
    }

    /// Of the backends of a system that one file shows, those of a lower rank say nothing: `session({ store })` is not in memory.
    fn drop_outranked(&mut self, case: &Case<'_, '_>) {
        let rank = |seen: &Seen| case.rules.backends[seen.index].rank;
        for seen in self.seen.values_mut() {
            let mut best: BTreeMap<(Utf8PathBuf, bool), _> = BTreeMap::new();
            for one in seen.iter() {
                let highest = best.entry((one.site.file.clone(), one.development)).or_insert_with(|| rank(one));
                *highest = rank(one).max(*highest);
            }
            seen.retain(|one| best.get(&(one.site.file.clone(), one.development)).is_none_or(|highest| rank(one) >= *highest));
        }
    }

    /// Of the rules that see the same call, one that reads no lifetime says nothing where another reads it.
    fn drop_blind(&mut self) {
        let at = |issued: &Issued| (issued.place.module, issued.span);
        let read: BTreeSet<(ModuleId, Span)> = self.issued.iter().filter(|issued| issued.lifetime != Lifetime::Never).map(at).collect();
        self.issued.retain(|issued| issued.lifetime != Lifetime::Never || !read.contains(&at(issued)));
    }

    /// A library's default says nothing where the project sets it.
    fn drop_defaults(&mut self, case: &Case<'_, '_>) {
        let library = |rule: usize| case.rules.credentials[rule].id.split('.').next().unwrap_or("");
        let set: BTreeSet<(CredentialKind, &str)> = self.issued.iter().filter(|issued| !issued.assumed).map(|issued| (issued.kind, library(issued.rule))).collect();
        self.issued.retain(|issued| !(issued.assumed && set.contains(&(issued.kind, library(issued.rule)))));
    }

    /// A call by which nothing can be read of the token's life makes one that lives as long as the project's settings say; of several, the
    /// longest.
    fn fill_silent(&mut self, case: &Case<'_, '_>) {
        let is_silent = |issued: &Issued| case.rules.credentials[issued.rule].lifetime.is_empty() && issued.lifetime == Lifetime::Unknown;
        let language = |issued: &Issued| case.program.module(issued.place.module).language;
        let said: Vec<(Language, Lifetime)> = self
            .issued
            .iter()
            .filter(|issued| issued.kind == CredentialKind::AccessToken && !issued.assumed && !is_silent(issued))
            .map(|issued| (language(issued), issued.lifetime))
            .collect();
        for issued in self.issued.iter_mut().filter(|issued| issued.kind == CredentialKind::AccessToken && is_silent(issued)) {
            let of_language = said.iter().filter(|(said, _)| *said == language(issued));
            issued.lifetime = of_language.map(|(_, lifetime)| *lifetime).max().unwrap_or(Lifetime::Unknown);
        }
    }

    /// The backend of a system for code at a place: the nearest that was seen in its own project or one that has to do with it, else the system's default.
    pub(super) fn backend(&self, case: &Case<'_, '_>, system: &str, module: ModuleId) -> Option<Chosen<'_>> {
        let path = case.texts.path(module);
        let near = |seen: &Seen| match seen.by {
            By::Code => common_folders(seen.site.file.as_str(), path.as_str()),
            // What a whole application declares holds wherever its code stands.
            By::Declared if case.rules.backends[seen.index].rank > 0 && path.starts_with(application_folder(&seen.site.file)) => usize::MAX,
            By::Declared => 0,
        };
        let order = |seen: &&Seen| (!seen.development, near(seen), case.rules.backends[seen.index].rank, Reverse((seen.site.file.clone(), seen.site.line, seen.site.column)));
        let is_own = |seen: &&Seen| !self.projects.are_strangers(case, &seen.site.file, &path);
        match self.seen.get(system).and_then(|seen| seen.iter().filter(is_own).max_by_key(order)) {
            Some(seen) => Some(Chosen { index: seen.index, seen: Some(seen) }),
            None => case.rules.backends.iter().position(|backend| backend.system == system && backend.default).map(|index| Chosen { index, seen: None }),
        }
    }

    /// All backends that were seen, in the order of their systems.
    pub(super) fn all_seen(&self) -> impl Iterator<Item = &Seen> {
        self.seen.values().flatten()
    }

    /// Whether sessions are kept in a backend: one that stands in every project of its framework holds none where nothing creates a session.
    pub(super) fn is_in_use(&self, case: &Case<'_, '_>, seen: &Seen) -> bool {
        !case.rules.backends[seen.index].idle || self.issued.iter().any(|issued| issued.kind == CredentialKind::Session)
    }

    /// Whether a fact is true of the project.
    pub(super) fn is_true(&self, fact: &str) -> bool {
        self.facts.contains(fact)
    }

    /// Whether a condition holds for code of a module.
    pub(super) fn holds(&self, case: &Case<'_, '_>, when: &When, chosen: Option<Chosen<'_>>, module: ModuleId) -> bool {
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
        // Of those that stand equally near, the longest-lived: it is the one that matters. Of these, the one in a function that is named after it.
        let near = |issued: &Issued| common_folders(case.texts.path(issued.place.module).as_str(), path.as_str());
        let is_named = |issued: &Issued| {
            let function = issued.place.function.map(|index| &case.program.module(issued.place.module).function(index).name);
            function.is_some_and(|name| case.rules.lexicon.is("auth", name) || case.rules.lexicon.is("token", name))
        };
        issued.sort_by_cached_key(|issued| (Reverse(near(issued)), Reverse(issued.lifetime), Reverse(is_named(issued))));
        issued
    }

    /// The session that a login makes in a function where it makes a token as well.
    pub(super) fn session_beside_tokens(&self, case: &Case<'_, '_>, module: ModuleId) -> Option<&Issued> {
        let language = case.program.module(module).language;
        let is_token = |kind| matches!(kind, CredentialKind::AccessToken | CredentialKind::RefreshToken);
        let makes_token = |place: Place| self.issued.iter().any(|other| is_token(other.kind) && other.place == place);
        let is_beside = |issued: &&Issued| issued.kind == CredentialKind::Session && issued.place.function.is_some() && makes_token(issued.place);
        self.issued.iter().filter(|issued| case.program.module(issued.place.module).language == language).find(is_beside)
    }

    /// Whether no script can expire the cookie of a name, or any cookie where that is not known: the login sets them all `HttpOnly`.
    pub(super) fn is_hidden_from_scripts(&self, name: Option<&str>) -> bool {
        let cookies = || self.issued.iter().filter(|issued| issued.kind == CredentialKind::Cookie);
        let is_named = |issued: &&Issued| name.is_some() && issued.key.as_deref() == name;
        let mut chosen = cookies().filter(is_named).chain(cookies().filter(|_| !cookies().any(|issued| is_named(&issued)))).peekable();
        chosen.peek().is_some() && chosen.all(|issued| issued.hidden)
    }

    /// The names of the cookies that the application sets; `None` if one of them is not known.
    pub(super) fn cookie_names(&self) -> Option<Vec<&str>> {
        self.issued.iter().filter(|issued| issued.kind == CredentialKind::Cookie).map(|issued| issued.key.as_deref()).collect()
    }

    /// Whether the application itself creates sessions or tokens.
    pub(super) fn has_own_credentials(&self, case: &Case<'_, '_>) -> bool {
        self.has_credentials_where(case, |_| true)
    }

    /// Whether the application creates sessions or tokens of which something holds.
    pub(super) fn has_credentials_where(&self, case: &Case<'_, '_>, holds: impl Fn(&Issued) -> bool) -> bool {
        let is_own = |issued: &Issued| matches!(issued.kind, CredentialKind::Session | CredentialKind::AccessToken | CredentialKind::RefreshToken);
        self.issued.iter().any(|issued| is_own(issued) && holds(issued))
            || self
                .all_seen()
                .filter(|seen| seen.creates(case))
                .map(|seen| &case.rules.backends[seen.index])
                .any(|backend| (backend.held == Side::Server || !backend.default) && !self.lent.contains(&backend.system))
    }
}

/// The folder of the application that a manifest or a file of settings speaks for: that of the manifest, or the one above `src`.
fn application_folder(file: &Utf8Path) -> &Utf8Path {
    let is_source = |folder: &&Utf8Path| folder.file_name() == Some("src");
    file.ancestors().skip(1).find(is_source).and_then(Utf8Path::parent).or_else(|| file.parent()).unwrap_or(Utf8Path::new(""))
}

/// The lines of manifests and settings that bring a backend about.
fn declared(case: &Case<'_, '_>, backend: &Backend) -> Vec<Site> {
    let lexicon = &case.rules.lexicon;
    let line = |file: &Utf8PathBuf, line: u32, code: &str| Site {
        file: file.clone(),
        line,
        column: 1,
        end_line: line,
        end_column: u32::try_from(code.chars().count()).unwrap_or(u32::MAX).saturating_add(1),
        code: code.to_owned(),
    };
    let mut found = Vec::new();
    if !backend.dependencies.is_empty() {
        let dependencies = case.manifests.all.iter().flat_map(|manifest| &manifest.dependencies);
        let fitting = dependencies.filter(|dependency| backend.dependencies.iter().any(|glob| glob.fits(&dependency.name, lexicon)));
        found.extend(fitting.map(|dependency| line(&dependency.file, dependency.line, &dependency.code)));
    }
    for (key, values) in &backend.settings {
        let is_like = |value: &str| values.is_empty() || values.iter().any(|glob| glob.fits(value, lexicon));
        let fitting = case.manifests.settings.iter().filter(|setting| key.fits(&setting.key, lexicon) && is_like(&setting.value));
        found.extend(fitting.map(|setting| line(&setting.file, setting.line, &setting.code)));
    }
    found
}

impl Case<'_, '_> {
    /// Whether what is made at a place is a refresh token, by the name that it is given or that of the function around it:
    /// `const refreshToken = …`, `createRefreshToken`.
    pub(super) fn makes_refresh_token(&self, place: Place, span: Span) -> bool {
        let module = self.program.module(place.module);
        let body = module.body(place.function);
        let is_refresh = |name: &str| split_words(name).iter().any(|word| word == "refresh") && !split_words(name).iter().any(|word| word == "access");
        if bound_to(body, span).is_some_and(is_refresh) {
            return true;
        }
        let mut at = place.function;
        while let Some(function) = at.map(|index| module.function(index)) {
            let words = split_words(&function.name);
            let has = |any: &[&str]| words.iter().any(|word| any.contains(&word.as_str()));
            if has(&["refresh"]) && has(&["create", "generate", "issue", "make", "sign", "build", "new", "encode", "get"]) && !has(&["access", "tokens", "and"]) {
                return true;
            }
            at = function.parent;
        }
        false
    }

    /// Whether the function around a place is one that makes the token of a session, by its name.
    fn makes_session_token(&self, place: Place) -> bool {
        let module = self.program.module(place.module);
        place.function.is_some_and(|index| {
            let words = split_words(&module.function(index).name);
            words.windows(2).any(|pair| pair[0] == "session" && matches!(pair[1].as_str(), "token" | "jwt" | "cookie"))
        })
    }

    /// Whether a credential is made for something else than a login: its variable, the address that it becomes a part of, or the function
    /// or file around it, says so.
    pub(super) fn is_for_other_purpose(&self, place: Place, span: Span, kind: CredentialKind) -> bool {
        let is_other = |name: &str| self.rules.lexicon.is("not-login", name);
        let module = self.program.module(place.module);
        let body = module.body(place.function);
        // `const resetToken = jwt.sign(…)`
        if bound_to(body, span).is_some_and(|name| is_other(name) || self.is_part_of_link(body, name)) {
            return true;
        }
        // `const accessToken = …` is what a login gives, also where it stands behind a second factor.
        let is_access = bound_to(body, span).is_some_and(|name| split_words(name).iter().any(|word| word == "access"));
        let mut at = place.function.filter(|_| !is_access);
        while let Some(index) = at {
            let function = module.function(index);
            if is_other(&function.name) {
                return true;
            }
            at = function.parent;
        }
        let text = self.texts.text(place.module).get(span.start as usize..span.end as usize).unwrap_or("");
        // `com.example` is where beginners' packages stand, and `example.com` any host.
        let without_domain = |text: &str| ["com/example", "org/example", "example.com", "example.org"].iter().fold(text.to_owned(), |text, domain| text.replace(domain, ""));
        let beginning = text.char_indices().nth(160).map_or(text, |(end, _)| text.get(..end).unwrap_or(text));
        !is_access && is_other(&without_domain(self.texts.path(place.module).as_str()))
            || is_other(&without_addresses(&self.rules.lexicon, &without_domain(beginning), kind == CredentialKind::Session))
            || kind == CredentialKind::Session && self.rules.lexicon.is("no-login-session", text.split('(').next().unwrap_or(text))
    }

    /// Whether a name becomes a part of an address that leads to something else than a login: `/confirm-email/${token}`.
    fn is_part_of_link(&self, body: &Block, name: &str) -> bool {
        let mut is_part = false;
        each_value(body, |value| {
            let ValueKind::Template(parts) = &value.kind else { return };
            let leads_elsewhere = |part: &Value| matches!(&part.kind, ValueKind::Text(text) if text.contains('/') && self.rules.lexicon.is("not-login", text));
            is_part |= parts.iter().any(leads_elsewhere) && parts.iter().any(|part| matches!(&part.kind, ValueKind::Name(part) if part == name));
        });
        is_part
    }
}

/// A text without the names that only say whose token it is by an address, `user.email`, `userEmail`, `email_address`, but not
/// `EMAIL_SECRET`; where it says more of who that is than the address, or is a session, whose key says so: `session["user"] = email`.
fn without_addresses(lexicon: &Lexicon, text: &str, is_session: bool) -> String {
    if !is_session && !lexicon.is("subject-claim", text) {
        return text.to_owned();
    }
    let is_address = |name: &str| {
        let words = split_words(name);
        words.iter().any(|word| matches!(word.as_str(), "email" | "mail")) && words.iter().all(|word| lexicon.is_exactly("of-a-person", word))
    };
    text.split_inclusive(|c: char| !c.is_alphanumeric() && c != '_')
        .map(|part| {
            let name = part.trim_end_matches(|c: char| !c.is_alphanumeric() && c != '_');
            if is_address(name) { part.get(name.len()..).unwrap_or_default() } else { part }
        })
        .collect()
}

/// The local name that a value at a place is bound to, be it awaited or not.
fn bound_to(block: &Block, span: Span) -> Option<&str> {
    block.iter().find_map(|step| match &step.kind {
        StepKind::Assign { target, value, .. } if value.span.contains(span) => match (&target.kind, &value.kind) {
            (ValueKind::Name(name), ValueKind::Call(_)) if value.span == span => Some(name.as_str()),
            (ValueKind::Name(name), ValueKind::Await(inner)) if inner.span == span => Some(name.as_str()),
            _ => None,
        },
        StepKind::Branch { then, otherwise, .. } => bound_to(then, span).or_else(|| bound_to(otherwise, span)),
        StepKind::Attempt { body, caught, finally } => [body, caught, finally].into_iter().find_map(|block| bound_to(block, span)),
        _ => None,
    })
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

/// Whether what is assigned at a place holds only in development: the file of settings is called so, or a flag of that name turns it on.
fn is_for_development<'p>(case: &Case<'_, 'p>, found: &Match<'p>) -> bool {
    if !matches!(found.site, MatchSite::Assign { .. }) || case.program.module(found.place.module).language != Language::Python {
        return false;
    }
    let path = case.texts.path(found.place.module);
    let names_stage = |name: &str| case.rules.lexicon.is("development-stage", name);
    // `settings/local.py`, `local_settings.py`; a file of another name says nothing.
    let is_settings = path.components().any(|part| split_words(part.as_str()).iter().any(|word| matches!(word.as_str(), "settings" | "setting" | "config" | "configs")));
    if is_settings && path.file_stem().is_some_and(names_stage) {
        return true;
    }
    let module = case.program.module(found.place.module);
    let body = module.body(found.place.function);
    let flags = |test: &Value| is_flag(test, &names_stage);
    is_under_flag(body, found.site.span(case.program), &flags)
}

/// Whether a test asks for a flag of a name, alone or beside others: `DEBUG and not os.environ.get("DATABASE_URL")`.
fn is_flag(test: &Value, names: &impl Fn(&str) -> bool) -> bool {
    test.conjuncts().into_iter().any(|test| matches!(&test.kind, ValueKind::Name(name) | ValueKind::Member(_, name) if names(name)))
}

/// Whether a place stands in a branch that a flag turns on.
fn is_under_flag(block: &[crate::ir::Step], span: Span, flags: &impl Fn(&Value) -> bool) -> bool {
    let has = |block: &[crate::ir::Step]| block.iter().any(|step| step.span.contains(span));
    block.iter().filter(|step| step.span.contains(span)).any(|step| match &step.kind {
        StepKind::Branch { test, then, otherwise } => {
            let is_on = match &test.kind {
                ValueKind::Not(inner) => has(otherwise) && flags(inner),
                ValueKind::Name(_) | ValueKind::Member(..) | ValueKind::Choice { .. } => has(then) && flags(test),
                _ => false,
            };
            is_on || is_under_flag(then, span, flags) || is_under_flag(otherwise, span, flags)
        }
        StepKind::Attempt { body, caught, finally } => [body, caught, finally].into_iter().any(|block| is_under_flag(block, span, flags)),
        _ => false,
    })
}

/// How many folders two paths share from the root.
pub(super) fn common_folders(a: &str, b: &str) -> usize {
    let folders = |path: &str| path.rsplit_once('/').map_or(String::new(), |(folders, _)| folders.to_owned());
    let (a, b) = (folders(a), folders(b));
    a.split('/').zip(b.split('/')).take_while(|(a, b)| a == b && !a.is_empty()).count()
}
