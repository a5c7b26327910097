//! Texts that the variants of an enumeration are written as: `Paths::Logout.to_string()` with `impl Display for Paths`.

use super::locate::texts_of;
use crate::ir::{Block, Call, StepKind, Value, ValueKind};
use crate::link::{FunctionId, Place, Program, Thing};

/// Methods that only turn a text into another form of it.
const FORMS: [&str; 7] = ["to_string", "as_str", "as_ref", "to_owned", "into", "clone", "toString"];

/// The texts of a call without arguments that gives a variant's text, or another form of such a text.
pub(super) fn displayed<'p>(program: &Program<'p>, call: &'p Call, place: Place, depth: usize) -> Vec<String> {
    let ValueKind::Member(of, method) = &call.callee.kind else { return Vec::new() };
    if !call.args.is_empty() {
        return Vec::new();
    }
    match &of.kind {
        ValueKind::Call(_) if FORMS.contains(&method.as_str()) => texts_of(program, of, place, depth),
        ValueKind::Member(class, variant) => method_of(program, class, method, place).map_or_else(Vec::new, |function| {
            let arm = arm_of(&program.function(function).body, variant);
            arm.map_or_else(Vec::new, |value| written(program, value, Place::of(function), depth))
        }),
        _ => Vec::new(),
    }
}

/// The method by which a class of the project gives its text: the one that is called, or what that goes by.
fn method_of<'p>(program: &Program<'p>, class: &'p Value, method: &str, place: Place) -> Option<FunctionId> {
    let class = program.eval(class, place, false).into_iter().find_map(|thing| match thing {
        Thing::Class(class) => Some(class),
        _ => None,
    })?;
    let module = program.module(class.module);
    let is_it = |name: &str| name == method || method == "to_string" && name == "fmt";
    let index = program.class(class).methods.iter().copied().find(|index| is_it(&module.function(*index).name))?;
    Some(FunctionId { module: class.module, index })
}

/// What the arm of a variant gives, where a function ends in a choice among them.
fn arm_of<'p>(body: &'p Block, variant: &str) -> Option<&'p Value> {
    let StepKind::Match { arms, .. } = &body.last()?.kind else { return None };
    let is_label = |label: &Value| matches!(&label.kind, ValueKind::Name(name) | ValueKind::Member(_, name) if name == variant);
    let (_, steps) = arms.iter().find(|(labels, _)| labels.iter().any(is_label))?;
    match &steps.last()?.kind {
        StepKind::Return(Some(value)) | StepKind::Evaluate(value) => Some(value),
        _ => None,
    }
}

/// The text that a value is or writes: `write!(f, "/logout")`, `f.write_str("/logout")`.
fn written<'p>(program: &Program<'p>, value: &'p Value, place: Place, depth: usize) -> Vec<String> {
    match &value.kind {
        ValueKind::Call(call) => call.args.iter().map(|argument| texts_of(program, &argument.value, place, depth)).find(|texts| !texts.is_empty()).unwrap_or_default(),
        _ => texts_of(program, value, place, depth),
    }
}
