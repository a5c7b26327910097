//! Macro bodies that are no Rust: what can be read of them is found token by token.

use proc_macro2::{Delimiter, Group, Spacing, TokenStream, TokenTree};
use syn::punctuated::Punctuated;
use syn::{Expr, Token};

use super::lowerer::{Lowerer, NESTED, name, plain, unknown};
use super::markup::TokenReader;
use crate::ir::{Argument, CallStyle, Value, ValueKind};

/// A closure whose parameters or head are longer than this is not cut out.
const MAX_CLOSURE_TOKENS: usize = 64;
/// A longer chain than this would nest too deeply for its readers; only its brackets are read.
const MAX_CHAIN_TOKENS: usize = 64;
/// How many closures without braces may follow one another.
const MAX_CLOSURES: usize = 3;
/// How many signs may stand before an expression.
const MAX_PREFIXES: usize = 8;

impl Lowerer {
    /// What tokens hold, in order: calls, literals, closures, groups, `name = x` and `name: x`, markup elements.
    pub(super) fn token_arguments(&mut self, tokens: TokenStream) -> Vec<Argument> {
        let tokens: Vec<_> = tokens.into_iter().collect();
        let Some(first) = tokens.first() else { return Vec::new() };
        let at = first.span();
        self.deeper(NESTED, at, |lowerer| TokenReader::new(lowerer, tokens).read()).unwrap_or_default()
    }

    /// `"key": value, …` without brackets around it, as named arguments.
    pub(super) fn record_arguments(&mut self, tokens: TokenStream) -> Option<Vec<Argument>> {
        let entries = self.record_entries(tokens)?;
        Some(entries.into_iter().map(|(name, value)| Argument { name: Some(name), value }).collect())
    }

    /// A bracketed group as a value.
    pub(super) fn group_value(&mut self, group: &Group) -> Value {
        let value = self.deeper(NESTED, group.span(), |lowerer| lowerer.group_within(group));
        value.unwrap_or_else(|| unknown(Vec::new(), self.span(group.span())))
    }

    fn group_within(&mut self, group: &Group) -> Value {
        let span = self.span(group.span());
        if group.delimiter() == Delimiter::Brace {
            if group.stream().is_empty() {
                return Value::new(ValueKind::Record(Vec::new()), span);
            }
            if let Some(entries) = self.record_entries(group.stream()) {
                return Value::new(ValueKind::Record(entries), span);
            }
            if let Ok(statements) = syn::parse::Parser::parse2(syn::Block::parse_within, group.stream()) {
                return self.statements_value(&statements, span);
            }
            return unknown(self.token_values(group.stream()), span);
        }
        if let Ok(items) = syn::parse::Parser::parse2(Punctuated::<Expr, Token![,]>::parse_terminated, group.stream()) {
            let is_bracketed = group.delimiter() == Delimiter::Parenthesis && items.len() == 1 && !items.trailing_punct();
            let mut values: Vec<_> = items.iter().map(|item| self.value(item)).collect();
            if is_bracketed && let Some(value) = values.pop() {
                return value;
            }
            return Value::new(ValueKind::List(values), span);
        }
        let values = self.token_values(group.stream());
        if group.delimiter() == Delimiter::Bracket { Value::new(ValueKind::List(values), span) } else { unknown(values, span) }
    }

    /// A path, its calls and members, whose brackets hold what is no Rust: the names and the calls are kept.
    pub(super) fn loose_chain(&mut self, tokens: &[TokenTree]) -> Option<Value> {
        let first = tokens.first()?.span();
        if tokens.len() > MAX_CHAIN_TOKENS {
            let span = self.span(first);
            let groups = tokens.iter().filter_map(|token| if let TokenTree::Group(group) = token { Some(group) } else { None });
            let parts = groups.map(|group| self.group_value(group)).collect();
            return Some(unknown(parts, span));
        }
        let mut chain: Option<Value> = None;
        for token in tokens {
            let span = self.between(first, token.span());
            chain = match (chain, token) {
                (None, TokenTree::Ident(ident)) => Some(name(plain(ident), span)),
                (None, TokenTree::Group(group)) => Some(self.group_value(group)),
                (Some(value), TokenTree::Ident(ident)) => Some(Value::new(ValueKind::Member(Box::new(value), plain(ident)), span)),
                (Some(callee), TokenTree::Group(group)) => {
                    let args = self.token_arguments(group.stream());
                    let is_macro = matches!(&callee.kind, ValueKind::Name(text) if text.ends_with('!'));
                    let style = if is_macro { CallStyle::Macro } else { CallStyle::Function };
                    Some(self.called(callee, args, Vec::new(), style, span))
                }
                (Some(Value { kind: ValueKind::Name(text), .. }), TokenTree::Punct(punct)) if punct.as_char() == '!' => Some(name(text + "!", span)),
                (chain, TokenTree::Punct(_) | TokenTree::Literal(_)) => chain,
            };
        }
        chain
    }

    /// [`Lowerer::token_arguments`] without their names.
    pub(super) fn token_values(&mut self, tokens: TokenStream) -> Vec<Value> {
        self.token_arguments(tokens).into_iter().map(|argument| argument.value).collect()
    }

    /// The entries of `"key": value, …`; `None` if the tokens do not begin that way.
    fn record_entries(&mut self, tokens: TokenStream) -> Option<Vec<(String, Value)>> {
        let tokens: Vec<_> = tokens.into_iter().collect();
        let begins_with_key = matches!(tokens.first(), Some(TokenTree::Literal(_) | TokenTree::Group(_))) && tokens.get(1).is_some_and(|token| is_punct(token, ':'));
        if !begins_with_key {
            return None;
        }
        let entries = tokens.split(|token| is_punct(token, ','));
        let entries = entries.filter_map(|entry| match entry {
            [key, colon, value @ ..] if is_punct(colon, ':') => Some((key_text(key), self.entry_value(value, key))),
            _ => None,
        });
        Some(entries.collect())
    }

    fn entry_value(&mut self, tokens: &[TokenTree], key: &TokenTree) -> Value {
        if let [TokenTree::Group(group)] = tokens {
            return self.group_value(group);
        }
        if let Ok(expr) = syn::parse2::<Expr>(tokens.iter().cloned().collect()) {
            return self.value(&expr);
        }
        let span = self.span(key.span());
        unknown(self.token_values(tokens.iter().cloned().collect()), span)
    }
}

/// Whether a token is this sign.
pub(super) fn is_punct(token: &TokenTree, sign: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == sign)
}

/// A key's text without quotes.
pub(super) fn key_text(key: &TokenTree) -> String {
    match key {
        TokenTree::Literal(literal) => match syn::Lit::new(literal.clone()) {
            syn::Lit::Str(text) => text.value(),
            _ => literal.to_string(),
        },
        TokenTree::Ident(ident) => plain(ident),
        TokenTree::Group(_) | TokenTree::Punct(_) => String::new(),
    }
}

/// Whether the two colons of a path stand at `at`.
fn is_path_sign(tokens: &[TokenTree], at: usize) -> bool {
    matches!(tokens.get(at), Some(TokenTree::Punct(punct)) if punct.as_char() == ':' && punct.spacing() == Spacing::Joint)
        && tokens.get(at + 1).is_some_and(|token| is_punct(token, ':'))
}

/// Where the expression that begins at `from` ends, as far as signs tell: a path, its calls, members and indexes. `from` itself if none begins there.
pub(super) fn extent(tokens: &[TokenTree], from: usize) -> usize {
    extent_within(tokens, from, 0)
}

fn extent_within(tokens: &[TokenTree], from: usize, closures: usize) -> usize {
    let mut at = from;
    while at < from + MAX_PREFIXES && tokens.get(at).is_some_and(is_prefix) {
        at += 1;
    }
    match tokens.get(at) {
        Some(TokenTree::Ident(ident)) if ident == "move" || ident == "async" => return closure_extent(tokens, at, closures).unwrap_or(from),
        Some(TokenTree::Punct(punct)) if punct.as_char() == '|' => return closure_extent(tokens, at, closures).unwrap_or(from),
        Some(TokenTree::Ident(_) | TokenTree::Literal(_) | TokenTree::Group(_)) => at += 1,
        Some(TokenTree::Punct(_)) | None => return from,
    }
    suffixes(tokens, at)
}

fn suffixes(tokens: &[TokenTree], mut at: usize) -> usize {
    loop {
        let next = tokens.get(at + 1);
        match tokens.get(at) {
            Some(TokenTree::Punct(punct)) => match punct.as_char() {
                '.' if matches!(next, Some(TokenTree::Ident(_) | TokenTree::Literal(_))) => at += 2,
                ':' if is_path_sign(tokens, at) && matches!(tokens.get(at + 2), Some(TokenTree::Ident(_))) => at += 3,
                ':' if is_path_sign(tokens, at) && tokens.get(at + 2).is_some_and(|token| is_punct(token, '<')) => at = generics_end(tokens, at + 2),
                '!' if matches!(next, Some(TokenTree::Group(_))) => at += 2,
                '?' => at += 1,
                _ => return at,
            },
            Some(TokenTree::Group(group)) if group.delimiter() != Delimiter::Brace => at += 1,
            _ => return at,
        }
    }
}

/// Behind the `>` that closes the `<` at `open`.
pub(super) fn generics_end(tokens: &[TokenTree], open: usize) -> usize {
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate().skip(open).take(MAX_CLOSURE_TOKENS) {
        if is_punct(token, '<') {
            depth += 1;
        } else if is_punct(token, '>') {
            depth = depth.saturating_sub(1);
            if depth == 0 {
                return at + 1;
            }
        }
    }
    open
}

/// Behind a closure or async block that begins at `from`.
fn closure_extent(tokens: &[TokenTree], from: usize, closures: usize) -> Option<usize> {
    if closures > MAX_CLOSURES {
        return None;
    }
    let mut at = from;
    while at < from + 2 && tokens.get(at).is_some_and(|token| is_word(token, "move") || is_word(token, "async")) {
        at += 1;
    }
    if let Some(TokenTree::Group(group)) = tokens.get(at) {
        return (group.delimiter() == Delimiter::Brace).then(|| suffixes(tokens, at + 1));
    }
    if !tokens.get(at).is_some_and(|token| is_punct(token, '|')) {
        return None;
    }
    let params = tokens.iter().skip(at + 1).take(MAX_CLOSURE_TOKENS).position(|token| is_punct(token, '|'))?;
    at += params + 2;
    if tokens.get(at).is_some_and(|token| is_punct(token, '-')) {
        // A declared return type asks for a body in braces.
        let body = tokens.iter().skip(at).take(MAX_CLOSURE_TOKENS).position(is_braced)?;
        return Some(at + body + 1);
    }
    body_extent(tokens, at, closures + 1)
}

/// Behind the body of a closure: braces, or expressions joined by operators.
fn body_extent(tokens: &[TokenTree], from: usize, closures: usize) -> Option<usize> {
    if tokens.get(from).is_some_and(|token| is_word(token, "if") || is_word(token, "match")) {
        let body = tokens.iter().skip(from).take(MAX_CLOSURE_TOKENS).position(is_braced)?;
        let mut end = from + body + 1;
        while tokens.get(end).is_some_and(|token| is_word(token, "else")) {
            let body = tokens.iter().skip(end).take(MAX_CLOSURE_TOKENS).position(is_braced)?;
            end += body + 1;
        }
        return Some(end);
    }
    let mut end = extent_within(tokens, from, closures);
    while end > from && tokens.get(end).is_some_and(is_operator) {
        let operator = tokens.iter().skip(end).take_while(|token| is_operator(token)).count();
        let next = extent_within(tokens, end + operator, closures);
        if next <= end + operator {
            break;
        }
        end = next;
    }
    (end > from).then_some(end)
}

fn is_braced(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace)
}

/// Signs that join two expressions and are no part of markup.
fn is_operator(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Punct(punct) if matches!(punct.as_char(), '=' | '+' | '-' | '*' | '&' | '|'))
}

fn is_prefix(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Punct(punct) if matches!(punct.as_char(), '&' | '*' | '!' | '-')) || is_word(token, "mut")
}

fn is_word(token: &TokenTree, word: &str) -> bool {
    matches!(token, TokenTree::Ident(ident) if ident == word)
}
