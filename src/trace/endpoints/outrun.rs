//! Routes that never get a turn, since an earlier one of the same path answers.

use super::{Builder, Endpoint, Router};
use crate::ir::{Argument, Block, StepKind, ValueKind};
use crate::link::Place;
use crate::rules::Kind;
use crate::trace::requests::{deletes_session, is_logout_path};
use crate::trace::survey::MatchSite;

/// Where a route, or the router on which it is declared, takes its turn.
struct Entry {
    on: Vec<Router>,
    place: Place,
    start: u32,
}

impl Entry {
    /// Whether this one is asked first on a router on which both stand.
    fn is_before(&self, other: &Self) -> bool {
        self.place == other.place && self.start < other.start && self.on.iter().any(|router| other.on.contains(router))
    }
}

impl<'p> Builder<'_, 'p> {
    /// Leaves out the logouts before which another of the same path and method is asked, and always answers: `app.use(authRouter)`,
    /// which has a `GET /logout`, before `app.get("/logout", …)`.
    pub(super) fn drop_outrun(&self, all: &mut Vec<Endpoint<'p>>) {
        let is_logout = |endpoint: &Endpoint<'p>| is_logout_path(self.rules, &endpoint.path) || deletes_session(self.rules, &endpoint.method, &endpoint.path);
        let keep: Vec<bool> = all.iter().map(|later| !is_logout(later) || !all.iter().any(|earlier| self.is_answered_before(later, earlier))).collect();
        let mut keep = keep.into_iter();
        all.retain(|_| keep.next().unwrap_or(true));
    }

    fn is_answered_before(&self, later: &Endpoint<'p>, earlier: &Endpoint<'p>) -> bool {
        if earlier.path != later.path || earlier.method != later.method || earlier.functions == later.functions || self.may_hand_on(earlier) {
            return false;
        }
        let firsts: Vec<Entry> = self.declared(earlier).into_iter().chain(self.mounted(earlier)).filter(|entry| self.is_certain(entry)).collect();
        let is_late = |entry: &Entry| firsts.iter().any(|first| first.is_before(entry));
        let mounted = self.mounted(later);
        self.declared(later).iter().any(is_late) || !mounted.is_empty() && mounted.iter().all(is_late)
    }

    /// Whether what answers a route may leave that to the next one: its handler is handed more than a request and a response.
    fn may_hand_on(&self, endpoint: &Endpoint<'p>) -> bool {
        let Some(last) = endpoint.functions.last() else { return true };
        let params = &self.program.function(*last).params;
        params.is_empty() || params.iter().any(|param| !self.rules.lexicon.is("handler-parameter", &param.name))
    }

    /// The place of a route's own call.
    fn declared(&self, endpoint: &Endpoint<'p>) -> Option<Entry> {
        let Some(MatchSite::Call(call)) = endpoint.site else { return None };
        Some(Entry { on: self.receiver_routers(call, endpoint.place), place: endpoint.place, start: call.span.start })
    }

    /// The places of the calls that mount the router of a route, at a prefix that its path has.
    fn mounted(&self, endpoint: &Endpoint<'p>) -> Vec<Entry> {
        let on = self.declared(endpoint).map_or_else(Vec::new, |entry| entry.on);
        let fits = |prefixes: &[String]| prefixes.iter().any(|prefix| endpoint.path.starts_with(prefix.trim_end_matches('/')));
        let mounts = self.mounts.iter().filter(|mount| !mount.is_own && fits(&mount.prefixes) && mount.what.iter().any(|router| on.contains(router)));
        mounts.filter_map(|mount| Some(Entry { on: mount.on.clone(), place: mount.place, start: mount.start? })).collect()
    }

    /// Whether what stands at a place runs whenever its function does, in no branch and no loop, and takes every request: what
    /// another call is handed may be asked for some alone: `app.use(vhost("desk.example.org", router))`.
    fn is_certain(&self, entry: &Entry) -> bool {
        let calls = self.survey.of(Kind::Mount).filter(|found| found.place == entry.place).filter_map(|found| found.site.call());
        let is_text = |argument: &Argument| matches!(argument.value.kind, ValueKind::Text(_));
        let is_plain = |argument: &Argument| !matches!(&argument.value.kind, ValueKind::Call(call) if !call.args.iter().all(is_text));
        if !calls.filter(|call| call.span.start == entry.start).all(|call| call.args.iter().all(is_plain)) {
            return false;
        }
        let body: &Block = self.program.module(entry.place.module).body(entry.place.function);
        let step = body.iter().find(|step| (step.span.start..step.span.end).contains(&entry.start));
        step.is_some_and(|step| matches!(step.kind, StepKind::Evaluate(_) | StepKind::Assign { .. }))
    }
}
