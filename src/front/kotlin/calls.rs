//! Calls, arguments, and annotations.

use tree_sitter::Node;

use super::Lowerer;
use super::expressions::{copy_of, unknown};
use super::functions::Binding;
use super::literals::trim_indent;
use super::tree::{child_of, children, has_token, is_type, span};
use super::types::{path_span, path_value};
use crate::ir::{Argument, Call, CallStyle, Receiver, Value, ValueKind};

impl Lowerer<'_> {
    /// Joins a call to its callee, which was lowered from `before`.
    pub(super) fn call(&mut self, node: Node<'_>, callee: Value, before: Node<'_>) -> Value {
        let at = span(node);
        let suffixes: Vec<_> = children(node).into_iter().skip(1).collect();
        let has_arguments = suffixes.iter().any(|suffix| suffix.kind() == "value_arguments");
        let is_only_lambda = !has_arguments && suffixes.iter().any(|suffix| suffix.kind() == "annotated_lambda");
        // `f(x) { }` is one call, though the grammar may read `(f(x)) { }`.
        let mut call = match callee.kind {
            ValueKind::Call(call) if is_only_lambda && ends_with_arguments(before) => *call,
            kind => Call { callee: Value::new(kind, callee.span), args: Vec::new(), style: CallStyle::Function, types: Vec::new(), span: at },
        };
        call.span = at;
        if let Some(suffix) = suffixes.first() {
            call.types.extend(self.blanked_types(before.end_byte(), suffix.start_byte()));
        }
        for suffix in suffixes {
            match suffix.kind() {
                "type_arguments" => call.types = self.type_arguments(suffix),
                "value_arguments" => self.arguments(suffix, &call.callee, &mut call.args),
                _ => {
                    let argument = self.argument(suffix, None, &call.callee, &call.args);
                    call.args.push(argument);
                }
            }
        }
        Value::new(trimmed(call), at)
    }

    /// The arguments in brackets.
    pub(super) fn arguments(&mut self, node: Node<'_>, callee: &Value, args: &mut Vec<Argument>) {
        for child in children(node) {
            if child.kind() != "value_argument" {
                let argument = self.argument(child, None, callee, args);
                args.push(argument);
                continue;
            }
            let parts = children(child);
            let Some(last) = parts.last() else { continue };
            let name = if has_token(child, "=") && parts.len() > 1 { parts.first().copied() } else { None };
            let mut argument = self.argument(*last, name, callee, args);
            if has_token(child, "*") {
                argument.value = Value::new(ValueKind::Unknown(vec![argument.value]), span(child));
            }
            args.push(argument);
        }
    }

    /// One argument of a call to `callee`, behind the arguments `before` it. A lambda gets the call as its receiver.
    pub(super) fn argument(&mut self, node: Node<'_>, name: Option<Node<'_>>, callee: &Value, before: &[Argument]) -> Argument {
        let inner = unwrapped(node);
        let value = if inner.kind() == "lambda_literal" {
            let binding = name.map(|name| Binding { name: self.name(name), head: span(name) });
            let receiver = copy_of(lambda_receiver(callee, before)).map(|receiver| Receiver::Value(Box::new(receiver)));
            self.closure(inner, binding, receiver)
        } else if inner.kind() == "anonymous_function" {
            let binding = name.map(|name| Binding { name: self.name(name), head: span(name) });
            self.closure(inner, binding, None)
        } else {
            self.value(inner)
        };
        Argument { name: name.map(|name| self.name(name)), value }
    }

    /// The annotations among the children of a node, and those of its modifiers.
    pub(super) fn annotations(&mut self, node: Node<'_>) -> Vec<Call> {
        let mut calls = Vec::new();
        for child in children(node) {
            match child.kind() {
                "modifiers" | "parameter_modifiers" => calls.extend(self.annotations(child)),
                "annotation" => {
                    for named in children(child) {
                        calls.extend(self.annotation(named));
                    }
                }
                _ => {}
            }
        }
        calls
    }

    /// One annotation without its `@` and target.
    fn annotation(&mut self, node: Node<'_>) -> Option<Call> {
        let ty_node = if node.kind() == "constructor_invocation" { children(node).into_iter().find(|child| is_type(*child))? } else { node };
        if !is_type(ty_node) {
            return None;
        }
        let ty = self.type_name(ty_node);
        let callee = path_value(&ty.path, path_span(ty_node));
        let mut args = Vec::new();
        if let Some(arguments) = child_of(node, "value_arguments") {
            self.arguments(arguments, &callee, &mut args);
        }
        Some(Call { callee, args, style: CallStyle::Annotation, types: ty.args, span: span(node) })
    }

    /// A call of `this(…)` or `super(…)` by a constructor.
    pub(super) fn constructor_call(&mut self, callee: Value, arguments: Node<'_>, node: Node<'_>) -> Value {
        let mut args = Vec::new();
        self.arguments(arguments, &callee, &mut args);
        let call = Call { callee, args, style: CallStyle::Function, types: Vec::new(), span: span(node) };
        Value::new(ValueKind::Call(Box::new(call)), span(node))
    }

    /// The value that a property or variable is given; a closure bears its name.
    pub(super) fn bound_value(&mut self, node: Node<'_>, name: Node<'_>) -> Value {
        let inner = unwrapped(node);
        if matches!(inner.kind(), "lambda_literal" | "anonymous_function") {
            let binding = Binding { name: self.name(name), head: span(name) };
            return self.closure(inner, Some(binding), None);
        }
        if inner.is_missing() { unknown(inner) } else { self.value(inner) }
    }
}

/// The node inside brackets, labels and annotations.
fn unwrapped(node: Node<'_>) -> Node<'_> {
    let mut at = node;
    while matches!(at.kind(), "annotated_lambda" | "labeled_expression" | "annotated_expression" | "parenthesized_expression") {
        match children(at).into_iter().rfind(|child| !matches!(child.kind(), "label" | "annotation")) {
            Some(inner) => at = inner,
            None => break,
        }
    }
    at
}

/// Whether the node is a call that ends with `)`, so that a lambda behind it belongs to it.
fn ends_with_arguments(node: Node<'_>) -> bool {
    node.kind() == "call_expression" && children(node).last().is_some_and(|last| last.kind() == "value_arguments")
}

/// What stands for the receiver of a lambda handed to `callee`. The scope functions of the language hand on their subject.
fn lambda_receiver<'v>(callee: &'v Value, args: &'v [Argument]) -> &'v Value {
    match &callee.kind {
        ValueKind::Member(of, name) if matches!(name.as_str(), "apply" | "run" | "also") => of,
        ValueKind::Name(name) if name == "with" => args.first().map_or(callee, |first| &first.value),
        _ => callee,
    }
}

/// A call; a raw text's `trimIndent()` and `trimMargin()` are the text itself.
fn trimmed(call: Call) -> ValueKind {
    let is_trim = |call: &Call| match &call.callee.kind {
        ValueKind::Member(of, name) => {
            call.args.is_empty() && matches!(name.as_str(), "trimIndent" | "trimMargin") && matches!(of.kind, ValueKind::Text(_) | ValueKind::Template(_))
        }
        _ => false,
    };
    if !is_trim(&call) {
        return ValueKind::Call(Box::new(call));
    }
    match call.callee.kind {
        ValueKind::Member(of, name) => match of.kind {
            ValueKind::Text(text) if name == "trimMargin" => {
                let lines: Vec<_> = text.lines().map(|line| line.trim_start().strip_prefix('|').unwrap_or(line)).collect();
                ValueKind::Text(trim_indent(&lines.join("\n")))
            }
            ValueKind::Text(text) => ValueKind::Text(trim_indent(&text)),
            kind => kind,
        },
        kind => kind,
    }
}
