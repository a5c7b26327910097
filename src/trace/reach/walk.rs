//! Walks steps and values in the order in which they run.

use super::{EventKind, Use, Walk, Way};
use crate::ir::{AssignOp, Block, Call, CallStyle, Name, StepKind, Value, ValueKind, each_value};
use crate::link::{FunctionId, Place};
use crate::rules::Subject;
use crate::source::Span;
use crate::trace::candidates::is_logout_name;
use crate::trace::requests::{given_request, location_request, record_request};

impl<'p> Walk<'_, '_, 'p> {
    /// Walks a block; says whether control leaves it for certain.
    pub(super) fn block(&mut self, block: &'p Block) -> bool {
        for step in block {
            let leaves = self.step(&step.kind);
            if leaves {
                return true;
            }
        }
        false
    }

    fn step(&mut self, step: &'p StepKind) -> bool {
        match step {
            StepKind::Evaluate(value) => {
                if let ValueKind::Call(call) = &value.kind {
                    self.statement = Some(call);
                }
                self.value(value, Use::default());
                false
            }
            StepKind::Assign { target, op, value, .. } => {
                let bound = match &target.kind {
                    ValueKind::Name(name) => Some(name.as_str()),
                    _ => None,
                };
                self.assign(target, *op, value);
                // A declared function runs when it is called.
                if !matches!(value.kind, ValueKind::Closure(_)) {
                    self.value(value, Use { bound, ..Use::default() });
                }
                false
            }
            StepKind::Delete(value) => {
                self.delete(value);
                false
            }
            StepKind::Branch { test, then, otherwise } => self.branch(test, then, otherwise),
            StepKind::Match { subject, arms } => {
                subject.iter().for_each(|value| self.value(value, Use::default()));
                let before = self.state;
                let mut all_leave = !arms.is_empty();
                for (labels, arm) in self.open_arms(subject.as_ref(), arms).into_iter().filter_map(|index| arms.get(index)) {
                    self.state = before;
                    if labels.iter().any(is_error_label) {
                        self.state.way = self.state.way.max(Way::Error);
                    }
                    all_leave &= self.block(arm) && !labels.is_empty();
                }
                self.state = before;
                all_leave && arms.iter().any(|(labels, _)| labels.is_empty())
            }
            StepKind::Loop { head, body } => {
                head.iter().for_each(|value| self.value(value, Use::default()));
                self.block(body);
                false
            }
            StepKind::Attempt { body, caught, finally } => {
                let leaves = self.block(body);
                let before = self.state;
                self.state.way = self.state.way.max(Way::Error);
                self.block(caught);
                self.state = before;
                self.block(finally) || leaves
            }
            StepKind::Return(value) => {
                if let Some(value) = value {
                    // What a function gives that nobody uses is as good as a statement.
                    if let (true, ValueKind::Call(call)) = (self.state.dropped, &value.kind) {
                        self.statement = Some(call);
                    }
                    self.value(value, Use { returned: true, awaited: true, bound: None });
                    if self.reach.is_client
                        && let Some(request) = given_request(self.reach.program, self.reach.rules, value, self.place())
                    {
                        self.push(EventKind::Request(request), value.span, Use::default());
                    }
                    // `return async dispatch => …`: what is returned is what the caller runs.
                    if let ValueKind::Closure(index) = &value.kind {
                        self.function(FunctionId { module: self.place().module, index: *index });
                    }
                }
                true
            }
            StepKind::Throw(value) => {
                self.throw(value.as_ref());
                true
            }
            StepKind::Leave => true,
        }
    }

    /// What is thrown is an error, or the answer itself where the framework sends what is thrown: `throw redirect("/", { headers })`.
    fn throw(&mut self, value: Option<&'p Value>) {
        let Some(value) = value else { return };
        self.raised(value);
        let made = match &value.kind {
            ValueKind::Await(inner) => inner,
            _ => value,
        };
        // `throw await logout(request)` throws what the project's own function answers.
        let is_own = |call: &Call| call.style == CallStyle::Function && is_logout_name(self.reach.rules, call.callee.last_name());
        let is_answer = |call: &Call| self.reach.rules.lexicon.is("thrown-answer", call.callee.last_name()) || is_own(call);
        let answers = matches!(&made.kind, ValueKind::Call(call) if is_answer(call));
        if answers {
            self.value(value, Use { returned: true, awaited: true, bound: None });
            return;
        }
        let before = self.state;
        self.state.way = self.state.way.max(Way::Error);
        self.value(value, Use::default());
        self.state = before;
    }

    fn assign(&mut self, target: &'p Value, op: AssignOp, value: &'p Value) {
        let place = self.place();
        let program = self.reach.program;
        if let Some(request) = location_request(program, self.reach.rules, target, value, place) {
            let span = request.span;
            self.push(EventKind::Request(request), span, Use::default());
        }
        // A new local variable is no state. What a call gives may be: `*token.lock() = None`.
        if op == AssignOp::Declare || !matches!(target.kind, ValueKind::Member(..) | ValueKind::Name(_) | ValueKind::Index(..) | ValueKind::Call(_)) {
            return;
        }
        if self.is_forgotten(target) {
            return;
        }
        if let (ValueKind::Member(_, field), ValueKind::Closure(index)) = (&target.kind, &value.kind)
            && self.reach.is_client
            && self.reach.rules.lexicon.is("answer-field", field)
        {
            self.function(FunctionId { module: place.module, index: *index });
        }
        if let ValueKind::Member(_, field) = &target.kind {
            self.changed(field, value);
        }
        let names = program.names_of(target, place, false);
        let span = Span { start: target.span.start, end: value.span.end.max(target.span.end) };
        let value_here = self.handed_nothing(value).unwrap_or(value);
        let fitted = self.fit(Subject::Assign { names: &names, value: value_here }, span);
        self.handed_object(value, span, &fitted);
    }

    /// Whether what is assigned to is a parameter of the function itself, of which nothing is asked any more: whoever handed it over
    /// keeps what it had.
    fn is_forgotten(&self, target: &Value) -> bool {
        let Place { module, function: Some(index) } = self.place() else { return false };
        let ValueKind::Name(name) = &target.kind else { return false };
        let function = self.reach.program.module(module).function(index);
        let mut asked = false;
        each_value(&function.body, |value| asked = asked || value.span.start > target.span.end && matches!(&value.kind, ValueKind::Name(other) if other == name));
        !asked && function.params.iter().any(|param| param.name == *name)
    }

    fn pair(&mut self, key: &'p Value, value: &'p Value) {
        let name = match &key.kind {
            ValueKind::Text(text) => Name { imported: false, segments: vec![crate::ir::Segment { text: text.clone(), called: None }] },
            ValueKind::Name(_) | ValueKind::Member(..) => Name::written(key),
            _ => return,
        };
        self.fit(Subject::Assign { names: &[name], value }, Span { start: key.span.start, end: value.span.end.max(key.span.end) });
    }

    fn delete(&mut self, value: &'p Value) {
        let names = self.reach.program.names_of(value, self.place(), false);
        self.fit(Subject::Delete { names: &names }, value.span);
    }

    pub(super) fn value(&mut self, value: &'p Value, used: Use<'p>) {
        match &value.kind {
            ValueKind::Call(call) => self.call(call, used),
            ValueKind::Await(inner) => self.value(inner, Use { awaited: true, ..used }),
            ValueKind::Block(block) => {
                self.block(block);
            }
            ValueKind::List(parts) => {
                // A pair is a key with its value: `(SET_COOKIE, "sid=; Max-Age=0")`.
                if let [key, paired] = parts.as_slice() {
                    self.pair(key, paired);
                }
                parts.iter().for_each(|part| self.value(part, used));
            }
            ValueKind::Template(parts) | ValueKind::Unknown(parts) => parts.iter().for_each(|part| self.value(part, used)),
            ValueKind::Member(of, _) | ValueKind::Not(of) => self.value(of, Use { bound: None, ..used }),
            ValueKind::Index(of, key) => {
                self.value(of, used);
                self.value(key, used);
            }
            ValueKind::Record(entries) => {
                if let Some(request) = record_request(self.reach.program, self.reach.rules, value, self.place()) {
                    self.push(EventKind::Request(request), value.span, used);
                }
                for (key, entry) in entries {
                    // The header of an answer that a function gives as a record: `return { headers: { "Set-Cookie": "sid=; Max-Age=0" } }`.
                    if used.returned && key.eq_ignore_ascii_case("set-cookie") {
                        let mut name = Name::default();
                        name.push(key.as_str());
                        self.fit(Subject::Assign { names: &[name], value: entry }, entry.span);
                    }
                    self.value(entry, used);
                }
            }
            ValueKind::Choice { test, then, otherwise } => {
                self.value(test, Use::default());
                let before = self.state;
                let (on_true, on_false) = self.judge_test(test);
                let same = std::ptr::eq(test.as_ref(), then.as_ref()) || test.span == then.span;
                if !same {
                    self.state = on_true.apply(before, self.place().module, test.span, true);
                    self.value(then, used);
                    self.state = on_false.apply(before, self.place().module, test.span, false);
                }
                self.value(otherwise, used);
                self.state = before;
            }
            ValueKind::Binary { left, right, .. } => {
                self.value(left, used);
                self.value(right, used);
            }
            ValueKind::Text(_)
            | ValueKind::Number(_)
            | ValueKind::Bool(_)
            | ValueKind::Null
            | ValueKind::Undefined
            | ValueKind::Name(_)
            | ValueKind::This
            | ValueKind::Super
            | ValueKind::Closure(_) => {}
        }
    }
}

fn is_error_label(label: &Value) -> bool {
    let name = Name::written(label);
    matches!(name.segments.first().map_or("", |segment| segment.text.as_str()), "Err" | "Error" | "Failure" | "None")
}
