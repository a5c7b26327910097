//! What runs with a function because it listens to it: a signal's receiver, a reducer for another slice's action.

use super::{Step, Walk};
use crate::ir::{Call, Name, StepKind, Value, ValueKind};
use crate::link::{FunctionId, Place};
use crate::rules::{Entry, Kind, Subject};

impl<'p> Walk<'_, '_, 'p> {
    /// What listens to a function from which a walk begins.
    pub(super) fn listen_to(&mut self, function: FunctionId, symbol: &str) {
        let place = Place::of(function);
        self.state.place = Some(place);
        self.trail.push(Step { module: place.module, span: self.reach.program.function(function).head });
        // What stands under a key is listened to by that.
        let is_keyed = self.reach.program.function(function).name != symbol;
        self.listen(Some(function).filter(|_| !is_keyed), symbol);
        self.trail.pop();
    }

    /// Runs what listens to the signals that a library sends with a call of it.
    pub(super) fn listen_to_signals(&mut self, entries: &[Entry], call: &'p Call) {
        let rules = self.reach.rules;
        for signal in entries.iter().filter(|entry| entry.kind == Kind::Rule).filter_map(|entry| rules.rules[entry.index].sends.as_deref()) {
            self.trail.push(Step { module: self.place().module, span: call.span });
            self.listen(None, signal);
            self.trail.pop();
        }
    }

    /// Runs what listens to the type of an action that a store is told, given as a record or by what makes one: `dispatch(logOut())` with
    /// `const logOut = () => ({ type: LOG_OUT })` and `takeLatest(LOG_OUT, endSession)`.
    pub(super) fn announce(&mut self, action: &'p Value) {
        let program = self.reach.program;
        let place = self.place();
        let made: Vec<(&'p Value, Place)> = match &action.kind {
            ValueKind::Call(made) => {
                let gives = |function: FunctionId| match &program.function(function).body.last()?.kind {
                    StepKind::Return(Some(given)) => Some((given, Place::of(function))),
                    _ => None,
                };
                program.targets(made, place, self.reach.follow).into_iter().filter_map(gives).collect()
            }
            _ => vec![(action, place)],
        };
        for (record, at) in made {
            let ValueKind::Record(entries) = &record.kind else { continue };
            let Some((_, told)) = entries.iter().find(|(key, _)| key == "type") else { continue };
            if let ValueKind::Text(text) = &program.fold(told, at).0.kind {
                self.listen(None, text);
            }
            // Where the file of the constants was not read, they are known by their names.
            if let ValueKind::Name(name) | ValueKind::Member(_, name) = &told.kind {
                self.listen(None, name);
            }
        }
    }

    /// Runs what listens to a function, or to whatever bears a name.
    pub(super) fn listen(&mut self, function: Option<FunctionId>, name: &str) {
        let runs: Vec<FunctionId> = self
            .reach
            .listeners
            .calls
            .iter()
            .filter(|listener| match (listener.to, function) {
                (Some(to), Some(function)) => to == function,
                _ => !name.is_empty() && listener.name == name,
            })
            .flat_map(|listener| listener.runs.iter().copied())
            .collect();
        for run in runs {
            self.function(run);
            self.new_state(run);
        }
    }

    /// What a reducer gives is the state from then on: `addCase(logout.fulfilled, () => initialState)`.
    fn new_state(&mut self, run: FunctionId) {
        let program = self.reach.program;
        let reducer = program.function(run);
        let takes_state = reducer.params.first().is_none_or(|param| self.reach.rules.lexicon.is("reducer-parameter", &param.name));
        let Some(StepKind::Return(Some(given))) = reducer.body.last().map(|step| &step.kind) else { return };
        if !self.reach.is_client || reducer.is_async || !takes_state {
            return;
        }
        let before = self.state.place;
        self.state.place = Some(Place::of(run));
        self.trail.push(Step { module: run.module, span: reducer.head });
        let mut set_state = |field: Option<&str>, value: &'p Value| {
            let mut name = Name::default();
            name.push("state");
            field.into_iter().for_each(|field| name.push(field));
            self.fit(Subject::Assign { names: &[name], value }, given.span);
        };
        match &given.kind {
            ValueKind::Record(entries) => entries.iter().for_each(|(key, entry)| set_state(Some(key.as_str()).filter(|key| *key != "..."), entry)),
            _ => set_state(None, given),
        }
        self.trail.pop();
        self.state.place = before;
    }
}
