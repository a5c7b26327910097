//! Servers that hand a logout on to another server.

use std::collections::BTreeMap;

use super::Tracer;
use super::clients::Group;
use crate::ir::{ValueKind, each_value};
use crate::outcome::Side;
use crate::trace::endpoints::Endpoint;
use crate::trace::reach::{Event, EventKind, Reached};
use crate::trace::requests::{Request, falls_through, fit, is_logout_path, path_segments, takes_all};

impl<'p> Tracer<'_, 'p> {
    /// Servers that hand a logout on to another server of the project: each with the one it leads to.
    pub(super) fn relays(&self, servers: &[Vec<usize>], reached: &[Reached<'p>]) -> BTreeMap<usize, usize> {
        let mut relays = BTreeMap::new();
        let is_example = |indices: &[usize]| indices.first().is_some_and(|index| self.is_example(&self.endpoints.all[*index]));
        // What a library logs out by itself hands nothing on: its settings name paths, not requests.
        let is_own = |at: &usize| servers[*at].first().is_none_or(|index| self.endpoints.all[*index].library.is_none());
        for (at, own) in reached.iter().enumerate().filter(|(at, _)| is_own(at)) {
            for event in &own.events {
                let EventKind::Request(request) = &event.kind else { continue };
                if request.is_markup {
                    continue;
                }
                let best = servers
                    .iter()
                    .enumerate()
                    .filter(|(other, indices)| *other != at && !relays.contains_key(other) && (is_example(&servers[at]) || !is_example(indices)))
                    .map(|(other, indices)| (indices.iter().map(|index| fit(request, &self.endpoints.all[*index])).max().unwrap_or(0), other))
                    .filter(|(score, _)| *score > 0)
                    .max_by_key(|(score, other)| (*score, usize::MAX - other));
                if let Some((_, target)) = best {
                    relays.insert(at, target);
                    break;
                }
            }
            if !relays.contains_key(&at)
                && let Some(target) = self.sole_other(at, servers, reached).filter(|target| !relays.contains_key(target))
            {
                relays.insert(at, target);
            }
        }
        relays
    }

    /// The logout that a server asks for of one that is not among the scanned.
    pub(super) fn asked_elsewhere(&self, own: &Endpoint<'p>, events: &[Event<'p>]) -> Option<Request> {
        let is_answered = |request: &Request| self.endpoints.all.iter().any(|other| other.place.module != own.place.module && fit(request, other) > 0);
        let mut of_server = events.iter().filter(|event| self.sides.of(event.place.module) == Side::Server);
        of_server.find_map(|event| match &event.kind {
            EventKind::Request(request) if request.method != "ANY" && !request.is_markup && is_logout_path(self.rules, &request.path) && !is_answered(request) => {
                Some(request.clone())
            }
            _ => None,
        })
    }

    /// The server that a call of a logout's name goes to, where its function is not known (a client that was generated): the only one in
    /// another language.
    fn sole_other(&self, at: usize, servers: &[Vec<usize>], reached: &[Reached<'p>]) -> Option<usize> {
        let language = |indices: &Vec<usize>| self.program.module(self.endpoints.all[indices[0]].place.module).language;
        let here = language(servers.get(at)?);
        let calls_unknown = reached.get(at)?.events.iter().any(|event| matches!(event.kind, EventKind::Unknown(_)));
        let mut others = servers.iter().enumerate().filter(|(_, indices)| language(indices).name() != here.name());
        let (target, _) = others.next().filter(|_| calls_unknown)?;
        others.next().is_none().then_some(target)
    }

    /// What the proxies do that a group's requests go through: endpoints that take every path below theirs and speak of logouts.
    pub(super) fn relayed(&self, group: &Group<'p>) -> Vec<Event<'p>> {
        let mut events = Vec::new();
        for event in group.reached.iter().flat_map(|reached| &reached.events) {
            let EventKind::Request(request) = &event.kind else { continue };
            if request.is_markup || !is_logout_path(self.rules, &request.path) {
                continue;
            }
            for endpoint in &self.endpoints.all {
                let speaks = endpoint.functions.iter().any(|function| self.surroundings.mentions_logout(function.module));
                if speaks && (falls_through(request, endpoint) || takes_all(request, endpoint) && self.names_path(endpoint, &request.path)) {
                    events.extend(self.reach_server(&self.reach(false), endpoint).events.into_iter().filter(|event| matches!(event.kind, EventKind::Rules { .. })));
                }
            }
        }
        events
    }

    /// Whether the code of an endpoint names a path in so many words: `if (route === "auth/logout")`.
    fn names_path(&self, endpoint: &Endpoint<'p>, path: &str) -> bool {
        let asked = path_segments(path);
        endpoint.functions.iter().any(|function| {
            let mut named = false;
            each_value(&self.program.function(*function).body, |value| {
                named |= matches!(&value.kind, ValueKind::Text(text) if text.len() < 100 && path_segments(text) == asked);
            });
            named
        })
    }
}
