//! What a value stands for: a function, a class, an instance, a module, a literal, or something outside the project.

use super::effort;
use super::lacking::wishes;
use super::program::{ClassId, FunctionId, ModuleId, Program};
use crate::ir::{Call, FunctionIndex, FunctionKind, Name, StepKind, Value, ValueKind, each_call};
use crate::source::Language;

/// Where a value stands: its module and the function around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Place {
    pub module: ModuleId,
    pub function: Option<FunctionIndex>,
}

/// What a value stands for.
#[derive(Debug, Clone)]
pub enum Thing<'p> {
    Function(FunctionId),
    Class(ClassId),
    Instance(ClassId),
    Module(ModuleId),
    /// A literal of the program: a record, list, text, number.
    Literal(&'p Value, Place),
    /// Something that the project does not define, by its name.
    Outside {
        name: Name,
        /// The call from which it came, whose arguments may hold functions.
        made_by: Option<(&'p Call, Place)>,
        /// The last call on the way to it: that of a function of the project which makes a new one each time (`createRouter()`), or of a
        /// method (`factory.createHandlers(handler)`).
        last_call: Option<(&'p Call, Place)>,
    },
}

/// How many steps (assignments, imports, members) are followed from one value.
pub(super) const MAX_STEPS: usize = 24;

/// How many things one value may stand for.
pub(super) const MAX_THINGS: usize = 6;

impl Place {
    pub fn of(function: FunctionId) -> Self {
        Self { module: function.module, function: Some(function.index) }
    }
}

impl<'p> Thing<'p> {
    pub(super) fn outside(name: Name) -> Self {
        Self::Outside { name, made_by: None, last_call: None }
    }

    /// The same as what a call of a function gives: where the function makes it, every call gives another one.
    fn given_by(self, function: FunctionId, call: &'p Call, place: Place) -> Self {
        match self {
            Self::Outside { name, made_by: Some(made_by), last_call } if last_call.is_some_and(|(_, at)| at == Place::of(function)) || made_by.1 == Place::of(function) => {
                Self::Outside { name, made_by: Some(made_by), last_call: Some((call, place)) }
            }
            thing => thing,
        }
    }
}

impl<'p> Program<'p> {
    /// What a value stands for. `follow` lets the program ask for files that are not lowered yet.
    pub fn eval(&self, value: &'p Value, place: Place, follow: bool) -> Vec<Thing<'p>> {
        self.eval_steps(value, place, follow, MAX_STEPS)
    }

    pub(super) fn eval_steps(&self, value: &'p Value, place: Place, follow: bool, steps: usize) -> Vec<Thing<'p>> {
        let is_whole = steps == MAX_STEPS;
        let Some(steps) = steps.checked_sub(1) else { return vec![Thing::outside(Name::written(value))] };
        if !matches!(value.kind, ValueKind::Call(_) | ValueKind::Member(..) | ValueKind::Name(_)) {
            return self.eval_fresh(value, place, follow, steps);
        }
        // NOTE: only whole answers are kept, and only whole questions are answered from what was kept, so that no answer depends on
        // which thread asked first.
        let key = (std::ptr::from_ref(value) as usize, place, follow);
        if is_whole && let Some(things) = self.recall(key) {
            return things.to_vec();
        }
        let before = wishes();
        let entered = effort::enter(key.0);
        let things = if entered { self.eval_fresh(value, place, follow, steps) } else { vec![Thing::outside(Name::written(value))] };
        if entered {
            effort::leave();
        }
        if is_whole && !super::lacking::looks_for_routes() {
            self.remember(key, &things, wishes() != before);
        }
        things
    }

    /// Asks for the files that a router which is mounted may lead through to others.
    pub fn want_routes(&self, value: &'p Value, place: Place) {
        super::lacking::for_routes(|| self.eval(value, place, true));
    }

    fn eval_fresh(&self, value: &'p Value, place: Place, follow: bool, steps: usize) -> Vec<Thing<'p>> {
        let mut things = match &value.kind {
            ValueKind::Name(name) => self.eval_name(name, place, follow, steps),
            ValueKind::This => self.eval_this(place, follow, steps),
            ValueKind::Super => self.eval_super(place, follow, steps),
            ValueKind::Closure(index) => vec![Thing::Function(FunctionId { module: place.module, index: *index })],
            ValueKind::Await(inner) => self.eval_steps(inner, place, follow, steps),
            ValueKind::Choice { then, otherwise, .. } => {
                let mut things = self.eval_steps(then, place, follow, steps);
                things.extend(self.eval_steps(otherwise, place, follow, steps));
                things
            }
            ValueKind::Member(of, name) => self.eval_member(of, name, place, follow, steps),
            ValueKind::Index(of, _) => self.eval_steps(of, place, follow, steps).into_iter().flat_map(|thing| self.element_of(thing, follow, steps)).collect(),
            ValueKind::Call(call) => self.eval_call(call, place, follow, steps),
            ValueKind::Block(block) => match block.last().map(|step| &step.kind) {
                Some(StepKind::Evaluate(last) | StepKind::Return(Some(last))) => self.eval_steps(last, place, follow, steps),
                _ => vec![Thing::outside(Name::written(value))],
            },
            ValueKind::Null | ValueKind::Undefined => Vec::new(),
            // An element of what is looped over.
            ValueKind::Unknown(parts) => match parts.as_slice() {
                [over] => self
                    .eval_steps(over, place, follow, steps)
                    .into_iter()
                    .filter(|thing| !matches!(thing, Thing::Literal(Value { kind: ValueKind::Record(_), .. }, _)))
                    .flat_map(|thing| self.element_of(thing, follow, steps))
                    .collect(),
                _ => vec![Thing::Literal(value, place)],
            },
            _ => vec![Thing::Literal(value, place)],
        };
        things.truncate(MAX_THINGS);
        things
    }

    /// What the elements of a list are, or those of a table.
    pub(super) fn element_of(&self, thing: Thing<'p>, follow: bool, steps: usize) -> Vec<Thing<'p>> {
        match thing {
            Thing::Outside { mut name, made_by, .. } => {
                name.push("[]");
                vec![Thing::Outside { name, made_by, last_call: None }]
            }
            Thing::Literal(value, place) => match &value.kind {
                ValueKind::Record(entries) => entries.iter().take(MAX_THINGS).flat_map(|(_, entry)| self.eval_steps(entry, place, follow, steps)).collect(),
                ValueKind::List(items) => items.iter().take(MAX_THINGS).flat_map(|item| self.eval_steps(item, place, follow, steps)).collect(),
                _ => Vec::new(),
            },
            // What a list is declared to hold: `steps: List<Step>`.
            Thing::Instance(_) => vec![thing],
            // `module.exports = [first, second]`
            Thing::Module(module) => {
                let whole = self.exported(module, "default", follow, steps).into_iter().filter(|thing| matches!(thing, Thing::Literal(..)));
                whole.flat_map(|thing| self.element_of(thing, follow, steps)).collect()
            }
            Thing::Function(_) | Thing::Class(_) => Vec::new(),
        }
    }

    fn eval_call(&self, call: &'p Call, place: Place, follow: bool, steps: usize) -> Vec<Thing<'p>> {
        // `controller.logout.bind(controller)` is the method.
        if let ValueKind::Member(of, last) = &call.callee.kind
            && last == "bind"
        {
            let bound: Vec<Thing<'p>> = self.eval_steps(of, place, follow, steps).into_iter().filter(|thing| matches!(thing, Thing::Function(_))).collect();
            if !bound.is_empty() {
                return bound;
            }
            // A method from outside is still called as it is written: `const end = session.destroy.bind(session)`.
            if matches!(of.kind, ValueKind::Member(..)) && self.module(place.module).language.binds_methods() {
                return vec![Thing::Outside { name: Name::written(of), made_by: Some((call, place)), last_call: None }];
            }
        }
        let mut things = Vec::new();
        for callee in self.eval_steps(&call.callee, place, follow, steps) {
            match callee {
                Thing::Class(class) => things.push(Thing::Instance(class)),
                Thing::Function(function) => {
                    let results = self.results_of_call(function, call, place, follow, steps);
                    if results.is_empty() {
                        let mut name = Name::default();
                        name.push(self.function(function).name.as_str());
                        name.call_last(call);
                        things.push(Thing::Outside { name, made_by: Some((call, place)), last_call: None });
                    }
                    things.extend(results.into_iter().map(|result| result.given_by(function, call, place)));
                }
                Thing::Outside { mut name, made_by, .. } => {
                    let selected = self.selected_by(call, place, made_by, follow, steps);
                    name.call_last(call);
                    if selected.is_empty() {
                        let asked = self.asked_by_type(call, place, follow, steps).or_else(|| self.asked_by_class(call, place, follow, steps));
                        things.extend(asked.or_else(|| self.made_in_closure(call, place, follow, steps)));
                        things.push(Thing::Outside { name, made_by: made_by.or(Some((call, place))), last_call: Some((call, place)) });
                    } else {
                        things.extend(selected);
                    }
                }
                // `Self { … }`
                Thing::Instance(class) if matches!(call.callee.kind, ValueKind::This) => things.push(Thing::Instance(class)),
                Thing::Instance(class) => match self.callable_member(class, follow, steps) {
                    Some(function) => things.extend(self.results_of(function, follow, steps)),
                    // What a provider holds: `store()` of a `Lazy<Store>`.
                    None if call.args.is_empty() && self.module(place.module).language.has_implicit_members() => things.push(Thing::Instance(class)),
                    None => {}
                },
                Thing::Module(module) => {
                    for thing in self.exported(module, "default", follow, steps) {
                        match thing {
                            Thing::Function(function) => things.extend(self.results_of_call(function, call, place, follow, steps)),
                            Thing::Class(class) => things.push(Thing::Instance(class)),
                            _ => {}
                        }
                    }
                }
                Thing::Literal(_, _) => {}
            }
        }
        if things.iter().all(|thing| matches!(thing, Thing::Outside { .. })) {
            things.splice(0..0, self.guarded(call, place, follow, steps));
            things.extend(self.looked_up(call, place, follow, steps));
        }
        if things.is_empty() {
            things.push(Thing::Outside { name: Name::of_call(call), made_by: Some((call, place)), last_call: None });
        }
        things
    }

    /// `pool.lock().await`, `state.sessions.write().unwrap()`, `auth.borrow_mut()`: the instance that a lock or a shared pointer holds.
    fn guarded(&self, call: &'p Call, place: Place, follow: bool, steps: usize) -> Vec<Thing<'p>> {
        let ValueKind::Member(of, name) = &call.callee.kind else { return Vec::new() };
        if call.args.len() > usize::from(name == "expect") || !self.module(place.module).language.gives_through(name) {
            return Vec::new();
        }
        self.eval_steps(of, place, follow, steps).into_iter().filter(|thing| matches!(thing, Thing::Instance(_))).collect()
    }

    /// `User.findByPk(id)`: the instance of a class of the project that its base from outside looks up.
    fn looked_up(&self, call: &'p Call, place: Place, follow: bool, steps: usize) -> Option<Thing<'p>> {
        let ValueKind::Member(of, name) = &call.callee.kind else { return None };
        if !self.module(place.module).language.looks_up_by_class(name) {
            return None;
        }
        self.eval_steps(of, place, follow, steps).into_iter().find_map(|thing| match thing {
            Thing::Class(class) if !self.class(class).bases.is_empty() => Some(Thing::Instance(class)),
            _ => None,
        })
    }

    /// What a call of a function of the project gives. `catchErrors(handler)` is the handler, where the closure that the wrapper
    /// returns calls what the wrapper is handed, or where the wrapper hands that on to another from outside.
    fn results_of_call(&self, wrapper: FunctionId, call: &'p Call, place: Place, follow: bool, steps: usize) -> Vec<Thing<'p>> {
        let mut results = self.results_of(wrapper, follow, steps);
        let is_function = |thing: &Thing<'p>| matches!(thing, Thing::Function(_));
        match results.first() {
            Some(Thing::Function(returned)) if returned.module == wrapper.module && self.function(*returned).parent == Some(wrapper.index) => {
                let Some((index, method)) = self.called_parameter(*returned, wrapper) else { return results };
                let things = call.positional(index).map_or_else(Vec::new, |handed| self.eval_steps(handed, place, false, steps));
                let wrapped = things.into_iter().flat_map(|thing| match (method, thing) {
                    (None, thing) => vec![thing],
                    (Some(method), Thing::Instance(class)) => self.member(Thing::Instance(class), method, follow, steps),
                    (Some(_), _) => Vec::new(),
                });
                let wrapped: Vec<Thing<'p>> = wrapped.filter(is_function).collect();
                if wrapped.is_empty() { results } else { wrapped }
            }
            // `(handler) => withSession(handler, options)`
            Some(Thing::Outside { made_by: Some((made, at)), .. }) if *at == Place::of(wrapper) => {
                let passed = made.args.iter().find_map(|argument| self.parameter_of(wrapper, &argument.value));
                let handed = passed.and_then(|index| call.positional(index)).map_or_else(Vec::new, |value| self.eval_steps(value, place, false, steps));
                results.extend(handed.into_iter().filter(is_function));
                results
            }
            _ => results,
        }
    }

    /// The parameter of a wrapper that the closure which it returns calls; or of which it calls a method, where the closure answers a
    /// request: `(req, res) => controller.handle(req)`.
    fn called_parameter(&self, returned: FunctionId, wrapper: FunctionId) -> Option<(usize, Option<&'p str>)> {
        let closure = self.function(returned);
        let answers = closure.params.len() > 1;
        let mut called = None;
        each_call(&closure.body, |inner| {
            let found = match &inner.callee.kind {
                ValueKind::Member(of, method) if answers => self.parameter_of(wrapper, of).map(|index| (index, Some(method.as_str()))),
                _ => self.parameter_of(wrapper, &inner.callee).map(|index| (index, None)),
            };
            called = called.or(found);
        });
        called
    }

    /// Which parameter of a function a name is.
    fn parameter_of(&self, function: FunctionId, value: &Value) -> Option<usize> {
        let ValueKind::Name(name) = &value.kind else { return None };
        self.function(function).params.iter().position(|param| param.name == *name)
    }

    /// `inject<Service>()`, `call.receive<Request>()`: an instance of the class of the project for which a call asks by type alone, or
    /// with closures that make it: `viewModels<CartViewModel> { factory }`.
    fn asked_by_type(&self, call: &'p Call, place: Place, follow: bool, steps: usize) -> Option<Thing<'p>> {
        let [ty] = call.types.as_slice() else { return None };
        if !call.args.iter().all(|argument| matches!(argument.value.kind, ValueKind::Closure(_))) {
            return None;
        }
        self.eval_type(ty, place, follow, steps).into_iter().find(|thing| matches!(thing, Thing::Instance(_)))
    }

    /// `container.get(Service)`, `moduleRef.resolve(Service)`: an instance of the class of the project that a container is asked for.
    fn asked_by_class(&self, call: &'p Call, place: Place, follow: bool, steps: usize) -> Option<Thing<'p>> {
        let ([asked], ValueKind::Member(_, word)) = (call.args.as_slice(), &call.callee.kind) else { return None };
        let is_class_name = matches!(&asked.value.kind, ValueKind::Name(name) if name.starts_with(char::is_uppercase));
        if !is_class_name || !matches!(word.as_str(), "get" | "resolve" | "make" | "provide" | "inject" | "get_instance" | "getInstance") {
            return None;
        }
        self.eval_steps(&asked.value, place, follow, steps).into_iter().find_map(|thing| match thing {
            Thing::Class(class) => Some(Thing::Instance(class)),
            _ => None,
        })
    }

    /// `lazy { Store(context) }`, `remember(key) { Store(context) }`: an instance that the closure makes, whenever that runs.
    fn made_in_closure(&self, call: &'p Call, place: Place, follow: bool, steps: usize) -> Option<Thing<'p>> {
        let module = self.module(place.module);
        let is_bare = matches!(call.callee.kind, ValueKind::Name(_)) && module.language.has_implicit_members();
        let ValueKind::Closure(index) = call.args.last().filter(|_| is_bare)?.value.kind else { return None };
        let made = self.results_of(FunctionId { module: place.module, index }, follow, steps);
        made.into_iter().find(|thing| matches!(thing, Thing::Instance(_)))
    }

    /// `useStore(state => state.logout)`: what the selector takes out of the store.
    fn selected_by(&self, call: &'p Call, place: Place, store: Option<(&'p Call, Place)>, follow: bool, steps: usize) -> Vec<Thing<'p>> {
        let Some(store) = store else { return Vec::new() };
        let Some(path) = self.selected_path(call, place).filter(|path| !path.is_empty()) else { return Vec::new() };
        let mut things = vec![Thing::Outside { name: Name::default(), made_by: Some(store), last_call: None }];
        for part in path {
            things = things.into_iter().flat_map(|thing| self.member(thing, part, follow, steps)).collect();
        }
        things.retain(|thing| matches!(thing, Thing::Function(_)));
        things
    }

    /// The members that the selector which a call is handed takes one out of the other: none for `useStore(state => state)`.
    pub(super) fn selected_path(&self, call: &'p Call, place: Place) -> Option<Vec<&'p str>> {
        let ValueKind::Closure(index) = call.positional(0)?.kind else { return None };
        let selector = self.module(place.module).function(index);
        let [step] = selector.body.as_slice() else { return None };
        let (StepKind::Return(Some(at)) | StepKind::Evaluate(at)) = &step.kind else { return None };
        let (mut at, mut path) = (at, Vec::new());
        while let ValueKind::Member(of, name) = &at.kind {
            path.push(name.as_str());
            at = of;
        }
        path.reverse();
        matches!(&at.kind, ValueKind::Name(name) if selector.params.first().is_some_and(|param| param.name == *name)).then_some(path)
    }

    /// What a function returns.
    pub(super) fn results_of(&self, function: FunctionId, follow: bool, steps: usize) -> Vec<Thing<'p>> {
        // Results are followed less far than assignments: a helper's result is one or two calls away.
        let Some(steps) = steps.checked_sub(4) else { return Vec::new() };
        let defined = self.function(function);
        let at = Place::of(function);
        if defined.kind == FunctionKind::Constructor {
            return defined.owner.map(|owner| Thing::Instance(ClassId { module: function.module, index: owner })).into_iter().collect();
        }
        let mut returns = Vec::new();
        collect_returns(&defined.body, &mut returns);
        let mut things: Vec<Thing<'p>> = Vec::new();
        for value in returns.into_iter().take(MAX_THINGS) {
            things.extend(self.eval_steps(value, at, follow, steps));
        }
        // In Python a container that gives whatever it is asked for tells less than the type that its caller declares.
        let is_python = self.module(function.module).language == Language::Python;
        if things.iter().all(|thing| matches!(thing, Thing::Outside { name, .. } if is_python || !name.imported))
            && let Some(ty) = &defined.returns
        {
            let typed: Vec<_> = self.eval_type(ty, at, follow, steps).into_iter().filter(|thing| !matches!(thing, Thing::Outside { name, .. } if !name.imported)).collect();
            things.splice(0..0, typed);
        }
        things.truncate(MAX_THINGS);
        things
    }
}

/// The values that a body returns, in order.
fn collect_returns<'p>(block: &'p [crate::ir::Step], into: &mut Vec<&'p Value>) {
    for step in block {
        match &step.kind {
            StepKind::Return(Some(value)) => into.push(value),
            StepKind::Branch { then, otherwise, .. } => {
                collect_returns(then, into);
                collect_returns(otherwise, into);
            }
            StepKind::Match { arms, .. } => arms.iter().for_each(|(_, arm)| collect_returns(arm, into)),
            StepKind::Loop { body, .. } => collect_returns(body, into),
            StepKind::Attempt { body, caught, finally } => {
                collect_returns(body, into);
                collect_returns(caught, into);
                collect_returns(finally, into);
            }
            _ => {}
        }
    }
}
