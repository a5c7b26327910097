//! Expressions.

use tree_sitter::Node;

use super::{Lowering, field_parts, name_value, parts, span_of, unknown};
use crate::ir::{Argument, AssignOp, Call, CallStyle, Step, StepKind, Value, ValueKind};
use crate::source::Span;

impl Lowering<'_> {
    pub(super) fn value(&mut self, node: Node<'_>) -> Value {
        let node = without_parentheses(node);
        if !self.enter(node) {
            return unknown(Vec::new(), span_of(node));
        }
        let value = self.value_by_kind(node);
        self.leave();
        value
    }

    fn value_by_kind(&mut self, node: Node<'_>) -> Value {
        let span = span_of(node);
        let kind = match node.kind() {
            "identifier" | "keyword_identifier" => self.name(node),
            "dotted_name" => return self.dotted_value(node),
            "string" | "concatenated_string" => return self.string(node),
            "integer" | "float" => number(self.text_of(node)),
            "true" => ValueKind::Bool(true),
            "false" => ValueKind::Bool(false),
            "none" => ValueKind::Null,
            "attribute" => self.attribute(node),
            "subscript" => self.subscript(node),
            "call" => self.call(node),
            "await" => self.awaited(node),
            "yield" if is_waited_for(node) => self.awaited(node),
            "binary_operator" => return self.binary(node),
            "boolean_operator" => return self.boolean(node),
            "comparison_operator" => self.comparison(node),
            "not_operator" => self.negated(node),
            "unary_operator" => self.signed(node),
            "conditional_expression" => self.conditional(node),
            "lambda" => return self.lambda(node, "", Span::new(node.start_byte(), node.start_byte() + "lambda".len())),
            "named_expression" => self.named_expression(node),
            "list" | "set" | "tuple" | "expression_list" | "pattern_list" | "tuple_pattern" | "list_pattern" => ValueKind::List(self.values(node)),
            "dictionary" => self.dictionary(node),
            "list_comprehension" | "set_comprehension" | "dictionary_comprehension" | "generator_expression" => self.comprehension(node),
            "generic_type" => self.generic_value(node),
            "function_definition" | "class_definition" | "decorated_definition" | "block" => ValueKind::Unknown(Vec::new()),
            _ => ValueKind::Unknown(self.values(node)),
        };
        Value::new(kind, span)
    }

    fn values(&mut self, node: Node<'_>) -> Vec<Value> {
        parts(node).into_iter().map(|part| self.value(part)).collect()
    }

    fn name(&self, node: Node<'_>) -> ValueKind {
        let name = self.text_of(node);
        if self.this == Some(name) { ValueKind::This } else { ValueKind::Name(name.to_owned()) }
    }

    /// The name `a.b` of a pattern. Its depth is bounded like that of any other value.
    fn dotted_value(&mut self, node: Node<'_>) -> Value {
        let start = node.start_byte();
        let mut names = parts(node).into_iter().take(super::MAX_DEPTH);
        let Some(first) = names.next() else { return unknown(Vec::new(), span_of(node)) };
        let base = Value::new(self.name(first), span_of(first));
        names.fold(base, |of, name| {
            let member = ValueKind::Member(Box::new(of), self.text_of(name).to_owned());
            Value::new(member, Span::new(start, name.end_byte()))
        })
    }

    fn attribute(&mut self, node: Node<'_>) -> ValueKind {
        match (node.child_by_field_name("object"), node.child_by_field_name("attribute")) {
            (Some(object), Some(name)) => ValueKind::Member(Box::new(self.value(object)), self.text_of(name).to_owned()),
            _ => ValueKind::Unknown(self.values(node)),
        }
    }

    fn subscript(&mut self, node: Node<'_>) -> ValueKind {
        let Some(object) = node.child_by_field_name("value") else { return ValueKind::Unknown(Vec::new()) };
        let of = Box::new(self.value(object));
        let mut keys: Vec<_> = field_parts(node, "subscript").into_iter().map(|key| self.value(key)).collect();
        match (keys.len(), keys.pop()) {
            (1, Some(Value { kind: ValueKind::Text(key), .. })) => ValueKind::Member(of, key),
            (1, Some(key)) => ValueKind::Index(of, Box::new(key)),
            (_, last) => {
                keys.extend(last);
                ValueKind::Index(of, Box::new(Value::new(ValueKind::List(keys), span_of(node))))
            }
        }
    }

    /// `T[A, B]` where the grammar knows it for a type.
    fn generic_value(&mut self, node: Node<'_>) -> ValueKind {
        let inner = parts(node);
        let (Some(base), Some(args)) = (inner.first(), inner.get(1)) else { return ValueKind::Unknown(self.values(node)) };
        let of = Box::new(self.value(*base));
        let keys = self.values(*args);
        ValueKind::Index(of, Box::new(Value::new(ValueKind::List(keys), span_of(*args))))
    }

    fn call(&mut self, node: Node<'_>) -> ValueKind {
        let Some(function) = node.child_by_field_name("function") else { return ValueKind::Unknown(self.values(node)) };
        let arguments = node.child_by_field_name("arguments");
        if function.kind() == "identifier" && self.text_of(function) == "super" {
            return ValueKind::Super;
        }
        let callee = self.value(function);
        let args = arguments.map(|list| self.arguments(list)).unwrap_or_default();
        if let ValueKind::Member(of, name) = &callee.kind
            && name == "format"
            && let ValueKind::Text(text) = &of.kind
        {
            return super::format::braces(text, &args, of.span);
        }
        ValueKind::Call(Box::new(Call { callee, args, style: CallStyle::Function, types: Vec::new(), span: span_of(node) }))
    }

    fn arguments(&mut self, list: Node<'_>) -> Vec<Argument> {
        if list.kind() == "generator_expression" {
            return vec![Argument { name: None, value: self.value(list) }];
        }
        parts(list).into_iter().map(|part| self.argument(part)).collect()
    }

    fn argument(&mut self, node: Node<'_>) -> Argument {
        match node.kind() {
            "keyword_argument" => {
                let name = node.child_by_field_name("name").map_or("", |name| self.text_of(name));
                let head = node.child_by_field_name("name").map_or_else(|| span_of(node), span_of);
                let value = node.child_by_field_name("value").map_or_else(|| unknown(Vec::new(), span_of(node)), |value| self.named(value, name, head));
                Argument { name: Some(name.to_owned()), value }
            }
            "dictionary_splat" => {
                let value = parts(node).first().map_or_else(|| unknown(Vec::new(), span_of(node)), |value| self.value(*value));
                Argument { name: Some("...".to_owned()), value }
            }
            _ => Argument { name: None, value: self.value(node) },
        }
    }

    fn awaited(&mut self, node: Node<'_>) -> ValueKind {
        match parts(node).first() {
            Some(inner) => ValueKind::Await(Box::new(self.value(*inner))),
            None => ValueKind::Unknown(Vec::new()),
        }
    }

    fn negated(&mut self, node: Node<'_>) -> ValueKind {
        match node.child_by_field_name("argument") {
            Some(inner) => ValueKind::Not(Box::new(self.value(inner))),
            None => ValueKind::Unknown(Vec::new()),
        }
    }

    /// `-x`, `+x`, `~x`
    fn signed(&mut self, node: Node<'_>) -> ValueKind {
        let Some(argument) = node.child_by_field_name("argument") else { return ValueKind::Unknown(Vec::new()) };
        let value = self.value(argument);
        let sign = node.child_by_field_name("operator").map_or("", |sign| self.text_of(sign));
        match (&value.kind, sign) {
            (ValueKind::Number(number), "-") => ValueKind::Number(-number),
            (ValueKind::Number(number), "+") => ValueKind::Number(*number),
            _ => ValueKind::Unknown(vec![value]),
        }
    }

    fn conditional(&mut self, node: Node<'_>) -> ValueKind {
        let [then, test, otherwise] = parts(node)[..] else { return ValueKind::Unknown(self.values(node)) };
        let test = Box::new(self.value(test));
        let then = Box::new(self.value(then));
        ValueKind::Choice { test, then, otherwise: Box::new(self.value(otherwise)) }
    }

    /// `name := value`: an assignment before the statement, where there is one; else only the value.
    fn named_expression(&mut self, node: Node<'_>) -> ValueKind {
        let (Some(name_node), Some(value)) = (node.child_by_field_name("name"), node.child_by_field_name("value")) else {
            return ValueKind::Unknown(self.values(node));
        };
        let name = self.text_of(name_node);
        let value = self.named(value, name, span_of(name_node));
        if !self.hoist {
            return ValueKind::Unknown(vec![value]);
        }
        let op = if self.is_new(name) { AssignOp::Declare } else { AssignOp::Set };
        let target = name_value(name, span_of(name_node));
        self.before.push(Step { kind: StepKind::Assign { target, op, value, ty: None }, span: span_of(node) });
        ValueKind::Name(name.to_owned())
    }

    fn dictionary(&mut self, node: Node<'_>) -> ValueKind {
        let entries = parts(node).into_iter().filter_map(|part| {
            let (Some(key), Some(value)) = (part.child_by_field_name("key"), part.child_by_field_name("value")) else {
                let inner = if part.kind() == "dictionary_splat" { parts(part).first().copied()? } else { part };
                return Some(("...".to_owned(), self.value(inner)));
            };
            let head = span_of(key);
            let key = self.value(key);
            if let ValueKind::Text(text) = key.kind {
                let value = self.named(value, &text, head);
                return Some((text, value));
            }
            let value = self.value(value);
            Some(("...".to_owned(), unknown(vec![key, value], span_of(part))))
        });
        ValueKind::Record(entries.collect())
    }

    /// A comprehension. One that calls something for its effect gives its variables their origin before the statement, as a loop would.
    fn comprehension(&mut self, node: Node<'_>) -> ValueKind {
        let declares = self.hoist && node.child_by_field_name("body").is_some_and(|body| matches!(body.kind(), "call" | "await"));
        let hoist = std::mem::replace(&mut self.hoist, false);
        let (mut values, mut sources) = (Vec::new(), Vec::new());
        let (clauses, rest): (Vec<_>, Vec<_>) = parts(node).into_iter().partition(|part| part.kind() == "for_in_clause");
        for clause in clauses {
            let over: Vec<Value> = field_parts(clause, "right").into_iter().map(|over| self.value(over)).collect();
            if let (true, Some(left), [only]) = (declares, clause.child_by_field_name("left"), over.as_slice()) {
                let step = self.element(left, only);
                self.before.push(step);
            }
            sources.extend(over);
        }
        for part in rest {
            match part.kind() {
                "if_clause" | "pair" => values.extend(self.values(part)),
                _ => values.push(self.value(part)),
            }
        }
        self.hoist = hoist;
        let after_body = values.len().min(1);
        values.splice(after_body..after_body, sources);
        ValueKind::Unknown(values)
    }

    /// `for left in over`: the variable is told from what is looped over, so that its origin can be followed.
    pub(super) fn element(&mut self, left: Node<'_>, over: &Value) -> Step {
        let target = self.target(left);
        self.declare_all(left);
        let value = unknown(vec![super::operator::copy_of(over)], span_of(left));
        Step { kind: StepKind::Assign { target, op: AssignOp::Declare, value, ty: None }, span: span_of(left) }
    }
}

/// The expression within its parentheses.
pub(super) fn without_parentheses(node: Node<'_>) -> Node<'_> {
    let mut node = node;
    while matches!(node.kind(), "parenthesized_expression" | "type" | "as_pattern_target") {
        match parts(node)[..] {
            [inner] => node = inner,
            _ => break,
        }
    }
    node
}

/// A number with underscores, in any base; imaginary and long ones without their letter.
fn number(text: &str) -> ValueKind {
    let text = text.replace('_', "").to_ascii_lowercase();
    let radix = [("0x", 16), ("0o", 8), ("0b", 2)].into_iter().find_map(|(sign, radix)| text.strip_prefix(sign).map(|digits| (digits, radix)));
    let number = match radix {
        Some((digits, radix)) => u128::from_str_radix(digits.trim_end_matches('l'), radix).ok().map(|number| number as f64),
        None => text.trim_end_matches(['l', 'j']).parse().ok(),
    };
    number.map_or_else(|| ValueKind::Unknown(Vec::new()), ValueKind::Number)
}

/// Whether a coroutine of the old kind waits here for another's answer: `yield from task()`, `user = yield task()`.
fn is_waited_for(node: Node<'_>) -> bool {
    let is_delegated = node.child(1).is_some_and(|word| word.kind() == "from");
    is_delegated || node.parent().is_some_and(|parent| parent.kind() == "assignment")
}
