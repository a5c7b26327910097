//! What each place that a flow reaches is worth.

use super::Case;
use super::backends::{Chosen, Stack};
use super::findings::cookies_missed;
use super::saved::is_saved_later;
use crate::ir::{Call, Name, StepKind, Value, ValueKind, each_call};
use crate::link::{ClassId, FunctionId, Place, Thing};
use crate::outcome::{Action, Evidence, Side, Timing};
use crate::rules::{Effect, Entry, Pattern, Rule};
use crate::source::{Language, Span};
use crate::trace::{Event, EventKind, Flow, Step, Way};

/// The evidence of a flow, in the order of the places; each place once per action.
pub(super) fn evidence_of<'p>(case: &Case<'_, 'p>, stack: &Stack, flow: &Flow<'p>) -> Vec<Evidence> {
    let mut all: Vec<Evidence> = Vec::new();
    for (side, event) in &flow.events {
        let EventKind::Rules { entries, .. } = &event.kind else { continue };
        for entry in entries {
            weigh(case, stack, flow, *side, event, *entry, &mut all);
        }
    }
    if let Some((library, place, span)) = flow.library {
        library_evidence(case, stack, library, place, span, &mut all);
    }
    let is_weak = |evidence: &Evidence| !evidence.counts && case.rules.rules.iter().any(|rule| rule.weak && rule.id == evidence.rule);
    all.sort_by(|a, b| {
        let place = |evidence: &Evidence| (evidence.site.line, evidence.site.column, evidence.site.end_line, evidence.site.end_column, !evidence.counts);
        (a.action, &a.site.file, place(a))
            .cmp(&(b.action, &b.site.file, place(b)))
            // Of two reasons why a call does not count, the one of the rule that knows the call better.
            .then_with(|| is_weak(a).cmp(&is_weak(b)))
            .then_with(|| (a.via.len(), &a.rule).cmp(&(b.via.len(), &b.rule)))
    });
    all.dedup_by(|later, earlier| later.action == earlier.action && later.site == earlier.site);
    // Of a chain that two rules know, one by its beginning and one as a whole, the whole is told: `Cookie.build("sid", "").maxAge(0)`.
    all.dedup_by(|later, earlier| {
        let is_one = begins_alike(later, earlier) && later.rule != earlier.rule && later.counts && earlier.counts;
        if is_one {
            std::mem::swap(later, earlier);
        }
        is_one
    });
    all
}

/// Whether two places of evidence of one action begin at the same sign.
fn begins_alike(one: &Evidence, other: &Evidence) -> bool {
    let start = |evidence: &Evidence| (evidence.site.line, evidence.site.column);
    one.action == other.action && one.site.file == other.site.file && start(one) == start(other)
}

fn weigh<'p>(case: &Case<'_, 'p>, stack: &Stack, flow: &Flow<'_>, side: Side, event: &Event<'p>, entry: Entry, all: &mut Vec<Evidence>) {
    let rule = &case.rules.rules[entry.index];
    if rule.at.is_some_and(|at| at != side) && (rule.silent || side == Side::Client) {
        return;
    }
    let chosen = rule.system.as_ref().and_then(|system| stack.backend(case, system, event.place.module));
    for effect in chosen_effects(case, stack, &rule.effects, chosen, event.place) {
        if rule.weak && is_known_idle(case, stack, flow, side, event, effect.action) {
            continue;
        }
        let why_not = why_not(case, rule, effect, side, event)
            .or_else(|| hidden_cookie(case, stack, rule, effect, event))
            .or_else(|| misses_path(case, stack, flow, rule, effect, event))
            .or_else(|| misspelled_cookie(case, stack, effect, event))
            .or_else(|| missed_cookie(case, stack, effect, event));
        let let_go = let_go(effect.action, side, event).filter(|_| why_not.is_none());
        all.push(Evidence {
            site: case.site(event.place.module, event.span),
            action: effect.action,
            at: side,
            rule: rule.id.clone(),
            timing: if let_go.is_some() { Timing::Unawaited } else { timing(rule, event) },
            counts: why_not.is_none(),
            why_not,
            condition: event.condition.map(|condition| told(&case.site(condition.test.module, condition.test.span).code, condition.holds)),
            backend: chosen.map(|chosen| backend_text(case, chosen)),
            via: event.trail.iter().map(|step| case.site(step.module, step.span)).collect(),
            started: let_go.map(|step| case.site(step.module, step.span)),
        });
    }
}

/// Whether a rule that knows the library of a call says that it does nothing for an action, or that what is deleted on the server is a
/// cookie of the answer: a rule that goes by names only is then not asked.
fn is_known_idle<'p>(case: &Case<'_, 'p>, stack: &Stack, flow: &Flow<'_>, side: Side, event: &Event<'p>, action: Action) -> bool {
    let EventKind::Rules { entries, .. } = &event.kind else { return false };
    entries.iter().map(|entry| &case.rules.rules[entry.index]).filter(|rule| !rule.weak && rule.at.is_none_or(|at| at == side)).any(|rule| {
        let chosen = rule.system.as_ref().and_then(|system| stack.backend(case, system, event.place.module));
        let effects = chosen_effects(case, stack, &rule.effects, chosen, event.place);
        let is_cookie = || action.side() == Side::Server && !effects.is_empty() && effects.iter().all(|effect| effect.action == Action::Cookie);
        let is_idle = |effect: &Effect| !effect.counts || rule.lazy && event.dropped || misses_path(case, stack, flow, rule, effect, event).is_some();
        is_cookie() || effects.iter().any(|effect| effect.action == action && is_idle(effect))
    })
}

/// Why a script expires no cookie: those of the login are `HttpOnly`.
fn hidden_cookie<'p>(case: &Case<'_, 'p>, stack: &Stack, rule: &Rule, effect: &Effect, event: &Event<'p>) -> Option<String> {
    if effect.action != Action::Cookie || rule.at != Some(Side::Client) {
        return None;
    }
    let EventKind::Rules { call, .. } = &event.kind else { return None };
    let name = call.and_then(|call| call.positional(0)).and_then(|value| match &case.program.fold(value, event.place).0.kind {
        ValueKind::Text(text) => Some(text.as_str()),
        _ => None,
    });
    stack.is_hidden_from_scripts(name).then(|| "the cookie is HttpOnly: no script of the page can expire it".to_owned())
}

/// A condition as it is told: the test, turned round where its failing is asked for.
fn told(test: &str, holds: bool) -> String {
    if holds { test.to_owned() } else { format!("not ({test})") }
}

/// The effects that hold: for each action the first whose condition does.
pub(super) fn chosen_effects<'r>(case: &Case<'_, '_>, stack: &Stack, effects: &'r [Effect], chosen: Option<Chosen<'_>>, place: Place) -> Vec<&'r Effect> {
    let mut held: Vec<&Effect> = Vec::new();
    for effect in effects {
        if !held.iter().any(|other| other.action == effect.action) && stack.holds(case, &effect.when, chosen, place.module) {
            held.push(effect);
        }
    }
    held
}

fn library_evidence(case: &Case<'_, '_>, stack: &Stack, library: usize, place: Place, span: Span, all: &mut Vec<Evidence>) {
    let handler = &case.rules.handlers[library];
    let chosen = handler.system.as_ref().and_then(|system| stack.backend(case, system, place.module));
    for effect in chosen_effects(case, stack, &handler.effects, chosen, place) {
        all.push(Evidence {
            site: case.site(place.module, span),
            action: effect.action,
            at: Side::Server,
            rule: handler.id.clone(),
            timing: Timing::Immediate,
            counts: effect.counts,
            why_not: effect.why.clone().filter(|_| !effect.counts),
            condition: None,
            backend: chosen.map(|chosen| backend_text(case, chosen)),
            via: Vec::new(),
            started: None,
        });
    }
}

/// How a backend is called in a report, and how it is known.
pub(super) fn backend_text(case: &Case<'_, '_>, chosen: Chosen<'_>) -> String {
    let backend = &case.rules.backends[chosen.index];
    match chosen.seen {
        Some(seen) => format!("{} ({}-held, {}:{})", backend.store, backend.held.as_str(), seen.site.file, seen.site.line),
        None => format!("{} ({}-held, the default: no other was seen)", backend.store, backend.held.as_str()),
    }
}

fn timing(rule: &Rule, event: &Event<'_>) -> Timing {
    if event.way == Way::Deferred || rule.timing == Timing::Deferred {
        Timing::Deferred
    } else if rule.awaited && !event.awaited {
        Timing::Unawaited
    } else {
        rule.timing
    }
}

/// The call that starts a cleanup of the server, and for whose end nobody waits: the cleanup itself is awaited in the function that is called.
fn let_go(action: Action, side: Side, event: &Event<'_>) -> Option<Step> {
    event.started.filter(|_| side == Side::Server && action.side() == Side::Server && (event.awaited || event.returned))
}

/// Why an effect does not count; `None` if it does.
fn why_not<'p>(case: &Case<'_, 'p>, rule: &Rule, effect: &Effect, side: Side, event: &Event<'p>) -> Option<String> {
    if !effect.counts {
        return effect.why.clone();
    }
    if rule.at.is_some_and(|at| at != side) {
        return Some("it works only in the browser, and this runs on the server".to_owned());
    }
    match event.way {
        Way::Ordinary => {}
        Way::Deferred => return Some("deferred: it runs later than one second".to_owned()),
        Way::NoSession => return Some("it runs only where no session or token is there".to_owned()),
        Way::Error => return Some("it runs only where something failed".to_owned()),
        Way::NeverAwaited => return Some("it stands in an async function whose call nothing awaits, so it never runs".to_owned()),
        Way::Dead => return Some("it never runs".to_owned()),
    }
    if rule.timing == Timing::Deferred {
        return Some("deferred: it takes effect later than one second".to_owned());
    }
    if rule.awaited && !event.awaited {
        return Some("nothing awaits it, so it does nothing".to_owned());
    }
    if rule.lazy && event.dropped {
        return Some("nothing is done with what the call gives, so it never runs".to_owned());
    }
    if rule.returned && !is_returned(case, event) && !changes_answer(case, event) {
        return Some("what it changes is not part of the response".to_owned());
    }
    if !rule.followed_by.is_empty() && !is_followed(case, event, &rule.followed_by) && !is_saved_later(case, event, &rule.followed_by) {
        return Some("nothing saves the change".to_owned());
    }
    if !rule.undone_by.is_empty() && is_preceded(case, event, &rule.undone_by) {
        return Some("an earlier call undoes it".to_owned());
    }
    if effect.action == Action::Cookie && !rule.spoiled_by.is_empty() && is_spoiled(case, event, &rule.spoiled_by) {
        return Some("a later call replaces it".to_owned());
    }
    None
}

/// Why a cookie that is expired without a path stays: under a nested route the browser takes it for another than the login's.
fn misses_path<'p>(case: &Case<'_, 'p>, stack: &Stack, flow: &Flow<'_>, rule: &Rule, effect: &Effect, event: &Event<'p>) -> Option<String> {
    rule.default_path.as_ref().filter(|fact| effect.action == Action::Cookie && stack.is_true(fact))?;
    let route = flow.server.as_ref()?.route.as_deref()?;
    let folder = route.trim_end_matches('/').rsplit_once('/').map_or("", |(folder, _)| folder);
    (!folder.is_empty() && !speaks_of_path(case, event))
        .then(|| format!("it names no path, so under {route} the browser looks for a cookie of {folder}, and the login sets one for the whole site"))
}

/// Why a cookie stays that is expired by a name which only looks like that of the login's: `/sid` for `sid`, `access-token` for `accessToken`.
fn misspelled_cookie<'p>(case: &Case<'_, 'p>, stack: &Stack, effect: &Effect, event: &Event<'p>) -> Option<String> {
    let EventKind::Rules { call: Some(call), .. } = &event.kind else { return None };
    if effect.action != Action::Cookie {
        return None;
    }
    let text = |index: usize| match &case.program.fold(call.positional(index)?, event.place).0.kind {
        ValueKind::Text(text) => Some(text.as_str()),
        _ => None,
    };
    let name = text(0).or_else(|| text(1))?;
    let set = stack.cookie_names()?;
    let letters = |name: &str| name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect::<String>();
    let meant = set.iter().find(|other| letters(other) == letters(name)).filter(|_| !set.contains(&name))?;
    Some(format!("the cookie is called `{meant}` where it is set: another one is expired here"))
}

/// Why a cookie stays that is expired with another path or domain than it is set with.
fn missed_cookie<'p>(case: &Case<'_, 'p>, stack: &Stack, effect: &Effect, event: &Event<'p>) -> Option<String> {
    let EventKind::Rules { call: Some(call), .. } = &event.kind else { return None };
    if effect.action == Action::Cookie { cookies_missed(case, stack, call, event.place) } else { None }
}

/// Whether the functions around a place, or those called there, say anything of a path.
fn speaks_of_path<'p>(case: &Case<'_, 'p>, event: &Event<'p>) -> bool {
    let says = |module: crate::link::ModuleId, span: Span| {
        let text = case.texts.text(module).get(span.start as usize..span.end as usize).unwrap_or("");
        text.to_lowercase().contains("path")
    };
    // What is removed by a name alone has no path, whatever is said of other cookies beside it.
    if let EventKind::Rules { call: Some(call), .. } = &event.kind
        && !call.args.is_empty()
        // What is only made here may be given its path later.
        && !is_made(call)
        && call.args.iter().all(|argument| is_bare_name(case, &argument.value, event.place, 3))
        && !case.texts.text(event.place.module).get(call.span.end as usize..).unwrap_or_default().trim_start().starts_with('.')
    {
        return says(event.place.module, event.span);
    }
    let module = case.program.module(event.place.module);
    let mut at = event.place.function;
    while let Some(index) = at {
        let function = module.function(index);
        let mut said = says(event.place.module, function.span);
        let place = Place { module: event.place.module, function: Some(index) };
        each_call(&function.body, |call| {
            said = said || case.program.targets(call, place, false).into_iter().any(|target| says(target.module, case.program.function(target).span));
        });
        if said {
            return true;
        }
        at = function.parent;
    }
    false
}

/// Whether a value is a cookie's name and no more: `"sid"`, `Cookie::from("sid")`.
fn is_bare_name<'p>(case: &Case<'_, 'p>, value: &'p Value, place: Place, depth: usize) -> bool {
    let Some(depth) = depth.checked_sub(1) else { return false };
    if let ValueKind::Call(call) = &value.kind {
        return is_made(call) && !call.args.is_empty() && call.args.iter().all(|argument| is_bare_name(case, &argument.value, place, depth));
    }
    matches!(&case.program.fold(value, place).0.kind, ValueKind::Text(text) if !text.contains(['=', ';']))
}

/// Whether a call makes a thing of what it is handed: `Cookie::from("sid")`.
fn is_made(call: &Call) -> bool {
    matches!(&call.callee.kind, ValueKind::Member(of, made) if matches!(of.kind, ValueKind::Name(_)) && matches!(made.as_str(), "from" | "named" | "new"))
}

fn function_at<'p>(case: &Case<'_, 'p>, place: Place) -> Option<&'p crate::ir::Function> {
    place.function.map(|index| case.program.function(FunctionId { module: place.module, index }))
}

/// Whether a call of one of the patterns follows in the function, or in a caller after the call that led here.
fn is_followed(case: &Case<'_, '_>, event: &Event<'_>, patterns: &[Pattern]) -> bool {
    let mut at = Some((event.place.module, event.place.function, event.span));
    let mut trail = event.trail.iter().rev();
    while let Some((module, function, span)) = at {
        let place = Place { module, function };
        if any_call(case, place, patterns, |other| other.start > span.start || other.contains(span)) {
            return true;
        }
        at = trail.next().map(|step| (step.module, enclosing(case, step.module, step.span), step.span));
    }
    false
}

/// How many calls deep the undoing of an effect is looked for.
const MAX_UNDOING: usize = 3;

/// Whether a call of one of the patterns comes after in the same function, or in what is called after.
fn is_spoiled(case: &Case<'_, '_>, event: &Event<'_>, patterns: &[Pattern]) -> bool {
    if any_call(case, event.place, patterns, |other| other.start >= event.span.end) {
        return true;
    }
    event.place.function.is_some_and(|index| calls_any(case, FunctionId { module: event.place.module, index }, event.span.end, patterns, MAX_UNDOING))
}

/// Whether the functions that a function calls from a place on call one of the patterns.
fn calls_any(case: &Case<'_, '_>, function: FunctionId, from: u32, patterns: &[Pattern], depth: usize) -> bool {
    let Some(depth) = depth.checked_sub(1) else { return false };
    let mut found = false;
    each_call(&case.program.function(function).body, |call| {
        if !found && call.span.start >= from {
            let targets = case.program.targets(call, Place::of(function), false);
            found = targets.into_iter().any(|target| any_call(case, Place::of(target), patterns, |_| true) || calls_any(case, target, 0, patterns, depth));
        }
    });
    found
}

fn is_preceded(case: &Case<'_, '_>, event: &Event<'_>, patterns: &[Pattern]) -> bool {
    any_call(case, event.place, patterns, |other| other.end <= event.span.start)
}

/// The innermost function around a span.
pub(super) fn enclosing(case: &Case<'_, '_>, module: crate::link::ModuleId, span: Span) -> Option<crate::ir::FunctionIndex> {
    let functions = &case.program.module(module).functions;
    let around = functions.iter().enumerate().filter(|(_, function)| function.span.contains(span));
    around.min_by_key(|(_, function)| function.span.end - function.span.start).map(|(index, _)| crate::ir::FunctionIndex(index as u32))
}

pub(super) fn any_call(case: &Case<'_, '_>, place: Place, patterns: &[Pattern], fits_span: impl Fn(Span) -> bool) -> bool {
    // The function and those that enclose it: a save may stand behind the callback.
    let module = case.program.module(place.module);
    let mut at = place.function;
    loop {
        let body = module.body(at);
        let mut hit = false;
        each_call(body, |call| {
            hit |= fits_span(call.span)
                && case
                    .program
                    .names_of_call(call, Place { module: place.module, function: at }, false)
                    .iter()
                    .any(|name| patterns.iter().any(|pattern| pattern.fits(name, &case.rules.lexicon)));
        });
        if hit {
            return true;
        }
        match at {
            Some(index) => at = module.function(index).parent,
            None => return false,
        }
        if at.is_none() {
            return false;
        }
    }
}

/// Whether what a call changes is part of what its function returns.
fn is_returned(case: &Case<'_, '_>, event: &Event<'_>) -> bool {
    if event.returned {
        return true;
    }
    let Some(function) = function_at(case, event.place) else { return false };
    let mut names: Vec<&str> = event.bound.into_iter().collect();
    let EventKind::Rules { call: Some(call), .. } = &event.kind else { return true };
    let written = Name::written(&call.callee);
    if let Some(root) = written.segments.first() {
        let root = root.text.clone();
        return returns_name(&function.body, &root) || names.drain(..).any(|name| returns_name(&function.body, name));
    }
    false
}

/// Whether a call changes the answer although its function does not return it, in languages that hand over objects by reference: the
/// object is the caller's, or the framework's own, which is sent along unless the function answers with another.
fn changes_answer<'p>(case: &Case<'_, 'p>, event: &Event<'p>) -> bool {
    if case.program.module(event.place.module).language != Language::Python {
        return false;
    }
    let EventKind::Rules { call: Some(call), .. } = &event.kind else { return true };
    if !matches!(call.callee.kind, ValueKind::Member(..)) {
        return false;
    }
    let (Some(function), Some(root)) = (function_at(case, event.place), Name::written(&call.callee).segments.first().map(|segment| segment.text.clone())) else { return true };
    let mut answers = Vec::new();
    collect_answers(&function.body, &mut answers);
    if let Some(param) = function.params.iter().find(|param| param.name == root) {
        let is_made = param.default.as_ref().is_some_and(|default| matches!(default.kind, ValueKind::Call(_)));
        let is_injected = !function.annotations.is_empty() && (is_made || param.ty.as_ref().is_some_and(|ty| ty.last() == "Response"));
        let makes_answer = |name: &str| name == "Response" || case.rules.lexicon.is("made-answer", name);
        let is_other = |value: &&&'p Value| {
            let is_made = matches!(&value.kind, ValueKind::Call(made) if makes_answer(made.callee.last_name()));
            is_made && !mentions(value, &root, 0) && !is_model(case, value, event.place)
        };
        return !is_injected || !answers.iter().any(|value| is_other(&value));
    }
    // A local object that nothing but its own methods touch.
    let is_local = function.body.iter().any(|step| matches!(&step.kind, StepKind::Assign { target, .. } if matches!(&target.kind, ValueKind::Name(name) if *name == root)));
    !is_local || answers.is_empty() || is_handed_on(&function.body, &root)
}

/// Whether a value is made by a class of the project that is no answer of its framework, but what one says.
fn is_model<'p>(case: &Case<'_, 'p>, value: &'p Value, place: Place) -> bool {
    let is_plain = |class: ClassId| !case.program.class(class).bases.iter().any(|base| base.last().ends_with("Response"));
    case.program.eval(value, place, false).into_iter().any(|thing| matches!(thing, Thing::Instance(class) if is_plain(class)))
}

fn collect_answers<'p>(block: &'p [crate::ir::Step], into: &mut Vec<&'p Value>) {
    for step in block {
        match &step.kind {
            StepKind::Return(Some(value)) if !value.kind.is_nothing() => into.push(value),
            StepKind::Branch { then, otherwise, .. } => {
                collect_answers(then, into);
                collect_answers(otherwise, into);
            }
            StepKind::Attempt { body, finally, .. } => {
                collect_answers(body, into);
                collect_answers(finally, into);
            }
            _ => {}
        }
    }
}

/// Whether a name is handed to a call, raised, or kept elsewhere.
fn is_handed_on(block: &crate::ir::Block, name: &str) -> bool {
    let mut found = false;
    each_call(block, |call| found |= call.args.iter().any(|argument| mentions(&argument.value, name, 0)));
    found
        || block.iter().any(|step| match &step.kind {
            StepKind::Throw(Some(value)) => mentions(value, name, 0),
            StepKind::Assign { target, value, .. } => !matches!(&target.kind, ValueKind::Name(other) if other == name) && mentions(value, name, 0),
            _ => false,
        })
}

fn returns_name(block: &[crate::ir::Step], name: &str) -> bool {
    block.iter().any(|step| match &step.kind {
        // `throw redirect("/", { headers })`
        StepKind::Return(Some(value)) | StepKind::Throw(Some(value)) => mentions(value, name, 0),
        StepKind::Branch { then, otherwise, .. } => returns_name(then, name) || returns_name(otherwise, name),
        StepKind::Match { arms, .. } => arms.iter().any(|(_, arm)| returns_name(arm, name)),
        StepKind::Loop { body, .. } => returns_name(body, name),
        StepKind::Attempt { body, caught, finally } => returns_name(body, name) || returns_name(caught, name) || returns_name(finally, name),
        // A renamed or wrapped response: `let response = (jar, …)`.
        StepKind::Assign { target, value, .. } => {
            matches!(&target.kind, ValueKind::Name(other) if other != name && mentions(value, name, 0) && returns_name_directly(block, other))
        }
        _ => false,
    })
}

fn returns_name_directly(block: &[crate::ir::Step], name: &str) -> bool {
    block.iter().any(|step| matches!(&step.kind, StepKind::Return(Some(value)) if mentions(value, name, 0)))
}

fn mentions(value: &Value, name: &str, depth: usize) -> bool {
    if depth > 12 {
        return false;
    }
    match &value.kind {
        ValueKind::Name(other) => other == name,
        ValueKind::Call(call) => mentions(&call.callee, name, depth + 1) || call.args.iter().any(|argument| mentions(&argument.value, name, depth + 1)),
        ValueKind::Member(of, _) | ValueKind::Await(of) | ValueKind::Not(of) => mentions(of, name, depth + 1),
        ValueKind::List(items) | ValueKind::Unknown(items) | ValueKind::Template(items) => items.iter().any(|item| mentions(item, name, depth + 1)),
        ValueKind::Record(entries) => entries.iter().any(|(_, entry)| mentions(entry, name, depth + 1)),
        ValueKind::Choice { then, otherwise, .. } => mentions(then, name, depth + 1) || mentions(otherwise, name, depth + 1),
        ValueKind::Block(block) => {
            returns_name(block, name) || block.last().is_some_and(|step| matches!(&step.kind, StepKind::Evaluate(value) if mentions(value, name, depth + 1)))
        }
        _ => false,
    }
}

/// The evidence of one action that counts.
pub(super) fn counting(evidence: &[Evidence], action: Action) -> impl Iterator<Item = &Evidence> {
    evidence.iter().filter(move |one| one.action == action && one.counts)
}
