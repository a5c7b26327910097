//! What an import stands for, and what a module gives under a name.

use std::sync::Arc;

use super::eval::{Place, Thing};
use super::program::{FunctionId, ModuleId, Program};
use crate::ir::{ClassKind, ExportTarget, FunctionIndex, Import, ImportItem, Name, TypeName, ValueKind};
use crate::source::Language;

/// How many files may define what one import names.
const MAX_HOMONYMS: usize = 4;

impl<'p> Program<'p> {
    /// What an import stands for.
    pub(super) fn import_target(&self, from: ModuleId, import: &'p Import, follow: bool, steps: usize) -> Vec<Thing<'p>> {
        let Some(steps) = steps.checked_sub(1) else { return Vec::new() };
        self.reach_item(from, &import.module, &import.item, &import.local, follow, steps)
    }

    /// The modules of the program from which a module imports something.
    pub fn imported(&self, from: ModuleId) -> impl Iterator<Item = ModuleId> {
        let files = self.module(from).imports.iter().flat_map(move |import| {
            let item = if let ImportItem::Named(name) = &import.item { Some(name.as_str()) } else { None };
            self.find(from, &import.module, item).to_vec()
        });
        files.filter_map(|file| self.module_of(file))
    }

    pub(super) fn reach_item(&self, from: ModuleId, module: &str, item: &ImportItem, local: &str, follow: bool, steps: usize) -> Vec<Thing<'p>> {
        let named = match item {
            ImportItem::Named(name) => Some(name.as_str()),
            ImportItem::Default => Some("default"),
            ImportItem::Namespace | ImportItem::Star | ImportItem::SideEffect => None,
        };
        let item_name = match item {
            ImportItem::Named(name) => Some(name.as_str()),
            _ => None,
        };
        let files = self.find(from, module, item_name);
        if files.is_empty() {
            return vec![Thing::outside(self.outside_name(from, module, item_name))];
        }
        let mut missing = false;
        // Where so many files define a name, none of them is known to be meant.
        let follow_in = follow && files.len() <= MAX_HOMONYMS;
        let mut submodule = None;
        for file in files.iter() {
            let Some(target) = self.module_or_want(*file, follow_in) else {
                missing = true;
                continue;
            };
            let Some(named) = named else { return vec![Thing::Module(target)] };
            // `from package import submodule`: what the package itself binds to the name goes before it, and nothing inside the submodule does.
            if self.module(from).language == Language::Python && self.is_submodule(*file, module, named, from) {
                submodule = submodule.or(Some(target));
                continue;
            }
            if submodule.is_some() && target == from {
                continue;
            }
            let mut found = self.exported(target, named, follow, steps);
            if found.is_empty() {
                found = self.member_of_path(target, module, named, follow, steps);
            }
            let is_better = submodule.is_none() || found.iter().any(|thing| !matches!(thing, Thing::Outside { .. }));
            if !found.is_empty() && is_better {
                return found;
            }
            if self.is_submodule(*file, module, named, from) {
                return vec![Thing::Module(target)];
            }
        }
        if let Some(submodule) = submodule {
            return vec![Thing::Module(submodule)];
        }
        let mut name = Name::default();
        // A file of the project that is not read yet, or lacks the name: its own word for it is all that is known.
        name.push(if missing || local.is_empty() { item_name.unwrap_or(local) } else { local });
        vec![Thing::outside(name)]
    }

    /// A member of a class or object of a package that is imported by its own name: `import app.Paths.LEAVE`, `import app.Paths.Auth.LEAVE`.
    fn member_of_path(&self, target: ModuleId, path: &str, name: &str, follow: bool, steps: usize) -> Vec<Thing<'p>> {
        let Some(steps) = steps.checked_sub(1) else { return Vec::new() };
        let module = self.module(target);
        let Some(inner) = path.strip_prefix(module.package.as_str()).and_then(|inner| inner.strip_prefix('.')).filter(|_| module.language == Language::Kotlin) else {
            return Vec::new();
        };
        let mut names = inner.split('.');
        let outer = names.next().map(|outer| self.own_name(target, outer, follow, steps)).unwrap_or_default();
        let member_of = |things: Vec<Thing<'p>>, name: &str| things.into_iter().flat_map(|thing| self.member(thing, name, follow, steps)).collect();
        member_of(names.fold(outer, member_of), name)
    }

    /// Whether the file is the module `module.item` rather than `module`.
    fn is_submodule(&self, file: crate::source::FileId, module: &str, item: &str, from: ModuleId) -> bool {
        !self.find(from, module, None).contains(&file) && item != "default"
    }

    /// The canonical name of something imported from outside the project.
    fn outside_name(&self, from: ModuleId, module: &str, item: Option<&str>) -> Name {
        let mut name = Name { imported: true, segments: Vec::new() };
        match self.module(from).language {
            Language::TypeScript | Language::Component | Language::Template => name.push(module),
            Language::Python | Language::Kotlin => module.split('.').filter(|part| !part.is_empty()).for_each(|part| name.push(part)),
            Language::Rust => module.split("::").filter(|part| !part.is_empty()).for_each(|part| name.push(part)),
        }
        if let Some(item) = item {
            name.push(item);
        }
        name
    }

    /// The canonical name of a class that another one extends, where the file imports it.
    pub fn imported_base(&self, base: &TypeName, at: ModuleId) -> Option<Name> {
        let (first, rest) = base.path.split_first()?;
        let import = self.module(at).imports.iter().find(|import| import.local == *first)?;
        let mut name = match &import.item {
            ImportItem::Named(item) => self.outside_name(at, &import.module, Some(item)),
            ImportItem::Namespace => self.outside_name(at, &import.module, None),
            ImportItem::Default | ImportItem::Star | ImportItem::SideEffect => return None,
        };
        rest.iter().for_each(|part| name.push(part.as_str()));
        Some(name)
    }

    /// What a module gives under an outside name.
    pub(super) fn exported(&self, target: ModuleId, name: &str, follow: bool, steps: usize) -> Vec<Thing<'p>> {
        let Some(steps) = steps.checked_sub(1) else { return Vec::new() };
        let found = self.own_export(target, name, follow, steps);
        if !found.is_empty() {
            return self.with_value(found, target, name, follow, steps);
        }
        let scope = self.scope(target);
        if name == "default" {
            // `require` of a module that only has named exports, and a component whose script has none.
            return if scope.exports.contains_key("default") { Vec::new() } else { vec![Thing::Module(target)] };
        }
        let at = Place { module: target, function: None };
        let whole = match scope.default_record(self.module(target)) {
            Some(record) => self.eval_steps(record, at, follow, steps),
            // `module.exports = controller`
            None if scope.exports.contains_key("default") => self.own_export(target, "default", follow, steps),
            None => Vec::new(),
        };
        let member = |thing| match thing {
            // `module.exports = Auth` with `Auth.logout = …`
            Thing::Function(function) => self.set_on_function(function, name, follow, steps),
            thing => self.member(thing, name, follow, steps),
        };
        let found: Vec<_> = whole.into_iter().flat_map(member).collect();
        if found.iter().any(|thing| !matches!(thing, Thing::Outside { .. })) {
            return found;
        }
        let mut others = self.star_member(target, name, follow, steps);
        if others.is_empty() && scope.has_exports() {
            others = self.own_name(target, name, follow, steps);
        }
        // `module.exports = new Controller()` with `logout = wrap(…)`: what a library makes of a function is known by the call alone.
        if others.is_empty() { found } else { others }
    }

    /// What a module gives under an outside name without what it takes from others as a whole.
    pub(super) fn own_export(&self, target: ModuleId, name: &str, follow: bool, steps: usize) -> Vec<Thing<'p>> {
        let Some(steps) = steps.checked_sub(1) else { return Vec::new() };
        let module = self.module(target);
        let scope = self.scope(target);
        let at = Place { module: target, function: None };
        for export in scope.exports.get(name).into_iter().flatten().filter_map(|index| module.exports.get(*index)) {
            let found = match &export.target {
                ExportTarget::Local(local) => self.top_level(target, local, follow, steps),
                ExportTarget::Value(value) => self.eval_steps(value, at, follow, steps),
                ExportTarget::From { module, item } => self.reach_item(target, module, item, name, follow, steps),
            };
            if !found.is_empty() {
                return found;
            }
        }
        // A module that says what it exports gives nothing else, but for names that it exports in ways which are not known.
        if name == "default" || scope.has_exports() { Vec::new() } else { self.own_name(target, name, follow, steps) }
    }

    /// What a top-level name of a module stands for; nothing if there is none.
    pub(super) fn top_level(&self, target: ModuleId, name: &str, follow: bool, steps: usize) -> Vec<Thing<'p>> {
        let found = self.own_name(target, name, follow, steps);
        if found.is_empty() { self.star_member(target, name, follow, steps) } else { self.with_value(found, target, name, follow, steps) }
    }

    /// In Rust a module and a function may bear one name: `mod logout; pub use logout::*;` gives both.
    fn with_value(&self, mut found: Vec<Thing<'p>>, target: ModuleId, name: &str, follow: bool, steps: usize) -> Vec<Thing<'p>> {
        if self.module(target).language == Language::Rust && found.iter().all(|thing| matches!(thing, Thing::Module(_))) {
            found.extend(self.star_member(target, name, follow, steps));
        }
        found
    }

    fn own_name(&self, target: ModuleId, name: &str, follow: bool, steps: usize) -> Vec<Thing<'p>> {
        let Some(steps) = steps.checked_sub(1) else { return Vec::new() };
        let at = Place { module: target, function: None };
        let bindings = self.scope(target).top(name);
        if bindings.is_empty() {
            return self.named_by_macro(target, name).map(Thing::Function).into_iter().collect();
        }
        bindings.iter().flat_map(|binding| self.eval_binding(binding, name, at, follow, steps)).collect()
    }

    /// The function for which an attribute macro makes a type: `#[server] async fn log_out` gives `LogOut`, `#[server(Leave)]` gives `Leave`.
    fn named_by_macro(&self, target: ModuleId, name: &str) -> Option<FunctionId> {
        let module = self.module(target);
        if module.language != Language::Rust || !name.starts_with(char::is_uppercase) {
            return None;
        }
        // `LogOut` and `log_out` have the same letters.
        let letters = |name: &str| name.replace('_', "").to_lowercase();
        let made_name = letters(name);
        let is_made = |function: &crate::ir::Function| {
            function.owner.is_none()
                && function.annotations.iter().any(|annotation| match annotation.positional(0).map(|value| &value.kind) {
                    Some(ValueKind::Name(made)) => made == name,
                    _ => letters(&function.name) == made_name,
                })
        };
        let index = module.functions.iter().position(is_made)?;
        Some(FunctionId { module: target, index: FunctionIndex(u32::try_from(index).ok()?) })
    }

    /// A name of the same package, which needs no import.
    pub(super) fn package_member(&self, from: ModuleId, name: &str, follow: bool, steps: usize) -> Option<Vec<Thing<'p>>> {
        let module = self.module(from);
        if module.language != Language::Kotlin {
            return None;
        }
        let holding: Vec<ModuleId> = self.modules_in(&module.package).iter().copied().filter(|sibling| *sibling != from && !self.scope(*sibling).top(name).is_empty()).collect();
        let files = if follow || holding.len() > 1 { self.find(from, &module.package, Some(name)) } else { Arc::default() };
        if follow {
            let wanted = if holding.is_empty() { files.len() } else { 1 };
            files.iter().take(wanted).for_each(|file| {
                self.module_or_want(*file, follow);
            });
        }
        let given = |home: ModuleId| self.eval_bindings(self.scope(home).top(name), name, Place { module: home, function: None }, follow, steps);
        // Two applications of one tree may have packages of the same name: each means its own.
        let nearest =
            files.iter().filter_map(|file| self.module_of(*file)).filter(|home| holding.contains(home) && holding.len() > 1).map(given).find(|found| self.has_substance(found));
        nearest.or_else(|| holding.first().copied().map(given))
    }

    /// Whether one of several things is more than declared: a function with a body, an interface, or a class of which a method has a body.
    fn has_substance(&self, things: &[Thing<'p>]) -> bool {
        things.iter().any(|thing| match thing {
            Thing::Function(function) => !self.function(*function).body.is_empty(),
            Thing::Class(class) | Thing::Instance(class) => {
                let module = self.module(class.module);
                let class = self.class(*class);
                class.kind == ClassKind::Interface || class.methods.iter().any(|method| !module.function(*method).body.is_empty())
            }
            _ => false,
        })
    }

    /// A name that a script uses and nothing binds: frameworks import for themselves what a project exports under a name of its own.
    pub(super) fn unimported(&self, from: ModuleId, name: &str, follow: bool, steps: usize) -> Option<Vec<Thing<'p>>> {
        // One word may be the name of anything that the platform has.
        let is_compound = name.starts_with(char::is_lowercase) && name.contains(char::is_uppercase);
        if !is_compound || !matches!(self.module(from).language, Language::TypeScript | Language::Component) {
            return None;
        }
        let mut homes: Vec<ModuleId> = self.functions_named(name).iter().map(|function| function.module).filter(|home| self.gives_away(*home, name)).collect();
        homes.dedup();
        if homes.len() > 1 {
            // Of several places the one is meant that the framework looks into for this script.
            let meant = self.find(from, "", Some(name));
            homes.retain(|home| meant.contains(&self.module(*home).file));
        }
        if let [home] = homes.as_slice()
            && *home != from
        {
            let at = Place { module: *home, function: None };
            return Some(self.eval_bindings(self.scope(*home).top(name), name, at, follow, steps));
        }
        self.find(from, "", Some(name)).iter().for_each(|file| {
            self.module_or_want(*file, follow);
        });
        if homes.is_empty() { self.called_like_file(from, name, follow, steps) } else { None }
    }

    /// What the nearest file gives as a whole that is called like a name: `composables/useReader.ts` with `export default function () { … }`.
    fn called_like_file(&self, from: ModuleId, name: &str, follow: bool, steps: usize) -> Option<Vec<Thing<'p>>> {
        let file = *self.called_like(from, name).first()?;
        let home = self.module_or_want(file, follow).filter(|home| *home != from && self.module(*home).language == Language::TypeScript)?;
        if !self.scope(home).exports.contains_key("default") {
            return None;
        }
        Some(self.exported(home, "default", follow, steps)).filter(|things| !things.is_empty())
    }

    /// Whether a script exports a thing of its own top level under that name.
    fn gives_away(&self, home: ModuleId, name: &str) -> bool {
        let scope = self.scope(home);
        self.module(home).language == Language::TypeScript && scope.exports.contains_key(name) && !scope.top(name).is_empty()
    }
}
