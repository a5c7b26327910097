//! The keys under which procedures stand in the records of their routers, by which clients call them.

use super::Builder;
use crate::ir::{Call, Value, ValueKind, each_value};
use crate::link::{Place, Thing};
use crate::rules::{Kind, Locator, Route};
use crate::trace::candidates::is_logout_name;

/// Whether a route has neither a path nor a router: it is called by a name.
pub(super) fn is_called_by_name(route: &Route) -> bool {
    route.path.is_empty() && route.router == Locator::None
}

impl<'p> Builder<'_, 'p> {
    /// Notes which calls make what stands under a logout's key: `logout: procedure.mutation(leave)`, `{ logout }` with what another file exports.
    pub(super) fn collect_keys(&mut self) {
        if !self.survey.of(Kind::Route).any(|found| is_called_by_name(&self.rules.routes[found.entry.index])) {
            return;
        }
        let mut entries: Vec<(&'p str, &'p Value, Place)> = Vec::new();
        for (id, module) in self.mentioning() {
            for (function, body) in module.bodies() {
                let place = Place { module: id, function };
                each_value(body, |value| {
                    if let ValueKind::Record(record) = &value.kind {
                        let logouts = record.iter().filter(|(key, _)| is_logout_name(self.rules, key));
                        entries.extend(logouts.map(|(key, entry)| (key.as_str(), entry, place)));
                    }
                });
            }
        }
        for (key, entry, place) in entries {
            if let Some(call) = self.made_by(entry, place) {
                self.keys.entry(std::ptr::from_ref(call)).or_insert(key);
            }
        }
    }

    /// The call that makes a value, or what it names.
    fn made_by(&self, value: &'p Value, place: Place) -> Option<&'p Call> {
        match &value.kind {
            ValueKind::Call(call) => Some(call),
            ValueKind::Name(_) | ValueKind::Member(..) => self.program.eval(value, place, self.follow).into_iter().find_map(|thing| match thing {
                Thing::Outside { last_call: Some((call, _)), .. } => Some(call),
                _ => None,
            }),
            _ => None,
        }
    }

    /// The logout's key under which stands what a call makes.
    pub(super) fn key_of(&self, call: &'p Call) -> Option<&'p str> {
        self.keys.get(&std::ptr::from_ref(call)).copied()
    }
}
