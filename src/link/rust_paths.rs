//! Paths through Rust modules: `crate::a::b`, `module::b`.

use super::eval::{Place, Thing};
use super::program::Program;
use super::scope::Binding;
use crate::ir::{ImportItem, Module, Value, ValueKind};
use crate::source::FileId;

impl<'p> Program<'p> {
    /// `crate::a::b`, `self::b`, `super::b`, `module::b`: a path through modules.
    pub(super) fn rust_path(&self, of: &'p Value, name: &str, place: Place, follow: bool, steps: usize) -> Option<Vec<Thing<'p>>> {
        let parts = path_parts(of)?;
        let root = *parts.first()?;
        let module = self.module(place.module);
        if !matches!(root, "crate" | "self" | "super") {
            let bindings = self.scope(place.module).lookup(module, place.function, root);
            // A local variable of the same name is another thing: values and modules have names of their own.
            let is_item = bindings.iter().any(Binding::is_item);
            if is_item || parts.len() > 1 && root.chars().next().is_some_and(char::is_uppercase) {
                return None;
            }
        }
        let path = parts.join("::");
        // What `use super::*` brings in goes before a crate of the same name. It is not found where it is brought in, though one item
        // there may be called like a method of a local variable: `user.logout()` in `fn logout(user: Identity)`.
        let stars = self.scope(place.module).stars.iter().map(|star| format!("{}::{path}", module.imports[*star].module));
        let elsewhere = |path: String| self.find(place.module, &path, Some(name)).iter().copied().filter(|file| *file != module.file).collect::<Vec<FileId>>();
        let brought = if matches!(root, "crate" | "self" | "super") { None } else { stars.map(elsewhere).find(|files| !files.is_empty()) };
        let files = brought.unwrap_or_else(|| self.find(place.module, &path, Some(name)).to_vec());
        self.item_of(&files, name, follow, steps)
    }

    /// `module::a::b` where `module` is declared or imported here: the file of the whole path, though those on the way to it are not read.
    pub(super) fn path_of_import(&self, of: &'p Value, name: &str, place: Place, follow: bool, steps: usize) -> Option<Vec<Thing<'p>>> {
        let parts = path_parts(of)?;
        let (root, rest) = parts.split_first()?;
        if parts.iter().any(|part| !part.starts_with(char::is_lowercase)) {
            return None;
        }
        let module: &'p Module = self.module(place.module);
        // A local variable of the same name is another thing.
        let import = [place.function, None].into_iter().find_map(|function| {
            self.scope(place.module).lookup(module, function, root).iter().find_map(|binding| match binding {
                Binding::Import(index) => module.imports.get(*index),
                _ => None,
            })
        })?;
        let head = match &import.item {
            ImportItem::Namespace => import.module.clone(),
            ImportItem::Named(item) => format!("{}::{item}", import.module),
            ImportItem::Default | ImportItem::Star | ImportItem::SideEffect => return None,
        };
        let path = std::iter::once(head.as_str()).chain(rest.iter().copied()).collect::<Vec<_>>().join("::");
        self.item_of(&self.find(place.module, &path, Some(name)), name, follow, steps)
    }

    /// The first that one of several files has under a name.
    fn item_of(&self, files: &[FileId], name: &str, follow: bool, steps: usize) -> Option<Vec<Thing<'p>>> {
        files.iter().find_map(|file| {
            let found = self.top_level(self.module_or_want(*file, follow)?, name, follow, steps);
            (!found.is_empty()).then_some(found)
        })
    }
}

/// The segments of a path that consists of names alone.
fn path_parts(of: &Value) -> Option<Vec<&str>> {
    let mut parts = Vec::new();
    let mut at = of;
    loop {
        match &at.kind {
            ValueKind::Member(inner, part) => {
                parts.push(part.as_str());
                at = inner;
            }
            ValueKind::Name(root) => {
                parts.push(root.as_str());
                parts.reverse();
                return Some(parts);
            }
            _ => return None,
        }
    }
}
