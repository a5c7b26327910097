//! Clients' functions that are called like a logout and end nothing: `const handleLogout = () => navigate("/login")`. They are told of
//! where an application has a login and no other logout.

use super::{Flow, Tracer};
use crate::ir::{CallStyle, FunctionKind, each_call};
use crate::outcome::Side;
use crate::trace::candidates::{Candidate, is_logout_name};

impl<'p> Tracer<'_, 'p> {
    /// One flow of all such functions.
    pub(super) fn idle(&self) -> Option<Flow<'p>> {
        let mut candidates = self.client_candidates();
        candidates.retain(|candidate| self.acts_as_logout(candidate));
        let mut idle = Flow::default();
        for candidate in candidates {
            let reached = self.walk_candidate(&self.reach(true), &candidate);
            if !reached.events.iter().any(|event| self.matters(event)) {
                idle.clients.push(self.client_handler(&candidate));
                idle.events.extend(reached.events.into_iter().map(|event| (Side::Client, event)));
                idle.run.extend(reached.functions);
            }
        }
        (!idle.clients.is_empty()).then_some(idle)
    }

    /// Whether a function has a logout's name of its own and does something, other than to draw.
    fn acts_as_logout(&self, candidate: &Candidate<'p>) -> bool {
        let function = self.program.function(candidate.function);
        let (mut acts, mut draws) = (false, false);
        each_call(&function.body, |call| {
            acts |= call.style == CallStyle::Function;
            draws |= call.style == CallStyle::Element;
        });
        candidate.named
            && acts
            && !draws
            && function.kind != FunctionKind::Constructor
            && is_logout_name(self.rules, &function.name)
            && !self.rules.lexicon.is("after-logout", &function.name)
            && !self.is_reducer(candidate.function)
    }
}
