//! Handlers without a name of their own: what runs when something that bears a logout's name is clicked or chosen.

use super::candidates::Candidate;
use crate::ir::{Block, Call, FunctionIndex, StepKind, Value, ValueKind, each_call};
use crate::link::{FunctionId, Place, Program};
use crate::rules::{RuleSet, split_words};

/// How deep branches are searched for the arms of a choice.
const MAX_DEPTH: usize = 5;

/// The closures that a function hands to the events of a logout's element, and its arms for the choice of a logout.
pub(super) fn begun<'p>(program: &Program<'p>, rules: &RuleSet, function: FunctionId) -> Vec<Candidate<'p>> {
    let place = Place::of(function);
    let mut found = Vec::new();
    let body = &program.function(function).body;
    each_call(body, |call| {
        if let Some(symbol) = listened(program, rules, call, place) {
            let closures = call.args.iter().flat_map(|argument| closures(&argument.value));
            let handlers = closures.map(|index| FunctionId { module: function.module, index }).filter(|id| !program.function(*id).body.is_empty());
            found.extend(handlers.map(|id| Candidate { function: id, symbol: symbol.clone(), span: None, named: true, call: None, arm: None, is_event: true }));
        }
    });
    if program.module(function.module).language.has_implicit_members() {
        arms(rules, body, MAX_DEPTH, &mut |symbol, arm| {
            found.push(Candidate { function, symbol: symbol.to_owned(), span: None, named: true, call: None, arm: Some((arm, place)), is_event: true });
        });
    }
    found
}

/// The closures that an argument is, or that it wraps: `View.OnClickListener { … }`.
fn closures(value: &Value) -> Vec<FunctionIndex> {
    match &value.kind {
        ValueKind::Closure(index) => vec![*index],
        ValueKind::Call(call) => call.args.iter().filter_map(|argument| if let ValueKind::Closure(index) = &argument.value.kind { Some(*index) } else { None }).collect(),
        _ => Vec::new(),
    }
}

/// The name of the element whose event a call listens to, if it is a logout's: `logoutButton.setOnClickListener { }`, `$("#logout").on("click", f)`.
fn listened<'p>(program: &Program<'p>, rules: &RuleSet, call: &'p Call, place: Place) -> Option<String> {
    let ValueKind::Member(of, method) = &call.callee.kind else { return None };
    let words = split_words(method);
    if !(words.iter().any(|word| word == "listener") || matches!(method.as_str(), "on" | "click")) {
        return None;
    }
    let is_logout = |name: &str| name.len() < 40 && rules.lexicon.is("logout", name);
    let named = |value: &Value| match &value.kind {
        ValueKind::Name(name) | ValueKind::Member(_, name) => is_logout(name).then(|| name.clone()),
        _ => None,
    };
    if let Some(name) = named(of) {
        return Some(name);
    }
    // `findViewById(R.id.log_out)`, also through a variable.
    let (made, _) = program.origin(of, place);
    let ValueKind::Call(maker) = &made.kind else { return None };
    maker.args.iter().find_map(|argument| match &argument.value.kind {
        ValueKind::Text(text) => is_logout(text).then(|| text.clone()),
        _ => named(&argument.value),
    })
}

/// The arms of a choice whose label is a logout's id among those of a page: `R.id.log_out -> …`.
fn arms<'p>(rules: &RuleSet, block: &'p Block, depth: usize, found: &mut dyn FnMut(&'p str, &'p Block)) {
    let Some(depth) = depth.checked_sub(1) else { return };
    for step in block {
        match &step.kind {
            StepKind::Match { arms: choices, .. } => {
                for (labels, arm) in choices {
                    let label = labels.iter().find_map(|label| match &label.kind {
                        ValueKind::Member(of, name) if matches!(of.kind, ValueKind::Member(..)) && rules.lexicon.is("logout", name) => Some(name.as_str()),
                        _ => None,
                    });
                    match label {
                        Some(label) => found(label, arm),
                        None => arms(rules, arm, depth, found),
                    }
                }
            }
            StepKind::Branch { then, otherwise, .. } => {
                arms(rules, then, depth, found);
                arms(rules, otherwise, depth, found);
            }
            StepKind::Return(Some(value)) | StepKind::Evaluate(value) => {
                if let ValueKind::Block(inner) = &value.kind {
                    arms(rules, inner, depth, found);
                }
            }
            _ => {}
        }
    }
}
