//! Functions that are declared outside a type and called as its members.

use super::eval::Thing;
use super::program::Program;
use super::scope::Binding;
use super::{FunctionId, Place};
use crate::ir::Receiver;

/// How many functions of one name may be meant.
const MAX_EXTENSIONS: usize = 3;

impl<'p> Program<'p> {
    /// The functions of that name, imported or at hand, that are declared for the type of `thing`, or for one that may be its.
    pub(super) fn extensions(&self, thing: &Thing<'p>, name: &str, place: Place, follow: bool, steps: usize) -> Vec<Thing<'p>> {
        let Thing::Outside { name: of, .. } = thing else {
            let Thing::Instance(class) = thing else { return Vec::new() };
            let class = self.class(*class).name.as_str();
            return self.declared_extensions(name, place, follow, steps, |receiver| receiver == class);
        };
        // What is called or indexed is of a type that nobody names.
        let ty = of.segments.last().filter(|last| of.imported && last.called.is_none() && last.text != "[]").map(|last| last.text.split('<').next().unwrap_or_default());
        let ty = ty.filter(|ty| ty.starts_with(char::is_uppercase));
        self.declared_extensions(name, place, follow, steps, |receiver| ty.is_none_or(|ty| ty == receiver))
    }

    fn declared_extensions(&self, name: &str, place: Place, follow: bool, steps: usize, fits: impl Fn(&str) -> bool) -> Vec<Thing<'p>> {
        let module = self.module(place.module);
        let bindings = self.scope(place.module).lookup(module, place.function, name);
        let mut found: Vec<(bool, FunctionId)> = Vec::new();
        for binding in bindings.iter().take(MAX_EXTENSIONS) {
            let is_import = matches!(binding, Binding::Import(_));
            found.extend(functions(self.eval_bindings(std::slice::from_ref(binding), name, place, follow, steps)).map(|function| (is_import, function)));
        }
        if bindings.is_empty() {
            for sibling in self.modules_in(&module.package).iter().filter(|sibling| **sibling != place.module) {
                let bindings = self.scope(*sibling).top(name);
                if !bindings.is_empty() {
                    let at = Place { module: *sibling, function: None };
                    found.extend(functions(self.eval_bindings(bindings, name, at, follow, steps)).map(|function| (false, function)));
                }
            }
        }
        if found.is_empty() && !self.scope(place.module).stars.is_empty() {
            found.extend(functions(self.star_member(place.module, name, follow, steps)).map(|function| (false, function)));
        }
        found.retain(|(is_import, function)| match &self.function(*function).receiver {
            // NOTE: who imports a function by its name means it, whatever is known of the receiver.
            Some(Receiver::Type(ty)) => *is_import || fits(ty.last()),
            _ => false,
        });
        found.truncate(MAX_EXTENSIONS);
        found.into_iter().map(|(_, function)| Thing::Function(function)).collect()
    }
}

fn functions(things: Vec<Thing<'_>>) -> impl Iterator<Item = FunctionId> {
    things.into_iter().filter_map(|thing| match thing {
        Thing::Function(function) => Some(function),
        _ => None,
    })
}
