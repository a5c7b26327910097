//! Expressions as values.

use proc_macro2::{Ident, Span as TokenSpan};
use syn::spanned::Spanned;
use syn::{Expr, ExprCall, ExprField, ExprIndex, ExprMethodCall, ExprStruct, Lit, Member, UnOp};

use super::lowerer::{LINK, Lowerer, NESTED, evaluate, name, plain, unknown};
use super::patterns::member_name;
use super::types::{MAX_SEGMENTS, path_arguments, turbofish, type_name};
use crate::ir::{Argument, Block, Call, CallStyle, TypeName, Value, ValueKind};
use crate::source::Span;

impl Lowerer {
    /// An expression within another.
    pub(super) fn value(&mut self, expr: &Expr) -> Value {
        self.at_weight(expr, NESTED)
    }

    /// The expression a chain goes on from.
    pub(super) fn link(&mut self, expr: &Expr) -> Value {
        self.at_weight(expr, LINK)
    }

    fn at_weight(&mut self, expr: &Expr, weight: usize) -> Value {
        let at = first_token(expr);
        let value = self.deeper(weight, at, |lowerer| lowerer.value_within(expr));
        value.unwrap_or_else(|| unknown(Vec::new(), self.span(at)))
    }

    fn value_within(&mut self, expr: &Expr) -> Value {
        match expr {
            Expr::Lit(literal) => self.literal(&literal.lit),
            Expr::Path(path) => self.qualified_path(path.qself.as_ref(), &path.path),
            Expr::MethodCall(call) => self.method_call(call),
            Expr::Call(call) => self.call(call),
            Expr::Field(field) => self.field(field),
            Expr::Index(index) => self.index(index),
            Expr::Await(wait) => {
                let inner = self.link(&wait.base);
                let span = self.until(self.chain_start(&wait.base, &inner), wait.await_token.span);
                Value::new(ValueKind::Await(Box::new(inner)), span)
            }
            Expr::Try(inner) => self.link(&inner.expr),
            Expr::Paren(inner) => self.value(&inner.expr),
            Expr::Group(inner) => self.value(&inner.expr),
            Expr::Reference(inner) => self.value(&inner.expr),
            Expr::RawAddr(inner) => self.value(&inner.expr),
            Expr::Cast(inner) => self.link(&inner.expr),
            Expr::Unary(unary) => {
                let inner = self.value(&unary.expr);
                match unary.op {
                    UnOp::Deref(_) => inner,
                    UnOp::Not(token) => self.prefixed(token.span, inner, |inner| ValueKind::Not(Box::new(inner))),
                    UnOp::Neg(token) => self.prefixed(token.span, inner, |inner| match inner.kind {
                        ValueKind::Number(number) => ValueKind::Number(-number),
                        _ => ValueKind::Unknown(vec![inner]),
                    }),
                    _ => inner,
                }
            }
            Expr::Binary(binary) => self.binary(binary),
            Expr::Closure(closure) => self.closure(closure, None),
            Expr::Async(block) => self.async_block(block, None),
            Expr::Struct(literal) => self.struct_literal(literal),
            Expr::Tuple(tuple) => self.list(tuple.paren_token.span.join(), tuple.elems.iter()),
            Expr::Array(array) => self.list(array.bracket_token.span.join(), array.elems.iter()),
            Expr::Repeat(repeat) => {
                let parts = vec![self.value(&repeat.expr), self.value(&repeat.len)];
                unknown(parts, self.span(repeat.bracket_token.span.join()))
            }
            Expr::Range(range) => {
                let limits = self.span(range.limits.span());
                let parts: Vec<_> = [&range.start, &range.end].into_iter().flatten().map(|bound| self.value(bound)).collect();
                let start = parts.first().map_or(limits.start, |part| part.span.start.min(limits.start));
                let end = parts.last().map_or(limits.end, |part| part.span.end.max(limits.end));
                unknown(parts, Span { start, end })
            }
            Expr::Macro(call) => self.macro_value(&call.mac),
            Expr::Let(bind) => self.value(&bind.expr),
            Expr::Infer(infer) => name("_", self.span(infer.underscore_token.span)),
            Expr::Yield(inner) => {
                let parts = inner.expr.as_ref().map(|inner| self.value(inner)).into_iter().collect();
                unknown(parts, self.span(inner.yield_token.span))
            }
            Expr::Verbatim(tokens) => {
                let span = self.span(tokens.span());
                let parts = self.token_arguments(tokens.clone()).into_iter().map(|argument| argument.value).collect();
                unknown(parts, span)
            }
            _ => self.block_value(expr),
        }
    }

    /// An expression made of statements.
    fn block_value(&mut self, expr: &Expr) -> Value {
        let mut block = Block::new();
        self.steps(expr, false, &mut block);
        let first = self.span(first_token(expr));
        let end = last_token(expr).map_or(0, |last| self.span(last).end);
        let end = block.last().map_or(end, |step| step.span.end.max(end)).max(first.end);
        Value::new(ValueKind::Block(block), Span { start: first.start, end })
    }

    fn prefixed(&self, token: TokenSpan, inner: Value, kind: impl FnOnce(Value) -> ValueKind) -> Value {
        let start = self.span(token).start;
        let span = Span { start, end: inner.span.end.max(start) };
        Value::new(kind(inner), span)
    }

    fn list<'e>(&mut self, brackets: TokenSpan, elems: impl Iterator<Item = &'e Expr>) -> Value {
        let items = elems.map(|elem| self.value(elem)).collect();
        Value::new(ValueKind::List(items), self.span(brackets))
    }

    /// Where a chain begins: before the brackets or sign of its first part, which are no part of that part's value.
    fn chain_start(&self, expr: &Expr, lowered: &Value) -> u32 {
        match expr {
            Expr::Paren(_) | Expr::Reference(_) | Expr::Unary(_) => self.span(first_token(expr)).start,
            _ => lowered.span.start,
        }
    }

    /// A literal, decoded.
    pub(super) fn literal(&self, literal: &Lit) -> Value {
        let kind = match literal {
            Lit::Str(text) => ValueKind::Text(text.value()),
            Lit::ByteStr(bytes) => ValueKind::Text(String::from_utf8_lossy(&bytes.value()).into_owned()),
            Lit::CStr(text) => ValueKind::Text(text.value().to_string_lossy().into_owned()),
            Lit::Char(character) => ValueKind::Text(character.value().to_string()),
            Lit::Byte(byte) => ValueKind::Number(f64::from(byte.value())),
            Lit::Int(number) => number.base10_digits().parse().map_or(ValueKind::Unknown(Vec::new()), ValueKind::Number),
            Lit::Float(number) => number.base10_digits().parse().map_or(ValueKind::Unknown(Vec::new()), ValueKind::Number),
            Lit::Bool(flag) => ValueKind::Bool(flag.value),
            _ => ValueKind::Unknown(Vec::new()),
        };
        Value::new(kind, self.span(literal.span()))
    }

    fn qualified_path(&mut self, own: Option<&syn::QSelf>, path: &syn::Path) -> Value {
        let Some(own) = own else { return self.path_value(path) };
        // `<T as Trait>::f` is the member `f` of `T`.
        let ty = type_name(&own.ty);
        let start = self.span(own.lt_token.span);
        let mut value = name(ty.last(), start);
        for segment in path.segments.iter().skip(own.position).take(MAX_SEGMENTS) {
            let span = self.until(start.start, segment.ident.span());
            value = Value::new(ValueKind::Member(Box::new(value), plain(&segment.ident)), span);
        }
        value
    }

    /// A path as members of its first segment.
    pub(super) fn path_value(&mut self, path: &syn::Path) -> Value {
        let leading = if self.inline_modules > 0 { path.segments.iter().take_while(|segment| segment.ident == "super").count() } else { 0 };
        // Of `super::x` in an inline module, this file's `x` is left.
        let within = self.supers_within(leading).min(path.segments.len().saturating_sub(1));
        let mut segments = path.segments.iter().skip(within).take(MAX_SEGMENTS);
        let Some(first) = segments.next() else { return unknown(Vec::new(), Span::default()) };
        let start = self.span(first.ident.span());
        let mut value = self.first_segment(&first.ident, path.segments.len() - within);
        for segment in segments {
            let span = self.until(start.start, segment.ident.span());
            value = Value::new(ValueKind::Member(Box::new(value), plain(&segment.ident)), span);
        }
        value
    }

    /// A path of one identifier.
    pub(super) fn bare_ident(&self, ident: &Ident) -> Value {
        self.first_segment(ident, 1)
    }

    fn first_segment(&self, ident: &Ident, length: usize) -> Value {
        let span = self.span(ident.span());
        let text = plain(ident);
        let kind = match (text.as_str(), length) {
            ("self", 1) | ("Self", _) => ValueKind::This,
            ("None", 1) => ValueKind::Null,
            _ => ValueKind::Name(text),
        };
        Value::new(kind, span)
    }

    fn method_call(&mut self, call: &ExprMethodCall) -> Value {
        let receiver = self.link(&call.receiver);
        let start = self.chain_start(&call.receiver, &receiver);
        let span = self.until(start, call.method.span());
        let callee = Value::new(ValueKind::Member(Box::new(receiver), plain(&call.method)), span);
        let types = call.turbofish.as_ref().map_or_else(Vec::new, turbofish);
        let args = self.arguments(call.args.iter());
        let span = self.until(start, call.paren_token.span.close());
        self.called(callee, args, types, CallStyle::Function, span)
    }

    fn call(&mut self, call: &ExprCall) -> Value {
        let callee = self.link(&call.func);
        let start = self.chain_start(&call.func, &callee);
        let types = if let Expr::Path(path) = &*call.func { path_arguments(&path.path) } else { Vec::new() };
        let args = self.arguments(call.args.iter());
        let span = self.until(start, call.paren_token.span.close());
        self.called(callee, args, types, CallStyle::Function, span)
    }

    /// A call of the same span as its value.
    pub(super) fn called(&self, callee: Value, args: Vec<Argument>, types: Vec<TypeName>, style: CallStyle, span: Span) -> Value {
        Value::new(ValueKind::Call(Box::new(Call { callee, args, style, types, span })), span)
    }

    fn arguments<'e>(&mut self, args: impl Iterator<Item = &'e Expr>) -> Vec<Argument> {
        args.map(|arg| Argument { name: None, value: self.value(arg) }).collect()
    }

    /// Arguments among which `x = y` is an argument called `x`, as in attributes and formatting macros.
    pub(super) fn named_arguments<'e>(&mut self, args: impl Iterator<Item = &'e Expr>) -> Vec<Argument> {
        args.map(|arg| match arg {
            Expr::Assign(pair) => match &*pair.left {
                Expr::Path(path) if path.path.get_ident().is_some() => {
                    let name = path.path.get_ident().map(plain);
                    Argument { name, value: self.value(&pair.right) }
                }
                _ => Argument { name: None, value: self.value(arg) },
            },
            _ => Argument { name: None, value: self.value(arg) },
        })
        .collect()
    }

    fn field(&mut self, field: &ExprField) -> Value {
        let base = self.link(&field.base);
        let last = match &field.member {
            Member::Named(ident) => ident.span(),
            Member::Unnamed(index) => index.span,
        };
        let span = self.until(self.chain_start(&field.base, &base), last);
        Value::new(ValueKind::Member(Box::new(base), member_name(&field.member)), span)
    }

    fn index(&mut self, index: &ExprIndex) -> Value {
        let base = self.link(&index.expr);
        let key = self.value(&index.index);
        let span = self.until(self.chain_start(&index.expr, &base), index.bracket_token.span.close());
        match key.kind {
            ValueKind::Text(text) => Value::new(ValueKind::Member(Box::new(base), text), span),
            _ => Value::new(ValueKind::Index(Box::new(base), Box::new(key)), span),
        }
    }

    fn struct_literal(&mut self, literal: &ExprStruct) -> Value {
        let callee = self.qualified_path(literal.qself.as_ref(), &literal.path);
        let mut args = Vec::new();
        for field in &literal.fields {
            let value = match &field.member {
                Member::Named(ident) => self.bound_value(&field.expr, ident),
                Member::Unnamed(_) => self.value(&field.expr),
            };
            args.push(Argument { name: Some(member_name(&field.member)), value });
        }
        if let Some(rest) = &literal.rest {
            args.push(Argument { name: Some("...".to_owned()), value: self.value(rest) });
        }
        let span = self.until(callee.span.start, literal.brace_token.span.close());
        let types = path_arguments(&literal.path);
        self.called(callee, args, types, CallStyle::New, span)
    }

    /// Statements as one value.
    pub(super) fn statements_value(&mut self, statements: &[syn::Stmt], span: Span) -> Value {
        if let [syn::Stmt::Expr(expr, None)] = statements {
            return self.value(expr);
        }
        let mut block = Block::new();
        self.statements(statements, false, &mut block);
        if block.is_empty() {
            block.push(evaluate(unknown(Vec::new(), span)));
        }
        Value::new(ValueKind::Block(block), span)
    }
}

/// The token an expression begins with, found along its left edge.
pub(super) fn first_token(mut expr: &Expr) -> TokenSpan {
    loop {
        expr = match expr {
            Expr::MethodCall(call) => &call.receiver,
            Expr::Call(call) => &call.func,
            Expr::Field(field) => &field.base,
            Expr::Index(index) => &index.expr,
            Expr::Await(wait) => &wait.base,
            Expr::Try(inner) => &inner.expr,
            Expr::Cast(cast) => &cast.expr,
            Expr::Binary(binary) => &binary.left,
            Expr::Assign(set) => &set.left,
            _ => return own_first_token(expr),
        };
    }
}

fn own_first_token(expr: &Expr) -> TokenSpan {
    match expr {
        Expr::Path(path) => path.path.segments.first().map_or_else(|| path.span(), |segment| segment.ident.span()),
        Expr::Struct(literal) => literal.path.segments.first().map_or_else(|| literal.brace_token.span.open(), |segment| segment.ident.span()),
        Expr::Macro(call) => call.mac.path.segments.first().map_or_else(|| call.mac.bang_token.span, |segment| segment.ident.span()),
        Expr::Lit(literal) => literal.lit.span(),
        Expr::Paren(inner) => inner.paren_token.span.open(),
        Expr::Reference(inner) => inner.and_token.span,
        Expr::RawAddr(inner) => inner.and_token.span,
        Expr::Unary(inner) => match inner.op {
            UnOp::Deref(token) => token.span,
            UnOp::Not(token) => token.span,
            UnOp::Neg(token) => token.span,
            _ => TokenSpan::call_site(),
        },
        Expr::Tuple(tuple) => tuple.paren_token.span.open(),
        Expr::Array(array) => array.bracket_token.span.open(),
        Expr::Repeat(repeat) => repeat.bracket_token.span.open(),
        Expr::Closure(closure) => closure.inputs_begin.span,
        Expr::Async(block) => block.async_token.span,
        Expr::Block(block) => block.block.brace_token.span.open(),
        Expr::Unsafe(block) => block.unsafe_token.span,
        Expr::Const(block) => block.const_token.span,
        Expr::TryBlock(block) => block.try_token.span,
        Expr::If(branch) => branch.if_token.span,
        Expr::Match(choice) => choice.match_token.span,
        Expr::Loop(repeat) => repeat.loop_token.span,
        Expr::While(repeat) => repeat.while_token.span,
        Expr::ForLoop(repeat) => repeat.for_token.span,
        Expr::Return(ret) => ret.return_token.span,
        Expr::Break(leave) => leave.break_token.span,
        Expr::Continue(leave) => leave.continue_token.span,
        Expr::Let(bind) => bind.let_token.span,
        Expr::Range(range) => range.limits.span(),
        Expr::Infer(infer) => infer.underscore_token.span,
        Expr::Yield(inner) => inner.yield_token.span,
        Expr::Group(_) => TokenSpan::call_site(),
        _ => TokenSpan::call_site(),
    }
}

/// The closing brace of an expression that ends with one.
fn last_token(expr: &Expr) -> Option<TokenSpan> {
    let block = match expr {
        Expr::Block(block) => &block.block,
        Expr::Unsafe(block) => &block.block,
        Expr::Const(block) => &block.block,
        Expr::TryBlock(block) => &block.block,
        Expr::Loop(repeat) => &repeat.body,
        Expr::While(repeat) => &repeat.body,
        Expr::ForLoop(repeat) => &repeat.body,
        _ => return None,
    };
    Some(block.brace_token.span.close())
}
