//! Structs, enums, traits and `impl` blocks.

use proc_macro2::Ident;
use quote::ToTokens;
use syn::{Attribute, Fields, GenericArgument, ImplItem, ItemEnum, ItemImpl, ItemStruct, ItemTrait, ItemUnion, PathArguments, TraitItem, Type, TypeParamBound, WherePredicate};

use super::functions::FunctionSource;
use super::items::is_test;
use super::lowerer::{Lowerer, plain};
use super::types::{bound_type, path_type, type_name};
use crate::ir::{Block, Class, ClassIndex, ClassKind, Field, FunctionIndex, FunctionKind, TypeName, ValueKind};
use crate::source::Span;

impl Lowerer {
    /// A struct; tuple fields are called by their number.
    pub(super) fn struct_item(&mut self, item: &ItemStruct) {
        let last = item.semi_token.map_or_else(|| fields_end(&item.fields), |semi| Some(semi.span));
        let span = self.between(item.struct_token.span, last.unwrap_or_else(|| item.ident.span()));
        let index = self.declare(&item.ident, ClassKind::Struct, span, &item.attrs);
        let fields = self.fields(&item.fields);
        self.fill(index, |class| class.fields.extend(fields));
    }

    /// A union, of which only the name matters.
    pub(super) fn union_item(&mut self, item: &ItemUnion) {
        let span = self.between(item.union_token.span, item.fields.brace_token.span.close());
        self.declare(&item.ident, ClassKind::Struct, span, &item.attrs);
    }

    /// Variants are static fields; their type is what they hold.
    pub(super) fn enum_item(&mut self, item: &ItemEnum) {
        let span = self.between(item.enum_token.span, item.brace_token.span.close());
        let index = self.declare(&item.ident, ClassKind::Enum, span, &item.attrs);
        let variants: Vec<_> = item
            .variants
            .iter()
            .map(|variant| Field {
                name: plain(&variant.ident),
                ty: variant_type(&variant.fields),
                value: variant.discriminant.as_ref().map(|(_, expr)| self.value(expr)),
                annotations: self.annotations(&variant.attrs),
                is_static: true,
                span: self.span(variant.ident.span()),
            })
            .collect();
        self.fill(index, |class| class.fields.extend(variants));
    }

    /// A trait with its methods, bodies or not.
    pub(super) fn trait_item(&mut self, item: &ItemTrait) {
        let span = self.between(item.trait_token.span, item.brace_token.span.close());
        let index = self.declare(&item.ident, ClassKind::Interface, span, &item.attrs);
        let bases: Vec<_> = item.supertraits.iter().filter_map(bound_type).collect();
        self.fill(index, |class| class.bases.extend(bases));
        let own = TypeName { path: vec![plain(&item.ident)], args: Vec::new() };
        for member in &item.items {
            match member {
                TraitItem::Fn(method) => {
                    let source = FunctionSource {
                        attrs: &method.attrs,
                        vis: None,
                        sig: &method.sig,
                        body: method.default.as_ref(),
                        kind: FunctionKind::Method,
                        owner: Some(index),
                        receiver: Some(own.clone()),
                    };
                    self.method(index, &source);
                }
                TraitItem::Const(constant) => {
                    let value = constant.default.as_ref().map(|(_, expr)| expr);
                    self.constant_field(index, &constant.ident, &constant.ty, value);
                }
                _ => {}
            }
        }
    }

    /// The members go to the class of the self type, which is made up if this file does not declare it.
    pub(super) fn impl_block(&mut self, block: &ItemImpl) {
        if only_hands_on(block) {
            return;
        }
        let own = type_name(&block.self_ty);
        let index = self.class_of(block, &own);
        if let Some((path, _)) = &block.trait_ {
            let base = path_type(path);
            self.fill(index, |class| {
                if !class.bases.contains(&base) {
                    class.bases.push(base);
                }
            });
        }
        let first = self.module.functions.len();
        for member in &block.items {
            match member {
                ImplItem::Fn(method) if !is_test(&method.attrs) => {
                    let source = FunctionSource {
                        attrs: &method.attrs,
                        vis: Some(&method.vis),
                        sig: &method.sig,
                        body: Some(&method.block),
                        kind: FunctionKind::Method,
                        owner: Some(index),
                        receiver: Some(own.clone()),
                    };
                    self.method(index, &source);
                }
                ImplItem::Const(constant) => self.constant_field(index, &constant.ident, &constant.ty, Some(&constant.expr)),
                ImplItem::Type(alias) => {
                    let field = Field {
                        name: plain(&alias.ident),
                        ty: Some(type_name(&alias.ty)),
                        value: None,
                        annotations: Vec::new(),
                        is_static: true,
                        span: self.span(alias.ident.span()),
                    };
                    self.fill(index, |class| class.fields.push(field));
                }
                _ => {}
            }
        }
        let aliases: Vec<(String, TypeName)> =
            block.items.iter().filter_map(|member| if let ImplItem::Type(alias) = member { Some((plain(&alias.ident), type_name(&alias.ty))) } else { None }).collect();
        if !aliases.is_empty() {
            for function in self.module.functions.iter_mut().skip(first) {
                function.params.iter_mut().filter_map(|param| param.ty.as_mut()).chain(&mut function.returns).for_each(|ty| name_associated(ty, &aliases));
            }
        }
    }

    fn class_of(&mut self, block: &ItemImpl, own: &TypeName) -> ClassIndex {
        let name = if own.path.is_empty() { block.self_ty.to_token_stream().to_string() } else { own.last().to_owned() };
        if let Some(index) = self.classes.get(&name) {
            return *index;
        }
        let head = self.whole(&block.self_ty);
        let span = self.between(block.impl_token.span, block.brace_token.span.close());
        self.push_class(name, ClassKind::Struct, span, head)
    }

    /// Declares a class, or completes the one that an `impl` block further up made.
    fn declare(&mut self, ident: &Ident, kind: ClassKind, span: Span, attrs: &[Attribute]) -> ClassIndex {
        let head = self.span(ident.span());
        let annotations = self.annotations(attrs);
        let name = plain(ident);
        // Two declarations of one name (in inline modules, or under different features) stay two classes.
        let known = self.classes.get(&name).copied().filter(|index| self.made_by_impl.contains(index));
        let index = known.unwrap_or_else(|| self.push_class(name, kind, span, head));
        self.made_by_impl.remove(&index);
        self.fill(index, |class| {
            class.kind = kind;
            class.span = span;
            class.head = head;
            class.annotations = annotations;
        });
        index
    }

    pub(super) fn push_class(&mut self, name: String, kind: ClassKind, span: Span, head: Span) -> ClassIndex {
        // NOTE: a file within the size limit cannot hold four thousand million classes.
        let index = ClassIndex(self.module.classes.len() as u32);
        self.classes.insert(name.clone(), index);
        self.made_by_impl.insert(index);
        let class = Class { name, kind, bases: Vec::new(), annotations: Vec::new(), fields: Vec::new(), methods: Vec::new(), body: Block::new(), outer: None, span, head };
        self.module.classes.push(class);
        index
    }

    fn fill(&mut self, index: ClassIndex, change: impl FnOnce(&mut Class)) {
        if let Some(class) = self.module.classes.get_mut(index.0 as usize) {
            change(class);
        }
    }

    pub(super) fn method(&mut self, class: ClassIndex, source: &FunctionSource) {
        let value = self.declared(source);
        if let ValueKind::Closure(index) = value.kind {
            self.add_method(class, index);
        }
    }

    fn add_method(&mut self, class: ClassIndex, method: FunctionIndex) {
        self.fill(class, |class| class.methods.push(method));
    }

    fn constant_field(&mut self, class: ClassIndex, ident: &Ident, ty: &syn::Type, value: Option<&syn::Expr>) {
        let value = value.map(|expr| self.bound_value(expr, ident));
        let field = Field { name: plain(ident), ty: Some(type_name(ty)), value, annotations: Vec::new(), is_static: true, span: self.span(ident.span()) };
        self.fill(class, |class| class.fields.push(field));
    }

    fn fields(&mut self, fields: &Fields) -> Vec<Field> {
        let mut lowered = Vec::new();
        for (place, field) in fields.iter().enumerate() {
            let name = field.ident.as_ref().map_or_else(|| place.to_string(), plain);
            let span = field.ident.as_ref().map_or_else(|| self.whole(&field.ty), |ident| self.span(ident.span()));
            let annotations = self.annotations(&field.attrs);
            lowered.push(Field { name, ty: Some(type_name(&field.ty)), value: None, annotations, is_static: false, span });
        }
        lowered
    }
}

fn fields_end(fields: &Fields) -> Option<proc_macro2::Span> {
    match fields {
        Fields::Named(named) => Some(named.brace_token.span.close()),
        Fields::Unnamed(unnamed) => Some(unnamed.paren_token.span.close()),
        Fields::Unit => None,
    }
}

/// The type of a variant with one unnamed field is that field's; with several, a tuple's.
fn variant_type(fields: &Fields) -> Option<TypeName> {
    let mut types: Vec<_> = fields.iter().map(|field| type_name(&field.ty)).collect();
    match (fields, types.len()) {
        (Fields::Unit, _) | (_, 0) => None,
        (Fields::Unnamed(_), 1) => types.pop(),
        _ => Some(TypeName { path: Vec::new(), args: types }),
    }
}

/// `impl<T: Store> Store for Arc<T>`, `&T` or `Box<dyn Store>`: whoever holds one may be asked like the one that is held, which is what does it.
fn only_hands_on(block: &ItemImpl) -> bool {
    let Some(asked) = block.trait_.as_ref().and_then(|(path, _)| path.segments.last()) else { return false };
    let held = match &*block.self_ty {
        Type::Reference(reference) => Some(&*reference.elem),
        Type::Path(path) => path.path.segments.last().filter(|last| matches!(last.ident.to_string().as_str(), "Arc" | "Rc" | "Box")).and_then(|last| match &last.arguments {
            PathArguments::AngleBracketed(arguments) => arguments.args.iter().find_map(|argument| match argument {
                GenericArgument::Type(held) => Some(held),
                _ => None,
            }),
            _ => None,
        }),
        _ => None,
    };
    let is_asked = |bound: &TypeParamBound| matches!(bound, TypeParamBound::Trait(bound) if bound.path.segments.last().is_some_and(|last| last.ident == asked.ident));
    match held {
        Some(Type::TraitObject(object)) => object.bounds.iter().any(is_asked),
        Some(Type::Path(path)) => path.path.get_ident().is_some_and(|name| {
            let declared = block.generics.type_params().any(|parameter| parameter.ident == *name && parameter.bounds.iter().any(is_asked));
            let further = block.generics.where_clause.iter().flat_map(|clause| &clause.predicates);
            declared || further.into_iter().any(|predicate| matches!(predicate, WherePredicate::Type(bounded) if matches!(&bounded.bounded_ty, Type::Path(path) if path.path.is_ident(name)) && bounded.bounds.iter().any(is_asked)))
        }),
        _ => false,
    }
}

/// Puts the types of an `impl` block in the place of their names: `Self::Args` where `type Args = Session`.
fn name_associated(ty: &mut TypeName, aliases: &[(String, TypeName)]) {
    if let [own, name] = ty.path.as_slice()
        && own == "Self"
        && let Some((_, named)) = aliases.iter().find(|(alias, _)| alias == name)
    {
        *ty = named.clone();
        return;
    }
    ty.args.iter_mut().for_each(|argument| name_associated(argument, aliases));
}
