//! Routes that a loop declares out of a table: `for route in routes: app.router.add_route(route[0], route[1], route[2])`.

use super::paths::{join, normal_method};
use super::turns::Turn;
use super::{Builder, Endpoint};
use crate::ir::{Call, Value};
use crate::link::Place;
use crate::rules::Locator;
use crate::trace::locate::{texts_at, value_at};
use crate::trace::requests::is_logout_path;
use crate::trace::survey::{Match, MatchSite};

impl<'p> Builder<'_, 'p> {
    /// The routes that a call declares, one for each turn of the loop around it. False where no turn tells both the path and the
    /// function that answers.
    pub(super) fn looped_route(&self, found: &Match<'p>, all: &mut Vec<Endpoint<'p>>) -> bool {
        let MatchSite::Call(call) = found.site else { return false };
        let route = &self.rules.routes[found.entry.index];
        let written = |locators: &[Locator]| locators.iter().find_map(|locator| value_at(self.program, locator, &found.site, found.place));
        let (Some(path), Some(handler)) = (written(&route.path), written(std::slice::from_ref(&route.handler))) else { return false };
        let turns = self.turns(call, found.place);
        let known = all.len();
        for turn in turns.iter().filter(|turn| self.is_text_in_turn(turn, path.0, path.1)) {
            let Some(text) = self.text_in_turn(turn, path.0, path.1) else { continue };
            let method = written(&route.method).and_then(|(method, at)| self.text_in_turn(turn, method, at));
            self.turn_of_route(found, call, (text, method), (turn, handler), all);
        }
        all.len() > known
    }

    /// What a loop declares in one turn: at a path, with the method that the turn tells, the functions that a value of it stands for.
    fn turn_of_route(
        &self,
        found: &Match<'p>,
        call: &'p Call,
        (path, method): (String, Option<String>),
        (turn, handler): (&Turn<'p>, (&'p Value, Place)),
        all: &mut Vec<Endpoint<'p>>,
    ) {
        let route = &self.rules.routes[found.entry.index];
        self.asking.set(self.follow && is_logout_path(self.rules, &path));
        let functions = self.functions_in_turn(turn, handler.0, handler.1);
        self.asking.set(false);
        if functions.is_empty() {
            return;
        }
        let methods = method.map_or_else(|| texts_at(self.program, &route.method, &found.site, found.place), |method| vec![method]);
        let outer = self.outer_prefixes(found, &route.router);
        for (methods, functions) in self.by_verb(found, methods, functions) {
            for (method, outer) in methods.iter().flat_map(|method| outer.iter().map(move |outer| (method, outer))) {
                let endpoint = Endpoint::new(&route.framework, normal_method(method), join(outer, &path), functions.clone(), found.place, call.span);
                all.push(Endpoint { site: Some(found.site), ..endpoint });
            }
        }
    }
}
