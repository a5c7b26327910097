//! What a test means for its branches: an error, a missing session, or never.

use super::{Condition, State, Step, Use, Walk, Way};
use crate::ir::{BinaryOp, Block, Name, StepKind, Value, ValueKind};
use crate::link::ModuleId;
use crate::rules::{Lexicon, RuleSet};
use crate::source::Span;
use crate::trace::requests::is_logout_path;

/// What a branch means for what stands in it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Branch {
    Ordinary,
    /// What is tested is that it is a logout: what stands here is its ordinary way, whatever stands around.
    Logout,
    Condition,
    NoSession,
    Error,
    Dead,
}

impl Branch {
    /// The state in the branch of a test that is taken where the test holds, or where it does not.
    pub(super) fn apply<'p>(self, mut state: State<'p>, module: ModuleId, test: Span, holds: bool) -> State<'p> {
        match self {
            Self::Ordinary => {}
            Self::Logout if state.way == Way::NoSession => state.way = Way::Ordinary,
            Self::Logout => {}
            Self::Condition => state.condition = state.condition.or(Some(Condition { test: Step { module, span: test }, holds })),
            Self::NoSession => state.way = state.way.max(Way::NoSession),
            Self::Error => state.way = state.way.max(Way::Error),
            Self::Dead => state.way = Way::Dead,
        }
        state
    }
}

impl<'p> Walk<'_, '_, 'p> {
    pub(super) fn branch(&mut self, test: &'p Value, then: &'p Block, otherwise: &'p Block) -> bool {
        self.value(test, Use::default());
        let before = self.state;
        let (on_true, on_false) = if is_change(test, then) || fills_what_it_asks(&self.reach.rules.lexicon, test, then, otherwise) {
            (Branch::Ordinary, Branch::Ordinary)
        } else {
            self.judge_test(test)
        };
        self.state = on_true.apply(before, self.place().module, test.span, true);
        let then_leaves = self.block(then);
        self.state = on_false.apply(before, self.place().module, test.span, false);
        let otherwise_leaves = self.block(otherwise);
        self.state = before;
        match (on_true, on_false) {
            (Branch::Dead, _) => otherwise_leaves && !otherwise.is_empty(),
            (_, Branch::Dead) => then_leaves,
            _ => then_leaves && otherwise_leaves && !otherwise.is_empty(),
        }
    }

    /// What a test means for its two branches.
    pub(super) fn judge_test(&self, test: &'p Value) -> (Branch, Branch) {
        match self.constant_of(test).map_or(&ValueKind::This, |constant| &constant.kind) {
            ValueKind::Bool(true) => return (Branch::Ordinary, Branch::Dead),
            ValueKind::Bool(false) | ValueKind::Null | ValueKind::Undefined => return (Branch::Dead, Branch::Ordinary),
            ValueKind::Number(number) if *number == 0.0 => return (Branch::Dead, Branch::Ordinary),
            _ => {}
        }
        let (negated, subject) = polarity(&self.reach.rules.lexicon, test);
        if self.handed_nothing(subject).is_some() {
            return if negated { (Branch::Ordinary, Branch::Dead) } else { (Branch::Dead, Branch::Ordinary) };
        }
        if names_logout_path(self.reach.rules, subject, 4) && !negated {
            return (Branch::Logout, Branch::Condition);
        }
        let mut words = Vec::new();
        collect_words(subject, &mut words, 0);
        let lexicon = &self.reach.rules.lexicon;
        let is = |class: &str| words.iter().any(|word| lexicon.is(class, word));
        let (yes, no) = if is("error") && !is("success") {
            (Branch::Error, Branch::Ordinary)
        } else if is("success") {
            (Branch::Ordinary, Branch::Error)
        } else if is("method-test") {
            (Branch::Ordinary, Branch::Ordinary)
        } else if is("denylist") {
            // `if not is_revoked(token)`: what is still accepted is there.
            (Branch::Condition, Branch::Ordinary)
        } else if (is("session") || is("token") || is("auth") || is("cookie")) && !tells_kinds_apart(lexicon, test) {
            (Branch::Ordinary, Branch::NoSession)
        } else {
            return (Branch::Condition, Branch::Condition);
        };
        if negated { (no, yes) } else { (yes, no) }
    }
}

impl<'p> Walk<'_, '_, 'p> {
    /// What its caller hands over for a parameter of the function, if that is nothing: `setToken(null)`.
    pub(super) fn handed_nothing(&self, subject: &Value) -> Option<&'p Value> {
        let ValueKind::Name(name) = &subject.kind else { return None };
        let (Some((call, at)), Some(index)) = (self.state.entered, self.place().function) else { return None };
        let function = self.reach.program.module(self.place().module).function(index);
        // NOTE: a method's own object may stand among its parameters.
        let counts_itself = function.owner.is_some() && function.params.first().is_some_and(|param| param.name == "self");
        let position = function.params.iter().position(|param| param.name == *name && param.default.is_none()).filter(|_| !counts_itself)?;
        // What a request holds is not what its class says where it holds nothing: `receive<Leaving>().token`.
        let is_received = |value: &&Value| matches!(&value.kind, ValueKind::Member(of, _) if matches!(of.kind, ValueKind::Call(_) | ValueKind::Await(_)));
        call.positional(position).filter(|value| !is_received(value)).map(|value| self.reach.program.fold(value, at).0).filter(|value| is_nothing(value))
    }
}

/// Whether a test compares something with a logout's path: `route === "auth/logout" || …`.
fn names_logout_path(rules: &RuleSet, test: &Value, depth: usize) -> bool {
    let Some(depth) = depth.checked_sub(1) else { return false };
    match &test.kind {
        ValueKind::Binary { op: BinaryOp::Equal, left, right } => {
            [left, right].into_iter().any(|side| matches!(&side.kind, ValueKind::Text(text) if text.contains('/') && is_logout_path(rules, text)))
        }
        ValueKind::Choice { test, otherwise, .. } => names_logout_path(rules, test, depth) || names_logout_path(rules, otherwise, depth),
        ValueKind::Unknown(parts) if parts.len() == 1 => names_logout_path(rules, &parts[0], depth),
        _ => false,
    }
}

/// Whether a test compares something of a login with a text that names one of its kinds: `auth.guard === "web"`. That the one is not there
/// says nothing of the others.
fn tells_kinds_apart(lexicon: &Lexicon, test: &Value) -> bool {
    let ValueKind::Binary { op: BinaryOp::Equal | BinaryOp::NotEqual, left, right } = &test.kind else { return false };
    let names_kind = |side: &Value| matches!(&side.kind, ValueKind::Text(text) if !is_nothing(side) && !lexicon.is("auth", text) && !lexicon.is("login-state", text));
    let is_member = |side: &Value| matches!(side.kind, ValueKind::Member(..));
    names_kind(left) && is_member(right) || names_kind(right) && is_member(left)
}

/// Whether a test only asks whether a value is new before it is set: `if (token.value != next) token.value = next`.
fn is_change(test: &Value, then: &Block) -> bool {
    let ValueKind::Binary { op: BinaryOp::NotEqual, left, right } = &test.kind else { return false };
    let [step] = then.as_slice() else { return false };
    let StepKind::Assign { target, value, .. } = &step.kind else { return false };
    let value = match &value.kind {
        // `next!!`
        ValueKind::Unknown(parts) if parts.len() == 1 => &parts[0],
        _ => value,
    };
    let is_same = |one: &Value, other: &Value| matches!(one.kind, ValueKind::Name(_) | ValueKind::Member(..)) && Name::written(one) == Name::written(other);
    is_same(left, target) && is_same(right, value)
}

/// Whether a test asks only whether a collection has already what the branch puts into it that is taken where it has not:
/// `if (gone.containsKey(token)) tell() else gone.put(token, now)`.
fn fills_what_it_asks(lexicon: &Lexicon, test: &Value, then: &Block, otherwise: &Block) -> bool {
    let (negated, subject) = polarity(lexicon, test);
    let ValueKind::Call(asking) = &subject.kind else { return false };
    let ValueKind::Member(asked, question) = &asking.callee.kind else { return false };
    if !matches!(asked.kind, ValueKind::Name(_) | ValueKind::Member(..)) || asking.args.is_empty() {
        return false;
    }
    let asked = Name::written(asked);
    let fills = |step: &crate::ir::Step| match &step.kind {
        StepKind::Assign { target: Value { kind: ValueKind::Index(filled, _), .. }, .. } => Name::written(filled) == asked,
        StepKind::Evaluate(Value { kind: ValueKind::Call(call), .. }) => match &call.callee.kind {
            ValueKind::Member(filled, verb) => !call.args.is_empty() && verb != question && !lexicon.is("removal-verb", verb) && Name::written(filled) == asked,
            _ => false,
        },
        _ => false,
    };
    if negated { then } else { otherwise }.iter().any(fills)
}

/// Whether a test is turned round, and what it tests.
fn polarity<'v>(lexicon: &Lexicon, test: &'v Value) -> (bool, &'v Value) {
    let turned = |inner: &'v Value| {
        let (negated, subject) = polarity(lexicon, inner);
        (!negated, subject)
    };
    match &test.kind {
        ValueKind::Not(inner) => turned(inner),
        // `token.is_empty()`, `isBlank(token)`
        ValueKind::Call(call) if lexicon.is_exactly("asks-for-nothing", call.last_name()) => match (&call.callee.kind, call.args.as_slice()) {
            (ValueKind::Member(of, _), []) => turned(of),
            (_, [only]) => turned(&only.value),
            _ => (false, test),
        },
        ValueKind::Binary { op: BinaryOp::Equal, left, right } if is_nothing(right) => (true, left),
        ValueKind::Binary { op: BinaryOp::Equal, left, right } if is_nothing(left) => (true, right),
        ValueKind::Binary { op: BinaryOp::NotEqual, left, right } if !is_nothing(right) && !is_nothing(left) => (true, left),
        // `!a || !b`, `!a && …`
        ValueKind::Choice { test: first, then, otherwise } => {
            if otherwise.kind.is_nothing() {
                polarity(lexicon, if first.span == then.span { first } else { then })
            } else {
                polarity(lexicon, first)
            }
        }
        ValueKind::Unknown(parts) if parts.len() == 1 => polarity(lexicon, &parts[0]),
        _ => (false, test),
    }
}

fn is_nothing(value: &Value) -> bool {
    match &value.kind {
        ValueKind::Null | ValueKind::Undefined | ValueKind::Bool(false) => true,
        ValueKind::Text(text) => text.is_empty() || text == "undefined",
        ValueKind::Name(name) => name == "undefined",
        _ => false,
    }
}

/// The identifiers of a test.
fn collect_words<'v>(value: &'v Value, into: &mut Vec<&'v str>, depth: usize) {
    if depth > 8 {
        return;
    }
    match &value.kind {
        ValueKind::Name(text) => into.push(text),
        ValueKind::Member(of, text) => {
            into.push(text);
            collect_words(of, into, depth + 1);
        }
        ValueKind::Call(call) => match &call.callee.kind {
            // What an error is turned into on the way to the value says nothing of the test: `user_id().map_err(refuse)?.is_none()`.
            ValueKind::Member(of, method) if method.starts_with("map") => collect_words(of, into, depth + 1),
            _ => collect_words(&call.callee, into, depth + 1),
        },
        ValueKind::Binary { left, right, .. } => {
            collect_words(left, into, depth + 1);
            collect_words(right, into, depth + 1);
        }
        ValueKind::Not(inner) | ValueKind::Await(inner) => collect_words(inner, into, depth + 1),
        ValueKind::Choice { test, then, .. } => {
            collect_words(test, into, depth + 1);
            if test.span != then.span {
                collect_words(then, into, depth + 1);
            }
        }
        ValueKind::Unknown(parts) => parts.iter().for_each(|part| collect_words(part, into, depth + 1)),
        ValueKind::Index(of, key) => {
            collect_words(of, into, depth + 1);
            collect_words(key, into, depth + 1);
        }
        _ => {}
    }
}
