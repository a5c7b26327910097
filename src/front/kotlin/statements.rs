//! Statements, and the expressions that are statements where they stand alone.

use tree_sitter::Node;

use super::Lowerer;
use super::expressions::unknown;
use super::tree::{child_of, children, has_token, is_type, span, tokens};
use super::types::path_value;
use crate::ir::{AssignOp, Block, Step, StepKind, Value, ValueKind};

impl Lowerer<'_> {
    /// Lowers statements in their order.
    pub(super) fn steps(&mut self, nodes: &[Node<'_>]) -> Block {
        let mut out = Block::new();
        for node in nodes {
            self.step(*node, &mut out);
        }
        out
    }

    /// Lowers one statement; declarations of classes leave no step.
    pub(super) fn step(&mut self, node: Node<'_>, out: &mut Block) {
        self.deeper(node, |this| this.step_within(node, out));
    }

    fn step_within(&mut self, node: Node<'_>, out: &mut Block) {
        let at = span(node);
        let kind = match node.kind() {
            "class_declaration" | "object_declaration" | "companion_object" => {
                self.class(node);
                return;
            }
            "function_declaration" => {
                let function = self.function(node);
                let declared = self.module.function(function);
                let (name, head, whole) = (declared.name.clone(), declared.head, declared.span);
                let target = Value::new(ValueKind::Name(name), head);
                StepKind::Assign { target, op: AssignOp::Declare, value: Value::new(ValueKind::Closure(function), whole), ty: None }
            }
            "property_declaration" => return self.local_property(node, out),
            "type_alias" => self.type_alias(node),
            "assignment" => self.assignment(node),
            "for_statement" => self.for_loop(node),
            "while_statement" | "do_while_statement" => self.while_loop(node),
            "if_expression" => return self.if_statement(node, out),
            "when_expression" => return self.when_statement(node, out),
            "try_expression" => self.try_statement(node),
            "return_expression" => {
                let value = children(node).into_iter().rfind(|child| node.child_by_field_name("label") != Some(*child));
                StepKind::Return(value.map(|value| self.value(value)))
            }
            "throw_expression" => StepKind::Throw(children(node).last().map(|value| self.value(*value))),
            "labeled_expression" | "annotated_expression" => {
                if let Some(inner) = children(node).last() {
                    self.step(*inner, out);
                }
                return;
            }
            "identifier" if matches!(self.text(node), "break" | "continue") => StepKind::Leave,
            "unary_expression" if has_token(node, "++") || has_token(node, "--") => self.increment(node),
            "block" | "ERROR" => {
                for child in children(node) {
                    self.step(child, out);
                }
                return;
            }
            // What an error leaves behind between statements.
            "modifiers" | "annotation" | "label" | "package_header" | "type_parameters" | "type_constraints" => return,
            "import" => return,
            _ => StepKind::Evaluate(self.value(node)),
        };
        out.push(Step { kind, span: at });
    }

    /// A property outside classes. What it is given may be a value, a delegate, or a getter.
    fn local_property(&mut self, node: Node<'_>, out: &mut Block) {
        let at = span(node);
        if let Some(pattern) = child_of(node, "multi_variable_declaration") {
            let target = self.taken_apart(pattern);
            let value = self.initializer(node, pattern).unwrap_or_else(|| unknown(node));
            out.push(Step { kind: StepKind::Assign { target, op: AssignOp::Declare, value, ty: None }, span: at });
            return;
        }
        let Some(variable) = child_of(node, "variable_declaration") else { return };
        let Some(name) = child_of(variable, "identifier") else { return };
        let ty = children(variable).into_iter().find(|child| is_type(*child)).map(|ty| self.type_name(ty));
        let target = Value::new(ValueKind::Name(self.name(name)), span(name));
        let value = self.initializer(node, name);
        let accessors = self.accessors(node, &self.name(name), span(name));
        let value = value.unwrap_or_else(|| match accessors.first() {
            Some(index) => Value::new(ValueKind::Closure(*index), at),
            None => unknown(node),
        });
        out.push(Step { kind: StepKind::Assign { target, op: AssignOp::Declare, value, ty: ty.map(Box::new) }, span: at });
    }

    /// The value or delegate of a property.
    pub(super) fn initializer(&mut self, node: Node<'_>, name: Node<'_>) -> Option<Value> {
        if let Some(delegate) = child_of(node, "property_delegate") {
            let expression = children(delegate).into_iter().next()?;
            return Some(self.bound_value(expression, name));
        }
        let mut behind = tokens(node).into_iter().skip_while(|child| child.kind() != "=").skip(1);
        let expression = behind.next().filter(|child| child.is_named())?;
        Some(self.bound_value(expression, name))
    }

    /// The names of `(a, b)` as a list.
    pub(super) fn taken_apart(&mut self, pattern: Node<'_>) -> Value {
        let mut names = Vec::new();
        for part in children(pattern) {
            let name = child_of(part, "identifier").unwrap_or(part);
            names.push(Value::new(ValueKind::Name(self.name(name)), span(name)));
        }
        Value::new(ValueKind::List(names), span(pattern))
    }

    fn type_alias(&mut self, node: Node<'_>) -> StepKind {
        let name = node.child_by_field_name("type").unwrap_or(node);
        let target = Value::new(ValueKind::Name(self.name(name)), span(name));
        let ty = children(node).into_iter().rfind(|child| is_type(*child)).map(|ty| self.type_name(ty));
        StepKind::Assign { target, op: AssignOp::Declare, value: unknown(node), ty: ty.map(Box::new) }
    }

    fn assignment(&mut self, node: Node<'_>) -> StepKind {
        let target = node.child_by_field_name("left").map_or_else(|| unknown(node), |left| self.value(left));
        let value = node.child_by_field_name("right").map_or_else(|| unknown(node), |right| self.bound_value(right, node.child_by_field_name("left").map_or(right, last_name)));
        let op = if has_token(node, "=") { AssignOp::Set } else { AssignOp::Update };
        StepKind::Assign { target, op, value, ty: None }
    }

    fn increment(&mut self, node: Node<'_>) -> StepKind {
        let target = children(node).first().map_or_else(|| unknown(node), |target| self.value(*target));
        StepKind::Assign { target, op: AssignOp::Update, value: Value::new(ValueKind::Number(1.0), span(node)), ty: None }
    }

    fn for_loop(&mut self, node: Node<'_>) -> StepKind {
        let mut head = Vec::new();
        let mut body = Block::new();
        let mut is_body = false;
        for child in tokens(node) {
            match child.kind() {
                "variable_declaration" if !is_body && head.is_empty() => {
                    let ty = children(child).into_iter().find(|part| is_type(*part)).map(|ty| self.type_name(ty));
                    let name = child_of(child, "identifier").unwrap_or(child);
                    let target = Value::new(ValueKind::Name(self.name(name)), span(name));
                    body.push(Step { kind: StepKind::Assign { target, op: AssignOp::Declare, value: unknown(child), ty: ty.map(Box::new) }, span: span(child) });
                }
                "multi_variable_declaration" if !is_body && head.is_empty() => {
                    let target = self.taken_apart(child);
                    body.push(Step { kind: StepKind::Assign { target, op: AssignOp::Declare, value: unknown(child), ty: None }, span: span(child) });
                }
                ")" => is_body = true,
                "label" | "annotation" => {}
                _ if !child.is_named() => {}
                _ if is_body => self.step(child, &mut body),
                _ => head.push(self.value(child)),
            }
        }
        // What is run over stands behind the variable.
        if let Some(Step { kind: StepKind::Assign { target: Value { kind: ValueKind::Name(_), .. }, value, .. }, .. }) = body.first_mut()
            && matches!(value.kind, ValueKind::Unknown(_))
        {
            *value = Value::element_of(head.first(), value.span);
        }
        StepKind::Loop { head, body }
    }

    fn while_loop(&mut self, node: Node<'_>) -> StepKind {
        let condition = node.child_by_field_name("condition");
        let mut body = Block::new();
        for child in children(node) {
            if Some(child) != condition && child.kind() != "label" {
                self.step(child, &mut body);
            }
        }
        StepKind::Loop { head: condition.map(|condition| self.value(condition)).into_iter().collect(), body }
    }

    /// An `if` with its `else if`s, which are gathered without recursion.
    fn if_statement(&mut self, node: Node<'_>, out: &mut Block) {
        let mut arms = Vec::new();
        let mut last = Block::new();
        let mut at = Some(node);
        let depth = self.depth;
        while let Some(branch) = at.take() {
            let (mut then, mut otherwise) = (Vec::new(), Vec::new());
            let (mut is_behind_condition, mut is_else) = (false, false);
            for child in tokens(branch) {
                match child.kind() {
                    ")" => is_behind_condition = true,
                    "else" => is_else = true,
                    _ if !child.is_named() || child.is_missing() || !is_behind_condition => {}
                    _ if is_else => otherwise.push(child),
                    _ => then.push(child),
                }
            }
            let test = branch.child_by_field_name("condition").map_or_else(|| unknown(branch), |test| self.value(test));
            let then = self.steps(&then);
            arms.push((test, then, span(branch)));
            match otherwise.as_slice() {
                // The branches nest in what is lowered, so each counts as a level.
                [next] if next.kind() == "if_expression" && self.depth < super::MAX_DEPTH => {
                    self.depth += 1;
                    at = Some(*next);
                }
                rest => last = self.steps(rest),
            }
        }
        self.depth = depth;
        for (test, then, whole) in arms.into_iter().rev() {
            last = vec![Step { kind: StepKind::Branch { test, then, otherwise: last }, span: whole }];
        }
        out.append(&mut last);
    }

    fn when_statement(&mut self, node: Node<'_>, out: &mut Block) {
        let mut subject = None;
        let mut arms = Vec::new();
        for child in children(node) {
            match child.kind() {
                "when_subject" => subject = self.when_subject(child, out),
                "when_entry" => {
                    let arm = self.when_entry(child);
                    arms.push(arm);
                }
                _ => {
                    let mut rest = Block::new();
                    self.step(child, &mut rest);
                    arms.push((Vec::new(), rest));
                }
            }
        }
        out.push(Step { kind: StepKind::Match { subject, arms }, span: span(node) });
    }

    /// The subject of a `when`; one that is declared there is declared before it.
    fn when_subject(&mut self, node: Node<'_>, out: &mut Block) -> Option<Value> {
        let expression = children(node).into_iter().rfind(|child| !matches!(child.kind(), "variable_declaration" | "annotation"))?;
        let Some(variable) = child_of(node, "variable_declaration") else { return Some(self.value(expression)) };
        let name = child_of(variable, "identifier").unwrap_or(variable);
        let ty = children(variable).into_iter().find(|child| is_type(*child)).map(|ty| self.type_name(ty));
        let target = Value::new(ValueKind::Name(self.name(name)), span(name));
        let value = self.bound_value(expression, name);
        out.push(Step { kind: StepKind::Assign { target: target.clone(), op: AssignOp::Declare, value, ty: ty.map(Box::new) }, span: span(node) });
        Some(target)
    }

    fn when_entry(&mut self, node: Node<'_>) -> (Vec<Value>, Block) {
        let mut labels = Vec::new();
        let mut arm = Block::new();
        let mut is_arm = false;
        for child in tokens(node) {
            match child.kind() {
                "->" => is_arm = true,
                _ if !child.is_named() || child.is_missing() => {}
                _ if is_arm => self.step(child, &mut arm),
                "range_test" | "type_test" => {
                    let tested = children(child).into_iter().next_back();
                    labels.push(tested.map_or_else(|| unknown(child), |tested| self.value(tested)));
                }
                _ => labels.push(self.value(child)),
            }
        }
        (labels, arm)
    }

    fn try_statement(&mut self, node: Node<'_>) -> StepKind {
        let mut body = Block::new();
        let mut handlers = Vec::new();
        let mut finally = Block::new();
        for child in children(node) {
            match child.kind() {
                "catch_block" => {
                    let handler = self.catch_block(child);
                    handlers.push((child, handler));
                }
                "finally_block" => {
                    for block in children(child) {
                        self.step(block, &mut finally);
                    }
                }
                _ => self.step(child, &mut body),
            }
        }
        let is_single = handlers.len() == 1;
        let mut caught = Block::new();
        for (handler, (test, mut steps)) in handlers {
            if is_single {
                caught.append(&mut steps);
            } else {
                caught.push(Step { kind: StepKind::Branch { test, then: steps, otherwise: Block::new() }, span: span(handler) });
            }
        }
        StepKind::Attempt { body, caught, finally }
    }

    /// A handler: the type it catches as a value, and its steps.
    fn catch_block(&mut self, node: Node<'_>) -> (Value, Block) {
        let mut steps = Block::new();
        let ty = children(node).into_iter().find(|child| is_type(*child)).map(|child| (self.type_name(child), span(child)));
        let test = ty.as_ref().map_or_else(|| unknown(node), |(ty, at)| path_value(&ty.path, *at));
        if let Some(name) = child_of(node, "identifier") {
            let target = Value::new(ValueKind::Name(self.name(name)), span(name));
            steps.push(Step { kind: StepKind::Assign { target, op: AssignOp::Declare, value: unknown(name), ty: ty.map(|(ty, _)| Box::new(ty)) }, span: span(name) });
        }
        for child in children(node).into_iter().filter(|child| child.kind() == "block" || child.kind() == "ERROR") {
            self.step(child, &mut steps);
        }
        (test, steps)
    }
}

/// The name that an assigned closure bears: the last one of the target.
fn last_name(target: Node<'_>) -> Node<'_> {
    children(target).into_iter().rfind(|child| child.kind() == "identifier").unwrap_or(target)
}
