//! Closures and functions that are handed over: whether and when the call runs them.

use super::{EventKind, Fitted, Step, Use, Walk, Way};
use crate::ir::{Call, CallStyle, Class, FunctionIndex, FunctionKind, Value, ValueKind, each_value};
use crate::link::{FunctionId, Thing};
use crate::rules::Runs;
use crate::source::Span;
use crate::trace::handed::methods_of;
use crate::trace::lookup::At;

impl<'p> Walk<'_, '_, 'p> {
    /// An object that is handed over to be called: its methods run, where a rule says so.
    pub(super) fn handed_object(&mut self, value: &'p Value, span: Span, fitted: &Fitted) {
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

    /// Closures and functions that are handed over run as the call says.
    pub(super) fn arguments(&mut self, call: &'p Call, fitted: &Fitted) {
        let is_element = call.style == CallStyle::Element;
        for (index, argument) in call.args.iter().enumerate() {
            let key = argument.name.clone().unwrap_or_else(|| index.to_string());
            match &argument.value.kind {
                ValueKind::Record(entries) => {
                    for (name, entry) in entries {
                        self.argument(entry, name, call, fitted, is_element);
                    }
                }
                _ => match self.reach.program.module(self.place().module).written_object(&argument.value) {
                    Some(class) => self.methods_of_written(class, &key, call, fitted),
                    None => self.argument(&argument.value, &key, call, fitted, is_element),
                },
            }
        }
    }

    /// The methods of an object that is written where it is handed over run as the closures of a record do: one that is called after a failure only then.
    fn methods_of_written(&mut self, class: &'p Class, key: &str, call: &'p Call, fitted: &Fitted) {
        if matches!(self.runs(key, call, fitted), Runs::Never | Runs::Elsewhere | Runs::Intercepting) {
            return;
        }
        let module = self.place().module;
        for index in &class.methods {
            let method = self.reach.program.module(module).function(*index);
            if method.kind != FunctionKind::Method {
                continue;
            }
            let before = self.state;
            if self.runs(&method.name, call, fitted) == Runs::Error || self.reach.rules.lexicon.is("error", &method.name) {
                self.state.way = self.state.way.max(Way::Error);
            }
            self.trail.push(Step { module, span: call.span });
            self.function(FunctionId { module, index: *index });
            self.trail.pop();
            self.state = before;
        }
    }

    fn argument(&mut self, value: &'p Value, key: &str, call: &'p Call, fitted: &Fitted, is_element: bool) {
        let before = self.state;
        match self.runs(key, call, fitted) {
            Runs::Ordinary => {}
            Runs::Discarding => self.state.discards = true,
            Runs::Cold => {
                if self.state.dropped {
                    self.state.way = Way::Dead;
                }
            }
            Runs::Error => self.state.way = self.state.way.max(Way::Error),
            Runs::Deferred => self.state.way = self.state.way.max(Way::Deferred),
            Runs::Never | Runs::Elsewhere | Runs::Intercepting => {
                self.state = before;
                return;
            }
        }
        let place = self.place();
        self.handed_object(value, call.span, fitted);
        match &value.kind {
            ValueKind::Closure(index) => {
                // What an element's event runs belongs to the handler only where the element is the handler's own.
                if !is_element || self.trail.is_empty() && self.is_of_element(call, *index) {
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

    /// Whether what an event of an element runs belongs to the element from which the walk comes: they are one, or one stands in the other,
    /// or what runs speaks of the logout: `document.getElementById("logout-form").submit()`.
    fn is_of_element(&self, call: &Call, run: FunctionIndex) -> bool {
        let Some(own) = self.element else { return true };
        let module = self.reach.program.module(self.place().module);
        let mut speaks = false;
        each_value(&module.function(run).body, |value| {
            let (ValueKind::Text(text) | ValueKind::Name(text) | ValueKind::Member(_, text)) = &value.kind else { return };
            speaks |= self.reach.rules.lexicon.is("logout", text);
        });
        speaks || call.span.contains(own) || own.contains(call.span)
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
