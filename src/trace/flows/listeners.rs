//! Functions that run whenever another is called.

use crate::ir::Name;
use crate::link::{FunctionId, Program, Thing};
use crate::rules::{Kind, Locator, RuleSet};
use crate::trace::locate::value_at;
use crate::trace::reach::Listener;
use crate::trace::survey::{Bearer, MatchSite, Survey};

/// The functions that run whenever another is called.
pub(super) fn listeners<'p>(program: &Program<'p>, rules: &RuleSet, survey: &Survey<'p>) -> Vec<Listener> {
    let mut listeners = Vec::new();
    for found in survey.of(Kind::Listen) {
        let listen = &rules.listens[found.entry.index];
        let runs: Vec<FunctionId> = match (&listen.runs, found.site) {
            (Locator::Annotated, MatchSite::Annotation(_, Bearer::Function(function))) => vec![function],
            (locator, site) => match value_at(program, locator, &site, found.place) {
                Some((value, at)) => program.functions_of(value, at, false),
                None => continue,
            },
        };
        let Some((to, at)) = value_at(program, &listen.to, &found.site, found.place) else { continue };
        let written = Name::written(to);
        if written.segments.iter().any(|segment| matches!(segment.text.as_str(), "rejected" | "pending" | "matchRejected" | "matchPending")) {
            continue;
        }
        let name = written
            .segments
            .iter()
            .rev()
            .map(|segment| segment.text.as_str())
            .find(|text| !matches!(*text, "fulfilled" | "matchFulfilled" | "type" | "match" | "version" | "value" | "" | "?"))
            .unwrap_or("")
            .to_owned();
        let mut base = to;
        while let crate::ir::ValueKind::Member(of, last) = &base.kind {
            if !matches!(last.as_str(), "fulfilled" | "matchFulfilled" | "type" | "match") {
                break;
            }
            base = of;
        }
        let function = program.eval(base, at, false).into_iter().find_map(|thing| match thing {
            Thing::Function(function) => Some(function),
            _ => None,
        });
        listeners.push(Listener { to: function, name, runs });
    }
    listeners
}
