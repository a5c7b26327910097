//! What an import stands for, and what a module gives under a name.

use super::eval::{Place, Thing};
use super::program::{ModuleId, Program, Wanted};
use crate::ir::{ExportTarget, Import, ImportItem, Name, ValueKind};
use crate::source::Language;

impl<'p> Program<'p> {
    /// What an import stands for.
    pub(super) fn import_target(&self, from: ModuleId, import: &'p Import, follow: bool, steps: usize) -> Vec<Thing<'p>> {
        let Some(steps) = steps.checked_sub(1) else { return Vec::new() };
        self.reach_item(from, &import.module, &import.item, &import.local, follow, steps)
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
        for file in &files {
            let Some(target) = self.module_of(*file) else {
                missing = true;
                if follow {
                    self.want(Wanted::File(*file));
                }
                continue;
            };
            let Some(named) = named else { return vec![Thing::Module(target)] };
            let found = self.exported(target, named, follow, steps);
            if !found.is_empty() {
                return found;
            }
            // `from package import submodule`.
            if self.is_submodule(*file, module, named, from) {
                return vec![Thing::Module(target)];
            }
        }
        let mut name = Name::default();
        // A file of the project that is not read yet, or lacks the name: its own word for it is all that is known.
        name.push(if missing || local.is_empty() { item_name.unwrap_or(local) } else { local });
        vec![Thing::outside(name)]
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

    /// What a module gives under an outside name.
    pub(super) fn exported(&self, target: ModuleId, name: &str, follow: bool, steps: usize) -> Vec<Thing<'p>> {
        let Some(steps) = steps.checked_sub(1) else { return Vec::new() };
        let module = self.module(target);
        let at = Place { module: target, function: None };
        let mut default_record = None;
        for export in &module.exports {
            if export.name == name {
                let found = match &export.target {
                    ExportTarget::Local(local) => self.top_level(target, local, follow, steps),
                    ExportTarget::Value(value) => self.eval_steps(value, at, follow, steps),
                    ExportTarget::From { module, item } => self.reach_item(target, module, item, name, follow, steps),
                };
                if !found.is_empty() {
                    return found;
                }
            }
            if export.name == "default"
                && let ExportTarget::Value(value) = &export.target
            {
                default_record = Some(value);
            }
        }
        if name != "default" {
            for export in module.exports.iter().filter(|export| export.name == "*") {
                if let ExportTarget::From { module, .. } = &export.target {
                    let found = self.reach_item(target, module, &ImportItem::Named(name.to_owned()), name, follow, steps);
                    if found.iter().any(|thing| !matches!(thing, Thing::Outside { .. })) {
                        return found;
                    }
                }
            }
            if let Some(record) = default_record
                && matches!(record.kind, ValueKind::Record(_) | ValueKind::Call(_))
            {
                let found: Vec<_> = self.eval_steps(record, at, follow, steps).into_iter().flat_map(|thing| self.member(thing, name, follow, steps)).collect();
                if found.iter().any(|thing| !matches!(thing, Thing::Outside { .. })) {
                    return found;
                }
            }
        }
        if name == "default" {
            // `require` of a module that only has named exports, and a component whose script has none.
            return if module.exports.iter().any(|export| export.name == "default") { Vec::new() } else { vec![Thing::Module(target)] };
        }
        self.top_level(target, name, follow, steps)
    }

    /// What a top-level name of a module stands for; nothing if there is none.
    pub(super) fn top_level(&self, target: ModuleId, name: &str, follow: bool, steps: usize) -> Vec<Thing<'p>> {
        let Some(steps) = steps.checked_sub(1) else { return Vec::new() };
        let at = Place { module: target, function: None };
        let scope = self.scope(target);
        let mut things = Vec::new();
        for binding in scope.top(name) {
            things.extend(self.eval_binding(binding, name, at, follow, steps));
        }
        if things.is_empty() {
            let module = self.module(target);
            for star in &scope.stars {
                let found = self.star_member(target, &module.imports[*star], name, follow, steps);
                if found.iter().any(|thing| !matches!(thing, Thing::Outside { .. })) {
                    return found;
                }
            }
        }
        things
    }

    /// A name that `import *` may bring in.
    pub(super) fn star_member(&self, from: ModuleId, import: &Import, name: &str, follow: bool, steps: usize) -> Vec<Thing<'p>> {
        let Some(steps) = steps.checked_sub(1) else { return Vec::new() };
        for file in self.find(from, &import.module, Some(name)) {
            match self.module_of(file) {
                Some(target) if target != from => {
                    let found = self.exported(target, name, follow, steps);
                    if !found.is_empty() {
                        return found;
                    }
                }
                Some(_) => {}
                None if follow => self.want(Wanted::File(file)),
                None => {}
            }
        }
        Vec::new()
    }

    /// A name of the same package, which needs no import.
    pub(super) fn package_member(&self, from: ModuleId, name: &str, follow: bool, steps: usize) -> Option<Vec<Thing<'p>>> {
        let module = self.module(from);
        if module.language != Language::Kotlin {
            return None;
        }
        for sibling in self.modules_in(&module.package) {
            if *sibling != from {
                let found = self.scope(*sibling).top(name);
                if !found.is_empty() {
                    let at = Place { module: *sibling, function: None };
                    return Some(self.eval_bindings(found, name, at, follow, steps));
                }
            }
        }
        if follow {
            for file in self.find(from, &module.package, Some(name)) {
                if self.module_of(file).is_none() {
                    self.want(Wanted::File(file));
                }
            }
        }
        None
    }
}
