//! What the tokens that a helper signs are for, by those who call it.

use super::Case;
use super::backends::Issued;
use crate::ir::{Call, ValueKind};
use crate::link::{FunctionId, Place};

impl<'p> Case<'_, 'p> {
    /// Whether a helper signs a token for others, of whom each makes it for something else than a login: `signToken(user.email)` in the
    /// route of a forgotten password. It asks the files that were not read closely too: for questions that are seldom asked.
    pub(super) fn is_signed_for_other_purposes(&self, issued: &Issued) -> bool {
        let Some(index) = issued.place.function else { return false };
        let helper = FunctionId { module: issued.place.module, index };
        let defined = self.program.function(helper);
        let name = defined.name.as_str();
        if name.is_empty() {
            return false;
        }
        let is_method = defined.owner.is_some();
        let runs_it = |(call, place): &&(&'p Call, Place)| {
            let targets = self.program.targets(call, *place, false);
            // Of what is only known by its interface the method's name tells enough.
            targets.contains(&helper) || targets.is_empty() && is_method && matches!(call.callee.kind, ValueKind::Member(..))
        };
        let mut callers = self.program.calls_of(name).iter().filter(runs_it).peekable();
        let elsewhere = self.texts.callers_elsewhere(name, is_method);
        let is_called = callers.peek().is_some() || !elsewhere.is_empty();
        is_called
            && callers.all(|(call, place)| self.is_for_other_purpose(*place, call.span, issued.kind))
            && elsewhere.iter().all(|path| self.rules.lexicon.is("not-login", path.as_str()))
    }
}
