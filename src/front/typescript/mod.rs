//! Lowers TypeScript and JavaScript, and the scripts and markup of components and templates.

use camino::Utf8Path;

use crate::ir::Module;
use crate::source::{FileId, Language};

/// Lowers one script.
pub(super) fn lower(file: FileId, _path: &Utf8Path, _text: &str) -> Module {
    Module::new(file, Language::TypeScript)
}

/// Lowers a Vue, Svelte or Astro file: its scripts and its markup.
pub(super) fn lower_component(file: FileId, _path: &Utf8Path, _text: &str) -> Module {
    Module::new(file, Language::Component)
}

/// Lowers an HTML page or server template: its scripts, forms, links and event attributes.
pub(super) fn lower_template(file: FileId, _path: &Utf8Path, _text: &str) -> Module {
    Module::new(file, Language::Template)
}
