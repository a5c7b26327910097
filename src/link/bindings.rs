//! What a name stands for where it is used: a local, a parameter, a member without its receiver.

use super::eval::{MAX_THINGS, Place, Thing};
use super::program::{ClassId, FunctionId, Program};
use super::scope::Binding;
use crate::ir::{Call, Class, ClassIndex, ClassKind, FunctionIndex, Name, Param, Receiver, Value, ValueKind, Visit, each_value_of, walk_value};

impl<'p> Program<'p> {
    pub(super) fn eval_name(&self, name: &'p str, place: Place, follow: bool, steps: usize) -> Vec<Thing<'p>> {
        let module = self.module(place.module);
        let scope = self.scope(place.module);
        let bindings = scope.lookup(module, place.function, name);
        if !bindings.is_empty() {
            // `let forget = once(|| forget())`: what begins with the name is not yet there inside its own value.
            let outer = scope.top(name);
            if module.language.binds_after_value() && !outer.is_empty() && !std::ptr::eq(outer, bindings) && bindings.iter().all(|binding| self.is_inside(binding, name, place)) {
                return self.eval_bindings(outer, name, place, follow, steps);
            }
            return self.eval_bindings(bindings, name, place, follow, steps);
        }
        // `exports.revoke(token)` in the file that exports it.
        if name == "exports" && !scope.exports.is_empty() {
            return vec![Thing::Module(place.module)];
        }
        // A bare name may be a member of the class around it, of the implicit receiver, or of the package.
        let mut members = Vec::new();
        if module.language.has_implicit_members() {
            // What stands in `object : Listener { … }` has the members of the class around it too.
            let innermost = self.class_around(place).or_else(|| self.class_holding(name, place));
            let around = std::iter::successors(innermost, |class| Some(ClassId { module: class.module, index: self.class(*class).outer? }));
            for class in around {
                let found = self.member_of_class(class, name, follow, steps).unwrap_or_default();
                if found.iter().any(|thing| !matches!(thing, Thing::Outside { .. })) {
                    return found;
                }
                if members.is_empty() {
                    members = found;
                }
            }
        }
        if !scope.stars.is_empty() {
            let found = self.star_member(place.module, name, follow, steps);
            if !found.is_empty() {
                return found;
            }
        }
        if let Some(found) = self.package_member(place.module, name, follow, steps) {
            return found;
        }
        if name == "it"
            && let Some(found) = self.lambda_parameter(place, follow, steps)
        {
            return found;
        }
        if let Some(found) = self.receiver_member(name, place, follow, steps) {
            // A field of the class whose type lies outside the project is still what that type says.
            members.retain(|thing| matches!(thing, Thing::Outside { name: ty, .. } if ty.last() != name));
            members.extend(found);
            return members;
        }
        if let Some(found) = self.unimported(place.module, name, follow, steps) {
            return found;
        }
        // A member whose type lies outside the project is known by that type, and by how it is written.
        let mut written = Name::default();
        written.push(name);
        members.push(Thing::outside(written));
        members
    }

    /// The class of the field whose value a name stands in, outside of every function: `object Paths { const val LEAVE = "$BASE/leave" }`.
    fn class_holding(&self, name: &'p str, place: Place) -> Option<ClassId> {
        let classes = &self.module(place.module).classes;
        if place.function.is_some() || !classes.iter().any(|class| class.fields.iter().any(|field| field.name == name)) {
            return None;
        }
        let stands_in = |value: &'p Value| {
            let mut found = false;
            each_value_of(value, |part| found |= matches!(&part.kind, ValueKind::Name(text) if std::ptr::eq(text.as_str(), name)));
            found
        };
        let holds = |class: &'p Class| class.fields.iter().filter_map(|field| field.value.as_ref()).any(stands_in);
        let index = classes.iter().position(holds)?;
        Some(ClassId { module: place.module, index: ClassIndex(u32::try_from(index).ok()?) })
    }

    /// The parameter that a lambda without names for any has: in `cookie.also { it.maxAge = 0 }` the cookie.
    fn lambda_parameter(&self, place: Place, follow: bool, steps: usize) -> Option<Vec<Thing<'p>>> {
        let module = self.module(place.module);
        if !module.language.has_implicit_members() || steps < 9 {
            return None;
        }
        let lambda = module.function(place.function?);
        let Some(Receiver::Value(value)) = lambda.receiver.as_ref().filter(|_| lambda.params.is_empty()) else { return None };
        let object = match &value.kind {
            ValueKind::Member(of, name) if name == "let" => of,
            ValueKind::Call(_) => value,
            // The object of a scope function; what else bears a bare name is the function that was handed the lambda.
            ValueKind::Name(name) if self.is_bound(name, place) => value,
            _ => return None,
        };
        Some(self.eval_steps(object, Place { module: place.module, function: lambda.parent }, follow, steps / 2))
    }

    /// Whether a place stands inside the value that a binding gives its name.
    fn is_inside(&self, binding: &Binding<'p>, name: &str, place: Place) -> bool {
        let Binding::Assigned { value, within, .. } = binding else { return false };
        if root_name(value) == Some(name) {
            return true;
        }
        let module = self.module(place.module);
        let mut around = Vec::new();
        let mut at = place.function;
        while let Some(index) = at.filter(|index| Some(*index) != *within) {
            around.push(index);
            at = module.function(index).parent;
        }
        let mut holds = Holds { closures: &around, found: false };
        if !around.is_empty() {
            walk_value(value, &mut holds);
        }
        holds.found
    }

    pub(super) fn eval_bindings(&self, bindings: &[Binding<'p>], name: &str, place: Place, follow: bool, steps: usize) -> Vec<Thing<'p>> {
        let mut things = Vec::new();
        for binding in bindings.iter().take(MAX_THINGS) {
            things.extend(self.eval_binding(binding, name, place, follow, steps));
        }
        if things.is_empty() {
            let mut written = Name::default();
            written.push(name);
            things.push(Thing::outside(written));
        }
        things
    }

    pub(super) fn eval_binding(&self, binding: &Binding<'p>, name: &str, place: Place, follow: bool, steps: usize) -> Vec<Thing<'p>> {
        match binding {
            Binding::Import(index) => {
                let module: &'p crate::ir::Module = self.module(place.module);
                self.import_target(place.module, &module.imports[*index], follow, steps)
            }
            Binding::Class(index) => vec![Thing::Class(ClassId { module: place.module, index: *index })],
            Binding::Assigned { value, path, ty, within } => {
                let at = Place { module: place.module, function: *within };
                // `x = x.filter(…)` would lead round in a circle.
                if root_name(value) == Some(name) {
                    return Vec::new();
                }
                // Another name of a type.
                if let (Some(ty), ValueKind::Unknown(_)) = (ty, &value.kind) {
                    return self.eval_type(ty, at, follow, steps);
                }
                let mut things = self.eval_steps(value, at, follow, steps.saturating_sub(1));
                for part in path {
                    things = things.into_iter().flat_map(|thing| self.member(thing, part, follow, steps)).collect();
                }
                if let Some(ty) = ty {
                    let typed = self.eval_type(ty, at, follow, steps);
                    if things.iter().all(|thing| matches!(thing, Thing::Outside { .. })) {
                        things.splice(0..0, typed);
                    }
                }
                things
            }
            Binding::Parameter { function, index, path } => self.eval_parameter(FunctionId { module: place.module, index: *function }, *index, path, name, follow, steps),
        }
    }

    /// The instances that a function gives of which a parameter's default or annotation speaks: `service=Depends(get_service)`.
    fn provided(&self, param: &'p Param, at: Place, follow: bool, steps: usize) -> Vec<Thing<'p>> {
        let mut things = self.injected(&param.annotations, at, follow, steps);
        if let Some(ValueKind::Call(call)) = param.default.as_ref().map(|default| &default.kind) {
            things.extend(self.injected(std::slice::from_ref(&**call), at, follow, steps));
        }
        things.retain(|thing| matches!(thing, Thing::Instance(_)));
        things
    }

    fn eval_parameter(&self, function: FunctionId, index: usize, path: &'p str, name: &str, follow: bool, steps: usize) -> Vec<Thing<'p>> {
        let Some(param) = self.function(function).params.get(index) else { return Vec::new() };
        let at = Place::of(function);
        let mut things = param.ty.as_ref().map_or_else(Vec::new, |ty| self.eval_type(ty, at, follow, steps));
        if things.is_empty()
            && let Some(default) = &param.default
        {
            things = self.eval_steps(default, at, follow, steps);
        }
        let is_certain = |thing: &Thing<'p>| match thing {
            Thing::Instance(class) => self.class(*class).kind != ClassKind::Interface,
            Thing::Outside { .. } => false,
            _ => true,
        };
        if !things.iter().any(is_certain) {
            things.splice(0..0, self.provided(param, at, follow, steps));
        }
        if things.iter().all(|thing| matches!(thing, Thing::Outside { .. })) {
            if index == 0 {
                things.splice(0..0, self.elements_handed_to(function, follow, steps));
            }
            things.splice(0..0, self.handed_over(function, index, steps));
            if things.iter().all(|thing| matches!(thing, Thing::Outside { .. })) {
                things.splice(0..0, self.constructed_with(function, param, follow, steps));
            }
        }
        if path.is_empty() {
            if things.is_empty() {
                things.extend(self.injected(&param.annotations, at, follow, steps));
            }
            let mut written = Name::default();
            written.push(name);
            things.push(Thing::outside(written));
            return things;
        }
        for part in path.split('.') {
            things = things.into_iter().flat_map(|thing| self.member(thing, part, follow, steps)).collect();
        }
        if things.iter().all(|thing| matches!(thing, Thing::Outside { .. })) {
            things.splice(0..0, self.called_after(function, param, path));
        }
        // What is taken out of an untyped parameter is called as it is written there: `({ session })` is `session`.
        let mut written = Name::default();
        for part in path.split('.') {
            written.push(part);
        }
        things.push(Thing::outside(written));
        things
    }

    /// What is handed over for the parameter of that name of the function around a place: by each call of the function the call, its
    /// place, and the value with its own place; the parameter's default where a call says nothing. Empty where no parameter is called so.
    pub fn supplied_for(&self, name: &str, place: Place) -> Vec<Supplied<'p>> {
        const MAX_CALLS: usize = 20;
        let module = self.module(place.module);
        let named = |index: FunctionIndex| Some((index, module.function(index).params.iter().position(|param| param.name == name)?));
        let Some((index, position)) = module.around(place.function).filter_map(named).next() else { return Vec::new() };
        let id = FunctionId { module: place.module, index };
        let function = module.function(index);
        let default = function.params.get(position).and_then(|param| param.default.as_ref()).map(|value| (value, Place::of(id)));
        let calls = self.calls_of(&function.name).iter().filter(|(call, at)| self.targets(call, *at, false).contains(&id));
        let given = |(call, at): &(&'p Call, Place)| {
            let argument = function.handed(call, position).map(|value| (value, *at));
            Supplied { call, at: *at, value: argument.or(default) }
        };
        calls.take(MAX_CALLS).map(given).collect()
    }

    /// Whether a callee is a method of what something outside the project made, which only bears the name of a function of it: `app.post(…)`.
    fn is_outside(&self, callee: &'p Value, place: Place, steps: usize) -> bool {
        let ValueKind::Member(of, _) = &callee.kind else { return false };
        let made = |thing: &Thing<'p>| matches!(thing, Thing::Outside { made_by, name, .. } if made_by.is_some() && name.imported);
        let things = self.eval_steps(of, place, false, steps);
        !things.is_empty() && things.iter().all(made)
    }

    /// What the callers of a function hand over for a parameter, where that is a function or an instance of the project.
    fn handed_over(&self, function: FunctionId, index: usize, steps: usize) -> Vec<Thing<'p>> {
        const MAX_CALLERS: usize = 4;
        let name = &self.function(function).name;
        let callers = if name.is_empty() { &[] } else { self.calls_of(name) };
        if callers.is_empty() || callers.len() > MAX_CALLERS || self.functions_named(name).len() > 1 {
            return Vec::new();
        }
        // A bare name calls no member of a class or record: `fetch("/logout")` is not `export default { fetch(request) { … } }`.
        let is_member = !self.module(function.module).language.has_implicit_members() && self.is_member(function);
        let callers = callers.iter().filter(|(call, _)| !(is_member && matches!(call.callee.kind, ValueKind::Name(_))));
        // `useStore(state => state.user)` hands its selector to the store, not to what made it.
        let callers = callers.filter(|(call, place)| index > 0 || self.selected_path(call, *place).is_none());
        let handed = callers.filter_map(|(call, place)| Some((call.positional(index)?, *place, &call.callee)));
        let handed = handed.filter(|(_, place, callee)| !self.is_outside(callee, *place, steps / 2)).map(|(value, place, _)| (value, place));
        handed.flat_map(|(value, place)| self.eval_steps(value, place, false, steps)).filter(|thing| !matches!(thing, Thing::Outside { .. })).collect()
    }
}

/// What a call hands over for a parameter.
#[derive(Debug, Clone, Copy)]
pub struct Supplied<'p> {
    pub call: &'p Call,
    /// Where the call stands.
    pub at: Place,
    /// The value and where it stands, if the call or the parameter says one.
    pub value: Option<(&'p Value, Place)>,
}

/// Looks for one of some closures in a value.
struct Holds<'a> {
    closures: &'a [FunctionIndex],
    found: bool,
}

impl<'ir> Visit<'ir> for Holds<'_> {
    fn value(&mut self, value: &'ir Value) -> bool {
        self.found |= matches!(&value.kind, ValueKind::Closure(index) if self.closures.contains(index));
        !self.found
    }
}

/// The name at the root of a chain.
fn root_name(value: &Value) -> Option<&str> {
    let mut at = value;
    loop {
        at = match &at.kind {
            ValueKind::Name(name) => return Some(name),
            ValueKind::Member(of, _) | ValueKind::Await(of) | ValueKind::Index(of, _) => of,
            ValueKind::Call(call) => &call.callee,
            _ => return None,
        };
    }
}
