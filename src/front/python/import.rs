//! `import` and `from … import`.

use tree_sitter::Node;

use super::{Lowering, field_parts, parts, span_of};
use crate::ir::{Import, ImportItem};

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
