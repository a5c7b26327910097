//! `import` and `from … import`.

use tree_sitter::Node;

use super::{Lowering, field_parts, parts, span_of};
use crate::ir::{Block, Import, ImportItem, StepKind, ValueKind};

impl Lowering<'_> {
    /// `import a.b, c as d`
    pub(super) fn import(&mut self, node: Node<'_>) {
        for name in field_parts(node, "name") {
            if let Some((path, alias)) = self.aliased(name) {
                self.add_import(name, alias, path, ImportItem::Namespace);
                continue;
            }
            let path = self.dotted_text(name);
            let first = path.split('.').next().unwrap_or_default().to_owned();
            if first == path {
                self.add_import(name, first.clone(), first, ImportItem::Namespace);
            } else {
                self.add_import(name, first.clone(), first, ImportItem::Namespace);
                self.add_import(name, String::new(), path, ImportItem::SideEffect);
            }
        }
    }

    /// `from m import a, b as c`, `from m import *`
    pub(super) fn import_from(&mut self, node: Node<'_>) {
        let Some(module_node) = node.child_by_field_name("module_name") else { return };
        let module = self.dotted_text(module_node);
        for name in field_parts(node, "name") {
            let (item, local) = self.aliased(name).unwrap_or_else(|| (self.dotted_text(name), self.dotted_text(name)));
            self.add_import(name, local, module.clone(), ImportItem::Named(item));
        }
        if let Some(star) = parts(node).into_iter().find(|part| part.kind() == "wildcard_import") {
            self.add_import(star, String::new(), module, ImportItem::Star);
        }
    }

    /// The submodules that a package lists for `from package import *` and binds in no other way: `__all__ = ["accounts", "offers"]`.
    pub(super) fn listed_submodules(&mut self, top: &Block) {
        let lists = top.iter().filter_map(|step| match &step.kind {
            StepKind::Assign { target, value, .. } if matches!(&target.kind, ValueKind::Name(name) if name == "__all__") => Some(value),
            _ => None,
        });
        let items = lists.flat_map(|list| if let ValueKind::List(items) = &list.kind { items.as_slice() } else { &[] });
        for item in items {
            let ValueKind::Text(name) = &item.kind else { continue };
            let is_bound = top.iter().any(|step| matches!(&step.kind, StepKind::Assign { target, .. } if target.last_name() == name))
                || self.module.functions.iter().any(|function| function.name == *name)
                || self.module.classes.iter().any(|class| class.name == *name)
                || self.module.imports.iter().any(|import| import.local == *name || import.item == ImportItem::Star);
            if !is_bound {
                let import = Import { local: name.clone(), module: ".".to_owned(), item: ImportItem::Named(name.clone()), type_only: false, within: None, span: item.span };
                self.module.imports.push(import);
            }
        }
    }

    fn add_import(&mut self, node: Node<'_>, local: String, module: String, item: ImportItem) {
        let import = Import { local, module, item, type_only: self.type_only, within: self.function, span: span_of(node) };
        self.module.imports.push(import);
    }

    /// The two names of `a as b`.
    fn aliased(&self, node: Node<'_>) -> Option<(String, String)> {
        let name = node.child_by_field_name("name")?;
        let alias = node.child_by_field_name("alias")?;
        Some((self.dotted_text(name), self.text_of(alias).to_owned()))
    }

    /// A dotted name without the blanks and line continuations it may contain.
    fn dotted_text(&self, node: Node<'_>) -> String {
        self.text_of(node).chars().filter(|sign| !sign.is_whitespace() && *sign != '\\').collect()
    }
}
