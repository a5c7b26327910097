//! Attributes as annotations.

use syn::punctuated::Punctuated;
use syn::{AttrStyle, Attribute, Expr, Meta, Token};

use super::lowerer::Lowerer;
use crate::ir::{Argument, Call, CallStyle, Value, ValueKind};

impl Lowerer {
    /// The attributes of an item; documentation is not code.
    pub(super) fn annotations(&mut self, attrs: &[Attribute]) -> Vec<Call> {
        attrs.iter().filter(|attr| matches!(attr.style, AttrStyle::Outer) && !attr.path().is_ident("doc")).map(|attr| self.annotation(attr)).collect()
    }

    fn annotation(&mut self, attr: &Attribute) -> Call {
        let span = self.between(attr.pound_token.span, attr.bracket_token.span.close());
        let callee = self.path_value(attr.path());
        let args = match &attr.meta {
            Meta::Path(_) => Vec::new(),
            Meta::NameValue(pair) => vec![Argument { name: None, value: self.value(&pair.value) }],
            Meta::List(list) => match list.parse_args_with(Punctuated::<Expr, Token![,]>::parse_terminated) {
                Ok(args) => self.named_arguments(args.iter()),
                Err(_) => {
                    let args = self.token_arguments(list.tokens.clone());
                    if args.is_empty() { vec![Argument { name: None, value: Value::new(ValueKind::Text(list.tokens.to_string()), span) }] } else { args }
                }
            },
        };
        Call { callee, args, style: CallStyle::Annotation, types: Vec::new(), span }
    }
}
