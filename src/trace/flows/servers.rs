//! The endpoints that log out.

use std::collections::{BTreeMap, BTreeSet};

use super::clients::Group;
use super::{FlowHandler, Tracer};
use crate::ir::{Name, each_call};
use crate::link::{FunctionId, Place};
use crate::outcome::Side;
use crate::trace::candidates::is_logout_name;
use crate::trace::endpoints::Endpoint;
use crate::trace::inside::whole_setting;
use crate::trace::reach::{EventKind, Reach, Reached};
use crate::trace::requests::{Request, deletes_session, fit, is_logout_path};
use crate::trace::survey::{Bearer, MatchSite};

impl<'p> Tracer<'_, 'p> {
    /// The endpoints that log out, those with the same functions together.
    pub(super) fn server_endpoints(&self, groups: &[Group<'p>]) -> Vec<Vec<usize>> {
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
    pub(super) fn drop_others(&self, servers: &mut Vec<Vec<usize>>, reached: &mut Vec<Reached<'p>>) {
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
    pub(super) fn drop_pages(&self, servers: &mut Vec<Vec<usize>>, reached: &mut Vec<Reached<'p>>) {
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

    pub(super) fn reach_server(&self, reach: &Reach<'_, 'p>, endpoint: &Endpoint<'p>) -> Reached<'p> {
        let mut reached = self.walk(reach, &endpoint.functions);
        if endpoint.library.is_some()
            && let Some(MatchSite::Call(call)) = endpoint.site
        {
            let until = endpoint.library.map_or(&[] as &[_], |index| &self.rules.handlers[index].until);
            let more = reach.walk_call(whole_setting(self.program, call, endpoint.place, self.rules, until), endpoint.place);
            reached.events.extend(more.events);
        }
        reached
    }

    fn best_fits(&self, request: &Request) -> Vec<usize> {
        let scored: Vec<(usize, usize)> = self.endpoints.all.iter().enumerate().map(|(index, endpoint)| (fit(request, endpoint), index)).filter(|(score, _)| *score > 0).collect();
        let best = scored.iter().map(|(score, _)| *score).max().unwrap_or(0);
        scored.into_iter().filter(|(score, _)| *score == best).map(|(_, index)| index).collect()
    }

    pub(super) fn server_handler(&self, endpoint: &Endpoint<'p>) -> FlowHandler {
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
