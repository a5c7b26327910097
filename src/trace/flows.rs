//! Joins handlers to flows: a server's logout, the clients that call it, and all that they reach.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::FxHashMap;

use super::candidates::{Candidate, asks_for_logout, candidates, is_logout_name};
use super::endpoints::{Endpoint, Endpoints, endpoints};
use super::inside::whole_setting;
use super::locate::value_at;
use super::reach::{Event, EventKind, Listener, Reach, Reached, Step};
use super::requests::{Request, deletes_session, falls_through, fit, is_logout_path};
use super::sides::{Sides, Surroundings};
use super::survey::{Bearer, MatchSite, Survey, survey};
use crate::ir::{FunctionKind, Name, each_call};
use crate::link::{FunctionId, Place, Program, Thing};
use crate::outcome::Side;
use crate::rules::{Kind, Locator, RuleSet};
use crate::source::Span;

/// A function (or mount) where a logout begins.
#[derive(Debug, Clone)]
pub struct FlowHandler {
    pub function: Option<FunctionId>,
    pub place: Place,
    /// The whole of it.
    pub span: Span,
    /// Its head.
    pub head: Span,
    pub symbol: String,
    pub method: Option<String>,
    pub route: Option<String>,
    pub framework: Option<String>,
    pub side: Side,
}

/// One flow.
#[derive(Debug)]
pub struct Flow<'p> {
    pub server: Option<FlowHandler>,
    pub clients: Vec<FlowHandler>,
    /// What is reached, and from which side.
    pub events: Vec<(Side, Event<'p>)>,
    /// The calls by which clients reach the server.
    pub requests: Vec<Step>,
    /// The rule of a library's own logout.
    pub library: Option<(usize, Place, Span)>,
    /// The client calls an endpoint that no scanned server has.
    pub calls_elsewhere: Option<Request>,
}

/// What tracing found.
#[derive(Debug)]
pub struct Traced<'p> {
    pub flows: Vec<Flow<'p>>,
    pub survey: Survey<'p>,
    pub endpoints: Endpoints<'p>,
    pub sides: Sides,
    /// Sign-outs of providers that stand in logout handlers or anywhere else.
    pub sign_outs: Vec<(usize, Place, Span)>,
}

/// Traces all flows of a program.
pub fn trace<'p>(program: &Program<'p>, rules: &RuleSet, surroundings: &dyn Surroundings, follow: bool) -> Traced<'p> {
    let survey = survey(program, rules);
    let sides = Sides::new(program, rules, surroundings);
    let endpoints = endpoints(program, rules, &survey, surroundings);
    let listeners = listeners(program, rules, &survey);
    let tracer = Tracer { program, rules, endpoints: &endpoints, sides: &sides, listeners: &listeners, surroundings, follow };
    let mut flows = tracer.flows();
    flows.sort_by_key(|flow| flow.server.as_ref().or(flow.clients.first()).map(|handler| (handler.place.module, handler.span)));
    let sign_outs = survey.of(Kind::ProviderSignOut).map(|found| (found.entry.index, found.place, found.site.span(program))).collect();
    Traced { flows, survey, endpoints, sides, sign_outs }
}

struct Tracer<'a, 'p> {
    program: &'a Program<'p>,
    rules: &'a RuleSet,
    endpoints: &'a Endpoints<'p>,
    sides: &'a Sides,
    listeners: &'a [Listener],
    surroundings: &'a dyn Surroundings,
    follow: bool,
}

/// Client handlers that call one another, with all that they reach.
struct Group<'p> {
    members: Vec<Candidate>,
    reached: Vec<Reached<'p>>,
}

impl<'p> Tracer<'_, 'p> {
    fn reach(&self, is_client: bool) -> Reach<'_, 'p> {
        Reach { program: self.program, rules: self.rules, endpoints: self.endpoints, listeners: self.listeners, follow: self.follow, is_client, known: RefCell::default() }
    }

    fn flows(&self) -> Vec<Flow<'p>> {
        let groups = self.client_groups();
        let mut servers = self.server_endpoints(&groups);
        let mut server_reached: Vec<Reached<'p>> = servers.iter().map(|indices| self.reach_server(&self.endpoints.all[indices[0]])).collect();
        self.drop_others(&mut servers, &mut server_reached);
        self.drop_pages(&mut servers, &mut server_reached);
        let relays = self.relays(&servers, &server_reached);
        let mut flows: Vec<Flow<'p>> = Vec::new();
        let mut flow_of: FxHashMap<usize, usize> = FxHashMap::default();
        for (at, indices) in servers.iter().enumerate() {
            if relays.contains_key(&at) {
                continue;
            }
            let endpoint = &self.endpoints.all[indices[0]];
            flow_of.insert(at, flows.len());
            flows.push(Flow {
                server: Some(self.server_handler(endpoint)),
                clients: Vec::new(),
                events: std::mem::take(&mut server_reached[at].events).into_iter().map(|event| (Side::Server, event)).collect(),
                requests: Vec::new(),
                library: endpoint.library.map(|library| (library, endpoint.place, endpoint.span)),
                calls_elsewhere: None,
            });
        }
        for (relay, target) in &relays {
            if let Some(flow) = flow_of.get(target) {
                let endpoint = &self.endpoints.all[servers[*relay][0]];
                let events = std::mem::take(&mut server_reached[*relay].events);
                flows[*flow].clients.push(self.server_handler(endpoint));
                flows[*flow].events.extend(events.into_iter().map(|event| (Side::Server, event)));
            }
        }
        flows.extend(self.unmounted(&flows));
        let mut alone = Vec::new();
        for group in groups {
            self.tie(group, &servers, &relays, &flow_of, &mut flows, &mut alone);
        }
        flows.extend(alone);
        flows
    }

    /// Client handlers, joined where one reaches the other.
    fn client_groups(&self) -> Vec<Group<'p>> {
        let reach = self.reach(true);
        let mut kept: Vec<(Candidate, Reached<'p>)> = Vec::new();
        for candidate in candidates(self.program, self.rules, self.sides, Side::Client, self.endpoints, self.surroundings) {
            if self.endpoints.by_function.contains_key(&candidate.function) || self.is_server_action(candidate.function) {
                continue;
            }
            let reached = reach.from(&[candidate.function]);
            if reached.events.iter().any(|event| self.matters(event)) {
                kept.push((candidate, reached));
            }
        }
        let mut group_of: Vec<usize> = (0..kept.len()).collect();
        let position: BTreeMap<FunctionId, usize> = kept.iter().enumerate().map(|(at, (candidate, _))| (candidate.function, at)).collect();
        for (at, (_, reached)) in kept.iter().enumerate() {
            for function in &reached.functions {
                if let Some(other) = position.get(function) {
                    let (a, b) = (root(&group_of, at), root(&group_of, *other));
                    group_of[a.max(b)] = a.min(b);
                }
            }
        }
        // Closures belong to the handler that encloses them.
        for (at, (candidate, _)) in kept.iter().enumerate() {
            let module = self.program.module(candidate.function.module);
            let mut parent = module.function(candidate.function.index).parent;
            while let Some(index) = parent {
                if let Some(other) = position.get(&FunctionId { module: candidate.function.module, index }) {
                    let (a, b) = (root(&group_of, at), root(&group_of, *other));
                    group_of[a.max(b)] = a.min(b);
                }
                parent = module.function(index).parent;
            }
        }
        // A call that could not be followed leads to the handler of that name.
        for (at, (_, reached)) in kept.iter().enumerate() {
            for event in &reached.events {
                let EventKind::Unknown(name) = &event.kind else { continue };
                let called = hooked_words(name);
                if let Some(other) = kept.iter().position(|(candidate, _)| candidate.named && hooked_words(&candidate.symbol) == called) {
                    let (a, b) = (root(&group_of, at), root(&group_of, other));
                    group_of[a.max(b)] = a.min(b);
                }
            }
        }
        // Handlers of one component are one client.
        let mut by_component: BTreeMap<FunctionId, usize> = BTreeMap::new();
        for (at, (candidate, _)) in kept.iter().enumerate() {
            let outermost = self.outermost(candidate.function);
            if outermost != candidate.function {
                let other = *by_component.entry(outermost).or_insert(at);
                let (a, b) = (root(&group_of, at), root(&group_of, other));
                group_of[a.max(b)] = a.min(b);
            }
        }
        let mut groups: BTreeMap<usize, Group<'p>> = BTreeMap::new();
        for (at, (candidate, reached)) in kept.into_iter().enumerate() {
            let group = groups.entry(root(&group_of, at)).or_insert_with(|| Group { members: Vec::new(), reached: Vec::new() });
            group.members.push(candidate);
            group.reached.push(reached);
        }
        groups.into_values().collect()
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

    /// Whether an event makes a client function a logout handler.
    fn matters(&self, event: &Event<'p>) -> bool {
        match &event.kind {
            EventKind::Rules { .. } | EventKind::Endpoint(_) | EventKind::SignOut(_) => true,
            EventKind::Request(request) => asks_for_logout(self.rules, self.endpoints, request),
            EventKind::Unknown(_) => false,
        }
    }

    fn is_server_action(&self, function: FunctionId) -> bool {
        let defined = self.program.function(function);
        let is_directive = |directive: &String| directive == "use server";
        defined.directives.iter().any(is_directive) || self.program.module(function.module).directives.iter().any(is_directive)
    }

    /// The endpoints that log out, those with the same functions together.
    fn server_endpoints(&self, groups: &[Group<'p>]) -> Vec<Vec<usize>> {
        let mut asked: BTreeSet<usize> = BTreeSet::new();
        for group in groups {
            let named = group.members.iter().any(|member| member.named);
            for event in group.reached.iter().flat_map(|reached| &reached.events) {
                match &event.kind {
                    EventKind::Endpoint(index) => {
                        asked.insert(*index);
                    }
                    EventKind::Request(request) if named && !request.is_markup && request.method != "GET" => {
                        // `POST /api/auth.delete` is a logout since a function called `logout` asks for it.
                        if let Some(best) = self.best_fits(request).first()
                            && self.is_about_auth(&self.endpoints.all[*best])
                        {
                            asked.insert(*best);
                        }
                    }
                    _ => {}
                }
            }
        }
        let mut by_functions: BTreeMap<Vec<FunctionId>, Vec<usize>> = BTreeMap::new();
        let mut servers: Vec<Vec<usize>> = Vec::new();
        let mut by_functions_of: BTreeMap<Vec<FunctionId>, Vec<FunctionId>> = BTreeMap::new();
        for (index, endpoint) in self.endpoints.all.iter().enumerate() {
            if !(asked.contains(&index) || self.is_logout_endpoint(endpoint)) {
                continue;
            }
            if endpoint.functions.is_empty() {
                servers.push(vec![index]);
            } else {
                let worker = by_functions_of.entry(endpoint.functions.clone()).or_insert_with(|| self.workers(&endpoint.functions));
                by_functions.entry(worker.clone()).or_default().push(index);
            }
        }
        servers.extend(by_functions.into_values());
        servers.sort();
        servers
    }

    /// The functions that do an endpoint's work: a handler without a name of its own that only hands over to a logout function
    /// is answered by that function.
    fn workers(&self, functions: &[FunctionId]) -> Vec<FunctionId> {
        let worker = |function: &FunctionId| {
            let defined = self.program.function(*function);
            if is_logout_name(self.rules, &defined.name) || defined.body.len() > 1 {
                return *function;
            }
            let mut handed = None;
            each_call(&defined.body, |call| {
                if handed.is_none() && is_logout_name(self.rules, Name::of_call(call).last()) && !call.args.is_empty() {
                    handed = self.program.targets(call, Place::of(*function), self.follow).first().copied();
                }
            });
            handed.filter(|target| !self.program.function(*target).body.is_empty()).unwrap_or(*function)
        };
        functions.iter().map(worker).collect()
    }

    fn is_about_auth(&self, endpoint: &Endpoint<'p>) -> bool {
        self.rules.lexicon.is("auth-path", &endpoint.path)
    }

    fn is_logout_endpoint(&self, endpoint: &Endpoint<'p>) -> bool {
        if endpoint.library.is_some() {
            return true;
        }
        let last = endpoint.path.rsplit('/').find(|segment| !segment.is_empty() && !segment.starts_with([':', '{', '[', '<'])).unwrap_or("");
        if self.rules.lexicon.is("not-logout", last) {
            return false;
        }
        if is_logout_path(self.rules, &endpoint.path) || deletes_session(self.rules, &endpoint.method, &endpoint.path) {
            return true;
        }
        endpoint.functions.iter().any(|function| {
            let defined = self.program.function(*function);
            is_logout_name(self.rules, &defined.name) || defined.owner.is_some_and(|owner| is_logout_name(self.rules, &self.program.module(function.module).class(owner).name))
        })
    }

    /// Endings of other sessions are left out where the same program has an ordinary logout.
    fn drop_others(&self, servers: &mut Vec<Vec<usize>>, reached: &mut Vec<Reached<'p>>) {
        let is_other = |endpoint: &Endpoint<'p>| {
            let last = endpoint.path.rsplit('/').find(|segment| !segment.is_empty() && !segment.starts_with([':', '{', '[', '<'])).unwrap_or("");
            self.rules.lexicon.is("other-sessions", last)
                || endpoint.functions.iter().any(|function| self.rules.lexicon.is("other-sessions", &self.program.function(*function).name))
        };
        let has_plain = servers.iter().any(|indices| !is_other(&self.endpoints.all[indices[0]]));
        if !has_plain {
            return;
        }
        let keep: Vec<bool> = servers.iter().map(|indices| !is_other(&self.endpoints.all[indices[0]])).collect();
        let mut at = keep.iter();
        servers.retain(|_| *at.next().unwrap_or(&true));
        let mut at = keep.iter();
        reached.retain(|_| *at.next().unwrap_or(&true));
    }

    /// A page that stands at the path of a logout and does nothing is no logout of its own.
    fn drop_pages(&self, servers: &mut Vec<Vec<usize>>, reached: &mut Vec<Reached<'p>>) {
        let works = |reached: &Reached<'p>| reached.events.iter().any(|event| matches!(event.kind, EventKind::Rules { .. } | EventKind::SignOut(_)));
        let working: Vec<&str> =
            servers.iter().zip(reached.iter()).filter(|(_, reached)| works(reached)).map(|(indices, _)| self.endpoints.all[indices[0]].path.as_str()).collect();
        let keep: Vec<bool> = servers
            .iter()
            .zip(reached.iter())
            .map(|(indices, reached)| {
                let endpoint = &self.endpoints.all[indices[0]];
                endpoint.library.is_some() || works(reached) || !(endpoint.method == "GET" && working.contains(&endpoint.path.as_str()))
            })
            .collect();
        let mut at = keep.iter();
        servers.retain(|_| *at.next().unwrap_or(&true));
        let mut at = keep.iter();
        reached.retain(|_| *at.next().unwrap_or(&true));
    }

    fn reach_server(&self, endpoint: &Endpoint<'p>) -> Reached<'p> {
        let reach = self.reach(false);
        let mut reached = reach.from(&endpoint.functions);
        if endpoint.library.is_some()
            && let Some(MatchSite::Call(call)) = endpoint.site
        {
            let until = endpoint.library.map_or(&[] as &[_], |index| &self.rules.handlers[index].until);
            let more = reach.from_call(whole_setting(self.program, call, endpoint.place, self.rules, until), endpoint.place);
            reached.events.extend(more.events);
        }
        reached
    }

    /// Servers that hand a logout on to another server of the project: each with the one it leads to.
    fn relays(&self, servers: &[Vec<usize>], reached: &[Reached<'p>]) -> BTreeMap<usize, usize> {
        let mut relays = BTreeMap::new();
        for (at, reached) in reached.iter().enumerate() {
            for event in &reached.events {
                let EventKind::Request(request) = &event.kind else { continue };
                if request.is_markup {
                    continue;
                }
                let best = servers
                    .iter()
                    .enumerate()
                    .filter(|(other, _)| *other != at && !relays.contains_key(other))
                    .map(|(other, indices)| (indices.iter().map(|index| fit(request, &self.endpoints.all[*index])).max().unwrap_or(0), other))
                    .filter(|(score, _)| *score > 0)
                    .max_by_key(|(score, other)| (*score, usize::MAX - other));
                if let Some((_, target)) = best {
                    relays.insert(at, target);
                    break;
                }
            }
        }
        relays
    }

    fn best_fits(&self, request: &Request) -> Vec<usize> {
        let scored: Vec<(usize, usize)> = self.endpoints.all.iter().enumerate().map(|(index, endpoint)| (fit(request, endpoint), index)).filter(|(score, _)| *score > 0).collect();
        let best = scored.iter().map(|(score, _)| *score).max().unwrap_or(0);
        scored.into_iter().filter(|(score, _)| *score == best).map(|(_, index)| index).collect()
    }

    /// Adds a group of client handlers to the flows whose server they call, or makes it a flow of its own.
    fn tie(
        &self,
        group: Group<'p>,
        servers: &[Vec<usize>],
        relays: &BTreeMap<usize, usize>,
        flow_of: &FxHashMap<usize, usize>,
        flows: &mut Vec<Flow<'p>>,
        alone: &mut Vec<Flow<'p>>,
    ) {
        let mut tied: BTreeMap<usize, Vec<Step>> = BTreeMap::new();
        let mut elsewhere = None;
        for event in group.reached.iter().flat_map(|reached| &reached.events) {
            match &event.kind {
                EventKind::Endpoint(index) => {
                    if let Some(at) = servers.iter().position(|indices| indices.contains(index)) {
                        tied.entry(at).or_default().push(Step { module: event.place.module, span: event.span });
                    }
                }
                EventKind::Request(request) => {
                    let scores: Vec<(usize, usize)> = servers
                        .iter()
                        .enumerate()
                        .map(|(at, indices)| (indices.iter().map(|index| fit(request, &self.endpoints.all[*index])).max().unwrap_or(0), at))
                        .filter(|(score, _)| *score > 0)
                        .collect();
                    let best = scores.iter().map(|(score, _)| *score).max().unwrap_or(0);
                    for (_, at) in scores.into_iter().filter(|(score, _)| *score == best) {
                        tied.entry(at).or_default().push(Step { module: event.place.module, span: event.span });
                    }
                    let is_sent = request.method != "ANY" || request.path.contains("//");
                    if best == 0 && is_sent && !request.is_markup && is_logout_path(self.rules, &request.path) {
                        elsewhere = elsewhere.or_else(|| Some(request.clone()));
                    }
                }
                _ => {}
            }
        }
        let relayed = self.relayed(&group);
        let clients: Vec<FlowHandler> = group.members.iter().map(|member| self.client_handler(member)).collect();
        let group_named = group.members.iter().any(|member| member.named);
        let is_other = group.members.iter().all(|member| self.rules.lexicon.is("other-sessions", &member.symbol));
        let events: Vec<Event<'p>> = group.reached.into_iter().flat_map(|reached| reached.events).collect();
        let mut added = false;
        for (at, requests) in &tied {
            let at = relays.get(at).unwrap_or(at);
            if let Some(flow) = flow_of.get(at) {
                let flow = &mut flows[*flow];
                flow.clients.extend(clients.iter().cloned());
                flow.requests.extend(requests);
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
        if named && (own_evidence || elsewhere.is_some()) && !(is_other && !servers.is_empty()) {
            alone.push(Flow {
                server: None,
                clients,
                events: events.into_iter().map(|event| (Side::Client, event)).collect(),
                requests: Vec::new(),
                library: None,
                calls_elsewhere: elsewhere,
            });
        }
    }

    /// What the proxies do that a group's requests go through: endpoints that take every path below theirs and speak of logouts.
    fn relayed(&self, group: &Group<'p>) -> Vec<Event<'p>> {
        let mut events = Vec::new();
        for event in group.reached.iter().flat_map(|reached| &reached.events) {
            let EventKind::Request(request) = &event.kind else { continue };
            if request.is_markup || !is_logout_path(self.rules, &request.path) {
                continue;
            }
            for endpoint in &self.endpoints.all {
                if falls_through(request, endpoint) && endpoint.functions.iter().any(|function| self.surroundings.mentions_logout(function.module)) {
                    events.extend(self.reach_server(endpoint).events.into_iter().filter(|event| matches!(event.kind, EventKind::Rules { .. })));
                }
            }
        }
        events
    }

    /// Server functions that bear a logout's name and that no route was seen for: server actions, procedures, handlers handed over by name.
    fn unmounted(&self, flows: &[Flow<'p>]) -> Vec<Flow<'p>> {
        let mut reached_already: BTreeSet<FunctionId> =
            flows.iter().flat_map(|flow| flow.events.iter().filter_map(|(_, event)| event.place.function.map(|index| FunctionId { module: event.place.module, index }))).collect();
        reached_already.extend(self.endpoints.by_function.keys().copied());
        let reach = self.reach(false);
        let mut found: Vec<(Candidate, Reached<'p>, bool)> = Vec::new();
        let mut candidates = candidates(self.program, self.rules, self.sides, Side::Server, self.endpoints, self.surroundings);
        // Server actions may stand in files that are otherwise the client's.
        candidates.extend(
            super::candidates::candidates(self.program, self.rules, self.sides, Side::Client, self.endpoints, self.surroundings)
                .into_iter()
                .filter(|candidate| self.is_server_action(candidate.function)),
        );
        for candidate in candidates {
            let defined = self.program.function(candidate.function);
            if reached_already.contains(&candidate.function) || defined.kind == FunctionKind::Template || !candidate.named {
                continue;
            }
            let is_action = self.is_server_action(candidate.function);
            let takes_request = defined.params.iter().any(|param| {
                self.rules.lexicon.is("handler-parameter", &param.name)
                    || param.ty.as_ref().is_some_and(|ty| self.rules.lexicon.is("handler-parameter", ty.last()))
                    || param.parts.iter().any(|(part, _)| self.rules.lexicon.is("handler-parameter", part))
            });
            if !is_action && !takes_request {
                continue;
            }
            let reached = reach.from(&[candidate.function]);
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
                    requests: Vec::new(),
                    library: None,
                    calls_elsewhere: None,
                }
            })
            .collect()
    }

    fn handler(&self, function: FunctionId, symbol: &str, side: Side) -> FlowHandler {
        let defined = self.program.function(function);
        FlowHandler {
            function: Some(function),
            place: Place { module: function.module, function: defined.parent },
            span: defined.span,
            head: defined.head,
            symbol: if symbol.is_empty() { "(anonymous)".to_owned() } else { symbol.to_owned() },
            method: None,
            route: None,
            framework: None,
            side,
        }
    }

    fn client_handler(&self, candidate: &Candidate) -> FlowHandler {
        let mut handler = self.handler(candidate.function, &candidate.symbol, Side::Client);
        if let Some(span) = candidate.span {
            handler.span = span;
            handler.head = span;
        }
        handler
    }

    fn server_handler(&self, endpoint: &Endpoint<'p>) -> FlowHandler {
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let mut handler = match (self.workers(&endpoint.functions).last(), endpoint.library) {
            (Some(function), None) => {
                let name = &self.program.function(*function).name;
                self.handler(*function, name, Side::Server)
            }
            _ => FlowHandler {
                function: endpoint.functions.first().copied(),
                place: endpoint.place,
                span: endpoint.span,
                head: endpoint.span,
                symbol: endpoint.site.and_then(|site| site.call()).map_or_else(|| self.class_symbol(endpoint), |call| Name::written(&call.callee).last().to_owned()),
                method: None,
                route: None,
                framework: None,
                side: Side::Server,
            },
        };
        handler.method = some(&endpoint.method);
        handler.route = some(&endpoint.path);
        handler.framework = some(&endpoint.framework);
        handler
    }

    fn class_symbol(&self, endpoint: &Endpoint<'p>) -> String {
        match endpoint.site {
            Some(MatchSite::Class(class) | MatchSite::Annotation(_, Bearer::Class(class))) => self.program.class(class).name.clone(),
            _ => "(configuration)".to_owned(),
        }
    }
}

/// The words of a name, without those by which hooks are made from endpoints: `useLazyLogoutQuery` is `logout`.
fn hooked_words(name: &str) -> Vec<String> {
    let mut words = crate::rules::split_words(name);
    words.retain(|word| !matches!(word.as_str(), "use" | "lazy" | "query" | "mutation" | "async" | "handle" | "on" | "do"));
    words
}

fn root(group_of: &[usize], at: usize) -> usize {
    let mut at = at;
    while group_of[at] != at {
        at = group_of[at];
    }
    at
}

/// The functions that run whenever another is called.
fn listeners<'p>(program: &Program<'p>, rules: &RuleSet, survey: &Survey<'p>) -> Vec<Listener> {
    let mut listeners = Vec::new();
    for found in survey.of(Kind::Listen) {
        let listen = &rules.listens[found.entry.index];
        let runs: Vec<FunctionId> = match (&listen.runs, found.site) {
            (Locator::Annotated, MatchSite::Annotation(_, Bearer::Function(function))) => vec![function],
            (locator, site) => match value_at(program, locator, &site, found.place) {
                Some((value, at)) => program.functions_of(value, at, false),
                None => continue,
            },
        };
        let Some((to, at)) = value_at(program, &listen.to, &found.site, found.place) else { continue };
        let written = Name::written(to);
        if written.segments.iter().any(|segment| matches!(segment.text.as_str(), "rejected" | "pending" | "matchRejected" | "matchPending")) {
            continue;
        }
        let name = written
            .segments
            .iter()
            .rev()
            .map(|segment| segment.text.as_str())
            .find(|text| !matches!(*text, "fulfilled" | "matchFulfilled" | "type" | "match" | "" | "?"))
            .unwrap_or("")
            .to_owned();
        let mut base = to;
        while let crate::ir::ValueKind::Member(of, last) = &base.kind {
            if !matches!(last.as_str(), "fulfilled" | "matchFulfilled" | "type" | "match") {
                break;
            }
            base = of;
        }
        let function = program.eval(base, at, false).into_iter().find_map(|thing| match thing {
            Thing::Function(function) => Some(function),
            _ => None,
        });
        listeners.push(Listener { to: function, name, runs });
    }
    listeners
}
