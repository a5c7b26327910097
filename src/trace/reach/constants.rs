//! What a test always is, as far as that can be read.

use super::Walk;
use crate::ir::{FunctionKind, Module, Value, ValueKind, each_assignment};

impl<'p> Walk<'_, '_, 'p> {
    /// What a test always is, as far as that can be read. A parameter's default is what it is only where the call that entered the
    /// function hands over nothing.
    pub(super) fn constant_of(&self, test: &'p Value) -> Option<&'p Value> {
        let (program, place) = (self.reach.program, self.place());
        let params = place.function.map_or(&[][..], |index| &program.module(place.module).function(index).params);
        let defaulted = |name: &String| params.iter().position(|param| param.name == *name && param.default.is_some());
        let ValueKind::Name(name) = &test.kind else { return self.unchanging(test) };
        let Some(position) = defaulted(name) else { return self.unchanging(test) };
        let mut is_set = false;
        each_assignment(program.module(place.module).body(place.function), |target, _| is_set |= matches!(&target.kind, ValueKind::Name(set) if set == name));
        if is_set {
            return None;
        }
        let (call, _) = self.state.entered?;
        // NOTE: a method's own object may stand among its parameters.
        let before = usize::from(params.first().is_some_and(|param| matches!(param.name.as_str(), "self" | "cls")));
        match call.named(name).or_else(|| call.positional(position.saturating_sub(before))) {
            Some(handed) => Some(handed),
            None if call.args.iter().any(|argument| argument.name.as_deref().is_some_and(|name| name.starts_with(['.', '*']))) => None,
            None => params.get(position)?.default.as_ref(),
        }
    }

    /// The literal that a test stands for, unless something sets it to another.
    fn unchanging(&self, test: &'p Value) -> Option<&'p Value> {
        let (constant, at) = self.reach.program.fold(test, self.place());
        let (ValueKind::Name(name) | ValueKind::Member(_, name)) = &test.kind else { return Some(constant) };
        let is_literal = matches!(constant.kind, ValueKind::Bool(_) | ValueKind::Null | ValueKind::Undefined | ValueKind::Number(_));
        (!is_literal || !may_change(self.reach.program.module(at.module), name, constant)).then_some(constant)
    }
}

/// Whether a file sets something of a name to another value than this one, or leaves it to whoever makes the object that has it.
fn may_change(module: &Module, name: &str, constant: &Value) -> bool {
    let is_made_with = |function: &crate::ir::Function| function.kind == FunctionKind::Constructor && function.params.iter().any(|param| param.name == name);
    if module.functions.iter().any(is_made_with) {
        return true;
    }
    let mut changes = false;
    for (_, body) in module.bodies() {
        each_assignment(body, |target, value| {
            let is_it = matches!(&target.kind, ValueKind::Name(set) | ValueKind::Member(_, set) if set == name);
            changes |= is_it && !is_same(value, constant);
        });
    }
    changes
}

fn is_same(one: &Value, other: &Value) -> bool {
    match (&one.kind, &other.kind) {
        (ValueKind::Bool(one), ValueKind::Bool(other)) => one == other,
        (ValueKind::Null, ValueKind::Null) => true,
        (ValueKind::Number(one), ValueKind::Number(other)) => one.to_bits() == other.to_bits(),
        _ => false,
    }
}
