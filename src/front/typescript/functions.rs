//! Lowers functions, their parameters, and patterns that take values apart.

use tree_sitter::Node;

use super::lowerer::{Lowerer, Named, unknown};
use super::syntax::{bare, first, has, parts, span, under};
use crate::ir::{Argument, Block, Call, CallStyle, Function, FunctionIndex, FunctionKind, Param, StepKind, Value, ValueKind};
use crate::source::Span;

impl Lowerer<'_> {
    /// Lowers a function of any shape and gives its index.
    pub(super) fn function(&mut self, node: Node<'_>, name: Named, kind: FunctionKind) -> FunctionIndex {
        let first_token = node.child(0).map_or(span(node), span);
        let (name, head) = name.unwrap_or((String::new(), first_token));
        let index = self.begin_function(name, kind, span(node), head);
        let outer = self.function.replace(index);
        let params = self.params(node);
        let returns = self.annotated(node, "return_type");
        let (directives, body) = self.function_body(node);
        self.function = outer;
        if let Some(function) = self.module.functions.get_mut(index.0 as usize) {
            function.params = params;
            function.returns = returns;
            function.is_async = has(node, "async");
            function.is_static = has(node, "static");
            function.directives = directives;
            function.body = body;
        }
        index
    }

    /// Adds an empty function whose parts are filled in later, so that what it encloses can refer to it.
    pub(super) fn begin_function(&mut self, name: String, kind: FunctionKind, span: Span, head: Span) -> FunctionIndex {
        let index = FunctionIndex(self.module.functions.len() as u32);
        self.module.functions.push(Function { name, parent: self.function, head, ..Function::new(kind, span) });
        index
    }

    fn function_body(&mut self, node: Node<'_>) -> (Vec<String>, Block) {
        let mut body = Block::new();
        let Some(inner) = node.child_by_field_name("body") else { return (Vec::new(), body) };
        if inner.kind() != "statement_block" {
            self.tail(inner, &mut body);
            return (Vec::new(), body);
        }
        let statements = parts(inner);
        let (directives, rest) = self.directives(&statements);
        for statement in rest {
            self.statement(*statement, &mut body);
        }
        (directives, body)
    }

    /// An arrow function's expression: steps, and the value that is returned.
    fn tail(&mut self, node: Node<'_>, out: &mut Block) {
        let node = bare(node);
        match node.kind() {
            "assignment_expression" | "augmented_assignment_expression" | "update_expression" => self.expression_steps(node, out),
            "unary_expression" if has(node, "void") || has(node, "delete") => self.expression_steps(node, out),
            "sequence_expression" => {
                let mut operands = parts(node);
                let last = operands.pop();
                for operand in operands {
                    self.expression_steps(operand, out);
                }
                if let Some(last) = last {
                    self.deeper(last, |lowerer| lowerer.tail(last, out));
                }
            }
            _ => {
                let value = self.value(node);
                out.push(step(StepKind::Return(Some(value)), span(node)));
            }
        }
    }

    /// The parameters' nodes of a function, in order.
    pub(super) fn param_nodes<'t>(node: Node<'t>) -> Vec<Node<'t>> {
        let Some(list) = node.child_by_field_name("parameters") else { return Vec::new() };
        parts(list).into_iter().filter(|param| matches!(param.kind(), "required_parameter" | "optional_parameter")).collect()
    }

    fn params(&mut self, node: Node<'_>) -> Vec<Param> {
        if let Some(single) = node.child_by_field_name("parameter") {
            let name = self.words(single).to_owned();
            return vec![Param { name, parts: Vec::new(), ty: None, default: None, annotations: Vec::new(), span: span(single) }];
        }
        Self::param_nodes(node).into_iter().filter_map(|param| self.param(param)).collect()
    }

    /// One parameter; the pretended parameter `this` is none.
    pub(super) fn param(&mut self, node: Node<'_>) -> Option<Param> {
        let pattern = node.child_by_field_name("pattern").or_else(|| node.child_by_field_name("name"))?;
        let mut param = Param { name: String::new(), parts: Vec::new(), ty: self.annotated(node, "type"), default: None, annotations: self.decorators(node), span: span(node) };
        match pattern.kind() {
            "this" => return None,
            "object_pattern" | "array_pattern" => self.pattern_parts(pattern, "", &mut param.parts),
            "rest_pattern" => match first(pattern) {
                Some(inner) if matches!(inner.kind(), "object_pattern" | "array_pattern") => self.pattern_parts(inner, "", &mut param.parts),
                Some(inner) => param.name = self.words(inner).to_owned(),
                None => {}
            },
            _ => param.name = self.words(pattern).to_owned(),
        }
        param.default = node.child_by_field_name("value").map(|value| self.value(value));
        Some(param)
    }

    /// The decorators that stand in a node's field.
    pub(super) fn decorators(&mut self, node: Node<'_>) -> Vec<Call> {
        under(node, "decorator").into_iter().filter_map(|decorator| self.decorator(decorator)).collect()
    }

    /// `@Name`, `@Name(…)` or `@a.b(…)`.
    pub(super) fn decorator(&mut self, node: Node<'_>) -> Option<Call> {
        let value = self.value(first(node)?);
        Some(match value.kind {
            ValueKind::Call(call) => Call { style: CallStyle::Annotation, ..*call },
            _ => Call { span: value.span, callee: value, args: Vec::<Argument>::new(), style: CallStyle::Annotation, types: Vec::new() },
        })
    }

    /// Paths and local names of a pattern, for a parameter.
    fn pattern_parts(&mut self, node: Node<'_>, path: &str, out: &mut Vec<(String, String)>) {
        for (key, part) in self.pattern_entries(node) {
            let path = if path.is_empty() { key } else { format!("{path}.{key}") };
            match part.kind() {
                "object_pattern" | "array_pattern" => {
                    self.deeper(part, |lowerer| lowerer.pattern_parts(part, &path, out));
                }
                _ => out.push((path, self.words(part).to_owned())),
            }
        }
    }

    /// The keys of a pattern and what each is bound to, defaults left out.
    fn pattern_entries<'t>(&self, node: Node<'t>) -> Vec<(String, Node<'t>)> {
        let mut entries = Vec::new();
        let mut position = 0_usize;
        let mut cursor = node.walk();
        for child in node.children(&mut cursor) {
            let bound = without_default(child);
            match child.kind() {
                "," => position += 1,
                "pair_pattern" => {
                    let (key, value) = (child.child_by_field_name("key"), child.child_by_field_name("value"));
                    if let (Some(key), Some(value)) = (key, value) {
                        entries.push((self.key(key), without_default(value)));
                    }
                }
                "rest_pattern" => entries.extend(first(child).map(|inner| ("...".to_owned(), inner))),
                "shorthand_property_identifier_pattern" | "object_assignment_pattern" => entries.push((self.words(bound).to_owned(), bound)),
                _ if child.is_named() && !super::syntax::is_comment(child) => entries.push((position.to_string(), bound)),
                _ => {}
            }
        }
        entries
    }

    /// A pattern or place as the target of an assignment.
    pub(super) fn target(&mut self, node: Node<'_>) -> Value {
        let node = bare(without_default(node));
        match node.kind() {
            "object_pattern" => {
                let entries = self.deeper(node, |lowerer| lowerer.pattern_entries(node).into_iter().map(|(key, part)| (key, lowerer.target(part))).collect());
                Value::new(ValueKind::Record(entries.unwrap_or_default()), span(node))
            }
            "array_pattern" => {
                let items = self.deeper(node, |lowerer| lowerer.list_target(node)).unwrap_or_default();
                Value::new(ValueKind::List(items), span(node))
            }
            "identifier" | "shorthand_property_identifier_pattern" => Value::new(ValueKind::Name(self.words(node).to_owned()), span(node)),
            _ => self.value(node),
        }
    }

    fn list_target(&mut self, node: Node<'_>) -> Vec<Value> {
        let mut items: Vec<Value> = Vec::new();
        for (key, part) in self.pattern_entries(node) {
            let target = self.target(part);
            match key.parse::<usize>() {
                Ok(position) => {
                    // NOTE: holes are written out in the source, so this cannot run away.
                    while items.len() < position {
                        items.push(unknown(span(node)));
                    }
                    items.push(target);
                }
                Err(_) => items.push(Value::new(ValueKind::Unknown(vec![target]), span(part))),
            }
        }
        items
    }
}

fn without_default(node: Node<'_>) -> Node<'_> {
    match node.kind() {
        "assignment_pattern" | "object_assignment_pattern" => node.child_by_field_name("left").unwrap_or(node),
        _ => node,
    }
}

/// A step of a kind at a place.
pub(super) fn step(kind: StepKind, span: Span) -> crate::ir::Step {
    crate::ir::Step { kind, span }
}
