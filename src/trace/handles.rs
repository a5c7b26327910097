//! The handles by which pages run functions on the server: `<ActionForm action=logout_action>`.

use super::candidates::is_logout_name;
use super::endpoints::Endpoints;
use super::survey::MatchSite;
use crate::ir::{Call, Value};
use crate::link::{FunctionId, Place, Program, Thing};
use crate::rules::{RuleSet, split_words};

/// The annotated function of the server, and its endpoint, whose handle a value is: the one of its type, and else the one that is called
/// like the value.
pub(super) fn handled<'p>(program: &Program<'p>, rules: &RuleSet, endpoints: &Endpoints<'p>, handle: &'p Value, place: Place) -> Option<(FunctionId, usize)> {
    let ty = handled_type(program, handle, place);
    let typed = ty.as_ref().map(|ty| split_words(ty).join("_"));
    let name = typed.as_deref().filter(|typed| is_logout_name(rules, typed)).unwrap_or_else(|| handle.last_name());
    let same_language = |function: &FunctionId| program.module(function.module).language == program.module(place.module).language;
    let served = |function: &FunctionId| Some((*function, *endpoints.by_function.get(function)?.iter().find(|index| annotation(endpoints, **index).is_some())?));
    let of_name = program.functions_named(name).iter().filter(|function| same_language(function)).find_map(served);
    of_name.or_else(|| of_type(endpoints, &ty?).filter(|(function, _)| same_language(function)))
}

/// Whether a value is the handle of a function of the server by its type.
pub(super) fn is_typed_handle<'p>(program: &Program<'p>, rules: &RuleSet, endpoints: &Endpoints<'p>, handle: &'p Value, place: Place) -> bool {
    handled_type(program, handle, place).is_some() && handled(program, rules, endpoints, handle, place).is_some()
}

/// The type for which a handle is made or declared: `ServerAction::<LogoutUser>::new()` is the handle of `logout_user`, or of what is
/// annotated with that type.
fn handled_type<'p>(program: &Program<'p>, handle: &'p Value, place: Place) -> Option<String> {
    if let Some(ty) = program.maker_of(handle, place).and_then(|(maker, _)| maker.types.first()) {
        return Some(ty.last().to_owned());
    }
    program.eval(handle, place, false).into_iter().find_map(|thing| match thing {
        Thing::Outside { name, .. } => Some(name.last().split_once('<')?.1.trim_end_matches('>').to_owned()),
        _ => None,
    })
}

/// The function whose annotation begins with a type: `#[server(MemberLogout)]`.
fn of_type(endpoints: &Endpoints<'_>, ty: &str) -> Option<(FunctionId, usize)> {
    let bears = |index: usize| annotation(endpoints, index).is_some_and(|call| call.positional(0).is_some_and(|first| first.last_name() == ty));
    let index = (0..endpoints.all.len()).find(|index| bears(*index))?;
    Some((*endpoints.all.get(index)?.functions.first()?, index))
}

/// The annotation that declares an endpoint.
fn annotation<'p>(endpoints: &Endpoints<'p>, index: usize) -> Option<&'p Call> {
    match endpoints.all.get(index)?.site {
        Some(MatchSite::Annotation(annotation, _)) => Some(annotation),
        _ => None,
    }
}
