//! Lowers expressions.

use tree_sitter::Node;

use super::functions::step;
use super::literals::number;
use super::lowerer::{Lowerer, unknown};
use super::syntax::{bare, first, has, parts, span};
use crate::ir::{Argument, BinaryOp, Block, Call, CallStyle, FunctionKind, StepKind, Value, ValueKind};

/// Chains of one operator longer than this are kept as the list of their operands.
const LONG_CHAIN: usize = 40;

/// The most values of an operand of `||` that are written twice.
const MAX_COPY: usize = 40;

impl Lowerer<'_> {
    /// Lowers one expression.
    pub(super) fn value(&mut self, node: Node<'_>) -> Value {
        let node = bare(node);
        let kind = self.deeper(node, |lowerer| lowerer.value_of_kind(node));
        kind.map_or(unknown(span(node)), |kind| Value::new(kind, span(node)))
    }

    /// The expression in a field.
    pub(super) fn field_value(&mut self, node: Node<'_>, field: &str) -> Value {
        match node.child_by_field_name(field) {
            Some(inner) => self.value(inner),
            None => unknown(span(node)),
        }
    }

    fn value_of_kind(&mut self, node: Node<'_>) -> ValueKind {
        match node.kind() {
            "identifier" | "shorthand_property_identifier" | "import" | "meta_property" | "property_identifier" | "private_property_identifier" => {
                ValueKind::Name(self.words(node).to_owned())
            }
            "string" => ValueKind::Text(self.string(node)),
            "template_string" => self.template(node),
            "number" => ValueKind::Number(number(self.words(node))),
            "true" => ValueKind::Bool(true),
            "false" => ValueKind::Bool(false),
            "null" => ValueKind::Null,
            "undefined" => ValueKind::Undefined,
            "this" => ValueKind::This,
            "super" => ValueKind::Super,
            "regex" => ValueKind::Unknown(Vec::new()),
            "member_expression" => self.member(node),
            "subscript_expression" => self.subscript(node),
            "call_expression" => self.call(node),
            "new_expression" => self.construction(node),
            "await_expression" | "yield_expression" => match first(node) {
                Some(inner) => ValueKind::Await(Box::new(self.value(inner))),
                None => ValueKind::Unknown(Vec::new()),
            },
            "object" => ValueKind::Record(self.record(node)),
            "array" => ValueKind::List(parts(node).into_iter().map(|item| self.item(item)).collect()),
            "arrow_function" | "function_expression" | "generator_function" => {
                let name = node.child_by_field_name("name").and_then(|name| self.named(name));
                ValueKind::Closure(self.function(node, name, FunctionKind::Closure))
            }
            "class" => ValueKind::Name(self.class(node, None)),
            "ternary_expression" => ValueKind::Choice {
                test: Box::new(self.field_value(node, "condition")),
                then: Box::new(self.field_value(node, "consequence")),
                otherwise: Box::new(self.field_value(node, "alternative")),
            },
            "binary_expression" => self.binary(node),
            "unary_expression" => self.unary(node),
            "assignment_expression" | "augmented_assignment_expression" | "update_expression" => self.assignment_value(node),
            "sequence_expression" => self.sequence(node),
            "jsx_element" | "jsx_self_closing_element" => self.element(node),
            "jsx_expression" => first(node).map_or(ValueKind::Unknown(Vec::new()), |inner| self.item(inner).kind),
            "spread_element" => ValueKind::Unknown(first(node).map(|inner| self.value(inner)).into_iter().collect()),
            _ => ValueKind::Unknown(parts(node).into_iter().filter(|part| is_expression(*part)).map(|part| self.value(part)).collect()),
        }
    }

    /// An element of a list or an argument; a spread is unknown with its value.
    pub(super) fn item(&mut self, node: Node<'_>) -> Value {
        self.value(node)
    }

    fn member(&mut self, node: Node<'_>) -> ValueKind {
        let Some(property) = node.child_by_field_name("property") else { return ValueKind::Unknown(Vec::new()) };
        let object = self.field_value(node, "object");
        ValueKind::Member(Box::new(object), self.words(property).to_owned())
    }

    fn subscript(&mut self, node: Node<'_>) -> ValueKind {
        let object = Box::new(self.field_value(node, "object"));
        let index = self.field_value(node, "index");
        match index.kind {
            ValueKind::Text(name) => ValueKind::Member(object, name),
            _ => ValueKind::Index(object, Box::new(index)),
        }
    }

    fn call(&mut self, node: Node<'_>) -> ValueKind {
        if let Some((word, module)) = self.required_call(node) {
            return self.late_import(word, module, span(node));
        }
        let callee = self.field_value(node, "function");
        let types = self.type_arguments(node);
        let arguments = node.child_by_field_name("arguments");
        let (style, args) = match arguments {
            Some(template) if template.kind() == "template_string" => (CallStyle::Tagged, vec![Argument { name: None, value: self.value(template) }]),
            Some(list) => (CallStyle::Function, self.arguments(list)),
            None => (CallStyle::Function, Vec::new()),
        };
        if is_merge(&callee, &args) {
            return ValueKind::Record(merged(args));
        }
        self.imports_of_answer(&callee, &args);
        ValueKind::Call(Box::new(Call { callee, args, style, types, span: span(node) }))
    }

    fn construction(&mut self, node: Node<'_>) -> ValueKind {
        let callee = self.field_value(node, "constructor");
        let types = self.type_arguments(node);
        let args = node.child_by_field_name("arguments").map(|list| self.arguments(list)).unwrap_or_default();
        ValueKind::Call(Box::new(Call { callee, args, style: CallStyle::New, types, span: span(node) }))
    }

    fn arguments(&mut self, list: Node<'_>) -> Vec<Argument> {
        parts(list).into_iter().map(|argument| Argument { name: None, value: self.item(argument) }).collect()
    }

    /// The entries of an object literal.
    fn record(&mut self, node: Node<'_>) -> Vec<(String, Value)> {
        let mut entries = Vec::new();
        for part in parts(node) {
            match part.kind() {
                "pair" => {
                    let (Some(key), Some(value)) = (part.child_by_field_name("key"), part.child_by_field_name("value")) else { continue };
                    let name = self.key(key);
                    let value = self.value_named(value, Some((name.clone(), span(key))));
                    entries.push((name, value));
                }
                "method_definition" => {
                    let Some(key) = part.child_by_field_name("name") else { continue };
                    let name = self.key(key);
                    let kind = if has(part, "get") || has(part, "set") { FunctionKind::Accessor } else { FunctionKind::Closure };
                    let index = self.function(part, Some((name.clone(), span(key))), kind);
                    entries.push((name, Value::new(ValueKind::Closure(index), span(part))));
                }
                "shorthand_property_identifier" => {
                    let value = self.value(part);
                    entries.push((self.words(part).to_owned(), value));
                }
                "spread_element" => {
                    if let Some(inner) = first(part) {
                        entries.push(("...".to_owned(), self.value(inner)));
                    }
                }
                _ => {
                    if is_expression(part) {
                        entries.push(("...".to_owned(), self.value(part)));
                    }
                }
            }
        }
        entries
    }

    fn unary(&mut self, node: Node<'_>) -> ValueKind {
        let operator = node.child_by_field_name("operator").map_or("", |sign| sign.kind());
        if operator == "delete" {
            let mut steps = Block::new();
            self.expression_steps(node, &mut steps);
            return ValueKind::Block(steps);
        }
        let argument = self.field_value(node, "argument");
        match (operator, argument.kind) {
            ("!", kind) => ValueKind::Not(Box::new(Value::new(kind, argument.span))),
            ("-", ValueKind::Number(number)) => ValueKind::Number(-number),
            ("+", ValueKind::Number(number)) => ValueKind::Number(number),
            ("void", ValueKind::Number(_)) => ValueKind::Undefined,
            (_, kind) => ValueKind::Unknown(vec![Value::new(kind, argument.span)]),
        }
    }

    /// An assignment whose value is used: its steps, then its target.
    fn assignment_value(&mut self, node: Node<'_>) -> ValueKind {
        let mut steps = Block::new();
        self.expression_steps(node, &mut steps);
        if let Some(StepKind::Assign { target, .. }) = steps.last().map(|last| &last.kind) {
            let target = copied(target);
            steps.push(step(StepKind::Evaluate(target), span(node)));
        }
        ValueKind::Block(steps)
    }

    fn sequence(&mut self, node: Node<'_>) -> ValueKind {
        let mut steps = Block::new();
        let mut operands = parts(node);
        let last = operands.pop();
        for operand in operands {
            self.expression_steps(operand, &mut steps);
        }
        if let Some(last) = last {
            let value = self.value(last);
            steps.push(step(StepKind::Evaluate(value), span(last)));
        }
        ValueKind::Block(steps)
    }

    /// A chain of one binary operator, which nests to the left, is gathered without recursion.
    fn binary(&mut self, node: Node<'_>) -> ValueKind {
        let operator = binary_words(node);
        let mut chain = vec![node];
        let mut operands = Vec::new();
        let mut leftmost = node;
        while let Some(left) = leftmost.child_by_field_name("left") {
            leftmost = left;
            let inner = bare(left);
            if inner.kind() != "binary_expression" || binary_words(inner) != operator || !is_associative(operator) {
                break;
            }
            chain.push(inner);
            leftmost = inner;
        }
        operands.push(self.value(leftmost));
        for link in chain.iter().rev() {
            operands.push(self.field_value(*link, "right"));
        }
        if operator == "+"
            && let Some(template) = Self::concatenated(&mut operands)
        {
            return template;
        }
        if operands.len() > LONG_CHAIN {
            return ValueKind::Unknown(operands);
        }
        match operator {
            "||" | "??" => fold_right(operands, |left, right| ValueKind::Choice { then: Box::new(copied(&left)), test: Box::new(left), otherwise: Box::new(right) }),
            "&&" => fold_right(operands, |left, right| {
                let nothing = Value::new(ValueKind::Null, left.span);
                ValueKind::Choice { test: Box::new(left), then: Box::new(right), otherwise: Box::new(nothing) }
            }),
            _ => fold_left(operands, binary_op(operator)),
        }
    }
}

/// The operator of a binary expression or of an augmented assignment.
pub(super) fn binary_words<'t>(node: Node<'t>) -> &'t str {
    node.child_by_field_name("operator").map_or("", |sign| sign.kind())
}

/// Whether `(a · b) · c` may be read as a flat chain.
fn is_associative(operator: &str) -> bool {
    matches!(operator, "+" | "||" | "??" | "&&" | "," | "*" | "-" | "/" | "|" | "&")
}

fn binary_op(operator: &str) -> BinaryOp {
    match operator {
        "+" => BinaryOp::Add,
        "-" => BinaryOp::Subtract,
        "*" => BinaryOp::Multiply,
        "/" => BinaryOp::Divide,
        "==" | "===" => BinaryOp::Equal,
        "!=" | "!==" => BinaryOp::NotEqual,
        "<" | "<=" => BinaryOp::Less,
        ">" | ">=" => BinaryOp::Greater,
        "in" => BinaryOp::In,
        _ => BinaryOp::Other,
    }
}

fn fold_left(operands: Vec<Value>, op: BinaryOp) -> ValueKind {
    let folded = operands.into_iter().reduce(|left, right| {
        let span = crate::source::Span { start: left.span.start, end: right.span.end };
        Value::new(ValueKind::Binary { op, left: Box::new(left), right: Box::new(right) }, span)
    });
    folded.map_or(ValueKind::Unknown(Vec::new()), |value| value.kind)
}

fn fold_right(operands: Vec<Value>, join: impl Fn(Value, Value) -> ValueKind) -> ValueKind {
    let folded = operands.into_iter().rev().reduce(|right, left| {
        let span = crate::source::Span { start: left.span.start, end: right.span.end };
        Value::new(join(left, right), span)
    });
    folded.map_or(ValueKind::Unknown(Vec::new()), |value| value.kind)
}

/// Whether a call makes a new record of others: `Object.assign({}, login, logout)`.
fn is_merge(callee: &Value, args: &[Argument]) -> bool {
    let is_assign = matches!(&callee.kind, ValueKind::Member(of, assign) if assign == "assign" && matches!(&of.kind, ValueKind::Name(object) if object == "Object"));
    is_assign && matches!(args.first(), Some(Argument { value: Value { kind: ValueKind::Record(_), .. }, .. }))
}

/// The entries of all records that a call merges; what is no literal is spread.
fn merged(args: Vec<Argument>) -> Vec<(String, Value)> {
    let mut entries = Vec::new();
    for Argument { value, .. } in args {
        match value.kind {
            ValueKind::Record(own) => entries.extend(own),
            _ => entries.push(("...".to_owned(), value)),
        }
    }
    entries
}

/// A copy of a value, unless it is so big that nested copies of copies would run away.
pub(super) fn copied(value: &Value) -> Value {
    struct Count(usize);
    impl<'ir> crate::ir::Visit<'ir> for Count {
        fn value(&mut self, _value: &'ir Value) -> bool {
            self.0 += 1;
            self.0 <= MAX_COPY
        }
    }
    let mut count = Count(0);
    crate::ir::walk_value(value, &mut count);
    if count.0 <= MAX_COPY { value.clone() } else { unknown(value.span) }
}

/// Whether a node can be lowered as a value; types, keywords and the like cannot.
fn is_expression(node: Node<'_>) -> bool {
    let kind = node.kind();
    kind.ends_with("_expression")
        || matches!(
            kind,
            "identifier"
                | "string"
                | "template_string"
                | "number"
                | "true"
                | "false"
                | "null"
                | "undefined"
                | "this"
                | "super"
                | "object"
                | "array"
                | "arrow_function"
                | "generator_function"
                | "class"
                | "jsx_element"
                | "jsx_self_closing_element"
                | "ERROR"
                | "spread_element"
                | "arguments"
                | "expression_statement"
        )
}
