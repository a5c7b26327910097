//! Lowers Rust, read by `syn`.
//!
//! Choices a reader of the result should know:
//! - Items of an inline `mod x { … }` are lowered as if they stood at the top of the file, and `x` is imported as the
//!   namespace `self`; `super::` is shortened by as many steps as there are inline modules around it.
//!   Whatever is marked `#[cfg(test)]` is left out.
//! - `x?`, `&x`, `*x` and `x as T` are `x`. `Err(e)?` as a statement returns `Err(e)`.
//! - The value of a refutable pattern (`if let`, `let … else`, `match` on a call) is bound first, then tested by the bound name.
//! - The path `a::b` is a member `b` of `a`; a path that begins with `self`, `super` or `crate` begins with that name.

mod attributes;
mod classes;
mod control;
mod expressions;
mod functions;
mod items;
mod lowerer;
mod macros;
mod markup;
mod operators;
mod parse;
mod patterns;
mod scan;
mod statements;
mod templates;
#[cfg(test)]
mod tests;
mod tokens;
mod types;
mod uses;

use crate::ir::{Module, Problem};
use crate::source::{FileId, Language, Span};

/// Room for the recursive parser; only what is used is ever backed by memory.
/// `scan` bounds the recursion so that it fits.
const STACK_BYTES: usize = 256 << 20;

/// Lowers one file.
pub(super) fn lower(file: FileId, text: &str) -> Module {
    let scan = scan::scan(text);
    let mut module = if let Some(at) = scan.too_deep {
        let mut module = Module::new(file, Language::Rust);
        module.problems.push(Problem { message: "brackets or operators nest too deeply; the file was not read".to_owned(), span: at });
        module
    } else {
        on_large_stack(file, text)
    };
    module.notes = scan.notes;
    module
}

/// The parser and its trees live and die on a thread of their own: they need the stack, and the parser's record of source
/// texts is thread-local and would otherwise grow with every file.
fn on_large_stack(file: FileId, text: &str) -> Module {
    let lowered = std::thread::scope(|scope| {
        let worker = std::thread::Builder::new().stack_size(STACK_BYTES).spawn_scoped(scope, || parse::lower_text(file, text));
        worker.ok().and_then(|worker| worker.join().ok())
    });
    lowered.unwrap_or_else(|| {
        let mut module = Module::new(file, Language::Rust);
        module.problems.push(Problem { message: "the parser gave up on this file".to_owned(), span: Span::new(0, text.len().min(1)) });
        module
    })
}
