//! Items: what stands at the top of a file, in an inline module, or among the statements of a body.

use proc_macro2::{TokenStream, TokenTree};
use rustc_hash::FxHashSet;
use syn::{Expr, Item, ItemMod, Meta, UseTree};

use super::functions::FunctionSource;
use super::lowerer::{Lowerer, NESTED, evaluate, name, plain, unknown};
use crate::ir::{AssignOp, Block, ClassKind, FunctionKind, ImportItem, Step, StepKind, TypeName, Value};

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
                if let Some(class) = self.namespace.filter(|_| self.enclosing.is_empty()) {
                    self.method(class, &FunctionSource { kind: FunctionKind::Method, owner: Some(class), ..source });
                    return;
                }
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
        let around = self.namespace.take();
        let is_doubled = |item: &Item| matches!(item, Item::Fn(function) if self.names.doubled.contains(&plain(&function.sig.ident)));
        if self.enclosing.is_empty() && items.iter().any(is_doubled) && !self.names.opened.contains(&plain(&item.ident)) {
            let whole = self.between(item.mod_token.span, item.ident.span());
            self.namespace = Some(self.push_class(plain(&item.ident), ClassKind::Object, whole, span));
            self.inline_modules += 1;
            self.deeper(NESTED, item.ident.span(), |lowerer| lowerer.items(items, out));
            self.inline_modules -= 1;
            self.namespace = around;
            return;
        }
        self.import(plain(&item.ident), "self".to_owned(), ImportItem::Namespace, span);
        self.inline_modules += 1;
        self.deeper(NESTED, item.ident.span(), |lowerer| lowerer.items(items, out));
        self.inline_modules -= 1;
        self.namespace = around;
    }

    fn constant(&mut self, ident: &proc_macro2::Ident, ty: &syn::Type, expr: &Expr, out: &mut Block) {
        let target = name(plain(ident), self.span(ident.span()));
        let value = self.bound_value(expr, ident);
        out.push(assign(target, AssignOp::Declare, value, Some(super::types::type_name(ty))));
    }
}

/// What is to be known of a file's items before they are lowered.
#[derive(Debug, Default)]
pub(super) struct Names {
    /// The names of functions that several modules of the file have.
    doubled: FxHashSet<String>,
    /// The inline modules whose items are brought into the scope of the file.
    opened: FxHashSet<String>,
}

impl Names {
    /// Looks at the items of a file and of its inline modules.
    pub(super) fn of(items: &[Item]) -> Self {
        let mut names = Self::default();
        names.look_at(items, &mut FxHashSet::default());
        names
    }

    fn look_at(&mut self, items: &[Item], seen: &mut FxHashSet<String>) {
        for item in items {
            match item {
                Item::Fn(function) if !is_test(&function.attrs) => {
                    let name = plain(&function.sig.ident);
                    if !seen.insert(name.clone()) {
                        self.doubled.insert(name);
                    }
                }
                Item::Use(item) => self.opened.extend(first_words(&item.tree)),
                Item::Mod(module) if !is_test(&module.attrs) => self.look_at(module.content.as_ref().map_or(&[], |(_, items)| items), seen),
                _ => {}
            }
        }
    }
}

/// The first names of what a `use` brings in, `self` aside.
fn first_words(tree: &UseTree) -> Vec<String> {
    match tree {
        UseTree::Path(path) if path.ident == "self" => first_words(&path.tree),
        UseTree::Path(path) => vec![plain(&path.ident)],
        UseTree::Name(name) => vec![plain(&name.ident)],
        UseTree::Group(group) => group.items.iter().flat_map(first_words).collect(),
        UseTree::Rename(_) | UseTree::Glob(_) => Vec::new(),
    }
}

/// An assignment whose span reaches from its target to its value.
pub(super) fn assign(target: Value, op: AssignOp, value: Value, ty: Option<TypeName>) -> Step {
    let span = crate::source::Span { start: target.span.start.min(value.span.start), end: target.span.end.max(value.span.end) };
    Step { kind: StepKind::Assign { target, op, value, ty: ty.map(Box::new) }, span }
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
