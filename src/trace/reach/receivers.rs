//! The class of the object whose method runs, where the method is its base's: `logoutUseCase()` with
//! `abstract class UseCase { fun invoke() = execute(); abstract fun execute() }`.

use super::Walk;
use crate::ir::{Call, ClassKind, Value, ValueKind};
use crate::link::{ClassId, FunctionId, Thing};

impl<'p> Walk<'_, '_, 'p> {
    /// The class of the object whose method a call runs, where the method stands in a class that leaves some of its work to those below it.
    pub(super) fn receiver_of(&self, call: &'p Call, target: FunctionId) -> Option<ClassId> {
        let program = self.reach.program;
        let owner = ClassId { module: target.module, index: program.function(target).owner? };
        if of_itself(&call.callee).is_some() && self.state.receiver.is_some() {
            return self.state.receiver;
        }
        if program.class(owner).kind != ClassKind::Interface {
            return None;
        }
        let object = match &call.callee.kind {
            ValueKind::Member(of, _) => of,
            _ => &call.callee,
        };
        program.eval(object, self.place(), false).into_iter().find_map(|thing| match thing {
            Thing::Instance(class) if class != owner => Some(class),
            _ => None,
        })
    }

    /// The method by which the object itself answers a call of one of its own, where the class that calls it leaves it open.
    pub(super) fn own_method(&self, call: &'p Call, targets: &[FunctionId]) -> Option<FunctionId> {
        let class = self.state.receiver?;
        let name = of_itself(&call.callee)?;
        let program = self.reach.program;
        let is_method = |target: &FunctionId| program.function(*target).owner.is_some() && program.function(*target).name == name;
        if !targets.iter().all(is_method) {
            return None;
        }
        let module = program.module(class.module);
        let is_it = |index: &crate::ir::FunctionIndex| module.function(*index).name == name && !module.function(*index).body.is_empty();
        program.class(class).methods.iter().copied().find(is_it).map(|index| FunctionId { module: class.module, index })
    }
}

/// The name of a method that is called on the object itself: `execute()`, `this.execute()`.
fn of_itself(callee: &Value) -> Option<&str> {
    match &callee.kind {
        ValueKind::Name(name) => Some(name),
        ValueKind::Member(of, name) if matches!(of.kind, ValueKind::This) => Some(name),
        _ => None,
    }
}
