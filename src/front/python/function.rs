//! Functions, lambdas and their parameters.

use rustc_hash::FxHashSet;
use tree_sitter::Node;

use super::{Lowering, parts, span_of};
use crate::ir::{AssignOp, Block, Call, Function, FunctionIndex, FunctionKind, Param, Step, StepKind, TypeName, Value, ValueKind};
use crate::source::Span;

impl<'t> Lowering<'t> {
    /// A function or class below its decorators.
    pub(super) fn decorated(&mut self, node: Node<'_>, out: &mut Block) {
        let mut annotations = Vec::new();
        for part in parts(node) {
            match part.kind() {
                "decorator" => annotations.extend(parts(part).first().map(|value| self.annotation(*value))),
                _ => self.definition(part, std::mem::take(&mut annotations), out),
            }
        }
    }

    pub(super) fn definition(&mut self, node: Node<'_>, annotations: Vec<Call>, out: &mut Block) {
        match node.kind() {
            "class_definition" => self.class(node, annotations),
            "function_definition" => self.declared(node, annotations, out),
            _ => {}
        }
    }

    fn declared(&mut self, node: Node<'_>, annotations: Vec<Call>, out: &mut Block) {
        let class = self.class;
        let Some(name_node) = node.child_by_field_name("name") else { return };
        let name = self.text_of(name_node);
        let decorated =
            |names: &[&str]| annotations.iter().any(|call| matches!(&call.callee.kind, ValueKind::Name(name) | ValueKind::Member(_, name) if names.contains(&name.as_str())));
        let is_static = class.is_some() && decorated(&["staticmethod"]);
        let kind = match class {
            None => FunctionKind::Function,
            Some(_) if name == "__init__" => FunctionKind::Constructor,
            Some(_) if decorated(&["property", "cached_property", "setter", "getter", "deleter"]) => FunctionKind::Accessor,
            Some(_) => FunctionKind::Method,
        };
        let mut params = node.child_by_field_name("parameters").map(|list| self.params(list)).unwrap_or_default();
        let this = (class.is_some() && !is_static).then(|| self.take_receiver(node, &mut params)).flatten();
        let returns = node.child_by_field_name("return_type").map(|ty| self.type_name(ty, 0));
        let is_async = node.child(0).is_some_and(|word| word.kind() == "async");
        let function = Function {
            name: name.to_owned(),
            owner: class,
            parent: self.function,
            params,
            returns,
            annotations,
            is_async,
            is_static,
            head: Self::head_of(node),
            ..Function::new(kind, span_of(node))
        };
        let index = self.add_function(function);
        self.is_new(name);
        self.function_body(node, index, this);
        match class.and_then(|class| self.module.classes.get_mut(class.0 as usize)) {
            Some(class) => class.methods.push(index),
            None => {
                let target = super::name_value(name, span_of(name_node));
                let value = Value::new(ValueKind::Closure(index), span_of(node));
                self.push(out, StepKind::Assign { target, op: AssignOp::Declare, value, ty: None }, node);
            }
        }
    }

    fn add_function(&mut self, function: Function) -> FunctionIndex {
        let index = FunctionIndex(self.module.functions.len() as u32);
        self.module.functions.push(function);
        index
    }

    /// Takes the object of a method off its parameters; gives its name.
    fn take_receiver(&self, node: Node<'_>, params: &mut Vec<Param>) -> Option<&'t str> {
        let list = node.child_by_field_name("parameters")?;
        let first = parts(list).first().copied().filter(|first| matches!(first.kind(), "identifier" | "typed_parameter"))?;
        let name = if first.kind() == "identifier" { first } else { parts(first).first().copied().filter(|name| name.kind() == "identifier")? };
        if !params.is_empty() {
            params.remove(0);
        }
        Some(self.text_of(name))
    }

    fn function_body(&mut self, node: Node<'_>, index: FunctionIndex, this: Option<&'t str>) {
        let (owner, constructor) = self.module.functions.get(index.0 as usize).map_or((None, false), |f| (f.owner, f.kind == FunctionKind::Constructor));
        let is_member = self.class.is_some();
        let function = self.function.replace(index);
        let class = self.class.take();
        let outer_constructor = std::mem::replace(&mut self.constructor, owner.filter(|_| constructor));
        let outer_this = if is_member || this.is_some() { std::mem::replace(&mut self.this, this) } else { self.this };
        let hoist = std::mem::replace(&mut self.hoist, false);
        let names = self.param_names(node.child_by_field_name("parameters"));
        if this.is_none() && self.this.is_some_and(|this| names.contains(this)) {
            self.this = None;
        }
        let types = std::mem::take(&mut self.param_types);
        if constructor {
            self.note_param_types(index, &names);
        }
        self.scopes.push(names);
        let body = self.block(node.child_by_field_name("body"));
        self.scopes.pop();
        self.param_types = types;
        self.hoist = hoist;
        self.this = outer_this;
        self.constructor = outer_constructor;
        self.class = class;
        self.function = function;
        if let Some(function) = self.module.functions.get_mut(index.0 as usize) {
            function.body = body;
        }
    }

    fn note_param_types(&mut self, index: FunctionIndex, names: &FxHashSet<&'t str>) {
        let Some(function) = self.module.functions.get(index.0 as usize) else { return };
        for param in &function.params {
            if let (Some(name), Some(ty)) = (names.get(param.name.as_str()), &param.ty) {
                self.param_types.insert(name, ty.clone());
            }
        }
    }

    /// The names that parameters bind.
    fn param_names(&self, list: Option<Node<'_>>) -> FxHashSet<&'t str> {
        let mut names = FxHashSet::default();
        let mut pending = list.map(parts).unwrap_or_default();
        while let Some(node) = pending.pop() {
            match node.kind() {
                "identifier" => {
                    names.insert(self.text_of(node));
                }
                "default_parameter" | "typed_default_parameter" => pending.extend(node.child_by_field_name("name")),
                "typed_parameter" => pending.extend(parts(node).first().copied()),
                _ => pending.extend(parts(node)),
            }
        }
        names
    }

    fn params(&mut self, list: Node<'_>) -> Vec<Param> {
        parts(list).into_iter().filter_map(|node| self.param(node)).collect()
    }

    fn param(&mut self, node: Node<'_>) -> Option<Param> {
        let name_node = match node.kind() {
            "default_parameter" | "typed_default_parameter" => node.child_by_field_name("name")?,
            "typed_parameter" => parts(node).first().copied()?,
            "identifier" | "list_splat_pattern" | "dictionary_splat_pattern" | "tuple_pattern" => node,
            _ => return None,
        };
        let mut pieces = Vec::new();
        let name = match name_node.kind() {
            "tuple_pattern" => {
                let names = parts(name_node).into_iter().enumerate();
                pieces = names.map(|(at, part)| (at.to_string(), self.text_of(part).to_owned())).collect();
                ""
            }
            _ => self.text_of(name_node).trim_start_matches('*').trim_start(),
        };
        let hint = node.child_by_field_name("type").map(|ty| self.hint(ty));
        let (ty, annotations): (Option<TypeName>, _) = hint.map_or((None, Vec::new()), |hint| (Some(hint.ty), hint.annotations));
        let default = node.child_by_field_name("value").map(|value| self.named(value, name, span_of(name_node)));
        Some(Param { name: name.to_owned(), parts: pieces, ty, default, annotations, span: span_of(node) })
    }

    /// A value that is bound to `name`, which names it if it is a lambda.
    pub(super) fn named(&mut self, node: Node<'_>, name: &str, head: Span) -> Value {
        let node = super::expression::without_parentheses(node);
        if node.kind() == "lambda" { self.lambda(node, name, head) } else { self.value(node) }
    }

    pub(super) fn lambda(&mut self, node: Node<'_>, name: &str, head: Span) -> Value {
        let list = node.child_by_field_name("parameters");
        let function = Function {
            name: name.to_owned(),
            parent: self.function,
            params: list.map(|list| self.params(list)).unwrap_or_default(),
            head,
            ..Function::new(FunctionKind::Closure, span_of(node))
        };
        let index = self.add_function(function);
        let outer = self.function.replace(index);
        let class = self.class.take();
        let hoist = std::mem::replace(&mut self.hoist, false);
        let this = self.this;
        if this.is_some_and(|this| self.param_names(list).contains(this)) {
            self.this = None;
        }
        let body = node.child_by_field_name("body").map(|body| Step { span: span_of(body), kind: StepKind::Return(Some(self.value(body))) });
        self.this = this;
        self.hoist = hoist;
        self.class = class;
        self.function = outer;
        if let Some(function) = self.module.functions.get_mut(index.0 as usize) {
            function.body = body.into_iter().collect();
        }
        Value::new(ValueKind::Closure(index), span_of(node))
    }
}
