//! Follows one handler down its calls: every place it reaches, in which way, and by which calls.

mod arguments;
mod branches;
mod buses;
mod calls;
mod chosen;
mod constants;
mod given;
mod listeners;
mod named;
mod prepared;
mod raised;
mod receivers;
mod walk;

use std::sync::Arc;

use chosen::Chosen;
use dashmap::DashMap;
use given::{Given, Inside};
use rustc_hash::{FxBuildHasher, FxHashMap, FxHashSet};

use super::endpoints::Endpoints;
use super::lookup::At;
use super::requests::Request;
use super::sides::Surroundings;
use super::survey::within_names;
use crate::ir::{Block, Call, FunctionKind, Name};
use crate::link::{ClassId, FunctionId, ModuleId, Place, Program, wishes};
use crate::outcome::Side;
use crate::rules::{Entry, Kind, RuleSet, Subject};
use crate::source::Span;

/// In what way control gets to a place, the best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Way {
    Ordinary,
    /// Later than one second.
    Deferred,
    /// Only where no session or token is there.
    NoSession,
    /// Only where something failed.
    Error,
    /// Never: in a function whose steps run only where its answer is awaited, which it is not.
    NeverAwaited,
    /// Never: a branch that a constant turns off.
    Dead,
}

/// One call on the way from the handler.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Step {
    pub module: ModuleId,
    pub span: Span,
}

/// What was met.
#[derive(Debug, Clone)]
pub enum EventKind<'p> {
    /// Rules fit the place.
    Rules { entries: Vec<Entry>, call: Option<&'p Call> },
    /// Signs for the supporting checks fit the place.
    Signs { entries: Vec<Entry>, call: Option<&'p Call> },
    /// An endpoint is called.
    Request(Request),
    /// A function that answers an endpoint is called directly: a server action.
    Endpoint(usize),
    /// A provider's sign-out.
    SignOut(usize),
    /// A call with a logout's name whose function is not known.
    Unknown(String),
    /// A call that leads into a file of a language that is not read.
    Leaves(String),
}

/// A test on which something depends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Condition {
    pub test: Step,
    /// It is reached where the test holds, not where it fails.
    pub holds: bool,
}

/// One thing that a handler reaches.
#[derive(Debug, Clone)]
pub struct Event<'p> {
    pub kind: EventKind<'p>,
    pub place: Place,
    pub span: Span,
    pub way: Way,
    /// The condition under which it is reached, if it is not a guard on the credential.
    pub condition: Option<Condition>,
    pub awaited: bool,
    /// The call that starts what it runs in, for whose end nobody waits.
    pub started: Option<Step>,
    /// It is a statement of its own: nothing is done with what it gives.
    pub dropped: bool,
    /// It is part of what its function returns.
    pub returned: bool,
    /// The variable to which its value is assigned.
    pub bound: Option<&'p str>,
    pub trail: Vec<Step>,
}

/// What is followed.
pub(super) struct Reach<'a, 'p> {
    pub program: &'a Program<'p>,
    pub rules: &'a RuleSet,
    pub endpoints: &'a Endpoints<'p>,
    pub listeners: &'a Listeners,
    /// Follow into files that are not lowered yet.
    pub follow: bool,
    /// Calls of endpoints' functions are ties, not calls.
    pub is_client: bool,
    /// Tells of the files that are not read; without it nobody asks for them.
    pub surroundings: Option<&'a dyn Surroundings>,
    /// Functions that were followed before and are not followed again, except from their own beginnings.
    pub passed: Option<&'a FxHashSet<FunctionId>>,
    /// What was found out about calls before.
    pub known: &'a KnownCalls,
}

/// What was found out about calls while no module was added, by the address of the call and whether a client makes it: several
/// handlers often reach the same functions.
pub(super) type KnownCalls = DashMap<(usize, bool), Arc<CallFacts>, FxBuildHasher>;

/// What a call is, whoever reaches it.
#[derive(Debug)]
pub(super) struct CallFacts {
    last: String,
    /// What a bare callee was called where it was taken from, in words of a logout: `({ signOut: leave }) => leave()`.
    taken_as: Option<String>,
    targets: Vec<FunctionId>,
    entries: Vec<Entry>,
    request: Option<Request>,
    /// The file of another language that holds the callee.
    leaves_for: Option<String>,
    /// Files were asked for to find this out.
    wishes: bool,
}

/// A function that runs whenever another is called.
#[derive(Debug, Clone)]
pub(super) struct Listener {
    /// The function, if it is known; otherwise it goes by its name.
    pub to: Option<FunctionId>,
    pub name: String,
    pub runs: Vec<FunctionId>,
}

/// An effect of a component that runs when a field of a store changes.
#[derive(Debug, Clone)]
pub(super) struct Watcher {
    pub field: String,
    /// The component.
    pub around: Place,
    pub runs: Vec<FunctionId>,
}

/// The functions that run after others.
#[derive(Debug, Default)]
pub(super) struct Listeners {
    pub calls: Vec<Listener>,
    /// What runs when the thing that a call made has an answer, by that call: `const signOut = useRequest(…)`.
    pub answers: FxHashMap<Step, Vec<FunctionId>>,
    pub fields: Vec<Watcher>,
}

/// All that a handler reaches.
#[derive(Debug, Default)]
pub(super) struct Reached<'p> {
    pub events: Vec<Event<'p>>,
    pub functions: Vec<FunctionId>,
    /// The functions whose own steps lead into files that are not lowered.
    pub unfinished: Vec<FunctionId>,
    /// Something leads into files that are not lowered.
    pub is_unfinished: bool,
}

/// How many calls deep a handler is followed.
const MAX_DEPTH: usize = 14;

/// How many providers of parameters stand behind one another.
const MAX_PROVIDERS: usize = 3;

/// How many functions one handler may reach.
const MAX_FUNCTIONS: usize = 500;

/// The kinds that are looked for on the way.
const KINDS: [Kind; 6] = [Kind::Rule, Kind::ProviderSignOut, Kind::Callback, Kind::Navigation, Kind::Request, Kind::Sign];

impl<'p> Reach<'_, 'p> {
    /// Follows the functions of one handler.
    pub(super) fn walk_functions(&self, roots: &[FunctionId]) -> Reached<'p> {
        self.walk(|walk| roots.iter().for_each(|root| walk.function(*root)))
    }

    /// Follows a function that draws the element that asks for the logout, and not what the others run that it draws.
    pub(super) fn walk_drawing(&self, root: FunctionId, element: Span) -> Reached<'p> {
        self.walk(|walk| {
            walk.element = Some(element);
            walk.function(root);
        })
    }

    /// Follows a function of the client, and what runs whenever something of its name is called.
    pub(super) fn walk_named(&self, root: FunctionId, symbol: &str) -> Reached<'p> {
        self.walk(|walk| {
            walk.function(root);
            walk.listen_to(root, symbol);
        })
    }

    fn walk(&self, steps: impl FnOnce(&mut Walk<'_, '_, 'p>)) -> Reached<'p> {
        let mut walk = Walk {
            reach: self,
            reached: Reached::default(),
            visited: FxHashMap::default(),
            trail: Vec::new(),
            handed: None,
            receiver: None,
            statement: None,
            removed: 0,
            wishes_of_others: 0,
            first_link: None,
            element: None,
            state: State::default(),
        };
        let before = wishes();
        steps(&mut walk);
        let mut functions: Vec<FunctionId> = walk.visited.into_keys().map(|(function, ..)| function).collect();
        functions.sort();
        functions.dedup();
        Reached { functions, is_unfinished: wishes() != before, ..walk.reached }
    }

    /// Follows one block as if it stood alone.
    pub(super) fn walk_block(&self, block: &'p Block, place: Place) -> Reached<'p> {
        self.walk(|walk| {
            walk.state.place = Some(place);
            walk.block(block);
        })
    }

    /// Follows one call as if it stood alone.
    pub(super) fn walk_call(&self, call: &'p Call, place: Place) -> Reached<'p> {
        self.walk(|walk| {
            walk.state.place = Some(place);
            walk.call(call, Use::default());
        })
    }

    /// Follows the links of a chain from the first to the last, and not what stands before the first.
    pub(super) fn walk_links(&self, first: &'p Call, last: &'p Call, place: Place) -> Reached<'p> {
        self.walk(|walk| {
            walk.state.place = Some(place);
            walk.first_link = Some(first);
            walk.call(last, Use::default());
        })
    }
}

#[derive(Clone, Copy)]
struct State<'p> {
    place: Option<Place>,
    /// The call by which the function was entered, and where that stands.
    entered: Option<(&'p Call, Place)>,
    /// What that call hands over for the parameters.
    given: Given<'p>,
    way: Way,
    condition: Option<Condition>,
    /// Nothing uses what the function gives.
    dropped: bool,
    /// Nothing will use what the closure gives that is about to run.
    discards: bool,
    /// The call that started what runs, for whose end nobody waits.
    started: Option<Step>,
    /// The class of the object whose method runs, where that is below the method's own.
    receiver: Option<ClassId>,
    /// What its caller makes the function choose.
    chosen: Chosen<'p>,
}

impl Default for State<'_> {
    fn default() -> Self {
        Self {
            place: None,
            entered: None,
            given: Given::default(),
            way: Way::Ordinary,
            condition: None,
            dropped: false,
            discards: false,
            started: None,
            receiver: None,
            chosen: None,
        }
    }
}

/// What becomes of a value.
#[derive(Clone, Copy, Default)]
struct Use<'p> {
    awaited: bool,
    returned: bool,
    bound: Option<&'p str>,
}

struct Walk<'r, 'a, 'p> {
    reach: &'r Reach<'a, 'p>,
    reached: Reached<'p>,
    /// The best way in which each function was entered, and whether what it gives was then dropped.
    /// By the class of the object too, where that is below the method's own, and by what is chosen in it.
    visited: FxHashMap<(FunctionId, Option<ClassId>, Chosen<'p>), (Way, bool)>,
    trail: Vec<Step>,
    /// The call that is about to enter a function.
    handed: Option<(&'p Call, Place)>,
    /// The class of the object whose method it enters.
    receiver: Option<ClassId>,
    /// The call that is a statement of its own.
    statement: Option<&'p Call>,
    /// How many calls were met that remove something of which nothing is known.
    removed: usize,
    /// How much of what was asked for in vain is the matter of functions that were entered.
    wishes_of_others: u64,
    /// The first link of a chain that matters: what it is called on is none of the walk's business.
    first_link: Option<&'p Call>,
    /// Of the elements that the first function draws, the one from which the walk comes.
    element: Option<Span>,
    state: State<'p>,
}

#[derive(Default)]
struct Fitted {
    callbacks: Vec<usize>,
    navigation: bool,
    has_rule: bool,
    /// A rule or provider says what it is.
    is_known: bool,
}

impl<'p> Walk<'_, '_, 'p> {
    fn place(&self) -> Place {
        self.state.place.unwrap_or(Place { module: ModuleId(0), function: None })
    }

    fn function(&mut self, function: FunctionId) {
        let entered = self.handed.take();
        let dropped = self.state.discards || entered.is_some_and(|(call, _)| self.statement.is_some_and(|statement| std::ptr::eq(statement, call)));
        let way = (self.state.way, dropped);
        let defined = self.reach.program.function(function);
        // What a method hands over runs for the same object.
        let receiver = self.receiver.take().or(self.state.receiver.filter(|_| defined.kind == FunctionKind::Closure));
        let chosen = self.chosen_in(function, entered).or(self.state.chosen.filter(|_| defined.kind == FunctionKind::Closure && entered.is_none()));
        if self.visited.get(&(function, receiver, chosen)).is_some_and(|before| *before <= way) || self.trail.len() > MAX_DEPTH || self.visited.len() > MAX_FUNCTIONS {
            return;
        }
        if !self.trail.is_empty() && self.reach.passed.is_some_and(|passed| passed.contains(&function)) {
            return;
        }
        self.visited.insert((function, receiver, chosen), way);
        let (wishes_before, of_others_before) = (wishes(), self.wishes_of_others);
        let before = self.state;
        self.state.place = Some(Place::of(function));
        self.state.entered = entered;
        self.state.receiver = receiver;
        self.state.chosen = chosen;
        self.state.given = before.given.to(self.reach.program, &self.reach.rules.lexicon, function, entered);
        self.state.dropped = dropped;
        self.state.discards = false;
        for param in &defined.params {
            if let Some(default) = &param.default {
                self.value(default, Use::default());
            }
        }
        if self.reach.follow && !self.reach.is_client {
            self.look_at_providers(function, MAX_PROVIDERS);
        }
        if defined.body.is_empty() {
            // What a function without a body does stands in its annotations: `@Query("DELETE FROM users")`.
            for annotation in &defined.annotations {
                let names = [Name::of_call(annotation)];
                self.fit(Subject::Call { call: annotation, names: &names }, annotation.span);
            }
        }
        self.block(&defined.body);
        self.state = before;
        let all = wishes().wrapping_sub(wishes_before);
        if all > self.wishes_of_others - of_others_before {
            self.reached.unfinished.push(function);
        }
        self.wishes_of_others = of_others_before + all;
    }

    /// Has the files read of the functions that provide a function's parameters, and those of theirs: they may save what is changed.
    fn look_at_providers(&self, function: FunctionId, depth: usize) {
        let Some(depth) = depth.checked_sub(1) else { return };
        let program = self.reach.program;
        for provider in program.function(function).params.iter().flat_map(|param| program.providers(function, param, true)) {
            self.look_at_providers(provider, depth);
        }
    }

    fn push(&mut self, kind: EventKind<'p>, span: Span, used: Use<'p>) {
        let State { way, condition, started, .. } = self.state;
        self.reached.events.push(Event {
            kind,
            place: self.place(),
            span,
            way,
            condition,
            awaited: used.awaited,
            started,
            dropped: self.statement.is_some_and(|statement| statement.span == span && (self.state.dropped || !used.awaited && !used.returned)),
            returned: used.returned,
            bound: used.bound,
            trail: self.trail.clone(),
        });
    }

    /// The rules that fit a place become an event; says which callbacks and navigations fit too.
    fn fit(&mut self, subject: Subject<'_, 'p>, span: Span) -> Fitted {
        let entries = self.entries(subject);
        self.sort(&entries, span, None, Use::default())
    }

    fn sort(&mut self, entries: &[Entry], span: Span, call: Option<&'p Call>, used: Use<'p>) -> Fitted {
        let mut fitted = Fitted::default();
        let mut rules = Vec::new();
        let mut signs = Vec::new();
        for entry in entries.iter().copied() {
            match entry.kind {
                // What works on a server alone tells a client's call nothing: its own `auth.logout()` is called alike.
                Kind::Rule if self.reach.is_client && self.reach.rules.rules[entry.index].at == Some(Side::Server) => {}
                Kind::Rule => rules.push(entry),
                Kind::ProviderSignOut => {
                    fitted.is_known = true;
                    self.push(EventKind::SignOut(entry.index), span, used);
                }
                Kind::Callback => fitted.callbacks.push(entry.index),
                Kind::Navigation => fitted.navigation = true,
                Kind::Sign => signs.push(entry),
                _ => {}
            }
        }
        fitted.has_rule = !rules.is_empty();
        fitted.is_known |= fitted.has_rule;
        if !signs.is_empty() {
            self.push(EventKind::Signs { entries: signs, call }, span, used);
        }
        // The last of the events, where a fallback among them may yet be dropped.
        if !rules.is_empty() {
            self.push(EventKind::Rules { entries: rules, call }, span, used);
        }
        fitted
    }

    fn entries(&self, subject: Subject<'_, 'p>) -> Vec<Entry> {
        let place = self.place();
        let program = self.reach.program;
        let language = program.module(place.module).language;
        let at = Inside { at: At { program, place }, given: self.state.given, receiver: self.state.receiver, lexicon: &self.reach.rules.lexicon };
        self.reach.rules.fitting(&KINDS, subject, &|| within_names(program, place), language, &at)
    }
}
