//! `use`, `mod x;` and `extern crate`.

use syn::{ItemUse, UseTree, Visibility};

use super::lowerer::{Lowerer, plain};
use super::types::MAX_SEGMENTS;
use crate::ir::{Export, ExportTarget, Import, ImportItem};
use crate::source::Span;

impl Lowerer {
    /// One import per leaf of the tree, and for `pub use` one export as well.
    pub(super) fn uses(&mut self, item: &ItemUse) {
        let span = self.whole(item);
        let is_public = !matches!(item.vis, Visibility::Inherited);
        let mut leaves = Leaves { lowerer: self, is_public, span };
        leaves.tree(&item.tree, &mut Vec::new());
    }

    /// `mod x;` binds the file `x` beside this one.
    pub(super) fn outer_module(&mut self, ident: &proc_macro2::Ident) {
        let (local, span) = (plain(ident), self.span(ident.span()));
        let module = format!("self::{local}");
        self.import(local, module, ImportItem::Namespace, span);
    }

    /// An import at the present place.
    pub(super) fn import(&mut self, local: String, module: String, item: ImportItem, span: Span) {
        let within = self.enclosing.last().copied();
        self.module.imports.push(Import { local, module, item, type_only: false, within, span });
    }

    /// How many leading `super` stay within this file, because inline modules are around them.
    pub(super) fn supers_within(&self, leading: usize) -> usize {
        leading.min(self.inline_modules)
    }
}

struct Leaves<'l> {
    lowerer: &'l mut Lowerer,
    is_public: bool,
    span: Span,
}

impl Leaves<'_> {
    fn tree(&mut self, tree: &UseTree, path: &mut Vec<String>) {
        let length = path.len();
        let mut tree = tree;
        while let UseTree::Path(step) = tree {
            path.push(plain(&step.ident));
            tree = &step.tree;
        }
        if path.len() <= MAX_SEGMENTS {
            self.leaf(tree, path);
        }
        path.truncate(length);
    }

    fn leaf(&mut self, tree: &UseTree, path: &mut Vec<String>) {
        match tree {
            UseTree::Name(name) => self.named(&plain(&name.ident), None, path, &name.ident),
            UseTree::Rename(rename) => self.named(&plain(&rename.ident), Some(plain(&rename.rename)), path, &rename.ident),
            UseTree::Glob(glob) => {
                self.span = self.lowerer.span(glob.star_token.span);
                self.push("*".to_owned(), path, ImportItem::Star);
            }
            UseTree::Group(group) => {
                for tree in &group.items {
                    self.tree(tree, path);
                }
            }
            // `tree` has followed the path already.
            UseTree::Path(_) => {}
        }
    }

    fn named(&mut self, item: &str, rename: Option<String>, path: &[String], ident: &proc_macro2::Ident) {
        self.span = self.lowerer.span(ident.span());
        let local = rename.unwrap_or_else(|| if item == "self" { path.last().cloned().unwrap_or_default() } else { item.to_owned() });
        if item == "self" {
            self.push(local, path, ImportItem::Namespace);
        } else if path.is_empty() {
            self.push(local, &[item.to_owned()], ImportItem::Namespace);
        } else {
            self.push(local, path, ImportItem::Named(item.to_owned()));
        }
    }

    fn push(&mut self, local: String, path: &[String], item: ImportItem) {
        let module = self.module_of(path);
        let span = self.span;
        if self.is_public {
            self.lowerer.module.exports.push(Export { name: local.clone(), target: ExportTarget::From { module: module.clone(), item: item.clone() }, span });
        }
        let local = if item == ImportItem::Star { String::new() } else { local };
        self.lowerer.import(local, module, item, span);
    }

    /// The path with `::`, seen from the file and not from an inline module in it.
    fn module_of(&self, path: &[String]) -> String {
        let leading = path.iter().take_while(|segment| *segment == "super").count();
        let within = self.lowerer.supers_within(leading);
        let rest = path.get(within..).unwrap_or(&[]);
        if within > 0 && within == leading { std::iter::once("self").chain(rest.iter().map(String::as_str)).collect::<Vec<_>>().join("::") } else { rest.join("::") }
    }
}
