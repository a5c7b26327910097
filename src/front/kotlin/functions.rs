//! Functions, lambdas, parameters, and properties with bodies.

use tree_sitter::Node;

use super::tree::{child_of, children, is_type, span, start_behind_annotations, tokens};
use super::{Lowerer, Scope};
use crate::ir::{Block, Function, FunctionIndex, FunctionKind, Param, Receiver, Step, StepKind, TypeName, Value, ValueKind};
use crate::source::Span;

/// The variable, property or argument that a closure is bound to.
pub(super) struct Binding {
    pub(super) name: String,
    pub(super) head: Span,
}

impl Lowerer<'_> {
    /// Adds a function that is still to be filled, and makes it the enclosing one.
    pub(super) fn open_function(&mut self, kind: FunctionKind, whole: Span) -> FunctionIndex {
        let index = FunctionIndex(self.module.functions.len() as u32);
        let function = Function { owner: self.immediate_class(), parent: self.enclosing_function(), ..Function::new(kind, whole) };
        self.module.functions.push(function);
        self.scopes.push(Scope::Function(index));
        index
    }

    /// Fills the function opened last.
    pub(super) fn close_function(&mut self, index: FunctionIndex, fill: impl FnOnce(&mut Function)) {
        self.scopes.pop();
        if let Some(function) = self.module.functions.get_mut(index.0 as usize) {
            fill(function);
        }
    }

    /// A declared function or method.
    pub(super) fn function(&mut self, node: Node<'_>) -> FunctionIndex {
        let kind = if self.immediate_class().is_some() { FunctionKind::Method } else { FunctionKind::Function };
        let index = self.open_function(kind, Span::new(start_behind_annotations(node), node.end_byte()));
        let mut name = String::new();
        let mut head = None;
        let mut receiver = None;
        let mut returns = None;
        let mut params = Vec::new();
        let mut body = Block::new();
        let mut is_async = false;
        for child in children(node) {
            match child.kind() {
                "modifiers" => is_async = children(child).iter().any(|modifier| self.text(*modifier) == "suspend"),
                "identifier" if head.is_none() => {
                    name = self.name(child);
                    head = Some(span(child));
                }
                "function_value_parameters" => params = self.params(child),
                "function_body" => body = self.function_body(child),
                _ if is_type(child) && head.is_none() => receiver = Some(Receiver::Type(self.type_name(child))),
                _ if is_type(child) => returns = Some(self.type_name(child)),
                _ => {}
            }
        }
        let annotations = self.annotations(node);
        self.close_function(index, |function| {
            function.name = name;
            function.head = head.unwrap_or(function.span);
            function.receiver = receiver;
            function.returns = returns;
            function.params = params;
            function.annotations = annotations;
            function.is_async = is_async;
            function.body = body;
        });
        index
    }

    /// A lambda or an anonymous function, as a value.
    pub(super) fn closure(&mut self, node: Node<'_>, binding: Option<Binding>, receiver: Option<Receiver>) -> Value {
        let at = span(node);
        let lowered = self.deeper(node, |this| {
            let index = this.open_function(FunctionKind::Closure, at);
            let (params, body) = if node.kind() == "lambda_literal" { this.lambda_parts(node) } else { this.anonymous_parts(node) };
            let first_token = tokens(node).first().map_or(at, |token| span(*token));
            let returns = if node.kind() == "anonymous_function" { this.return_type(node) } else { None };
            this.close_function(index, |function| {
                (function.name, function.head) = binding.map_or((String::new(), first_token), |binding| (binding.name, binding.head));
                function.params = params;
                function.body = body;
                function.receiver = receiver;
                function.returns = returns;
            });
            index
        });
        let kind = lowered.map_or(ValueKind::Unknown(Vec::new()), ValueKind::Closure);
        Value::new(kind, at)
    }

    fn return_type(&mut self, node: Node<'_>) -> Option<TypeName> {
        let ty = children(node).into_iter().skip_while(|child| child.kind() != "function_value_parameters").find(|child| is_type(*child))?;
        Some(self.type_name(ty))
    }

    fn lambda_parts(&mut self, node: Node<'_>) -> (Vec<Param>, Block) {
        let mut params = Vec::new();
        let mut statements = Vec::new();
        for child in children(node) {
            if child.kind() == "lambda_parameters" {
                for param in children(child) {
                    params.push(self.lambda_param(param));
                }
            } else {
                statements.push(child);
            }
        }
        let mut body = self.steps(&statements);
        // A lambda gives what its last expression gives.
        if let Some(Step { kind, .. }) = body.last_mut()
            && let StepKind::Evaluate(value) = kind
        {
            let value = std::mem::replace(value, Value::new(ValueKind::Null, Span::default()));
            *kind = StepKind::Return(Some(value));
        }
        (params, body)
    }

    fn anonymous_parts(&mut self, node: Node<'_>) -> (Vec<Param>, Block) {
        let params = child_of(node, "function_value_parameters").map_or_else(Vec::new, |params| self.params(params));
        let body = child_of(node, "function_body").map_or_else(Block::new, |body| self.function_body(body));
        (params, body)
    }

    fn lambda_param(&mut self, node: Node<'_>) -> Param {
        let mut param = Param { name: String::new(), parts: Vec::new(), ty: None, default: None, annotations: Vec::new(), span: span(node) };
        if node.kind() == "multi_variable_declaration" {
            for (position, part) in children(node).into_iter().enumerate() {
                let local = child_of(part, "identifier").map(|name| self.name(name)).unwrap_or_default();
                if local != "_" {
                    param.parts.push((position.to_string(), local));
                }
            }
            return param;
        }
        self.fill_param(&mut param, node);
        param
    }

    /// Name and type of a parameter, from the node that holds both.
    fn fill_param(&mut self, param: &mut Param, node: Node<'_>) {
        for child in children(node) {
            match child.kind() {
                "identifier" if param.name.is_empty() => param.name = self.name(child),
                _ if is_type(child) => param.ty = Some(self.type_name(child)),
                _ => {}
            }
        }
    }

    /// The parameters in brackets, each with the annotations before it and the default behind it.
    pub(super) fn params(&mut self, node: Node<'_>) -> Vec<Param> {
        let mut params: Vec<Param> = Vec::new();
        let mut annotations = Vec::new();
        for child in children(node) {
            match child.kind() {
                "parameter_modifiers" => annotations = self.annotations(child),
                "parameter" => {
                    let mut param = Param { name: String::new(), parts: Vec::new(), ty: None, default: None, annotations: std::mem::take(&mut annotations), span: span(child) };
                    self.fill_param(&mut param, child);
                    params.push(param);
                }
                _ => {
                    let default = self.value(child);
                    if let Some(param) = params.last_mut() {
                        param.default = Some(default);
                    }
                }
            }
        }
        params
    }

    /// A body in braces, or the expression behind `=` as a return.
    pub(super) fn function_body(&mut self, node: Node<'_>) -> Block {
        let Some(inner) = children(node).into_iter().next() else { return Block::new() };
        if inner.kind() == "block" {
            return self.steps(&children(inner));
        }
        let value = self.value(inner);
        vec![Step { kind: StepKind::Return(Some(value)), span: span(inner) }]
    }

    /// The getter and setter of a property, those that have bodies.
    pub(super) fn accessors(&mut self, node: Node<'_>, name: &str, head: Span) -> Vec<FunctionIndex> {
        let mut found = Vec::new();
        let receiver_node = children(node).into_iter().take_while(|child| child.kind() != "variable_declaration").find(|child| is_type(*child));
        for accessor in children(node) {
            if !matches!(accessor.kind(), "getter" | "setter") {
                continue;
            }
            let Some(body_node) = child_of(accessor, "function_body") else { continue };
            let receiver = receiver_node.map(|ty| Receiver::Type(self.type_name(ty)));
            let annotations = self.annotations(accessor);
            let index = self.open_function(FunctionKind::Accessor, Span::new(start_behind_annotations(accessor), accessor.end_byte()));
            let mut params = Vec::new();
            if let Some(param) = child_of(accessor, "identifier") {
                params.push(Param { name: self.name(param), parts: Vec::new(), ty: None, default: None, annotations: Vec::new(), span: span(param) });
            }
            let body = self.function_body(body_node);
            self.close_function(index, |function| {
                name.clone_into(&mut function.name);
                function.head = head;
                function.receiver = receiver;
                function.annotations = annotations;
                function.params = params;
                function.body = body;
            });
            found.push(index);
        }
        found
    }
}
