//! Joins handlers to flows: a server's logout, the clients that call it, and all that they reach.

mod clients;
mod everywhere;
mod idle;
mod listeners;
mod relays;
mod servers;
mod unmounted;
mod unused;

use std::collections::BTreeSet;
use std::sync::Mutex;

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use super::candidates::{Candidate, candidates};
use super::endpoints::{Endpoints, endpoints};
use super::locate::value_at;
use super::reach::{Event, EventKind, KnownCalls, Listeners, Reach, Reached, Step};
use super::requests::Request;
use super::sides::{Sides, Surroundings};
use super::survey::{Survey, Surveyed};
use super::unused::Mentioned;
use crate::ir::{Value, ValueKind, each_value_of};
use crate::link::{FunctionId, Place, Program};
use crate::outcome::Side;
use crate::rules::{Kind, RuleSet, split_words};
use crate::source::Span;
use listeners::listeners;

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
#[derive(Debug, Default)]
pub struct Flow<'p> {
    pub server: Option<FlowHandler>,
    pub clients: Vec<FlowHandler>,
    /// What is reached, and from which side.
    pub events: Vec<(Side, Event<'p>)>,
    /// The functions that its clients run.
    pub run: BTreeSet<FunctionId>,
    /// The calls by which clients reach the server.
    pub requests: Vec<Step>,
    /// The rule of a library's own logout.
    pub library: Option<(usize, Place, Span)>,
    /// The client, or the server on its behalf, calls an endpoint that no scanned server has.
    pub calls_elsewhere: Option<Request>,
}

/// What tracing found.
#[derive(Debug)]
pub struct Traced<'p> {
    pub flows: Vec<Flow<'p>>,
    /// What is called a logout and ends nothing, where there is no flow.
    pub idle: Option<Flow<'p>>,
    pub survey: Survey<'p>,
    pub endpoints: Endpoints<'p>,
    listeners: Listeners,
    /// Sign-outs of providers that stand in logout handlers or anywhere else.
    pub sign_outs: Vec<(usize, Place, Span)>,
}

struct Tracer<'a, 'p> {
    program: &'a Program<'p>,
    rules: &'a RuleSet,
    endpoints: &'a Endpoints<'p>,
    sides: &'a Sides,
    listeners: &'a Listeners,
    surroundings: &'a dyn Surroundings,
    mentioned: &'a Mentioned<'p>,
    unfinished: Mutex<Unfinished>,
    known: KnownCalls,
    follow: bool,
}

impl<'p> Tracer<'_, 'p> {
    /// Follows functions, and remembers those that led into files that are not lowered.
    fn walk(&self, reach: &Reach<'_, 'p>, functions: &[FunctionId]) -> Reached<'p> {
        let reached = reach.walk_functions(functions);
        self.remember(reach, functions, &reached);
        reached
    }

    /// Follows a candidate of the client.
    fn walk_candidate(&self, reach: &Reach<'_, 'p>, candidate: &Candidate<'p>) -> Reached<'p> {
        let reached = match (candidate.call, candidate.arm) {
            (Some((call, place)), _) => reach.walk_call(call, place),
            (None, Some((arm, place))) => reach.walk_block(arm, place),
            (None, None) if candidate.named => reach.walk_named(candidate.function, &candidate.symbol),
            (None, None) => match candidate.span {
                Some(element) => reach.walk_drawing(candidate.function, element),
                None => return self.walk(reach, &[candidate.function]),
            },
        };
        self.remember(reach, &[candidate.function], &reached);
        reached
    }

    fn remember(&self, reach: &Reach<'_, 'p>, roots: &[FunctionId], reached: &Reached<'p>) {
        if reached.is_unfinished
            && let Ok(mut unfinished) = self.unfinished.lock()
        {
            let root = |function: &FunctionId| Root { function: *function, is_client: reach.is_client };
            unfinished.roots.extend(roots.iter().map(root));
            unfinished.inner.extend(reached.unfinished.iter().map(root));
            unfinished.passed[usize::from(reach.is_client)].extend(&reached.functions);
        }
    }

    fn reach(&self, is_client: bool) -> Reach<'_, 'p> {
        Reach {
            program: self.program,
            rules: self.rules,
            endpoints: self.endpoints,
            listeners: self.listeners,
            follow: self.follow,
            is_client,
            surroundings: Some(self.surroundings),
            passed: None,
            known: &self.known,
        }
    }

    /// The functions of one side where a logout may begin.
    fn candidates(&self, side: Side) -> Vec<Candidate<'p>> {
        candidates(self.program, self.rules, self.sides, side, self.endpoints, self.surroundings, self.mentioned)
    }

    fn flows(&self) -> Vec<Flow<'p>> {
        let groups = self.client_groups();
        let mut servers = self.server_endpoints(&groups);
        let mut server_reached: Vec<Reached<'p>> =
            servers.par_iter().with_max_len(1).map(|indices| self.reach_server(&self.reach(false), &self.endpoints.all[indices[0]])).collect();
        self.drop_others(&mut servers, &mut server_reached);
        self.drop_pages(&mut servers, &mut server_reached, &groups);
        let relays = self.relays(&servers, &server_reached);
        let mut flows: Vec<Flow<'p>> = Vec::new();
        let mut flow_of: FxHashMap<usize, usize> = FxHashMap::default();
        for (at, indices) in servers.iter().enumerate() {
            if relays.contains_key(&at) {
                continue;
            }
            let endpoint = &self.endpoints.all[indices[0]];
            let events = std::mem::take(&mut server_reached[at].events);
            flow_of.insert(at, flows.len());
            flows.push(Flow {
                server: Some(self.server_handler(endpoint)),
                calls_elsewhere: self.asked_elsewhere(endpoint, &events),
                events: events.into_iter().map(|event| (Side::Server, event)).collect(),
                library: endpoint.library.map(|library| (library, endpoint.place, endpoint.span)),
                ..Flow::default()
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
        // What a store does on a logout is no logout of its own where something of the client logs out.
        let is_reducer = |client: &FlowHandler| client.function.is_some_and(|function| self.is_reducer(function));
        if flows.iter().chain(&alone).any(|flow| flow.clients.iter().any(|client| !is_reducer(client))) {
            alone.retain(|flow| !flow.clients.iter().all(is_reducer));
        }
        // Nor is a call of the server that the application never makes, where it logs out in another way.
        if flows.iter().chain(&alone).any(|flow| !flow.clients.is_empty() && !self.is_unused(flow)) {
            alone.retain(|flow| !self.is_unused(flow));
        }
        // Nor is what only an interceptor runs: the server has refused the session already.
        if flows.iter().chain(&alone).any(|flow| !flow.clients.is_empty() && !self.is_intercepting(flow)) {
            alone.retain(|flow| !self.is_intercepting(flow));
        }
        // Nor is the end of another device's session, where something logs out here.
        if flows.iter().chain(&alone).any(|flow| !self.ends_others(flow)) {
            alone.retain(|flow| !self.ends_others(flow));
        }
        flows.extend(one_for_each_call(alone));
        flows.iter_mut().for_each(Flow::forget_followed);
        flows
    }

    /// Whether a flow only asks a server elsewhere to end a session that is named, by functions called so or what is clicked for them:
    /// `logoutDevice(id)`.
    fn ends_others(&self, flow: &Flow<'p>) -> bool {
        let names_other = |client: &FlowHandler| self.rules.lexicon.is("other-sessions", &client.symbol);
        let is_click = |client: &FlowHandler| split_words(&client.symbol).first().is_some_and(|word| word == "on");
        let clears = flow.events.iter().any(|(_, event)| matches!(event.kind, EventKind::Rules { .. }));
        flow.server.is_none()
            && flow.calls_elsewhere.is_some()
            && !clears
            && flow.clients.iter().any(names_other)
            && flow.clients.iter().all(|client| names_other(client) || is_click(client))
    }

    /// Whether a function is a store's answer to an action, which others take by dispatching: `logout: (state) => { … }`.
    /// What an annotation hands its state to is called from elsewhere: `#[command] fn logout(state: State<Login>)`.
    fn is_reducer(&self, function: FunctionId) -> bool {
        let defined = self.program.function(function);
        defined.annotations.is_empty() && defined.params.first().is_some_and(|param| self.rules.lexicon.is("reducer-parameter", &param.name))
    }

    fn is_server_action(&self, function: FunctionId) -> bool {
        let defined = self.program.function(function);
        let is_directive = |directive: &String| directive == "use server";
        defined.directives.iter().any(is_directive) || self.program.module(function.module).directives.iter().any(is_directive)
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
}

/// Joins the flows of clients that call a server elsewhere from the very same place: a hook's function, and what a component makes of it.
fn one_for_each_call(alone: Vec<Flow<'_>>) -> Vec<Flow<'_>> {
    let mut joined: Vec<Flow<'_>> = Vec::new();
    let at = |flow: &Flow<'_>| flow.calls_elsewhere.as_ref().map(|request| (request.place.module, request.span));
    for flow in alone {
        match joined.iter_mut().find(|other| at(&flow).is_some() && at(other) == at(&flow)) {
            Some(other) => {
                other.clients.extend(flow.clients);
                other.events.extend(flow.events);
                other.run.extend(flow.run);
            }
            None => joined.push(flow),
        }
    }
    joined
}

/// A function from which a walk begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Root {
    function: FunctionId,
    is_client: bool,
}

/// What led into files that were not lowered.
#[derive(Debug, Default)]
struct Unfinished {
    /// The handlers.
    roots: BTreeSet<Root>,
    /// The functions that they reach whose own steps do.
    inner: BTreeSet<Root>,
    /// All functions that they reach, of servers and of clients.
    passed: [FxHashSet<FunctionId>; 2],
}

/// What tracing keeps while modules are added.
#[derive(Debug, Default)]
pub struct Kept<'p> {
    surveyed: Surveyed<'p>,
    sides: Sides,
    mentioned: Mentioned<'p>,
    unfinished: Unfinished,
}

/// Traces all flows of a program.
pub fn trace<'p>(program: &Program<'p>, rules: &RuleSet, surroundings: &dyn Surroundings, kept: &mut Kept<'p>, follow: bool) -> Traced<'p> {
    let survey = kept.surveyed.survey(program, rules);
    kept.sides.complete(program, rules, surroundings);
    kept.mentioned.complete(program);
    let endpoints = endpoints(program, rules, &survey, &kept.sides, surroundings, follow);
    let listeners = listeners(program, rules, &survey, surroundings);
    let tracer = Tracer {
        program,
        rules,
        endpoints: &endpoints,
        sides: &kept.sides,
        listeners: &listeners,
        surroundings,
        mentioned: &kept.mentioned,
        unfinished: Mutex::default(),
        known: KnownCalls::default(),
        follow,
    };
    if follow {
        want_lifetimes(program, rules, &survey);
    }
    let mut flows = tracer.flows();
    let idle = if flows.is_empty() { tracer.idle() } else { None };
    kept.unfinished = tracer.unfinished.into_inner().unwrap_or_default();
    flows.sort_by_key(|flow| flow.server.as_ref().or(flow.clients.first()).map(|handler| (handler.place.module, handler.span)));
    let sign_outs = survey.of(Kind::ProviderSignOut).map(|found| (found.entry.index, found.place, found.site.span(program))).collect();
    Traced { flows, idle, survey, endpoints, listeners, sign_outs }
}

/// Asks for the files that hold how long credentials live: constants and settings of other files.
fn want_lifetimes<'p>(program: &Program<'p>, rules: &RuleSet, survey: &Survey<'p>) {
    const MAX_ORIGINS: usize = 4;
    for found in survey.of(Kind::Credential) {
        for locator in &rules.credentials[found.entry.index].lifetime {
            if let Some((value, place)) = value_at(program, locator, &found.site, found.place) {
                want_constants(program, value, place, MAX_ORIGINS);
            }
        }
    }
}

/// Asks for the files of the constants in a value, in what its variables were set to, and in what callers hand over for its parameters.
fn want_constants<'p>(program: &Program<'p>, value: &'p Value, place: Place, depth: usize) {
    let Some(depth) = depth.checked_sub(1) else { return };
    each_value_of(value, |part| match &part.kind {
        ValueKind::Member(..) => {
            program.eval(part, place, true);
        }
        ValueKind::Name(name) => {
            program.eval(part, place, true);
            let (origin, at) = program.origin(part, place);
            if !std::ptr::eq(origin, part) {
                want_constants(program, origin, at, depth);
            }
            for (value, at) in program.supplied_for(name, place).into_iter().filter_map(|given| given.value) {
                want_constants(program, value, at, depth);
            }
        }
        _ => {}
    });
}

/// Goes on, after modules were added, from where [`trace`] or the last call of this led into files that were not lowered, only to
/// learn which files are wanted next: that is far less work than to trace anew. `whole` follows the handlers from their beginnings.
pub fn expand<'p>(program: &Program<'p>, rules: &RuleSet, traced: &Traced<'p>, kept: &mut Kept<'p>, whole: bool) {
    let unfinished = &mut kept.unfinished;
    let roots: Vec<Root> = if whole { &unfinished.roots } else { &unfinished.inner }.iter().copied().collect();
    let known = KnownCalls::default();
    let reach = |is_client: bool| Reach {
        program,
        rules,
        endpoints: &traced.endpoints,
        listeners: &traced.listeners,
        follow: true,
        is_client,
        surroundings: None,
        passed: Some(&unfinished.passed[usize::from(is_client)]).filter(|_| !whole),
        known: &known,
    };
    let walk = |root: Root| (root.is_client, reach(root.is_client).walk_functions(&[root.function]));
    let walked: Vec<(bool, Reached<'p>)> = roots.into_par_iter().with_max_len(1).map(walk).collect();
    unfinished.inner.clear();
    for (is_client, reached) in walked {
        unfinished.inner.extend(reached.unfinished.into_iter().map(|function| Root { function, is_client }));
        unfinished.passed[usize::from(is_client)].extend(reached.functions);
    }
}
