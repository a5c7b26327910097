//! What routes are declared on, what mounts it where, and who calls the functions that declare routes.

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::turns::Turn;
use super::{Builder, Mounted, Router};
use crate::ir::{Call, Module, Name, Value, ValueKind, each_call};
use crate::link::{FunctionId, ModuleId, Place, Thing};
use crate::rules::{Kind, Locator};
use crate::trace::candidates::is_logout_name;
use crate::trace::locate::{prefixes_at, value_at};
use crate::trace::requests::{deletes_session, is_logout_path};
use crate::trace::survey::{Bearer, Match, MatchSite};

impl<'p> Builder<'_, 'p> {
    pub(super) fn collect_mounts(&mut self) {
        let is_of_arguments = |found: &&Match<'p>| matches!(self.rules.mounts[found.entry.index].mounted, Locator::Arguments | Locator::Argument(..) | Locator::Named(..));
        self.mounting = self.survey.of(Kind::Mount).filter(is_of_arguments).filter_map(|found| Some((found.place.module, found.site.call()?.span))).collect();
        for found in self.survey.of(Kind::Mount) {
            let mount = &self.rules.mounts[found.entry.index];
            let mut prefixes = prefixes_at(self.program, &mount.prefix, &found.site, found.place, self.follow);
            if prefixes.is_empty() {
                prefixes.push(String::new());
            }
            let call = found.site.call();
            let own = call.map(|call| vec![Router::Made(found.place.module, root_call(call).span.start)]).unwrap_or_default();
            let (what, on, body) = match (&mount.mounted, found.site, call) {
                (Locator::Global, _, _) => {
                    self.global.push((found.place.module, prefixes[0].clone()));
                    continue;
                }
                (Locator::Class, MatchSite::Annotation(_, Bearer::Class(class)) | MatchSite::Class(class), _) => (vec![Router::Class(class)], Vec::new(), None),
                (Locator::Result, _, Some(_)) => (own, Vec::new(), None),
                (Locator::Receiver, _, Some(call)) => (self.receiver_routers(call, found.place), Vec::new(), grouping(call)),
                (Locator::Body, _, Some(call)) => (Vec::new(), self.receiver_routers(call, found.place), Some(call)),
                (Locator::Arguments | Locator::Argument(..) | Locator::Named(..), _, Some(call)) => {
                    let on = self.receiver_routers(call, found.place);
                    let mounted: Vec<(&'p Value, Place)> = match &mount.mounted {
                        Locator::Arguments => call.args.iter().map(|argument| (&argument.value, found.place)).collect(),
                        locator => value_at(self.program, locator, &found.site, found.place).into_iter().collect(),
                    };
                    let turns = self.turns(call, found.place);
                    if !turns.is_empty() {
                        self.mount_in_turns(&turns, found, &mounted, on);
                        continue;
                    }
                    // What is mounted without a prefix is mostly middleware.
                    if mount.mounted != Locator::Arguments || !mount.prefix.is_empty() {
                        mounted.iter().for_each(|(value, at)| self.ask_for_routes(value, *at, &prefixes));
                    }
                    (mounted.iter().flat_map(|(value, at)| self.routers_of(value, *at, 3)).collect(), on, None)
                }
                _ => continue,
            };
            let on = or_file(on, found.place);
            let is_own = matches!(mount.mounted, Locator::Result | Locator::Class | Locator::Receiver);
            self.mounts.push(Mounted { what, prefixes, on, place: found.place, start: call.map(|call| call.span.start), body, is_own });
        }
    }

    /// What is mounted anew in each turn of a loop, with the prefix of that turn.
    fn mount_in_turns(&mut self, turns: &[Turn<'p>], found: &Match<'p>, mounted: &[(&'p Value, Place)], on: Vec<Router>) {
        let rule = &self.rules.mounts[found.entry.index];
        let on = or_file(on, found.place);
        let written: Vec<(&'p Value, Place)> = rule.prefix.iter().filter_map(|locator| value_at(self.program, locator, &found.site, found.place)).collect();
        for turn in turns {
            // What is a text in this turn alone is the prefix, though it does not look like one.
            let (texts, routers): (Vec<_>, Vec<_>) = mounted.iter().partition(|(value, at)| rule.prefix.is_empty() && self.is_text_in_turn(turn, value, *at));
            let prefixes = vec![written.iter().chain(texts).find_map(|(value, at)| self.text_in_turn(turn, value, *at)).unwrap_or_default()];
            let mut what = Vec::new();
            for (value, at) in routers {
                let (routers, item) = self.routers_in_turn(turn, value, *at);
                what.extend(routers);
                if let Some((item, at)) = item {
                    self.ask_for_routes(item, at, &prefixes);
                }
            }
            self.mounts.push(Mounted { what, prefixes, on: on.clone(), place: found.place, start: None, body: None, is_own: false });
        }
    }

    /// Asks for the file of a router that is mounted: what a package's own file only hands on may stand in one that nothing else makes
    /// worth reading.
    fn ask_for_routes(&self, router: &'p Value, place: Place, prefixes: &[String]) {
        let is_logout = prefixes.iter().any(|prefix| is_logout_path(self.rules, prefix) || deletes_session(self.rules, "DELETE", prefix));
        // `app.include_router(leaving.router, prefix="/logout")`
        let may_lead_on = matches!(router.kind, ValueKind::Name(_) | ValueKind::Call(_)) || is_logout && matches!(router.kind, ValueKind::Member(..));
        if !self.follow || !may_lead_on {
            return;
        }
        // `routes![pages::index, pages::logout]`
        if let ValueKind::Call(list) = &router.kind {
            let logouts = list.args.iter().map(|argument| &argument.value).filter(|value| is_logout_name(self.rules, value.last_name()));
            logouts.for_each(|value| drop(self.program.eval(value, place, true)));
        }
        if is_logout {
            self.program.eval(router, place, true);
        } else {
            self.program.want_routes(router, place);
        }
    }

    /// The call sites of functions that declare routes, by name.
    pub(super) fn collect_callers(&mut self) {
        let mut declaring: FxHashMap<&str, Vec<FunctionId>> = FxHashMap::default();
        for found in self.survey.matches.iter().filter(|found| matches!(found.entry.kind, Kind::Route | Kind::Mount)) {
            let Some(mut at) = found.place.function else { continue };
            let module = self.program.module(found.place.module);
            while let Some(parent) = module.function(at).parent {
                at = parent;
            }
            let function = module.function(at);
            if !function.name.is_empty() {
                let id = FunctionId { module: found.place.module, index: at };
                let named = declaring.entry(&function.name).or_default();
                if !named.contains(&id) {
                    named.push(id);
                }
            }
        }
        if declaring.is_empty() {
            return;
        }
        let program = self.program;
        let calling = |(id, module): &(ModuleId, &'p Module)| {
            let mut found: Vec<(FunctionId, Place)> = Vec::new();
            for (function, body) in module.bodies() {
                let place = Place { module: *id, function };
                each_call(body, |call| {
                    let last = match &call.callee.kind {
                        ValueKind::Name(last) | ValueKind::Member(_, last) => last.as_str(),
                        _ => return,
                    };
                    if let Some(candidates) = declaring.get(last) {
                        let targets = program.targets(call, place, false);
                        found.extend(candidates.iter().filter(|candidate| targets.contains(candidate)).map(|candidate| (*candidate, place)));
                    }
                });
            }
            found
        };
        let modules: Vec<(ModuleId, &'p Module)> = program.modules().collect();
        let found: Vec<(FunctionId, Place)> = modules.par_iter().flat_map_iter(calling).collect();
        for (function, place) in found {
            self.callers.entry(function).or_default().push(place);
        }
    }

    pub(super) fn receiver_routers(&self, call: &'p Call, place: Place) -> Vec<Router> {
        match &call.callee.kind {
            ValueKind::Member(of, _) => {
                let mut routers = self.routers_of(of, place, 3);
                // What is declared on a router that a helper gave is not on the helper's others.
                let given = self.given.borrow();
                let makers: Vec<Router> = routers.iter().filter_map(|router| given.get(router).copied()).collect();
                routers.retain(|router| !makers.contains(router));
                routers
            }
            _ => Vec::new(),
        }
    }

    /// The routers that a value may be.
    pub(super) fn routers_of(&self, value: &'p Value, place: Place, depth: usize) -> Vec<Router> {
        let Some(depth) = depth.checked_sub(1) else { return Vec::new() };
        let mut routers = Vec::new();
        match &value.kind {
            ValueKind::List(items) => return items.iter().flat_map(|item| self.routers_of(item, place, depth)).collect(),
            ValueKind::Text(module) => return self.module_named(module, place).into_iter().collect(),
            _ => {}
        }
        for thing in self.program.eval(value, place, false) {
            match thing {
                // `require("./routes")` is the module, and what it exports as a whole.
                Thing::Module(module) => {
                    routers.push(Router::Module(module));
                    for exported in self.program.whole_of(module) {
                        self.routers_of_thing(exported, value, place, depth, &mut routers);
                    }
                }
                thing => self.routers_of_thing(thing, value, place, depth, &mut routers),
            }
        }
        if let ValueKind::Call(call) = &value.kind
            && let ValueKind::Member(of, _) = &call.callee.kind
            && routers.is_empty()
        {
            routers.extend(self.routers_of(of, place, depth));
        }
        routers
    }

    fn routers_of_thing(&self, thing: Thing<'p>, value: &'p Value, place: Place, depth: usize, routers: &mut Vec<Router>) {
        match thing {
            Thing::Outside { made_by: Some((call, at)), last_call, .. } => {
                let made = Router::Made(at.module, root_call(call).span.start);
                // A helper that makes routers makes another one at each call; what it declares itself is on all of them.
                if let Some((given, at)) = last_call
                    && !self.program.targets(root_call(given), at, false).is_empty()
                {
                    let router = Router::Made(at.module, root_call(given).span.start);
                    self.given.borrow_mut().insert(router, made);
                    routers.push(router);
                }
                routers.push(made);
                // `include("app.urls")`, `router.routes()`, `r.middleware()`: what is inside, or what it hangs on. What a call mounts is beside
                // what its chain goes on with.
                let inside = if self.mounting.contains(&(at.module, call.span)) { &[] } else { call.args.as_slice() };
                for argument in inside {
                    if matches!(argument.value.kind, ValueKind::Text(_) | ValueKind::Name(_) | ValueKind::Member(_, _) | ValueKind::Call(_) | ValueKind::List(_)) {
                        routers.extend(self.routers_of(&argument.value, at, depth));
                    }
                }
                if let ValueKind::Member(of, _) = &call.callee.kind {
                    routers.extend(self.routers_of(of, at, depth));
                }
            }
            Thing::Class(class) | Thing::Instance(class) => routers.push(Router::Class(class)),
            Thing::Function(function) => routers.push(Router::Function(function)),
            Thing::Module(module) => routers.push(Router::Module(module)),
            Thing::Literal(literal, at) => match &literal.kind {
                ValueKind::List(items) => {
                    routers.push(Router::Module(at.module));
                    routers.extend(items.iter().take(20).flat_map(|item| self.routers_of(item, at, depth)));
                }
                ValueKind::Text(module) => routers.extend(self.module_named(module, at)),
                _ => {}
            },
            Thing::Outside { made_by: None, .. } => routers.extend(self.parameter_of(value, place)),
        }
    }

    fn module_named(&self, module: &str, place: Place) -> Option<Router> {
        if !module.contains('.') && !module.contains('/') {
            return None;
        }
        self.program.module_at(place.module, module).map(Router::Module)
    }

    /// The function of which a value's root is a parameter.
    fn parameter_of(&self, value: &'p Value, place: Place) -> Option<Router> {
        let written = Name::written(value);
        let root = &written.segments.first()?.text;
        let module = self.program.module(place.module);
        let mut at = place.function;
        while let Some(index) = at {
            let function = module.function(index);
            if function.params.iter().any(|param| param.name == *root || param.parts.iter().any(|(_, local)| local == root)) {
                return Some(Router::Function(FunctionId { module: place.module, index }));
            }
            at = function.parent;
        }
        None
    }
}

/// What something is mounted on: the file, where nothing else is known.
fn or_file(on: Vec<Router>, place: Place) -> Vec<Router> {
    if on.is_empty() { vec![Router::Module(place.module)] } else { on }
}

/// The call of a chain that is handed a closure: `router.group(() => { … }).prefix("/api")`.
fn grouping(call: &Call) -> Option<&Call> {
    let mut at = call;
    while let ValueKind::Member(of, _) = &at.callee.kind {
        let ValueKind::Call(inner) = &of.awaited().kind else { break };
        if inner.args.iter().any(|argument| matches!(argument.value.kind, ValueKind::Closure(_))) {
            return Some(inner);
        }
        at = inner;
    }
    None
}

/// The innermost call of a chain: the one that made what the chain hangs on.
fn root_call(call: &Call) -> &Call {
    let mut at = call;
    while let ValueKind::Member(of, _) = &at.callee.kind {
        let ValueKind::Call(inner) = &of.awaited().kind else { break };
        at = inner;
    }
    at
}
