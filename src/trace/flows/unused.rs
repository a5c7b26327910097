//! Clients' functions that only ask a server elsewhere to log out, or only clear something, and that nothing calls: a logout that the
//! application never makes.

use super::{Flow, FlowHandler, Tracer};
use crate::ir::{Call, FunctionIndex, ImportItem, Module, StepKind, Value, ValueKind, Visit, each_call, walk_block, walk_value};
use crate::link::{FunctionId, ModuleId, Place, Program};
use crate::rules::{Kind, Runs};
use crate::source::Span;
use crate::trace::candidates::{Candidate, asks_for_logout};
use crate::trace::lookup::At;
use crate::trace::reach::{EventKind, Reached};

impl<'p> Tracer<'_, 'p> {
    /// Whether a flow is only such a function.
    pub(super) fn is_unused(&self, flow: &Flow<'p>) -> bool {
        let clears = flow.events.iter().any(|(_, event)| matches!(event.kind, EventKind::Rules { .. } | EventKind::SignOut(_)));
        flow.server.is_none() && flow.calls_elsewhere.is_some() != clears && flow.clients.iter().all(|client| self.is_never_called(client))
    }

    /// Whether a flow only clears something in functions that nothing calls but the closures of interceptors: `interceptors.response.use(…)`.
    pub(super) fn is_intercepting(&self, flow: &Flow<'p>) -> bool {
        let is_intercepting = |client: &FlowHandler| client.function.is_some_and(|function| self.is_run_intercepting_only(function));
        flow.server.is_none() && flow.calls_elsewhere.is_none() && !flow.clients.is_empty() && flow.clients.iter().all(is_intercepting)
    }

    /// Clients without the closures of interceptors that log out, where something else of the client asks for a logout: the server has
    /// refused the session already, and what they clear no button clears.
    pub(super) fn without_interceptors(&self, kept: Vec<(Candidate<'p>, Reached<'p>)>) -> Vec<(Candidate<'p>, Reached<'p>)> {
        let intercepts = |candidate: &Candidate<'p>| {
            let Candidate { function: FunctionId { module, index }, named, .. } = *candidate;
            !named && self.runs_intercepting(Place { module, function: Some(index) })
        };
        let forced: Vec<bool> = kept.iter().map(|(candidate, _)| intercepts(candidate)).collect();
        if !kept.iter().zip(&forced).any(|((_, reached), forced)| !forced && self.asks(reached)) {
            return kept;
        }
        kept.into_iter().zip(forced).filter(|(_, forced)| !forced).map(|(client, _)| client).collect()
    }

    /// Whether what a client reaches asks a server for a logout.
    pub(super) fn asks(&self, reached: &Reached<'p>) -> bool {
        reached.events.iter().any(|event| match &event.kind {
            EventKind::Request(request) => asks_for_logout(self.rules, self.endpoints, request),
            kind => matches!(kind, EventKind::Endpoint(_)),
        })
    }

    fn is_run_intercepting_only(&self, id: FunctionId) -> bool {
        let function = self.program.function(id);
        let module = self.program.module(id.module);
        if function.parent.is_some() || function.owner.is_some() || function.name.is_empty() || module.language.has_implicit_members() {
            return false;
        }
        let nowhere = |_: Place| false;
        let intercepting = |place: Place| self.runs_intercepting(place);
        self.is_used_in(id, &function.name, id.module, module, &nowhere) && !self.is_used(id, &intercepting)
    }

    /// Whether a place is in the closure of an interceptor.
    fn runs_intercepting(&self, place: Place) -> bool {
        let module = self.program.module(place.module);
        let around: Vec<FunctionIndex> = module.around(place.function).collect();
        let takes = |call: &Call| call.args.iter().any(|argument| matches!(argument.value.kind, ValueKind::Closure(index) if around.contains(&index)));
        let mut found = false;
        for (function, body) in module.bodies() {
            let place = Place { module: place.module, function };
            each_call(body, |call| found = found || takes(call) && self.is_intercepted(call, place));
        }
        found
    }

    fn is_intercepted(&self, call: &'p Call, place: Place) -> bool {
        let entries = At { program: self.program, place }.fitting_call(self.rules, &[Kind::Callback], call);
        entries.iter().any(|entry| self.rules.callbacks[entry.index].runs == Runs::Intercepting)
    }

    fn is_never_called(&self, client: &FlowHandler) -> bool {
        let Some(id) = client.function else { return false };
        let function = self.program.function(id);
        let module = self.program.module(id.module);
        let is_exported = module.exports.iter().any(|export| export.name == function.name);
        // A method that no call is known to run is only one where nothing of its name is called that is not known.
        let is_method = function.owner.is_some() && module.language.has_implicit_members();
        // NOTE: a method of another language, or a closure, may be run by whoever holds its object.
        if function.parent.is_some() || function.name.is_empty() || !is_method && (function.owner.is_some() || !is_exported || module.language.has_implicit_members()) {
            return false;
        }
        !self.is_used(id, &|_| false)
    }

    /// Whether something in the files of a function's language may run it, leaving some places out.
    fn is_used(&self, id: FunctionId, leaves_out: &dyn Fn(Place) -> bool) -> bool {
        let (name, language) = (&self.program.function(id).name, self.program.module(id.module).language.name());
        let mut modules = self.program.modules().filter(|(_, module)| module.language.name() == language);
        modules.any(|(file, module)| self.is_used_in(id, name, file, module, leaves_out))
    }

    /// Whether something in a file may run a function, leaving some places out.
    fn is_used_in(&self, id: FunctionId, name: &str, file: ModuleId, module: &'p Module, leaves_out: &dyn Fn(Place) -> bool) -> bool {
        let takes = |item: &ImportItem| matches!(item, ImportItem::Named(taken) if taken == name);
        if file != id.module && module.imports.iter().any(|import| takes(&import.item)) {
            return true;
        }
        // Where it is declared it is not used.
        let is_declared = |step: &crate::ir::Step| match &step.kind {
            StepKind::Assign { target, .. } if matches!(&target.kind, ValueKind::Name(bound) if bound == name) => Some(target.span),
            _ => None,
        };
        let declared = module.top.iter().find_map(is_declared);
        module.bodies().any(|(function, body)| {
            let place = Place { module: file, function };
            let mut uses = Uses { program: self.program, id, name, declared, place, found: false };
            walk_block(body, &mut uses);
            uses.found && !leaves_out(place)
        })
    }
}

/// Looks for what may run a function.
struct Uses<'a, 'p> {
    program: &'a Program<'p>,
    id: FunctionId,
    name: &'a str,
    declared: Option<Span>,
    place: Place,
    found: bool,
}

impl<'p> Uses<'_, 'p> {
    /// Whether a mention may be one of the function: every other one is known to be that of another.
    fn may_be(&self, value: &'p Value) -> bool {
        let functions = self.program.functions_of(value, self.place, false);
        functions.is_empty() || functions.contains(&self.id)
    }

    fn may_run(&self, call: &'p Call) -> bool {
        let targets = self.program.targets(call, self.place, false);
        targets.is_empty() || targets.contains(&self.id)
    }
}

impl<'p> Visit<'p> for Uses<'_, 'p> {
    fn value(&mut self, value: &'p Value) -> bool {
        match &value.kind {
            ValueKind::Call(call) if matches!(&call.callee.kind, ValueKind::Name(last) | ValueKind::Member(_, last) if last == self.name) => {
                self.found |= self.may_run(call);
                if let ValueKind::Member(of, _) = &call.callee.kind {
                    walk_value(of, self);
                }
                call.args.iter().for_each(|argument| walk_value(&argument.value, self));
                return false;
            }
            ValueKind::Name(name) | ValueKind::Member(_, name) if name == self.name && self.declared != Some(value.span) => self.found |= self.may_be(value),
            _ => {}
        }
        !self.found
    }
}
