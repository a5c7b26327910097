//! Handlers that answer by raising: what wraps them catches that and makes the response.

use super::{Step, Walk, Way};
use crate::ir::{Block, Name, StepKind, Value, ValueKind, each_call, each_value_of};
use crate::link::{FunctionId, Place};

/// How far wrappers are followed to those that they are made of.
const MAX_WRAPPERS: usize = 3;

impl<'p> Walk<'_, '_, 'p> {
    /// A handler's ordinary way ends by raising: what its wrappers do with just that is the ordinary way too.
    pub(super) fn raised(&mut self, value: &'p Value) {
        let is_end = !self.reach.is_client && self.trail.is_empty() && self.state.way == Way::Ordinary && self.state.condition.is_none();
        let (true, Some(index)) = (is_end, self.place().function) else { return };
        let class = match &value.kind {
            ValueKind::Call(call) => Name::written(&call.callee),
            ValueKind::Name(_) | ValueKind::Member(..) => Name::written(value),
            _ => return,
        };
        let module = self.place().module;
        let handler = self.reach.program.module(module).function(index);
        let around = Place { module, function: handler.parent };
        for annotation in &handler.annotations {
            for wrapper in self.reach.program.functions_of(&annotation.callee, around, self.reach.follow) {
                self.trail.push(Step { module, span: annotation.span });
                self.caught(wrapper, class.last(), MAX_WRAPPERS);
                self.trail.pop();
            }
        }
    }

    /// Walks what a wrapper, the functions inside it and those that it calls do where they catch a class by its name.
    fn caught(&mut self, wrapper: FunctionId, class: &str, depth: usize) {
        let Some(depth) = depth.checked_sub(1) else { return };
        let program = self.reach.program;
        let module = program.module(wrapper.module);
        let whole = module.function(wrapper.index).span;
        for (index, function) in module.functions.iter().enumerate().filter(|(_, function)| whole.contains(function.span)) {
            let before = self.state;
            self.state.place = Some(Place { module: wrapper.module, function: Some(crate::ir::FunctionIndex(index as u32)) });
            catching(&function.body, class).into_iter().for_each(|block| {
                self.block(block);
            });
            self.state = before;
        }
        let mut others = Vec::new();
        each_call(&module.function(wrapper.index).body, |call| others.extend(program.targets(call, Place::of(wrapper), self.reach.follow)));
        others.retain(|other| *other != wrapper);
        for other in others {
            self.caught(other, class, depth);
        }
    }
}

/// The blocks that run where a class is caught by its name.
fn catching<'p>(block: &'p Block, class: &str) -> Vec<&'p Block> {
    let mut found = Vec::new();
    for step in block {
        match &step.kind {
            StepKind::Attempt { body, caught, .. } => {
                found.extend(catching(body, class));
                found.extend(caught.iter().filter_map(|step| match &step.kind {
                    StepKind::Branch { test, then, .. } if names(test, class) => Some(then),
                    _ => None,
                }));
            }
            StepKind::Branch { then, otherwise, .. } => {
                found.extend(catching(then, class));
                found.extend(catching(otherwise, class));
            }
            _ => {}
        }
    }
    found
}

fn names(test: &Value, class: &str) -> bool {
    let mut found = false;
    each_value_of(test, &mut |value: &Value| found |= matches!(&value.kind, ValueKind::Name(last) | ValueKind::Member(_, last) if last == class));
    found
}
