//! Types as written, without references.

use syn::{GenericArgument, PathArguments, ReturnType, Type, TypeParamBound};

use super::lowerer::plain;
use crate::ir::TypeName;

/// Types nested deeper than this are cut off: nobody writes them.
const MAX_TYPE_DEPTH: usize = 24;
/// A path longer than this was not written by a person.
pub(super) const MAX_SEGMENTS: usize = 32;

/// A type; `&T`, `*T`, `dyn T` and `impl T` are `T`, tuples, slices and function types have arguments and no name.
pub(super) fn type_name(ty: &Type) -> TypeName {
    at_depth(ty, 0)
}

/// The type a path names.
pub(super) fn path_type(path: &syn::Path) -> TypeName {
    path_at_depth(path, 0)
}

/// What a function gives back.
pub(super) fn returned(output: &ReturnType) -> Option<TypeName> {
    match output {
        ReturnType::Default => None,
        ReturnType::Type(_, ty) => Some(type_name(ty)),
    }
}

/// Every type argument of a path, in order.
pub(super) fn path_arguments(path: &syn::Path) -> Vec<TypeName> {
    path.segments.iter().flat_map(|segment| arguments(&segment.arguments, 0)).collect()
}

/// The type arguments of a method call.
pub(super) fn turbofish(generics: &syn::AngleBracketedGenericArguments) -> Vec<TypeName> {
    generics.args.iter().filter_map(|argument| generic(argument, 0)).collect()
}

fn unnamed(args: Vec<TypeName>) -> TypeName {
    TypeName { path: Vec::new(), args }
}

fn at_depth(ty: &Type, depth: usize) -> TypeName {
    if depth > MAX_TYPE_DEPTH {
        return unnamed(Vec::new());
    }
    let deeper = depth + 1;
    match ty {
        Type::Path(path) => match &path.qself {
            Some(own) if path.path.segments.len() <= 1 => at_depth(&own.ty, deeper),
            Some(_) | None => path_at_depth(&path.path, deeper),
        },
        Type::Reference(reference) => at_depth(&reference.elem, deeper),
        Type::Ptr(pointer) => at_depth(&pointer.elem, deeper),
        Type::Paren(paren) => at_depth(&paren.elem, deeper),
        Type::Group(group) => at_depth(&group.elem, deeper),
        Type::ImplTrait(bounds) => bound(bounds.bounds.iter(), deeper),
        Type::TraitObject(bounds) => bound(bounds.bounds.iter(), deeper),
        Type::Tuple(tuple) => unnamed(tuple.elems.iter().map(|elem| at_depth(elem, deeper)).collect()),
        Type::Slice(slice) => unnamed(vec![at_depth(&slice.elem, deeper)]),
        Type::Array(array) => unnamed(vec![at_depth(&array.elem, deeper)]),
        Type::FnPtr(function) => unnamed(function.inputs.iter().map(|input| at_depth(&input.ty, deeper)).chain(output(&function.output, deeper)).collect()),
        Type::Never(_) => TypeName { path: vec!["!".to_owned()], args: Vec::new() },
        Type::Infer(_) => TypeName { path: vec!["_".to_owned()], args: Vec::new() },
        _ => unnamed(Vec::new()),
    }
}

/// The first trait of a list of bounds.
fn bound<'t>(mut bounds: impl Iterator<Item = &'t TypeParamBound>, depth: usize) -> TypeName {
    let first = bounds.find_map(|bound| if let TypeParamBound::Trait(bound) = bound { Some(&bound.path) } else { None });
    first.map_or_else(|| unnamed(Vec::new()), |path| path_at_depth(path, depth))
}

/// The trait a bound names, if it names one.
pub(super) fn bound_type(bound: &TypeParamBound) -> Option<TypeName> {
    if let TypeParamBound::Trait(bound) = bound { Some(path_type(&bound.path)) } else { None }
}

fn path_at_depth(path: &syn::Path, depth: usize) -> TypeName {
    let names = path.segments.iter().take(MAX_SEGMENTS).map(|segment| plain(&segment.ident)).collect();
    let args = path.segments.last().map_or_else(Vec::new, |segment| arguments(&segment.arguments, depth));
    TypeName { path: names, args }
}

fn arguments(arguments: &PathArguments, depth: usize) -> Vec<TypeName> {
    match arguments {
        PathArguments::None => Vec::new(),
        PathArguments::AngleBracketed(generics) => generics.args.iter().filter_map(|argument| generic(argument, depth)).collect(),
        PathArguments::Parenthesized(function) => function.inputs.iter().map(|input| at_depth(&input.ty, depth)).chain(output(&function.output, depth)).collect(),
    }
}

fn output(output: &ReturnType, depth: usize) -> Option<TypeName> {
    match output {
        ReturnType::Default => None,
        ReturnType::Type(_, ty) => Some(at_depth(ty, depth)),
    }
}

fn generic(argument: &GenericArgument, depth: usize) -> Option<TypeName> {
    match argument {
        GenericArgument::Type(ty) => Some(at_depth(ty, depth)),
        GenericArgument::AssocType(assoc) => Some(at_depth(&assoc.ty, depth)),
        _ => None,
    }
}
