//! Lowers TypeScript and JavaScript, and the scripts and markup of components and templates.

mod classes;
mod exports;
mod expressions;
mod functions;
mod imports;
mod indented;
mod jsx;
mod literals;
mod lowerer;
mod markup;
mod page;
mod prototypes;
mod statements;
mod syntax;
#[cfg(test)]
mod tests;
mod types;

use std::ops::{ControlFlow, Range};

use camino::Utf8Path;
use tree_sitter::{ParseOptions, ParseState, Parser, Point, Tree};

use crate::ir::Module;
use crate::source::{FileId, Language, Span};
use lowerer::Lowerer;
use markup::Flavor;

/// Parser steps (by the hundred) that any text may take.
const MIN_STEPS: usize = 2000;

/// Beyond that, a step for so many bytes. Ordinary code takes one for about 60; some broken code takes as many as its length squared.
const BYTES_PER_STEP: usize = 8;

/// Lowers one script.
pub(super) fn lower(file: FileId, path: &Utf8Path, text: &str) -> Module {
    let mut lowerer = Lowerer::new(text, Module::new(file, Language::TypeScript));
    // NOTE: `<T>x` is a cast in these files and an element in all others.
    let has_casts = matches!(path.extension(), Some("ts" | "mts" | "cts"));
    let tree = parser(has_casts).and_then(|mut parser| parse(&mut parser, text.len(), &mut |at, _| text.as_bytes().get(at..).unwrap_or_default()));
    match tree {
        Some(tree) => lowerer.script(&tree),
        None => lowerer.problem("too broken to be read", Span::new(0, text.len())),
    }
    prototypes::gather(&mut lowerer.module);
    // NOTE: a file of declarations runs nothing, so what cannot be read in it is missed by nobody.
    if path.file_name().is_some_and(|name| [".d.ts", ".d.mts", ".d.cts"].iter().any(|ending| name.ends_with(ending))) {
        lowerer.module.problems.clear();
    }
    lowerer.module
}

/// A parser for scripts with casts, or for scripts with elements.
fn parser(has_casts: bool) -> Option<Parser> {
    let language = if has_casts { tree_sitter_typescript::LANGUAGE_TYPESCRIPT } else { tree_sitter_typescript::LANGUAGE_TSX };
    let mut parser = Parser::new();
    parser.set_language(&language.into()).ok().map(|()| parser)
}

/// Parses what `read` gives; `None` if the parser needs far more steps than code of `length` bytes can take.
fn parse<'t>(parser: &mut Parser, length: usize, read: &mut dyn FnMut(usize, Point) -> &'t [u8]) -> Option<Tree> {
    let mut left = MIN_STEPS + length / BYTES_PER_STEP;
    let mut count = |_: &ParseState| {
        left = left.saturating_sub(1);
        if left == 0 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let tree = parser.parse_with_options(&mut |at, point| read(at, point), None, Some(ParseOptions::new().progress_callback(&mut count)));
    if tree.is_none() {
        parser.reset();
    }
    tree
}

/// Lowers a Vue, Svelte or Astro file: its scripts and its markup.
pub(super) fn lower_component(file: FileId, path: &Utf8Path, text: &str) -> Module {
    let mut lowerer = Lowerer::new(text, Module::new(file, Language::Component));
    let flavor = match path.extension() {
        Some("vue") => Flavor::Directives,
        Some("astro") => Flavor::StrictBraces,
        _ => Flavor::Braces,
    };
    let header = if flavor == Flavor::StrictBraces { header(text) } else { None };
    if let Some(header) = &header {
        page::header(&mut lowerer, header);
    }
    let events = markup::scan(text, flavor, header.map_or(0, |header| header.end));
    page::lower(&mut lowerer, &events, flavor);
    lowerer.module
}

/// The script between the two lines of dashes that a file may begin with.
fn header(text: &str) -> Option<Range<usize>> {
    let blanks = text.len() - text.trim_start().len();
    let start = blanks + 3;
    let rest = text.get(blanks..)?.strip_prefix("---")?;
    let end = rest.find("\n---")?;
    Some(start..start + end)
}

/// Lowers an HTML page or server template: its scripts, forms, links and event attributes.
pub(super) fn lower_template(file: FileId, path: &Utf8Path, text: &str) -> Module {
    let mut lowerer = Lowerer::new(text, Module::new(file, Language::Template));
    let events = match path.extension() {
        Some("pug" | "jade") => indented::scan(text),
        _ => markup::scan(text, Flavor::Page, 0),
    };
    page::lower(&mut lowerer, &events, Flavor::Page);
    lowerer.module
}
