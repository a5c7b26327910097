//! What is told to nobody in particular: commands that are sent over a bus, fields of a store that others watch.

use super::{Step, Walk};
use crate::ir::{Call, Class, FunctionKind, Module, Value, ValueKind, each_value};
use crate::link::{FunctionId, Thing};
use crate::rules::Lexicon;

impl<'p> Walk<'_, '_, 'p> {
    /// `bus.send(LogoutCommand(token))`: what handles a command of the project whose class bears a logout's name.
    pub(super) fn sent(&mut self, call: &'p Call) {
        if call.args.len() > 2 {
            return;
        }
        let program = self.reach.program;
        let class_of = |command: &'p Value| {
            program.eval(command, self.place(), false).into_iter().find_map(|thing| match thing {
                Thing::Instance(class) => Some(program.class(class).name.as_str()),
                _ => None,
            })
        };
        let handed = call.args.iter().map(|argument| &argument.value).filter(|value| matches!(value.kind, ValueKind::Call(_) | ValueKind::Name(_)));
        let Some(name) = handed.filter_map(class_of).find(|name| self.reach.rules.lexicon.is("logout", name)) else { return };
        let handlers: Vec<FunctionId> =
            program.modules().flat_map(|(id, module)| handling(module, name, &self.reach.rules.lexicon).map(move |index| FunctionId { module: id, index })).collect();
        self.trail.push(Step { module: self.place().module, span: call.span });
        for handler in handlers {
            self.function(handler);
        }
        self.trail.pop();
    }

    /// What a component through which the way led does when a field of its store becomes something that it asks for:
    /// `state.status = "left"`, and an effect that tests `status === "left"`.
    pub(super) fn changed(&mut self, field: &str, value: &'p Value) {
        let listeners = self.reach.listeners;
        if !self.reach.is_client || !matches!(value.kind, ValueKind::Text(_) | ValueKind::Bool(true)) {
            return;
        }
        let program = self.reach.program;
        for watcher in listeners.fields.iter().filter(|watcher| watcher.field == field) {
            let Some(index) = watcher.around.function else { continue };
            let component = program.module(watcher.around.module).function(index).span;
            if !self.trail.iter().any(|step| step.module == watcher.around.module && component.contains(step.span)) {
                continue;
            }
            for run in &watcher.runs {
                let mut asks = matches!(value.kind, ValueKind::Bool(_));
                each_value(&program.function(*run).body, |said| asks |= matches!((&said.kind, &value.kind), (ValueKind::Text(said), ValueKind::Text(becomes)) if said == becomes));
                if asks {
                    self.function(*run);
                }
            }
        }
    }
}

/// The methods of a module's classes that handle commands of a class, or listen to events of it: `@EventListener fun on(event: UserLoggedOut)`.
fn handling<'m>(module: &'m Module, command: &'m str, lexicon: &'m Lexicon) -> impl Iterator<Item = crate::ir::FunctionIndex> + 'm {
    let of_class = move |class: &'m Class| {
        let takes = move |index: &crate::ir::FunctionIndex| {
            let method = module.function(*index);
            let mut typed = method.params.iter().take(2).filter_map(|param| param.ty.as_ref());
            method.kind != FunctionKind::Constructor && method.params.len() <= 3 && typed.any(|ty| ty.last() == command)
        };
        class.methods.iter().copied().filter(takes)
    };
    let listens = move |index: &crate::ir::FunctionIndex| {
        let method = module.function(*index);
        let is_of_event = matches!(method.params.as_slice(), [event] if event.ty.as_ref().is_some_and(|ty| ty.last() == command));
        is_of_event && method.annotations.iter().any(|annotation| lexicon.is_exactly("event-annotation", annotation.last_name()))
    };
    let listening = move |class: &'m Class| class.methods.iter().copied().filter(listens);
    let of_listeners = module.classes.iter().flat_map(listening);
    module.classes.iter().filter(move |class| handles(class, command)).flat_map(of_class).chain(of_listeners)
}

/// Whether a class says that it handles commands of another: `Handler<LogoutCommand, Unit>`, `@CommandHandler(LogoutCommand)`.
fn handles(class: &Class, command: &str) -> bool {
    let in_base = class.bases.iter().any(|base| base.args.iter().any(|argument| argument.last() == command));
    let is_it = |call: &Call| call.args.iter().any(|argument| matches!(&argument.value.kind, ValueKind::Name(name) if name == command));
    in_base || class.annotations.iter().any(is_it)
}
