//! Statements and blocks.

use tree_sitter::Node;

use super::{Lowering, field_parts, name_value, parts, span_of, unknown};
use crate::ir::{Argument, AssignOp, Block, Call, CallStyle, Step, StepKind, Value, ValueKind};

/// How many `elif` nest in one another; further ones follow one after another, so that the result stays shallow.
const MAX_ELIF: usize = 64;

impl Lowering<'_> {
    /// Lowers the statements that are children of `node`.
    pub(super) fn statements(&mut self, node: Node<'_>, out: &mut Block) {
        if !self.enter(node) {
            return;
        }
        let mut cursor = node.walk();
        for child in node.named_children(&mut cursor) {
            self.statement(child, out);
        }
        self.leave();
    }

    pub(super) fn block(&mut self, node: Option<Node<'_>>) -> Block {
        let mut out = Block::new();
        if let Some(node) = node {
            self.statements(node, &mut out);
        }
        out
    }

    fn statement(&mut self, node: Node<'_>, out: &mut Block) {
        match node.kind() {
            "expression_statement" => self.expression_statement(node, out),
            "import_statement" => self.import(node),
            "import_from_statement" => self.import_from(node),
            "return_statement" => {
                let value = parts(node).first().map(|value| self.head_value(*value, out));
                self.push(out, StepKind::Return(value), node);
            }
            "raise_statement" => self.raise(node, out),
            "delete_statement" => self.delete(node, out),
            "assert_statement" => {
                let values = parts(node).into_iter().map(|part| self.head_value(part, out)).collect();
                self.push(out, StepKind::Evaluate(unknown(values, span_of(node))), node);
            }
            "break_statement" | "continue_statement" => self.push(out, StepKind::Leave, node),
            "if_statement" => self.branch(node, out),
            "while_statement" => self.while_loop(node, out),
            "for_statement" => self.for_loop(node, out),
            "try_statement" => self.attempt(node, out),
            "with_statement" => self.with(node, out),
            "match_statement" => self.match_statement(node, out),
            "function_definition" | "class_definition" => self.definition(node, Vec::new(), out),
            "decorated_definition" => self.decorated(node, out),
            "print_statement" | "exec_statement" => self.command(node, out),
            "type_alias_statement" => self.type_alias(node, out),
            "global_statement" | "nonlocal_statement" => self.outer_names(node),
            "pass_statement" | "future_import_statement" | "comment" | "line_continuation" => {}
            "ERROR" | "block" | "else_clause" | "elif_clause" | "except_clause" | "finally_clause" => self.statements(node, out),
            "identifier" | "string_start" | "string_content" | "string_end" | "decorator" | "parameters" | "with_clause" => {}
            _ => {
                let value = self.head_value(node, out);
                self.push(out, StepKind::Evaluate(value), node);
            }
        }
    }

    /// A value of the statement itself; its `:=` become steps before it.
    pub(super) fn head_value(&mut self, node: Node<'_>, out: &mut Block) -> Value {
        let hoist = std::mem::replace(&mut self.hoist, true);
        let value = self.value(node);
        self.hoist = hoist;
        out.append(&mut self.before);
        value
    }

    fn expression_statement(&mut self, node: Node<'_>, out: &mut Block) {
        for part in parts(node) {
            match part.kind() {
                "assignment" => self.assignment(part, out),
                "augmented_assignment" => self.augmented(part, out),
                "ellipsis" => {}
                _ => {
                    let value = self.head_value(part, out);
                    // NOTE: a bare text is a docstring, wherever it stands.
                    if !matches!(value.kind, ValueKind::Text(_)) {
                        self.push(out, StepKind::Evaluate(value), part);
                    }
                }
            }
        }
    }

    fn raise(&mut self, node: Node<'_>, out: &mut Block) {
        let mut values: Vec<_> = parts(node).into_iter().map(|part| self.head_value(part, out)).collect();
        let value = if values.is_empty() { None } else { Some(values.remove(0)) };
        self.push(out, StepKind::Throw(value), node);
    }

    fn delete(&mut self, node: Node<'_>, out: &mut Block) {
        for part in parts(node) {
            let targets = if matches!(part.kind(), "expression_list" | "tuple") { parts(part) } else { vec![part] };
            for target in targets {
                let value = self.head_value(target, out);
                self.push(out, StepKind::Delete(value), node);
            }
        }
    }

    fn branch(&mut self, node: Node<'_>, out: &mut Block) {
        let mut clauses = vec![node];
        let mut last = None;
        for clause in field_parts(node, "alternative") {
            match clause.kind() {
                "elif_clause" => clauses.push(clause),
                _ => last = clause.child_by_field_name("body"),
            }
        }
        let mut lowered: Vec<(Block, Step)> = Vec::with_capacity(clauses.len());
        for clause in clauses {
            let mut steps = Block::new();
            let test = clause.child_by_field_name("condition").map(|test| self.head_value(test, &mut steps)).unwrap_or_else(|| unknown(Vec::new(), span_of(clause)));
            let type_only = self.type_only;
            self.type_only |= is_type_checking(&test);
            let then = self.block(clause.child_by_field_name("consequence"));
            self.type_only = type_only;
            lowered.push((steps, Step { kind: StepKind::Branch { test, then, otherwise: Block::new() }, span: span_of(clause) }));
        }
        let mut tail: Block = Block::new();
        if lowered.len() > MAX_ELIF {
            for (steps, step) in lowered.drain(MAX_ELIF..) {
                tail.extend(steps);
                tail.push(step);
            }
        }
        tail.append(&mut self.block(last));
        while let Some((mut steps, mut step)) = lowered.pop() {
            if let StepKind::Branch { otherwise, .. } = &mut step.kind {
                *otherwise = tail;
            }
            steps.push(step);
            tail = steps;
        }
        out.append(&mut tail);
    }

    fn while_loop(&mut self, node: Node<'_>, out: &mut Block) {
        let head = node.child_by_field_name("condition").map(|test| self.head_value(test, out)).into_iter().collect();
        let body = self.block(node.child_by_field_name("body"));
        self.push(out, StepKind::Loop { head, body }, node);
        self.loop_else(node, out);
    }

    fn for_loop(&mut self, node: Node<'_>, out: &mut Block) {
        let Some(right) = node.child_by_field_name("right") else { return self.loop_else(node, out) };
        let over = self.head_value(right, out);
        let mut body = Block::new();
        if let Some(left) = node.child_by_field_name("left") {
            let step = self.element(left, &over);
            body.push(step);
        }
        if let Some(node) = node.child_by_field_name("body") {
            self.statements(node, &mut body);
        }
        self.push(out, StepKind::Loop { head: vec![over], body }, node);
        self.loop_else(node, out);
    }

    fn loop_else(&mut self, node: Node<'_>, out: &mut Block) {
        if let Some(body) = node.child_by_field_name("alternative").and_then(|clause| clause.child_by_field_name("body")) {
            self.statements(body, out);
        }
    }

    fn attempt(&mut self, node: Node<'_>, out: &mut Block) {
        let mut body = self.block(node.child_by_field_name("body"));
        let (mut handlers, mut finally) = (Vec::new(), Block::new());
        for part in parts(node) {
            match part.kind() {
                "except_clause" | "except_group_clause" => handlers.push(self.handler(part)),
                "else_clause" => {
                    if let Some(block) = part.child_by_field_name("body") {
                        self.statements(block, &mut body);
                    }
                }
                "finally_clause" => {
                    for block in parts(part) {
                        self.statements(block, &mut finally);
                    }
                }
                _ => {}
            }
        }
        // What catches everything asks for nothing.
        let catches_all = |test: &Value| matches!(&test.kind, ValueKind::Unknown(types) if types.iter().all(|ty| matches!(ty.last_name(), "Exception" | "BaseException")));
        let caught = if handlers.len() == 1 && handlers.iter().all(|(test, _, _)| catches_all(test)) {
            handlers.into_iter().flat_map(|(_, steps, _)| steps).collect()
        } else {
            let branch = |(test, then, span)| Step { kind: StepKind::Branch { test, then, otherwise: Block::new() }, span };
            handlers.into_iter().map(branch).collect()
        };
        self.push(out, StepKind::Attempt { body, caught, finally }, node);
    }

    /// One `except`: what it is for, and its steps.
    fn handler(&mut self, node: Node<'_>) -> (Value, Block, crate::source::Span) {
        let mut steps = Block::new();
        let mut alias = node.child_by_field_name("alias");
        let mut types = Vec::new();
        for part in field_parts(node, "value") {
            if part.kind() == "as_pattern" {
                alias = part.child_by_field_name("alias");
                types.extend(parts(part).first().map(|ty| self.value(*ty)));
            } else {
                types.push(self.value(part));
            }
        }
        let test = unknown(types, span_of(node));
        if let Some(alias) = alias {
            let target = self.target(alias);
            self.declare_all(alias);
            let value = unknown(vec![super::operator::copy_of(&test)], span_of(alias));
            self.push(&mut steps, StepKind::Assign { target, op: AssignOp::Declare, value, ty: None }, alias);
        }
        for part in parts(node).into_iter().filter(|part| part.kind() == "block") {
            self.statements(part, &mut steps);
        }
        (test, steps, span_of(node))
    }

    fn with(&mut self, node: Node<'_>, out: &mut Block) {
        let items = parts(node).into_iter().filter(|part| part.kind() == "with_clause").flat_map(parts);
        for item in items.collect::<Vec<_>>() {
            let Some(value) = item.child_by_field_name("value") else { continue };
            self.with_item(value, out);
        }
        if let Some(body) = node.child_by_field_name("body") {
            self.statements(body, out);
        }
    }

    fn with_item(&mut self, node: Node<'_>, out: &mut Block) {
        // NOTE: `with (a as b, c as d):` may be read as a tuple of items.
        if node.kind() == "tuple" {
            if self.enter(node) {
                for part in parts(node) {
                    self.with_item(part, out);
                }
                self.leave();
            }
            return;
        }
        let node = super::expression::without_parentheses(node);
        let Some(alias) = node.child_by_field_name("alias").filter(|_| node.kind() == "as_pattern") else {
            let value = self.head_value(node, out);
            return self.push(out, StepKind::Evaluate(value), node);
        };
        let Some(value) = parts(node).first().map(|value| self.head_value(*value, out)) else { return };
        let target = self.target(alias);
        self.declare_all(alias);
        self.push(out, StepKind::Assign { target, op: AssignOp::Declare, value, ty: None }, node);
    }

    /// `print x` and `exec x` of old Python, as the calls they have become.
    fn command(&mut self, node: Node<'_>, out: &mut Block) {
        let word = if node.kind() == "print_statement" { "print" } else { "exec" };
        let args = parts(node).into_iter().map(|part| Argument { name: None, value: self.value(part) }).collect();
        let start = node.start_byte();
        let callee = name_value(word, crate::source::Span::new(start, start + word.len()));
        let call = Call { callee, args, style: CallStyle::Function, types: Vec::new(), span: span_of(node) };
        let value = Value::new(ValueKind::Call(Box::new(call)), span_of(node));
        self.push(out, StepKind::Evaluate(value), node);
    }

    fn type_alias(&mut self, node: Node<'_>, out: &mut Block) {
        let (Some(left), Some(right)) = (node.child_by_field_name("left"), node.child_by_field_name("right")) else { return };
        if self.named_type(left, right, out, node) {
            return;
        }
        let (target, value) = (self.value(left), self.value(right));
        self.push(out, StepKind::Assign { target, op: AssignOp::Declare, value, ty: None }, node);
    }

    /// `global a`: assigning to `a` declares nothing here.
    fn outer_names(&mut self, node: Node<'_>) {
        for part in parts(node) {
            self.is_new(self.text_of(part));
        }
    }
}

fn is_type_checking(test: &Value) -> bool {
    match &test.kind {
        ValueKind::Name(name) | ValueKind::Member(_, name) => name == "TYPE_CHECKING",
        _ => false,
    }
}
