//! Lowers exports, of both module systems.

use rustc_hash::FxHashMap;
use tree_sitter::Node;

use super::imports::item;
use super::lowerer::Lowerer;
use super::syntax::{bare, first, first_of, has, parts, span};
use crate::ir::{Block, Export, ExportTarget, ImportItem, Value, ValueKind};
use crate::source::Span;

impl Lowerer<'_> {
    fn export(&mut self, name: String, target: ExportTarget, span: Span) {
        self.module.exports.push(Export { name, target, span });
    }

    /// `export …`, in all its forms.
    pub(super) fn export_statement(&mut self, node: Node<'_>, out: &mut Block) {
        if let Some(source) = node.child_by_field_name("source") {
            let module = self.string(source);
            self.export_from(node, module);
        } else if let Some(declaration) = node.child_by_field_name("declaration") {
            self.export_declaration(node, declaration, out);
        } else if let Some(clause) = first_of(node, "export_clause") {
            for specifier in parts(clause) {
                let Some(name) = specifier.child_by_field_name("name") else { continue };
                let local = self.key(name);
                let outside = specifier.child_by_field_name("alias").map_or_else(|| local.clone(), |alias| self.key(alias));
                self.export(outside, ExportTarget::Local(local), span(specifier));
            }
        } else if let Some(value) = node.child_by_field_name("value").or_else(|| has(node, "=").then(|| first(node)).flatten()) {
            let annotations = self.statement_decorators(node);
            let value = self.value_named(value, Some(("default".to_owned(), span(value))));
            if let ValueKind::Name(name) = &value.kind {
                self.annotate_class(name, annotations);
            }
            self.export_value("default", value, span(node));
        }
    }

    fn export_from(&mut self, node: Node<'_>, module: String) {
        if let Some(clause) = first_of(node, "export_clause") {
            for specifier in parts(clause) {
                let Some(name) = specifier.child_by_field_name("name") else { continue };
                let taken = self.key(name);
                let outside = specifier.child_by_field_name("alias").map_or_else(|| taken.clone(), |alias| self.key(alias));
                self.export(outside, ExportTarget::From { module: module.clone(), item: item(&taken) }, span(specifier));
            }
        } else if let Some(namespace) = first_of(node, "namespace_export") {
            let name = first(namespace).map(|name| self.key(name)).unwrap_or_default();
            self.export(name, ExportTarget::From { module, item: ImportItem::Namespace }, span(node));
        } else {
            self.export("*".to_owned(), ExportTarget::From { module, item: ImportItem::Star }, span(node));
        }
    }

    fn export_declaration(&mut self, node: Node<'_>, declaration: Node<'_>, out: &mut Block) {
        let names = match declaration.kind() {
            "function_declaration" | "generator_function_declaration" => self.declared_function(declaration, out).into_iter().collect(),
            "class_declaration" | "abstract_class_declaration" | "interface_declaration" | "enum_declaration" => {
                let annotations = self.statement_decorators(node);
                let name = self.declared_class(declaration, out);
                if let Some(name) = &name {
                    self.annotate_class(name, annotations);
                }
                name.into_iter().collect()
            }
            "lexical_declaration" | "variable_declaration" => {
                self.statement(declaration, out);
                let mut names = Vec::new();
                for declarator in parts(declaration) {
                    if let Some(name) = declarator.child_by_field_name("name") {
                        let target = self.target(name);
                        push_names(&target, &mut names);
                    }
                }
                names
            }
            "type_alias_declaration" => declaration.child_by_field_name("name").map(|name| self.words(name).to_owned()).into_iter().collect(),
            _ => {
                self.statement(declaration, out);
                Vec::new()
            }
        };
        let is_default = has(node, "default");
        for name in names {
            let outside = if is_default { "default".to_owned() } else { name.clone() };
            self.export(outside, ExportTarget::Local(name), span(node));
        }
    }

    fn export_value(&mut self, name: &str, value: Value, at: Span) {
        let target = match value.kind {
            ValueKind::Name(local) => ExportTarget::Local(local),
            _ => ExportTarget::Value(value),
        };
        self.export(name.to_owned(), target, at);
    }

    /// Takes `module.exports = …`, `module.exports.x = …` and `exports.x = …` for exports; `false` if it is none of them.
    pub(super) fn common_export(&mut self, node: Node<'_>, out: &mut Block) -> bool {
        let (Some(left), Some(right)) = (node.child_by_field_name("left"), node.child_by_field_name("right")) else { return false };
        match self.exported_place(left) {
            Some(Some(name)) => self.export_member(name, left, right, span(node), out),
            Some(None) => self.export_whole(right, span(node), out),
            None => return false,
        }
        true
    }

    /// The exported name a place means: `Some(None)` is the module as a whole.
    fn exported_place<'t>(&self, place: Node<'t>) -> Option<Option<Node<'t>>> {
        if place.kind() == "identifier" {
            return (self.words(place) == "exports").then_some(None);
        }
        if place.kind() != "member_expression" {
            return None;
        }
        let (object, property) = (place.child_by_field_name("object")?, place.child_by_field_name("property")?);
        let is_module = |node: Node<'_>| node.kind() == "identifier" && self.words(node) == "module";
        if is_module(object) && self.words(property) == "exports" {
            return Some(None);
        }
        let is_whole = match object.kind() {
            "identifier" => self.words(object) == "exports",
            "member_expression" => {
                object.child_by_field_name("object").is_some_and(is_module) && object.child_by_field_name("property").is_some_and(|name| self.words(name) == "exports")
            }
            _ => false,
        };
        is_whole.then_some(Some(property))
    }

    /// `exports.x = value`.
    fn export_member(&mut self, name: Node<'_>, place: Node<'_>, right: Node<'_>, at: Span, out: &mut Block) {
        let outside = self.words(name).to_owned();
        let inner = bare(right);
        if inner.kind() == "assignment_expression" {
            // NOTE: `exports.a = exports.b = f`, and `exports.a = a = f`: the right side is done first and stands for the value.
            if self.deeper(inner, |lowerer| lowerer.common_export(inner, out)) != Some(true) {
                self.expression_steps(inner, out);
            }
            if let Some(local) = inner.child_by_field_name("left").filter(|left| left.kind() == "identifier") {
                self.export(outside, ExportTarget::Local(self.words(local).to_owned()), at);
            }
            return;
        }
        if let Some((module, item)) = self.required(right) {
            self.export(outside, ExportTarget::From { module, item }, at);
            return;
        }
        let value = self.value_named(right, self.last_name(place));
        // NOTE: compilers open with `exports.x = void 0`; the export itself follows.
        if !value.kind.is_nothing() {
            self.export_value(&outside, value, at);
        }
    }

    /// `module.exports = value`: the default export, and each key of a record under its own name.
    fn export_whole(&mut self, right: Node<'_>, at: Span, out: &mut Block) {
        let inner = bare(right);
        if inner.kind() == "assignment_expression" {
            if self.deeper(inner, |lowerer| lowerer.common_export(inner, out)) != Some(true) {
                self.expression_steps(inner, out);
                let value = inner.child_by_field_name("left").map(|left| self.target(left));
                if let Some(value) = value {
                    self.export_value("default", value, at);
                }
            }
            return;
        }
        if let Some((module, item)) = self.required(right) {
            if item == ImportItem::Namespace {
                self.export("*".to_owned(), ExportTarget::From { module: module.clone(), item: ImportItem::Star }, at);
            }
            self.export("default".to_owned(), ExportTarget::From { module, item }, at);
            return;
        }
        let value = self.value_named(right, Some(("default".to_owned(), span(right))));
        if let ValueKind::Record(entries) = &value.kind {
            self.export_entries(entries);
        }
        self.export_value("default", value, at);
    }

    /// Each key of an exported record; a spread of another module is all of its names.
    fn export_entries(&mut self, entries: &[(String, Value)]) {
        let mut spread = FxHashMap::default();
        if entries.iter().any(|(key, _)| key == "...") {
            let whole = self.module.imports.iter().filter(|import| import.item == ImportItem::Namespace);
            spread.extend(whole.map(|import| (import.local.clone(), import.module.clone())));
        }
        for (key, entry) in entries {
            if key != "..." {
                self.export_value(key, entry.clone(), entry.span);
            } else if let ValueKind::Name(local) = &entry.kind
                && let Some(module) = spread.get(local).cloned()
            {
                self.export("*".to_owned(), ExportTarget::From { module, item: ImportItem::Star }, entry.span);
            }
        }
    }
}

/// The names a target binds.
fn push_names(target: &Value, names: &mut Vec<String>) {
    match &target.kind {
        ValueKind::Name(name) => names.push(name.clone()),
        ValueKind::Record(entries) => entries.iter().for_each(|(_, part)| push_names(part, names)),
        ValueKind::List(parts) | ValueKind::Unknown(parts) => parts.iter().for_each(|part| push_names(part, names)),
        _ => {}
    }
}
