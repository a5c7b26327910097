//! Functions that run whenever another is called.

use std::collections::BTreeSet;

use crate::ir::{Name, ValueKind};
use crate::link::{FunctionId, Program};
use crate::rules::{Kind, Locator, RuleSet};
use crate::trace::locate::value_at;
use crate::trace::reach::{Listener, Listeners, Step, Watcher};
use crate::trace::sides::Surroundings;
use crate::trace::survey::{Bearer, MatchSite, Survey};

/// The functions that run whenever another is called.
pub(super) fn listeners<'p>(program: &Program<'p>, rules: &RuleSet, survey: &Survey<'p>, surroundings: &dyn Surroundings) -> Listeners {
    let mut listeners = Listeners::default();
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
        let (to, at) = match program.fold(to, at) {
            (event, place) if matches!(event.kind, ValueKind::Text(_)) => (event, place),
            _ => (to, at),
        };
        match &to.kind {
            // A record of what is listened to and what then runs.
            ValueKind::Record(entries) => {
                for (key, entry) in entries {
                    let path: Vec<&str> = key.trim_matches(['[', ']']).split('.').collect();
                    listeners.calls.extend(heard(rules, &path).map(|name| Listener { to: None, name, runs: program.functions_of(entry, at, false) }));
                }
            }
            // An effect runs when what its dependencies were made by has an answer.
            ValueKind::List(dependencies) if surroundings.mentions_logout(found.place.module) => {
                let makers = dependencies.iter().filter_map(|dependency| program.answer_of(dependency, at));
                let makers: BTreeSet<Step> = makers.map(|(call, place)| Step { module: place.module, span: call.span }).collect();
                for maker in makers {
                    listeners.answers.entry(maker).or_default().extend(runs.iter().copied());
                }
                // Or when the part of a store changes that they are: `const status = useSelector((state) => state.auth.status)`.
                let selected = dependencies.iter().filter_map(|dependency| program.selected_field(dependency, at));
                let of_store = selected.filter(|(call, _)| rules.lexicon.is_exactly("store-selector", call.last_name()));
                listeners.fields.extend(of_store.map(|(_, field)| Watcher { field: field.to_owned(), around: at, runs: runs.clone() }));
            }
            ValueKind::List(_) => {}
            // The name of an event.
            ValueKind::Text(event) => listeners.calls.push(Listener { to: None, name: event.clone(), runs }),
            _ => {
                let written = Name::written(to);
                let path: Vec<&str> = written.segments.iter().map(|segment| segment.text.as_str()).collect();
                let Some(name) = heard(rules, &path) else { continue };
                let mut base = to;
                while let ValueKind::Member(of, last) = &base.kind {
                    if !rules.lexicon.is_exactly("moment", last) {
                        break;
                    }
                    base = of;
                }
                let function = program.functions_of(base, at, false).first().copied();
                listeners.calls.push(Listener { to: function, name, runs });
            }
        }
    }
    listeners
}

/// What is called in the path to one of its moments; nothing where that is one of beginning or failing.
fn heard(rules: &RuleSet, path: &[&str]) -> Option<String> {
    if path.iter().any(|part| rules.lexicon.is_exactly("unfinished-moment", part)) {
        return None;
    }
    Some(
        path.iter()
            .rev()
            .find(|part| !rules.lexicon.is_exactly("moment", part) && !matches!(**part, "version" | "value" | "" | "?"))
            .map(|part| (*part).to_owned())
            .unwrap_or_default(),
    )
}
