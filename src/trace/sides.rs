//! On which side a file runs.

use std::sync::Arc;

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use crate::ir::{Module, Name, ValueKind, each_value};
use crate::link::{ModuleId, Program};
use crate::outcome::Side;
use crate::rules::RuleSet;
use crate::source::Language;

/// The sides of all modules.
#[derive(Debug, Default)]
pub struct Sides {
    by_module: FxHashMap<ModuleId, Told>,
}

/// What is known of a module's side.
#[derive(Debug, Clone, Copy)]
struct Told {
    side: Side,
    /// It has what only a client has, and nothing of a server.
    is_page: bool,
}

/// One operation of the description of an interface.
#[derive(Debug, Clone)]
pub struct Described {
    pub method: String,
    /// Where the description says that the whole interface stands.
    pub base: String,
    pub path: String,
    /// The function that answers, as the description names it: `app.auth.logout`.
    pub function: String,
}

/// What the surroundings of a file tell: the side of the nearest manifest's dependencies.
pub trait Surroundings: Sync {
    /// The names of the dependencies of the manifest nearest to a module's file.
    fn dependencies(&self, module: ModuleId) -> Arc<[String]>;
    /// The path of a module's file.
    fn path(&self, module: ModuleId) -> String;
    /// The file of a language that is not read which declares a class: one of the module's own package, or the one that is named in full.
    fn foreign_class(&self, module: ModuleId, path: &[&str], is_full: bool) -> Option<String>;
    /// What the descriptions of interfaces in the tree say.
    fn described(&self) -> Vec<Described>;
    /// Whether an application begins in a file beside a module's or above it, from which imports lead to what is used.
    fn begins_above(&self, module: ModuleId) -> bool;
    /// Whether a module's text or path has a logout's word in it.
    fn mentions_logout(&self, module: ModuleId) -> bool;
}

impl Sides {
    /// Tells the sides of the modules that speak of a logout and whose sides are not told yet, in parallel. A side depends on the
    /// module and its surroundings alone.
    pub(super) fn complete(&mut self, program: &Program<'_>, rules: &RuleSet, surroundings: &dyn Surroundings) {
        let new: Vec<(ModuleId, &Module)> = program.modules().filter(|(id, _)| !self.by_module.contains_key(id) && surroundings.mentions_logout(*id)).collect();
        let sides: Vec<(ModuleId, Told)> = new.par_iter().map(|(id, module)| (*id, side_of(*id, module, rules, surroundings))).collect();
        self.by_module.extend(sides);
    }

    /// The side of a module that speaks of a logout.
    pub fn of(&self, module: ModuleId) -> Side {
        self.by_module.get(&module).map_or(Side::Server, |told| told.side)
    }

    /// Whether a module that speaks of a logout has what only a client has, and nothing of a server.
    pub(super) fn is_page(&self, module: ModuleId) -> bool {
        self.by_module.get(&module).is_some_and(|told| told.is_page)
    }
}

fn side_of(id: ModuleId, module: &Module, rules: &RuleSet, surroundings: &dyn Surroundings) -> Told {
    let plain = |side| Told { side, is_page: false };
    if module.directives.iter().any(|directive| directive == "use server") {
        return plain(Side::Server);
    }
    if module.directives.iter().any(|directive| directive == "use client") || matches!(module.language, Language::Component | Language::Template) {
        return plain(Side::Client);
    }
    let (mut server, mut client) = (0_i32, 0_i32);
    for hint in rules.sides.iter().filter(|hint| hint.languages.contains(&module.language)) {
        let imports = module.imports.iter().filter(|import| !import.type_only && hint.imports.iter().any(|glob| glob.fits(&import.module, &rules.lexicon))).count() as i32;
        let mut calls = 0_i32;
        if !hint.calls.is_empty() {
            let mut count = |value: &crate::ir::Value| {
                let last = match &value.kind {
                    ValueKind::Member(_, last) | ValueKind::Name(last) => last,
                    _ => return,
                };
                if hint.calls.iter().any(|pattern| pattern.may_end_in(last, &rules.lexicon)) {
                    let name = Name::written(value);
                    if hint.calls.iter().any(|pattern| pattern.fits(&name, &rules.lexicon)) {
                        calls += 1;
                    }
                }
            };
            module.bodies().for_each(|(_, body)| each_value(body, &mut count));
        }
        let weight = imports * 2 + calls.min(4);
        match hint.at {
            Side::Server => server += weight,
            Side::Client => client += weight,
        }
    }
    if server != client {
        return Told { side: if client > server { Side::Client } else { Side::Server }, is_page: server == 0 };
    }
    let dependencies = surroundings.dependencies(id);
    let before = (server, client);
    for hint in rules.sides.iter().filter(|hint| hint.languages.contains(&module.language)) {
        let hits = dependencies.iter().filter(|dependency| hint.packages.iter().any(|glob| glob.fits(dependency, &rules.lexicon))).count() as i32;
        match hint.at {
            Side::Server => server += hits,
            Side::Client => client += hits,
        }
    }
    // Folders tell it too, where several applications share a manifest. A file's own name does not: clients have an `api.ts` too.
    let path = surroundings.path(id);
    let has_pages_on_server = module.language == Language::Python;
    // What a client has of its own to call a server stands in such a folder too: `src/lib/api/auth.ts`.
    let is_of_client = client > before.1 && server == before.0;
    let mut around = None;
    for part in path.rsplit_once('/').map_or("", |(folders, _)| folders).split('/') {
        let is_served = around.is_none_or(|outer| rules.lexicon.is_exactly("page-folder", outer) || rules.lexicon.is_exactly("server-folder", outer));
        around = Some(part);
        if is_of_client && !is_served && rules.lexicon.is_exactly("interface-folder", part) {
            continue;
        }
        let words = crate::rules::split_words(part);
        for word in &words {
            let is_client = rules.lexicon.is_exactly("client-folder", word) || !has_pages_on_server && rules.lexicon.is_exactly("page-folder", word);
            client += i32::from(is_client);
            server += i32::from(rules.lexicon.is_exactly("server-folder", word));
        }
    }
    plain(if client > server { Side::Client } else { Side::Server })
}
