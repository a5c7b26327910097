//! `match` statements.

use tree_sitter::Node;

use super::operator::copy_of;
use super::{Lowering, field_parts, name_value, parts, span_of, unknown};
use crate::ir::{AssignOp, Block, Step, StepKind, Value, ValueKind};

impl Lowering<'_> {
    pub(super) fn match_statement(&mut self, node: Node<'_>, out: &mut Block) {
        let mut subjects: Vec<_> = field_parts(node, "subject").into_iter().map(|subject| self.head_value(subject, out)).collect();
        let subject = match subjects.len() {
            0 => None,
            1 => subjects.pop(),
            _ => Some(Value::new(ValueKind::List(subjects), span_of(node))),
        };
        let clauses = node.child_by_field_name("body").map(parts).unwrap_or_default();
        let clauses = clauses.into_iter().filter(|clause| clause.kind() == "case_clause");
        let arms = clauses.map(|clause| self.arm(clause, subject.as_ref())).collect();
        self.push(out, StepKind::Match { subject, arms }, node);
    }

    fn arm(&mut self, clause: Node<'_>, subject: Option<&Value>) -> (Vec<Value>, Block) {
        let (mut labels, mut steps) = (Vec::new(), Block::new());
        let patterns: Vec<_> = parts(clause).into_iter().filter(|part| part.kind() == "case_pattern").collect();
        if let [pattern] = patterns.as_slice() {
            self.pattern(*pattern, subject, &mut labels, &mut steps);
        } else {
            labels.push(unknown(Vec::new(), span_of(clause)));
        }
        let guard = clause.child_by_field_name("guard").and_then(|guard| parts(guard).first().copied());
        let test = guard.map(|guard| self.head_value(guard, &mut steps));
        let body = self.block(clause.child_by_field_name("consequence"));
        match test {
            Some(test) => steps.push(Step { span: test.span, kind: StepKind::Branch { test, then: body, otherwise: Block::new() } }),
            None => steps.extend(body),
        }
        (labels, steps)
    }

    /// One pattern: its labels, and the name that it gives to the subject.
    fn pattern(&mut self, node: Node<'_>, subject: Option<&Value>, labels: &mut Vec<Value>, steps: &mut Block) {
        let mut node = node;
        let mut aliases = Vec::new();
        loop {
            let inner = parts(node);
            match node.kind() {
                // NOTE: a negative number has its sign as a token of its own.
                "case_pattern" if inner.len() == 1 && !self.text_of(node).starts_with('-') => node = inner[0],
                "as_pattern" if !inner.is_empty() => {
                    aliases.extend(inner.get(1).copied());
                    node = inner[0];
                }
                _ => break,
            }
        }
        match node.kind() {
            "union_pattern" => labels.extend(parts(node).into_iter().map(|part| self.label(part))),
            "dotted_name" if parts(node).len() == 1 => aliases.push(node),
            "case_pattern" if self.text_of(node) == "_" => {}
            _ => labels.push(self.label(node)),
        }
        for alias in aliases {
            let name = self.text_of(alias);
            if name == "_" {
                continue;
            }
            self.is_new(name);
            let value = subject.map_or_else(|| unknown(Vec::new(), span_of(alias)), copy_of);
            let target = name_value(name, span_of(alias));
            self.push(steps, StepKind::Assign { target, op: AssignOp::Declare, value, ty: None }, alias);
        }
    }

    fn label(&mut self, node: Node<'_>) -> Value {
        match node.kind() {
            // NOTE: a class pattern calls nothing; its class is its label.
            "class_pattern" => parts(node).first().map_or_else(|| unknown(Vec::new(), span_of(node)), |class| self.value(*class)),
            "string" | "concatenated_string" | "integer" | "float" | "true" | "false" | "none" | "dotted_name" => self.value(node),
            "case_pattern" => match (self.text_of(node).parse::<f64>(), parts(node).as_slice()) {
                (Ok(number), _) => Value::new(ValueKind::Number(number), span_of(node)),
                (Err(_), [one]) if one.kind() != "case_pattern" => self.label(*one),
                _ => unknown(Vec::new(), span_of(node)),
            },
            _ => unknown(Vec::new(), span_of(node)),
        }
    }
}
