//! Lowers statements.

use tree_sitter::Node;

use super::expressions::{binary_words, copied};
use super::functions::step;
use super::lowerer::{Lowerer, unknown};
use super::syntax::{bare, first, first_of, has, is_closure, parts, span};
use crate::ir::{AssignOp, Block, Call, FunctionKind, StepKind, Value, ValueKind};

impl Lowerer<'_> {
    /// Lowers one statement; it may become no step or several.
    pub(super) fn statement(&mut self, node: Node<'_>, out: &mut Block) {
        self.deeper(node, |lowerer| lowerer.statement_of_kind(node, out));
    }

    fn statement_of_kind(&mut self, node: Node<'_>, out: &mut Block) {
        let at = span(node);
        match node.kind() {
            "expression_statement" => self.expression_statement(node, out),
            "lexical_declaration" | "variable_declaration" => self.declarations(node, out),
            "function_declaration" | "generator_function_declaration" => {
                self.declared_function(node, out);
            }
            "class_declaration" | "abstract_class_declaration" | "interface_declaration" | "enum_declaration" => {
                self.declared_class(node, out);
            }
            "import_statement" => self.import_statement(node),
            "import_alias" => self.import_alias(node, out),
            "export_statement" => self.export_statement(node, out),
            "return_statement" => {
                let value = first(node).map(|inner| self.value(inner));
                out.push(step(StepKind::Return(value), at));
            }
            "throw_statement" => {
                let value = first(node).map(|inner| self.value(inner));
                out.push(step(StepKind::Throw(value), at));
            }
            "break_statement" | "continue_statement" => out.push(step(StepKind::Leave, at)),
            "if_statement" => self.if_statement(node, out),
            "for_statement" => self.for_statement(node, out),
            "for_in_statement" => self.for_in_statement(node, out),
            "while_statement" | "do_statement" => {
                let head = node.child_by_field_name("condition").map(|test| self.value(test)).into_iter().collect();
                let body = self.block_in(node, "body");
                out.push(step(StepKind::Loop { head, body }, at));
            }
            "switch_statement" => self.switch_statement(node, out),
            "try_statement" => {
                let body = self.block_in(node, "body");
                let caught = node.child_by_field_name("handler").map(|handler| self.block_in(handler, "body")).unwrap_or_default();
                let finally = node.child_by_field_name("finalizer").map(|finalizer| self.block_in(finalizer, "body")).unwrap_or_default();
                out.push(step(StepKind::Attempt { body, caught, finally }, at));
            }
            "statement_block" | "ERROR" | "else_clause" => {
                for inner in parts(node) {
                    self.statement(inner, out);
                }
            }
            "labeled_statement" | "internal_module" | "module" => {
                if let Some(body) = node.child_by_field_name("body") {
                    self.statement(body, out);
                }
            }
            "with_statement" => {
                if let Some(object) = node.child_by_field_name("object") {
                    self.expression_steps(object, out);
                }
                out.extend(self.block_in(node, "body"));
            }
            kind if kind.ends_with("_expression") || matches!(kind, "identifier" | "object" | "array" | "jsx_element") => self.expression_steps(node, out),
            // NOTE: what is left are types, signatures, ambient declarations and empty statements.
            _ => {}
        }
    }

    /// The statement in a field, as a block.
    pub(super) fn block_in(&mut self, node: Node<'_>, field: &str) -> Block {
        let mut block = Block::new();
        if let Some(body) = node.child_by_field_name(field) {
            self.statement(body, &mut block);
        }
        block
    }

    fn expression_statement(&mut self, node: Node<'_>, out: &mut Block) {
        let Some(inner) = first(node) else { return };
        let is_top = self.function.is_none() && self.class.is_none();
        if is_top && inner.kind() == "assignment_expression" && self.common_export(inner, out) {
            return;
        }
        if let Some(module) = self.required_alone(inner) {
            self.import(String::new(), module, crate::ir::ImportItem::SideEffect, span(inner));
            return;
        }
        self.expression_steps(inner, out);
    }

    /// An expression evaluated for its effect alone: assignments and short circuits become the steps they are.
    pub(super) fn expression_steps(&mut self, node: Node<'_>, out: &mut Block) {
        self.deeper(node, |lowerer| lowerer.steps_of_kind(bare(node), out));
    }

    fn steps_of_kind(&mut self, node: Node<'_>, out: &mut Block) {
        let at = span(node);
        match node.kind() {
            "assignment_expression" => self.assignment(node, out),
            "augmented_assignment_expression" => self.augmented(node, out),
            "update_expression" => {
                if let Some(target) = node.child_by_field_name("argument") {
                    let target = self.target(target);
                    out.push(step(StepKind::Assign { target, op: AssignOp::Update, value: Value::new(ValueKind::Number(1.0), at), ty: None }, at));
                }
            }
            "sequence_expression" => {
                for inner in parts(node) {
                    self.expression_steps(inner, out);
                }
            }
            "internal_module" => self.statement(node, out),
            "unary_expression" if has(node, "delete") => {
                if let Some(argument) = node.child_by_field_name("argument") {
                    let place = self.value(argument);
                    out.push(step(StepKind::Delete(place), at));
                }
            }
            "unary_expression" if has(node, "void") => {
                if let Some(argument) = node.child_by_field_name("argument") {
                    self.expression_steps(argument, out);
                }
            }
            "binary_expression" => match binary_words(node) {
                "&&" => self.short_circuit(node, true, out),
                "||" | "??" => self.short_circuit(node, false, out),
                _ => self.evaluate(node, out),
            },
            "ternary_expression" => {
                let test = self.field_value(node, "condition");
                let then = self.steps_in(node, "consequence");
                let otherwise = self.steps_in(node, "alternative");
                out.push(step(StepKind::Branch { test, then, otherwise }, at));
            }
            _ => self.evaluate(node, out),
        }
    }

    fn evaluate(&mut self, node: Node<'_>, out: &mut Block) {
        let value = self.value(node);
        out.push(step(StepKind::Evaluate(value), span(node)));
    }

    /// `a && b()` and `a || b()` as statements are conditions.
    fn short_circuit(&mut self, node: Node<'_>, on_true: bool, out: &mut Block) {
        let test = self.field_value(node, "left");
        let right = self.steps_in(node, "right");
        let (then, otherwise) = if on_true { (right, Block::new()) } else { (Block::new(), right) };
        out.push(step(StepKind::Branch { test, then, otherwise }, span(node)));
    }

    fn steps_in(&mut self, node: Node<'_>, field: &str) -> Block {
        let mut block = Block::new();
        if let Some(inner) = node.child_by_field_name(field) {
            self.expression_steps(inner, &mut block);
        }
        block
    }

    /// `a = b`, also `a = b = c`, which are two steps.
    fn assignment(&mut self, node: Node<'_>, out: &mut Block) {
        let (Some(left), Some(right)) = (node.child_by_field_name("left"), node.child_by_field_name("right")) else { return };
        let inner = bare(right);
        let value = if inner.kind() == "assignment_expression" {
            self.expression_steps(inner, out);
            inner.child_by_field_name("left").map_or(unknown(span(inner)), |place| self.target(place))
        } else {
            self.value_named(right, self.last_name(left))
        };
        let target = self.target(left);
        out.push(step(StepKind::Assign { target, op: AssignOp::Set, value, ty: None }, span(node)));
    }

    /// `a += b`, and `a ||= b`, which sets `a` to a choice.
    fn augmented(&mut self, node: Node<'_>, out: &mut Block) {
        let (Some(left), Some(right)) = (node.child_by_field_name("left"), node.child_by_field_name("right")) else { return };
        let (target, value) = (self.target(left), self.value(right));
        let (op, value) = match binary_words(node) {
            "||=" | "??=" => (AssignOp::Set, ValueKind::Choice { test: Box::new(copied(&target)), then: Box::new(copied(&target)), otherwise: Box::new(value) }),
            "&&=" => (AssignOp::Set, ValueKind::Choice { test: Box::new(copied(&target)), then: Box::new(value), otherwise: Box::new(copied(&target)) }),
            _ => (AssignOp::Update, value.kind),
        };
        out.push(step(StepKind::Assign { target, op, value: Value::new(value, span(right)), ty: None }, span(node)));
    }

    fn declarations(&mut self, node: Node<'_>, out: &mut Block) {
        for declarator in parts(node) {
            if declarator.kind() == "variable_declarator" {
                self.declarator(declarator, out);
            }
        }
    }

    fn declarator(&mut self, node: Node<'_>, out: &mut Block) {
        let Some(name) = node.child_by_field_name("name") else { return };
        let value = node.child_by_field_name("value");
        if let Some(value) = value
            && self.required_declaration(name, value, span(node))
        {
            return;
        }
        let mut ty = self.annotated(node, "type");
        let value = match value {
            None => unknown(span(node)),
            Some(value) => {
                if ty.is_none() {
                    ty = self.cast(value);
                }
                let named = if name.kind() == "identifier" { self.named(name) } else { None };
                self.value_named(value, named)
            }
        };
        // NOTE: a class bound to its own name is already declared by the class.
        if let (ValueKind::Name(class), "identifier") = (&value.kind, name.kind())
            && class == self.words(name)
        {
            return;
        }
        let target = self.target(name);
        out.push(step(StepKind::Assign { target, op: AssignOp::Declare, value, ty: ty.map(Box::new) }, span(node)));
    }

    /// The type of `x as T`, `x satisfies T` and `<T>x`.
    fn cast(&mut self, node: Node<'_>) -> Option<crate::ir::TypeName> {
        match node.kind() {
            "as_expression" | "satisfies_expression" => {
                let inner = parts(node);
                inner.get(1).map(|ty| self.type_name(*ty))
            }
            "type_assertion" => first_of(node, "type_arguments").and_then(first).map(|ty| self.type_name(ty)),
            _ => None,
        }
    }

    /// Lowers a function declaration and gives its name.
    pub(super) fn declared_function(&mut self, node: Node<'_>, out: &mut Block) -> Option<String> {
        let name = node.child_by_field_name("name")?;
        let index = self.function(node, self.named(name), FunctionKind::Function);
        let target = Value::new(ValueKind::Name(self.words(name).to_owned()), span(name));
        let value = Value::new(ValueKind::Closure(index), span(node));
        out.push(step(StepKind::Assign { target, op: AssignOp::Declare, value, ty: None }, span(node)));
        Some(self.words(name).to_owned())
    }

    /// `if`, with its chain of `else if` nested in `otherwise`.
    fn if_statement(&mut self, node: Node<'_>, out: &mut Block) {
        let test = self.field_value(node, "condition");
        let then = self.block_in(node, "consequence");
        let mut otherwise = Block::new();
        if let Some(alternative) = node.child_by_field_name("alternative").and_then(first) {
            self.statement(alternative, &mut otherwise);
        }
        out.push(step(StepKind::Branch { test, then, otherwise }, span(node)));
    }

    fn for_statement(&mut self, node: Node<'_>, out: &mut Block) {
        if let Some(initializer) = node.child_by_field_name("initializer") {
            self.statement(initializer, out);
        }
        let head = node.child_by_field_name("condition").filter(|test| test.is_named() && test.kind() != "empty_statement").map(|test| match test.kind() {
            "expression_statement" => first(test).unwrap_or(test),
            _ => test,
        });
        let head = head.map(|test| self.value(test)).into_iter().collect();
        let mut body = self.block_in(node, "body");
        if let Some(increment) = node.child_by_field_name("increment") {
            self.expression_steps(increment, &mut body);
        }
        out.push(step(StepKind::Loop { head, body }, span(node)));
    }

    fn for_in_statement(&mut self, node: Node<'_>, out: &mut Block) {
        let head: Vec<Value> = node.child_by_field_name("right").map(|list| self.value(list)).into_iter().collect();
        let mut body = Block::new();
        if let Some(left) = node.child_by_field_name("left") {
            let op = if node.child_by_field_name("kind").is_some() { AssignOp::Declare } else { AssignOp::Set };
            let target = self.target(left);
            let is_element = node.child_by_field_name("operator").is_some_and(|operator| operator.kind() == "of");
            let value = Value::element_of(head.first().filter(|_| is_element), span(left));
            body.push(step(StepKind::Assign { target, op, value, ty: None }, span(left)));
        }
        body.extend(self.block_in(node, "body"));
        out.push(step(StepKind::Loop { head, body }, span(node)));
    }

    fn switch_statement(&mut self, node: Node<'_>, out: &mut Block) {
        let subject = node.child_by_field_name("value").map(|value| self.value(value));
        let cases = node.child_by_field_name("body").map(parts).unwrap_or_default();
        let mut arms: Vec<(Vec<Value>, Block)> = Vec::new();
        let mut labels = Vec::new();
        let mut is_default = false;
        for case in cases {
            match case.child_by_field_name("value") {
                Some(label) => labels.push(self.value(label)),
                None => is_default = true,
            }
            let statements = super::syntax::under(case, "body");
            if statements.is_empty() {
                continue;
            }
            let mut arm = Block::new();
            for statement in statements {
                self.statement(statement, &mut arm);
            }
            // NOTE: the `break` that ends an arm leaves nothing but the `switch`.
            if arm.last().is_some_and(|last| matches!(last.kind, StepKind::Leave)) {
                arm.pop();
            }
            let labels = std::mem::take(&mut labels);
            arms.push((if std::mem::take(&mut is_default) { Vec::new() } else { labels }, arm));
        }
        out.push(step(StepKind::Match { subject, arms }, span(node)));
    }

    /// Whether a value is a function or class that takes the name it is bound to.
    pub(super) fn value_named(&mut self, node: Node<'_>, name: super::lowerer::Named) -> Value {
        let inner = bare(node);
        if is_closure(inner) {
            let index = self.deeper(inner, |lowerer| lowerer.function(inner, name, FunctionKind::Closure));
            return index.map_or(unknown(span(inner)), |index| Value::new(ValueKind::Closure(index), span(inner)));
        }
        if inner.kind() == "class" {
            let class = self.deeper(inner, |lowerer| lowerer.class(inner, name));
            return class.map_or(unknown(span(inner)), |class| Value::new(ValueKind::Name(class), span(inner)));
        }
        let value = self.value(node);
        if let ValueKind::Call(call) = &value.kind {
            self.name_wrapped(call, name);
        }
        value
    }

    /// `const signOut = wrap(async () => {})`: the first function that a wrapper is handed goes by the name of what it makes.
    fn name_wrapped(&mut self, call: &Call, name: super::lowerer::Named) {
        let index = call.args.iter().find_map(|argument| match argument.value.kind {
            ValueKind::Closure(index) => Some(index),
            _ => None,
        });
        let function = index.and_then(|index| self.module.functions.get_mut(index.0 as usize)).filter(|function| function.name.is_empty());
        if let (Some(function), Some((name, head))) = (function, name) {
            function.name = name;
            function.head = head;
        }
    }

    /// The last name of a place that is assigned (`a.b.logout` gives `logout`).
    pub(super) fn last_name(&self, place: Node<'_>) -> super::lowerer::Named {
        match place.kind() {
            "identifier" => self.named(place),
            "member_expression" => place.child_by_field_name("property").and_then(|property| self.named(property)),
            "subscript_expression" => {
                let index = place.child_by_field_name("index").filter(|index| index.kind() == "string")?;
                Some((self.string(index), span(index)))
            }
            _ => None,
        }
    }
}
