//! All names of a place: as written, and as imports, types and assignments make it.

use super::eval::{MAX_STEPS, Place, Thing};
use super::program::{ClassId, Program};
use super::scope::Binding;
use crate::ir::{Call, ImportItem, Name, Receiver, Segment, Step, StepKind, TypeName, Value, ValueKind};

impl<'p> Program<'p> {
    /// The names of a call. The last segment is called.
    pub fn names_of_call(&self, call: &'p Call, place: Place, follow: bool) -> Vec<Name> {
        let mut names = vec![Name::of_call(call)];
        let last = names[0].segments.last().and_then(|segment| segment.called.clone());
        for mut name in self.canonical_names(&call.callee, place, follow) {
            match name.segments.last_mut() {
                Some(segment) => segment.called.clone_from(&last),
                None => continue,
            }
            if !names.contains(&name) {
                names.push(name);
            }
        }
        names
    }

    /// The last segments that the other names of a bare name may have; `None` where only an evaluation tells.
    pub fn other_names(&self, local: &str, place: Place) -> impl Iterator<Item = Option<&'p str>> {
        let module = self.module(place.module);
        self.scope(place.module).lookup(module, place.function, local).iter().filter_map(|binding| match binding {
            // A function of the file has no other name.
            Binding::Assigned { value, .. } if matches!(value.kind, ValueKind::Closure(_)) => None,
            Binding::Import(index) => match &module.imports[*index].item {
                ImportItem::Named(item) => Some(Some(item.as_str())),
                ImportItem::Default | ImportItem::Namespace | ImportItem::Star | ImportItem::SideEffect => Some(None),
            },
            Binding::Class(_) => None,
            Binding::Assigned { .. } | Binding::Parameter { .. } => Some(None),
        })
    }

    /// Whether a file says itself what a name stands for at a place.
    pub fn is_bound(&self, name: &str, place: Place) -> bool {
        !self.scope(place.module).lookup(self.module(place.module), place.function, name).is_empty()
    }

    /// The names of a value: a target of an assignment, an argument.
    pub fn names_of(&self, value: &'p Value, place: Place, follow: bool) -> Vec<Name> {
        if let ValueKind::Call(call) = &value.kind {
            return self.names_of_call(call, place, follow);
        }
        let mut names = vec![Name::written(value)];
        for name in self.canonical_names(value, place, follow) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        names
    }

    fn canonical_names(&self, value: &'p Value, place: Place, follow: bool) -> Vec<Name> {
        let mut names = Vec::new();
        match &value.kind {
            ValueKind::Await(inner) => return self.canonical_names(inner, place, follow),
            ValueKind::Member(of, member) => {
                for thing in self.eval(of, place, follow) {
                    if let Some(mut name) = self.name_of_thing(&thing) {
                        name.push(member.as_str());
                        names.push(name);
                    }
                    // What a class of the project inherits from outside bears the outside name too.
                    if let Thing::Instance(class) | Thing::Class(class) = thing
                        && let Some(members) = self.member_of_class(class, member, follow, 6)
                    {
                        names.extend(members.into_iter().filter_map(|thing| match thing {
                            Thing::Outside { name, .. } => Some(name),
                            _ => None,
                        }));
                    }
                }
                // What a class holds as its only unnamed part is known by the class: `self.0.remove(id)` of `struct Sessions(Map)`.
                if let ValueKind::Member(whole, part) = &of.kind
                    && part == "0"
                {
                    names.extend(self.eval(whole, place, follow).iter().filter(|thing| matches!(thing, Thing::Instance(_))).filter_map(|thing| {
                        let mut name = self.name_of_thing(thing)?;
                        name.push(member.as_str());
                        Some(name)
                    }));
                }
                // `Module.member` of a Rust path or Python package is one name.
                for thing in self.eval(value, place, false) {
                    if let Thing::Outside { name, .. } = thing {
                        names.push(name);
                    }
                }
            }
            ValueKind::Name(local) => {
                for thing in self.eval(value, place, follow) {
                    match thing {
                        Thing::Outside { name, made_by, .. } => {
                            names.extend(self.wrapped_name(&name, made_by));
                            names.push(name);
                        }
                        Thing::Function(function) => {
                            let name = &self.function(function).name;
                            if !name.is_empty() && name != local {
                                names.push(Name { imported: false, segments: vec![Segment { text: name.clone(), called: None }] });
                            }
                        }
                        Thing::Class(class) => {
                            names.push(Name { imported: false, segments: vec![Segment { text: self.class(class).name.clone(), called: None }] });
                        }
                        _ => {}
                    }
                }
                names.extend(self.receiver_names(local, place));
            }
            // `answer.cookies[NAME]`
            ValueKind::Index(of, _) => {
                for mut name in self.eval(of, place, follow).iter().filter_map(|thing| self.name_of_thing(thing)) {
                    name.push("[]");
                    names.push(name);
                }
            }
            ValueKind::Call(_) => {
                for thing in self.eval(value, place, follow) {
                    if let Thing::Outside { name, made_by, .. } = thing {
                        names.extend(self.wrapped_name(&name, made_by));
                        names.push(name);
                    }
                }
            }
            _ => {}
        }
        names
    }

    /// The method that a wrapper from outside makes a function of: `promisify(req.session.destroy.bind(req.session))`.
    fn wrapped_name(&self, name: &Name, made_by: Option<(&'p Call, Place)>) -> Option<Name> {
        let (call, place) = made_by?;
        if self.module(place.module).language.has_implicit_members() || name.segments.last().is_none_or(|last| last.called.is_none()) {
            return None;
        }
        let [argument] = call.args.as_slice() else { return None };
        let mut method = &argument.value;
        if let ValueKind::Call(bound) = &method.kind
            && let ValueKind::Member(of, last) = &bound.callee.kind
            && last == "bind"
        {
            method = of;
        }
        matches!(method.kind, ValueKind::Member(..)).then(|| Name::written(method))
    }

    /// The name by which members of a thing are reached.
    fn name_of_thing(&self, thing: &Thing<'p>) -> Option<Name> {
        match thing {
            Thing::Outside { name, .. } => Some(name.clone()),
            Thing::Instance(class) | Thing::Class(class) => Some(Name { imported: false, segments: vec![Segment { text: self.class(*class).name.clone(), called: None }] }),
            Thing::Function(_) | Thing::Module(_) | Thing::Literal(_, _) => None,
        }
    }

    /// A bare name inside lambdas with receivers: behind each receiver as written, the nearest first.
    fn receiver_names(&self, local: &str, place: Place) -> Vec<Name> {
        let module = self.module(place.module);
        let mut names = Vec::new();
        let mut at = place.function;
        while let Some(index) = at {
            let function = module.function(index);
            match &function.receiver {
                Some(Receiver::Value(value)) => {
                    let mut name = Name::written(value);
                    name.push(local);
                    names.push(name);
                }
                Some(Receiver::Type(ty)) => {
                    let mut name = Name::default();
                    name.push(ty.last());
                    name.push(local);
                    names.push(name);
                }
                None => {}
            }
            at = function.parent;
        }
        names
    }

    /// The call that made what the local name at a value's root is bound to: `const { run, data } = useRequest(…)`.
    pub fn maker_of(&self, value: &'p Value, place: Place) -> Option<(&'p Call, Place)> {
        self.made_locally(value, place).map(|(call, at, _)| (call, at))
    }

    /// The same, where the value is a part of what the call made: an answer, and not what asks for it.
    pub fn answer_of(&self, value: &'p Value, place: Place) -> Option<(&'p Call, Place)> {
        self.made_locally(value, place).filter(|(_, _, is_part)| *is_part).map(|(call, at, _)| (call, at))
    }

    /// The call from which a local name is taken, and the field by which: `const { status } = useSelector(…)`,
    /// `const status = useSelector((state) => state.auth.status)`.
    pub fn selected_field(&self, value: &'p Value, place: Place) -> Option<(&'p Call, &'p str)> {
        let ValueKind::Name(name) = &value.kind else { return None };
        let module = self.module(place.module);
        self.scope(place.module).lookup(module, place.function, name).iter().find_map(|binding| {
            let Binding::Assigned { value, path, .. } = binding else { return None };
            let ValueKind::Call(call) = &value.awaited().kind else { return None };
            if let Some(last) = path.last() {
                return Some((&**call, *last));
            }
            let ValueKind::Closure(index) = call.positional(0)?.kind else { return None };
            match module.function(index).body.as_slice() {
                [Step { kind: StepKind::Return(Some(given)), .. }] if matches!(given.kind, ValueKind::Member(..)) => Some((&**call, given.last_name())),
                _ => None,
            }
        })
    }

    fn made_locally(&self, value: &'p Value, place: Place) -> Option<(&'p Call, Place, bool)> {
        let mut at = value;
        let root = loop {
            at = match &at.kind {
                ValueKind::Name(name) => break name,
                ValueKind::Member(of, _) | ValueKind::Await(of) => of,
                _ => return None,
            };
        };
        let is_member = matches!(value.kind, ValueKind::Member(..));
        self.scope(place.module).lookup(self.module(place.module), place.function, root).iter().find_map(|binding| match binding {
            Binding::Assigned { value, path, within: Some(within), .. } => match &value.awaited().kind {
                ValueKind::Call(call) => Some((&**call, Place { module: place.module, function: Some(*within) }, is_member || !path.is_empty())),
                _ => None,
            },
            _ => None,
        })
    }

    /// The class of the project that a type names; its file is asked for if it is not lowered yet.
    pub fn class_of_type(&self, ty: &TypeName, place: Place) -> Option<ClassId> {
        self.eval_type(&TypeName { path: ty.path.clone(), args: Vec::new() }, place, true, MAX_STEPS).into_iter().find_map(|thing| match thing {
            Thing::Instance(class) => Some(class),
            _ => None,
        })
    }

    /// The literal that a value stands for, constants and assignments followed; itself where nothing is known.
    pub fn fold(&self, value: &'p Value, place: Place) -> (&'p Value, Place) {
        match &value.kind {
            ValueKind::Name(_) | ValueKind::Member(_, _) | ValueKind::Await(_) => {}
            _ => return (value, place),
        }
        for thing in self.eval(value, place, false) {
            match thing {
                Thing::Literal(literal, at) => return (literal, at),
                Thing::Outside { made_by: Some((call, at)), .. } if std::ptr::eq(value, &raw const call.callee) => return (value, at),
                _ => {}
            }
        }
        (value, place)
    }

    /// The expression that a local variable was set to, with the place where it stands; the value itself where that is not one.
    pub fn origin(&self, value: &'p Value, place: Place) -> (&'p Value, Place) {
        let (mut at, mut here) = (value, place);
        for _ in 0..MAX_STEPS {
            match &at.kind {
                ValueKind::Await(inner) => at = inner,
                ValueKind::Name(local) => {
                    let module = self.module(here.module);
                    let [Binding::Assigned { value, path, within, .. }] = self.scope(here.module).lookup(module, here.function, local) else { break };
                    if !path.is_empty() {
                        break;
                    }
                    at = value;
                    here = Place { module: here.module, function: *within };
                }
                _ => break,
            }
        }
        (at, here)
    }
}
