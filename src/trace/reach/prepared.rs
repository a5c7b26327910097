//! What a hook was handed runs where the caller asks for it: `const { mutate } = useMutation({ mutationFn: signOut })`.

use super::{CallFacts, Fitted, Step, Walk};
use crate::ir::{Call, Name};
use crate::link::Thing;
use crate::rules::{Kind, Subject};

impl<'p> Walk<'_, '_, 'p> {
    /// A call of what a hook from outside gave back: the functions run that the hook was handed.
    pub(super) fn prepared(&mut self, call: &'p Call, facts: &CallFacts) {
        if !self.reach.is_client || !facts.targets.is_empty() || !self.reach.rules.lexicon.is("prepared-call", &facts.last) {
            return;
        }
        let program = self.reach.program;
        let made = program.eval(&call.callee, self.place(), self.reach.follow).into_iter().find_map(|thing| match thing {
            Thing::Outside { made_by, .. } => made_by,
            _ => None,
        });
        let Some((hook, at)) = made.filter(|(hook, _)| !std::ptr::eq(*hook, call)) else { return };
        let before = self.state;
        self.trail.push(Step { module: self.place().module, span: call.span });
        self.state.place = Some(at);
        let callbacks = self.entries(Subject::Call { call: hook, names: &[Name::of_call(hook)] }).into_iter().filter(|entry| entry.kind == Kind::Callback);
        let fitted = Fitted { callbacks: callbacks.map(|entry| entry.index).collect(), ..Fitted::default() };
        self.arguments(hook, &fitted);
        self.trail.pop();
        self.state = before;
    }
}
