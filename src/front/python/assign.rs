//! Assignments and what stands on their left.

use tree_sitter::Node;

use super::operator::copy_of;
use super::{Lowering, parts, span_of, unknown};
use crate::ir::{AssignOp, Block, Field, StepKind, TypeName, Value, ValueKind};

impl<'t> Lowering<'t> {
    /// `a = b = value`, `a: T = value`, `a: T`
    pub(super) fn assignment(&mut self, node: Node<'_>, out: &mut Block) {
        let hint = node.child_by_field_name("type").map(|ty| self.hint(ty));
        let mut targets = Vec::new();
        let mut current = node;
        let right = loop {
            targets.extend(current.child_by_field_name("left"));
            match current.child_by_field_name("right") {
                Some(right) if right.kind() == "assignment" => current = right,
                right => break right,
            }
        };
        let (ty, annotations) = hint.map_or((None, Vec::new()), |hint| (Some(hint.ty), hint.annotations));
        let Some(first) = targets.first().copied() else { return };
        let Some(right) = right else {
            let target = self.target(first);
            return self.field(&target, None, ty, annotations, node);
        };
        if targets.len() == 1 && (self.pairwise(first, right, out, node) || self.named_type(first, right, out, node)) {
            return;
        }
        let mut value = self.bound_value(first, right, out);
        for left in targets {
            let target = self.target(left);
            let op = if self.declare_all(left) { AssignOp::Declare } else { AssignOp::Set };
            let next = if is_literal(&value) { value.clone() } else { copy_of(&target) };
            self.field(&target, Some(&value), ty.clone(), annotations.clone(), node);
            self.push(out, StepKind::Assign { target, op, value, ty: ty.clone().map(Box::new) }, node);
            value = next;
        }
    }

    pub(super) fn augmented(&mut self, node: Node<'_>, out: &mut Block) {
        let (Some(left), Some(right)) = (node.child_by_field_name("left"), node.child_by_field_name("right")) else { return };
        let value = self.head_value(right, out);
        let target = self.target(left);
        self.push(out, StepKind::Assign { target, op: AssignOp::Update, value, ty: None }, node);
    }

    /// `Database = Annotated[Session, Depends(connect)]`: another name of the type, with what is added to it as its value.
    pub(super) fn named_type(&mut self, left: Node<'_>, right: Node<'_>, out: &mut Block, node: Node<'_>) -> bool {
        let Some(hint) = self.annotated(right).filter(|_| left.kind() == "identifier" || left.kind() == "type") else { return false };
        let target = self.target(left);
        self.declare_all(left);
        let added = hint.annotations.into_iter().map(|call| Value { span: call.span, kind: ValueKind::Call(Box::new(call)) }).collect();
        self.push(out, StepKind::Assign { target, op: AssignOp::Declare, value: unknown(added, span_of(right)), ty: Some(Box::new(hint.ty)) }, node);
        true
    }

    /// `a, b = x, y` as two assignments, if both sides have their values in the open.
    fn pairwise(&mut self, left: Node<'_>, right: Node<'_>, out: &mut Block, node: Node<'_>) -> bool {
        let targets = match left.kind() {
            "pattern_list" | "tuple_pattern" | "list_pattern" => parts(left),
            _ => return false,
        };
        let values = match right.kind() {
            "expression_list" | "tuple" | "list" | "pattern_list" => parts(right),
            _ => return false,
        };
        let spread = |part: &Node<'_>| matches!(part.kind(), "list_splat" | "list_splat_pattern" | "tuple_pattern" | "list_pattern");
        if targets.len() != values.len() || targets.iter().chain(&values).any(spread) {
            return false;
        }
        for (left, right) in targets.into_iter().zip(values) {
            let value = self.bound_value(left, right, out);
            let target = self.target(left);
            let op = if self.declare_all(left) { AssignOp::Declare } else { AssignOp::Set };
            self.field(&target, Some(&value), None, Vec::new(), node);
            self.push(out, StepKind::Assign { target, op, value, ty: None }, node);
        }
        true
    }

    /// The value that is bound to `left`, which names it if it is a lambda.
    fn bound_value(&mut self, left: Node<'_>, right: Node<'_>, out: &mut Block) -> Value {
        let name = match left.kind() {
            "identifier" => Some(left),
            "attribute" => left.child_by_field_name("attribute"),
            _ => None,
        };
        let right = super::expression::without_parentheses(right);
        match name {
            Some(name) if right.kind() == "lambda" => self.lambda(right, self.text_of(name), span_of(name)),
            _ => self.head_value(right, out),
        }
    }

    /// What is assigned to.
    pub(super) fn target(&mut self, node: Node<'_>) -> Value {
        if !self.enter(node) {
            return unknown(Vec::new(), span_of(node));
        }
        let kind = match node.kind() {
            "pattern_list" | "tuple_pattern" | "list_pattern" | "tuple" | "list" | "expression_list" => {
                ValueKind::List(parts(node).into_iter().map(|part| self.target(part)).collect())
            }
            "list_splat_pattern" | "list_splat" => ValueKind::Unknown(parts(node).into_iter().map(|part| self.target(part)).collect()),
            "as_pattern_target" | "parenthesized_expression" => {
                let inner = parts(node).first().map(|part| self.target(*part));
                inner.map_or_else(|| ValueKind::Unknown(Vec::new()), |inner| inner.kind)
            }
            _ => self.value(node).kind,
        };
        self.leave();
        Value::new(kind, span_of(node))
    }

    /// Whether `name` is assigned for the first time in its scope.
    pub(super) fn is_new(&mut self, name: &'t str) -> bool {
        self.scopes.last_mut().is_some_and(|scope| scope.insert(name))
    }

    /// Notes the names a target binds; whether any of them is new.
    pub(super) fn declare_all(&mut self, node: Node<'_>) -> bool {
        let mut pending = vec![node];
        let mut new = false;
        while let Some(node) = pending.pop() {
            match node.kind() {
                "identifier" => new |= self.is_new(self.text_of(node)),
                "attribute" | "subscript" => {}
                _ => pending.extend(parts(node)),
            }
        }
        new
    }

    /// Keeps a class attribute, or what a constructor assigns to its object, as a field.
    fn field(&mut self, target: &Value, value: Option<&Value>, ty: Option<TypeName>, annotations: Vec<crate::ir::Call>, node: Node<'_>) {
        let (class, name, is_static) = match (&target.kind, self.class, self.constructor) {
            (ValueKind::Name(name), Some(class), _) => (class, name, true),
            (ValueKind::Member(of, name), _, Some(class)) if matches!(of.kind, ValueKind::This) => (class, name, false),
            _ => return,
        };
        let ty = ty.or_else(|| match value.map(|value| &value.kind) {
            Some(ValueKind::Name(name)) if !is_static => self.param_types.get(name.as_str()).cloned(),
            _ => None,
        });
        let Some(fields) = self.module.classes.get_mut(class.0 as usize).map(|class| &mut class.fields) else { return };
        let value = value.map(copy_of);
        if let Some(known) = self.fields.get(&(class, name.clone())).and_then(|index| fields.get_mut(*index)) {
            if known.value.as_ref().is_none_or(|value| matches!(value.kind, ValueKind::Null)) {
                known.value = value.or(known.value.take());
            }
            known.ty = known.ty.take().or(ty);
            return;
        }
        self.fields.insert((class, name.clone()), fields.len());
        fields.push(Field { name: name.clone(), ty, value, annotations, is_static, span: span_of(node) });
    }
}

fn is_literal(value: &Value) -> bool {
    matches!(value.kind, ValueKind::Null | ValueKind::Bool(_) | ValueKind::Number(_) | ValueKind::Text(_) | ValueKind::Name(_))
}
