//! Functions, methods, closures and their parameters.

use proc_macro2::Ident;
use syn::{Attribute, Expr, ExprAsync, ExprClosure, FnArg, Pat, Signature, Visibility};

use super::lowerer::{Lowerer, plain};
use super::patterns::{binding_name, parts};
use super::types::{returned, type_name};
use crate::ir::{Block, ClassIndex, Function, FunctionIndex, FunctionKind, Param, Receiver, TypeName, Value, ValueKind};
use crate::source::Span;

/// A declared function, wherever it was declared.
pub(super) struct FunctionSource<'s> {
    pub(super) attrs: &'s [Attribute],
    pub(super) vis: Option<&'s Visibility>,
    pub(super) sig: &'s Signature,
    /// A trait's method may have none.
    pub(super) body: Option<&'s syn::Block>,
    pub(super) kind: FunctionKind,
    pub(super) owner: Option<ClassIndex>,
    pub(super) receiver: Option<TypeName>,
}

impl Lowerer {
    /// Lowers a declared function and gives it as a value.
    pub(super) fn declared(&mut self, source: &FunctionSource) -> Value {
        let sig = source.sig;
        let span = self.function_span(source);
        let annotations = self.annotations(source.attrs);
        let params = sig.inputs.iter().filter_map(|input| if let FnArg::Typed(typed) = input { Some(self.param(&typed.pat, Some(&typed.ty), &typed.attrs)) } else { None });
        let params: Vec<_> = params.collect();
        let function = Function {
            name: plain(&sig.ident),
            owner: source.owner,
            parent: self.enclosing.last().copied(),
            params,
            returns: returned(&sig.output),
            annotations,
            is_async: sig.asyncness.is_some(),
            is_static: source.owner.is_some() && sig.receiver().is_none(),
            receiver: source.receiver.clone().map(Receiver::Type),
            head: self.span(sig.ident.span()),
            ..Function::new(source.kind, span)
        };
        let index = self.with_body(function, |lowerer| source.body.map_or_else(Block::new, |block| lowerer.block(block, true)));
        Value::new(ValueKind::Closure(index), span)
    }

    /// Puts a function into the module and lowers its body as lying within it.
    fn with_body(&mut self, function: Function, body: impl FnOnce(&mut Self) -> Block) -> FunctionIndex {
        let place = self.module.functions.len();
        // NOTE: a file within the size limit cannot hold four thousand million functions.
        let index = FunctionIndex(place as u32);
        self.module.functions.push(function);
        self.enclosing.push(index);
        let body = body(self);
        self.enclosing.pop();
        if let Some(function) = self.module.functions.get_mut(place) {
            function.body = body;
        }
        index
    }

    /// The whole function without its attributes.
    fn function_span(&self, source: &FunctionSource) -> Span {
        let sig = source.sig;
        let public = source.vis.and_then(|vis| match vis {
            Visibility::Public(token) => Some(token.span),
            Visibility::Restricted(restricted) => Some(restricted.pub_token.span),
            Visibility::Inherited => None,
        });
        let unsafety = if let syn::Safety::Unsafe(token) = &sig.safety { Some(token.span) } else { None };
        let words = [public, sig.constness.map(|token| token.span), sig.asyncness.map(|token| token.span), unsafety, sig.abi.as_ref().map(|abi| abi.extern_token.span)];
        let first = words.into_iter().flatten().next().unwrap_or(sig.fn_token.span);
        let last = source.body.map_or_else(|| sig.paren_token.span.close(), |block| block.brace_token.span.close());
        self.between(first, last)
    }

    /// One parameter; a wrapping pattern such as `State(state)` is known by what it binds.
    pub(super) fn param(&mut self, pattern: &Pat, ty: Option<&syn::Type>, attrs: &[Attribute]) -> Param {
        let span = self.whole(pattern);
        let name = binding_name(pattern).unwrap_or_default();
        let parts = if name.is_empty() { parts(pattern) } else { Vec::new() };
        Param { name, parts, ty: ty.map(type_name), default: None, annotations: self.annotations(attrs), span }
    }

    /// A value that gets a name: a closure or async block is called by it.
    pub(super) fn bound_value(&mut self, expr: &Expr, ident: &Ident) -> Value {
        let binding = (plain(ident), self.span(ident.span()));
        match expr {
            Expr::Closure(closure) => self.closure(closure, Some(binding)),
            Expr::Async(block) => self.async_block(block, Some(binding)),
            _ => self.value(expr),
        }
    }

    /// A closure, called by what it is bound to.
    pub(super) fn closure(&mut self, closure: &ExprClosure, binding: Option<(String, Span)>) -> Value {
        let first = [closure.constness.map(|t| t.span), closure.asyncness.map(|t| t.span), closure.capture.map(|t| t.span)];
        let first = first.into_iter().flatten().next().unwrap_or(closure.inputs_begin.span);
        let params = closure.inputs.iter().map(|input| match input {
            Pat::Type(typed) => self.param(&typed.pat, Some(&typed.ty), &typed.attrs),
            _ => self.param(input, None, &[]),
        });
        let params: Vec<_> = params.collect();
        let is_async = closure.asyncness.is_some();
        let mut function = self.closure_shell(binding, self.span(first), is_async);
        function.params = params;
        function.returns = returned(&closure.output);
        let index = self.with_body(function, |lowerer| match &*closure.body {
            Expr::Block(block) => lowerer.block(&block.block, true),
            body => {
                let mut out = Block::new();
                lowerer.steps(body, true, &mut out);
                out
            }
        });
        let start = self.span(first).start;
        let span = match &*closure.body {
            Expr::Block(block) => self.until(start, block.block.brace_token.span.close()),
            _ => Span { start, end: self.closure_end(index).max(self.span(closure.inputs_end.span).end) },
        };
        self.set_span(index, span);
        Value::new(ValueKind::Closure(index), span)
    }

    /// An async block is a closure that nobody has awaited yet.
    pub(super) fn async_block(&mut self, block: &ExprAsync, binding: Option<(String, Span)>) -> Value {
        let first = self.span(block.async_token.span);
        let function = self.closure_shell(binding, first, true);
        let index = self.with_body(function, |lowerer| lowerer.block(&block.block, true));
        let span = self.until(first.start, block.block.brace_token.span.close());
        self.set_span(index, span);
        Value::new(ValueKind::Closure(index), span)
    }

    fn closure_shell(&self, binding: Option<(String, Span)>, first: Span, is_async: bool) -> Function {
        let (name, head) = binding.unwrap_or((String::new(), first));
        Function { name, parent: self.enclosing.last().copied(), is_async, head, ..Function::new(FunctionKind::Closure, first) }
    }

    fn set_span(&mut self, index: FunctionIndex, span: Span) {
        if let Some(function) = self.module.functions.get_mut(index.0 as usize) {
            function.span = span;
        }
    }

    /// Where the last step of a closure without braces ends.
    fn closure_end(&self, index: FunctionIndex) -> u32 {
        self.module.functions.get(index.0 as usize).and_then(|function| function.body.last()).map_or(0, |step| step.span.end)
    }
}
