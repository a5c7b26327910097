//! Classes, interfaces, objects, and their members.

use tree_sitter::Node;

use super::tree::{child_of, children, has_token, is_type, span, start_behind_annotations, tokens};
use super::types::path_value;
use super::{Lowerer, Scope};
use crate::ir::{Block, Call, CallStyle, Class, ClassIndex, ClassKind, Field, FunctionKind, Param, Step, StepKind, TypeName, Value, ValueKind};
use crate::source::Span;

impl Lowerer<'_> {
    /// A declared class, interface, object or companion object, with all that is inside.
    pub(super) fn class(&mut self, node: Node<'_>) {
        let name_node = node.child_by_field_name("name");
        // Whatever name a companion has, its members are reached through the class around it.
        let name = name_node.filter(|_| node.kind() != "companion_object").map_or_else(|| "Companion".to_owned(), |name| self.name(name));
        let head = name_node.map_or_else(|| child_of(node, "companion").map_or(span(node), span), span);
        let kind = self.class_kind(node);
        let annotations = self.annotations(node);
        let index = self.open_class(name, kind, Span::new(start_behind_annotations(node), node.end_byte()), head);
        if let Some(class) = self.module.classes.get_mut(index.0 as usize) {
            class.annotations = annotations;
        }
        self.class_content(node, index);
        self.scopes.pop();
    }

    /// `object : Foo { … }`: a class with a number for a name, and a call that makes its one instance.
    pub(super) fn object_expression(&mut self, node: Node<'_>) -> Value {
        self.objects += 1;
        let name = format!("object#{}", self.objects);
        let at = span(node);
        let head = tokens(node).first().map_or(at, |token| span(*token));
        let index = self.open_class(name.clone(), ClassKind::Object, at, head);
        self.class_content(node, index);
        self.scopes.pop();
        let callee = Value::new(ValueKind::Name(name), head);
        let call = Call { callee, args: Vec::new(), style: CallStyle::New, types: Vec::new(), span: at };
        Value::new(ValueKind::Call(Box::new(call)), at)
    }

    fn open_class(&mut self, name: String, kind: ClassKind, whole: Span, head: Span) -> ClassIndex {
        let index = ClassIndex(self.module.classes.len() as u32);
        let class = Class {
            name,
            kind,
            bases: Vec::new(),
            annotations: Vec::new(),
            fields: Vec::new(),
            methods: Vec::new(),
            body: Block::new(),
            outer: self.enclosing_class(),
            span: whole,
            head,
        };
        self.module.classes.push(class);
        self.scopes.push(Scope::Class(index));
        index
    }

    fn class_kind(&self, node: Node<'_>) -> ClassKind {
        if node.kind() != "class_declaration" {
            return ClassKind::Object;
        }
        let modifiers = child_of(node, "modifiers").map(children).unwrap_or_default();
        let has = |word: &str| modifiers.iter().any(|modifier| self.text(*modifier) == word);
        if has_token(node, "interface") || has("abstract") || has("sealed") {
            ClassKind::Interface
        } else if has("enum") {
            ClassKind::Enum
        } else {
            ClassKind::Class
        }
    }

    /// Bases, primary constructor and body, into a class that was opened.
    fn class_content(&mut self, node: Node<'_>, index: ClassIndex) {
        let mut base_calls = Block::new();
        let mut constructor = None;
        let mut bodies = Vec::new();
        for child in children(node) {
            match child.kind() {
                "primary_constructor" => constructor = Some(child),
                "delegation_specifiers" => {
                    for specifier in children(child) {
                        self.base(specifier, index, &mut base_calls);
                    }
                }
                "class_body" | "enum_class_body" => bodies.push(child),
                _ => {}
            }
        }
        if let Some(constructor) = constructor {
            self.primary_constructor(constructor, index, base_calls);
        } else {
            self.with_class(index, |class| class.body.append(&mut base_calls));
        }
        for body in bodies {
            self.members(body, index);
        }
    }

    fn with_class(&mut self, index: ClassIndex, change: impl FnOnce(&mut Class)) {
        if let Some(class) = self.module.classes.get_mut(index.0 as usize) {
            change(class);
        }
    }

    /// One entry behind the class's colon; a base that is constructed with arguments leaves a call of `super`.
    fn base(&mut self, node: Node<'_>, index: ClassIndex, calls: &mut Block) {
        for child in children(node) {
            let ty_node = if is_type(child) { Some(child) } else { children(child).into_iter().find(|part| is_type(*part)) };
            let Some(ty_node) = ty_node.filter(|_| child.kind() != "annotation") else { continue };
            let ty = self.type_name(ty_node);
            self.with_class(index, |class| class.bases.push(ty));
            if let Some(arguments) = child_of(child, "value_arguments").filter(|arguments| !children(*arguments).is_empty()) {
                let callee = Value::new(ValueKind::Super, span(ty_node));
                let call = self.constructor_call(callee, arguments, child);
                calls.push(Step { kind: StepKind::Evaluate(call), span: span(child) });
            }
        }
    }

    /// The parameters behind the class's name: fields where they say `val` or `var`, and all of them a constructor's.
    fn primary_constructor(&mut self, node: Node<'_>, index: ClassIndex, base_calls: Block) {
        let annotations = self.annotations(node);
        let function = self.open_function(FunctionKind::Constructor, Span::new(start_behind_annotations(node), node.end_byte()));
        let mut params = Vec::new();
        let mut fields = Vec::new();
        for child in child_of(node, "class_parameters").map(children).unwrap_or_default() {
            if child.kind() != "class_parameter" {
                continue;
            }
            let param = self.class_parameter(child);
            if has_token(child, "val") || has_token(child, "var") {
                fields.push(Field {
                    name: param.name.clone(),
                    ty: param.ty.clone(),
                    value: param.default.clone(),
                    annotations: param.annotations.clone(),
                    is_static: false,
                    span: param.span,
                });
            }
            params.push(param);
        }
        self.close_function(function, |constructor| {
            "constructor".clone_into(&mut constructor.name);
            constructor.annotations = annotations;
            constructor.params = params;
            constructor.body = base_calls;
        });
        self.with_class(index, |class| {
            class.fields.append(&mut fields);
            class.methods.push(function);
        });
    }

    fn class_parameter(&mut self, node: Node<'_>) -> Param {
        let annotations = self.annotations(node);
        let mut param = Param { name: String::new(), parts: Vec::new(), ty: None, default: None, annotations, span: Span::new(start_behind_annotations(node), node.end_byte()) };
        let mut is_default = false;
        for child in tokens(node) {
            match child.kind() {
                "=" => is_default = true,
                "modifiers" => {}
                _ if !child.is_named() => {}
                _ if is_default => param.default = Some(self.value(child)),
                "identifier" if param.name.is_empty() => param.name = self.name(child),
                _ if is_type(child) => param.ty = Some(self.type_name(child)),
                _ => {}
            }
        }
        param
    }

    fn members(&mut self, body: Node<'_>, index: ClassIndex) {
        for child in children(body) {
            self.deeper(child, |this| this.member(child, index));
        }
    }

    fn member(&mut self, node: Node<'_>, index: ClassIndex) {
        match node.kind() {
            "function_declaration" => {
                let function = self.function(node);
                self.with_class(index, |class| class.methods.push(function));
            }
            "property_declaration" => self.property(node, index),
            "class_declaration" | "object_declaration" | "companion_object" => self.class(node),
            "anonymous_initializer" => {
                for block in children(node) {
                    let mut steps = Block::new();
                    self.step(block, &mut steps);
                    self.with_class(index, |class| class.body.append(&mut steps));
                }
            }
            "secondary_constructor" => self.secondary_constructor(node, index),
            "enum_entry" => self.enum_entry(node, index),
            "type_alias" => {
                let mut steps = Block::new();
                self.step(node, &mut steps);
                self.with_class(index, |class| class.body.append(&mut steps));
            }
            "ERROR" | "class_body" | "enum_class_body" => self.members(node, index),
            "modifiers" | "annotation" => {}
            // What an error leaves of a member is kept as a step of the class.
            _ => {
                let mut steps = Block::new();
                self.step(node, &mut steps);
                self.with_class(index, |class| class.body.append(&mut steps));
            }
        }
    }

    fn property(&mut self, node: Node<'_>, index: ClassIndex) {
        let Some(variable) = child_of(node, "variable_declaration") else { return };
        let Some(name) = child_of(variable, "identifier") else { return };
        let annotations = self.annotations(node);
        let ty = children(variable).into_iter().find(|child| is_type(*child)).map(|ty| self.type_name(ty));
        let value = self.initializer(node, name);
        let accessors = self.accessors(node, &self.name(name), span(name));
        let field = Field { name: self.name(name), ty, value, annotations, is_static: false, span: Span::new(start_behind_annotations(node), node.end_byte()) };
        self.with_class(index, |class| {
            class.fields.push(field);
            class.methods.extend(accessors);
        });
    }

    fn secondary_constructor(&mut self, node: Node<'_>, index: ClassIndex) {
        let annotations = self.annotations(node);
        let function = self.open_function(FunctionKind::Constructor, Span::new(start_behind_annotations(node), node.end_byte()));
        let mut params = Vec::new();
        let mut body = Block::new();
        for child in children(node) {
            match child.kind() {
                "function_value_parameters" => params = self.params(child),
                "constructor_delegation_call" => {
                    let kind = if has_token(child, "super") { ValueKind::Super } else { ValueKind::This };
                    let callee = Value::new(kind, tokens(child).first().map_or(span(child), |token| span(*token)));
                    if let Some(arguments) = child_of(child, "value_arguments") {
                        let call = self.constructor_call(callee, arguments, child);
                        body.push(Step { kind: StepKind::Evaluate(call), span: span(child) });
                    }
                }
                "block" => self.step(child, &mut body),
                _ => {}
            }
        }
        let head = child_of(node, "constructor").map_or(span(node), span);
        self.close_function(function, |constructor| {
            "constructor".clone_into(&mut constructor.name);
            constructor.annotations = annotations;
            constructor.params = params;
            constructor.body = body;
            constructor.head = head;
        });
        self.with_class(index, |class| class.methods.push(function));
    }

    /// An entry is a field of its enum; one with a body is a class of its own as well.
    fn enum_entry(&mut self, node: Node<'_>, index: ClassIndex) {
        let Some(name) = child_of(node, "identifier") else { return };
        let annotations = self.annotations(node);
        let ty = TypeName { path: vec![self.module.class(index).name.clone()], args: Vec::new() };
        let arguments = child_of(node, "value_arguments");
        let value = arguments.map(|arguments| {
            let callee = path_value(&ty.path, span(name));
            self.constructor_call(callee, arguments, node)
        });
        if let Some(body) = child_of(node, "class_body") {
            let entry = self.open_class(self.name(name), ClassKind::Object, span(node), span(name));
            self.with_class(entry, |class| class.bases.push(ty.clone()));
            self.members(body, entry);
            self.scopes.pop();
        }
        let field = Field { name: self.name(name), ty: Some(ty), value, annotations, is_static: true, span: span(node) };
        self.with_class(index, |class| class.fields.push(field));
    }
}
