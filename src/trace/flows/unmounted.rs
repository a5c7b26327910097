//! Server functions that log out and that no route was seen for.

use std::collections::BTreeSet;

use super::{Flow, Tracer};
use crate::ir::FunctionKind;
use crate::link::FunctionId;
use crate::outcome::Side;
use crate::trace::candidates::{Candidate, is_logout_name, is_marked};
use crate::trace::endpoints::is_verb;
use crate::trace::reach::{EventKind, Reached};

impl<'p> Tracer<'_, 'p> {
    /// Server functions that bear a logout's name and that no route was seen for: server actions, procedures, handlers handed over by name.
    pub(super) fn unmounted(&self, flows: &[Flow<'p>]) -> Vec<Flow<'p>> {
        let events = flows.iter().flat_map(|flow| &flow.events).map(|(_, event)| event).filter(|event| !matches!(event.kind, EventKind::Signs { .. }));
        let mut reached_already: BTreeSet<FunctionId> = events.filter_map(|event| event.place.function.map(|index| FunctionId { module: event.place.module, index })).collect();
        reached_already.extend(self.endpoints.by_function.keys().copied());
        let reach = self.reach(false);
        let mut found: Vec<(Candidate<'p>, Reached<'p>, bool)> = Vec::new();
        let mut candidates = self.candidates(Side::Server);
        // Server actions may stand in files that are otherwise the client's.
        candidates.extend(self.candidates(Side::Client).into_iter().filter(|candidate| self.is_server_action(candidate.function)));
        for candidate in candidates {
            let defined = self.program.function(candidate.function);
            // What only ends sessions does so for those who call it, whatever sessions these are.
            let is_helper = self.rules.lexicon.is("ends-session", &candidate.symbol);
            if reached_already.contains(&candidate.function) || defined.kind == FunctionKind::Template || !candidate.named || is_helper {
                continue;
            }
            let is_action = self.is_server_action(candidate.function);
            let takes_request = defined.params.iter().any(|param| {
                self.rules.lexicon.is("handler-parameter", &param.name)
                    || param.ty.as_ref().is_some_and(|ty| self.rules.lexicon.is("handler-parameter", ty.last()))
                    || param.parts.iter().any(|(part, _)| self.rules.lexicon.is("handler-parameter", part))
            });
            if !is_action && !takes_request && !self.is_view(candidate.function) {
                continue;
            }
            let reached = reach.walk_functions(&[candidate.function]);
            let has_evidence = reached.events.iter().any(|event| matches!(event.kind, EventKind::Rules { .. }));
            if has_evidence || is_action {
                found.push((candidate, reached, is_action));
            }
        }
        let inner: BTreeSet<FunctionId> =
            found.iter().flat_map(|(candidate, reached, _)| reached.functions.iter().copied().filter(|function| *function != candidate.function)).collect();
        let has_mounted = flows.iter().any(|flow| flow.server.is_some());
        found
            .into_iter()
            .filter(|(candidate, _, is_action)| !inner.contains(&candidate.function) && (*is_action || !has_mounted))
            .filter(|(_, reached, _)| {
                !reached.events.iter().any(|event| matches!(event.kind, EventKind::SignOut(_))) || reached.events.iter().any(|event| matches!(event.kind, EventKind::Rules { .. }))
            })
            .map(|(candidate, reached, _)| {
                let handler = self.handler(candidate.function, &candidate.symbol, Side::Server);
                Flow {
                    server: Some(handler),
                    clients: Vec::new(),
                    events: reached.events.into_iter().map(|event| (Side::Server, event)).collect(),
                    run: BTreeSet::new(),
                    requests: Vec::new(),
                    library: None,
                    calls_elsewhere: None,
                }
            })
            .collect()
    }

    /// Whether a function is what a class of a logout's name answers a method with: `class LogoutHandler(BaseHandler): def get(self)`; or
    /// the class is marked with the path of one.
    fn is_view(&self, function: FunctionId) -> bool {
        let defined = self.program.function(function);
        let is_logout = |owner| {
            let class = self.program.module(function.module).class(owner);
            let is_called_so = is_verb(&defined.name) && !class.bases.is_empty() && is_logout_name(self.rules, &class.name);
            is_called_so || is_marked(self.program, self.rules, function.module, class)
        };
        defined.owner.is_some_and(is_logout)
    }
}
