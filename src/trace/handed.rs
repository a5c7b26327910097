//! Objects that are handed over to be called later: the methods that run with them.

use crate::ir::{FunctionIndex, FunctionKind, Name, Value, ValueKind};
use crate::link::{ClassId, FunctionId, Place, Program, Thing};
use crate::rules::RuleSet;

/// How many classes may stand behind one object that is known by its interface.
const MAX_CLASSES: usize = 3;

/// The methods of an object of the project: those with a logout's name. An object that is only known by an interface
/// from outside may be of any class that names it as its base.
pub(super) fn methods_of<'p>(program: &Program<'p>, rules: &RuleSet, value: &'p Value, place: Place, follow: bool) -> Vec<FunctionId> {
    if !matches!(value.kind, ValueKind::Name(_) | ValueKind::Member(..) | ValueKind::Call(_)) {
        return Vec::new();
    }
    let mut classes: Vec<ClassId> = Vec::new();
    let mut made: Vec<FunctionId> = Vec::new();
    for thing in program.eval(value, place, follow) {
        match thing {
            Thing::Instance(class) => {
                classes.push(class);
                classes.extend(program.classes_deriving(&program.class(class).name));
            }
            Thing::Outside { name, .. } if name.imported || is_type(&name) => {
                classes.extend(program.classes_deriving(name.last()));
                made.extend(beans_of(program, value, name.last()));
            }
            _ => {}
        }
    }
    classes.sort();
    classes.dedup();
    if classes.len() > MAX_CLASSES {
        return Vec::new();
    }
    made.into_iter().chain(classes.into_iter().flat_map(|class| answering(program, rules, class))).collect()
}

/// Whether a name is that of a type alone: the declared type of a parameter or field that no import tells more about.
fn is_type(name: &Name) -> bool {
    matches!(name.segments.as_slice(), [only] if only.called.is_none() && only.text.starts_with(char::is_uppercase))
}

/// The functions that a container calls to make an object: they are annotated, are called like the object, and declare its type.
fn beans_of(program: &Program<'_>, value: &Value, ty: &str) -> Vec<FunctionId> {
    let (ValueKind::Name(name) | ValueKind::Member(_, name)) = &value.kind else { return Vec::new() };
    let makes = |function: &&FunctionId| {
        let function = program.function(**function);
        !function.annotations.is_empty() && function.returns.as_ref().is_some_and(|returns| returns.last() == ty)
    };
    program.functions_named(name).iter().filter(makes).copied().collect()
}

fn answering(program: &Program<'_>, rules: &RuleSet, class: ClassId) -> Vec<FunctionId> {
    let module = program.module(class.module);
    let is_answer = |index: &&FunctionIndex| {
        let function = module.function(**index);
        function.kind == FunctionKind::Method && rules.lexicon.is("logout", &function.name)
    };
    program.class(class).methods.iter().filter(is_answer).map(|index| FunctionId { module: class.module, index: *index }).collect()
}
