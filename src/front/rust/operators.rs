//! Binary operators.

use syn::{BinOp, ExprBinary};

use super::lowerer::Lowerer;
use super::statements::is_update;
use crate::ir::{AssignOp, BinaryOp, Block, Value, ValueKind};
use crate::source::Span;

impl Lowerer {
    /// A binary operation; `+` with a text on either side is a template.
    pub(super) fn binary(&mut self, binary: &ExprBinary) -> Value {
        let op = match &binary.op {
            BinOp::Add(_) => BinaryOp::Add,
            BinOp::Sub(_) => BinaryOp::Subtract,
            BinOp::Mul(_) => BinaryOp::Multiply,
            BinOp::Div(_) => BinaryOp::Divide,
            BinOp::Eq(_) => BinaryOp::Equal,
            BinOp::Ne(_) => BinaryOp::NotEqual,
            BinOp::Lt(_) | BinOp::Le(_) => BinaryOp::Less,
            BinOp::Gt(_) | BinOp::Ge(_) => BinaryOp::Greater,
            BinOp::And(_) | BinOp::Or(_) => return self.logical(binary),
            op if is_update(op) => return self.update(binary),
            _ => BinaryOp::Other,
        };
        let left = self.link(&binary.left);
        let right = self.value(&binary.right);
        let span = Span { start: left.span.start, end: right.span.end.max(left.span.end) };
        if matches!(op, BinaryOp::Add) && (is_text(&left) || is_text(&right)) {
            return concatenated(left, right, span);
        }
        Value::new(ValueKind::Binary { op, left: Box::new(left), right: Box::new(right) }, span)
    }

    fn logical(&mut self, binary: &ExprBinary) -> Value {
        let left = self.link(&binary.left);
        let right = self.value(&binary.right);
        let span = Span { start: left.span.start, end: right.span.end.max(left.span.end) };
        let kind = if matches!(binary.op, BinOp::And(_)) {
            ValueKind::Choice { test: Box::new(left), then: Box::new(right), otherwise: Box::new(Value::new(ValueKind::Null, span)) }
        } else {
            // A chain of `||` that held its left side twice would double with every link.
            let then = if is_small(&left) { left.clone() } else { Value::new(ValueKind::Bool(true), left.span) };
            ValueKind::Choice { test: Box::new(left), then: Box::new(then), otherwise: Box::new(right) }
        };
        Value::new(kind, span)
    }

    /// `x += y` as a value.
    fn update(&mut self, binary: &ExprBinary) -> Value {
        let target = self.link(&binary.left);
        let value = self.value(&binary.right);
        let step = super::items::assign(target, AssignOp::Update, value, None);
        let span = step.span;
        Value::new(ValueKind::Block(Block::from([step])), span)
    }
}

fn is_text(value: &Value) -> bool {
    matches!(value.kind, ValueKind::Text(_) | ValueKind::Template(_))
}

fn is_small(value: &Value) -> bool {
    match &value.kind {
        ValueKind::Name(_) | ValueKind::This => true,
        ValueKind::Member(of, _) => matches!(of.kind, ValueKind::Name(_) | ValueKind::This),
        _ => false,
    }
}

fn concatenated(left: Value, right: Value, span: Span) -> Value {
    let mut parts = Vec::new();
    for side in [left, right] {
        match side.kind {
            ValueKind::Template(inner) => parts.extend(inner),
            _ => parts.push(side),
        }
    }
    Value::new(ValueKind::Template(parts), span)
}
