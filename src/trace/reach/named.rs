//! Calls whose functions are not known, followed by their names.

use super::{CallFacts, EventKind, Step, Use, Walk};
use crate::ir::{Call, CallStyle, ValueKind};
use crate::link::{FunctionId, Place};
use crate::rules::{Kind, SignKind};
use crate::source::Language;
use crate::trace::candidates::is_logout_name;
use crate::trace::requests::{Request, asks_a_record, declared_request};

impl<'p> Walk<'_, '_, 'p> {
    /// What a logout's word tells that a call is handed: `dispatch(logout())`, `commit("logout")`, an action by its name;
    /// `emit(EVENTS.LOGOUT)`, `dispatchEvent(new Event("logout"))`, an event that is listened to.
    pub(super) fn tell(&mut self, call: &'p Call, facts: &CallFacts) {
        let Some(argument) = call.args.first().filter(|_| !self.tells_nobody(call, facts)) else { return };
        if self.reach.is_client && self.reach.rules.lexicon.is_exactly("teller", &facts.last) {
            self.announce(&argument.value);
        }
        let told = match &argument.value.kind {
            ValueKind::Call(made) if made.style == CallStyle::New => made.positional(0).unwrap_or(&argument.value),
            _ => &argument.value,
        };
        let ValueKind::Text(text) = &self.reach.program.fold(told, self.place()).0.kind else { return };
        let lexicon = &self.reach.rules.lexicon;
        let is_name = text.len() < 40 && !text.starts_with('/') && !text.contains([' ', '.', '?']) && !text.contains("//");
        if !is_name || !lexicon.is("logout", text) {
            return;
        }
        // A name in another is that of a store's module: `dispatch("auth/logout")`. Elsewhere it is a path.
        let is_action = !text.contains('/') || lexicon.is_exactly("teller", &facts.last);
        self.listen(None, text);
        let action = text.rsplit(['/', ':', '.']).next().unwrap_or(text);
        // Nor does a line of a log, or the text of an answer: `res.send("Logout")`.
        let is_read = |kind: SignKind| matches!(kind, SignKind::Log | SignKind::Answer);
        let is_prose = || facts.entries.iter().any(|entry| entry.kind == Kind::Sign && is_read(self.reach.rules.signs[entry.index].kind));
        // Nothing else is meant where no function bears the name and something listens to the event.
        let is_event = || self.reach.program.functions_named(action).is_empty() && self.reach.listeners.calls.iter().any(|listener| listener.name == *text);
        if is_action && !hands_a_closure(call) && !is_prose() && !is_event() {
            self.by_name(action, call);
        }
    }

    /// Whether a call that may be handed a logout's word tells no function of this side to log out: it draws, asks a server
    /// (`http.post("logout")`), keeps something under that key, names a cookie (`res.cookie("loggedOut", true)`) or a route (`route("logout")`), or shows
    /// what it is handed (`console.log("logout")`, `t("logout")`).
    fn tells_nobody(&self, call: &Call, facts: &CallFacts) -> bool {
        let rules = self.reach.rules;
        let is_sent = facts.request.as_ref().is_some_and(|request| request.method != "ANY");
        let shows = |name: &str| rules.lexicon.is_exactly("speaker", name);
        let is_shown = shows(&facts.last) || matches!(&call.callee.kind, ValueKind::Member(of, _) if shows(of.last_name()));
        let is_address = rules.lexicon.is_exactly("route-namer", &facts.last);
        let is_cookie = rules.lexicon.is("cookie", &facts.last);
        call.style == CallStyle::Element || is_sent || is_shown || is_address || is_cookie || asks_a_record(rules, call)
    }

    /// What a store is told to do by its name: `commit("forget")` with `mutations: { forget(state) { … } }`. A logout's own name is
    /// followed without that.
    pub(super) fn told(&mut self, call: &'p Call, last: &str) {
        let Some(ValueKind::Text(text)) = call.positional(0).map(|value| &value.kind) else { return };
        let action = text.rsplit('/').next().unwrap_or(text);
        let rules = self.reach.rules;
        if rules.lexicon.is_exactly("teller", last) && !rules.lexicon.is("logout", text) && self.reach.program.functions_named(action).len() == 1 {
            self.by_name(action, call);
        }
    }

    /// What runs under the constant that a call is handed: `dispatch(LOGOUT)` with `actions: { [LOGOUT](context) { … } }`.
    pub(super) fn by_constant(&mut self, call: &'p Call) {
        let Some(ValueKind::Name(constant) | ValueKind::Member(_, constant)) = call.positional(0).map(|value| &value.kind) else { return };
        if constant.contains(char::is_lowercase) || !is_logout_name(self.reach.rules, constant) {
            return;
        }
        let key = format!("[{constant}]");
        if !self.reach.program.functions_named(&key).is_empty() {
            self.by_name(&key, call);
        }
    }

    /// A call whose function is not known, by its name: the one function of the project that bears it on the same side.
    pub(super) fn by_name(&mut self, name: &str, call: &Call) {
        if let Some(request) = self.only_declared(name, call) {
            self.push(EventKind::Request(request), call.span, Use::default());
            return;
        }
        let program = self.reach.program;
        let place = self.place();
        let may_run = |id: &FunctionId| !program.function(*id).body.is_empty() && place != Place::of(*id) && self.may_lead_to(*id);
        let candidates: Vec<FunctionId> = program.functions_named(name).iter().copied().filter(may_run).collect();
        let chosen = match self.store_parts(&candidates, call) {
            told if !told.is_empty() => told,
            _ => self.reachable_parts(candidates),
        };
        if chosen.is_empty() || chosen.len() > 3 || chosen.iter().any(|id| self.reach.endpoints.by_function.contains_key(id)) {
            self.push(EventKind::Unknown(name.to_owned()), call.span, Use::default());
            return;
        }
        for function in chosen {
            self.function(function);
        }
    }

    /// Those of the functions that a store runs when a call tells it their name: actions, which take its context, and mutations, which
    /// take its state. `dispatch("logout")` means no method of a page or service, and no mutation that is called the same.
    fn store_parts(&self, functions: &[FunctionId], call: &Call) -> Vec<FunctionId> {
        let lexicon = &self.reach.rules.lexicon;
        let told = call.callee.last_name();
        let is_text = call.positional(0).is_some_and(|value| matches!(value.kind, ValueKind::Text(_)));
        if !is_text || !lexicon.is_exactly("teller", told) {
            return Vec::new();
        }
        let taken = if lexicon.is_exactly("mutation-teller", told) { "reducer-parameter" } else { "store-context" };
        let takes = |id: &FunctionId| self.reach.program.function(*id).params.first().is_some_and(|param| lexicon.is_exactly(taken, &param.name));
        functions.iter().copied().filter(|id| takes(id) || self.takes_part(*id, taken)).collect()
    }

    /// Those of the functions that a call by their name may reach: the one of the same file; else none of another component, whose
    /// methods its own page calls, and no action that takes a store's context apart, which is told by name.
    fn reachable_parts(&self, functions: Vec<FunctionId>) -> Vec<FunctionId> {
        let (program, here) = (self.reach.program, self.place().module);
        let own: Vec<FunctionId> = functions.iter().copied().filter(|id| id.module == here).collect();
        if own.len() == 1 {
            return own;
        }
        let is_of_page = |id: &FunctionId| program.module(id.module).language == Language::Component;
        functions.into_iter().filter(|id| id.module == here || !is_of_page(id) && !self.takes_part(*id, "store-context")).collect()
    }

    /// Whether a function takes its first parameter apart, and one of the parts is exactly of a word class.
    fn takes_part(&self, function: FunctionId, class: &str) -> bool {
        let is_of_class = |(part, _): &(String, String)| self.reach.rules.lexicon.is_exactly(class, part);
        self.reach.program.function(function).params.first().is_some_and(|param| param.parts.iter().any(is_of_class))
    }

    /// A method of what is not known whose name says that it does a part of a logout, where one function of the project alone bears it:
    /// `req.user.removeToken(token)`.
    pub(super) fn by_step(&mut self, call: &Call, last: &str) {
        let program = self.reach.program;
        if self.reach.is_client || !matches!(call.callee.kind, ValueKind::Member(..)) || !self.reach.rules.lexicon.is("cleanup-step", last) {
            return;
        }
        let [function] = *program.functions_named(last) else { return };
        if self.may_lead_to(function) {
            self.function(function);
        }
    }

    /// Whether a function that is known by its name alone may be meant: it is of the same language, and the way did not lead through it.
    fn may_lead_to(&self, id: FunctionId) -> bool {
        let program = self.reach.program;
        let is_passed = |step: &Step| step.module == id.module && program.function(id).span.contains(step.span);
        program.module(id.module).language.name() == program.module(self.place().module).language.name() && !self.trail.iter().any(is_passed)
    }

    /// `service().logout()`: the request that the project's interfaces declare under a name, where there is one alone.
    fn only_declared(&self, name: &str, call: &Call) -> Option<Request> {
        let ValueKind::Member(of, _) = &call.callee.kind else { return None };
        let holder = if let ValueKind::Call(made) = &of.kind { made.callee.last_name() } else { of.last_name() };
        if !self.reach.is_client || !self.reach.rules.lexicon.is("remote-holder", holder) {
            return None;
        }
        let functions = self.reach.program.functions_named(name).iter();
        let mut declared = functions.filter_map(|function| declared_request(self.reach.program, *function, self.reach.rules));
        declared.next().filter(|_| declared.next().is_none())
    }
}

/// Whether a call listens itself: `ipc.on("logout", () => …)`.
fn hands_a_closure(call: &Call) -> bool {
    call.args.iter().skip(1).any(|argument| matches!(argument.value.kind, ValueKind::Closure(_)))
}
