//! What a hook was handed runs where the caller asks for it: `const { mutate } = useMutation({ mutationFn: signOut })`.

use super::{CallFacts, EventKind, Fitted, Step, Walk};
use crate::ir::{Call, CallStyle, Name, ValueKind};
use crate::link::Thing;
use crate::rules::{Kind, Subject};

impl<'p> Walk<'_, '_, 'p> {
    /// A call of what a hook from outside gave back, maybe under another name (`const { mutate: leave } = useLeave()`): the functions run
    /// that the hook was handed. What was noted of the call from event `seen` on as not known is known then.
    pub(super) fn prepared(&mut self, call: &'p Call, facts: &CallFacts, seen: usize) {
        let rules = self.reach.rules;
        let runs_it = |name: &str| rules.lexicon.is("prepared-call", name);
        let is_bare = call.style == CallStyle::Function && matches!(call.callee.kind, ValueKind::Name(_));
        if !self.reach.is_client || !facts.targets.is_empty() || !(is_bare || runs_it(&facts.last)) {
            return;
        }
        let program = self.reach.program;
        let made = program.eval(&call.callee, self.place(), self.reach.follow).into_iter().find_map(|thing| match thing {
            Thing::Outside { made_by, name, .. } => made_by.filter(|_| runs_it(&facts.last) || runs_it(name.last())),
            _ => None,
        });
        let Some((hook, at)) = made.filter(|(hook, _)| !std::ptr::eq(*hook, call)) else { return };
        let own = self.reached.events.len();
        let before = self.state;
        self.trail.push(Step { module: self.place().module, span: call.span });
        self.state.place = Some(at);
        let callbacks = self.entries(Subject::Call { call: hook, names: &[Name::of_call(hook)] }).into_iter().filter(|entry| entry.kind == Kind::Callback);
        let fitted = Fitted { callbacks: callbacks.map(|entry| entry.index).collect(), ..Fitted::default() };
        self.arguments(hook, &fitted);
        if self.reached.events.len() > own {
            let mut at = 0;
            self.reached.events.retain(|event| {
                at += 1;
                at <= seen || at > own || event.span != call.span || !matches!(event.kind, EventKind::Unknown(_))
            });
        }
        self.trail.pop();
        self.state = before;
    }
}
