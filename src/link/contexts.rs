//! What components hand down through the page: `<Session.Provider value={…}>`, which a hook below takes with `useContext(Session)`.

use super::eval::{Place, Thing};
use super::program::{ModuleId, Program};
use crate::ir::{Call, CallStyle, Value, ValueKind, each_call};

impl<'p> Program<'p> {
    /// A member of what is handed down under the context that a call asks for.
    pub(super) fn member_of_context(&self, asked: &'p Call, at: Place, member: &str, follow: bool, steps: usize) -> Option<Vec<Thing<'p>>> {
        let steps = steps.checked_sub(2)?;
        let ([context], true) = (asked.args.as_slice(), is_asking(asked.callee.last_name())) else { return None };
        let made = self.maker(&context.value, at, steps)?;
        let (value, place) = self.handed_down(at.module, made, steps).or_else(|| if made.1 == at.module { None } else { self.handed_down(made.1, made, steps) })?;
        let found: Vec<Thing<'p>> = self.eval_steps(value, place, follow, steps).into_iter().flat_map(|thing| self.member(thing, member, follow, steps)).collect();
        found.iter().any(|thing| !matches!(thing, Thing::Outside { .. })).then_some(found)
    }

    /// The call that made what a value stands for, and its file.
    fn maker(&self, value: &'p Value, place: Place, steps: usize) -> Option<(*const Call, ModuleId)> {
        self.eval_steps(value, place, false, steps).into_iter().find_map(|thing| match thing {
            Thing::Outside { made_by: Some((call, at)), .. } => Some((std::ptr::from_ref(call), at.module)),
            _ => None,
        })
    }

    /// What an element of a file hands down under a context.
    fn handed_down(&self, file: ModuleId, context: (*const Call, ModuleId), steps: usize) -> Option<(&'p Value, Place)> {
        let mut found = None;
        for (function, body) in self.module(file).bodies() {
            let place = Place { module: file, function };
            each_call(body, |call| {
                if found.is_none()
                    && call.style == CallStyle::Element
                    && let Some(value) = call.named("value")
                    && let ValueKind::Name(_) | ValueKind::Member(..) = &call.callee.kind
                {
                    let of = if let ValueKind::Member(of, _) = &call.callee.kind { of } else { &call.callee };
                    if self.maker(of, place, steps) == Some(context) {
                        found = Some((value, place));
                    }
                }
            });
        }
        found
    }
}

/// Whether a function of this name takes what is handed down.
fn is_asking(name: &str) -> bool {
    matches!(name, "useContext" | "use" | "useContextSelector")
}
