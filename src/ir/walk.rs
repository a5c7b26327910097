//! Walks over blocks and values, without leaving the function: closures are reported, not entered.

use super::{Block, Call, StepKind, Value, ValueKind};

/// What a walk reports. Every method may stay as it is.
pub trait Visit<'ir> {
    /// Every value, outside in. Return `false` to leave its parts out.
    fn value(&mut self, _value: &'ir Value) -> bool {
        true
    }

    /// Every assignment, before its values.
    fn assigned(&mut self, _target: &'ir Value, _value: &'ir Value) {}
}

/// Walks every value of a block in the order of the text.
pub fn walk_block<'ir>(block: &'ir Block, visit: &mut dyn Visit<'ir>) {
    for step in block {
        match &step.kind {
            StepKind::Evaluate(value) | StepKind::Delete(value) => walk_value(value, visit),
            StepKind::Assign { target, value, .. } => {
                visit.assigned(target, value);
                walk_value(value, visit);
                walk_value(target, visit);
            }
            StepKind::Branch { test, then, otherwise } => {
                walk_value(test, visit);
                walk_block(then, visit);
                walk_block(otherwise, visit);
            }
            StepKind::Match { subject, arms } => {
                if let Some(subject) = subject {
                    walk_value(subject, visit);
                }
                for (labels, arm) in arms {
                    for label in labels {
                        walk_value(label, visit);
                    }
                    walk_block(arm, visit);
                }
            }
            StepKind::Loop { head, body } => {
                for value in head {
                    walk_value(value, visit);
                }
                walk_block(body, visit);
            }
            StepKind::Attempt { body, caught, finally } => {
                walk_block(body, visit);
                walk_block(caught, visit);
                walk_block(finally, visit);
            }
            StepKind::Return(value) | StepKind::Throw(value) => {
                if let Some(value) = value {
                    walk_value(value, visit);
                }
            }
            StepKind::Leave => {}
        }
    }
}

/// Walks a value and its parts.
pub fn walk_value<'ir>(value: &'ir Value, visit: &mut dyn Visit<'ir>) {
    if !visit.value(value) {
        return;
    }
    match &value.kind {
        ValueKind::Template(parts) | ValueKind::List(parts) | ValueKind::Unknown(parts) => {
            for part in parts {
                walk_value(part, visit);
            }
        }
        ValueKind::Member(of, _) | ValueKind::Await(of) | ValueKind::Not(of) => walk_value(of, visit),
        ValueKind::Index(of, key) => {
            walk_value(of, visit);
            walk_value(key, visit);
        }
        ValueKind::Call(call) => {
            walk_value(&call.callee, visit);
            for argument in &call.args {
                walk_value(&argument.value, visit);
            }
        }
        ValueKind::Record(entries) => {
            for (_, entry) in entries {
                walk_value(entry, visit);
            }
        }
        ValueKind::Choice { test, then, otherwise } => {
            walk_value(test, visit);
            walk_value(then, visit);
            walk_value(otherwise, visit);
        }
        ValueKind::Binary { left, right, .. } => {
            walk_value(left, visit);
            walk_value(right, visit);
        }
        ValueKind::Block(block) => walk_block(block, visit),
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

struct EachValue<F>(F);

impl<'ir, F: FnMut(&'ir Value)> Visit<'ir> for EachValue<F> {
    fn value(&mut self, value: &'ir Value) -> bool {
        (self.0)(value);
        true
    }
}

/// Calls `found` for every value of the block.
pub fn each_value<'ir>(block: &'ir Block, found: impl FnMut(&'ir Value)) {
    walk_block(block, &mut EachValue(found));
}

/// Calls `found` for a value and all its parts.
pub fn each_value_of<'ir>(value: &'ir Value, found: impl FnMut(&'ir Value)) {
    walk_value(value, &mut EachValue(found));
}

/// Calls `found` for every call of the block.
pub fn each_call<'ir>(block: &'ir Block, mut found: impl FnMut(&'ir Call)) {
    each_value(block, |value| {
        if let ValueKind::Call(call) = &value.kind {
            found(call);
        }
    });
}

struct EachAssignment<F>(F);

impl<'ir, F: FnMut(&'ir Value, &'ir Value)> Visit<'ir> for EachAssignment<F> {
    fn assigned(&mut self, target: &'ir Value, value: &'ir Value) {
        (self.0)(target, value);
    }
}

/// Calls `found` for the target and the value of every assignment of the block.
pub fn each_assignment<'ir>(block: &'ir Block, found: impl FnMut(&'ir Value, &'ir Value)) {
    walk_block(block, &mut EachAssignment(found));
}
