//! Endpoints that calls and annotations declare: routes, and the logouts that libraries mount.

use super::keyed::is_called_by_name;
use super::paths::{join, normal_method, verb_of};
use super::{Builder, Endpoint, MAX_PATHS, Router};
use crate::ir::{Call, Import, ImportItem, Name, Value, ValueKind, each_call, each_value_of};
use crate::link::{FunctionId, ModuleId, Place};
use crate::rules::{Kind, Locator, Pattern};
use crate::source::Language;
use crate::trace::candidates::is_logout_name;
use crate::trace::inside::{chained_behind, setting_span};
use crate::trace::locate::{texts_at, texts_of, value_at};
use crate::trace::requests::is_logout_path;
use crate::trace::survey::{Bearer, Match, MatchSite};

impl<'p> Builder<'_, 'p> {
    pub(super) fn route(&self, found: &Match<'p>, all: &mut Vec<Endpoint<'p>>) {
        let route = &self.rules.routes[found.entry.index];
        // A function of the server that is called by its name stands in the file of a page, too.
        if !is_called_by_name(route) && self.is_of_the_page(found) || self.wrapped_route(found, all) || self.looped_route(found, all) {
            return;
        }
        let mut paths = texts_at(self.program, &route.path, &found.site, self.annotated_place(found));
        self.asking.set(self.follow && self.speaks_of_logout(found, &paths));
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
        self.asking.set(false);
        // A class that does not have the method leaves the answer to its library.
        if matches!(route.handler, Locator::Method(_)) && declared.iter().all(|(_, functions)| functions.is_empty()) {
            return;
        }
        // A route that only a type can name is none without it.
        if paths.is_empty() && matches!(route.path.last(), Some(Locator::Type(..))) {
            return;
        }
        if paths.is_empty() {
            paths.push(match found.site {
                // A procedure is called by its key, or the name of its function.
                _ if is_called_by_name(route) => {
                    let own = || declared.iter().flat_map(|(_, functions)| functions).next().map_or("", |function| self.program.function(*function).name.as_str());
                    let named = || self.imported_as(found.place.module, own()).unwrap_or(own());
                    found.site.call().and_then(|call| self.key_of(call)).unwrap_or_else(named).to_owned()
                }
                // A route that is named after its function: `@action def logout`.
                MatchSite::Annotation(_, Bearer::Function(function)) if !route.path.is_empty() && found.site.call().is_some_and(names_no_path) => {
                    self.program.function(function).name.clone()
                }
                _ => String::new(),
            });
        }
        let outer = self.outer_prefixes(found, &route.router);
        for (methods, functions) in declared {
            for (methods, functions) in self.by_verb(found, methods, functions) {
                for method in methods {
                    for path in paths.iter().flat_map(|path| outer.iter().map(move |outer| join(outer, path))).take(MAX_PATHS) {
                        let span = found.site.span(self.program);
                        all.push(Endpoint { site: Some(found.site), ..Endpoint::new(&route.framework, normal_method(&method), path, functions.clone(), found.place, span) });
                    }
                }
            }
        }
    }

    /// The logout's name under which another file imports what a module exports under a name that says nothing of one:
    /// `import { procedure as logout } from "./logout"`.
    fn imported_as(&self, module: ModuleId, name: &str) -> Option<&'p str> {
        if name.is_empty() || is_logout_name(self.rules, name) {
            return None;
        }
        let is_it = |import: &Import| import.local != name && matches!(&import.item, ImportItem::Named(item) if item == name) && is_logout_name(self.rules, &import.local);
        let mut imports = self.mentioning().into_iter().flat_map(|(id, other)| other.imports.iter().map(move |import| (id, import)));
        imports.find(|(id, import)| is_it(import) && self.program.module_at(*id, &import.module) == Some(module)).map(|(_, import)| import.local.as_str())
    }

    /// Whether a call is made in a file of a client, or on something that its script only knows from the page around it: that is no
    /// router, but what sends requests.
    fn is_of_the_page(&self, found: &Match<'p>) -> bool {
        let MatchSite::Call(call) = found.site else { return false };
        let is_asked = || self.sides.is_page(found.place.module) && !self.is_handed(call, found.place);
        (self.is_unbound(call, found.place) || is_asked()) && !self.answers_in_place(call, found.place)
    }

    /// Whether a call is made on a parameter: `export default (app) => app.get("/logout", leave)`.
    fn is_handed(&self, call: &Call, place: Place) -> bool {
        let ValueKind::Member(of, _) = &call.callee.kind else { return false };
        let module = self.program.module(place.module);
        matches!(&of.kind, ValueKind::Name(name) if module.around(place.function).any(|function| module.function(function).params.iter().any(|param| param.name == *name)))
    }

    /// Whether a script calls a method of something that nothing in it binds.
    fn is_unbound(&self, call: &Call, place: Place) -> bool {
        let mut at = &call.callee;
        while let ValueKind::Member(of, _) | ValueKind::Await(of) = &at.kind {
            at = of;
        }
        let is_script = matches!(self.program.module(place.module).language, Language::TypeScript | Language::Component | Language::Template);
        is_script && matches!(&at.kind, ValueKind::Name(name) if !std::ptr::eq(at, &raw const call.callee) && !self.program.is_bound(name, place))
    }

    /// Leaves out what is declared on a router that nothing binds where the same path has another answer: such a file is a leftover.
    pub(super) fn drop_leftovers(&self, all: &mut Vec<Endpoint<'p>>) {
        let is_loose =
            |endpoint: &Endpoint<'p>| matches!(endpoint.site, Some(MatchSite::Call(call)) if is_logout_path(self.rules, &endpoint.path) && self.is_unbound(call, endpoint.place));
        let keep: Vec<bool> = all.iter().map(|one| !is_loose(one) || !all.iter().any(|other| other.path == one.path && other.method == one.method && !is_loose(other))).collect();
        let mut keep = keep.into_iter();
        all.retain(|_| keep.next().unwrap_or(true));
    }

    /// Whether a call is handed a function that takes a request and its response: `app.post("/logout", (req, res) => …)`.
    fn answers_in_place(&self, call: &Call, place: Place) -> bool {
        call.args.iter().any(|argument| {
            let ValueKind::Closure(index) = argument.value.kind else { return false };
            let params = &self.program.module(place.module).function(index).params;
            params.len() > 1 && params.iter().take(2).all(|param| self.rules.lexicon.is("handler-parameter", &param.name))
        })
    }

    /// The functions of a route by their methods. Where the route names none, the functions of a class do by their names, and others
    /// by a second annotation: `class View: def post(…)`, `@POST @Path("/logout")`.
    pub(super) fn by_verb(&self, found: &Match<'p>, methods: Vec<String>, functions: Vec<FunctionId>) -> Vec<(Vec<String>, Vec<FunctionId>)> {
        let is_vague = methods.iter().all(|method| normal_method(method) == "ANY") || matches!(found.site, MatchSite::Annotation(_, Bearer::Class(_)));
        let any = || vec!["ANY".to_owned()];
        if !is_vague {
            return vec![(methods, functions)];
        }
        let verbs: Vec<Vec<String>> = functions.iter().map(|function| self.verbs_of_function(*function)).collect();
        if verbs.iter().all(Vec::is_empty) {
            let methods = if methods.is_empty() { any() } else { methods };
            return vec![(methods, functions)];
        }
        functions.into_iter().zip(verbs).map(|(function, verbs)| (if verbs.is_empty() { any() } else { verbs }, vec![function])).collect()
    }

    fn verbs_of_function(&self, function: FunctionId) -> Vec<String> {
        let defined = self.program.function(function);
        let named = defined.owner.map(|_| verb_of(&defined.name)).filter(|verb| verb != "ANY");
        if named.is_some() {
            return named.into_iter().collect();
        }
        let listed = self.listed_methods(function);
        if !listed.is_empty() {
            return listed;
        }
        let verbs = defined.annotations.iter().map(|annotation| normal_method(annotation.callee.last_name()));
        verbs.into_iter().find(|verb| !matches!(verb.as_str(), "ANY" | "")).into_iter().collect()
    }

    /// The methods that one of a function's annotations lists and nothing else: `@api_view(["GET", "POST"])`.
    fn listed_methods(&self, function: FunctionId) -> Vec<String> {
        let is_method = |text: &String| matches!(text.as_str(), "GET" | "POST" | "PUT" | "PATCH" | "DELETE" | "HEAD" | "OPTIONS");
        let place = Place { module: function.module, function: None };
        let texts = |annotation: &'p Call| -> Vec<String> { annotation.args.iter().flat_map(|argument| texts_of(self.program, &argument.value, place, 4)).collect() };
        self.program.function(function).annotations.iter().map(texts).find(|texts| !texts.is_empty() && texts.iter().all(is_method)).unwrap_or_default()
    }

    /// Whether a route's path or handler bears a logout's name, so that the file of the handler is worth reading.
    pub(super) fn speaks_of_logout(&self, found: &Match<'p>, paths: &[String]) -> bool {
        let mut named = paths.iter().any(|path| is_logout_path(self.rules, path));
        if let (false, MatchSite::Call(call)) = (named, found.site) {
            let mut look = |value: &'p Value| {
                named |= matches!(&value.kind, ValueKind::Name(last) | ValueKind::Member(_, last) if is_logout_name(self.rules, last));
            };
            call.args.iter().for_each(|argument| each_value_of(&argument.value, &mut look));
        }
        named
    }

    /// The calls that are chained behind a route's declaration: their methods and handlers.
    fn chained(&self, found: &Match<'p>) -> Vec<(Vec<String>, Vec<FunctionId>)> {
        let Some(call) = found.site.call() else { return Vec::new() };
        let route = &self.rules.routes[found.entry.index];
        let module = self.program.module(found.place.module);
        let body = module.body(found.place.function);
        let mut declared = Vec::new();
        each_call(body, |outer| {
            let mut at = &outer.callee;
            while let ValueKind::Member(of, _) = &at.kind {
                let ValueKind::Call(inner) = &of.kind else { break };
                if std::ptr::eq(&raw const **inner, call) {
                    let functions = self.argument_functions(outer, found.place, 0);
                    if !functions.is_empty() {
                        let chained = outer.callee.last_name().to_owned();
                        let methods = if normal_method(&chained) == "ANY" { texts_at(self.program, &route.method, &found.site, found.place) } else { vec![chained] };
                        declared.push((methods, functions));
                    }
                    break;
                }
                at = &inner.callee;
            }
        });
        declared
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
            let name = call.callee.last_name().to_owned();
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

    /// A logout that a library mounts.
    pub(super) fn library_handler(&self, found: &Match<'p>, all: &mut Vec<Endpoint<'p>>) {
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
        let fits = |patterns: &[Pattern], call: &Call| patterns.iter().any(|pattern| pattern.fits(&Name::of_call(call), &self.rules.lexicon));
        let calls_unless = |function: &FunctionId| {
            let mut hit = false;
            each_call(&self.program.function(*function).body, |call| hit |= fits(&handler.unless, call));
            hit
        };
        // `.logout().disable()` stands before what no longer speaks of the logout.
        let chains_unless = |call: &Call| {
            let behind = chained_behind(self.program, call, found.place).into_iter();
            behind.take_while(|later| !fits(&handler.until, later)).any(|later| fits(&handler.unless, later))
        };
        if !handler.unless.is_empty() && (functions.iter().any(calls_unless) || !handler.until.is_empty() && found.site.call().is_some_and(chains_unless)) {
            return;
        }
        let mut paths = texts_at(self.program, &handler.path, &found.site, found.place);
        if paths.is_empty() {
            paths.push(String::new());
        }
        let mut outer = self.outer_prefixes(found, &Locator::None);
        let (mounted_at, is_route) = self.texts_around(found);
        let is_included = !mounted_at.is_empty() && !is_route;
        if is_route {
            paths = mounted_at;
        } else if is_included && !self.is_mounted(found) {
            outer = outer.iter().flat_map(|outer| mounted_at.iter().map(move |prefix| join(outer, prefix))).collect();
        }
        let method = texts_at(self.program, &handler.method, &found.site, found.place).into_iter().next().unwrap_or_else(|| "ANY".to_owned());
        let path = join(outer.first().map_or("", String::as_str), &paths[0]);
        let span = found.site.call().map_or_else(|| found.site.span(self.program), setting_span);
        all.push(Endpoint {
            library: Some(found.entry.index),
            bundled: is_included || handler.bundled,
            site: Some(found.site),
            ..Endpoint::new(&handler.framework, normal_method(&method), path, functions, found.place, span)
        });
    }

    /// Where the names in a match mean something: an annotation of a method may name the constants of its class without more words.
    fn annotated_place(&self, found: &Match<'p>) -> Place {
        match found.site {
            MatchSite::Annotation(_, Bearer::Function(function)) if self.program.module(function.module).language.has_implicit_members() => Place::of(function),
            _ => found.place,
        }
    }

    /// Whether a match is itself what a mount hangs in, so that the prefixes of routers tell its place already.
    fn is_mounted(&self, found: &Match<'p>) -> bool {
        let MatchSite::Call(call) = found.site else { return false };
        let own = Router::Made(found.place.module, call.span.start);
        self.mounts.iter().any(|mount| mount.what.contains(&own))
    }

    /// The prefix or path of the innermost mount or route in whose arguments a match stands: `path("accounts/", include("…"))`; and
    /// whether it is a route.
    fn texts_around(&self, found: &Match<'p>) -> (Vec<String>, bool) {
        let span = found.site.span(self.program);
        let around = |kind: Kind| {
            let encloses = |other: &&Match<'p>| {
                let outer = other.site.span(self.program);
                other.place == found.place && outer != span && outer.contains(span) && other.site.call().is_some()
            };
            self.survey.of(kind).filter(encloses).min_by_key(|other| other.site.span(self.program).end - other.site.span(self.program).start)
        };
        if let Some(route) = around(Kind::Route) {
            return (texts_at(self.program, &self.rules.routes[route.entry.index].path, &route.site, route.place), true);
        }
        let mount = around(Kind::Mount);
        (mount.map(|mount| texts_at(self.program, &self.rules.mounts[mount.entry.index].prefix, &mount.site, mount.place)).unwrap_or_default(), false)
    }
}

/// Whether an annotation leaves the path to the name of its function. A bare verb does not: `@Post()` answers at the path of its class.
fn names_no_path(annotation: &Call) -> bool {
    let is_bare_verb = annotation.args.is_empty() && normal_method(annotation.callee.last_name()) != "ANY";
    !is_bare_verb && annotation.args.iter().all(|argument| argument.name.is_some())
}
