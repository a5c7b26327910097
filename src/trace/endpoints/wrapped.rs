//! Routes that a function of the project declares for its callers: `fun Route.postResult(path: String, body: …) { post(path) { body(call) } }`.

use super::paths::{join, normal_method};
use super::{Builder, Endpoint, MAX_PATHS};
use crate::ir::{Call, Value, ValueKind};
use crate::link::{FunctionId, Place};
use crate::trace::locate::{texts_at, texts_of, value_at};
use crate::trace::survey::{Match, MatchSite};

/// How many calls of one such function are looked at.
const MAX_CALLS: usize = 60;

impl<'p> Builder<'_, 'p> {
    /// Adds the endpoints that the callers of the function around a route declare by it; `false` where it is no such function.
    pub(super) fn wrapped_route(&self, found: &Match<'p>, all: &mut Vec<Endpoint<'p>>) -> bool {
        let Some((wrapper, position)) = self.wrapper_of(found) else { return false };
        let route = &self.rules.routes[found.entry.index];
        let methods = texts_at(self.program, &route.method, &found.site, found.place);
        let mut declares = false;
        for (call, place) in self.calls_of_wrapper(wrapper) {
            let Some(value) = call.positional(position) else { continue };
            let paths = texts_of(self.program, value, place, 6);
            if paths.is_empty() {
                continue;
            }
            let declared = Match { site: MatchSite::Call(call), place, ..*found };
            self.asking.set(self.follow && self.speaks_of_logout(&declared, &paths));
            let functions = self.argument_functions(call, place, position + 1);
            self.asking.set(false);
            if functions.is_empty() {
                continue;
            }
            declares = true;
            let outer = self.outer_prefixes(&declared, &route.router);
            for method in methods.iter().map(|method| normal_method(method)) {
                all.extend(
                    paths
                        .iter()
                        .flat_map(|path| outer.iter().map(move |outer| join(outer, path)))
                        .take(MAX_PATHS)
                        .map(|path| Endpoint { site: Some(MatchSite::Call(call)), ..Endpoint::new(&route.framework, &method, path, functions.clone(), place, call.span) }),
                );
            }
        }
        declares
    }

    /// The function around a route of which the route's path is a parameter, and which one.
    fn wrapper_of(&self, found: &Match<'p>) -> Option<(FunctionId, usize)> {
        let MatchSite::Call(_) = found.site else { return None };
        let route = &self.rules.routes[found.entry.index];
        let (value, _) = route.path.iter().find_map(|locator| value_at(self.program, locator, &found.site, found.place))?;
        let ValueKind::Name(name) = &value.kind else { return None };
        let module = self.program.module(found.place.module);
        let mut at = found.place.function;
        while let Some(index) = at {
            let function = module.function(index);
            if let Some(position) = function.params.iter().position(|param| param.name == *name) {
                let wrapper = FunctionId { module: found.place.module, index };
                return Some((wrapper, position)).filter(|_| !function.name.is_empty() && !self.is_sent_data(found, wrapper));
            }
            at = function.parent;
        }
        None
    }

    /// Whether all that stands behind a path is what another function around the call is handed: the data of a request,
    /// `(url) => useMutation((data) => api.post(url, data))`.
    fn is_sent_data(&self, found: &Match<'p>, wrapper: FunctionId) -> bool {
        let module = self.program.module(found.place.module);
        let inner: Vec<&str> = module
            .around(found.place.function)
            .take_while(|index| *index != wrapper.index)
            .flat_map(|index| &module.function(index).params)
            .map(|param| param.name.as_str())
            .collect();
        let is_handed = |value: &Value| matches!(&value.kind, ValueKind::Name(name) if inner.contains(&name.as_str()));
        let rest = found.site.call().map_or(&[] as &[_], |call| call.args.get(1..).unwrap_or_default());
        !rest.is_empty() && rest.iter().all(|argument| is_handed(&argument.value))
    }

    /// The calls that run a function, of several with one name the one that takes so many arguments.
    fn calls_of_wrapper(&self, wrapper: FunctionId) -> Vec<(&'p Call, Place)> {
        let function = self.program.function(wrapper);
        let calls = self.program.calls_of(&function.name);
        if calls.len() > MAX_CALLS {
            return Vec::new();
        }
        let is_same = |other: &FunctionId| other.module == wrapper.module && self.program.function(*other).name == function.name;
        let required = function.params.iter().filter(|param| param.default.is_none()).count();
        let fits = |call: &&(&'p Call, Place)| {
            let (call, place) = **call;
            let targets = self.program.targets(call, place, false);
            let is_alone = || self.program.functions_named(&function.name).iter().all(is_same);
            (required..=function.params.len()).contains(&call.args.len()) && (targets.iter().any(is_same) || targets.is_empty() && is_alone())
        };
        calls.iter().filter(fits).copied().collect()
    }
}
