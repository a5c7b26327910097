//! Macro calls.

use syn::punctuated::Punctuated;
use syn::{Expr, Macro, Token};

use super::lowerer::{Lowerer, NESTED};
use super::templates::template;
use crate::ir::{Argument, CallStyle, Value, ValueKind};

/// What a macro within a macro weighs: its tokens are copied once for every macro around it.
const MACRO_WEIGHT: usize = 10 * NESTED;

impl Lowerer {
    /// A macro call. The formatting macro of the language is its text.
    pub(super) fn macro_value(&mut self, call: &Macro) -> Value {
        let callee = self.macro_callee(&call.path, call.bang_token.span);
        let span = self.until(callee.span.start, call.delimiter.span().close());
        let args = self.deeper(MACRO_WEIGHT, call.bang_token.span, |lowerer| lowerer.macro_arguments(call)).unwrap_or_default();
        // `format!`, `format_args!`, `concat!`, and what libraries call the same for constants: `formatcp!`, `concatcp!`.
        let last = call.path.segments.last().map(|segment| segment.ident.to_string()).unwrap_or_default();
        if last.starts_with("format")
            && let Some(text) = template(&args, span)
        {
            return text;
        }
        if last == "concat" || last == "concatcp" {
            return Value::new(ValueKind::Template(args.into_iter().map(|arg| arg.value).collect()), span);
        }
        self.called(callee, args, Vec::new(), CallStyle::Macro, span)
    }

    /// The path with a `!` on its last segment.
    pub(super) fn macro_callee(&mut self, path: &syn::Path, bang: proc_macro2::Span) -> Value {
        let mut callee = self.path_value(path);
        callee.span = self.until(callee.span.start, bang);
        match &mut callee.kind {
            ValueKind::Name(text) | ValueKind::Member(_, text) => text.push('!'),
            _ => {}
        }
        callee
    }

    fn macro_arguments(&mut self, call: &Macro) -> Vec<Argument> {
        if let Ok(args) = call.parse_body_with(Punctuated::<Expr, Token![,]>::parse_terminated) {
            return self.named_arguments(args.iter());
        }
        if let Some(args) = self.record_arguments(call.tokens.clone()) {
            return args;
        }
        if let Ok(statements) = call.parse_body_with(syn::Block::parse_within) {
            let span = self.span(call.delimiter.span().join());
            return vec![Argument { name: None, value: self.statements_value(&statements, span) }];
        }
        self.token_arguments(call.tokens.clone())
    }
}
