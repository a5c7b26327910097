//! Classes.

use rustc_hash::FxHashSet;
use tree_sitter::Node;

use super::{Lowering, parts, span_of};
use crate::ir::{Block, Call, Class, ClassIndex, ClassKind, TypeName};

impl Lowering<'_> {
    pub(super) fn class(&mut self, node: Node<'_>, annotations: Vec<Call>) {
        let Some(name) = node.child_by_field_name("name") else { return };
        let superclasses = node.child_by_field_name("superclasses").map(parts).unwrap_or_default();
        let mut bases = Vec::new();
        let mut kind = ClassKind::Class;
        for part in superclasses {
            match part.kind() {
                "keyword_argument" => {
                    let value = part.child_by_field_name("value").map(|value| self.dotted(value)).unwrap_or_default();
                    if value.last().is_some_and(|name| name == "ABCMeta") {
                        kind = ClassKind::Interface;
                    }
                }
                "list_splat" | "dictionary_splat" => {}
                _ => bases.push(self.type_name(part, 0)),
            }
        }
        let index = ClassIndex(self.module.classes.len() as u32);
        self.module.classes.push(Class {
            name: self.text_of(name).to_owned(),
            kind: kind_by_bases(&bases).unwrap_or(kind),
            bases,
            annotations,
            fields: Vec::new(),
            methods: Vec::new(),
            body: Block::new(),
            outer: self.class,
            span: span_of(node),
            head: span_of(name),
        });
        self.is_new(self.text_of(name));
        let class = self.class.replace(index);
        let constructor = self.constructor.take();
        self.scopes.push(FxHashSet::default());
        let body = self.block(node.child_by_field_name("body"));
        self.scopes.pop();
        self.constructor = constructor;
        self.class = class;
        if let Some(class) = self.module.classes.get_mut(index.0 as usize) {
            class.body = body;
        }
    }
}

/// The kind that the language's own base classes give.
fn kind_by_bases(bases: &[TypeName]) -> Option<ClassKind> {
    bases.iter().find_map(|base| match base.last() {
        "ABC" | "Protocol" => Some(ClassKind::Interface),
        "Enum" | "IntEnum" | "StrEnum" | "Flag" | "IntFlag" => Some(ClassKind::Enum),
        _ => None,
    })
}
