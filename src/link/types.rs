//! What a type stands for, and the class around a place.

use super::eval::{Place, Thing};
use super::program::{ClassId, Program};
use super::scope::Binding;
use crate::ir::{ClassIndex, Name, TypeName, ValueKind};
use crate::source::Language;

/// How far what is made from a description is followed.
const MAX_DESCRIBED: usize = 8;

impl<'p> Program<'p> {
    /// A type as a thing: an instance of a class of the project, or a name outside.
    pub(super) fn eval_type(&self, ty: &TypeName, place: Place, follow: bool, steps: usize) -> Vec<Thing<'p>> {
        let Some(steps) = steps.checked_sub(1) else { return Vec::new() };
        if ty.path.is_empty() {
            return ty.args.iter().flat_map(|arg| self.eval_type(arg, place, follow, steps)).collect();
        }
        let mut things = Vec::new();
        for thing in self.type_named(&ty.path, place, follow, steps) {
            match thing {
                Thing::Class(class) => things.push(Thing::Instance(class)),
                // `const Base = require("./base")`
                Thing::Module(module) => things.extend(self.exported(module, "default", follow, steps).into_iter().map(|thing| match thing {
                    Thing::Class(class) => Thing::Instance(class),
                    thing => thing,
                })),
                Thing::Outside { mut name, .. } => {
                    if let (Some(last), [argument, ..]) = (name.segments.last_mut(), ty.args.as_slice()) {
                        last.text = format!("{}<{}>", last.text, argument.last());
                    }
                    things.push(Thing::outside(name));
                }
                other => things.push(other),
            }
        }
        if let [argument, ..] = ty.args.as_slice()
            && self.module(place.module).language.wraps(ty.last())
        {
            things.extend(self.eval_type(argument, place, follow, steps).into_iter().filter(|thing| matches!(thing, Thing::Outside { .. })));
        }
        // What a wrapper holds (`Arc<T>`, `State<T>`, `Lazy<T>`) is reached through it.
        if !things.iter().any(|thing| matches!(thing, Thing::Instance(_))) {
            for argument in &ty.args {
                things.extend(self.eval_type(argument, place, follow, steps).into_iter().filter(|thing| matches!(thing, Thing::Instance(_))));
            }
        }
        things
    }

    fn type_named(&self, path: &[String], place: Place, follow: bool, steps: usize) -> Vec<Thing<'p>> {
        let Some((first, rest)) = path.split_first() else { return Vec::new() };
        if let ("Self", Some(class)) = (first.as_str(), self.class_around(place)) {
            return vec![Thing::Class(class)];
        }
        let module = self.module(place.module);
        let scope = self.scope(place.module);
        let bindings = scope.lookup(module, place.function, first);
        let mut things: Vec<Thing<'p>> = Vec::new();
        for binding in bindings {
            match binding {
                Binding::Class(_) | Binding::Import(_) => things.extend(self.eval_binding(binding, first, place, follow, steps)),
                // A type alias.
                Binding::Assigned { ty: Some(ty), value, .. } if matches!(value.kind, ValueKind::Unknown(_)) => things.extend(self.eval_type(ty, place, follow, steps)),
                Binding::Assigned { .. } | Binding::Parameter { .. } => {}
            }
        }
        if things.is_empty()
            && let Some(found) = self.package_member(place.module, first, follow, steps)
        {
            things = found;
        }
        if things.is_empty() && !scope.stars.is_empty() {
            things = self.star_member(place.module, first, follow, steps);
        }
        if things.is_empty() {
            let mut name = Name::default();
            name.push(first.as_str());
            things.push(Thing::outside(name));
        }
        for part in rest {
            things = things.into_iter().flat_map(|thing| self.member(thing, part, follow, steps)).collect();
        }
        // What a macro makes in a module of the project is known by how it is written, though the module adds methods to it:
        // `refresh_token::ActiveModel`.
        let is_made_elsewhere = |thing: &Thing<'p>| match thing {
            Thing::Outside { .. } => true,
            Thing::Class(class) => module.language == Language::Rust && self.class(*class).fields.is_empty(),
            _ => false,
        };
        if path.len() > 1 && things.iter().all(is_made_elsewhere) {
            let mut name = Name::default();
            path.iter().for_each(|part| name.push(part.as_str()));
            things.push(Thing::outside(name));
        }
        things
    }

    /// The class whose member the function around a place is.
    pub fn class_around(&self, place: Place) -> Option<ClassId> {
        let module = self.module(place.module);
        let mut at = place.function;
        while let Some(index) = at {
            let function = module.function(index);
            if let Some(owner) = function.owner {
                return Some(ClassId { module: place.module, index: owner });
            }
            at = function.parent;
        }
        // A closure in the value of a field stands in no method.
        let span = module.function(place.function?).span;
        let around = module.classes.iter().enumerate().filter(|(_, class)| class.span.contains(span));
        let (index, _) = around.min_by_key(|(_, class)| class.span.end - class.span.start)?;
        Some(ClassId { module: place.module, index: ClassIndex(u32::try_from(index).ok()?) })
    }

    pub(super) fn eval_this(&self, place: Place, follow: bool, steps: usize) -> Vec<Thing<'p>> {
        match self.class_around(place) {
            Some(class) => vec![Thing::Instance(class)],
            None => {
                let mut name = Name::default();
                name.push("this");
                let mut things = self.held_by(place, follow, steps);
                things.extend(self.made_from_description(place, MAX_DESCRIBED));
                things.push(Thing::outside(name));
                things
            }
        }
    }

    pub(super) fn eval_super(&self, place: Place, follow: bool, steps: usize) -> Vec<Thing<'p>> {
        let Some(class) = self.class_around(place) else { return Vec::new() };
        let at = Place { module: class.module, function: None };
        self.class(class).bases.iter().flat_map(|base| self.eval_type(base, at, follow, steps)).collect()
    }
}
