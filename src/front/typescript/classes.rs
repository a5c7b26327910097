//! Lowers classes, interfaces and enums.

use rustc_hash::FxHashMap;
use tree_sitter::Node;

use super::lowerer::{Lowerer, Named};
use super::syntax::{bare, first, first_of, has, is_closure, parts, span};
use crate::ir::{AssignOp, Block, Call, Class, ClassIndex, ClassKind, Field, Function, FunctionIndex, FunctionKind, Module, Step, StepKind, TypeName, Value, ValueKind};
use crate::source::Span;

impl Lowerer<'_> {
    /// Lowers a class declaration in statement position and gives its name.
    pub(super) fn declared_class(&mut self, node: Node<'_>, _out: &mut Block) -> Option<String> {
        Some(self.class(node, None))
    }

    /// Lowers a class, interface or enum, and gives the name it goes by: its own, or the one it is bound to.
    pub(super) fn class(&mut self, node: Node<'_>, bound: Named) -> String {
        let own = node.child_by_field_name("name").and_then(|name| self.named(name));
        let unnamed = || (format!("class#{}", self.module.classes.len() + 1), node.child(0).map_or(span(node), span));
        let (name, head) = own.or(bound).unwrap_or_else(unnamed);
        let kind = match node.kind() {
            "interface_declaration" | "abstract_class_declaration" => ClassKind::Interface,
            "enum_declaration" => ClassKind::Enum,
            _ => ClassKind::Class,
        };
        let annotations = self.decorators(node);
        let bases = self.bases(node);
        let index = ClassIndex(self.module.classes.len() as u32);
        let class = Class { name: name.clone(), kind, bases, annotations, fields: Vec::new(), methods: Vec::new(), body: Block::new(), outer: self.class, span: span(node), head };
        self.module.classes.push(class);
        let outer = self.class.replace(index);
        let mut members = Members::default();
        if let Some(body) = node.child_by_field_name("body") {
            for member in parts(body) {
                self.member_of(member, index, &mut members);
            }
        }
        self.class = outer;
        if let Some(class) = self.module.classes.get_mut(index.0 as usize) {
            members.give_to(class);
        }
        name
    }

    /// Gives a class that stands after decorators of its statement those decorators.
    pub(super) fn annotate_class(&mut self, name: &str, annotations: Vec<Call>) {
        if let Some(class) = self.module.classes.iter_mut().rev().find(|class| class.name == name) {
            class.annotations.extend(annotations);
        }
    }

    fn bases(&mut self, node: Node<'_>) -> Vec<TypeName> {
        let clauses = first_of(node, "class_heritage").map_or_else(|| parts(node), parts);
        let mut bases = Vec::new();
        for clause in clauses {
            match clause.kind() {
                "extends_clause" => {
                    if let Some(value) = clause.child_by_field_name("value") {
                        let mut base = self.type_name(value);
                        base.args.extend(self.type_arguments(clause));
                        bases.push(base);
                    }
                }
                "extends_type_clause" | "implements_clause" => bases.extend(parts(clause).into_iter().map(|base| self.type_name(base))),
                _ => {}
            }
        }
        bases
    }

    fn member_of(&mut self, node: Node<'_>, class: ClassIndex, members: &mut Members) {
        match node.kind() {
            "decorator" => members.decorators.extend(self.decorator(node)),
            "method_definition" => self.method(node, class, members),
            "method_signature" | "abstract_method_signature" => {
                // NOTE: in a class a signature without `abstract` is an overload; the method itself follows.
                let is_overload = node.kind() == "method_signature" && self.module.class(class).kind == ClassKind::Class;
                if !is_overload {
                    self.method(node, class, members);
                }
            }
            "property_signature" => match declared_function(node) {
                Some(function) => self.declared_method(node, function, class, members),
                None => self.field(node, class, members),
            },
            "public_field_definition" => self.field(node, class, members),
            "class_static_block" => members.body.extend(self.block_in(node, "body")),
            "enum_assignment" => {
                if let Some(name) = node.child_by_field_name("name") {
                    let value = node.child_by_field_name("value").map(|value| self.value(value));
                    members.push(Field { name: self.key(name), ty: None, value, annotations: Vec::new(), is_static: true, span: span(node) });
                }
            }
            "property_identifier" | "string" => {
                members.push(Field { name: self.key(node), ty: None, value: None, annotations: Vec::new(), is_static: true, span: span(node) });
            }
            _ => {}
        }
    }

    fn method(&mut self, node: Node<'_>, class: ClassIndex, members: &mut Members) {
        let Some(name) = node.child_by_field_name("name") else { return };
        let text = self.key(name);
        let kind = match text.as_str() {
            "constructor" => FunctionKind::Constructor,
            _ if has(node, "get") || has(node, "set") => FunctionKind::Accessor,
            _ => FunctionKind::Method,
        };
        let index = self.function(node, Some((text, span(name))), kind);
        let annotations = std::mem::take(&mut members.decorators);
        self.own(index, class, annotations);
        members.methods.push(index);
        if kind == FunctionKind::Constructor {
            self.constructor_fields(node, index, members);
        }
    }

    /// A member of an interface that is declared to hold a function: `forget: (id: string) => Promise<void>`.
    fn declared_method(&mut self, node: Node<'_>, function: Node<'_>, class: ClassIndex, members: &mut Members) {
        let Some(name) = node.child_by_field_name("name") else { return };
        let index = self.function(function, Some((self.key(name), span(name))), FunctionKind::Method);
        let annotations = std::mem::take(&mut members.decorators);
        self.own(index, class, annotations);
        members.methods.push(index);
    }

    fn own(&mut self, index: FunctionIndex, class: ClassIndex, annotations: Vec<Call>) {
        if let Some(function) = self.module.functions.get_mut(index.0 as usize) {
            function.owner = Some(class);
            function.annotations.extend(annotations);
        }
    }

    /// A member variable; one that holds a function is a method.
    fn field(&mut self, node: Node<'_>, class: ClassIndex, members: &mut Members) {
        let Some(name) = node.child_by_field_name("name") else { return };
        let text = self.key(name);
        let mut annotations = std::mem::take(&mut members.decorators);
        annotations.extend(self.decorators(node));
        let value = node.child_by_field_name("value");
        if let Some(closure) = value.map(bare).filter(|value| is_closure(*value)) {
            let index = self.function(closure, Some((text, span(name))), FunctionKind::Method);
            self.own(index, class, annotations);
            if let Some(function) = self.module.functions.get_mut(index.0 as usize) {
                function.is_static = has(node, "static");
            }
            members.methods.push(index);
            return;
        }
        let ty = self.annotated(node, "type");
        let value = value.map(|value| self.value_named(value, Some((text.clone(), span(name)))));
        members.push(Field { name: text, ty, value, annotations, is_static: has(node, "static"), span: span(node) });
    }

    /// Parameters with a modifier (`private auth: Auth`) are fields, and so is what the constructor assigns to `this`.
    fn constructor_fields(&mut self, node: Node<'_>, index: FunctionIndex, members: &mut Members) {
        let function = self.module.function(index);
        for param in Self::param_nodes(node) {
            let is_property = has(param, "accessibility_modifier") || has(param, "readonly") || has(param, "override_modifier");
            let lowered = function.params.iter().find(|known| known.span == span(param));
            if let (true, Some(known)) = (is_property, lowered) {
                members.push(Field {
                    name: known.name.clone(),
                    ty: known.ty.clone(),
                    value: known.default.clone(),
                    annotations: known.annotations.clone(),
                    is_static: false,
                    span: known.span,
                });
            }
        }
        for assigned in &function.body {
            members.push_assigned(assigned, function);
        }
    }

    /// The statement a class stands in may hold its decorators (`@A() export class B {}`).
    pub(super) fn statement_decorators(&mut self, node: Node<'_>) -> Vec<Call> {
        let direct = parts(node).into_iter().filter(|part| part.kind() == "decorator").collect::<Vec<_>>();
        direct.into_iter().filter(|decorator| first(*decorator).is_some()).filter_map(|decorator| self.decorator(decorator)).collect()
    }
}

/// The function type that a signature declares.
fn declared_function(signature: Node<'_>) -> Option<Node<'_>> {
    signature.child_by_field_name("type").and_then(first).filter(|declared| declared.kind() == "function_type")
}

/// What a class body has given so far.
#[derive(Default)]
pub(super) struct Members {
    fields: Vec<Field>,
    /// Where each field stands in `fields`.
    known: FxHashMap<String, usize>,
    methods: Vec<FunctionIndex>,
    body: Block,
    /// Decorators whose member is still to come.
    decorators: Vec<Call>,
}

impl Members {
    /// Hands all over to the class.
    pub(super) fn give_to(self, class: &mut Class) {
        class.fields = self.fields;
        class.methods = self.methods;
        class.body = self.body;
    }

    /// Makes a function that was written elsewhere one of the class.
    pub(super) fn own<'m>(&mut self, module: &'m mut Module, index: FunctionIndex, class: ClassIndex, kind: FunctionKind) -> &'m mut Function {
        self.methods.push(index);
        let function = &mut module.functions[index.0 as usize];
        function.owner = Some(class);
        function.kind = kind;
        function
    }

    fn push(&mut self, field: Field) {
        self.known.insert(field.name.clone(), self.fields.len());
        self.fields.push(field);
    }

    /// `this.name = value` in a constructor.
    fn push_assigned(&mut self, assigned: &Step, constructor: &Function) {
        let StepKind::Assign { target, op: AssignOp::Set, value, .. } = &assigned.kind else { return };
        let ValueKind::Member(of, name) = &target.kind else { return };
        if matches!(of.kind, ValueKind::This) {
            self.assign(name, value, assigned.span, constructor);
        }
    }

    /// A new field, or the value of one that is declared without.
    pub(super) fn assign(&mut self, name: &str, value: &Value, span: Span, constructor: &Function) {
        if let Some(field) = self.known.get(name).and_then(|at| self.fields.get_mut(*at)) {
            field.value.get_or_insert_with(|| value.clone());
            return;
        }
        let ty = match &value.kind {
            ValueKind::Name(from) => constructor.params.iter().find(|param| param.name == *from).and_then(|param| param.ty.clone()),
            _ => None,
        };
        self.push(Field { name: name.to_owned(), ty, value: Some(value.clone()), annotations: Vec::new(), is_static: false, span });
    }
}
