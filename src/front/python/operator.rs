//! Operators, and chains of them.

use tree_sitter::Node;

use super::{Lowering, parts, span_of, unknown};
use crate::ir::{BinaryOp, Value, ValueKind, Visit, walk_value};
use crate::source::Span;

/// How many operands of one chain nest in one another; a longer chain is lowered to its parts.
const MAX_OPERANDS: usize = 64;

/// How many values a copy may have.
const MAX_COPY: usize = 64;

impl<'t> Lowering<'t> {
    /// `a + b - c`: walked along its left side, since such chains are long.
    pub(super) fn binary(&mut self, node: Node<'_>) -> Value {
        let mut rights = Vec::new();
        let mut current = node;
        while current.kind() == "binary_operator" {
            let (Some(left), Some(right)) = (current.child_by_field_name("left"), current.child_by_field_name("right")) else { break };
            let sign = current.child_by_field_name("operator").map_or("", |sign| self.text_of(sign));
            rights.push((sign, right));
            current = left;
        }
        if rights.is_empty() {
            return unknown(parts(node).into_iter().map(|part| self.value(part)).collect(), span_of(node));
        }
        let start = node.start_byte();
        let mut left = self.value(current);
        let mut levels = 0;
        while let Some((sign, right)) = rights.pop() {
            let span = Span::new(start, right.end_byte());
            let right = self.value(right);
            left = match (sign, left.kind, right.kind) {
                ("+", one, other) if is_text(&one) || is_text(&other) => {
                    let mut joined = super::string::pieces(one, left.span);
                    super::string::join(&mut joined, super::string::pieces(other, right.span));
                    super::string::template(joined, span)
                }
                ("%", ValueKind::Text(text), other) => Value::new(super::format::percent(&text, Value::new(other, right.span), left.span), span),
                (_, ValueKind::Unknown(mut all), other) if levels >= MAX_OPERANDS => {
                    all.push(Value::new(other, right.span));
                    unknown(all, span)
                }
                (sign, one, other) => {
                    levels += 1;
                    let (one, other) = (Value::new(one, left.span), Value::new(other, right.span));
                    if levels >= MAX_OPERANDS {
                        unknown(vec![one, other], span)
                    } else {
                        Value::new(ValueKind::Binary { op: arithmetic(sign), left: Box::new(one), right: Box::new(other) }, span)
                    }
                }
            };
        }
        left
    }

    /// `a or b or c`, `a and b and c`: nested to the right, so that no operand is repeated more than once.
    pub(super) fn boolean(&mut self, node: Node<'_>) -> Value {
        let sign = self.operator(node);
        let mut operands = Vec::new();
        let mut current = node;
        while current.kind() == "boolean_operator" && self.operator(current) == sign {
            let (Some(left), Some(right)) = (current.child_by_field_name("left"), current.child_by_field_name("right")) else { break };
            operands.push(right);
            current = left;
        }
        operands.push(current);
        let end = node.end_byte();
        if operands.len() == 1 {
            return unknown(parts(node).into_iter().map(|part| self.value(part)).collect(), span_of(node));
        }
        let mut values: Vec<_> = operands.into_iter().rev().map(|operand| self.value(operand)).collect();
        if values.len() > MAX_OPERANDS {
            return unknown(values, span_of(node));
        }
        let Some(mut result) = values.pop() else { return unknown(Vec::new(), span_of(node)) };
        while let Some(value) = values.pop() {
            let span = Span { start: value.span.start, end: end as u32 };
            let kind = if sign == "or" {
                ValueKind::Choice { then: Box::new(copy_of(&value)), test: Box::new(value), otherwise: Box::new(result) }
            } else {
                let otherwise = Value::new(ValueKind::Null, value.span);
                ValueKind::Choice { test: Box::new(value), then: Box::new(result), otherwise: Box::new(otherwise) }
            };
            result = Value::new(kind, span);
        }
        result
    }

    fn operator(&self, node: Node<'_>) -> &'t str {
        node.child_by_field_name("operator").map_or("", |sign| self.text_of(sign))
    }

    pub(super) fn comparison(&mut self, node: Node<'_>) -> ValueKind {
        let mut values: Vec<_> = parts(node).into_iter().map(|part| self.value(part)).collect();
        let signs: Vec<_> = node.children_by_field_name("operators", &mut node.walk()).map(|sign| sign.kind()).collect();
        let [sign] = signs[..] else { return ValueKind::Unknown(values) };
        let (Some(right), Some(left), true) = (values.pop(), values.pop(), values.is_empty()) else { return ValueKind::Unknown(values) };
        let op = match sign {
            "==" | "is" => BinaryOp::Equal,
            "!=" | "<>" | "is not" => BinaryOp::NotEqual,
            "<" | "<=" => BinaryOp::Less,
            ">" | ">=" => BinaryOp::Greater,
            "in" | "not in" => BinaryOp::In,
            _ => BinaryOp::Other,
        };
        let kind = ValueKind::Binary { op, left: Box::new(left), right: Box::new(right) };
        if sign == "not in" { ValueKind::Not(Box::new(Value::new(kind, span_of(node)))) } else { kind }
    }
}

fn arithmetic(sign: &str) -> BinaryOp {
    match sign {
        "+" => BinaryOp::Add,
        "-" => BinaryOp::Subtract,
        "*" => BinaryOp::Multiply,
        "/" => BinaryOp::Divide,
        _ => BinaryOp::Other,
    }
}

fn is_text(kind: &ValueKind) -> bool {
    matches!(kind, ValueKind::Text(_) | ValueKind::Template(_))
}

/// A copy for a second place in which the value counts. A big one is left out: copies within copies would grow without bound.
pub(super) fn copy_of(value: &Value) -> Value {
    let mut weight = Weight(0);
    walk_value(value, &mut weight);
    if weight.0 > MAX_COPY { unknown(Vec::new(), value.span) } else { value.clone() }
}

struct Weight(usize);

impl<'ir> Visit<'ir> for Weight {
    fn value(&mut self, value: &'ir Value) -> bool {
        self.0 += match &value.kind {
            ValueKind::List(parts) | ValueKind::Unknown(parts) | ValueKind::Template(parts) => 1 + parts.len(),
            ValueKind::Record(entries) => 1 + entries.len(),
            ValueKind::Call(call) => 1 + call.args.len(),
            _ => 1,
        };
        self.0 <= MAX_COPY
    }
}
