//! Lowers one file of one language to an [`ir::Module`](crate::ir::Module).
//!
//! Never looks at another file, a rule, or another front end. Lowering cannot fail: it gives a module, perhaps empty, and problems.
//! To add a language: a folder here, a variant of [`Language`], an arm below, fixtures and rule files.

mod kotlin;
mod python;
mod rust;
mod typescript;

use crate::ir::Module;
use crate::source::{FileId, Language};

/// How deep syntax may nest before the rest is left out with a problem; bounds the stack of every recursive pass.
pub const MAX_DEPTH: usize = 200;

/// Lowers the text of one file. `path` is relative to its root and is used for the file's ending alone.
pub fn lower(file: FileId, language: Language, path: &camino::Utf8Path, text: &str) -> Module {
    match language {
        Language::TypeScript => typescript::lower(file, path, text),
        Language::Component => typescript::lower_component(file, path, text),
        Language::Template => typescript::lower_template(file, path, text),
        Language::Python => python::lower(file, text),
        Language::Kotlin => kotlin::lower(file, path, text),
        Language::Rust => rust::lower(file, text),
    }
}
