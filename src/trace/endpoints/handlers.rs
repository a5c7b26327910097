//! The functions that answer a route.

use super::Builder;
use super::paths::is_verb;
use crate::ir::{Call, ClassKind, Value, ValueKind};
use crate::link::{ClassId, FunctionId, Place, Thing};
use crate::rules::Locator;
use crate::trace::candidates::is_logout_name;
use crate::trace::locate::value_at;
use crate::trace::survey::{Bearer, MatchSite};

impl<'p> Builder<'_, 'p> {
    /// The functions that answer a route.
    pub(super) fn handlers(&self, locator: &Locator, site: &MatchSite<'p>, place: Place) -> Vec<FunctionId> {
        match (locator, site) {
            (Locator::Annotated, MatchSite::Annotation(_, Bearer::Function(function))) => self.implemented(*function),
            (Locator::Annotated, MatchSite::Annotation(_, Bearer::Class(class)) | MatchSite::Class(class)) => self.class_handlers(*class),
            (Locator::Method(name), MatchSite::Class(class)) => self.method_of(&Thing::Class(*class), name).into_iter().collect(),
            (Locator::Arguments, site) => site.call().map(|call| self.argument_functions(call, place, 0)).unwrap_or_default(),
            (Locator::Body, site) => site.call().map(|call| self.argument_functions(call, place, 0)).unwrap_or_default(),
            (Locator::Argument(index, path), site) if path.is_empty() && *index > 0 => {
                let functions = value_at(self.program, locator, site, place).map(|(value, at)| self.functions_at(value, at)).unwrap_or_default();
                // Middleware may stand between the path and the handler.
                match site.call() {
                    Some(call) if call.args.len() > index + 1 || functions.is_empty() => self.argument_functions(call, place, 1),
                    _ => functions,
                }
            }
            (locator, site) => value_at(self.program, locator, site, place).map(|(value, at)| self.functions_at(value, at)).unwrap_or_default(),
        }
    }

    /// A function, or those that implement it: an interface may declare the routes of the class that answers.
    fn implemented(&self, function: FunctionId) -> Vec<FunctionId> {
        let declared = self.program.function(function);
        let owner = declared.owner.map(|index| ClassId { module: function.module, index }).filter(|class| self.program.class(*class).kind == ClassKind::Interface);
        let found = owner.filter(|_| declared.body.is_empty()).map(|class| self.program.implementations(class, &declared.name)).unwrap_or_default();
        if found.is_empty() { vec![function] } else { found }
    }

    /// The last argument that is a function; around it those that stand before it and do a part of its work: closures written in
    /// place, and functions with the name of a logout or of a step of one, or that a function of such a name makes.
    pub(super) fn argument_functions(&self, call: &'p Call, place: Place, skip: usize) -> Vec<FunctionId> {
        let mut found: Vec<FunctionId> = Vec::new();
        let mut is_named = false;
        for argument in call.args.iter().skip(skip).rev() {
            // `get("/logout", logoutUser(store), …)`
            let maker = match &argument.value.kind {
                ValueKind::Call(made) => made.last_name(),
                _ => "",
            };
            let name_of = |function: &FunctionId| Some(self.program.function(*function).name.as_str()).filter(|name| !name.is_empty()).unwrap_or(maker);
            let logs_out = |function: &FunctionId| is_logout_name(self.rules, name_of(function));
            // `post("/logout", guard, revokeToken, logout)`
            let is_step = |function: &FunctionId| self.rules.lexicon.is("cleanup-step", name_of(function));
            let functions = self.functions_at(&argument.value, place);
            if found.is_empty() {
                is_named = functions.iter().any(logs_out);
                found = functions;
            } else if matches!(argument.value.kind, ValueKind::Closure(_)) {
                found.splice(0..0, functions);
            } else if is_named {
                found.splice(0..0, functions.into_iter().filter(|function| logs_out(function) || is_step(function)));
            } else {
                let (handlers, others): (Vec<_>, Vec<_>) = functions.into_iter().partition(logs_out);
                found.extend(handlers);
                found.splice(0..0, others.into_iter().filter(is_step));
            }
        }
        found
    }

    pub(super) fn functions_at(&self, value: &'p Value, place: Place) -> Vec<FunctionId> {
        // `view = LogoutView.as_view()` may stand before the route.
        let (origin, at) = self.program.origin(value, place);
        let is_made = matches!(&origin.kind, ValueKind::Call(call) if matches!(call.callee.kind, ValueKind::Member(..)));
        let (value, place) = if is_made { (origin, at) } else { (value, place) };
        match &value.kind {
            ValueKind::Text(text) => return self.named_by_text(text),
            // `app.post("/logout", ...handlers)`
            ValueKind::Unknown(parts) if parts.len() == 1 => return parts.iter().flat_map(|part| self.functions_at(part, place)).collect(),
            // `[AuthController, "logout"]`
            ValueKind::List(items) => {
                if let [class, method] = items.as_slice()
                    && let ValueKind::Text(method) = &method.kind
                {
                    return self.program.classes_of(class, place, self.asking.get()).into_iter().filter_map(|class| self.method_of(&Thing::Class(class), method)).collect();
                }
                return items.iter().rev().map(|item| self.functions_at(item, place)).find(|functions| !functions.is_empty()).unwrap_or_default();
            }
            ValueKind::Call(call) => {
                // `LogoutView.as_view()`, `as_view({"post": "logout"})`
                if let ValueKind::Member(of, _) = &call.callee.kind
                    && let Some(class) = self.program.eval(of, place, self.asking.get()).into_iter().find_map(|thing| match thing {
                        Thing::Class(class) => Some(class),
                        _ => None,
                    })
                    && self.program.targets(call, place, self.asking.get()).is_empty()
                {
                    let named: Vec<FunctionId> =
                        call.args.iter().flat_map(|argument| texts_of_record(&argument.value)).filter_map(|method| self.method_of(&Thing::Class(class), &method)).collect();
                    return if named.is_empty() { self.class_handlers(class) } else { named };
                }
            }
            _ => {}
        }
        let functions = self.program.functions_of(value, place, self.asking.get());
        if !functions.is_empty() {
            return functions;
        }
        self.program
            .eval(value, place, self.asking.get())
            .into_iter()
            .flat_map(|thing| match thing {
                Thing::Class(class) | Thing::Instance(class) => self.class_handlers(class),
                // `export const POST = factory.createHandlers(async (c) => …)`
                Thing::Outside { last_call: Some((call, at)), .. } => self.program.wrapped(call, at, self.asking.get()),
                _ => Vec::new(),
            })
            .collect()
    }

    /// `"AuthController.logout"`, `"auth#logout"`.
    fn named_by_text(&self, text: &str) -> Vec<FunctionId> {
        let Some((class, method)) = text.rsplit_once(['.', '#', '@']) else { return Vec::new() };
        let class = class.rsplit(['/', '.']).next().unwrap_or(class);
        self.program.classes_named(class).iter().filter_map(|class| self.method_of(&Thing::Class(*class), method)).collect()
    }

    fn method_of(&self, thing: &Thing<'p>, method: &str) -> Option<FunctionId> {
        let (Thing::Class(class) | Thing::Instance(class)) = thing else { return None };
        let module = self.program.module(class.module);
        self.program.class(*class).methods.iter().copied().find(|index| module.function(*index).name == method).map(|index| FunctionId { module: class.module, index })
    }

    /// The methods of a class that answer requests, in its bases too.
    pub(super) fn class_handlers(&self, class: ClassId) -> Vec<FunctionId> {
        let module = self.program.module(class.module);
        let mut found: Vec<FunctionId> = Vec::new();
        for index in &self.program.class(class).methods {
            if is_verb(&module.function(*index).name) {
                found.push(FunctionId { module: class.module, index: *index });
            }
        }
        if found.is_empty() {
            let place = Place { module: class.module, function: None };
            for base in &self.program.class(class).bases {
                if let Some(base) = self
                    .program
                    .classes_named(base.last())
                    .iter()
                    .find(|base| **base != class && base.module == place.module || self.program.classes_named(self.program.class(**base).name.as_str()).len() == 1)
                {
                    let module = self.program.module(base.module);
                    found.extend(
                        self.program
                            .class(*base)
                            .methods
                            .iter()
                            .filter(|index| is_verb(&module.function(**index).name))
                            .map(|index| FunctionId { module: base.module, index: *index }),
                    );
                }
            }
        }
        found
    }
}

fn texts_of_record(value: &Value) -> Vec<String> {
    match &value.kind {
        ValueKind::Record(entries) => entries
            .iter()
            .filter_map(|(_, entry)| match &entry.kind {
                ValueKind::Text(text) => Some(text.clone()),
                _ => None,
            })
            .collect(),
        _ => Vec::new(),
    }
}
