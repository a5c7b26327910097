//! Lowers type annotations to type names.

use tree_sitter::Node;

use super::lowerer::Lowerer;
use super::syntax::{first, parts};
use crate::ir::TypeName;

impl Lowerer<'_> {
    /// The type in the field `type` or `return_type` of a node.
    pub(super) fn annotated(&mut self, node: Node<'_>, field: &str) -> Option<TypeName> {
        let annotation = node.child_by_field_name(field)?;
        if annotation.kind() != "type_annotation" {
            return None;
        }
        first(annotation).map(|ty| self.type_name(ty))
    }

    /// The types between `<` and `>` of a node that has them.
    pub(super) fn type_arguments(&mut self, node: Node<'_>) -> Vec<TypeName> {
        match node.child_by_field_name("type_arguments") {
            Some(list) => parts(list).into_iter().map(|ty| self.type_name(ty)).collect(),
            None => Vec::new(),
        }
    }

    /// One type. A union with `null` or `undefined` alone is its other side; types without a name have an empty path.
    pub(super) fn type_name(&mut self, node: Node<'_>) -> TypeName {
        self.deeper(node, |lowerer| lowerer.type_of_kind(node)).unwrap_or_else(nameless)
    }

    fn type_of_kind(&mut self, node: Node<'_>) -> TypeName {
        match node.kind() {
            "type_identifier" | "identifier" | "predefined_type" | "this_type" | "literal_type" | "this" | "const" | "undefined" => one(self.words(node).trim_matches(['"', '\''])),
            "nested_type_identifier" | "nested_identifier" | "member_expression" => dotted(self.words(node)),
            "generic_type" => {
                let path = node.child_by_field_name("name").map(|name| dotted(self.words(name))).unwrap_or_else(nameless).path;
                TypeName { path, args: self.type_arguments(node) }
            }
            "array_type" => TypeName { path: vec!["Array".to_owned()], args: self.inner_types(node) },
            "readonly_type" | "parenthesized_type" | "type_annotation" | "flow_maybe_type" | "optional_type" | "non_null_expression" | "parenthesized_expression" => {
                first(node).map(|inner| self.type_name(inner)).unwrap_or_else(nameless)
            }
            "union_type" => self.union(node),
            "intersection_type" | "tuple_type" => TypeName { path: Vec::new(), args: self.inner_types(node) },
            "type_query" => {
                let mut name = dotted(self.words(node).trim_start_matches("typeof").trim());
                name.path.insert(0, "typeof".to_owned());
                name
            }
            "call_expression" => self.mixin(node),
            _ => nameless(),
        }
    }

    fn inner_types(&mut self, node: Node<'_>) -> Vec<TypeName> {
        parts(node).into_iter().map(|inner| self.type_name(inner)).collect()
    }

    /// `A | B | C` nests to the left; its sides are gathered without recursion.
    fn union(&mut self, node: Node<'_>) -> TypeName {
        let mut sides = Vec::new();
        let mut rest = node;
        loop {
            let mut inner = parts(rest);
            let nested = inner.first().copied().filter(|side| side.kind() == "union_type");
            if nested.is_some() {
                inner.remove(0);
            }
            for side in inner.into_iter().rev() {
                sides.push(self.type_name(side));
            }
            match nested {
                Some(nested) => rest = nested,
                None => break,
            }
        }
        sides.reverse();
        sides.retain(|side| !matches!(side.last(), "null" | "undefined"));
        if sides.len() == 1 { sides.remove(0) } else { TypeName { path: Vec::new(), args: sides } }
    }

    /// `extends Mixin(Base)`: the function's name with its arguments as type arguments.
    fn mixin(&mut self, node: Node<'_>) -> TypeName {
        let path = node.child_by_field_name("function").map(|callee| self.type_name(callee).path).unwrap_or_default();
        let args = node.child_by_field_name("arguments").map(|list| self.inner_types(list)).unwrap_or_default();
        TypeName { path, args }
    }
}

fn nameless() -> TypeName {
    TypeName { path: Vec::new(), args: Vec::new() }
}

fn one(name: &str) -> TypeName {
    TypeName { path: vec![name.to_owned()], args: Vec::new() }
}

fn dotted(name: &str) -> TypeName {
    TypeName { path: name.split('.').map(|part| part.trim().trim_end_matches('?').to_owned()).collect(), args: Vec::new() }
}
