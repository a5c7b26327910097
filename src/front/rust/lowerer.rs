//! The state of one file's lowering: the module that grows, the place in it, and how deep it is.

use proc_macro2::Span as TokenSpan;
use rustc_hash::{FxHashMap, FxHashSet};

use super::items::Names;
use crate::front::MAX_DEPTH;
use crate::ir::{ClassIndex, FunctionIndex, Module, Problem, Step, StepKind, Value, ValueKind};
use crate::source::{FileId, Language, Span};

/// What an expression within another weighs; a link of a chain weighs one.
pub(super) const NESTED: usize = 2;
/// A link of a method, operator or `else if` chain: those are longer than anything is nested.
pub(super) const LINK: usize = 1;
/// More problems of a file are not worth reading.
const MAX_PROBLEMS: usize = 5;

/// Lowers the items of one file, or of one readable piece of it.
pub(super) struct Lowerer {
    pub(super) module: Module,
    /// Where the parsed text begins in the file.
    pub(super) offset: usize,
    depth: usize,
    /// The functions around the present place, outermost first.
    pub(super) enclosing: Vec<FunctionIndex>,
    /// How many inline modules are around the present place.
    pub(super) inline_modules: usize,
    pub(super) names: Names,
    /// The inline module around the present place, where its functions are known by its name only.
    pub(super) namespace: Option<ClassIndex>,
    pub(super) classes: FxHashMap<String, ClassIndex>,
    /// Classes that so far only `impl` blocks speak of.
    pub(super) made_by_impl: FxHashSet<ClassIndex>,
}

impl Lowerer {
    /// Nothing lowered so far.
    pub(super) fn new(file: FileId) -> Self {
        Self {
            module: Module::new(file, Language::Rust),
            offset: 0,
            depth: 0,
            enclosing: Vec::new(),
            inline_modules: 0,
            names: Names::default(),
            namespace: None,
            classes: FxHashMap::default(),
            made_by_impl: FxHashSet::default(),
        }
    }

    /// A token's place in the file.
    pub(super) fn span(&self, span: TokenSpan) -> Span {
        let range = span.byte_range();
        Span::new(range.start + self.offset, range.end + self.offset)
    }

    /// From the beginning of one token to the end of another.
    pub(super) fn between(&self, first: TokenSpan, last: TokenSpan) -> Span {
        Span { start: self.span(first).start, end: self.span(last).end }
    }

    /// From a byte already known to the end of a token.
    pub(super) fn until(&self, start: u32, last: TokenSpan) -> Span {
        Span { start, end: self.span(last).end.max(start) }
    }

    /// Records what could not be read, up to a number.
    pub(super) fn problem(&mut self, message: impl Into<String>, span: Span) {
        if self.module.problems.len() < MAX_PROBLEMS {
            self.module.problems.push(Problem { message: message.into(), span });
        }
    }

    /// Runs `inner` one level deeper, or records a problem at `at` and gives `None`.
    pub(super) fn deeper<T>(&mut self, weight: usize, at: TokenSpan, inner: impl FnOnce(&mut Self) -> T) -> Option<T> {
        if self.depth + weight > NESTED * MAX_DEPTH {
            let span = self.span(at);
            self.problem("nested too deeply; the rest was left out", span);
            return None;
        }
        self.depth += weight;
        let result = inner(self);
        self.depth -= weight;
        Some(result)
    }
}

/// A step of its value's span.
pub(super) fn evaluate(value: Value) -> Step {
    let span = value.span;
    Step { kind: StepKind::Evaluate(value), span }
}

/// A bare name.
pub(super) fn name(text: impl Into<String>, span: Span) -> Value {
    Value::new(ValueKind::Name(text.into()), span)
}

/// A value without a word for it.
pub(super) fn unknown(parts: Vec<Value>, span: Span) -> Value {
    Value::new(ValueKind::Unknown(parts), span)
}

/// An identifier as others write it: without `r#`.
pub(super) fn plain(ident: &proc_macro2::Ident) -> String {
    let text = ident.to_string();
    text.strip_prefix("r#").map(str::to_owned).unwrap_or(text)
}
