//! The prefixes before a route: of its routers, of what mounts them, and of the closures around it.

use super::paths::join;
use super::{Builder, MAX_PATHS, Mounted, Router};
use crate::ir::{Call, FunctionIndex, Value, ValueKind, each_call};
use crate::link::{ClassId, FunctionId, ModuleId, Place};
use crate::rules::Locator;
use crate::trace::locate::value_at;
use crate::trace::survey::{Bearer, Match, MatchSite};

/// How far mounts are followed.
const MAX_MOUNTS: usize = 6;

impl<'p> Builder<'_, 'p> {
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
        // The prefix that a helper makes its routers with is that of each of them.
        let made = self.given.borrow().get(&router).copied();
        let is_of = |mount: &&Mounted<'p>| mount.what.contains(&router) || mount.is_own && made.is_some_and(|made| mount.what.contains(&made));
        for mount in self.mounts.iter().filter(is_of) {
            // A prefix that the router is made with stands behind those that it is mounted at.
            if mount.is_own && mount.what.len() == 1 && mount.on == [Router::Module(mount.place.module)] && matches!(router, Router::Made(..) | Router::Class(_)) {
                own = mount.prefixes.iter().flat_map(|prefix| own.iter().map(move |own| join(prefix, own))).collect();
                own.truncate(MAX_PATHS);
                continue;
            }
            let mut before = self.lexical_prefixes(mount.place, depth);
            let on: Vec<String> = self.mounted_on(mount).filter(|on| !mount.what.contains(on)).flat_map(|on| self.prefixes(on, depth)).collect();
            if !on.is_empty() {
                before = before.iter().flat_map(|outer| on.iter().map(move |inner| join(outer, inner))).collect();
            }
            for outer in before {
                all.extend(mount.prefixes.iter().map(|prefix| join(&outer, prefix)));
            }
        }
        if let Router::Function(function) = router {
            for place in self.callers.get(&function).into_iter().flatten().take(MAX_PATHS) {
                // `scope("/auth").configure(|cfg| routes(cfg, flag))`: the closure that calls it is what is mounted.
                let closure = place.function.map(|index| Router::Function(FunctionId { module: place.module, index }));
                match closure.filter(|closure| *closure != router && self.mounts.iter().any(|mount| mount.what.contains(closure))) {
                    Some(closure) => all.extend(self.prefixes(closure, depth)),
                    None => all.extend(self.lexical_prefixes(*place, depth)),
                }
            }
        }
        // A router that nothing mounts goes with its file: `urlpatterns = router.urls`.
        if let (true, Router::Made(module, _)) = (all.is_empty(), router) {
            all.extend(self.prefixes(Router::Module(module), depth));
        }
        // What only stands in something that is mounted says nothing where a mount with a prefix does.
        if all.iter().any(|prefix| !prefix.is_empty()) {
            all.retain(|prefix| !prefix.is_empty());
        }
        if all.is_empty() {
            all.push(String::new());
        }
        all.sort();
        all.dedup();
        all.truncate(MAX_PATHS);
        all.iter().flat_map(|outer| own.iter().map(move |inner| join(outer, inner))).take(MAX_PATHS).collect()
    }

    /// What something is mounted on: the list that another mounts before the file in which both stand:
    /// `path("api/", include([path("users/", include("users.urls"))]))`.
    fn mounted_on(&self, mount: &Mounted<'p>) -> impl Iterator<Item = Router> {
        let module = mount.place.module;
        let itself = mount.start.filter(|_| mount.on == [Router::Module(module)]).map(|start| Router::Made(module, start));
        match itself.filter(|itself| self.mounts.iter().any(|other| !other.is_own && other.what.contains(itself))) {
            Some(itself) => vec![itself].into_iter(),
            None => mount.on.clone().into_iter(),
        }
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
                // `new Router().group("/auth", (app) => …)`: where the router that is grouped is mounted itself.
                let made = mount.on.iter().filter(|on| matches!(on, Router::Made(..)));
                let outer: Vec<String> = made.flat_map(|on| self.prefixes(*on, depth)).filter(|outer| !outer.is_empty()).collect();
                if !outer.is_empty() {
                    prefixes = outer.iter().flat_map(|outer| prefixes.iter().map(move |inner| join(outer, inner))).collect();
                }
            } else if depth > 0
                && let Some((call, inside)) = self.passed_on(id)
            {
                let own =
                    self.mounts.iter().find(|mount| mount.body.is_some_and(|body| std::ptr::eq(body, call))).map_or_else(|| vec![String::new()], |mount| mount.prefixes.clone());
                let outer: Vec<String> = self.lexical_prefixes(inside, depth - 1).iter().flat_map(|outer| own.iter().map(move |own| join(outer, own))).collect();
                prefixes = outer.iter().flat_map(|outer| prefixes.iter().map(move |inner| join(outer, inner))).collect();
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

    /// Where a function of the project that is handed a closure with routes hands it on: `fun Application.api(routes: Route.() -> Unit)
    /// { routing { route("/api", routes) } }`.
    fn passed_on(&self, closure: FunctionId) -> Option<(&'p Call, Place)> {
        let module = self.program.module(closure.module);
        if !module.language.has_implicit_members() {
            return None;
        }
        let handed = self.survey.handed_to.get(&closure)?;
        let place = Place { module: closure.module, function: module.function(closure.index).parent };
        let [target] = *self.program.targets(handed.call, place, false).as_slice() else { return None };
        let to = self.program.module(target.module);
        let param = to.function(target.index).params.last()?.name.as_str();
        let is_it = |value: &Value| matches!(&value.kind, ValueKind::Name(name) if name == param);
        let hands_on = |call: &Call| call.args.iter().any(|argument| is_it(&argument.value));
        let inside = |index: FunctionIndex| to.around(Some(index)).any(|at| at == target.index);
        let functions = (0..to.functions.len()).map(|index| FunctionIndex(u32::try_from(index).unwrap_or(u32::MAX))).filter(|index| inside(*index));
        functions.into_iter().find_map(|index| {
            let mut found: Option<&'p Call> = None;
            each_call(&to.function(index).body, |call| found = found.or_else(|| hands_on(call).then_some(call)));
            found.map(|call| (call, Place { module: target.module, function: Some(index) }))
        })
    }

    pub(super) fn outer_prefixes(&self, found: &Match<'p>, router: &Locator) -> Vec<String> {
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
        // What is mounted may be the route itself, in a list of routes, or the class that the annotated function belongs to.
        let own = match found.site {
            MatchSite::Call(call) => Some(Router::Made(found.place.module, call.span.start)),
            MatchSite::Annotation(_, Bearer::Function(function)) => {
                self.program.function(function).owner.map(|index| Router::Class(ClassId { module: function.module, index })).filter(|_| routers.is_empty())
            }
            _ => None,
        };
        routers.extend(own.filter(|own| self.mounts.iter().any(|mount| mount.what.contains(own))));
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

    /// The prefix set for a whole application: of those declared in its language, the one nearest in the tree.
    pub(super) fn global_prefix(&self, module: ModuleId) -> Option<String> {
        let path = self.surroundings.path(module);
        let language = |id: ModuleId| self.program.module(id).language;
        self.global
            .iter()
            .filter(|(at, _)| language(*at) == language(module))
            .max_by_key(|(at, _)| common_folders(&self.surroundings.path(*at), &path))
            .map(|(_, prefix)| prefix.clone())
    }
}

/// How many folders two paths share from the root.
pub(in crate::trace) fn common_folders(a: &str, b: &str) -> usize {
    a.split('/').zip(b.split('/')).take_while(|(a, b)| a == b).count()
}
