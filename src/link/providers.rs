//! The functions that provide what parameters are handed: `db=Depends(connect)`, `db: Annotated[Session, Depends(connect)]`.

use super::eval::Place;
use super::program::{FunctionId, ModuleId, Program};
use super::scope::Binding;
use crate::ir::{Call, ImportItem, Param, TypeName, Value, ValueKind};

impl<'p> Program<'p> {
    /// The functions of the project among the arguments of a parameter's default, of its annotations, and of what its type's other name adds.
    pub fn providers(&self, function: FunctionId, param: &'p Param, follow: bool) -> Vec<FunctionId> {
        let here = Place::of(function);
        let mut calls: Vec<(&'p Call, Place)> = param.annotations.iter().map(|call| (call, here)).collect();
        calls.extend(param.default.as_ref().and_then(called).map(|call| (call, here)));
        if let Some((added, at)) = param.ty.as_ref().and_then(|ty| self.added_to_type(ty, here, follow)) {
            calls.extend(added.iter().filter_map(called).map(|call| (call, at)));
        }
        calls.into_iter().flat_map(|(call, at)| call.args.iter().flat_map(move |argument| self.functions_of(&argument.value, at, follow))).collect()
    }

    /// What is added to a type where it is given another name (`Database = Annotated[Session, Depends(connect)]`), and where that stands.
    fn added_to_type(&self, ty: &TypeName, place: Place, follow: bool) -> Option<(&'p [Value], Place)> {
        let [name] = ty.path.as_slice() else { return None };
        let module = self.module(place.module);
        let added = |bindings: &[Binding<'p>], module: ModuleId| {
            bindings.iter().find_map(|binding| match binding {
                Binding::Assigned { value, ty: Some(_), within, .. } => match &value.kind {
                    ValueKind::Unknown(added) => Some((added.as_slice(), Place { module, function: *within })),
                    _ => None,
                },
                _ => None,
            })
        };
        let bindings = self.scope(place.module).lookup(module, place.function, name);
        if let Some(found) = added(bindings, place.module) {
            return Some(found);
        }
        bindings.iter().find_map(|binding| {
            let Binding::Import(index) = binding else { return None };
            let import = module.imports.get(*index)?;
            let ImportItem::Named(original) = &import.item else { return None };
            let files = self.find(place.module, &import.module, Some(original));
            let from = files.iter().find_map(|file| self.module_or_want(*file, follow))?;
            added(self.scope(from).lookup(self.module(from), None, original), from)
        })
    }
}

fn called(value: &Value) -> Option<&Call> {
    match &value.kind {
        ValueKind::Call(call) => Some(call),
        _ => None,
    }
}
