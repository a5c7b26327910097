//! Items: what stands at the top of a file, in an inline module, or among the statements of a body.

use proc_macro2::{TokenStream, TokenTree};
use syn::{Expr, Item, ItemMod, Meta};

use super::functions::FunctionSource;
use super::lowerer::{Lowerer, NESTED, evaluate, name, plain, unknown};
use crate::ir::{AssignOp, Block, FunctionKind, ImportItem, Step, StepKind, TypeName, Value};

impl Lowerer {
    /// Items in order; what they declare as a name is a step in `out`.
    pub(super) fn items(&mut self, items: &[Item], out: &mut Block) {
        for item in items {
            self.item(item, out);
        }
    }

    /// One item.
    pub(super) fn item(&mut self, item: &Item, out: &mut Block) {
        match item {
            Item::Fn(function) if !is_test(&function.attrs) => {
                let source = FunctionSource {
                    attrs: &function.attrs,
                    vis: Some(&function.vis),
                    sig: &function.sig,
                    body: Some(&function.block),
                    kind: FunctionKind::Function,
                    owner: None,
                    receiver: None,
                };
                let closure = self.declared(&source);
                let ident = &function.sig.ident;
                let target = name(plain(ident), self.span(ident.span()));
                out.push(assign(target, AssignOp::Declare, closure, None));
            }
            Item::Impl(block) if !is_test(&block.attrs) => self.impl_block(block),
            Item::Struct(item) if !is_test(&item.attrs) => self.struct_item(item),
            Item::Enum(item) if !is_test(&item.attrs) => self.enum_item(item),
            Item::Union(item) => self.union_item(item),
            Item::Trait(item) if !is_test(&item.attrs) => self.trait_item(item),
            Item::Use(item) if !is_test(&item.attrs) => self.uses(item),
            Item::Mod(item) if !is_test(&item.attrs) => self.inline_or_outer_module(item, out),
            Item::Const(item) => self.constant(&item.ident, &item.ty, &item.expr, out),
            Item::Static(item) => self.constant(&item.ident, &item.ty, &item.expr, out),
            Item::Type(item) => {
                let span = self.span(item.ident.span());
                let ty = Some(super::types::type_name(&item.ty));
                out.push(assign(name(plain(&item.ident), span), AssignOp::Declare, unknown(Vec::new(), span), ty));
            }
            Item::ExternCrate(item) => {
                let local = item.rename.as_ref().map_or_else(|| plain(&item.ident), |(_, rename)| plain(rename));
                let span = self.span(item.ident.span());
                self.import(local, plain(&item.ident), ImportItem::Namespace, span);
            }
            // A `macro_rules!` definition has a name and is no code of this file.
            Item::Macro(item) if item.ident.is_none() && !item.mac.path.is_ident("macro_rules") => {
                self.item_macro(&item.mac, out);
            }
            _ => {}
        }
    }

    /// A macro around items: what is Rust in it is lowered as if it stood there by itself (`static ref` is `static`).
    fn item_macro(&mut self, call: &syn::Macro, out: &mut Block) {
        let mut after_static = false;
        let tokens = call.tokens.clone().into_iter().filter(|token| {
            let is_ref = after_static && matches!(token, TokenTree::Ident(word) if word == "ref");
            after_static = matches!(token, TokenTree::Ident(word) if word == "static");
            !is_ref
        });
        if let Ok(file) = syn::parse2::<syn::File>(tokens.collect())
            && !file.items.is_empty()
            && self.deeper(NESTED, call.bang_token.span, |lowerer| lowerer.items(&file.items, out)).is_some()
        {
            return;
        }
        let call = self.macro_value(call);
        out.push(evaluate(call));
    }

    fn inline_or_outer_module(&mut self, item: &ItemMod, out: &mut Block) {
        let Some((_, items)) = &item.content else {
            self.outer_module(&item.ident);
            return;
        };
        let span = self.span(item.ident.span());
        self.import(plain(&item.ident), "self".to_owned(), ImportItem::Namespace, span);
        self.inline_modules += 1;
        self.deeper(NESTED, item.ident.span(), |lowerer| lowerer.items(items, out));
        self.inline_modules -= 1;
    }

    fn constant(&mut self, ident: &proc_macro2::Ident, ty: &syn::Type, expr: &Expr, out: &mut Block) {
        let target = name(plain(ident), self.span(ident.span()));
        let value = self.bound_value(expr, ident);
        out.push(assign(target, AssignOp::Declare, value, Some(super::types::type_name(ty))));
    }
}

/// An assignment whose span reaches from its target to its value.
pub(super) fn assign(target: Value, op: AssignOp, value: Value, ty: Option<TypeName>) -> Step {
    let span = crate::source::Span { start: target.span.start.min(value.span.start), end: target.span.end.max(value.span.end) };
    Step { kind: StepKind::Assign { target, op, value, ty }, span }
}

/// Whether `#[cfg(test)]` or `#[cfg(all(test, …))]` keeps the item out of the program.
pub(super) fn is_test(attrs: &[syn::Attribute]) -> bool {
    attrs.iter().any(|attr| match &attr.meta {
        Meta::List(list) => list.path.is_ident("cfg") && asks_for_test(list.tokens.clone()),
        Meta::Path(_) | Meta::NameValue(_) => false,
    })
}

fn asks_for_test(tokens: TokenStream) -> bool {
    let tokens: Vec<_> = tokens.into_iter().collect();
    match tokens.as_slice() {
        [TokenTree::Ident(word)] => word == "test",
        [TokenTree::Ident(word), TokenTree::Group(group)] if word == "all" => group.stream().into_iter().any(|token| matches!(token, TokenTree::Ident(word) if word == "test")),
        _ => false,
    }
}
