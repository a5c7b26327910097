//! The endpoints that log out.

use std::collections::{BTreeMap, BTreeSet};

use super::clients::Group;
use super::{FlowHandler, Tracer};
use crate::ir::{FunctionKind, Step, StepKind, each_call};
use crate::link::{FunctionId, Place};
use crate::outcome::Side;
use crate::source::Language;
use crate::trace::candidates::is_logout_name;
use crate::trace::endpoints::Endpoint;
use crate::trace::inside::whole_setting;
use crate::trace::reach::{EventKind, Reach, Reached};
use crate::trace::requests::{Request, deletes_session, equal_segments, fit, is_logout_path};
use crate::trace::survey::{Bearer, MatchSite};

impl<'p> Tracer<'_, 'p> {
    /// The endpoints that log out, those with the same functions together.
    pub(super) fn server_endpoints(&self, groups: &[Group<'p>]) -> Vec<Vec<usize>> {
        let mut asked: BTreeSet<usize> = BTreeSet::new();
        for group in groups {
            // Where a logout's own endpoint is asked, the others are asked on the way: a token is renewed before.
            let asks_plainly = group.reached.iter().flat_map(|reached| &reached.events).any(
                |event| matches!(&event.kind, EventKind::Request(request) if !request.is_markup && is_logout_path(self.rules, &request.path) && !self.best_fits(request).is_empty()),
            );
            let named = !asks_plainly && group.members.iter().any(|member| member.named);
            // What a click without a name runs, of several functions of the server, only one by its name is known to log out.
            let is_vague = group.members.iter().all(|member| member.is_event);
            let runs: BTreeSet<usize> =
                group.reached.iter().flat_map(|reached| &reached.events).filter_map(|event| if let EventKind::Endpoint(index) = event.kind { Some(index) } else { None }).collect();
            if !is_vague || runs.len() == 1 {
                asked.extend(runs);
            }
            for event in group.reached.iter().flat_map(|reached| &reached.events) {
                match &event.kind {
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
        let all = || self.endpoints.all.iter().enumerate();
        let mut ending: Vec<usize> = all().filter(|(index, endpoint)| asked.contains(index) || self.is_logout_endpoint(endpoint)).map(|(index, _)| index).collect();
        if ending.is_empty() {
            ending.extend(all().filter(|(_, endpoint)| self.ends_token(endpoint)).map(|(index, _)| index));
        }
        for index in ending {
            let endpoint = &self.endpoints.all[index];
            if endpoint.functions.is_empty() || endpoint.arm.is_some() {
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

    /// The functions that do an endpoint's work: a closure that only hands over to a logout function
    /// is answered by that function.
    fn workers(&self, functions: &[FunctionId]) -> Vec<FunctionId> {
        let worker = |function: &FunctionId| {
            let defined = self.program.function(*function);
            if defined.kind != FunctionKind::Closure || is_logout_name(self.rules, &defined.name) || !is_one_step(&defined.body) {
                return *function;
            }
            let mut handed = None;
            each_call(&defined.body, |call| {
                if handed.is_none() && is_logout_name(self.rules, call.last_name()) && !call.args.is_empty() {
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
        if endpoint.library.is_some() || endpoint.arm.is_some() {
            return true;
        }
        if self.is_described(endpoint) {
            return false;
        }
        let last = last_named(&endpoint.path);
        // `/workout/end-session/{session_id}` ends the one that is named.
        let names_session = endpoint.path.trim_end_matches('/').rsplit('/').next().is_some_and(|end| end != last);
        if self.rules.lexicon.is("not-logout", last) || names_session && self.rules.lexicon.is("ends-session", last) {
            return false;
        }
        if endpoint.is_called_logout(self.rules) || deletes_session(self.rules, &endpoint.method, &endpoint.path) {
            return true;
        }
        endpoint.functions.iter().any(|function| {
            let defined = self.program.function(*function);
            is_logout_name(self.rules, &defined.name) || defined.owner.is_some_and(|owner| is_logout_name(self.rules, &self.program.module(function.module).class(owner).name))
        })
    }

    /// Whether an endpoint ends the token that it is sent, which is the logout of a server that has no other: `POST /revoke-token`.
    fn ends_token(&self, endpoint: &Endpoint<'p>) -> bool {
        endpoint.library.is_none() && endpoint.method != "GET" && self.rules.lexicon.is_exactly("revocation-path", last_named(&endpoint.path)) && !self.is_described(endpoint)
    }

    /// Whether an endpoint is only described: its attribute stands on a function that does nothing, beside the one that answers.
    /// In Python what is decorated answers.
    fn is_described(&self, endpoint: &Endpoint<'p>) -> bool {
        let does_nothing = |function: &FunctionId| {
            let (defined, language) = (self.program.function(*function), self.program.module(function.module).language);
            language != Language::Python
                && defined.owner.is_none()
                && defined.body.is_empty()
                && defined.params.is_empty()
                && defined.returns.is_none()
                && !defined.annotations.is_empty()
        };
        !endpoint.functions.is_empty() && endpoint.functions.iter().all(does_nothing)
    }

    /// Endings of other sessions are left out where the same program has an ordinary logout. Where this one ends with them it is a logout too.
    pub(super) fn drop_others(&self, servers: &mut Vec<Vec<usize>>, reached: &mut Vec<Reached<'p>>) {
        let is_other = |endpoint: &Endpoint<'p>| {
            let last = last_named(&endpoint.path);
            // `POST /session/logout` answered by `logout_session` ends the session that asks, for it names none.
            let is_plain = endpoint.path.ends_with(last) && is_logout_path(self.rules, &endpoint.path);
            let names_other = |name: &str| self.rules.lexicon.is("other-sessions", name) && !(is_plain && self.rules.lexicon.is("session-logout", name));
            self.rules.lexicon.is("other-sessions", last) || endpoint.functions.iter().any(|function| names_other(&self.program.function(*function).name))
        };
        let has_plain = servers.iter().any(|indices| !is_other(&self.endpoints.all[indices[0]]));
        if !has_plain {
            return;
        }
        let stays = |(indices, reached): (&Vec<usize>, &Reached<'p>)| {
            let endpoint = &self.endpoints.all[indices[0]];
            !is_other(endpoint) || self.ends_every_session(endpoint, &reached.functions)
        };
        let keep: Vec<bool> = servers.iter().zip(reached.iter()).map(stays).collect();
        let mut at = keep.iter();
        servers.retain(|_| *at.next().unwrap_or(&true));
        let mut at = keep.iter();
        reached.retain(|_| *at.next().unwrap_or(&true));
    }

    /// Left out are pages that stand at the path of a logout, or are shown after one, and do nothing; and logouts that a library brings
    /// along where the same server has one of the project's own, or another that its clients ask for: at the same path, or among other
    /// endpoints that no client asks for.
    pub(super) fn drop_pages(&self, servers: &mut Vec<Vec<usize>>, reached: &mut Vec<Reached<'p>>, groups: &[Group<'p>]) {
        let works = |reached: &Reached<'p>| reached.events.iter().any(|event| matches!(event.kind, EventKind::Rules { .. } | EventKind::SignOut(_)));
        let endpoint = |indices: &[usize]| &self.endpoints.all[indices[0]];
        let working: Vec<&Vec<usize>> = servers.iter().zip(reached.iter()).filter(|(_, reached)| works(reached)).map(|(indices, _)| indices).collect();
        let language = |indices: &[usize]| self.program.module(endpoint(indices).place.module).language;
        let is_own = |(indices, reached): (&Vec<usize>, &Reached<'p>)| !endpoint(indices).bundled && (endpoint(indices).library.is_some() || works(reached));
        let answered: Vec<&str> = servers.iter().map(|indices| endpoint(indices)).filter(|endpoint| endpoint.method != "GET").map(|endpoint| endpoint.path.as_str()).collect();
        let mut owners: Vec<&Vec<usize>> = servers.iter().zip(reached.iter()).filter(|(indices, reached)| is_own((indices, reached))).map(|(indices, _)| indices).collect();
        let has_own = !owners.is_empty();
        let bundled = servers.iter().filter(|indices| endpoint(indices).bundled).count();
        let asked = if bundled > usize::from(!has_own) { self.asked_alone(servers, groups) } else { BTreeSet::new() };
        // Of several that libraries bring along, the one that the clients ask for is the project's.
        owners.extend(asked.iter().map(|at| &servers[*at]).filter(|indices| endpoint(indices).bundled));
        // A server in another language is another server, though a page may stand before what is sent to that.
        let is_twin = |indices: &[usize], other: &[usize]| {
            let is_page = || endpoint(indices).library.is_some() || endpoint(other).method != "GET";
            endpoint(indices).path == endpoint(other).path && (language(indices) == language(other) || is_page())
        };
        let keeps = |at: usize, indices: &[usize], reached: &Reached<'p>| {
            let is_doubled = working.iter().any(|other| is_twin(indices, other));
            let endpoint = endpoint(indices);
            match endpoint.library {
                Some(_) if self.is_shadowed(endpoint, &servers[..at]) => false,
                Some(_) if endpoint.bundled => !owners.iter().any(|own| language(own) == language(indices)) || asked.contains(&at),
                Some(_) => works(reached) || !is_doubled || !endpoint.functions.is_empty(),
                None => {
                    works(reached)
                        || endpoint.arm.is_none()
                            && !(endpoint.method == "GET" && (is_doubled || answered.contains(&endpoint.path.as_str()))
                                || self.is_shown_after(endpoint)
                                || has_own && self.is_example(endpoint))
                }
            }
        };
        let keep: Vec<bool> = servers.iter().zip(reached.iter()).enumerate().map(|(at, (indices, reached))| keeps(at, indices, reached)).collect();
        let mut at = keep.iter();
        servers.retain(|_| *at.next().unwrap_or(&true));
        let mut at = keep.iter();
        reached.retain(|_| *at.next().unwrap_or(&true));
    }

    /// Whether what a library mounts stands at a path where the same file has already mounted what another brings along.
    fn is_shadowed(&self, endpoint: &Endpoint<'p>, earlier: &[Vec<usize>]) -> bool {
        let mounted = earlier.iter().filter_map(|indices| indices.first()).map(|index| &self.endpoints.all[*index]);
        let is_before = |other: &&Endpoint<'p>| other.library.is_some() && other.functions.is_empty() && (endpoint.bundled || !other.bundled);
        endpoint.functions.is_empty() && mounted.filter(is_before).any(|other| other.place.module == endpoint.place.module && other.path == endpoint.path)
    }

    /// The servers that a client's request fits better than all others; one of the project's own before what a library brings along, where
    /// both have what is known of its path.
    fn asked_alone(&self, servers: &[Vec<usize>], groups: &[Group<'p>]) -> BTreeSet<usize> {
        let mut asked = BTreeSet::new();
        for event in groups.iter().flat_map(|group| &group.reached).flat_map(|reached| &reached.events) {
            let EventKind::Request(request) = &event.kind else { continue };
            let best_of = |indices: &Vec<usize>| indices.iter().map(|index| fit(request, &self.endpoints.all[*index])).max().unwrap_or(0);
            let scores: Vec<usize> = servers.iter().map(best_of).collect();
            let is_own = |at: usize| !self.endpoints.all[servers[at][0]].bundled;
            let own = scores.iter().enumerate().filter(|(at, _)| is_own(*at)).map(|(_, score)| equal_segments(*score)).max().unwrap_or(0);
            let scores: Vec<usize> = scores.into_iter().enumerate().map(|(at, score)| if is_own(at) || equal_segments(score) > own { score } else { 0 }).collect();
            let best = scores.iter().copied().max().filter(|best| *best > 0);
            let mut at = scores.iter().enumerate().filter(|(_, score)| Some(**score) == best).map(|(at, _)| at);
            if let (Some(only), None) = (at.next(), at.next()) {
                asked.insert(only);
            }
        }
        asked
    }

    /// Whether an endpoint stands in a folder of examples, which is no beginner's package: `com/example`.
    pub(super) fn is_example(&self, endpoint: &Endpoint<'p>) -> bool {
        let path = self.surroundings.path(endpoint.place.module);
        let folders: Vec<&str> = path.rsplit_once('/').map_or("", |(folders, _)| folders).split('/').collect();
        let is_of_examples = |folder: &str| folder.split(['_', '-']).next().is_some_and(|word| matches!(word, "example" | "examples"));
        let mut at = folders.iter().enumerate();
        at.any(|(at, folder)| is_of_examples(folder) && !at.checked_sub(1).is_some_and(|before| matches!(folders[before], "com" | "org")))
    }

    /// Whether an endpoint's path says that the logout is over: `/logged-out`.
    fn is_shown_after(&self, endpoint: &Endpoint<'p>) -> bool {
        endpoint.path.rsplit('/').next().is_some_and(|last| self.rules.lexicon.is("after-logout", last))
    }

    pub(super) fn reach_server(&self, reach: &Reach<'_, 'p>, endpoint: &Endpoint<'p>) -> Reached<'p> {
        let mut reached = match endpoint.arm {
            Some((arm, place)) => {
                let reached = reach.walk_block(arm, place);
                self.remember(reach, &endpoint.functions, &reached);
                reached
            }
            None => self.walk(reach, &endpoint.functions),
        };
        if endpoint.library.is_some()
            && let Some(MatchSite::Call(call)) = endpoint.site
        {
            let until = endpoint.library.map_or(&[] as &[_], |index| &self.rules.handlers[index].until);
            let more = reach.walk_links(call, whole_setting(self.program, call, endpoint.place, self.rules, until), endpoint.place);
            reached.events.extend(more.events);
            // What a setting calls by itself is the library's, whatever its name: `logoutSuccessHandler { … }`.
            let is_setting = |place: &Place| place.function.is_some_and(|index| endpoint.functions.contains(&FunctionId { module: place.module, index }));
            reached.events.retain(|event| !(matches!(event.kind, EventKind::Unknown(_)) && is_setting(&event.place)));
        }
        if let Some(signal) = endpoint.library.and_then(|index| self.rules.handlers[index].sends.as_deref()) {
            let listeners = self.listeners.calls.iter().filter(|listener| listener.name == signal);
            let run: Vec<FunctionId> = listeners.flat_map(|listener| listener.runs.iter().copied()).collect();
            reached.events.extend(self.walk(reach, &run).events);
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
                symbol: endpoint.site.and_then(|site| site.call()).map_or_else(|| self.class_symbol(endpoint), |call| call.callee.last_name().to_owned()),
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

/// Whether a body does one thing, and at most catches what that throws: what it hands over to does the work.
fn is_one_step(body: &[Step]) -> bool {
    match body {
        [] => true,
        [step] => match &step.kind {
            StepKind::Attempt { body, .. } => body.len() < 2,
            _ => true,
        },
        _ => false,
    }
}

/// The last segment of a path that is no parameter.
fn last_named(path: &str) -> &str {
    path.rsplit('/').find(|segment| !segment.is_empty() && !segment.starts_with([':', '{', '[', '<'])).unwrap_or("")
}
