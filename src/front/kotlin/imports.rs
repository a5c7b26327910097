//! The head of a file: package and imports.

use tree_sitter::Node;

use super::Lowerer;
use super::tree::{child_of, children, has_token, span, tokens};
use crate::ir::{Import, ImportItem};

impl Lowerer<'_> {
    /// Reads package and imports, and gathers the other children of the root as statements.
    pub(super) fn headers<'n>(&mut self, root: Node<'n>, statements: &mut Vec<Node<'n>>) {
        for child in tokens(root) {
            match child.kind() {
                "package_header" => self.package(child),
                "import" => self.import(child),
                "file_annotation" => {}
                // A file with one bad place may be a single error node that holds everything.
                "ERROR" if has_token(child, "import") || has_token(child, "package_header") => {
                    for inner in tokens(child) {
                        match inner.kind() {
                            "package_header" => self.package(inner),
                            "import" => self.import(inner),
                            _ => statements.push(inner),
                        }
                    }
                }
                _ => statements.push(child),
            }
        }
    }

    fn package(&mut self, node: Node<'_>) {
        if let Some(path) = child_of(node, "qualified_identifier") {
            self.module.package = self.dotted(path).join(".");
        }
    }

    fn dotted(&self, node: Node<'_>) -> Vec<String> {
        children(node).into_iter().filter(|child| child.kind() == "identifier").map(|child| self.name(child)).collect()
    }

    fn import(&mut self, node: Node<'_>) {
        let Some(path) = child_of(node, "qualified_identifier") else { return };
        let mut path = self.dotted(path);
        let is_star = has_token(node, "*");
        let alias = child_of(node, "identifier").map(|alias| self.name(alias));
        let import = if is_star {
            Import { local: String::new(), module: path.join("."), item: ImportItem::Star, type_only: false, within: None, span: span(node) }
        } else {
            let Some(last) = path.pop() else { return };
            let local = alias.unwrap_or_else(|| last.clone());
            Import { local, module: path.join("."), item: ImportItem::Named(last), type_only: false, within: None, span: span(node) }
        };
        self.module.imports.push(import);
    }
}
