//! What a function is a part of: the object literal that it stands in, as the function itself names it (`const auth = { logout() {
//! this.clear() }, clear() { … } }`), and the list whose elements it is handed (`steps.forEach((step) => step())`).

use rustc_hash::FxHashMap;

use super::eval::{Place, Thing};
use super::program::{FunctionId, ModuleId, Program};
use crate::ir::{ExportTarget, FunctionIndex, Module, Step, StepKind, Value, ValueKind, each_value, each_value_of};
use crate::source::Language;

/// What the functions of a module are parts of.
#[derive(Default)]
pub(super) struct Holders<'p> {
    /// The object literals, by the functions that stand in them under a key.
    literals: FxHashMap<FunctionIndex, Holder<'p>>,
    /// The lists, by the closures that are handed their elements; each with the function in which it stands.
    lists: FxHashMap<FunctionIndex, (&'p Value, Option<FunctionIndex>)>,
}

/// An object literal that holds a function.
#[derive(Clone, Copy)]
pub(super) struct Holder<'p> {
    literal: &'p Value,
    /// The function in which the literal is written.
    within: Option<FunctionIndex>,
    /// The outermost literal around it, or itself: it may be the options of a component, whose methods are a part of them.
    outermost: &'p Value,
}

/// Finds the literals of a module.
pub(super) fn holders(module: &Module) -> Holders<'_> {
    let mut holders = Holders::default();
    for (within, body) in module.bodies() {
        // Outer values are told before their parts, so the first is the outermost.
        each_value(body, |value| holders.look_at(value, within, module.language));
    }
    for export in &module.exports {
        if let ExportTarget::Value(value) = &export.target {
            each_value_of(value, |value| holders.look_at(value, None, module.language));
        }
    }
    holders
}

impl<'p> Holders<'p> {
    fn look_at(&mut self, value: &'p Value, within: Option<FunctionIndex>, language: Language) {
        match &value.kind {
            ValueKind::Record(_) => self.hold(value, within, value),
            ValueKind::Call(call) => {
                if let (ValueKind::Member(over, method), Some(ValueKind::Closure(closure))) = (&call.callee.kind, call.positional(0).map(|argument| &argument.kind))
                    && language.hands_elements(method)
                {
                    self.lists.insert(*closure, (over, within));
                }
            }
            _ => {}
        }
    }

    fn hold(&mut self, literal: &'p Value, within: Option<FunctionIndex>, outermost: &'p Value) {
        let ValueKind::Record(entries) = &literal.kind else { return };
        let holder = Holder { literal, within, outermost };
        for (_, entry) in entries {
            match &entry.kind {
                ValueKind::Closure(function) => {
                    self.literals.entry(*function).or_insert(holder);
                }
                // `logout: debounce(function () { … })`
                ValueKind::Call(call) => {
                    for argument in &call.args {
                        if let ValueKind::Closure(function) = argument.value.kind {
                            self.literals.entry(function).or_insert(holder);
                        }
                    }
                }
                ValueKind::Record(_) => self.hold(entry, within, outermost),
                _ => {}
            }
        }
    }
}

impl<'p> Program<'p> {
    /// The literals that `this` may be at a place outside of classes: those that hold the functions around it, since an arrow function takes
    /// `this` from outside; and the parts of one that may be a component's options.
    pub(super) fn held_by(&self, place: Place, follow: bool, steps: usize) -> Vec<Thing<'p>> {
        let module = self.module(place.module);
        let holders = self.holders(place.module);
        let around: Vec<&Holder<'p>> = module.around(place.function).filter_map(|index| holders.literals.get(&index)).collect();
        let mixed = around.iter().flat_map(|holder| self.mixed_into(holder, place.module, follow, steps));
        around.iter().flat_map(|holder| holder.things(place.module)).chain(mixed).collect()
    }

    /// The parts of the records that a component's options list: `mixins: [auth]` beside `const auth = { methods: { forget() { … } } }`.
    fn mixed_into(&self, holder: &Holder<'p>, module: ModuleId, follow: bool, steps: usize) -> Vec<Thing<'p>> {
        let at = Place { module, function: holder.within };
        let mut mixed = Vec::new();
        for (_, entry) in holder.options() {
            let ValueKind::List(items) = &entry.kind else { continue };
            for item in items.iter().filter(|item| matches!(item.kind, ValueKind::Name(_))) {
                for thing in self.eval_steps(item, at, follow, steps / 2) {
                    if let Thing::Literal(Value { kind: ValueKind::Record(entries), .. }, at) = thing {
                        mixed.extend(record_parts(entries).map(|part| Thing::Literal(part, at)));
                    }
                }
            }
        }
        mixed
    }

    /// Whether a member is what its own file exports: `module.exports`.
    pub(super) fn is_own_exports(&self, of: &Value, name: &str, place: Place) -> bool {
        name == "exports" && matches!(&of.kind, ValueKind::Name(module) if module == "module") && !self.is_bound("module", place) && !self.scope(place.module).exports.is_empty()
    }

    /// The member of a record that is still being made, where its maker is handed what gives it: `create((set, get) => ({ drop() { … },
    /// logout() { get().drop() } }))`.
    pub(super) fn given_member(&self, of: &'p Value, name: &str, place: Place, follow: bool, steps: usize) -> Vec<Thing<'p>> {
        let ValueKind::Call(call) = &of.kind else { return Vec::new() };
        let (ValueKind::Name(given), true) = (&call.callee.kind, call.args.is_empty()) else { return Vec::new() };
        let module = self.module(place.module);
        let maker = module.around(place.function).find(|index| module.function(*index).params.iter().any(|param| param.name == *given));
        match maker.map(|maker| (maker, module.function(maker).body.as_slice())) {
            Some((maker, [Step { kind: StepKind::Return(Some(record)), .. }])) if matches!(record.kind, ValueKind::Record(_)) => {
                self.member(Thing::Literal(record, Place { module: place.module, function: Some(maker) }), name, follow, steps)
            }
            _ => Vec::new(),
        }
    }

    /// Whether a function is a method of a class or stands in a record.
    pub(super) fn is_member(&self, function: FunctionId) -> bool {
        self.function(function).owner.is_some() || self.holders(function.module).literals.contains_key(&function.index)
    }

    /// What the first parameter of a closure stands for that is handed the elements of a list.
    pub(super) fn elements_handed_to(&self, closure: FunctionId, follow: bool, steps: usize) -> Vec<Thing<'p>> {
        let Some((over, within)) = self.holders(closure.module).lists.get(&closure.index) else { return Vec::new() };
        let place = Place { module: closure.module, function: *within };
        self.eval_steps(over, place, follow, steps).into_iter().flat_map(|thing| self.element_of(thing, follow, steps)).collect()
    }

    fn holders(&self, module: ModuleId) -> &Holders<'p> {
        let linked = self.linked(module);
        linked.holders.get_or_init(|| holders(linked.module))
    }
}

impl<'p> Holder<'p> {
    /// The entries of the literal that may be the options of a component.
    fn options(&self) -> &'p [(String, Value)] {
        match &self.outermost.kind {
            ValueKind::Record(entries) => entries,
            _ => &[],
        }
    }

    fn things(&self, module: ModuleId) -> impl Iterator<Item = Thing<'p>> {
        let at = Place { module, function: self.within };
        let own = if std::ptr::eq(self.literal, self.outermost) { self.options() } else { &[] };
        std::iter::once(self.literal).chain(record_parts(own)).map(move |literal| Thing::Literal(literal, at))
    }
}

/// The entries of a record that are records themselves.
fn record_parts(entries: &[(String, Value)]) -> impl Iterator<Item = &Value> {
    entries.iter().map(|(_, entry)| entry).filter(|entry| matches!(entry.kind, ValueKind::Record(_)))
}
