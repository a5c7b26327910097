//! Lowers imports: declared, required, and dynamic.

use tree_sitter::Node;

use super::functions::step;
use super::lowerer::Lowerer;
use super::syntax::{bare, first, first_of, has, parts, span};
use crate::ir::{Argument, AssignOp, Block, Import, ImportItem, StepKind, Value, ValueKind};
use crate::source::Span;

impl Lowerer<'_> {
    /// `import … from "m"` and `import x = require("m")`.
    pub(super) fn import_statement(&mut self, node: Node<'_>) {
        let type_only = has(node, "type");
        if let Some(clause) = first_of(node, "import_require_clause") {
            if let (Some(source), Some(name)) = (clause.child_by_field_name("source"), first_of(clause, "identifier")) {
                self.import(self.words(name).to_owned(), self.string(source), ImportItem::Namespace, span(node));
            }
            return;
        }
        let Some(source) = node.child_by_field_name("source") else { return };
        let module = self.string(source);
        let Some(clause) = first_of(node, "import_clause") else {
            self.import(String::new(), module, ImportItem::SideEffect, span(node));
            return;
        };
        for part in parts(clause) {
            match part.kind() {
                "identifier" => self.declared_import(self.words(part).to_owned(), &module, ImportItem::Default, type_only, span(part)),
                "namespace_import" => {
                    let local = first(part).map_or("", |name| self.words(name)).to_owned();
                    self.declared_import(local, &module, ImportItem::Namespace, type_only, span(part));
                }
                "named_imports" => {
                    for specifier in parts(part) {
                        self.import_specifier(specifier, &module, type_only);
                    }
                }
                _ => {}
            }
        }
    }

    fn import_specifier(&mut self, node: Node<'_>, module: &str, type_only: bool) {
        let Some(name) = node.child_by_field_name("name") else { return };
        let exported = self.key(name);
        let local = node.child_by_field_name("alias").map_or_else(|| exported.clone(), |alias| self.words(alias).to_owned());
        self.declared_import(local, module, item(&exported), type_only || has(node, "type"), span(node));
    }

    fn declared_import(&mut self, local: String, module: &str, item: ImportItem, type_only: bool, span: Span) {
        self.module.imports.push(Import { local, module: module.to_owned(), item, type_only, within: None, span });
    }

    /// `import A = B.C` is a local name for a member.
    pub(super) fn import_alias(&mut self, node: Node<'_>, out: &mut Block) {
        if let [name, place] = parts(node)[..] {
            let (target, value) = (self.target(name), self.dotted_value(place));
            out.push(step(StepKind::Assign { target, op: AssignOp::Declare, value, ty: None }, span(node)));
        }
    }

    fn dotted_value(&mut self, node: Node<'_>) -> Value {
        let mut names = self.words(node).split('.');
        let head = Value::new(ValueKind::Name(names.next().unwrap_or_default().to_owned()), span(node));
        names.take(crate::front::MAX_DEPTH).fold(head, |of, name| Value::new(ValueKind::Member(Box::new(of), name.trim().to_owned()), span(node)))
    }

    /// If a call is `require("m")` or `import("m")`: the word, and the module.
    pub(super) fn required_call(&self, node: Node<'_>) -> Option<(&'static str, String)> {
        if node.kind() != "call_expression" {
            return None;
        }
        let callee = node.child_by_field_name("function")?;
        let word = match callee.kind() {
            "import" => "import",
            "identifier" if self.words(callee) == "require" => "require",
            _ => return None,
        };
        let argument = first(node.child_by_field_name("arguments")?)?;
        let is_constant = argument.kind() == "string" || (argument.kind() == "template_string" && first_of(argument, "template_substitution").is_none());
        is_constant.then(|| (word, self.string(argument)))
    }

    /// The module of a statement that is nothing but `require("m")` or `await import("m")`.
    pub(super) fn required_alone(&self, node: Node<'_>) -> Option<String> {
        self.required_call(awaited(node)).map(|(_, module)| module)
    }

    /// What an expression takes of which module: `require("m")`, `require("m").x`, `(await import("m")).default`.
    pub(super) fn required(&self, node: Node<'_>) -> Option<(String, ImportItem)> {
        let node = awaited(node);
        if let Some((_, module)) = self.required_call(node) {
            return Some((module, ImportItem::Namespace));
        }
        if node.kind() != "member_expression" {
            return None;
        }
        let (_, module) = self.required_call(awaited(node.child_by_field_name("object")?))?;
        Some((module, item(self.words(node.child_by_field_name("property")?))))
    }

    /// Takes `const x = require("m")` and `const { a: b } = await import("m")` for imports; `false` if it is neither.
    pub(super) fn required_declaration(&mut self, name: Node<'_>, value: Node<'_>, at: Span) -> bool {
        let Some((module, taken)) = self.required(value) else { return false };
        match name.kind() {
            "identifier" => {
                self.import(self.words(name).to_owned(), module, taken, at);
                true
            }
            "object_pattern" if taken == ImportItem::Namespace => {
                let Some(names) = self.flat_pattern(name) else { return false };
                for (exported, local, place) in names {
                    self.import(local, module.clone(), item(&exported), place);
                }
                true
            }
            _ => false,
        }
    }

    /// `import("m").then((m) => …)`: what the closure is handed is the module, or its parts.
    pub(super) fn imports_of_answer(&mut self, callee: &Value, args: &[Argument]) {
        let ValueKind::Member(of, then) = &callee.kind else { return };
        let (ValueKind::Name(local), "then") = (&of.kind, then.as_str()) else { return };
        let Some(ValueKind::Closure(closure)) = args.first().map(|argument| &argument.value.kind) else { return };
        let Some(import) = self.module.imports.iter().rev().find(|import| import.local == *local && import.local.contains('#')) else { return };
        let Some(param) = self.module.function(*closure).params.first() else { return };
        let whole = (!param.name.is_empty()).then(|| (param.name.clone(), ImportItem::Namespace));
        let parts = param.parts.iter().map(|(path, local)| (local.clone(), item(path)));
        let (module, span) = (import.module.clone(), param.span);
        let taken = whole.into_iter().chain(parts).map(|(local, item)| Import { local, module: module.clone(), item, type_only: false, within: Some(*closure), span });
        let taken: Vec<Import> = taken.collect();
        self.module.imports.extend(taken);
    }

    /// Keys and local names of a pattern without nesting, defaults or rest.
    fn flat_pattern(&self, pattern: Node<'_>) -> Option<Vec<(String, String, Span)>> {
        let mut names = Vec::new();
        for part in parts(pattern) {
            match part.kind() {
                "shorthand_property_identifier_pattern" => names.push((self.words(part).to_owned(), self.words(part).to_owned(), span(part))),
                "pair_pattern" => {
                    let (key, value) = (part.child_by_field_name("key")?, part.child_by_field_name("value")?);
                    if value.kind() != "identifier" {
                        return None;
                    }
                    names.push((self.key(key), self.words(value).to_owned(), span(part)));
                }
                _ => return None,
            }
        }
        Some(names)
    }
}

/// What a name of an import stands for.
pub(super) fn item(exported: &str) -> ImportItem {
    if exported == "default" { ImportItem::Default } else { ImportItem::Named(exported.to_owned()) }
}

fn awaited(node: Node<'_>) -> Node<'_> {
    let mut node = bare(node);
    while node.kind() == "await_expression" {
        match first(node) {
            Some(inner) => node = bare(inner),
            None => break,
        }
    }
    node
}
