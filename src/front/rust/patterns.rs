//! Patterns: what they bind, what they take apart, and what they stand for as labels.

use syn::spanned::Spanned;
use syn::{Member, Pat};

use super::lowerer::{Lowerer, NESTED, name, plain, unknown};
use crate::ir::{Value, ValueKind};

/// How deep patterns are looked into.
const MAX_PATTERN_DEPTH: usize = 16;

/// A pattern without wrappers that bind and test nothing: references, parentheses, guards, a type, the first of several cases.
fn bare(mut pattern: &Pat) -> &Pat {
    loop {
        pattern = match pattern {
            Pat::Reference(reference) => &reference.pat,
            Pat::Paren(paren) => &paren.pat,
            Pat::Type(typed) => &typed.pat,
            Pat::Guard(guard) => &guard.pat,
            Pat::Or(or) => match or.cases.first() {
                Some(first) => first,
                None => return pattern,
            },
            _ => return pattern,
        };
    }
}

/// Whether an identifier in a pattern names a new variable: `None` and constants look the same, but are capitalised.
fn binds(ident: &proc_macro2::Ident) -> bool {
    !plain(ident).starts_with(char::is_uppercase)
}

/// The one name a pattern binds: `x`, `State(x)`, `Some(Ok(x))`. Patterns that take several parts out have none.
pub(super) fn binding_name(pattern: &Pat) -> Option<String> {
    binding(pattern).map(plain)
}

/// The identifier behind [`binding_name`].
pub(super) fn binding(mut pattern: &Pat) -> Option<&proc_macro2::Ident> {
    loop {
        match bare(pattern) {
            Pat::Ident(ident) => return binds(&ident.ident).then_some(&ident.ident),
            Pat::TupleStruct(tuple) if tuple.elems.len() == 1 => pattern = tuple.elems.first()?,
            _ => return None,
        }
    }
}

/// The parts a pattern takes out, by path and local name.
pub(super) fn parts(pattern: &Pat) -> Vec<(String, String)> {
    let mut found = Vec::new();
    collect_parts(pattern, "", 0, &mut found);
    found
}

fn collect_parts(pattern: &Pat, path: &str, depth: usize, found: &mut Vec<(String, String)>) {
    if depth > MAX_PATTERN_DEPTH {
        return;
    }
    let join = |key: &str| if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
    match bare(pattern) {
        Pat::Ident(ident) if binds(&ident.ident) => found.push((path.to_owned(), plain(&ident.ident))),
        Pat::TupleStruct(tuple) if tuple.elems.len() == 1 => {
            if let Some(inner) = tuple.elems.first() {
                collect_parts(inner, path, depth + 1, found);
            }
        }
        Pat::TupleStruct(tuple) => collect_list(tuple.elems.iter(), &join, depth, found),
        Pat::Tuple(tuple) => collect_list(tuple.elems.iter(), &join, depth, found),
        Pat::Slice(slice) => collect_list(slice.elems.iter(), &join, depth, found),
        Pat::Struct(record) => {
            for field in &record.fields {
                collect_parts(&field.pat, &join(&member_name(&field.member)), depth + 1, found);
            }
        }
        _ => {}
    }
}

fn collect_list<'p>(elems: impl Iterator<Item = &'p Pat>, join: &dyn Fn(&str) -> String, depth: usize, found: &mut Vec<(String, String)>) {
    for (place, elem) in elems.enumerate() {
        collect_parts(elem, &join(&place.to_string()), depth + 1, found);
    }
}

/// A field's name; tuple fields are called by their number.
pub(super) fn member_name(member: &Member) -> String {
    match member {
        Member::Named(ident) => plain(ident),
        Member::Unnamed(index) => index.index.to_string(),
    }
}

impl Lowerer {
    /// The left side of a `let`: a name, a list by position, or a record by field. `None` if the pattern binds nothing.
    pub(super) fn target(&mut self, pattern: &Pat) -> Option<Value> {
        let pattern = bare(pattern);
        let at = first_token(pattern);
        self.deeper(NESTED, at, |lowerer| lowerer.target_within(pattern)).flatten()
    }

    fn target_within(&mut self, pattern: &Pat) -> Option<Value> {
        match pattern {
            Pat::Ident(ident) if binds(&ident.ident) => Some(name(plain(&ident.ident), self.span(ident.ident.span()))),
            Pat::TupleStruct(tuple) if tuple.elems.len() == 1 => tuple.elems.first().and_then(|inner| self.target(inner)),
            Pat::TupleStruct(tuple) => self.list_target(tuple.elems.iter(), pattern),
            Pat::Tuple(tuple) => self.list_target(tuple.elems.iter(), pattern),
            Pat::Slice(slice) => self.list_target(slice.elems.iter(), pattern),
            Pat::Struct(record) => {
                let fields = record.fields.iter().filter_map(|field| self.target(&field.pat).map(|target| (member_name(&field.member), target)));
                let fields: Vec<_> = fields.collect();
                (!fields.is_empty()).then(|| Value::new(ValueKind::Record(fields), self.whole(pattern)))
            }
            _ => None,
        }
    }

    fn list_target<'p>(&mut self, elems: impl Iterator<Item = &'p Pat>, pattern: &Pat) -> Option<Value> {
        let targets: Vec<_> = elems.map(|elem| (self.target(elem), elem)).collect();
        if targets.iter().all(|(target, _)| target.is_none()) {
            return None;
        }
        let items = targets.into_iter().map(|(target, elem)| target.unwrap_or_else(|| unknown(Vec::new(), self.span(first_token(elem)))));
        let items = items.collect();
        Some(Value::new(ValueKind::List(items), self.whole(pattern)))
    }

    /// What a match arm's pattern stands for: one label for each case, none for a pattern that takes everything.
    pub(super) fn labels(&mut self, pattern: &Pat) -> Vec<Value> {
        match pattern {
            Pat::Or(or) => or.cases.iter().filter_map(|case| self.label(case)).collect(),
            _ => self.label(pattern).into_iter().collect(),
        }
    }

    /// What one pattern stands for.
    pub(super) fn label(&mut self, pattern: &Pat) -> Option<Value> {
        match bare(pattern) {
            Pat::Ident(ident) if binds(&ident.ident) => ident.subpat.as_ref().and_then(|(_, inner)| self.label_within(inner)),
            Pat::Ident(ident) => Some(self.bare_ident(&ident.ident)),
            Pat::TupleStruct(tuple) => Some(self.path_value(&tuple.path)),
            Pat::Struct(record) => Some(self.path_value(&record.path)),
            Pat::Path(path) => Some(self.path_value(&path.path)),
            Pat::Lit(literal) => Some(self.literal(&literal.lit)),
            Pat::Tuple(tuple) => self.list_label(tuple.elems.iter(), pattern),
            Pat::Slice(slice) => self.list_label(slice.elems.iter(), pattern),
            Pat::Range(_) | Pat::Macro(_) | Pat::Const(_) | Pat::Verbatim(_) => Some(unknown(Vec::new(), self.span(first_token(pattern)))),
            _ => None,
        }
    }

    fn label_within(&mut self, pattern: &Pat) -> Option<Value> {
        self.deeper(NESTED, first_token(pattern), |lowerer| lowerer.label(pattern)).flatten()
    }

    fn list_label<'p>(&mut self, elems: impl Iterator<Item = &'p Pat>, pattern: &Pat) -> Option<Value> {
        let labels: Vec<_> = elems.map(|elem| self.label_within(elem).unwrap_or_else(|| name("_", self.span(first_token(elem))))).collect();
        if labels.iter().all(|label| matches!(&label.kind, ValueKind::Name(text) if text == "_")) {
            return None;
        }
        Some(Value::new(ValueKind::List(labels), self.span(first_token(pattern))))
    }
}

/// A token near the beginning of a pattern, found without a pass over it.
pub(super) fn first_token(pattern: &Pat) -> proc_macro2::Span {
    match bare(pattern) {
        Pat::Ident(ident) => ident.ident.span(),
        Pat::TupleStruct(tuple) => tuple.paren_token.span.open(),
        Pat::Tuple(tuple) => tuple.paren_token.span.open(),
        Pat::Slice(slice) => slice.bracket_token.span.open(),
        Pat::Struct(record) => record.brace_token.span.open(),
        other => other.span(),
    }
}
