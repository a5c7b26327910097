//! Finds the few rules that may fit a place, by the last segment of its name.

use std::sync::{Arc, LazyLock, PoisonError, RwLock};

use aho_corasick::AhoCorasick;
use rustc_hash::FxHashMap;

use super::RuleSet;
use super::compiled::{Matcher, What};
use super::pattern::{Glob, Last};
use crate::source::Language;

/// The kinds of entries that are looked up by the name of a call, assignment or deletion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    Rule,
    Backend,
    Fact,
    ProviderSignOut,
    ProviderUse,
    Route,
    Mount,
    Handler,
    Request,
    Navigation,
    Callback,
    Listen,
    Credential,
    /// What supporting checks look for in flows.
    Sign,
    /// What they look for in the whole project.
    Trait,
}

/// One matcher of one entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    pub kind: Kind,
    /// Position in the rule set's list of that kind.
    pub index: usize,
    /// Position among the entry's matchers.
    pub matcher: usize,
}

/// What a named place is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    Call,
    Assign,
    Delete,
}

/// How many shapes there are.
const SHAPES: usize = 3;

/// Entries by the last segment that a fitting name must have.
#[derive(Debug, Clone, Default)]
pub(super) struct Index {
    by_last: FxHashMap<String, Vec<Entry>>,
    /// Where a pattern decides what the last segment may be; many entries share one. By language and shape.
    by_pattern: [[ByPattern; SHAPES]; LANGUAGES],
    /// Where it may be anything.
    any: Vec<Entry>,
    /// What was found for a last segment before: word classes are too dear to ask twice.
    known: Known,
    sql: Vec<Entry>,
    imports: Vec<Entry>,
    bases: Vec<Entry>,
}

type ByPattern = Vec<(Glob, Vec<Entry>)>;

/// Where the entries of a pattern stand, by language and shape.
type Places<'g> = FxHashMap<(Language, usize, &'g Glob), usize>;

impl Index {
    /// Adds an entry under what the last segment of a fitting name must be.
    fn add<'g>(&mut self, entry: Entry, last: Last<'g>, shape: Shape, languages: &[Language], places: &mut Places<'g>) {
        let glob = match last {
            Last::OneOf(texts) => return texts.into_iter().for_each(|text| self.by_last.entry(text.to_owned()).or_default().push(entry)),
            Last::Anything => return self.any.push(entry),
            Last::Fits(glob) => glob,
        };
        for language in languages {
            let of_language = &mut self.by_pattern[*language as usize][shape as usize];
            let place = *places.entry((*language, shape as usize, glob)).or_insert(of_language.len());
            match of_language.get_mut(place) {
                Some((_, entries)) => entries.push(entry),
                None => of_language.push((glob.clone(), vec![entry])),
            }
        }
    }
}

/// Answers by last segment. A copy of a rule set begins without any.
#[derive(Debug, Default)]
struct Known([[RwLock<ByLast>; SHAPES]; LANGUAGES]);

type ByLast = FxHashMap<String, Arc<[Entry]>>;

/// How many languages there are.
const LANGUAGES: usize = 6;

impl Clone for Known {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl RuleSet {
    /// The matcher of an entry.
    pub fn matcher(&self, entry: Entry) -> &Matcher {
        let Entry { kind, index, matcher } = entry;
        match kind {
            Kind::Rule => &self.rules[index].matchers[matcher],
            Kind::Backend => &self.backends[index].matchers[matcher],
            Kind::Fact => &self.facts[index].matchers[matcher],
            Kind::ProviderSignOut => &self.providers[index].matchers[matcher],
            Kind::ProviderUse => &self.providers[index].used_by[matcher],
            Kind::Route => &self.routes[index].matchers[matcher],
            Kind::Mount => &self.mounts[index].matchers[matcher],
            Kind::Handler => &self.handlers[index].matchers[matcher],
            Kind::Request => &self.requests[index].matchers[matcher],
            Kind::Navigation => &self.navigations[index].matchers[matcher],
            Kind::Callback => &self.callbacks[index].matchers[matcher],
            Kind::Listen => &self.listens[index].matchers[matcher],
            Kind::Credential => &self.credentials[index].matchers[matcher],
            Kind::Sign | Kind::Trait => &self.signs[index].matchers[matcher],
        }
    }

    /// The languages of an entry.
    pub fn languages(&self, entry: Entry) -> &[Language] {
        let index = entry.index;
        match entry.kind {
            Kind::Rule => &self.rules[index].languages,
            Kind::Backend => &self.backends[index].languages,
            Kind::Fact => &self.facts[index].languages,
            Kind::ProviderSignOut | Kind::ProviderUse => &self.providers[index].languages,
            Kind::Route => &self.routes[index].languages,
            Kind::Mount => &self.mounts[index].languages,
            Kind::Handler => &self.handlers[index].languages,
            Kind::Request => &self.requests[index].languages,
            Kind::Navigation => &self.navigations[index].languages,
            Kind::Callback => &self.callbacks[index].languages,
            Kind::Listen => &self.listens[index].languages,
            Kind::Credential => &self.credentials[index].languages,
            Kind::Sign | Kind::Trait => &self.signs[index].languages,
        }
    }

    /// The entries for a language whose pattern may fit a place of that shape under a name that ends in `last`.
    pub fn candidates(&self, last: &str, shape: Shape, language: Language) -> Arc<[Entry]> {
        let known_here = &self.index.known.0[language as usize][shape as usize];
        if let Some(known) = known_here.read().unwrap_or_else(PoisonError::into_inner).get(last) {
            return Arc::clone(known);
        }
        let texts = self.index.by_last.get(last).into_iter().flatten();
        let patterns = self.index.by_pattern[language as usize][shape as usize].iter().filter(|(glob, _)| glob.fits(last, &self.lexicon)).flat_map(|(_, entries)| entries);
        let mut found: Vec<Entry> = texts
            .chain(patterns)
            .chain(&self.index.any)
            .copied()
            .filter(|entry| self.languages(*entry).contains(&language) && self.matcher(*entry).what.shape() == Some(shape))
            .collect();
        found.sort_unstable();
        found.dedup();
        let found: Arc<[Entry]> = found.into();
        known_here.write().unwrap_or_else(PoisonError::into_inner).insert(last.to_owned(), Arc::clone(&found));
        found
    }

    /// The entries that look at SQL.
    pub fn sql_entries(&self) -> &[Entry] {
        &self.index.sql
    }

    /// The entries that look at imports.
    pub fn import_entries(&self) -> &[Entry] {
        &self.index.imports
    }

    /// The entries that look at the bases of classes.
    pub fn base_entries(&self) -> &[Entry] {
        &self.index.bases
    }

    /// Builds the index, and the words by which files are chosen. Called once, when all entries are there.
    pub(super) fn finish(&mut self) {
        let mut index = Index::default();
        let counts: [(Kind, Vec<usize>); 15] = [
            (Kind::Rule, self.rules.iter().map(|entry| entry.matchers.len()).collect()),
            (Kind::Backend, self.backends.iter().map(|entry| entry.matchers.len()).collect()),
            (Kind::Fact, self.facts.iter().map(|entry| entry.matchers.len()).collect()),
            (Kind::ProviderSignOut, self.providers.iter().map(|entry| entry.matchers.len()).collect()),
            (Kind::ProviderUse, self.providers.iter().map(|entry| entry.used_by.len()).collect()),
            (Kind::Route, self.routes.iter().map(|entry| entry.matchers.len()).collect()),
            (Kind::Mount, self.mounts.iter().map(|entry| entry.matchers.len()).collect()),
            (Kind::Handler, self.handlers.iter().map(|entry| entry.matchers.len()).collect()),
            (Kind::Request, self.requests.iter().map(|entry| entry.matchers.len()).collect()),
            (Kind::Navigation, self.navigations.iter().map(|entry| entry.matchers.len()).collect()),
            (Kind::Callback, self.callbacks.iter().map(|entry| entry.matchers.len()).collect()),
            (Kind::Listen, self.listens.iter().map(|entry| entry.matchers.len()).collect()),
            (Kind::Credential, self.credentials.iter().map(|entry| entry.matchers.len()).collect()),
            (Kind::Sign, self.signs.iter().map(|entry| if entry.kind.is_of_flows() { entry.matchers.len() } else { 0 }).collect()),
            (Kind::Trait, self.signs.iter().map(|entry| if entry.kind.is_of_project() { entry.matchers.len() } else { 0 }).collect()),
        ];
        let mut places = Places::default();
        for (kind, matchers) in counts {
            for (at, count) in matchers.into_iter().enumerate() {
                for matcher in 0..count {
                    let entry = Entry { kind, index: at, matcher };
                    let what = &self.matcher(entry).what;
                    match what {
                        What::Call(patterns) | What::Assign(patterns) | What::Delete(patterns) => {
                            let shape = what.shape().unwrap_or(Shape::Call);
                            patterns.iter().for_each(|pattern| index.add(entry, pattern.last(), shape, self.languages(entry), &mut places));
                        }
                        What::Sql(_) => index.sql.push(entry),
                        What::Import(_) => index.imports.push(entry),
                        What::Base(_) => index.bases.push(entry),
                    }
                }
            }
        }
        self.index = index;
        for words in [&mut self.words, &mut self.leading] {
            words.sort();
            words.dedup();
        }
    }
}

/// Words that every logout has in its name or path, in English and in other languages that people name functions in.
const LOGOUT_WORDS: [&str; 20] = [
    "logout",
    "log_out",
    "log-out",
    "logoff",
    "log_off",
    "log-off",
    "signout",
    "sign_out",
    "sign-out",
    "sign/out",
    "signoff",
    "sign_off",
    "sign-off",
    "end_session",
    "endsession",
    "cerrarsesion",
    "cerrar_sesion",
    "cerrar-sesion",
    "deslogar",
    "deconnexion",
];

/// Words that what is clicked to log out may have instead.
const BUTTON_WORDS: [&str; 2] = ["log out", "sign out"];

impl RuleSet {
    /// The words that make a file worth lowering, each with the languages of which it does; no language stands for all.
    pub fn selecting_words(&self) -> Vec<(String, Vec<Language>)> {
        let mut words: Vec<(String, Vec<Language>)> = LOGOUT_WORDS.iter().map(|word| ((*word).to_owned(), Vec::new())).collect();
        words.extend(BUTTON_WORDS.iter().map(|word| ((*word).to_owned(), vec![Language::TypeScript, Language::Component, Language::Kotlin, Language::Rust])));
        words.extend(self.words.iter().filter(|(word, _)| !LOGOUT_WORDS.contains(&word.to_lowercase().as_str())).cloned());
        words
    }

    /// Whether a file, or a folder that it is in, bears the name of sessions as a resource, where frameworks make routes of files:
    /// `server/api/session.delete.ts`, `app/api/logins/route.ts`.
    pub fn names_sessions(&self, language: Language, path: &str) -> bool {
        let is_resource = |part: &str| self.lexicon.is_exactly("session-resource", part.split('.').next().unwrap_or(part));
        language == Language::TypeScript && (path.contains("/api/") || path.contains("/routes/")) && path.rsplit('/').take(3).any(is_resource)
    }

    /// Whether a file of routes leads on to others or tells of a login, by its text. One that does neither, and names no logout, matters
    /// to nothing.
    pub fn leads_on(&self, language: Language, text: &str) -> bool {
        self.leading.iter().any(|(leading, languages)| languages.contains(&language) && text.contains(leading.as_str()))
    }
}

/// Whether a text or path has a logout's word in it.
pub fn names_logout(text: &str) -> bool {
    static WORDS: LazyLock<AhoCorasick> =
        LazyLock::new(|| AhoCorasick::builder().ascii_case_insensitive(true).build(LOGOUT_WORDS.iter().chain(&BUTTON_WORDS)).expect("the words are short and few"));
    WORDS.is_match(text)
}
