//! What routes are declared on, what mounts it where, and who calls the functions that declare routes.

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::{Builder, Mounted, Router};
use crate::ir::{Call, Module, Name, Value, ValueKind, each_call};
use crate::link::{FunctionId, ModuleId, Place, Thing};
use crate::rules::{Kind, Locator};
use crate::trace::locate::{prefixes_at, value_at};
use crate::trace::requests::{deletes_session, is_logout_path};
use crate::trace::survey::{Bearer, MatchSite};

impl<'p> Builder<'_, 'p> {
    pub(super) fn collect_mounts(&mut self) {
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
                (Locator::Body, _, Some(call)) => (Vec::new(), Vec::new(), Some(call)),
                (Locator::Arguments, _, Some(call)) => {
                    let what = call.args.iter().flat_map(|argument| self.routers_of(&argument.value, found.place, 3)).collect();
                    (what, self.receiver_routers(call, found.place), None)
                }
                (locator @ (Locator::Argument(..) | Locator::Named(..)), _, Some(call)) => {
                    let mounted = value_at(self.program, locator, &found.site, found.place);
                    // What a package's own file only hands on may stand in a file that nothing else makes worth reading.
                    if let Some((value, at)) = mounted
                        && self.follow
                        && matches!(value.kind, ValueKind::Name(_) | ValueKind::Call(_))
                    {
                        if prefixes.iter().any(|prefix| is_logout_path(self.rules, prefix) || deletes_session(self.rules, "DELETE", prefix)) {
                            self.program.eval(value, at, true);
                        } else {
                            self.program.want_routes(value, at);
                        }
                    }
                    let what = mounted.map(|(value, at)| self.routers_of(value, at, 3)).unwrap_or_default();
                    (what, self.receiver_routers(call, found.place), None)
                }
                _ => continue,
            };
            let on = if on.is_empty() { vec![Router::Module(found.place.module)] } else { on };
            let is_own = matches!(mount.mounted, Locator::Result | Locator::Class | Locator::Receiver);
            self.mounts.push(Mounted { what, prefixes, on, place: found.place, body, is_own });
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
            ValueKind::Member(of, _) => self.routers_of(of, place, 3),
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
            Thing::Outside { made_by: Some((call, at)), .. } => {
                routers.push(Router::Made(at.module, root_call(call).span.start));
                // `include("app.urls")`, `router.routes()`, `r.middleware()`: what is inside, or what it hangs on.
                for argument in &call.args {
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
