//! Paths of routes that are declared by a class: an annotation of the class that a call names as its type argument.

use rustc_hash::FxHashSet;

use super::endpoints::join;
use super::locate::texts_of;
use crate::ir::{TypeName, Value};
use crate::link::{ClassId, Place, Program, Thing};

/// How deep classes of paths may stand in one another.
const MAX_PARENTS: usize = 8;

/// The path of a type: what the annotation of its class says, behind what those of its parents say; where no annotation
/// is asked for, its name in lower case.
pub(super) fn typed_path<'p>(program: &Program<'p>, ty: &'p TypeName, place: Place, annotation: Option<&str>) -> Option<String> {
    let Some(annotation) = annotation else {
        return Some(ty.last().to_lowercase()).filter(|name| !name.is_empty());
    };
    class_path(program, program.class_of_type(ty, place)?, annotation)
}

/// The path of the class of which a value is made.
pub(super) fn made_path<'p>(program: &Program<'p>, value: &'p Value, place: Place, annotation: &str) -> Option<String> {
    program.eval(value, place, true).into_iter().find_map(|thing| match thing {
        Thing::Instance(class) => class_path(program, class, annotation),
        _ => None,
    })
}

fn class_path(program: &Program<'_>, class: ClassId, annotation: &str) -> Option<String> {
    let mut at = class;
    let mut path = annotated_path(program, at, annotation)?;
    let mut seen = FxHashSet::default();
    while seen.len() < MAX_PARENTS && seen.insert(at) {
        let Some((parent, before)) = parent_of(program, at, annotation) else { break };
        path = join(&before, &path);
        at = parent;
    }
    Some(path)
}

/// The first text of the annotation of that name.
fn annotated_path(program: &Program<'_>, class: ClassId, annotation: &str) -> Option<String> {
    let call = program.class(class).annotations.iter().find(|call| call.callee.last_name() == annotation)?;
    let place = Place { module: class.module, function: None };
    call.args.iter().flat_map(|argument| texts_of(program, &argument.value, place, 6)).next()
}

/// The class behind whose path this one's stands, with that path: the type of a field, or the class around it.
fn parent_of(program: &Program<'_>, class: ClassId, annotation: &str) -> Option<(ClassId, String)> {
    let declared = program.class(class);
    let place = Place { module: class.module, function: None };
    let of_field = declared.fields.iter().filter_map(|field| program.class_of_type(field.ty.as_ref()?, place));
    let outer = declared.outer.map(|index| ClassId { module: class.module, index });
    of_field.filter(|parent| *parent != class).chain(outer).find_map(|parent| Some((parent, annotated_path(program, parent, annotation)?)))
}
