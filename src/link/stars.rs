//! Finds the modules from which `import *` and `export *` bring in a name.

use std::collections::VecDeque;
use std::sync::Arc;

use rustc_hash::FxHashSet;

use super::eval::Thing;
use super::program::{ModuleId, Program, Wanted};
use crate::ir::ExportTarget;
use crate::source::{FileId, Language};

/// How many modules one name is looked for in.
const MAX_MODULES: usize = 400;

/// How many modules that define the name are looked at.
const MAX_HOMES: usize = 3;

/// Where a name that no module says itself may come from.
#[derive(Debug, Default)]
pub(super) struct Homes {
    /// The modules that define the name themselves, the nearest first.
    modules: Vec<ModuleId>,
    /// The files on the way to the first of them that are not lowered.
    missing: Vec<FileId>,
}

impl<'p> Program<'p> {
    /// A name that the star imports of a module may bring in; nothing if none does.
    pub(super) fn star_member(&self, from: ModuleId, name: &str, follow: bool, steps: usize) -> Vec<Thing<'p>> {
        let Some(steps) = steps.checked_sub(2) else { return Vec::new() };
        let homes = self.homes(from, name);
        for file in &homes.missing {
            super::lacking::note(*file);
            if follow {
                self.want(Wanted::Naming { file: *file, name: name.to_owned() });
            }
        }
        let mut outside = Vec::new();
        for home in &homes.modules {
            let found = self.own_export(*home, name, follow, steps);
            if found.iter().any(|thing| !matches!(thing, Thing::Outside { .. })) {
                return found;
            }
            if outside.is_empty() {
                outside = found;
            }
        }
        outside
    }

    /// Where the star imports of a module lead for a name. The answer depends on the modules alone and is kept.
    fn homes(&self, from: ModuleId, name: &str) -> Arc<Homes> {
        if !self.has_stars(from) {
            return Arc::default();
        }
        if let Some(known) = self.known_homes(from, name) {
            return known;
        }
        let homes = Arc::new(self.search(from, name));
        self.keep_homes(from, name, Arc::clone(&homes));
        homes
    }

    fn has_stars(&self, from: ModuleId) -> bool {
        !self.scope(from).stars.is_empty() || !self.scope(from).star_exports.is_empty()
    }

    /// Breadth first, so that the nearest definition comes first and circles end.
    fn search(&self, from: ModuleId, name: &str) -> Homes {
        let mut homes = Homes::default();
        let mut seen: FxHashSet<FileId> = FxHashSet::default();
        seen.insert(self.module(from).file);
        let mut queue = VecDeque::from([from]);
        let mut looked_at = 0;
        while let Some(at) = queue.pop_front() {
            looked_at += 1;
            if looked_at > MAX_MODULES || homes.modules.len() >= MAX_HOMES {
                break;
            }
            for file in self.star_files(at, name) {
                if !seen.insert(file) {
                    continue;
                }
                match self.module_of(file) {
                    Some(target) if self.defines(target, name) => homes.modules.push(target),
                    Some(target) => queue.push_back(target),
                    None if homes.modules.is_empty() => homes.missing.push(file),
                    None => {}
                }
            }
        }
        homes
    }

    /// The files behind the star imports and star exports of a module.
    fn star_files(&self, at: ModuleId, name: &str) -> Vec<FileId> {
        let module = self.module(at);
        let scope = self.scope(at);
        let imports = scope.stars.iter().map(|star| module.imports[*star].module.as_str());
        let exports = scope.star_exports.iter().filter_map(|export| match &module.exports[*export].target {
            ExportTarget::From { module, .. } => Some(module.as_str()),
            _ => None,
        });
        let modules = imports.chain(exports);
        match module.language {
            // A package has many files, and an index tells which of them declares a name.
            Language::Kotlin => modules.flat_map(|module| self.find(at, module, Some(name)).to_vec()).collect(),
            _ => modules.flat_map(|module| self.find(at, module, None).to_vec()).collect(),
        }
    }

    /// Whether a module says itself what a name stands for.
    fn defines(&self, module: ModuleId, name: &str) -> bool {
        let scope = self.scope(module);
        !scope.top(name).is_empty() || scope.exports.contains_key(name)
    }
}
