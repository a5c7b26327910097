//! The endpoints of the servers: routes as they are declared, with the prefixes of all that mounts them.

use std::cell::RefCell;

use rustc_hash::FxHashMap;

use super::locate::{texts_at, texts_of, value_at};
use super::sides::Surroundings;
use super::survey::{Bearer, Match, MatchSite, Survey};
use crate::ir::{Call, Name, Value, ValueKind, each_call, each_value};
use crate::link::{ClassId, FunctionId, ModuleId, Place, Program, Thing};
use crate::rules::{Kind, Locator, RuleSet};
use crate::source::Span;

/// One endpoint of a server.
#[derive(Debug, Clone)]
pub struct Endpoint<'p> {
    /// Upper case; `ANY` where every method is served; empty where there is no HTTP.
    pub method: String,
    /// The composed path, beginning with a slash; empty where there is none.
    pub path: String,
    pub framework: String,
    /// The functions that answer.
    pub functions: Vec<FunctionId>,
    /// The rule of a library's own logout: its position among the handler rules.
    pub library: Option<usize>,
    pub place: Place,
    pub span: Span,
    pub site: Option<MatchSite<'p>>,
}

/// All endpoints, in the order of files and places.
#[derive(Debug, Default)]
pub struct Endpoints<'p> {
    pub all: Vec<Endpoint<'p>>,
    pub by_function: FxHashMap<FunctionId, Vec<usize>>,
}

/// What routes are declared on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Router {
    /// The call that made it.
    Made(ModuleId, u32),
    Class(ClassId),
    /// It is a parameter or receiver of this function.
    Function(FunctionId),
    Module(ModuleId),
}

struct Mounted<'p> {
    what: Vec<Router>,
    prefixes: Vec<String>,
    /// What it is mounted on.
    on: Vec<Router>,
    place: Place,
    body: Option<&'p Call>,
}

struct Builder<'a, 'p> {
    program: &'a Program<'p>,
    rules: &'a RuleSet,
    survey: &'a Survey<'p>,
    mounts: Vec<Mounted<'p>>,
    /// Where functions that declare routes are called.
    callers: FxHashMap<FunctionId, Vec<Place>>,
    global: Vec<(ModuleId, String)>,
    surroundings: &'a dyn Surroundings,
    /// The prefixes of routers found before; one that is being looked for has none yet.
    prefixed: RefCell<FxHashMap<Router, Vec<String>>>,
}

/// How far mounts are followed.
const MAX_MOUNTS: usize = 6;
/// How many paths one route may have.
const MAX_PATHS: usize = 6;

/// Composes all endpoints.
pub fn endpoints<'p>(program: &Program<'p>, rules: &RuleSet, survey: &Survey<'p>, surroundings: &dyn Surroundings) -> Endpoints<'p> {
    let mut builder = Builder { program, rules, survey, mounts: Vec::new(), callers: FxHashMap::default(), global: Vec::new(), surroundings, prefixed: RefCell::default() };
    builder.collect_mounts();
    builder.collect_callers();
    let mut all = Vec::new();
    for found in survey.of(Kind::Route) {
        builder.route(found, &mut all);
    }
    for found in survey.of(Kind::Handler) {
        builder.library_handler(found, &mut all);
    }
    builder.file_routes(&mut all);
    builder.server_actions(&mut all);
    builder.route_tables(&mut all);
    all.retain(|endpoint| !endpoint.functions.is_empty() || endpoint.library.is_some());
    all.sort_by(|a, b| (a.place.module, a.span, &a.path, &a.method, &a.functions).cmp(&(b.place.module, b.span, &b.path, &b.method, &b.functions)));
    all.dedup_by(|later, earlier| {
        later.span == earlier.span
            && later.place == earlier.place
            && later.path == earlier.path
            && later.method == earlier.method
            && later.functions == earlier.functions
            && later.library == earlier.library
    });
    let mut by_function: FxHashMap<FunctionId, Vec<usize>> = FxHashMap::default();
    for (index, endpoint) in all.iter().enumerate() {
        for function in &endpoint.functions {
            by_function.entry(*function).or_default().push(index);
        }
    }
    Endpoints { all, by_function }
}

impl<'p> Builder<'_, 'p> {
    fn collect_mounts(&mut self) {
        for found in self.survey.of(Kind::Mount) {
            let mount = &self.rules.mounts[found.entry.index];
            let mut prefixes = texts_at(self.program, &mount.prefix, &found.site, found.place);
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
                (Locator::Receiver, _, Some(call)) => (self.receiver_routers(call, found.place), Vec::new(), None),
                (Locator::Body, _, Some(call)) => (Vec::new(), Vec::new(), Some(call)),
                (Locator::Arguments, _, Some(call)) => {
                    let what = call.args.iter().flat_map(|argument| self.routers_of(&argument.value, found.place, 3)).collect();
                    (what, self.receiver_routers(call, found.place), None)
                }
                (locator @ (Locator::Argument(..) | Locator::Named(..)), _, Some(call)) => {
                    let what = value_at(self.program, locator, &found.site, found.place).map(|(value, at)| self.routers_of(value, at, 3)).unwrap_or_default();
                    (what, self.receiver_routers(call, found.place), None)
                }
                _ => continue,
            };
            let on = if on.is_empty() { vec![Router::Module(found.place.module)] } else { on };
            self.mounts.push(Mounted { what, prefixes, on, place: found.place, body });
        }
    }

    /// The call sites of functions that declare routes, by name.
    fn collect_callers(&mut self) {
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
        for (id, module) in program.modules() {
            let mut bodies = vec![(None, &module.top)];
            bodies.extend(module.functions.iter().enumerate().map(|(index, function)| (Some(crate::ir::FunctionIndex(index as u32)), &function.body)));
            for (function, body) in bodies {
                let place = Place { module: id, function };
                each_call(body, |call| {
                    let last = match &call.callee.kind {
                        ValueKind::Name(last) | ValueKind::Member(_, last) => last.as_str(),
                        _ => return,
                    };
                    if let Some(candidates) = declaring.get(last) {
                        let targets = program.targets(call, place, false);
                        for candidate in candidates {
                            if targets.contains(candidate) {
                                self.callers.entry(*candidate).or_default().push(place);
                            }
                        }
                    }
                });
            }
        }
    }

    fn receiver_routers(&self, call: &'p Call, place: Place) -> Vec<Router> {
        match &call.callee.kind {
            ValueKind::Member(of, _) => self.routers_of(of, place, 3),
            _ => Vec::new(),
        }
    }

    /// The routers that a value may be.
    fn routers_of(&self, value: &'p Value, place: Place, depth: usize) -> Vec<Router> {
        let Some(depth) = depth.checked_sub(1) else { return Vec::new() };
        let mut routers = Vec::new();
        match &value.kind {
            ValueKind::List(items) => return items.iter().flat_map(|item| self.routers_of(item, place, depth)).collect(),
            ValueKind::Text(module) => return self.module_named(module, place).into_iter().collect(),
            _ => {}
        }
        for thing in self.program.eval(value, place, false) {
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
                Thing::Function(function) => {
                    routers.push(Router::Function(function));
                }
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
        if let ValueKind::Call(call) = &value.kind
            && let ValueKind::Member(of, _) = &call.callee.kind
            && routers.is_empty()
        {
            routers.extend(self.routers_of(of, place, depth));
        }
        routers
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

    /// The prefixes of a router.
    fn prefixes(&self, router: Router, depth: usize) -> Vec<String> {
        let Some(depth) = depth.checked_sub(1) else { return vec![String::new()] };
        if let Some(known) = self.prefixed.borrow().get(&router) {
            return known.clone();
        }
        self.prefixed.borrow_mut().insert(router, vec![String::new()]);
        let found = self.find_prefixes(router, depth);
        self.prefixed.borrow_mut().insert(router, found.clone());
        found
    }

    fn find_prefixes(&self, router: Router, depth: usize) -> Vec<String> {
        let mut own = vec![String::new()];
        let mut all: Vec<String> = Vec::new();
        for mount in self.mounts.iter().filter(|mount| mount.what.contains(&router)) {
            // A prefix that the router is made with stands behind those that it is mounted at.
            if mount.what.len() == 1 && mount.on == [Router::Module(mount.place.module)] && matches!(router, Router::Made(..) | Router::Class(_)) {
                own = mount.prefixes.iter().flat_map(|prefix| own.iter().map(move |own| join(prefix, own))).collect();
                own.truncate(MAX_PATHS);
                continue;
            }
            let mut before = self.lexical_prefixes(mount.place, depth);
            let on: Vec<String> = mount.on.iter().filter(|on| **on != router).flat_map(|on| self.prefixes(*on, depth)).collect();
            if !on.is_empty() {
                before = before.iter().flat_map(|outer| on.iter().map(move |inner| join(outer, inner))).collect();
            }
            for outer in before {
                all.extend(mount.prefixes.iter().map(|prefix| join(&outer, prefix)));
            }
        }
        if let Router::Function(function) = router {
            for place in self.callers.get(&function).into_iter().flatten().take(MAX_PATHS) {
                all.extend(self.lexical_prefixes(*place, depth));
            }
        }
        if all.is_empty() {
            all.push(String::new());
        }
        all.sort();
        all.dedup();
        all.truncate(MAX_PATHS);
        all.iter().flat_map(|outer| own.iter().map(move |inner| join(outer, inner))).take(MAX_PATHS).collect()
    }

    /// The prefixes of the closures that enclose a place, and of the calls of the function around them.
    fn lexical_prefixes(&self, place: Place, depth: usize) -> Vec<String> {
        let module = self.program.module(place.module);
        let mut prefixes = vec![String::new()];
        let mut at = place.function;
        let mut outermost = None;
        while let Some(index) = at {
            let id = FunctionId { module: place.module, index };
            outermost = Some(id);
            if let Some(handed) = self.survey.handed_to.get(&id)
                && let Some(mount) = self.mounts.iter().find(|mount| mount.body.is_some_and(|body| std::ptr::eq(body, handed.call)))
            {
                prefixes = mount.prefixes.iter().flat_map(|outer| prefixes.iter().map(move |inner| join(outer, inner))).collect();
            }
            at = module.function(index).parent;
        }
        if depth > 0
            && let Some(function) = outermost
            && let Some(callers) = self.callers.get(&function)
        {
            let outer: Vec<String> = callers.iter().take(MAX_PATHS).flat_map(|caller| self.lexical_prefixes(*caller, depth - 1)).collect();
            prefixes = outer.iter().flat_map(|outer| prefixes.iter().map(move |inner| join(outer, inner))).collect();
        }
        prefixes.sort();
        prefixes.dedup();
        prefixes.truncate(MAX_PATHS);
        prefixes
    }

    fn route(&self, found: &Match<'p>, all: &mut Vec<Endpoint<'p>>) {
        let route = &self.rules.routes[found.entry.index];
        let declared: Vec<(Vec<String>, Vec<FunctionId>)> = if route.handler == Locator::Chain {
            self.chained(found)
        } else {
            let methods = texts_at(self.program, &route.method, &found.site, found.place);
            match self.verb_chain(&route.handler, &found.site, found.place) {
                Some(groups) => {
                    groups.into_iter().filter(|(verb, _)| methods.is_empty() || methods.iter().any(|method| normal_method(method) == normal_method(&verb[0]))).collect()
                }
                None => vec![(methods, self.handlers(&route.handler, &found.site, found.place))],
            }
        };
        let mut paths = texts_at(self.program, &route.path, &found.site, found.place);
        // A route that only a type can name is none without it.
        if paths.is_empty() && matches!(route.path.last(), Some(Locator::Type(..))) {
            return;
        }
        if paths.is_empty() {
            paths.push(match found.site {
                // A route that is named after its function: `@action def logout`.
                MatchSite::Annotation(_, Bearer::Function(function))
                    if !route.path.is_empty() && found.site.call().is_some_and(|call| call.args.iter().all(|argument| argument.name.is_some())) =>
                {
                    self.program.function(function).name.clone()
                }
                _ => String::new(),
            });
        }
        let outer = self.outer_prefixes(found, &route.router);
        for (methods, functions) in declared {
            let by_verb = methods.is_empty() && functions.len() > 1;
            for function_group in if by_verb { functions.iter().map(|function| vec![*function]).collect() } else { vec![functions] } {
                let methods = if methods.is_empty() {
                    vec![function_group.first().map_or_else(|| "ANY".to_owned(), |function| verb_of(&self.program.function(*function).name))]
                } else {
                    methods.clone()
                };
                for method in methods {
                    for path in paths.iter().flat_map(|path| outer.iter().map(move |outer| join(outer, path))).take(MAX_PATHS) {
                        all.push(Endpoint {
                            method: normal_method(&method),
                            path,
                            framework: route.framework.clone(),
                            functions: function_group.clone(),
                            library: None,
                            place: found.place,
                            span: found.site.span(self.program),
                            site: Some(found.site),
                        });
                    }
                }
            }
        }
    }

    fn outer_prefixes(&self, found: &Match<'p>, router: &Locator) -> Vec<String> {
        let mut routers = match (router, found.site) {
            (Locator::Receiver, site) => match site.call() {
                Some(call) => self.receiver_routers(call, found.place),
                None => Vec::new(),
            },
            (Locator::Class, MatchSite::Annotation(_, Bearer::Function(function))) => {
                self.program.function(function).owner.map(|index| Router::Class(ClassId { module: function.module, index })).into_iter().collect()
            }
            (Locator::Class, MatchSite::Annotation(_, Bearer::Class(class))) => vec![Router::Class(class)],
            (Locator::Annotated, MatchSite::Annotation(_, Bearer::Function(function))) => vec![Router::Function(function)],
            (Locator::Argument(..) | Locator::Named(..), site) => {
                value_at(self.program, router, &site, found.place).map(|(value, at)| self.routers_of(value, at, 3)).unwrap_or_default()
            }
            _ => Vec::new(),
        };
        routers.dedup();
        routers.truncate(3);
        if routers.is_empty() {
            routers.push(Router::Module(found.place.module));
        }
        let inner: Vec<String> = routers.iter().flat_map(|router| self.prefixes(*router, MAX_MOUNTS)).collect();
        let lexical = self.lexical_prefixes(found.place, MAX_MOUNTS);
        let mut outer: Vec<String> = lexical.iter().flat_map(|outer| inner.iter().map(move |inner| join(outer, inner))).collect();
        // NOTE: the empty prefix of one router says nothing where another has one.
        if outer.iter().any(|prefix| !prefix.is_empty()) {
            outer.retain(|prefix| !prefix.is_empty());
        }
        if let Some(global) = self.global_prefix(found.place.module)
            && matches!(router, Locator::Class)
        {
            outer = outer.into_iter().map(|prefix| join(&global, &prefix)).collect();
        }
        outer.sort();
        outer.dedup();
        outer.truncate(MAX_PATHS);
        outer
    }

    /// The prefix set for a whole application: of those declared, the one nearest in the tree.
    fn global_prefix(&self, module: ModuleId) -> Option<String> {
        let path = self.surroundings.path(module);
        self.global.iter().max_by_key(|(at, _)| common_folders(&self.surroundings.path(*at), &path)).map(|(_, prefix)| prefix.clone())
    }

    /// The calls that are chained behind a route's declaration: their methods and handlers.
    fn chained(&self, found: &Match<'p>) -> Vec<(Vec<String>, Vec<FunctionId>)> {
        let Some(call) = found.site.call() else { return Vec::new() };
        let module = self.program.module(found.place.module);
        let body = found.place.function.map_or(&module.top, |index| &module.function(index).body);
        let mut declared = Vec::new();
        each_call(body, |outer| {
            let mut at = &outer.callee;
            while let ValueKind::Member(of, _) = &at.kind {
                let ValueKind::Call(inner) = &of.kind else { break };
                if std::ptr::eq(&raw const **inner, call) {
                    let functions = self.argument_functions(outer, found.place, 0);
                    if !functions.is_empty() {
                        declared.push((vec![Name::written(&outer.callee).last().to_owned()], functions));
                    }
                    break;
                }
                at = &inner.callee;
            }
        });
        declared
    }

    /// The functions that answer a route.
    fn handlers(&self, locator: &Locator, site: &MatchSite<'p>, place: Place) -> Vec<FunctionId> {
        match (locator, site) {
            (Locator::Annotated, MatchSite::Annotation(_, Bearer::Function(function))) => vec![*function],
            (Locator::Annotated, MatchSite::Annotation(_, Bearer::Class(class)) | MatchSite::Class(class)) => self.class_handlers(*class),
            (Locator::Arguments, site) => site.call().map(|call| self.argument_functions(call, place, 0)).unwrap_or_default(),
            (Locator::Body, site) => site.call().map(|call| self.argument_functions(call, place, 0)).unwrap_or_default(),
            (Locator::Argument(index, path), site) if path.is_empty() && *index > 0 => {
                let functions = value_at(self.program, locator, site, place).map(|(value, at)| self.functions_at(value, at)).unwrap_or_default();
                // Middleware may stand between the path and the handler.
                match site.call() {
                    Some(call) if call.args.len() > index + 1 || functions.is_empty() => self.argument_functions(call, place, 1),
                    _ => functions,
                }
            }
            (locator, site) => value_at(self.program, locator, site, place).map(|(value, at)| self.functions_at(value, at)).unwrap_or_default(),
        }
    }

    /// A chain of methods with their handlers at the place of the handler: `get(page).post(logout)`, `web::post().to(logout)`.
    fn verb_chain(&self, locator: &Locator, site: &MatchSite<'p>, place: Place) -> Option<Vec<(Vec<String>, Vec<FunctionId>)>> {
        let Locator::Argument(..) = locator else { return None };
        let (value, at) = value_at(self.program, locator, site, place)?;
        let mut calls: Vec<&'p Call> = Vec::new();
        let mut next = Some(value);
        while let Some(ValueKind::Call(call)) = next.map(|value| &value.kind) {
            calls.push(call);
            next = match &call.callee.kind {
                ValueKind::Member(of, _) if matches!(of.kind, ValueKind::Call(_)) => Some(of),
                _ => None,
            };
        }
        calls.reverse();
        let mut groups: Vec<(Vec<String>, Vec<FunctionId>)> = Vec::new();
        for call in calls {
            let name = Name::written(&call.callee).last().to_owned();
            let functions: Vec<FunctionId> = call.args.iter().flat_map(|argument| self.functions_at(&argument.value, at)).collect();
            if matches!(name.as_str(), "get" | "post" | "put" | "patch" | "delete" | "any" | "head" | "options") {
                groups.push((vec![name], functions));
            } else if let Some((_, group)) = groups.last_mut()
                && group.is_empty()
                && matches!(name.as_str(), "to" | "goal" | "handler" | "and_then" | "then" | "map")
            {
                group.extend(functions);
            }
        }
        groups.retain(|(_, functions)| !functions.is_empty());
        (!groups.is_empty()).then_some(groups)
    }

    /// The last argument that is a function.
    fn argument_functions(&self, call: &'p Call, place: Place, skip: usize) -> Vec<FunctionId> {
        for argument in call.args.iter().skip(skip).rev() {
            let functions = self.functions_at(&argument.value, place);
            if !functions.is_empty() {
                return functions;
            }
        }
        Vec::new()
    }

    fn functions_at(&self, value: &'p Value, place: Place) -> Vec<FunctionId> {
        match &value.kind {
            ValueKind::Text(text) => return self.named_by_text(text),
            // `[AuthController, "logout"]`
            ValueKind::List(items) => {
                if let [class, method] = items.as_slice()
                    && let ValueKind::Text(method) = &method.kind
                {
                    return self.program.eval(class, place, false).into_iter().filter_map(|thing| self.method_of(&thing, method)).collect();
                }
                return items.iter().rev().map(|item| self.functions_at(item, place)).find(|functions| !functions.is_empty()).unwrap_or_default();
            }
            ValueKind::Call(call) => {
                // `LogoutView.as_view()`, `as_view({"post": "logout"})`
                if let ValueKind::Member(of, _) = &call.callee.kind
                    && let Some(class) = self.program.eval(of, place, false).into_iter().find_map(|thing| match thing {
                        Thing::Class(class) => Some(class),
                        _ => None,
                    })
                    && self.program.targets(call, place, false).is_empty()
                {
                    let named: Vec<FunctionId> =
                        call.args.iter().flat_map(|argument| texts_of_record(&argument.value)).filter_map(|method| self.method_of(&Thing::Class(class), &method)).collect();
                    return if named.is_empty() { self.class_handlers(class) } else { named };
                }
            }
            _ => {}
        }
        let functions = self.program.functions_of(value, place, false);
        if !functions.is_empty() {
            return functions;
        }
        self.program
            .eval(value, place, false)
            .into_iter()
            .flat_map(|thing| match thing {
                Thing::Class(class) | Thing::Instance(class) => self.class_handlers(class),
                _ => Vec::new(),
            })
            .collect()
    }

    /// `"AuthController.logout"`, `"auth#logout"`.
    fn named_by_text(&self, text: &str) -> Vec<FunctionId> {
        let Some((class, method)) = text.rsplit_once(['.', '#', '@']) else { return Vec::new() };
        let class = class.rsplit(['/', '.']).next().unwrap_or(class);
        self.program.classes_named(class).iter().filter_map(|class| self.method_of(&Thing::Class(*class), method)).collect()
    }

    fn method_of(&self, thing: &Thing<'p>, method: &str) -> Option<FunctionId> {
        let (Thing::Class(class) | Thing::Instance(class)) = thing else { return None };
        let module = self.program.module(class.module);
        self.program.class(*class).methods.iter().copied().find(|index| module.function(*index).name == method).map(|index| FunctionId { module: class.module, index })
    }

    /// The methods of a class that answer requests, in its bases too.
    fn class_handlers(&self, class: ClassId) -> Vec<FunctionId> {
        let module = self.program.module(class.module);
        let mut found: Vec<FunctionId> = Vec::new();
        for index in &self.program.class(class).methods {
            if is_verb(&module.function(*index).name) {
                found.push(FunctionId { module: class.module, index: *index });
            }
        }
        if found.is_empty() {
            let place = Place { module: class.module, function: None };
            for base in &self.program.class(class).bases {
                if let Some(base) = self
                    .program
                    .classes_named(base.last())
                    .iter()
                    .find(|base| **base != class && base.module == place.module || self.program.classes_named(self.program.class(**base).name.as_str()).len() == 1)
                {
                    let module = self.program.module(base.module);
                    found.extend(
                        self.program
                            .class(*base)
                            .methods
                            .iter()
                            .filter(|index| is_verb(&module.function(**index).name))
                            .map(|index| FunctionId { module: base.module, index: *index }),
                    );
                }
            }
        }
        found
    }

    /// A logout that a library mounts.
    fn library_handler(&self, found: &Match<'p>, all: &mut Vec<Endpoint<'p>>) {
        let handler = &self.rules.handlers[found.entry.index];
        let mut functions = Vec::new();
        match found.site {
            MatchSite::Class(class) | MatchSite::Annotation(_, Bearer::Class(class)) => {
                let module = self.program.module(class.module);
                functions.extend(
                    self.program
                        .class(class)
                        .methods
                        .iter()
                        .filter(|index| module.function(**index).kind != crate::ir::FunctionKind::Constructor)
                        .map(|index| FunctionId { module: class.module, index: *index }),
                );
            }
            MatchSite::Annotation(_, Bearer::Function(function)) => functions.push(function),
            MatchSite::Call(call) => {
                for argument in &call.args {
                    if let ValueKind::Closure(index) = &argument.value.kind {
                        functions.push(FunctionId { module: found.place.module, index: *index });
                    }
                }
            }
            _ => {}
        }
        let calls_unless = |function: &FunctionId| {
            let mut hit = false;
            each_call(&self.program.function(*function).body, |call| {
                hit |= handler.unless.iter().any(|pattern| pattern.fits(&Name::of_call(call), &self.rules.lexicon));
            });
            hit
        };
        if !handler.unless.is_empty() && functions.iter().any(calls_unless) {
            return;
        }
        let mut paths = texts_at(self.program, &handler.path, &found.site, found.place);
        if paths.is_empty() {
            paths.push(String::new());
        }
        let outer = self.outer_prefixes(found, &Locator::None);
        let method = texts_at(self.program, &handler.method, &found.site, found.place).into_iter().next().unwrap_or_else(|| "ANY".to_owned());
        let path = join(outer.first().map_or("", String::as_str), &paths[0]);
        all.push(Endpoint {
            method: normal_method(&method),
            path,
            framework: handler.framework.clone(),
            functions,
            library: Some(found.entry.index),
            place: found.place,
            span: found.site.span(self.program),
            site: Some(found.site),
        });
    }

    /// Tables of paths and handlers: pairs whose first is a path and whose second is a class that answers requests.
    fn route_tables(&self, all: &mut Vec<Endpoint<'p>>) {
        for (id, module) in self.program.modules() {
            if !self.surroundings.mentions_logout(id) {
                continue;
            }
            let mut bodies = vec![(None, &module.top)];
            bodies.extend(module.functions.iter().enumerate().map(|(index, function)| (Some(crate::ir::FunctionIndex(index as u32)), &function.body)));
            for (function, body) in bodies {
                let place = Place { module: id, function };
                each_value(body, |value| {
                    if let ValueKind::List(items) = &value.kind
                        && let [path, handler, ..] = items.as_slice()
                        && let ValueKind::Text(path) = &path.kind
                        && path.starts_with(['/', '^'])
                    {
                        for class in self.classes_at(handler, place) {
                            for function in self.class_handlers(class) {
                                let method = verb_of(&self.program.function(function).name);
                                all.push(Endpoint {
                                    method,
                                    path: join("", path),
                                    framework: "route table".to_owned(),
                                    functions: vec![function],
                                    library: None,
                                    place,
                                    span: value.span,
                                    site: None,
                                });
                            }
                        }
                    }
                });
            }
        }
    }

    fn classes_at(&self, value: &'p Value, place: Place) -> Vec<ClassId> {
        if !matches!(value.kind, ValueKind::Name(_) | ValueKind::Member(..)) {
            return Vec::new();
        }
        let class = |thing| match thing {
            Thing::Class(class) => Some(class),
            _ => None,
        };
        self.program.eval(value, place, true).into_iter().filter_map(class).collect()
    }

    /// Functions that the client calls as if they were its own: those that say `use server`.
    fn server_actions(&self, all: &mut Vec<Endpoint<'p>>) {
        let says_server = |directive: &String| directive == "use server";
        for (id, module) in self.program.modules() {
            let whole = module.directives.iter().any(says_server);
            for (index, function) in module.functions.iter().enumerate() {
                let exported = whole
                    && function.parent.is_none()
                    && module
                        .exports
                        .iter()
                        .any(|export| export.name == function.name || matches!(&export.target, crate::ir::ExportTarget::Local(local) if *local == function.name));
                if !exported && !function.directives.iter().any(says_server) {
                    continue;
                }
                let function_id = FunctionId { module: id, index: crate::ir::FunctionIndex(index as u32) };
                let place = Place { module: id, function: function.parent };
                all.push(Endpoint {
                    method: String::new(),
                    path: String::new(),
                    framework: "server action".to_owned(),
                    functions: vec![function_id],
                    library: None,
                    place,
                    span: function.head,
                    site: None,
                });
            }
        }
    }

    /// Endpoints that a file's place declares.
    fn file_routes(&self, all: &mut Vec<Endpoint<'p>>) {
        for (id, module) in self.program.modules() {
            let path = self.surroundings.path(id);
            for rule in self.rules.file_routes.iter().filter(|rule| rule.languages.contains(&module.language) && rule.files.is_match(&path)) {
                let package = |module: &str| module.split('/').take(if module.starts_with('@') { 2 } else { 1 }).collect::<Vec<_>>().join("/");
                let needed = |dependency: &str| rule.needs.iter().any(|glob| glob.fits(dependency, &self.rules.lexicon) || glob.fits(&package(dependency), &self.rules.lexicon));
                if !rule.needs.is_empty()
                    && !module.imports.iter().any(|import| needed(&import.module))
                    && !self.surroundings.dependencies(id).iter().any(|dependency| needed(dependency))
                {
                    continue;
                }
                let (route, suffix) = file_path(rule, &path);
                for (name, method) in &rule.exports {
                    let exported = match name.split_once('.') {
                        Some((record, "*")) => self.program.export_entries(id, record),
                        _ => vec![(String::new(), self.program.export_functions(id, name))],
                    };
                    for (key, functions) in exported {
                        if functions.is_empty() {
                            continue;
                        }
                        let path = if key.is_empty() || key == "default" { route.clone() } else { join(&route, &key) };
                        let span = functions.first().map_or(Span::default(), |function| self.program.function(*function).head);
                        let method = suffix.clone().unwrap_or_else(|| normal_method(method));
                        all.push(Endpoint {
                            method,
                            path,
                            framework: rule.framework.clone(),
                            functions,
                            library: None,
                            place: Place { module: id, function: None },
                            span,
                            site: None,
                        });
                    }
                }
            }
        }
    }
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

fn texts_of_record(value: &Value) -> Vec<String> {
    match &value.kind {
        ValueKind::Record(entries) => entries
            .iter()
            .filter_map(|(_, entry)| match &entry.kind {
                ValueKind::Text(text) => Some(text.clone()),
                _ => None,
            })
            .collect(),
        _ => Vec::new(),
    }
}

/// The route of a file, and the method that its name bears.
fn file_path(rule: &crate::rules::FileRoute, path: &str) -> (String, Option<String>) {
    let mut rest = path;
    // The longest prefix that is stripped.
    let slashes: Vec<usize> = path.match_indices('/').map(|(at, _)| at).collect();
    for at in slashes.into_iter().rev() {
        if rule.strip.iter().any(|glob| glob.is_match(&path[..=at])) {
            rest = &path[at + 1..];
            break;
        }
    }
    let mut segments: Vec<String> = rest.split('/').map(str::to_owned).collect();
    let mut suffix = None;
    if let Some(last) = segments.last_mut() {
        if let Some((stem, _)) = last.rsplit_once('.') {
            *last = stem.to_owned();
        }
        if rule.method_suffix
            && let Some((stem, method)) = last.rsplit_once('.')
            && is_verb(method)
        {
            suffix = Some(normal_method(method));
            *last = stem.to_owned();
        }
        if rule.dots {
            let parts: Vec<String> = last.split('.').map(str::to_owned).collect();
            segments.pop();
            segments.extend(parts);
        }
    }
    segments.retain(|segment| !(segment.starts_with('(') && segment.ends_with(')')) && !segment.starts_with('_') && !segment.starts_with('@'));
    if segments.last().is_some_and(|last| rule.drop.contains(last)) {
        segments.pop();
    }
    (join(rule.prefix.as_deref().unwrap_or(""), &segments.join("/")), suffix)
}

fn common_folders(a: &str, b: &str) -> usize {
    a.split('/').zip(b.split('/')).take_while(|(a, b)| a == b).count()
}

/// Whether a method name answers an HTTP verb.
fn is_verb(name: &str) -> bool {
    matches!(
        name.to_ascii_lowercase().as_str(),
        "get" | "post" | "put" | "patch" | "delete" | "head" | "options" | "all" | "dispatch" | "doget" | "dopost" | "handle" | "invoke" | "execute" | "__call__" | "process"
    )
}

fn verb_of(name: &str) -> String {
    match name.to_ascii_lowercase().as_str() {
        "get" | "doget" => "GET",
        "post" | "dopost" => "POST",
        "put" => "PUT",
        "patch" => "PATCH",
        "delete" => "DELETE",
        _ => "ANY",
    }
    .to_owned()
}

/// A method in capitals; what is no method is `ANY`.
pub(super) fn normal_method(text: &str) -> String {
    let upper: String = text.rsplit(['.', ':']).next().unwrap_or(text).trim_start_matches('$').to_ascii_uppercase();
    let upper = upper.strip_suffix("MAPPING").unwrap_or(&upper);
    match upper {
        "GET" | "POST" | "PUT" | "PATCH" | "DELETE" | "HEAD" | "OPTIONS" => upper.to_owned(),
        "DEL" => "DELETE".to_owned(),
        "" => String::new(),
        _ if upper.ends_with("POST") => "POST".to_owned(),
        _ if upper.ends_with("GET") => "GET".to_owned(),
        _ if upper.ends_with("DELETE") => "DELETE".to_owned(),
        _ => "ANY".to_owned(),
    }
}

/// Joins two parts of a path; regular expressions' anchors are cut.
pub(super) fn join(outer: &str, inner: &str) -> String {
    let clean = |text: &str| text.trim().trim_start_matches('^').trim_end_matches('$').trim_end_matches('?').replace('\\', "").trim_matches('/').to_owned();
    let (outer, inner) = (clean(outer), clean(inner));
    match (outer.is_empty(), inner.is_empty()) {
        (true, true) => String::new(),
        (true, false) => format!("/{inner}"),
        (false, true) => format!("/{outer}"),
        (false, false) => format!("/{outer}/{inner}"),
    }
}

/// The texts of a value, for other parts of the room.
pub(super) fn path_texts<'p>(program: &Program<'p>, value: &'p Value, place: Place) -> Vec<String> {
    texts_of(program, value, place, 6)
}
