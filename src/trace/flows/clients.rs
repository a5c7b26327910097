//! Client handlers, joined to groups and tied to the servers that they call.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::{Flow, FlowHandler, Tracer};
use crate::link::{FunctionId, ModuleId, Place, Program};
use crate::outcome::Side;
use crate::rules::split_words;
use crate::source::Span;
use crate::trace::candidates::{Candidate, asks_for_logout};
use crate::trace::endpoints::common_folders;
use crate::trace::reach::{Event, EventKind, Reached, Step, Way};
use crate::trace::requests::{Request, deletes_session, fit, is_logout_path, passed_on};

/// Client handlers that call one another, with all that they reach.
pub(super) struct Group<'p> {
    pub(super) members: Vec<Candidate<'p>>,
    pub(super) reached: Vec<Reached<'p>>,
}

impl<'p> Tracer<'_, 'p> {
    /// The functions of clients where a logout may begin: what answers an endpoint runs on the server, whoever calls it.
    pub(super) fn client_candidates(&self) -> Vec<Candidate<'p>> {
        let mut candidates = self.candidates(Side::Client);
        candidates.retain(|candidate| !self.endpoints.by_function.contains_key(&candidate.function) && !self.is_server_action(candidate.function));
        candidates
    }

    /// Joins a candidate with the handler whose name a call bears that could not be followed. Gives the places of such calls, for each
    /// candidate.
    fn join_named(&self, kept: &[(Candidate<'p>, Reached<'p>)], group_of: &mut [usize]) -> Vec<Vec<(Place, Span)>> {
        let mut followed = vec![Vec::new(); kept.len()];
        for (at, (_, reached)) in kept.iter().enumerate() {
            for event in &reached.events {
                let EventKind::Unknown(name) = &event.kind else { continue };
                let called = hooked_words(name);
                let here = self.surroundings.path(event.place.module);
                let bears = |candidate: &Candidate<'p>| candidate.named && hooked_words(&candidate.symbol) == called;
                let near = |candidate: &Candidate<'p>| common_folders(&self.surroundings.path(candidate.function.module), &here);
                let others = kept.iter().enumerate().filter(|(other, (candidate, _))| *other != at && bears(candidate));
                // What is made from an endpoint sends something; a store's reducer of the same name does not.
                let is_made = called.len() + 1 < split_words(name).len();
                let sends = |reached: &Reached<'p>| reached.events.iter().any(|event| matches!(event.kind, EventKind::Request(_) | EventKind::Endpoint(_)));
                let rank = |(other, (candidate, reached)): &(usize, &(Candidate<'p>, Reached<'p>))| (is_made && sends(reached), near(candidate), std::cmp::Reverse(*other));
                if let Some((other, _)) = others.max_by_key(rank) {
                    join(group_of, at, other);
                    followed[at].push((event.place, event.span));
                }
            }
        }
        followed
    }

    /// Client handlers, joined where one reaches the other.
    pub(super) fn client_groups(&self) -> Vec<Group<'p>> {
        let follow = |candidate: Candidate<'p>| {
            let reached = self.walk_candidate(&self.reach(true), &candidate);
            reached.events.iter().any(|event| self.matters(event)).then_some((candidate, reached))
        };
        let kept: Vec<(Candidate<'p>, Reached<'p>)> = self.client_candidates().into_par_iter().with_max_len(1).map(follow).flatten_iter().collect();
        let mut kept = self.without_interceptors(without_unused(self.program, kept));
        let mut group_of: Vec<usize> = (0..kept.len()).collect();
        let position: BTreeMap<FunctionId, usize> = kept.iter().enumerate().map(|(at, (candidate, _))| (candidate.function, at)).collect();
        for (at, (_, reached)) in kept.iter().enumerate() {
            for function in &reached.functions {
                if let Some(other) = position.get(function) {
                    join(&mut group_of, at, *other);
                }
            }
        }
        // Closures belong to the handler that encloses them.
        for (at, (candidate, _)) in kept.iter().enumerate() {
            let module = self.program.module(candidate.function.module);
            let mut parent = module.function(candidate.function.index).parent;
            while let Some(index) = parent {
                if let Some(other) = position.get(&FunctionId { module: candidate.function.module, index }) {
                    join(&mut group_of, at, *other);
                }
                parent = module.function(index).parent;
            }
        }
        let followed = self.join_named(&kept, &mut group_of);
        for ((_, reached), followed) in kept.iter_mut().zip(followed) {
            let is_followed = |event: &Event<'p>| matches!(event.kind, EventKind::Unknown(_)) && followed.contains(&(event.place, event.span));
            reached.events.retain(|event| !is_followed(event));
        }
        // What watches for a logout's answer runs with every client of the application that asks for one.
        let asking: Vec<usize> = kept.iter().enumerate().filter(|(_, (_, reached))| self.asks(reached)).map(|(at, _)| at).collect();
        for (at, (watcher, _)) in kept.iter().enumerate().filter(|(_, (candidate, _))| candidate.is_watcher) {
            let here = self.surroundings.path(watcher.function.module);
            let near = |other: &usize| common_folders(&self.surroundings.path(kept[*other].0.function.module), &here);
            let nearest = asking.iter().map(near).max();
            for other in asking.iter().filter(|other| Some(near(other)) == nearest || near(other) > 0) {
                join(&mut group_of, at, *other);
            }
        }
        // Handlers of one component are one client.
        let mut by_component: BTreeMap<FunctionId, usize> = BTreeMap::new();
        for (at, (candidate, _)) in kept.iter().enumerate() {
            let outermost = self.outermost(candidate.function);
            if outermost != candidate.function {
                let other = *by_component.entry(outermost).or_insert(at);
                join(&mut group_of, at, other);
            }
        }
        self.join_pages(&kept, &mut group_of);
        self.join_afterwards(&kept, &mut group_of);
        self.join_alike(&kept, &mut group_of);
        let mut groups: BTreeMap<usize, Group<'p>> = BTreeMap::new();
        for (at, (candidate, reached)) in kept.into_iter().enumerate() {
            let group = groups.entry(root(&group_of, at)).or_insert_with(|| Group { members: Vec::new(), reached: Vec::new() });
            group.members.push(candidate);
            group.reached.push(reached);
        }
        // What a hook makes is only named where no function of the component calls it.
        for group in groups.values_mut().filter(|group| group.members.iter().any(|member| member.call.is_none())) {
            group.members.retain(|member| member.call.is_none());
        }
        // Nor is a listener that only hands over to a handler with a name.
        let names_it = |member: &Candidate<'p>| !member.is_event && !self.is_reducer(member.function);
        for group in groups.values_mut().filter(|group| group.members.iter().any(names_it)) {
            group.members.retain(|member| !member.is_event);
        }
        // A function that only calls the endpoint belongs to the named handler around it or in it.
        for group in groups.values_mut() {
            let named: BTreeSet<FunctionId> = group.members.iter().filter(|member| member.named).map(|member| member.function).collect();
            let around: BTreeSet<FunctionId> = named.iter().flat_map(|function| self.enclosing(*function)).collect();
            let is_part = |member: &Candidate<'p>| around.contains(&member.function) || self.enclosing(member.function).any(|outer| named.contains(&outer));
            group.members.retain(|member| member.named || member.span.is_some() || !is_part(member));
        }
        groups.into_values().collect()
    }

    /// The functions around one, the nearest first.
    fn enclosing(&self, function: FunctionId) -> impl Iterator<Item = FunctionId> {
        let module = self.program.module(function.module);
        let first = module.function(function.index).parent;
        module.around(first).map(move |index| FunctionId { module: function.module, index })
    }

    /// The function that encloses all others around one.
    fn outermost(&self, function: FunctionId) -> FunctionId {
        let module = self.program.module(function.module);
        let mut at = function.index;
        while let Some(parent) = module.function(at).parent {
            at = parent;
        }
        FunctionId { module: function.module, index: at }
    }

    /// Joins what a page runs when it is shown to the other handlers of its file.
    fn join_pages(&self, kept: &[(Candidate<'p>, Reached<'p>)], group_of: &mut [usize]) {
        let module = |at: usize| kept[at].0.function.module;
        let is_start = |at: usize| self.rules.lexicon.is_exactly("page-start", &self.program.function(kept[at].0.function).name);
        for at in (0..kept.len()).filter(|at| is_start(*at)) {
            for other in (0..kept.len()).filter(|other| module(*other) == module(at)) {
                join(group_of, at, other);
            }
        }
    }

    /// Joins what a class does when a logout is over to the class's logout: `onLogoutSuccess` to `logout`.
    fn join_afterwards(&self, kept: &[(Candidate<'p>, Reached<'p>)], group_of: &mut [usize]) {
        let owner = |at: usize| self.program.function(kept[at].0.function).owner.map(|owner| (kept[at].0.function.module, owner));
        let is_after = |at: usize| kept[at].0.named && self.rules.lexicon.is("after-logout", &kept[at].0.symbol);
        for at in (0..kept.len()).filter(|at| is_after(*at) && owner(*at).is_some()) {
            if let Some(logout) = (0..kept.len()).find(|other| owner(*other) == owner(at) && kept[*other].0.named && !is_after(*other)) {
                join(group_of, at, logout);
            }
        }
    }

    /// Joins what runs on clicks in several components of an application and does the same, by the same rules: one logout that is written
    /// out wherever it is offered.
    fn join_alike(&self, kept: &[(Candidate<'p>, Reached<'p>)], group_of: &mut [usize]) {
        let has_name: BTreeSet<usize> = kept.iter().enumerate().filter(|(_, (candidate, _))| !candidate.is_event).map(|(at, _)| root(group_of, at)).collect();
        let mut first_of: BTreeMap<(String, BTreeSet<usize>), usize> = BTreeMap::new();
        for (at, (candidate, reached)) in kept.iter().enumerate() {
            if has_name.contains(&root(group_of, at)) {
                continue;
            }
            let entries = reached.events.iter().flat_map(|event| if let EventKind::Rules { entries, .. } = &event.kind { entries.as_slice() } else { &[] });
            let rules: BTreeSet<usize> = entries.map(|entry| entry.index).collect();
            if rules.is_empty() {
                continue;
            }
            let path = self.surroundings.path(candidate.function.module);
            let folder = path.split('/').next().unwrap_or_default().to_owned();
            join(group_of, at, *first_of.entry((folder, rules)).or_insert(at));
        }
    }

    /// Whether an event makes a client function a logout handler.
    pub(super) fn matters(&self, event: &Event<'p>) -> bool {
        match &event.kind {
            EventKind::Rules { .. } | EventKind::Endpoint(_) | EventKind::SignOut(_) => true,
            EventKind::Request(request) => asks_for_logout(self.rules, self.endpoints, request),
            EventKind::Unknown(name) => (0..self.endpoints.all.len()).any(|index| self.is_procedure(index, name)),
            EventKind::Leaves(_) | EventKind::Signs { .. } => false,
        }
    }

    /// Adds a group of client handlers to the flows whose server they call, or makes it a flow of its own.
    pub(super) fn tie(
        &self,
        group: Group<'p>,
        servers: &[Vec<usize>],
        relays: &BTreeMap<usize, usize>,
        flow_of: &FxHashMap<usize, usize>,
        flows: &mut [Flow<'p>],
        alone: &mut Vec<Flow<'p>>,
    ) {
        let mut tied: BTreeMap<usize, Vec<Step>> = BTreeMap::new();
        let mut procedures: BTreeSet<Step> = BTreeSet::new();
        let mut elsewhere = None;
        for event in group.reached.iter().flat_map(|reached| &reached.events) {
            match &event.kind {
                EventKind::Endpoint(index) => {
                    if let Some(at) = servers.iter().position(|indices| indices.contains(index)) {
                        tied.entry(at).or_default().push(Step { module: event.place.module, span: event.span });
                    }
                }
                EventKind::Request(request) => {
                    let scored = |request: &Request| -> Vec<(usize, usize)> {
                        let best_of = |indices: &Vec<usize>| indices.iter().map(|index| fit(request, &self.endpoints.all[*index])).max().unwrap_or(0);
                        servers.iter().enumerate().map(|(at, indices)| (best_of(indices), at)).filter(|(score, _)| *score > 0).collect()
                    };
                    let mut scores = scored(request);
                    if scores.is_empty() && is_logout_path(self.rules, &request.path) {
                        // By a method that the server does not answer: still its client.
                        scores = scored(&Request { method: "ANY".to_owned(), ..request.clone() });
                    }
                    if scores.is_empty() && is_logout_path(self.rules, &request.path) {
                        // By way of an endpoint that hands everything below it on.
                        let passed = self.endpoints.all.iter().find_map(|endpoint| passed_on(request, endpoint));
                        scores = passed.map_or_else(Vec::new, |path| scored(&Request { path, ..request.clone() }));
                    }
                    let best = scores.iter().map(|(score, _)| *score).max().unwrap_or(0);
                    for (_, at) in scores.into_iter().filter(|(score, _)| *score == best) {
                        tied.entry(at).or_default().push(Step { module: event.place.module, span: event.span });
                    }
                    let is_sent = request.method != "ANY" || request.path.contains("//");
                    let is_logout = is_logout_path(self.rules, &request.path) || deletes_session(self.rules, &request.method, &request.path);
                    if best == 0 && is_sent && !request.is_markup && is_logout {
                        elsewhere = elsewhere.or_else(|| Some(request.clone()));
                    }
                }
                EventKind::Unknown(name) => {
                    // A procedure is called by the name of its function, on a proxy that no file defines.
                    let mut serving = servers.iter().enumerate().filter(|(_, indices)| indices.iter().any(|index| self.is_procedure(*index, name)));
                    if let (Some((at, _)), None) = (serving.next(), serving.next()) {
                        let step = Step { module: event.place.module, span: event.span };
                        procedures.insert(step);
                        tied.entry(at).or_default().push(step);
                    }
                }
                _ => {}
            }
        }
        let relayed = self.relayed(&group);
        let clients: Vec<FlowHandler> = group.members.iter().map(|member| self.client_handler(member)).collect();
        let group_named = group.members.iter().any(|member| member.named);
        let is_other = group.members.iter().all(|member| self.rules.lexicon.is("other-sessions", &member.symbol));
        let asks_procedure = |event: &Event<'p>| matches!(event.kind, EventKind::Unknown(_)) && procedures.contains(&Step { module: event.place.module, span: event.span });
        let run: BTreeSet<FunctionId> = group.reached.iter().flat_map(|reached| reached.functions.iter().copied()).collect();
        let events: Vec<Event<'p>> = group.reached.into_iter().flat_map(|reached| reached.events).filter(|event| !asks_procedure(event)).collect();
        let mut added = false;
        for (at, requests) in &tied {
            let at = relays.get(at).unwrap_or(at);
            if let Some(flow) = flow_of.get(at) {
                let flow = &mut flows[*flow];
                flow.clients.extend(clients.iter().cloned());
                flow.requests.extend(requests);
                flow.run.extend(&run);
                flow.events.extend(events.iter().cloned().map(|event| (Side::Client, event)));
                flow.events.extend(relayed.iter().cloned().map(|event| (Side::Server, event)));
                added = true;
            }
        }
        if added {
            return;
        }
        let own_evidence = events.iter().any(|event| matches!(event.kind, EventKind::Rules { .. }));
        // What only wraps a provider or a callback is no handler of its own.
        let named = group_named || elsewhere.is_some();
        if named && (own_evidence || elsewhere.is_some()) && (!is_other || servers.is_empty()) {
            alone.push(Flow {
                server: None,
                clients,
                events: events.into_iter().map(|event| (Side::Client, event)).collect(),
                run,
                requests: Vec::new(),
                library: None,
                calls_elsewhere: elsewhere,
            });
        }
    }

    /// Whether an endpoint has no path but the name of its function, and that is the one asked for; or one is asked for whose name was
    /// made of the endpoint's method and path: `getApiLogout()`, `apiLogoutPost()`.
    fn is_procedure(&self, index: usize, name: &str) -> bool {
        let endpoint = &self.endpoints.all[index];
        if endpoint.library.is_some() {
            return false;
        }
        let is_called = |function: &FunctionId| self.program.function(*function).name == name;
        endpoint.path.trim_matches('/') == name && endpoint.functions.iter().any(is_called) || is_operation(&endpoint.method, &endpoint.path, name)
    }

    pub(super) fn client_handler(&self, candidate: &Candidate<'p>) -> FlowHandler {
        let mut handler = self.handler(candidate.function, &candidate.symbol, Side::Client);
        if let Some(span) = candidate.span {
            handler.span = span;
            handler.head = span;
        }
        handler
    }
}

impl Flow<'_> {
    /// Forgets the calls of names whose functions are not known where these lead to another handler of the flow, which was found by
    /// that name: a hook's client, a command of another language.
    pub(super) fn forget_followed(&mut self) {
        let handlers = self.server.iter().chain(&self.clients);
        let named: Vec<(Vec<String>, Place, Span)> = handlers.map(|handler| (hooked_words(&handler.symbol), handler.place, handler.span)).collect();
        self.events.retain(|(_, event)| {
            let EventKind::Unknown(name) = &event.kind else { return true };
            let called = hooked_words(name);
            let is_around = |place: &Place, span: &Span| place.module == event.place.module && span.contains(event.span);
            !named.iter().any(|(words, place, span)| *words == called && !is_around(place, span))
        });
    }
}

/// The words of a name, without those by which hooks are made from endpoints, and actions called: `useLazyLogoutQuery` and `logoutAction`
/// are `logout`.
fn hooked_words(name: &str) -> Vec<String> {
    let mut words = split_words(name);
    words.retain(|word| !matches!(word.as_str(), "use" | "lazy" | "query" | "mutation" | "async" | "handle" | "on" | "do" | "action"));
    words
}

/// Whether a name is the one that generators of clients make of a method and a path.
fn is_operation(method: &str, path: &str, name: &str) -> bool {
    let mut words = split_words(name);
    let method = method.to_lowercase();
    if words.len() < 2 {
        return false;
    }
    if words.first() == Some(&method) {
        words.remove(0);
    } else if words.last() == Some(&method) {
        words.pop();
    } else {
        return false;
    }
    words.concat() == split_words(path).concat()
}

/// Handlers of which every other handler that calls them drops what they give: where that is a stream which runs only when it is used,
/// nothing of theirs runs.
fn without_unused<'p>(program: &Program<'p>, mut kept: Vec<(Candidate<'p>, Reached<'p>)>) -> Vec<(Candidate<'p>, Reached<'p>)> {
    let never_runs = |at: usize| {
        let function = kept[at].0.function;
        let span = program.function(function).span;
        let is_inside = |module: ModuleId, at: Span| module == function.module && span.contains(at);
        // What it does itself, and what it calls.
        let passes = |event: &Event<'p>| is_inside(event.place.module, event.span) || event.trail.iter().any(|step| is_inside(step.module, step.span));
        let inside = |event: &&Event<'p>| !matches!(event.kind, EventKind::Signs { .. }) && passes(event);
        let callers = kept.iter().enumerate().filter(|(other, (_, reached))| *other != at && reached.functions.contains(&function));
        let mut events = callers.flat_map(|(_, (_, reached))| reached.events.iter().filter(inside)).peekable();
        events.peek().is_some() && events.all(|event| event.way == Way::Dead)
    };
    let unused: Vec<usize> = (0..kept.len()).filter(|at| never_runs(*at)).collect();
    for at in unused {
        kept[at].1.events.iter_mut().for_each(|event| event.way = Way::Dead);
    }
    kept
}

/// Makes one group of those of two handlers.
fn join(group_of: &mut [usize], one: usize, other: usize) {
    let (a, b) = (root(group_of, one), root(group_of, other));
    group_of[a.max(b)] = a.min(b);
}

fn root(group_of: &[usize], at: usize) -> usize {
    let mut at = at;
    while group_of[at] != at {
        at = group_of[at];
    }
    at
}

#[cfg(test)]
mod tests {
    use super::is_operation;

    #[test]
    fn generated_names_are_made_of_method_and_path() {
        assert!(is_operation("GET", "/api/v2/logout", "getApiV2Logout") && is_operation("POST", "/auth/logout", "authLogoutPost"));
        assert!(!is_operation("POST", "/auth/logout", "getAuthLogout") && !is_operation("GET", "/logout", "logout") && !is_operation("GET", "/a/logout", "getLogout"));
    }
}
