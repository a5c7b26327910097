//! Fields by what their class was constructed with: the entries of enums, objects of constants, configurations.

use super::eval::{Place, Thing};
use super::program::{ClassId, FunctionId, Program};
use super::scope::Binding;
use crate::ir::{Call, FunctionKind, Param, Value, ValueKind};

/// How many constructions of a class are looked at for the value of a field.
const MAX_CONSTRUCTIONS: usize = 4;

impl<'p> Program<'p> {
    /// `Route.LOGOUT.path`, `Endpoint("/x").path`: what the call that made the object hands over for the field.
    pub(super) fn constructed_member(&self, of: &'p Value, name: &str, place: Place, steps: usize) -> Option<Vec<Thing<'p>>> {
        let steps = steps.checked_sub(2)?;
        let (call, class, at) = self.construction(of, place, steps)?;
        let found = self.eval_steps(self.argument_for(class, call, name)?, at, false, steps);
        (!found.is_empty()).then_some(found)
    }

    /// The call that makes the object that a value stands for, and its class.
    fn construction(&self, of: &'p Value, place: Place, steps: usize) -> Option<(&'p Call, ClassId, Place)> {
        let steps = steps.checked_sub(2)?;
        let class_of = |value: &'p Value| {
            self.eval_steps(value, place, false, steps).into_iter().find_map(|thing| match thing {
                Thing::Class(class) => Some(class),
                _ => None,
            })
        };
        match &of.kind {
            ValueKind::Call(call) => Some((call, class_of(&call.callee)?, place)),
            ValueKind::Member(base, entry) => {
                let class = class_of(base)?;
                let made = self.class(class).fields.iter().find(|field| field.name == *entry)?.value.as_ref()?;
                self.construction(made, Place { module: class.module, function: None }, steps)
            }
            ValueKind::Name(local) => {
                let module = self.module(place.module);
                let bindings = self.scope(place.module).lookup(module, place.function, local);
                let [Binding::Assigned { value, path, within, .. }] = bindings else { return None };
                if !path.is_empty() || !matches!(value.kind, ValueKind::Call(_)) {
                    return None;
                }
                self.construction(value, Place { module: place.module, function: *within }, steps)
            }
            _ => None,
        }
    }

    /// What each of those who construct a class hands over for one of its fields; nothing for one who says nothing of it.
    pub fn given_to_constructor(&self, class: ClassId, name: &str) -> Vec<Option<(&'p Value, Place)>> {
        let class_name = &self.class(class).name;
        let calls = self.calls_of(class_name);
        if calls.len() > MAX_CONSTRUCTIONS || self.classes_named(class_name).len() > 1 {
            return Vec::new();
        }
        calls.iter().map(|(call, place)| Some((self.argument_for(class, call, name)?, *place))).collect()
    }

    /// What all who construct a class hand over for one of its fields.
    pub(super) fn handed_to_constructor(&self, class: ClassId, name: &str, follow: bool, steps: usize) -> Vec<Thing<'p>> {
        let Some(steps) = steps.checked_sub(4) else { return Vec::new() };
        let handed = self.given_to_constructor(class, name).into_iter().flatten();
        handed.flat_map(|(value, place)| self.eval_steps(value, place, follow, steps)).filter(|thing| !matches!(thing, Thing::Outside { made_by: None, .. })).collect()
    }

    /// What a constructor without types is handed for a parameter: by those who construct its class, or, where a container does, the
    /// one class of the project that the parameter is called after.
    pub(super) fn constructed_with(&self, constructor: FunctionId, param: &'p Param, follow: bool, steps: usize) -> Vec<Thing<'p>> {
        let defined = self.function(constructor);
        let Some(owner) = defined.owner.filter(|_| defined.kind == FunctionKind::Constructor && param.ty.is_none() && !param.name.is_empty()) else { return Vec::new() };
        let class = ClassId { module: constructor.module, index: owner };
        let mut things = self.handed_to_constructor(class, &param.name, follow, steps);
        things.retain(|thing| matches!(thing, Thing::Instance(_)));
        if things.is_empty() { self.called_after(constructor, param, &param.name).into_iter().collect() } else { things }
    }

    /// An instance of the one class of the project that an untyped parameter of a constructor, or a part of it, is called after:
    /// `constructor({ sessionService })` is handed a `SessionService`.
    pub(super) fn called_after(&self, constructor: FunctionId, param: &Param, name: &str) -> Option<Thing<'p>> {
        if self.function(constructor).kind != FunctionKind::Constructor || param.ty.is_some() {
            return None;
        }
        let mut letters = name.trim_start_matches(['_', '$']).chars();
        let class: String = letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect();
        match self.classes_named(&class) {
            [only] if class.chars().skip(1).any(char::is_uppercase) => Some(Thing::Instance(*only)),
            _ => None,
        }
    }

    /// The argument of a construction that becomes a field: the one of its name, or of its place among the constructor's parameters.
    fn argument_for(&self, class: ClassId, call: &'p Call, name: &str) -> Option<&'p Value> {
        if let Some(value) = call.named(name) {
            return Some(value);
        }
        let module = self.module(class.module);
        let constructor = self.class(class).methods.iter().map(|index| module.function(*index)).find(|function| function.kind == FunctionKind::Constructor)?;
        call.positional(constructor.params.iter().position(|param| param.name == name)?)
    }
}
