//! The endpoints of the servers: routes as they are declared, with the prefixes of all that mounts them.

mod dispatched;
mod file_routes;
mod handlers;
mod keyed;
mod looped;
mod operations;
mod outrun;
mod paths;
mod prefixes;
mod routers;
mod routes;
mod tables;
mod turns;
mod wrapped;

pub(super) use paths::{is_verb, join, normal_method, path_texts};
pub(super) use prefixes::common_folders;

use std::cell::{Cell, RefCell};

use rustc_hash::{FxHashMap, FxHashSet};

use super::requests::{is_logout_path, last_of_name};
use super::sides::{Sides, Surroundings};
use super::survey::{MatchSite, Survey};
use crate::ir::{Block, Call, ValueKind};
use crate::link::{ClassId, FunctionId, ModuleId, Place, Program};
use crate::rules::{Kind, RuleSet};
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
    /// Where only a part of the function answers: that part.
    pub arm: Option<(&'p Block, Place)>,
    /// The rule of a library's own logout: its position among the handler rules.
    pub library: Option<usize>,
    /// That logout is one of several endpoints that were mounted together.
    pub bundled: bool,
    pub place: Place,
    pub span: Span,
    pub site: Option<MatchSite<'p>>,
}

impl<'p> Endpoint<'p> {
    /// The name that a declaration gives its route: `path("leave/", leave, name="logout")`.
    pub(super) fn route_name(&self) -> Option<&'p str> {
        match &self.site?.call()?.named("name")?.kind {
            ValueKind::Text(name) => Some(name),
            _ => None,
        }
    }

    /// Whether its path or the name of its route is that of a logout.
    pub(super) fn is_called_logout(&self, rules: &RuleSet) -> bool {
        let is_other = |name: &str| ["after-logout", "not-logout"].iter().any(|class| rules.lexicon.is(class, name));
        let names_logout = |name: &str| !name.contains('/') && !is_other(name) && is_logout_path(rules, last_of_name(name));
        is_logout_path(rules, &self.path) || self.route_name().is_some_and(names_logout)
    }

    /// An endpoint that functions of the project answer, declared in another way than by a match.
    fn new(framework: impl Into<String>, method: impl Into<String>, path: String, functions: Vec<FunctionId>, place: Place, span: Span) -> Self {
        Self { method: method.into(), path, framework: framework.into(), functions, arm: None, library: None, bundled: false, place, span, site: None }
    }
}

/// All endpoints, in the order of files and places.
#[derive(Debug, Default)]
pub struct Endpoints<'p> {
    pub all: Vec<Endpoint<'p>>,
    pub by_function: FxHashMap<FunctionId, Vec<usize>>,
    /// Those whose path is a logout's.
    pub logouts: Vec<usize>,
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
    /// Where its call begins: it may itself stand in a list that another mounts.
    start: Option<u32>,
    body: Option<&'p Call>,
    /// The router is made with the prefix, or sets it itself.
    is_own: bool,
}

struct Builder<'a, 'p> {
    program: &'a Program<'p>,
    rules: &'a RuleSet,
    survey: &'a Survey<'p>,
    mounts: Vec<Mounted<'p>>,
    /// The calls that mount what they are handed.
    mounting: FxHashSet<(ModuleId, Span)>,
    /// Where functions that declare routes are called.
    callers: FxHashMap<FunctionId, Vec<Place>>,
    global: Vec<(ModuleId, String)>,
    /// The keys of logouts under which things stand, by the calls that made these.
    keys: FxHashMap<*const Call, &'p str>,
    sides: &'a Sides,
    surroundings: &'a dyn Surroundings,
    /// Whether files that are not lowered may be asked for at all, and whether the handler that is looked for is worth it.
    follow: bool,
    asking: Cell<bool>,
    /// The prefixes of routers found before; one that is being looked for has none yet.
    prefixed: RefCell<FxHashMap<Router, Vec<String>>>,
    /// The calls by which the routers were made that helpers gave.
    given: RefCell<FxHashMap<Router, Router>>,
}

/// How many paths one route may have.
const MAX_PATHS: usize = 6;

/// Composes all endpoints.
pub(super) fn endpoints<'p>(program: &Program<'p>, rules: &RuleSet, survey: &Survey<'p>, sides: &Sides, surroundings: &dyn Surroundings, follow: bool) -> Endpoints<'p> {
    let mut builder = Builder {
        program,
        rules,
        survey,
        mounts: Vec::new(),
        mounting: FxHashSet::default(),
        callers: FxHashMap::default(),
        global: Vec::new(),
        keys: FxHashMap::default(),
        sides,
        surroundings,
        follow,
        asking: Cell::new(false),
        prefixed: RefCell::default(),
        given: RefCell::default(),
    };
    builder.collect_mounts();
    builder.collect_callers();
    builder.collect_keys();
    let mut all = Vec::new();
    for found in survey.of(Kind::Route) {
        builder.route(found, &mut all);
    }
    for found in survey.of(Kind::Handler) {
        builder.library_handler(found, &mut all);
    }
    builder.file_routes(&mut all);
    builder.operations(&mut all);
    builder.server_actions(&mut all);
    builder.route_tables(&mut all);
    builder.resolvers(&mut all);
    builder.dispatched(&mut all);
    all.retain(|endpoint| !endpoint.functions.is_empty() || endpoint.library.is_some());
    builder.drop_leftovers(&mut all);
    builder.drop_outrun(&mut all);
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
    for (index, endpoint) in all.iter().enumerate().filter(|(_, endpoint)| endpoint.arm.is_none()) {
        for function in &endpoint.functions {
            by_function.entry(*function).or_default().push(index);
        }
    }
    let logouts = all.iter().enumerate().filter(|(_, endpoint)| endpoint.is_called_logout(rules)).map(|(index, _)| index).collect();
    Endpoints { all, by_function, logouts }
}
