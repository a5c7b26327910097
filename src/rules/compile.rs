//! From rules as written to rules as used.

use std::collections::BTreeMap;

use crate::outcome::{Action, Side, Timing};
use crate::source::Language;

use super::RuleSet;
use super::compiled::{
    ArgumentTest, Backend, Callback, Credential, CredentialKind, Effect, Example, Fact, FileRoute, HandlerRule, Listen, Matcher, Mount, Navigation, Provider, Request, Route, Rule,
    Runs, SideHint, SqlTest, Style, Unit, Version, What, When, WhichArgument,
};
use super::load::{Error, Read};
use super::locator::{locator, locators};
use super::pattern::{Glob, Pattern};
use super::schema::{self, OneOrMany};
use super::signs;
use super::value::{Is, ValueTest};
use super::words::Lexicon;

/// Compiles all files together, since they share their word classes.
pub(super) fn compile(files: Vec<Read>, lexicon: Lexicon) -> Result<RuleSet, Error> {
    let mut set = RuleSet::default();
    let mut ids: BTreeMap<String, String> = BTreeMap::new();
    for Read { name: file, file: syntax, is_bare } in files {
        let languages = languages_of(&syntax.library).map_err(|message| Error::Meaning { file: file.clone(), id: "[library]".to_owned(), message })?;
        let mut unique = |id: &str| match ids.insert(id.to_owned(), file.clone()) {
            Some(first) => Err(Error::Duplicate { id: id.to_owned(), first, second: file.clone() }),
            None => Ok(()),
        };
        let context = Context { lexicon: &lexicon, dotted: !languages.contains(&Language::TypeScript), languages, library: syntax.library.name.clone(), is_bare };
        macro_rules! compile_kind {
            ($entries:expr, $into:expr, $function:ident, $id:expr) => {
                for entry in $entries {
                    let id: String = $id(&entry);
                    if !id.is_empty() {
                        unique(&id)?;
                    }
                    let compiled = context.$function(entry).map_err(|message| Error::Meaning { file: file.clone(), id, message })?;
                    $into.push(compiled);
                }
            };
        }
        let tells_of_the_project = !(syntax.backend.is_empty() && syntax.fact.is_empty());
        compile_kind!(syntax.rule, set.rules, rule, |e: &schema::Rule| e.id.clone());
        compile_kind!(syntax.backend, set.backends, backend, |e: &schema::Backend| e.id.clone());
        compile_kind!(syntax.provider, set.providers, provider, |e: &schema::Provider| e.id.clone());
        compile_kind!(syntax.route, set.routes, route, |e: &schema::Route| e.id.clone());
        compile_kind!(syntax.mount, set.mounts, mount, |e: &schema::Mount| e.id.clone());
        compile_kind!(syntax.file_route, set.file_routes, file_route, |e: &schema::FileRoute| e.id.clone());
        compile_kind!(syntax.handler, set.handlers, handler, |e: &schema::Handler| e.id.clone());
        compile_kind!(syntax.request, set.requests, request, |e: &schema::Request| e.id.clone());
        compile_kind!(syntax.credential, set.credentials, credential, |e: &schema::Credential| e.id.clone());
        compile_kind!(syntax.sign, set.signs, sign, |e: &signs::Written| e.id.clone());
        compile_kind!(syntax.fact, set.facts, fact, |_: &schema::Fact| String::new());
        compile_kind!(syntax.navigation, set.navigations, navigation, |_: &schema::Plain| String::new());
        compile_kind!(syntax.callback, set.callbacks, callback, |_: &schema::Callback| String::new());
        compile_kind!(syntax.listen, set.listens, listen, |_: &schema::Listen| String::new());
        compile_kind!(syntax.side, set.sides, side, |_: &schema::SideHint| String::new());
        // Without words of its own a library's backends stand where its package is imported.
        const SHORTEST: usize = 6;
        let packages = || syntax.library.packages.iter().filter(|name| tells_of_the_project && name.len() >= SHORTEST && !name.contains(['*', ':'])).cloned().collect();
        let words: Vec<String> = syntax.library.words.clone().unwrap_or_else(packages);
        set.words.extend(words.into_iter().map(|word| (word, context.languages.clone())));
        set.leading.extend(syntax.library.leads_on.into_iter().map(|text| (text, context.languages.clone())));
        set.docs.extend(syntax.library.docs.map(|docs| (syntax.library.name.clone(), docs)));
        set.libraries.push((syntax.library.name, syntax.library.packages));
    }
    set.lexicon = lexicon;
    set.finish();
    Ok(set)
}

/// A setting's key as it is compared: `spring.session.store-type` and `spring.session.storeType` are the same.
fn one_spelling(key: &str) -> String {
    key.trim().replace(['-', '_'], "").to_lowercase()
}

fn languages_of(library: &schema::Library) -> Result<Vec<Language>, String> {
    let mut languages = Vec::new();
    for name in &library.languages {
        match name.as_str() {
            "typescript" => languages.extend([Language::TypeScript, Language::Component, Language::Template]),
            "html" => languages.push(Language::Template),
            "python" => languages.push(Language::Python),
            "kotlin" => languages.push(Language::Kotlin),
            "rust" => languages.push(Language::Rust),
            other => return Err(format!("unknown language `{other}`; one of typescript, html, python, kotlin, rust")),
        }
    }
    Ok(languages)
}

/// What the entries of one file have in common.
pub(super) struct Context<'l> {
    lexicon: &'l Lexicon,
    dotted: bool,
    pub(super) languages: Vec<Language>,
    pub(super) library: String,
    /// The examples were left out.
    pub(super) is_bare: bool,
}

type Compiled<T> = Result<T, String>;

impl Context<'_> {
    fn patterns(&self, texts: Option<OneOrMany<String>>) -> Compiled<Vec<Pattern>> {
        texts.map(OneOrMany::into_vec).unwrap_or_default().iter().map(|text| Pattern::parse(text, self.dotted, self.lexicon)).collect()
    }

    fn globs(&self, texts: Vec<String>) -> Compiled<Vec<Glob>> {
        texts.iter().map(|text| Glob::parse(text, self.lexicon)).collect()
    }

    pub(super) fn matchers(&self, matches: OneOrMany<schema::Match>) -> Compiled<Vec<Matcher>> {
        matches.into_vec().into_iter().map(|one| self.matcher(one)).collect()
    }

    fn matcher(&self, one: schema::Match) -> Compiled<Matcher> {
        let kinds = [one.call.is_some(), one.assign.is_some(), one.delete.is_some(), one.import.is_some(), one.base.is_some(), one.sql.is_some()];
        if kinds.iter().filter(|kind| **kind).count() != 1 {
            return Err("a match needs exactly one of `call`, `assign`, `delete`, `import`, `base`, `sql`".to_owned());
        }
        let what = if one.call.is_some() {
            What::Call(self.patterns(one.call)?)
        } else if one.assign.is_some() {
            What::Assign(self.patterns(one.assign)?)
        } else if one.delete.is_some() {
            What::Delete(self.patterns(one.delete)?)
        } else if let Some(import) = one.import {
            What::Import(self.globs(import.into_vec())?)
        } else if one.base.is_some() {
            What::Base(self.patterns(one.base)?)
        } else if let Some(sql) = one.sql {
            What::Sql(self.sql(sql)?)
        } else {
            return Err("a match needs a kind".to_owned());
        };
        let style = match one.style.as_deref() {
            None => None,
            Some("element") => Some(Style::Element),
            Some("annotation") => Some(Style::Annotation),
            Some("new") => Some(Style::New),
            Some(other) => return Err(format!("unknown style `{other}`; one of element, annotation, new")),
        };
        let mut args = Vec::new();
        for test in one.args {
            args.push(self.argument(test)?);
        }
        let value = one.value.map(|test| self.value_test(test.field, test.is, test.like, test.call, test.not)).transpose()?;
        Ok(Matcher { what, style, args, value, within: self.patterns(one.within)? })
    }

    fn sql(&self, sql: schema::Sql) -> Compiled<SqlTest> {
        let glob = |text: Option<String>| text.map(|text| Glob::parse(&text, self.lexicon)).transpose();
        Ok(SqlTest { verbs: sql.verb.into_vec(), table: glob(sql.table)?, set: glob(sql.set)? })
    }

    fn argument(&self, test: schema::ArgTest) -> Compiled<ArgumentTest> {
        let which = match (test.index, test.name, test.any) {
            (Some(index), None, false) => WhichArgument::Position(index),
            (None, Some(name), false) => WhichArgument::Named(name),
            (Some(index), Some(name), false) => WhichArgument::Either(index, name),
            (None, None, true) => WhichArgument::Any,
            _ => return Err("an argument is told by `index`, `name` or `any = true`".to_owned()),
        };
        Ok(ArgumentTest { which, test: self.value_test(test.field, test.is, test.like, test.call, test.not)? })
    }

    fn value_test(&self, field: Option<String>, is: Option<OneOrMany<String>>, like: Option<OneOrMany<String>>, call: Option<OneOrMany<String>>, not: bool) -> Compiled<ValueTest> {
        let field = match field {
            Some(path) => path.split('.').map(|key| Glob::parse(key, self.lexicon)).collect::<Compiled<_>>()?,
            None => Vec::new(),
        };
        let is = is.map(OneOrMany::into_vec).unwrap_or_default().iter().map(|word| Is::parse(word)).collect::<Compiled<_>>()?;
        Ok(ValueTest { field, is, like: self.globs(like.map(OneOrMany::into_vec).unwrap_or_default())?, calls: self.patterns(call)?, not })
    }

    fn when(&self, when: Option<schema::When>) -> Compiled<When> {
        let Some(when) = when else { return Ok(When::default()) };
        Ok(When {
            held: when.held.as_deref().map(side).transpose()?,
            backend: when.backend.map(|text| Glob::parse(&text, self.lexicon)).transpose()?,
            fact: when.fact,
            no_fact: when.no_fact,
            package: when.package,
            below: when.below.as_deref().map(version).transpose()?,
            at_least: when.at_least.as_deref().map(version).transpose()?,
        })
    }

    fn effects(&self, effects: Vec<schema::Effect>) -> Compiled<Vec<Effect>> {
        let one = |effect: schema::Effect| {
            if !effect.counts && effect.why.is_none() {
                return Err("an effect that does not count needs `why`".to_owned());
            }
            Ok(Effect { action: action(&effect.action)?, when: self.when(effect.when)?, counts: effect.counts, why: effect.why })
        };
        effects.into_iter().map(one).collect()
    }

    pub(super) fn examples(&self, examples: Vec<schema::Example>) -> Compiled<Vec<Example>> {
        let ending = match self.languages.first() {
            Some(Language::Python) => "py",
            Some(Language::Kotlin) => "kt",
            Some(Language::Rust) => "rs",
            Some(Language::Template) => "html",
            _ => "ts",
        };
        let one = |example: schema::Example| {
            let mut files = vec![(example.file.unwrap_or_else(|| format!("example.{ending}")), example.code)];
            files.extend(example.files);
            let found = example.found.map(|actions| actions.iter().map(|name| action(name)).collect::<Compiled<_>>()).transpose()?;
            Ok(Example { files, found, finds: example.finds, finds_not: example.finds_not, why: example.why, truth: example.truth })
        };
        examples.into_iter().map(one).collect()
    }

    fn rule(&self, rule: schema::Rule) -> Compiled<Rule> {
        let timing = match rule.timing.as_deref() {
            None | Some("immediate") => Timing::Immediate,
            Some("unawaited") => Timing::Unawaited,
            Some("deferred") => Timing::Deferred,
            Some(other) => return Err(format!("unknown timing `{other}`; one of immediate, unawaited, deferred")),
        };
        if rule.example.is_empty() && !self.is_bare {
            return Err("a rule needs at least one `[[rule.example]]`".to_owned());
        }
        if rule.counter_example.iter().any(|example| example.why.is_none()) {
            return Err("a counter-example needs `why`".to_owned());
        }
        Ok(Rule {
            id: rule.id,
            title: rule.title,
            library: self.library.clone(),
            languages: self.languages.clone(),
            matchers: self.matchers(rule.matches)?,
            system: rule.system,
            at: rule.at.as_deref().map(side).transpose()?,
            silent: rule.silent,
            effects: self.effects(rule.effects)?,
            timing,
            awaited: rule.awaited,
            followed_by: self.patterns(rule.followed_by)?,
            undone_by: self.patterns(rule.undone_by)?,
            spoiled_by: self.patterns(rule.spoiled_by)?,
            default_path: rule.default_path,
            lazy: rule.lazy,
            sends: rule.sends,
            returned: rule.returned,
            weak: rule.weak,
            denylist: rule.denylist,
            fix: rule.fix,
            truth: rule.truth,
            examples: self.examples(rule.example)?,
            counter_examples: self.examples(rule.counter_example)?,
        })
    }

    fn backend(&self, backend: schema::Backend) -> Compiled<Backend> {
        if backend.matches.is_none() && backend.dependency.is_none() && backend.setting.is_empty() && !backend.default {
            return Err("a backend needs `match`, `dependency`, `setting` or `default = true`".to_owned());
        }
        let texts = |texts: Option<OneOrMany<String>>| self.globs(texts.map(OneOrMany::into_vec).unwrap_or_default());
        let setting = |setting: schema::Setting| Ok((Glob::parse(&one_spelling(&setting.key), self.lexicon)?, texts(setting.like)?));
        Ok(Backend {
            id: backend.id,
            library: self.library.clone(),
            languages: self.languages.clone(),
            system: backend.system,
            held: side(&backend.held)?,
            store: backend.store,
            default: backend.default,
            matchers: backend.matches.map(|matches| self.matchers(matches)).transpose()?.unwrap_or_default(),
            dependencies: texts(backend.dependency)?,
            settings: backend.setting.into_iter().map(setting).collect::<Compiled<_>>()?,
            rank: backend.rank,
            idle: backend.idle,
        })
    }

    fn fact(&self, fact: schema::Fact) -> Compiled<Fact> {
        Ok(Fact { id: fact.id, languages: self.languages.clone(), matchers: self.matchers(fact.matches)? })
    }

    fn provider(&self, provider: schema::Provider) -> Compiled<Provider> {
        Ok(Provider {
            id: provider.id,
            name: provider.name,
            languages: self.languages.clone(),
            packages: self.globs(provider.packages)?,
            matchers: self.matchers(provider.matches)?,
            used_by: provider.used_by.map(|matches| self.matchers(matches)).transpose()?.unwrap_or_default(),
            keeps_in: provider.keeps_in,
        })
    }

    fn route(&self, route: schema::Route) -> Compiled<Route> {
        Ok(Route {
            id: route.id,
            framework: route.framework,
            languages: self.languages.clone(),
            matchers: self.matchers(route.matches)?,
            path: locators(route.path)?,
            method: locators(route.method)?,
            handler: locator(route.handler.as_deref().unwrap_or("args"))?,
            router: locator(route.router.as_deref().unwrap_or("receiver"))?,
        })
    }

    fn mount(&self, mount: schema::Mount) -> Compiled<Mount> {
        Ok(Mount { id: mount.id, languages: self.languages.clone(), matchers: self.matchers(mount.matches)?, prefix: locators(mount.prefix)?, mounted: locator(&mount.mounted)? })
    }

    fn file_route(&self, route: schema::FileRoute) -> Compiled<FileRoute> {
        let mut files = globset::GlobSetBuilder::new();
        for text in &route.files {
            files.add(glob(text)?);
        }
        let strip = route.strip.iter().map(|text| Ok(glob(text)?.compile_matcher())).collect::<Compiled<_>>()?;
        Ok(FileRoute {
            id: route.id,
            framework: route.framework,
            languages: self.languages.clone(),
            files: files.build().map_err(|error| error.to_string())?,
            strip,
            exports: route.exports.into_iter().collect(),
            drop: route.drop,
            dots: route.dots,
            method_suffix: route.method_suffix,
            prefix: route.prefix,
            needs: self.globs(route.needs)?,
        })
    }

    fn handler(&self, handler: schema::Handler) -> Compiled<HandlerRule> {
        Ok(HandlerRule {
            id: handler.id,
            framework: handler.framework,
            library: self.library.clone(),
            languages: self.languages.clone(),
            matchers: self.matchers(handler.matches)?,
            path: locators(handler.path)?,
            method: locators(handler.method)?,
            system: handler.system,
            effects: self.effects(handler.effects)?,
            unless: self.patterns(handler.unless)?,
            until: self.patterns(handler.until)?,
            bundled: handler.bundled,
            sends: handler.sends,
            truth: handler.truth,
            examples: self.examples(handler.example)?,
            counter_examples: self.examples(handler.counter_example)?,
        })
    }

    fn request(&self, request: schema::Request) -> Compiled<Request> {
        Ok(Request {
            id: request.id,
            languages: self.languages.clone(),
            matchers: self.matchers(request.matches)?,
            path: locators(request.path)?,
            method: locators(request.method)?,
        })
    }

    fn navigation(&self, navigation: schema::Plain) -> Compiled<Navigation> {
        Ok(Navigation { languages: self.languages.clone(), matchers: self.matchers(navigation.matches)? })
    }

    fn callback(&self, callback: schema::Callback) -> Compiled<Callback> {
        let runs = match callback.runs.as_str() {
            "ordinary" => Runs::Ordinary,
            "error" => Runs::Error,
            "deferred" => Runs::Deferred,
            "never" => Runs::Never,
            "elsewhere" => Runs::Elsewhere,
            "intercepting" => Runs::Intercepting,
            "cold" => Runs::Cold,
            "discarding" => Runs::Discarding,
            other => return Err(format!("unknown `runs = \"{other}\"`; one of ordinary, error, deferred, never, elsewhere, intercepting, cold, discarding")),
        };
        Ok(Callback { languages: self.languages.clone(), matchers: self.matchers(callback.matches)?, args: callback.args, runs, delay: callback.delay })
    }

    fn listen(&self, listen: schema::Listen) -> Compiled<Listen> {
        Ok(Listen { languages: self.languages.clone(), matchers: self.matchers(listen.matches)?, to: locator(&listen.to)?, runs: locator(&listen.runs)? })
    }

    fn credential(&self, credential: schema::Credential) -> Compiled<Credential> {
        let kind = match credential.kind.as_str() {
            "session" => CredentialKind::Session,
            "access-token" => CredentialKind::AccessToken,
            "refresh-token" => CredentialKind::RefreshToken,
            "cookie" => CredentialKind::Cookie,
            "storage" => CredentialKind::Storage,
            "denylist-read" => CredentialKind::DenylistRead,
            other => return Err(format!("unknown kind `{other}`; one of session, access-token, refresh-token, cookie, storage, denylist-read")),
        };
        let unit = match credential.unit.as_deref() {
            Some("ms") => Unit::Milliseconds,
            None | Some("s") => Unit::Seconds,
            Some("min") => Unit::Minutes,
            Some("h") => Unit::Hours,
            Some("d") => Unit::Days,
            Some(other) => return Err(format!("unknown unit `{other}`; one of ms, s, min, h, d")),
        };
        Ok(Credential {
            id: credential.id,
            kind,
            languages: self.languages.clone(),
            matchers: self.matchers(credential.matches)?,
            key: locators(credential.key)?,
            lifetime: locators(credential.lifetime)?,
            unit,
            default_seconds: credential.default_seconds,
            http_only: credential.http_only,
            inherits: credential.inherits,
        })
    }

    fn side(&self, hint: schema::SideHint) -> Compiled<SideHint> {
        Ok(SideHint {
            at: side(&hint.at)?,
            languages: self.languages.clone(),
            imports: self.globs(hint.imports)?,
            calls: self.patterns((!hint.calls.is_empty()).then_some(OneOrMany::Many(hint.calls)))?,
            packages: self.globs(hint.packages)?,
        })
    }
}

fn glob(text: &str) -> Compiled<globset::Glob> {
    globset::GlobBuilder::new(text).literal_separator(true).build().map_err(|error| error.to_string())
}

fn side(word: &str) -> Compiled<Side> {
    match word {
        "server" => Ok(Side::Server),
        "client" => Ok(Side::Client),
        other => Err(format!("unknown side `{other}`; one of server, client")),
    }
}

fn action(word: &str) -> Compiled<Action> {
    Action::ALL.into_iter().find(|action| action.as_str() == word).ok_or_else(|| format!("unknown action `{word}`; one of server-session, token, cookie, client-state"))
}

fn version(text: &str) -> Compiled<Version> {
    let mut numbers = text.split('.').map(|part| part.parse::<u64>().map_err(|_| format!("`{text}` is no version")));
    let mut next = || numbers.next().unwrap_or(Ok(0));
    Ok((next()?, next()?, next()?))
}
