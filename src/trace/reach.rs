//! Follows one handler down its calls: every place it reaches, in which way, and by which calls.

use std::cell::RefCell;
use std::rc::Rc;

use rustc_hash::FxHashMap;

use super::candidates::is_logout_name;
use super::endpoints::Endpoints;
use super::handed::methods_of;
use super::lookup::At;
use super::requests::{Request, declared_request, location_request, record_request, request_of, ruled_request};
use super::survey::within_names;
use crate::ir::{AssignOp, Block, Call, CallStyle, FunctionKind, Name, StepKind, Value, ValueKind};
use crate::link::{FunctionId, ModuleId, Place, Program, Thing};
use crate::rules::{Entry, Kind, RuleSet, Runs, Subject, split_words};
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
    /// An endpoint is called.
    Request(Request),
    /// A function that answers an endpoint is called directly: a server action.
    Endpoint(usize),
    /// A provider's sign-out.
    SignOut(usize),
    /// A call with a logout's name whose function is not known.
    Unknown(String),
}

/// One thing that a handler reaches.
#[derive(Debug, Clone)]
pub struct Event<'p> {
    pub kind: EventKind<'p>,
    pub place: Place,
    pub span: Span,
    pub way: Way,
    /// The condition under which it is reached, if it is not a guard on the credential.
    pub condition: Option<Step>,
    pub awaited: bool,
    /// It is part of what its function returns.
    pub returned: bool,
    /// The variable to which its value is assigned.
    pub bound: Option<&'p str>,
    pub trail: Vec<Step>,
}

/// What is followed.
pub struct Reach<'a, 'p> {
    pub program: &'a Program<'p>,
    pub rules: &'a RuleSet,
    pub endpoints: &'a Endpoints<'p>,
    pub listeners: &'a [Listener],
    /// Follow into files that are not lowered yet.
    pub follow: bool,
    /// Calls of endpoints' functions are ties, not calls.
    pub is_client: bool,
    /// What was found out about calls before: several handlers often reach the same functions.
    pub known: RefCell<FxHashMap<usize, Rc<CallFacts>>>,
}

/// What a call is, whoever reaches it.
#[derive(Debug)]
pub struct CallFacts {
    last: String,
    targets: Vec<FunctionId>,
    entries: Vec<Entry>,
    request: Option<Request>,
}

/// A function that runs whenever another is called.
#[derive(Debug, Clone)]
pub struct Listener {
    pub to: Option<FunctionId>,
    pub name: String,
    pub runs: Vec<FunctionId>,
}

/// All that a handler reaches.
#[derive(Debug, Default)]
pub struct Reached<'p> {
    pub events: Vec<Event<'p>>,
    pub functions: Vec<FunctionId>,
}

/// How many calls deep a handler is followed.
const MAX_DEPTH: usize = 14;
/// How many functions one handler may reach.
const MAX_FUNCTIONS: usize = 500;
/// The kinds that are looked for on the way.
const KINDS: [Kind; 5] = [Kind::Rule, Kind::ProviderSignOut, Kind::Callback, Kind::Navigation, Kind::Request];

impl<'p> Reach<'_, 'p> {
    /// Follows the functions of one handler.
    pub fn from(&self, roots: &[FunctionId]) -> Reached<'p> {
        let mut walk = Walk { reach: self, reached: Reached::default(), visited: FxHashMap::default(), trail: Vec::new(), state: State::default() };
        for root in roots {
            walk.function(*root);
        }
        let mut functions: Vec<FunctionId> = walk.visited.keys().copied().collect();
        functions.sort();
        walk.reached.functions = functions;
        walk.reached
    }

    /// Follows one value as if it were evaluated: a mount, an argument.
    pub fn from_value(&self, value: &'p Value, place: Place) -> Reached<'p> {
        let mut walk = Walk { reach: self, reached: Reached::default(), visited: FxHashMap::default(), trail: Vec::new(), state: State::default() };
        walk.state.place = Some(place);
        walk.value(value, Use::default());
        walk.reached
    }

    /// Follows one call as if it stood alone.
    pub fn from_call(&self, call: &'p Call, place: Place) -> Reached<'p> {
        let mut walk = Walk { reach: self, reached: Reached::default(), visited: FxHashMap::default(), trail: Vec::new(), state: State::default() };
        walk.state.place = Some(place);
        walk.call(call, Use::default());
        walk.reached
    }
}

#[derive(Clone, Copy)]
struct State {
    place: Option<Place>,
    way: Way,
    condition: Option<Step>,
}

impl Default for State {
    fn default() -> Self {
        Self { place: None, way: Way::Ordinary, condition: None }
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
    visited: FxHashMap<FunctionId, Way>,
    trail: Vec<Step>,
    state: State,
}

impl<'p> Walk<'_, '_, 'p> {
    fn place(&self) -> Place {
        self.state.place.unwrap_or(Place { module: ModuleId(0), function: None })
    }

    fn function(&mut self, function: FunctionId) {
        let way = self.state.way;
        if self.visited.get(&function).is_some_and(|before| *before <= way) || self.trail.len() > MAX_DEPTH || self.visited.len() > MAX_FUNCTIONS {
            return;
        }
        self.visited.insert(function, way);
        let before = self.state;
        self.state.place = Some(Place::of(function));
        let defined = self.reach.program.function(function);
        for param in &defined.params {
            if let Some(default) = &param.default {
                self.value(default, Use::default());
            }
        }
        self.block(&defined.body);
        self.state = before;
    }

    fn push(&mut self, kind: EventKind<'p>, span: Span, used: Use<'p>) {
        let State { way, condition, .. } = self.state;
        self.reached.events.push(Event {
            kind,
            place: self.place(),
            span,
            way,
            condition,
            awaited: used.awaited,
            returned: used.returned,
            bound: used.bound,
            trail: self.trail.clone(),
        });
    }

    /// Walks a block; says whether control leaves it for certain.
    fn block(&mut self, block: &'p Block) -> bool {
        for step in block {
            let leaves = self.step(&step.kind);
            if leaves {
                return true;
            }
        }
        false
    }

    fn step(&mut self, step: &'p StepKind) -> bool {
        match step {
            StepKind::Evaluate(value) => {
                self.value(value, Use::default());
                false
            }
            StepKind::Assign { target, op, value, .. } => {
                let bound = match &target.kind {
                    ValueKind::Name(name) => Some(name.as_str()),
                    _ => None,
                };
                self.assign(target, *op, value);
                // A declared function runs when it is called.
                if !matches!(value.kind, ValueKind::Closure(_)) {
                    self.value(value, Use { bound, ..Use::default() });
                }
                false
            }
            StepKind::Delete(value) => {
                self.delete(value);
                false
            }
            StepKind::Branch { test, then, otherwise } => self.branch(test, then, otherwise),
            StepKind::Match { subject, arms } => {
                subject.iter().for_each(|value| self.value(value, Use::default()));
                let before = self.state;
                let mut all_leave = !arms.is_empty();
                for (labels, arm) in arms {
                    self.state = before;
                    if labels.iter().any(is_error_label) {
                        self.state.way = self.state.way.max(Way::Error);
                    }
                    all_leave &= self.block(arm) && !labels.is_empty();
                }
                self.state = before;
                all_leave && arms.iter().any(|(labels, _)| labels.is_empty())
            }
            StepKind::Loop { head, body } => {
                head.iter().for_each(|value| self.value(value, Use::default()));
                self.block(body);
                false
            }
            StepKind::Attempt { body, caught, finally } => {
                let leaves = self.block(body);
                let before = self.state;
                self.state.way = self.state.way.max(Way::Error);
                self.block(caught);
                self.state = before;
                self.block(finally) || leaves
            }
            StepKind::Return(value) => {
                if let Some(value) = value {
                    self.value(value, Use { returned: true, awaited: true, bound: None });
                    // `return async dispatch => …`: what is returned is what the caller runs.
                    if let ValueKind::Closure(index) = &value.kind {
                        self.function(FunctionId { module: self.place().module, index: *index });
                    }
                }
                true
            }
            StepKind::Throw(value) => {
                let before = self.state;
                self.state.way = self.state.way.max(Way::Error);
                value.iter().for_each(|value| self.value(value, Use::default()));
                self.state = before;
                true
            }
            StepKind::Leave => true,
        }
    }

    fn branch(&mut self, test: &'p Value, then: &'p Block, otherwise: &'p Block) -> bool {
        self.value(test, Use::default());
        let before = self.state;
        let (on_true, on_false) = self.judge_test(test);
        self.state = on_true.apply(before, self.place().module, test.span);
        let then_leaves = self.block(then);
        self.state = on_false.apply(before, self.place().module, test.span);
        let otherwise_leaves = self.block(otherwise);
        self.state = before;
        match (on_true, on_false) {
            (Branch::Dead, _) => otherwise_leaves && !otherwise.is_empty(),
            (_, Branch::Dead) => then_leaves,
            _ => then_leaves && otherwise_leaves && !otherwise.is_empty(),
        }
    }

    /// What a test means for its two branches.
    fn judge_test(&self, test: &'p Value) -> (Branch, Branch) {
        let (folded, _) = self.reach.program.fold(test, self.place());
        match &folded.kind {
            ValueKind::Bool(true) => return (Branch::Ordinary, Branch::Dead),
            ValueKind::Bool(false) | ValueKind::Null => return (Branch::Dead, Branch::Ordinary),
            ValueKind::Number(number) if *number == 0.0 => return (Branch::Dead, Branch::Ordinary),
            _ => {}
        }
        let (negated, subject) = polarity(test);
        let mut words = Vec::new();
        collect_words(subject, &mut words, 0);
        let lexicon = &self.reach.rules.lexicon;
        let is = |class: &str| words.iter().any(|word| lexicon.is(class, word));
        let (yes, no) = if is("error") && !is("success") {
            (Branch::Error, Branch::Ordinary)
        } else if is("success") {
            (Branch::Ordinary, Branch::Error)
        } else if is("method-test") {
            (Branch::Ordinary, Branch::Ordinary)
        } else if is("session") || is("token") || is("auth") || is("cookie") {
            (Branch::Ordinary, Branch::NoSession)
        } else {
            return (Branch::Condition, Branch::Condition);
        };
        if negated { (no, yes) } else { (yes, no) }
    }

    fn assign(&mut self, target: &'p Value, op: AssignOp, value: &'p Value) {
        let place = self.place();
        let program = self.reach.program;
        if let Some(request) = location_request(program, self.reach.rules, target, value, place) {
            let span = request.span;
            self.push(EventKind::Request(request), span, Use::default());
        }
        // A new local variable is no state.
        if op == AssignOp::Declare || !matches!(target.kind, ValueKind::Member(..) | ValueKind::Name(_) | ValueKind::Index(..)) {
            return;
        }
        let names = program.names_of(target, place, false);
        let span = Span { start: target.span.start, end: value.span.end.max(target.span.end) };
        let fitted = self.fit(Subject::Assign { names: &names, value }, span);
        self.handed_object(value, span, &fitted);
    }

    /// An object that is handed over to be called: its methods run, where a rule says so.
    fn handed_object(&mut self, value: &'p Value, span: Span, fitted: &Fitted) {
        let rules = self.reach.rules;
        if !fitted.callbacks.iter().any(|index| rules.callbacks[*index].runs == Runs::Ordinary) {
            return;
        }
        let place = self.place();
        self.trail.push(Step { module: place.module, span });
        for method in methods_of(self.reach.program, rules, value, place, self.reach.follow) {
            self.function(method);
        }
        self.trail.pop();
    }

    fn pair(&mut self, key: &'p Value, value: &'p Value) {
        let name = match &key.kind {
            ValueKind::Text(text) => Name { imported: false, segments: vec![crate::ir::Segment { text: text.clone(), called: None }] },
            ValueKind::Name(_) | ValueKind::Member(..) => Name::written(key),
            _ => return,
        };
        self.fit(Subject::Assign { names: &[name], value }, Span { start: key.span.start, end: value.span.end.max(key.span.end) });
    }

    fn delete(&mut self, value: &'p Value) {
        let names = self.reach.program.names_of(value, self.place(), false);
        self.fit(Subject::Delete { names: &names }, value.span);
    }

    /// The rules that fit a place become an event; says which callbacks and navigations fit too.
    fn fit(&mut self, subject: Subject<'_, 'p>, span: Span) -> Fitted {
        let entries = self.entries(subject);
        self.sort(&entries, span, None, Use::default())
    }

    fn sort(&mut self, entries: &[Entry], span: Span, call: Option<&'p Call>, used: Use<'p>) -> Fitted {
        let mut fitted = Fitted::default();
        let mut rules = Vec::new();
        for entry in entries.iter().copied() {
            match entry.kind {
                Kind::Rule => rules.push(entry),
                Kind::ProviderSignOut => {
                    fitted.is_known = true;
                    self.push(EventKind::SignOut(entry.index), span, used);
                }
                Kind::Callback => fitted.callbacks.push(entry.index),
                Kind::Navigation => fitted.navigation = true,
                _ => {}
            }
        }
        fitted.has_rule = !rules.is_empty();
        fitted.is_known |= fitted.has_rule;
        if !rules.is_empty() {
            self.push(EventKind::Rules { entries: rules, call }, span, used);
        }
        fitted
    }

    fn value(&mut self, value: &'p Value, used: Use<'p>) {
        match &value.kind {
            ValueKind::Call(call) => self.call(call, used),
            ValueKind::Await(inner) => self.value(inner, Use { awaited: true, ..used }),
            ValueKind::Block(block) => {
                self.block(block);
            }
            ValueKind::List(parts) => {
                // A pair is a key with its value: `(SET_COOKIE, "sid=; Max-Age=0")`.
                if let [key, paired] = parts.as_slice() {
                    self.pair(key, paired);
                }
                parts.iter().for_each(|part| self.value(part, used));
            }
            ValueKind::Template(parts) | ValueKind::Unknown(parts) => parts.iter().for_each(|part| self.value(part, used)),
            ValueKind::Member(of, _) | ValueKind::Not(of) => self.value(of, Use { bound: None, ..used }),
            ValueKind::Index(of, key) => {
                self.value(of, used);
                self.value(key, used);
            }
            ValueKind::Record(entries) => {
                if let Some(request) = record_request(self.reach.program, self.reach.rules, value, self.place()) {
                    self.push(EventKind::Request(request), value.span, used);
                }
                entries.iter().for_each(|(_, entry)| self.value(entry, used));
            }
            ValueKind::Choice { test, then, otherwise } => {
                self.value(test, Use::default());
                let before = self.state;
                let (on_true, on_false) = self.judge_test(test);
                let same = std::ptr::eq(test.as_ref(), then.as_ref()) || test.span == then.span;
                if !same {
                    self.state = on_true.apply(before, self.place().module, test.span);
                    self.value(then, used);
                    self.state = on_false.apply(before, self.place().module, test.span);
                }
                self.value(otherwise, used);
                self.state = before;
            }
            ValueKind::Binary { left, right, .. } => {
                self.value(left, used);
                self.value(right, used);
            }
            ValueKind::Text(_) | ValueKind::Number(_) | ValueKind::Bool(_) | ValueKind::Null | ValueKind::Name(_) | ValueKind::This | ValueKind::Super | ValueKind::Closure(_) => {}
        }
    }

    fn call(&mut self, call: &'p Call, used: Use<'p>) {
        let place = self.place();
        let program = self.reach.program;
        // What is called before this one in the chain.
        let chained = match &call.callee.kind {
            ValueKind::Member(of, _) => {
                self.value(of, Use { awaited: used.awaited, returned: used.returned, bound: used.bound });
                true
            }
            ValueKind::Call(_) => {
                self.value(&call.callee, used);
                true
            }
            _ => false,
        };
        let _ = chained;
        let facts = self.facts(call);
        let mut fitted = self.sort(&facts.entries, call.span, Some(call), used);
        if fitted.has_rule && !facts.targets.is_empty() {
            self.drop_weak();
        }
        if !fitted.navigation
            && let Some(request) = &facts.request
        {
            self.push(EventKind::Request(request.clone()), call.span, used);
        }
        self.arguments(call, &mut fitted, used);
        self.enter(call, &facts, fitted.is_known);
    }

    /// A fallback rule says nothing where the function itself is known.
    fn drop_weak(&mut self) {
        let rules = self.reach.rules;
        if let Some(event) = self.reached.events.last_mut()
            && let EventKind::Rules { entries, .. } = &mut event.kind
        {
            entries.retain(|entry| !rules.rules[entry.index].weak);
            if entries.is_empty() {
                self.reached.events.pop();
            }
        }
    }

    /// What a call is, found out once.
    fn facts(&self, call: &'p Call) -> Rc<CallFacts> {
        let key = std::ptr::from_ref(call) as usize;
        if let Some(known) = self.reach.known.borrow().get(&key) {
            return Rc::clone(known);
        }
        let place = self.place();
        let program = self.reach.program;
        let targets = if call.style == CallStyle::Element { Vec::new() } else { program.targets(call, place, self.reach.follow) };
        let names = program.names_of_call(call, place, self.reach.follow);
        let entries = self.entries(Subject::Call { call, names: &names });
        let request = request_of(program, self.reach.rules, call, place).or_else(|| ruled_request(program, self.reach.rules, &entries, call, place));
        let facts = Rc::new(CallFacts { last: names.first().map_or("", Name::last).to_owned(), targets, entries, request });
        self.reach.known.borrow_mut().insert(key, Rc::clone(&facts));
        facts
    }

    fn entries(&self, subject: Subject<'_, 'p>) -> Vec<Entry> {
        let place = self.place();
        let program = self.reach.program;
        let language = program.module(place.module).language;
        let at = At { program, place };
        self.reach.rules.fitting(&KINDS, subject, &|| within_names(program, place), language, &at)
    }

    fn enter(&mut self, call: &'p Call, facts: &CallFacts, is_known: bool) {
        let CallFacts { last, targets, .. } = facts;
        let place = self.place();
        self.trail.push(Step { module: place.module, span: call.span });
        for target in targets {
            if self.reach.is_client
                && let Some(endpoints) = self.reach.endpoints.by_function.get(target)
                && let Some(first) = endpoints.first()
            {
                self.push(EventKind::Endpoint(*first), call.span, Use::default());
                continue;
            }
            if let Some(request) = declared_request(self.reach.program, *target, self.reach.rules) {
                self.push(EventKind::Request(request), call.span, Use::default());
                continue;
            }
            self.function(*target);
            self.listen(Some(*target), "");
        }
        if targets.is_empty() {
            self.listen(None, last);
            if !is_known && call.style != CallStyle::Element && is_logout_name(self.reach.rules, last) {
                self.by_name(last, call);
            }
        }
        // `dispatch(logout())`, `commit("logout")`: an action that is handed over by name.
        for argument in call.args.iter().take(1) {
            if let ValueKind::Text(text) = &argument.value.kind
                && self.reach.rules.lexicon.is("logout", text)
                && targets.is_empty()
                && text.len() < 40
                && !text.starts_with('/')
                && !text.contains([' ', '.', '?'])
                && !text.contains("//")
            {
                let action = text.rsplit(['/', ':', '.']).next().unwrap_or(text).to_owned();
                self.by_name(&action, call);
            }
        }
        self.trail.pop();
    }

    /// A call whose function is not known, by its name: the one function of the project that bears it on the same side.
    fn by_name(&mut self, name: &str, call: &Call) {
        let place = self.place();
        let here = place.module;
        let language = self.reach.program.module(here).language;
        let candidates: Vec<FunctionId> = self
            .reach
            .program
            .functions_named(name)
            .iter()
            .copied()
            .filter(|id| {
                let function = self.reach.program.function(*id);
                self.reach.program.module(id.module).language.name() == language.name()
                    && !function.body.is_empty()
                    && place.function != Some(id.index)
                    && !self.trail.iter().any(|step| step.module == id.module && function.span.contains(step.span))
            })
            .collect();
        let own_module: Vec<FunctionId> = candidates.iter().copied().filter(|id| id.module == here).collect();
        let chosen = if own_module.len() == 1 { own_module } else { candidates };
        if chosen.is_empty() || chosen.len() > 3 || chosen.iter().any(|id| self.reach.endpoints.by_function.contains_key(id)) {
            self.push(EventKind::Unknown(name.to_owned()), call.span, Use::default());
            return;
        }
        for function in chosen {
            self.function(function);
        }
    }

    fn listen(&mut self, function: Option<FunctionId>, name: &str) {
        let runs: Vec<FunctionId> = self
            .reach
            .listeners
            .iter()
            .filter(|listener| match (listener.to, function) {
                (Some(to), Some(function)) => to == function,
                _ => !name.is_empty() && listener.name == name,
            })
            .flat_map(|listener| listener.runs.iter().copied())
            .collect();
        for run in runs {
            self.function(run);
        }
    }

    /// Closures and functions that are handed over run as the call says.
    fn arguments(&mut self, call: &'p Call, fitted: &mut Fitted, used: Use<'p>) {
        let place = self.place();
        let is_element = call.style == CallStyle::Element;
        for (index, argument) in call.args.iter().enumerate() {
            let key = argument.name.clone().unwrap_or_else(|| index.to_string());
            match &argument.value.kind {
                ValueKind::Record(entries) => {
                    for (name, entry) in entries {
                        self.argument(entry, name, call, fitted, is_element);
                    }
                }
                _ => self.argument(&argument.value, &key, call, fitted, is_element),
            }
        }
        let _ = (place, used);
    }

    fn argument(&mut self, value: &'p Value, key: &str, call: &'p Call, fitted: &Fitted, is_element: bool) {
        let before = self.state;
        match self.runs(key, call, fitted) {
            Runs::Ordinary => {}
            Runs::Error => self.state.way = self.state.way.max(Way::Error),
            Runs::Deferred => self.state.way = self.state.way.max(Way::Deferred),
            Runs::Never | Runs::Elsewhere => {
                self.state = before;
                return;
            }
        }
        let place = self.place();
        self.handed_object(value, call.span, fitted);
        match &value.kind {
            ValueKind::Closure(index) => {
                // What an element's event runs belongs to the handler only where the element is the handler's own.
                if !is_element || self.trail.is_empty() {
                    self.trail.push(Step { module: place.module, span: call.span });
                    self.function(FunctionId { module: place.module, index: *index });
                    self.trail.pop();
                }
            }
            ValueKind::Name(_) | ValueKind::Member(..) if !is_element => {
                let functions: Vec<FunctionId> = self
                    .reach
                    .program
                    .eval(value, place, self.reach.follow)
                    .into_iter()
                    .filter_map(|thing| match thing {
                        Thing::Function(function) => Some(function),
                        _ => None,
                    })
                    .collect();
                self.trail.push(Step { module: place.module, span: call.span });
                for function in functions {
                    let defined = self.reach.program.function(function);
                    if defined.kind != FunctionKind::Constructor {
                        if self.reach.is_client && self.reach.endpoints.by_function.contains_key(&function) {
                            if let Some(endpoint) = self.reach.endpoints.by_function.get(&function).and_then(|all| all.first()) {
                                self.push(EventKind::Endpoint(*endpoint), call.span, Use::default());
                            }
                            continue;
                        }
                        self.function(function);
                    }
                }
                self.trail.pop();
            }
            // An element's children are drawn, not run; their own events are other handlers'.
            _ if is_element && !self.trail.is_empty() => {}
            _ => self.value(value, Use { awaited: true, ..Use::default() }),
        }
        self.state = before;
    }

    fn runs(&self, key: &str, call: &'p Call, fitted: &Fitted) -> Runs {
        for index in &fitted.callbacks {
            let callback = &self.reach.rules.callbacks[*index];
            if !callback.args.is_empty() && !callback.args.iter().any(|arg| arg == key) {
                continue;
            }
            if callback.runs == Runs::Deferred
                && let Some(delay) = callback.delay
            {
                let at = At { program: self.reach.program, place: self.place() };
                let milliseconds = call.positional(delay).and_then(|value| crate::rules::number_of(value, &at, 0));
                if call.positional(delay).is_none() || milliseconds.is_some_and(|delay| delay <= 1000.0) {
                    continue;
                }
            }
            return callback.runs;
        }
        Runs::Ordinary
    }
}

#[derive(Default)]
struct Fitted {
    callbacks: Vec<usize>,
    navigation: bool,
    has_rule: bool,
    /// A rule or provider says what it is.
    is_known: bool,
}

/// What a branch means for what stands in it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Branch {
    Ordinary,
    Condition,
    NoSession,
    Error,
    Dead,
}

impl Branch {
    fn apply(self, mut state: State, module: ModuleId, test: Span) -> State {
        match self {
            Self::Ordinary => {}
            Self::Condition => state.condition = state.condition.or(Some(Step { module, span: test })),
            Self::NoSession => state.way = state.way.max(Way::NoSession),
            Self::Error => state.way = state.way.max(Way::Error),
            Self::Dead => state.way = Way::Dead,
        }
        state
    }
}

fn is_error_label(label: &Value) -> bool {
    let name = Name::written(label);
    matches!(name.segments.first().map_or("", |segment| segment.text.as_str()), "Err" | "Error" | "Failure" | "None")
}

/// Whether a test is turned round, and what it tests.
fn polarity(test: &Value) -> (bool, &Value) {
    use crate::ir::BinaryOp;
    match &test.kind {
        ValueKind::Not(inner) => {
            let (negated, subject) = polarity(inner);
            (!negated, subject)
        }
        ValueKind::Binary { op: BinaryOp::Equal, left, right } if is_nothing(right) => (true, left),
        ValueKind::Binary { op: BinaryOp::Equal, left, right } if is_nothing(left) => (true, right),
        ValueKind::Binary { op: BinaryOp::NotEqual, left, right } if !is_nothing(right) && !is_nothing(left) => (true, left),
        // `!a || !b`, `!a && …`
        ValueKind::Choice { test: first, then, otherwise } => {
            if matches!(otherwise.kind, ValueKind::Null) {
                polarity(if first.span == then.span { first } else { then })
            } else {
                polarity(first)
            }
        }
        ValueKind::Unknown(parts) if parts.len() == 1 => polarity(&parts[0]),
        _ => (false, test),
    }
}

fn is_nothing(value: &Value) -> bool {
    match &value.kind {
        ValueKind::Null | ValueKind::Bool(false) => true,
        ValueKind::Text(text) => text.is_empty() || text == "undefined",
        ValueKind::Name(name) => name == "undefined",
        _ => false,
    }
}

/// The identifiers of a test.
fn collect_words<'v>(value: &'v Value, into: &mut Vec<&'v str>, depth: usize) {
    if depth > 8 {
        return;
    }
    match &value.kind {
        ValueKind::Name(text) => into.push(text),
        ValueKind::Member(of, text) => {
            into.push(text);
            collect_words(of, into, depth + 1);
        }
        ValueKind::Call(call) => collect_words(&call.callee, into, depth + 1),
        ValueKind::Binary { left, right, .. } => {
            collect_words(left, into, depth + 1);
            collect_words(right, into, depth + 1);
        }
        ValueKind::Not(inner) | ValueKind::Await(inner) => collect_words(inner, into, depth + 1),
        ValueKind::Choice { test, then, .. } => {
            collect_words(test, into, depth + 1);
            if test.span != then.span {
                collect_words(then, into, depth + 1);
            }
        }
        ValueKind::Unknown(parts) => parts.iter().for_each(|part| collect_words(part, into, depth + 1)),
        ValueKind::Index(of, key) => {
            collect_words(of, into, depth + 1);
            collect_words(key, into, depth + 1);
        }
        _ => {}
    }
}

/// Whether a name's words hold one that only a forced sign-out bears.
pub(super) fn words_of(name: &str) -> Vec<String> {
    split_words(name)
}
