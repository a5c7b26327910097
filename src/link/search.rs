//! Looks for a function under a key in what a thing was made of: a store's action, a slice's reducer, a router's procedure.

use super::eval::{Place, Thing};
use super::program::{FunctionId, Program};
use crate::ir::{Argument, Call, StepKind, Value, ValueKind};

impl<'p> Program<'p> {
    /// A function under the key `name` anywhere in the arguments of the call that made a thing: a store's action, a slice's reducer,
    /// a router's procedure.
    pub(super) fn search_call(&self, call: &'p Call, place: Place, name: &str, depth: usize, steps: usize) -> Option<FunctionId> {
        let (depth, steps) = (depth.checked_sub(1)?, steps.checked_sub(1)?);
        let found = call.args.iter().find_map(|Argument { value, .. }| self.search_value(value, place, name, depth, steps));
        found.or_else(|| match &call.callee.kind {
            // `create<State>()(…)`, `thing.extend(…)`: the arguments of the calls before.
            ValueKind::Call(inner) => self.search_call(inner, place, name, depth, steps),
            ValueKind::Member(of, _) => match &of.kind {
                ValueKind::Call(inner) => self.search_call(inner, place, name, depth, steps),
                _ => None,
            },
            _ => None,
        })
    }

    fn search_value(&self, value: &'p Value, place: Place, name: &str, depth: usize, steps: usize) -> Option<FunctionId> {
        let (depth, steps) = (depth.checked_sub(1)?, steps.checked_sub(1)?);
        match &value.kind {
            ValueKind::Record(entries) => {
                for (key, entry) in entries {
                    if key == name
                        && let Some(found) = self.function_in(entry, place, depth, steps)
                    {
                        return Some(found);
                    }
                }
                entries.iter().find_map(|(_, entry)| match &entry.kind {
                    ValueKind::Record(_) | ValueKind::Call(_) => self.search_value(entry, place, name, depth, steps),
                    _ => None,
                })
            }
            ValueKind::Closure(index) => {
                self.search_body(&self.module(place.module).function(*index).body, Place { module: place.module, function: Some(*index) }, name, depth, steps)
            }
            ValueKind::Call(call) => call.args.iter().find_map(|argument| self.search_value(&argument.value, place, name, depth, steps)),
            ValueKind::Name(_) => match self.eval_steps(value, place, false, steps).into_iter().next()? {
                Thing::Literal(literal, at) => self.search_value(literal, at, name, depth, steps),
                Thing::Function(function) => self.search_body(&self.function(function).body, Place::of(function), name, depth, steps),
                // `model("Session", schema)`: what the description is made with, and what is added to it.
                Thing::Outside { made_by: Some((made, at)), .. } => {
                    let (value, at) = self.added_to_description(made, at, name)?;
                    self.function_in(value, at, depth, steps)
                }
                _ => None,
            },
            _ => None,
        }
    }

    fn search_body(&self, body: &'p [crate::ir::Step], place: Place, name: &str, depth: usize, steps: usize) -> Option<FunctionId> {
        body.iter().find_map(|step| match &step.kind {
            StepKind::Return(Some(value)) | StepKind::Evaluate(value) if matches!(value.kind, ValueKind::Record(_) | ValueKind::Call(_)) => {
                self.search_value(value, place, name, depth, steps)
            }
            _ => None,
        })
    }

    /// The function that an entry is, or that the call it is wraps.
    fn function_in(&self, value: &'p Value, place: Place, depth: usize, steps: usize) -> Option<FunctionId> {
        let (depth, steps) = (depth.checked_sub(1)?, steps.checked_sub(1)?);
        match &value.kind {
            ValueKind::Closure(index) => Some(FunctionId { module: place.module, index: *index }),
            ValueKind::Call(call) => call.args.iter().rev().find_map(|argument| self.function_in(&argument.value, place, depth, steps)),
            ValueKind::Record(entries) => entries.iter().find_map(|(_, entry)| self.function_in(entry, place, depth, steps)),
            ValueKind::Name(_) | ValueKind::Member(_, _) => match self.eval_steps(value, place, false, steps).into_iter().next()? {
                Thing::Function(function) => Some(function),
                _ => None,
            },
            _ => None,
        }
    }
}
