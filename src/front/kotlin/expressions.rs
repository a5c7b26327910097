//! Values.
//!
//! Chains (`a.b().c`, `a + b + c`, `a to b and c`) lean to the left in the tree and may be long, so their links are
//! gathered first and joined from the inside out, without recursion.

use tree_sitter::Node;

use super::literals::{concatenate, number};
use super::tree::{child_of, children, has_token, is_type, span, tokens};
use super::types::{path_value, value_type};
use super::{Lowerer, MAX_NESTING};
use crate::ir::{AssignOp, BinaryOp, Call, CallStyle, Step, StepKind, Value, ValueKind, Visit, walk_value};
use crate::source::Span;

/// How many values a copied value may be made of.
const MAX_COPIED: usize = 300;

impl Lowerer<'_> {
    /// Lowers an expression.
    pub(super) fn value(&mut self, node: Node<'_>) -> Value {
        self.deeper(node, |this| this.value_within(node)).unwrap_or_else(|| unknown(node))
    }

    fn value_within(&mut self, node: Node<'_>) -> Value {
        if link_base(node).is_some() {
            return self.chain(node);
        }
        let at = span(node);
        match node.kind() {
            "identifier" => Value::new(self.identifier(node), at),
            "string_literal" | "multiline_string_literal" => self.string(node),
            "character_literal" => self.character(node),
            "number_literal" | "float_literal" => Value::new(ValueKind::Number(number(self.text(node))), at),
            "this_expression" => Value::new(ValueKind::This, at),
            "super_expression" => Value::new(ValueKind::Super, at),
            "collection_literal" => {
                let items = children(node).into_iter().map(|item| self.value(item)).collect();
                Value::new(ValueKind::List(items), at)
            }
            "lambda_literal" | "anonymous_function" => self.closure(node, None, None),
            "annotated_lambda" | "labeled_expression" | "annotated_expression" | "parenthesized_expression" => self.wrapped(node),
            "object_literal" => self.object_expression(node),
            "callable_reference" => self.callable_reference(node),
            "unary_expression" => self.prefix(node),
            "spread_expression" => self.parts(node),
            "if_expression" | "when_expression" | "try_expression" | "return_expression" | "throw_expression" | "assignment" | "block" => {
                let mut steps = Vec::new();
                if node.kind() == "block" {
                    steps = self.steps(&children(node))
                } else {
                    self.step(node, &mut steps)
                }
                Value::new(ValueKind::Block(steps), at)
            }
            _ if is_type(node) => {
                let ty = self.type_name(node);
                path_value(&ty.path, at)
            }
            "ERROR" => {
                let steps = self.steps(&children(node));
                Value::new(ValueKind::Block(steps), at)
            }
            _ => self.parts(node),
        }
    }

    fn identifier(&self, node: Node<'_>) -> ValueKind {
        match self.text(node) {
            "true" => ValueKind::Bool(true),
            "false" => ValueKind::Bool(false),
            "null" => ValueKind::Null,
            "break" | "continue" => ValueKind::Block(vec![Step { kind: StepKind::Leave, span: span(node) }]),
            _ => ValueKind::Name(self.name(node)),
        }
    }

    /// The value inside brackets, labels and annotations.
    fn wrapped(&mut self, node: Node<'_>) -> Value {
        let inner = children(node).into_iter().rfind(|child| !matches!(child.kind(), "label" | "annotation"));
        inner.map_or_else(|| unknown(node), |inner| self.value(inner))
    }

    /// A value that the analysis has no word for, with the values it is made of.
    fn parts(&mut self, node: Node<'_>) -> Value {
        let parts = children(node).into_iter().map(|child| self.value(child)).collect();
        Value::new(ValueKind::Unknown(parts), span(node))
    }

    fn chain(&mut self, node: Node<'_>) -> Value {
        let nesting = self.nesting;
        let mut links = Vec::new();
        let mut at = node;
        while let Some(base) = link_base(at) {
            if self.nesting >= MAX_NESTING {
                self.problem("a chain with too many links", span(at));
                break;
            }
            links.push((at, self.nesting));
            // What is joined here lies inside the links gathered so far; an infix call is a member and a call.
            self.nesting += if at.kind() == "infix_expression" { 2 } else { 1 };
            at = base;
        }
        // The grammar takes `!a.b()` for `(!a).b()`, though the links bind closer than the operator.
        let mut operator = (!links.is_empty() && is_prefixed(at)).then_some(at);
        let head = operator.and_then(|operator| children(operator).into_iter().next_back()).unwrap_or(at);
        let mut value = if link_base(at).is_some() { unknown(at) } else { self.value(head) };
        let mut before = head;
        for (link, outside) in links.into_iter().rev() {
            self.nesting = outside;
            if let Some(operator) = operator.take_if(|_| !binds_closer(link)) {
                value = prefixed(operator, value);
            }
            value = self.link(link, value, before);
            if operator.is_some() {
                begin_at(&mut value, span(head).start);
            }
            before = link;
        }
        self.nesting = nesting;
        match operator {
            Some(operator) => prefixed(operator, value),
            None => value,
        }
    }

    /// Joins one link to the value left of it, which was lowered from `before`.
    fn link(&mut self, link: Node<'_>, left: Value, before: Node<'_>) -> Value {
        let at = span(link);
        let parts = children(link);
        match link.kind() {
            "navigation_expression" => match parts.last() {
                Some(name) if parts.len() > 1 && name.kind() == "identifier" => Value::new(ValueKind::Member(Box::new(left), self.name(*name)), at),
                _ => Value::new(ValueKind::Unknown(vec![left]), at),
            },
            "call_expression" => self.call(link, left, before),
            "index_expression" => self.index(link, left),
            "infix_expression" => self.infix(link, left),
            "as_expression" => left,
            "unary_expression" => self.postfix(link, left),
            "is_expression" => {
                let right = parts.iter().rfind(|part| is_type(**part)).map_or_else(|| unknown(link), |ty| self.value(*ty));
                Value::new(ValueKind::Binary { op: BinaryOp::Other, left: Box::new(left), right: Box::new(right) }, at)
            }
            "in_expression" => {
                let right = self.right(link);
                let test = Value::new(ValueKind::Binary { op: BinaryOp::In, left: Box::new(left), right: Box::new(right) }, at);
                if has_token(link, "!in") { Value::new(ValueKind::Not(Box::new(test)), at) } else { test }
            }
            "range_expression" => {
                let right = self.right(link);
                Value::new(ValueKind::Binary { op: BinaryOp::Other, left: Box::new(left), right: Box::new(right) }, at)
            }
            _ => self.binary(link, left),
        }
    }

    fn right(&mut self, link: Node<'_>) -> Value {
        let parts = children(link);
        match parts.last() {
            Some(right) if parts.len() > 1 => self.value(*right),
            _ => unknown(link),
        }
    }

    fn index(&mut self, link: Node<'_>, left: Value) -> Value {
        let mut keys: Vec<Value> = children(link).into_iter().skip(1).map(|key| self.value(key)).collect();
        let key = if keys.len() == 1 { keys.pop() } else { None };
        let kind = match key {
            Some(Value { kind: ValueKind::Text(name), .. }) => ValueKind::Member(Box::new(left), name),
            Some(key) => ValueKind::Index(Box::new(left), Box::new(key)),
            None => ValueKind::Index(Box::new(left), Box::new(Value::new(ValueKind::List(keys), span(link)))),
        };
        Value::new(kind, span(link))
    }

    /// `left name right` is a call of the member `name`.
    fn infix(&mut self, link: Node<'_>, left: Value) -> Value {
        let parts = children(link);
        let (Some(name), Some(right)) = (parts.get(1), parts.get(2)) else {
            return Value::new(ValueKind::Unknown(vec![left]), span(link));
        };
        let member_span = Span { start: left.span.start, end: span(*name).end };
        let callee = Value::new(ValueKind::Member(Box::new(left), self.name(*name)), member_span);
        let argument = self.argument(*right, None, &callee, &[]);
        let call = Call { callee, args: vec![argument], style: CallStyle::Function, types: Vec::new(), span: span(link) };
        Value::new(ValueKind::Call(Box::new(call)), span(link))
    }

    fn postfix(&mut self, link: Node<'_>, left: Value) -> Value {
        if has_token(link, "!!") { left } else { updated(link, left) }
    }

    fn prefix(&mut self, node: Node<'_>) -> Value {
        let Some(operand) = children(node).into_iter().next_back() else { return unknown(node) };
        let value = self.value(operand);
        prefixed(node, value)
    }

    fn binary(&mut self, link: Node<'_>, left: Value) -> Value {
        let at = span(link);
        let operator = tokens(link).into_iter().find(|token| !token.is_named()).map_or("", |token| token.kind());
        let right_node = children(link).into_iter().nth(1);
        if operator == ">" && right_node.is_some_and(|right| right.kind() == "lambda_literal") {
            return self.call_taken_for_comparisons(link, left);
        }
        let right = self.right(link);
        let op = match operator {
            "+" => match concatenate(left, right, at) {
                Ok(template) => return template,
                Err((left, right)) => return Value::new(ValueKind::Binary { op: BinaryOp::Add, left: Box::new(left), right: Box::new(right) }, at),
            },
            "?:" | "||" => return either(left, right, at),
            "&&" => {
                let otherwise = Box::new(Value::new(ValueKind::Null, at));
                return Value::new(ValueKind::Choice { test: Box::new(left), then: Box::new(right), otherwise }, at);
            }
            "-" => BinaryOp::Subtract,
            "*" => BinaryOp::Multiply,
            "/" => BinaryOp::Divide,
            "==" | "===" => BinaryOp::Equal,
            "!=" | "!==" => BinaryOp::NotEqual,
            "<" | "<=" => BinaryOp::Less,
            ">" | ">=" => BinaryOp::Greater,
            _ => BinaryOp::Other,
        };
        Value::new(ValueKind::Binary { op, left: Box::new(left), right: Box::new(right) }, at)
    }

    /// `get<Signout> { }`: the grammar reads `(get < Signout) > { }`.
    fn call_taken_for_comparisons(&mut self, link: Node<'_>, left: Value) -> Value {
        let at = span(link);
        let Some(lambda) = child_of(link, "lambda_literal") else { return left };
        let (callee, types) = match left.kind {
            ValueKind::Binary { op: BinaryOp::Less, left: callee, right } => match value_type(&right) {
                Some(ty) => (*callee, vec![ty]),
                None => (*callee, Vec::new()),
            },
            kind => (Value::new(kind, left.span), Vec::new()),
        };
        let argument = self.argument(lambda, None, &callee, &[]);
        let call = Call { callee, args: vec![argument], style: CallStyle::Function, types, span: at };
        Value::new(ValueKind::Call(Box::new(call)), at)
    }

    /// `::logout` is the name, `controller::logout` and `Foo::class` are members.
    fn callable_reference(&mut self, node: Node<'_>) -> Value {
        let at = span(node);
        let mut of = None;
        let mut name = None;
        for child in tokens(node) {
            match child.kind() {
                "identifier" => name = Some(self.name(child)),
                "class" => name = Some("class".to_owned()),
                _ if is_type(child) => {
                    let ty = self.type_name(child);
                    of = Some(path_value(&ty.path, span(child)));
                }
                _ => {}
            }
        }
        let name = name.unwrap_or_default();
        let kind = match of {
            Some(of) => ValueKind::Member(Box::new(of), name),
            None => ValueKind::Name(name),
        };
        Value::new(kind, at)
    }
}

/// The value of what could not be read.
pub(super) fn unknown(node: Node<'_>) -> Value {
    Value::new(ValueKind::Unknown(Vec::new()), span(node))
}

/// `x++` where its value is used.
fn updated(node: Node<'_>, target: Value) -> Value {
    let at = span(node);
    let one = Value::new(ValueKind::Number(1.0), at);
    let step = Step { kind: StepKind::Assign { target, op: AssignOp::Update, value: one, ty: None }, span: at };
    Value::new(ValueKind::Block(vec![step]), at)
}

/// What a link of a chain is joined to; `None` if the node is no link.
fn link_base(node: Node<'_>) -> Option<Node<'_>> {
    let is_link = matches!(
        node.kind(),
        "navigation_expression"
            | "call_expression"
            | "index_expression"
            | "infix_expression"
            | "binary_expression"
            | "as_expression"
            | "is_expression"
            | "in_expression"
            | "range_expression"
            | "unary_expression"
    );
    if !is_link {
        return None;
    }
    tokens(node).into_iter().next().filter(|first| first.is_named() && !first.is_missing())
}

/// Whether an operator stands before what the node says.
fn is_prefixed(node: Node<'_>) -> bool {
    node.kind() == "unary_expression" && link_base(node).is_none()
}

/// Whether a link binds closer than an operator before its chain.
fn binds_closer(link: Node<'_>) -> bool {
    matches!(link.kind(), "navigation_expression" | "call_expression" | "index_expression" | "unary_expression")
}

/// Gives a link the beginning of the chain's head, where the node begins with an operator that is none of its own.
fn begin_at(value: &mut Value, start: u32) {
    value.span.start = start;
    if let ValueKind::Call(call) = &mut value.kind {
        call.span.start = start;
    }
}

/// The operator of a node before its operand; `-1` is a number.
fn prefixed(node: Node<'_>, operand: Value) -> Value {
    let own = span(node);
    let at = Span { start: own.start, end: own.end.max(operand.span.end) };
    if has_token(node, "!") {
        return Value::new(ValueKind::Not(Box::new(operand)), at);
    }
    if has_token(node, "++") || has_token(node, "--") {
        return updated(node, operand);
    }
    match operand.kind {
        ValueKind::Number(number) if has_token(node, "-") => Value::new(ValueKind::Number(-number), at),
        kind => Value::new(ValueKind::Unknown(vec![Value::new(kind, operand.span)]), at),
    }
}

/// `left ?: right` and `left || right`: the left side is both what is asked and what is given. Closures stand in the
/// first alone, so that what nests in them is not met over and over.
fn either(left: Value, right: Value, at: Span) -> Value {
    let mut then = copy_of(&left).unwrap_or_else(|| Value::new(ValueKind::Unknown(Vec::new()), left.span));
    drop_closures(&mut then);
    Value::new(ValueKind::Choice { test: Box::new(left), then: Box::new(then), otherwise: Box::new(right) }, at)
}

/// Replaces the closures and steps in a value by unknowns.
fn drop_closures(value: &mut Value) {
    match &mut value.kind {
        ValueKind::Closure(_) | ValueKind::Block(_) => value.kind = ValueKind::Unknown(Vec::new()),
        ValueKind::Template(parts) | ValueKind::List(parts) | ValueKind::Unknown(parts) => parts.iter_mut().for_each(drop_closures),
        ValueKind::Member(of, _) | ValueKind::Await(of) | ValueKind::Not(of) => drop_closures(of),
        ValueKind::Index(left, right) | ValueKind::Binary { left, right, .. } => {
            drop_closures(left);
            drop_closures(right);
        }
        ValueKind::Call(call) => {
            drop_closures(&mut call.callee);
            call.args.iter_mut().for_each(|argument| drop_closures(&mut argument.value));
        }
        ValueKind::Record(entries) => entries.iter_mut().for_each(|(_, entry)| drop_closures(entry)),
        ValueKind::Choice { test, then, otherwise } => {
            drop_closures(test);
            drop_closures(then);
            drop_closures(otherwise);
        }
        ValueKind::Text(_) | ValueKind::Number(_) | ValueKind::Bool(_) | ValueKind::Null | ValueKind::Undefined | ValueKind::Name(_) | ValueKind::This | ValueKind::Super => {}
    }
}

/// A copy of a value, unless it is so large that copies of copies could fill the memory.
pub(super) fn copy_of(value: &Value) -> Option<Value> {
    let mut weight = Weight { left: MAX_COPIED };
    walk_value(value, &mut weight);
    if weight.left == 0 { None } else { Some(value.clone()) }
}

/// Counts the values that a value is made of, down to zero.
struct Weight {
    left: usize,
}

impl<'ir> Visit<'ir> for Weight {
    fn value(&mut self, _value: &'ir Value) -> bool {
        self.left = self.left.saturating_sub(1);
        self.left > 0
    }
}
