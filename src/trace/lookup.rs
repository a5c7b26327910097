//! The program as rules see it from one place.

use super::survey::within_names;
use crate::ir::{Call, Function, Name, Step, StepKind, Value, ValueKind};
use crate::link::{Place, Program};
use crate::rules::{Entry, Kind, Lookup, RuleSet, Subject, spelled};

/// A place of a program.
pub struct At<'a, 'p> {
    pub program: &'a Program<'p>,
    pub place: Place,
}

impl<'p> At<'_, 'p> {
    /// The entries of some kinds that fit a call here.
    pub fn fitting_call(&self, rules: &RuleSet, kinds: &[Kind], call: &'p Call) -> Vec<Entry> {
        let names = self.program.names_of_call(call, self.place, false);
        let language = self.program.module(self.place.module).language;
        rules.fitting(kinds, Subject::Call { call, names: &names }, &|| within_names(self.program, self.place), language, self)
    }

    /// The helper of the project that a value calls, if it makes its outcome in one step: the call, its place, the helper and what it gives.
    fn helper_of(&self, value: &'p Value) -> Option<(&'p Call, Place, &'p Function, &'p Value)> {
        let (value, place) = self.program.origin(value, self.place);
        let ValueKind::Call(call) = &value.kind else { return None };
        let [helper] = *self.program.targets(call, place, false).as_slice() else { return None };
        let helper = self.program.function(helper);
        match helper.body.as_slice() {
            [Step { kind: StepKind::Return(Some(made)) | StepKind::Evaluate(made), .. }] => Some((call, place, helper, made)),
            _ => None,
        }
    }
}

impl<'p> Lookup<'p> for At<'_, 'p> {
    fn fold(&self, value: &'p Value) -> &'p Value {
        self.program.fold(value, self.place).0
    }

    fn origin(&self, value: &'p Value) -> &'p Value {
        self.program.origin(value, self.place).0
    }

    fn made_by_helper(&self, value: &'p Value) -> Option<&'p Value> {
        let (.., made) = self.helper_of(value)?;
        matches!(made.kind, ValueKind::Template(_) | ValueKind::Text(_) | ValueKind::Binary { .. } | ValueKind::Call(_)).then_some(made)
    }

    fn spelled_by_helper(&self, value: &'p Value) -> Option<String> {
        let (call, place, helper, made) = self.helper_of(value)?;
        let ValueKind::Template(parts) = &made.kind else { return None };
        spelled(parts, &|part| {
            let ValueKind::Name(name) = &part.kind else { return part };
            let handed = helper.params.iter().position(|param| param.name == *name).and_then(|index| helper.handed(call, index));
            handed.map_or(part, |handed| self.program.fold(handed, place).0)
        })
    }

    fn given_back(&self, value: &'p Value) -> Option<&'p Value> {
        let ValueKind::Closure(index) = &value.kind else { return None };
        // NOTE: what a record of another file holds is none of this file's functions.
        let module = self.program.module(self.place.module);
        match module.functions.get(index.0 as usize).filter(|function| function.span == value.span)?.body.as_slice() {
            [Step { kind: StepKind::Return(Some(made)), .. }] => Some(made),
            _ => None,
        }
    }

    fn names(&self, value: &'p Value) -> Vec<Name> {
        self.program.names_of(value, self.place, false)
    }
}
