//! Calls: what they are, and the functions they lead into.

use std::sync::Arc;

use super::receivers::add_models;
use super::{CallFacts, Event, EventKind, Step, Use, Walk, Way};
use crate::ir::{Call, CallStyle, FunctionKind, Module, Name, StepKind, Value, ValueKind};
use crate::link::{FunctionId, Place, Thing, note_wish, wishes};
use crate::outcome::{Action, Side};
use crate::rules::{Entry, Kind, RuleSet, Runs, Subject, split_words};
use crate::source::Language;
use crate::trace::Surroundings;
use crate::trace::candidates::{is_logout_name, sending_attributes};
use crate::trace::handles::handled;
use crate::trace::lookup::At;
use crate::trace::requests::{Request, declared_request, request_of, ruled_request};

impl<'p> Walk<'_, '_, 'p> {
    pub(super) fn call(&mut self, call: &'p Call, used: Use<'p>) {
        // What is called before this one in the chain.
        match &call.callee.kind {
            _ if self.first_link.is_some_and(|first| std::ptr::eq(first, call)) => {}
            ValueKind::Member(of, method) => {
                // Whoever drops `stream.map { }` drops the stream.
                if let ValueKind::Call(inner) = &of.kind
                    && self.statement.is_some_and(|statement| std::ptr::eq(statement, call))
                    && self.reach.rules.lexicon.is("stream-step", method)
                {
                    self.statement = Some(inner);
                    self.value(of, used);
                    self.statement = Some(call);
                } else {
                    self.value(of, used);
                }
            }
            ValueKind::Call(_) => self.value(&call.callee, used),
            _ => {}
        }
        let facts = self.facts(call);
        let fitted = self.sort(&facts.entries, call.span, Some(call), used);
        let is_steps =
            fitted.has_rule && (facts.targets.iter().any(|target| !self.is_placeholder(*target)) || self.hands_over_steps(call)) && !self.stores_nothing(call, &facts.targets);
        let withheld = is_steps.then(|| self.withhold_weak()).flatten();
        if !fitted.navigation
            && let Some(request) = &facts.request
        {
            let others = request.others.iter().map(|path| Request { path: path.clone(), others: Vec::new(), ..request.clone() });
            for request in std::iter::once(request.clone()).chain(others) {
                self.push(EventKind::Request(request), call.span, used);
            }
        }
        if facts.request.is_some() && call.style == CallStyle::Element {
            self.sent_with(call);
        }
        self.arguments(call, &fitted);
        let before = self.state;
        // `revoke.delay(token)`: the function of the project is run later.
        if matches!(call.callee.kind, ValueKind::Member(..)) && fitted.callbacks.iter().any(|index| self.is_put_off(*index)) {
            self.state.way = self.state.way.max(Way::Deferred);
        }
        let (seen, removed) = (self.reached.events.len(), self.removed);
        self.enter(call, &facts, fitted.is_known || !fitted.callbacks.is_empty() && self.hands_function(call));
        self.state = before;
        if let Some(event) = withheld {
            self.give_back(event, seen, removed);
        }
        self.listen_to_signals(&facts.entries, call);
        self.answered(call);
        self.prepared(call, &facts, seen);
        if self.reach.is_client && call.style == CallStyle::Element {
            self.submitted(call);
        }
    }

    /// Whether a function stands for one that is given later: `createContext({ setUser: () => {} })`.
    fn is_placeholder(&self, function: FunctionId) -> bool {
        let defined = self.reach.program.function(function);
        let does_nothing = |step: &crate::ir::Step| match &step.kind {
            StepKind::Return(Some(value)) | StepKind::Evaluate(value) => value.kind.is_nothing(),
            kind => matches!(kind, StepKind::Return(None) | StepKind::Throw(_)),
        };
        defined.kind == FunctionKind::Closure && defined.body.iter().all(does_nothing)
    }

    /// Whether a call is handed a function of the project, or an object of one of its classes.
    fn hands_function(&self, call: &'p Call) -> bool {
        let is_own = |thing: &Thing<'p>| matches!(thing, Thing::Function(_) | Thing::Instance(_));
        call.args.iter().any(|argument| self.reach.program.eval(&argument.value, self.place(), self.reach.follow).iter().any(is_own))
    }

    /// Whether a callback rule says that all a call is handed runs later, whatever the delay.
    fn is_put_off(&self, callback: usize) -> bool {
        let callback = &self.reach.rules.callbacks[callback];
        callback.runs == Runs::Deferred && callback.args.is_empty() && callback.delay.is_none()
    }

    /// What runs with a method of a thing that a call made: the logout functions that the call was handed, and what waits for the
    /// thing's answer.
    fn answered(&mut self, call: &'p Call) {
        if !self.reach.is_client {
            return;
        }
        let Some((maker, at)) = self.reach.program.maker_of(&call.callee, self.place()) else { return };
        // `const [send] = useLogoutMutation()`: a hook whose name alone tells what it runs.
        let hook = maker.last_name();
        let is_hook = is_logout_name(self.reach.rules, hook);
        if is_hook && self.facts(call).targets.is_empty() && self.reach.program.targets(maker, at, false).is_empty() {
            self.push(EventKind::Unknown(hook.to_owned()), call.span, Use::default());
        }
        self.trail.push(Step { module: self.place().module, span: call.span });
        if is_hook {
            self.configured(maker, at);
        }
        for argument in maker.args.iter().map(|argument| &argument.value) {
            if matches!(argument.kind, ValueKind::Name(_) | ValueKind::Member(..)) && is_logout_name(self.reach.rules, argument.last_name()) {
                for function in self.reach.program.functions_of(argument, at, self.reach.follow) {
                    self.function(function);
                }
            }
        }
        let runs = self.reach.listeners.answers.get(&Step { module: at.module, span: maker.span });
        for run in runs.into_iter().flatten() {
            self.function(*run);
        }
        self.trail.pop();
    }

    /// The logout with which a library's hooks are made: `const { useLogout } = configure({ logoutFn: leave })`.
    fn configured(&mut self, hook: &'p Call, at: Place) {
        let program = self.reach.program;
        let makers = program.eval(&hook.callee, at, self.reach.follow).into_iter().filter_map(|thing| match thing {
            Thing::Outside { made_by, .. } => made_by,
            _ => None,
        });
        for (made, at) in makers.filter(|(made, _)| !std::ptr::eq(*made, hook)) {
            for argument in made.args.iter().take(2) {
                let (options, at) = program.fold(&argument.value, at);
                let ValueKind::Record(entries) = &options.kind else { continue };
                for (_, entry) in entries.iter().filter(|(key, _)| is_logout_name(self.reach.rules, key)) {
                    for function in program.functions_of(entry, at, self.reach.follow) {
                        self.function(function);
                    }
                }
            }
        }
    }

    /// What runs when a form or link of the page is sent: `<form action="/logout" onSubmit={forget}>`.
    fn sent_with(&mut self, call: &'p Call) {
        let place = self.place();
        for argument in call.args.iter().filter(|argument| argument.name.as_deref().is_some_and(|name| name.starts_with("on"))) {
            let (ValueKind::Name(last) | ValueKind::Member(_, last)) = &argument.value.kind else { continue };
            let functions = self.reach.program.functions_of(&argument.value, place, self.reach.follow);
            if functions.is_empty() && is_logout_name(self.reach.rules, last) {
                self.by_name(last, call);
            }
            functions.into_iter().for_each(|function| self.function(function));
        }
    }

    /// Whether a call is handed the steps of the project that it is to run: `dispatch(signOut())`, where `signOut` is or returns a function
    /// of several steps. What those do counts, not that they are handed over.
    fn hands_over_steps(&self, call: &'p Call) -> bool {
        let Some(ValueKind::Call(inner)) = call.positional(0).map(|value| &value.kind) else { return false };
        self.facts(inner).targets.iter().any(|target| {
            let function = self.reach.program.function(*target);
            let returns_closure = |step: &crate::ir::Step| matches!(&step.kind, crate::ir::StepKind::Return(Some(value)) if matches!(value.kind, ValueKind::Closure(_)));
            function.is_async || function.body.iter().any(returns_closure)
        })
    }

    /// Whether a call hands over nothing for a parameter that a function of the project only keeps: `setUser(null)` with
    /// `this.user = user`. The parameter's name tells no more of it than the call does.
    fn stores_nothing(&self, call: &'p Call, targets: &[FunctionId]) -> bool {
        let program = self.reach.program;
        let is_kept = |target: &FunctionId, index: usize| {
            let module = program.module(target.module);
            let defined = program.function(*target);
            // An action's reducer gets what is handed over inside of the action.
            let is_reducer = defined.params.len() > 1 && defined.params.first().is_some_and(|param| self.reach.rules.lexicon.is("reducer-parameter", &param.name));
            is_reducer || defined.params.get(index).is_some_and(|param| keeps(module, &defined.body, &param.name, 2))
        };
        let handed = call
            .args
            .iter()
            .enumerate()
            .filter(|(_, argument)| argument.name.is_none() && matches!(argument.value.kind, ValueKind::Null | ValueKind::Undefined | ValueKind::Bool(false)));
        handed.into_iter().any(|(index, _)| targets.iter().any(|target| is_kept(target, index)))
    }

    /// A form whose action is the handle of a server function that bears the same name: `<ActionForm action=context.logout>`.
    fn submitted(&mut self, call: &'p Call) {
        if self.trail.is_empty() && self.runs_on_server(call) {
            return;
        }
        let Some(action) = call.named("action").filter(|action| matches!(action.kind, ValueKind::Name(_) | ValueKind::Member(..))) else { return };
        if !is_logout_name(self.reach.rules, action.last_name()) {
            return;
        }
        let Some((function, endpoint)) = handled(self.reach.program, self.reach.rules, self.reach.endpoints, action, self.place()) else { return };
        self.push(EventKind::Endpoint(endpoint), call.span, Use::default());
        let program = self.reach.program;
        self.listen(Some(function), &program.function(function).name);
    }

    /// What an element of the handler's own runs on the server when it is sent or clicked: `<form action={logout}>`.
    fn runs_on_server(&mut self, call: &'p Call) -> bool {
        let endpoints = self.reach.endpoints;
        let place = self.place();
        let named =
            sending_attributes(call).filter(|value| matches!(value.kind, ValueKind::Name(_) | ValueKind::Member(..)) && is_logout_name(self.reach.rules, value.last_name()));
        let functions = named.flat_map(|value| self.reach.program.functions_of(value, place, self.reach.follow));
        let served = functions.into_iter().find_map(|function| endpoints.by_function.get(&function)?.first().copied());
        if let Some(endpoint) = served {
            self.push(EventKind::Endpoint(endpoint), call.span, Use::default());
        }
        served.is_some()
    }

    /// A fallback rule says nothing where the function itself is known. What it would say is given back.
    fn withhold_weak(&mut self) -> Option<Event<'p>> {
        let rules = self.reach.rules;
        let event = self.reached.events.last_mut()?;
        let EventKind::Rules { entries, call } = &mut event.kind else { return None };
        let (weak, known): (Vec<Entry>, Vec<Entry>) = entries.iter().partition(|entry| rules.rules[entry.index].weak);
        let call = *call;
        let withheld = (!weak.is_empty()).then(|| Event { kind: EventKind::Rules { entries: weak, call }, ..event.clone() });
        if known.is_empty() {
            self.reached.events.pop();
        } else {
            event.kind = EventKind::Rules { entries: known, call };
        }
        withheld
    }

    /// Where a function removes something of which nothing is known, and ends nothing on the server that is, its name tells what that is.
    fn give_back(&mut self, event: Event<'p>, seen: usize, removed: usize) {
        let rules = self.reach.rules;
        let actions = |event: &Event<'p>| match &event.kind {
            EventKind::Rules { entries, .. } => entries.iter().flat_map(|entry| &rules.rules[entry.index].effects).map(|effect| effect.action).collect(),
            _ => Vec::new(),
        };
        let named = actions(&event);
        let says = |action: Action| action.side() == Side::Server || named.contains(&action);
        let has_said = self.reached.events.get(seen..).unwrap_or_default().iter().flat_map(actions).any(says);
        // A store's wrapper is called like what it wraps: `client.del(key)`.
        let names_it = matches!(&event.kind, EventKind::Rules { call: Some(call), .. } if tells_of_an_end(self.reach.rules, call.last_name()));
        if self.removed > removed && !has_said && names_it {
            self.reached.events.push(event);
        }
    }

    /// What a call is, found out once.
    fn facts(&self, call: &'p Call) -> Arc<CallFacts> {
        let key = (std::ptr::from_ref(call) as usize, self.reach.is_client);
        let has_models = self.state.receiver.is_some_and(|class| self.reach.program.module(class.module).language == Language::Python);
        let is_own = has_models || call.args.iter().any(|argument| self.state.given.concerns(&argument.value));
        if !is_own && let Some(known) = self.reach.known.get(&key) {
            if known.wishes {
                note_wish();
            }
            return Arc::clone(&known);
        }
        let before = wishes();
        let place = self.place();
        let program = self.reach.program;
        // What an element draws is not run by the handler: no file is read for it. Nor is one read for what a constructor does:
        // it sets up and cleans up nothing, and often makes half the application.
        let is_element = call.style == CallStyle::Element;
        let follow = self.reach.follow && !matches!(call.style, CallStyle::Element | CallStyle::New);
        let targets = if is_element { Vec::new() } else { program.targets(call, place, follow) };
        let mut names = program.names_of_call(call, place, follow);
        add_models(program, &self.reach.rules.lexicon, self.state.receiver, &mut names);
        let entries = self.entries(Subject::Call { call, names: &names });
        let request = request_of(program, self.reach.rules, call, place).or_else(|| ruled_request(program, self.reach.rules, &entries, call, place));
        let leaves_for = if targets.is_empty() && !is_element { self.reach.surroundings.and_then(|around| foreign_file(around, &names, place)) } else { None };
        let is_taken = |name: &&Name| !name.imported && is_logout_name(self.reach.rules, name.last());
        let taken_as = names.iter().skip(1).find(is_taken).filter(|_| targets.is_empty() && matches!(call.callee.kind, ValueKind::Name(_))).map(|name| name.last().to_owned());
        let facts = Arc::new(CallFacts { taken_as, last: names.first().map_or("", Name::last).to_owned(), targets, entries, request, leaves_for, wishes: wishes() != before });
        // What the caller hands over is the matter of this way only.
        if !is_own {
            self.reach.known.insert(key, Arc::clone(&facts));
        }
        facts
    }

    fn enter(&mut self, call: &'p Call, facts: &CallFacts, is_known: bool) {
        let CallFacts { last, targets, .. } = facts;
        let place = self.place();
        let own = self.own_method(call, targets);
        let targets = own.as_ref().map_or(targets.as_slice(), std::slice::from_ref);
        self.trail.push(Step { module: place.module, span: call.span });
        let before = self.state;
        if self.is_never_awaited(call, targets) {
            self.state.way = self.state.way.max(Way::NeverAwaited);
        }
        if self.state.started.is_none() && self.is_only_started(call, targets) {
            self.state.started = Some(Step { module: place.module, span: call.span });
        }
        for target in targets {
            if self.reach.is_client
                && let Some(endpoints) = self.reach.endpoints.by_function.get(target)
                && let Some(first) = endpoints.first()
            {
                self.push(EventKind::Endpoint(*first), call.span, Use::default());
                self.listen(Some(*target), &self.reach.program.function(*target).name);
                continue;
            }
            if let Some(request) = declared_request(self.reach.program, *target, self.reach.rules) {
                self.push(EventKind::Request(request), call.span, Use::default());
                continue;
            }
            self.handed = Some((call, place));
            self.receiver = self.receiver_of(call, *target);
            self.function(*target);
            self.listen(Some(*target), last);
        }
        self.state = before;
        if let Some(file) = &facts.leaves_for {
            self.push(EventKind::Leaves(file.clone()), call.span, Use::default());
        } else if targets.is_empty() {
            self.removed += usize::from(self.state.way == Way::Ordinary && is_removal(self.reach.rules, call, last));
            self.listen(None, last);
            self.sent(call);
            let told = facts.taken_as.as_ref().unwrap_or(last);
            if !is_known && call.style != CallStyle::Element && is_logout_name(self.reach.rules, told) && !self.is_mount(call) && !self.constructs(call) {
                self.by_name(told, call);
            } else {
                self.by_step(call, last);
            }
        } else if self.reach.rules.lexicon.is("bus-method", last) {
            self.sent(call);
        }
        if targets.is_empty() {
            self.tell(call, facts);
            self.by_constant(call);
            if !is_known {
                self.told(call, last);
            }
        }
        self.trail.pop();
    }

    /// Whether a call only makes a coroutine, of which nothing is made: `forget(token)` where `forget` is an `async def`.
    fn is_never_awaited(&self, call: &'p Call, targets: &[FunctionId]) -> bool {
        let program = self.reach.program;
        let is_dropped = self.statement.is_some_and(|statement| std::ptr::eq(statement, call));
        // What an annotation makes of a function may well run it.
        let is_lazy = |target: &FunctionId| {
            let function = program.function(*target);
            function.is_async && function.annotations.is_empty() && program.module(target.module).language.runs_when_awaited()
        };
        is_dropped && !targets.is_empty() && targets.iter().all(is_lazy)
    }

    /// Whether a call starts functions that go on beside the caller, which does not wait for them: `revoke(id); res.end()`. Who hands on what it
    /// was handed leaves the answer to them: `controller.logout(req, res)`.
    fn is_only_started(&self, call: &'p Call, targets: &[FunctionId]) -> bool {
        let program = self.reach.program;
        let is_dropped = self.statement.is_some_and(|statement| std::ptr::eq(statement, call));
        let goes_on = |target: &FunctionId| program.function(*target).is_async && program.module(target.module).language.runs_beside_its_caller();
        let Place { module, function } = self.place();
        let own = function.map_or(&[][..], |index| program.function(FunctionId { module, index }).params.as_slice());
        let hands_on = || call.args.iter().any(|argument| matches!(&argument.value.kind, ValueKind::Name(name) if own.iter().any(|param| param.name == *name)));
        is_dropped && !targets.is_empty() && targets.iter().all(goes_on) && !hands_on()
    }

    /// Whether a call makes an instance of a class of the project and so does nothing: `raise LogoutRefused("no session")`.
    fn constructs(&self, call: &'p Call) -> bool {
        self.reach.program.eval(&call.callee, self.place(), self.reach.follow).iter().any(|thing| matches!(thing, Thing::Class(_)))
    }

    /// Whether a call is itself the configuration of a library's logout.
    fn is_mount(&self, call: &'p Call) -> bool {
        !At { program: self.reach.program, place: self.place() }.fitting_call(self.reach.rules, &[Kind::Handler], call).is_empty()
    }
}

/// The file of a language that is not read in which the class stands whose method a call names.
fn foreign_file(around: &dyn Surroundings, names: &[Name], place: Place) -> Option<String> {
    names.iter().find_map(|name| {
        let at = name.segments.iter().rposition(|segment| segment.text.starts_with(char::is_uppercase))?;
        let path: Vec<&str> = name.segments.get(..=at)?.iter().map(|segment| segment.text.split('<').next().unwrap_or("")).collect();
        around.foreign_class(place.module, &path, name.imported)
    })
}

/// Whether a body keeps what a name stands for in a field, or a closure that it hands over does or gives it back as one:
/// `set(() => ({ user }))`.
fn keeps(module: &Module, body: &[crate::ir::Step], name: &str, depth: usize) -> bool {
    let Some(depth) = depth.checked_sub(1) else { return false };
    let is_it = |value: &Value| matches!(&value.kind, ValueKind::Name(given) if given == name);
    let gives_back = |step: &crate::ir::Step| match &step.kind {
        StepKind::Evaluate(Value { kind: ValueKind::Record(entries), .. }) | StepKind::Return(Some(Value { kind: ValueKind::Record(entries), .. })) => {
            entries.iter().any(|(_, entry)| is_it(entry))
        }
        _ => false,
    };
    body.iter().any(|step| match &step.kind {
        StepKind::Assign { target, value, .. } => matches!(target.kind, ValueKind::Member(..)) && is_it(value),
        StepKind::Evaluate(Value { kind: ValueKind::Call(call), .. }) | StepKind::Return(Some(Value { kind: ValueKind::Call(call), .. })) => {
            call.args.iter().any(|argument| match &argument.value.kind {
                ValueKind::Closure(index) => {
                    let handed = &module.function(*index).body;
                    handed.iter().any(gives_back) || keeps(module, handed, name, depth)
                }
                _ => false,
            })
        }
        _ => false,
    })
}

/// Whether a call of what is not known removes something from a thing, by its name: `self.cache.discard(key)`.
fn is_removal(rules: &RuleSet, call: &Call, name: &str) -> bool {
    let is_verb = |verb: &String| rules.lexicon.is_exactly("removal-verb", verb) || rules.lexicon.is_exactly("ending-verb", verb);
    let ValueKind::Member(of, _) = &call.callee.kind else { return false };
    matches!(of.kind, ValueKind::Member(..) | ValueKind::Call(_)) && split_words(name).first().is_some_and(is_verb)
}

/// Whether a name says only that a thing is ended, not merely removed: `revoke(token)`, `deleteToken()`.
fn tells_of_an_end(rules: &RuleSet, name: &str) -> bool {
    !rules.lexicon.is_exactly("removal-verb", name)
}
