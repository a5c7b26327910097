//! Lowers Kotlin, both source files and Gradle's scripts.
//!
//! The grammar misreads some of the language; [`mend`] rewrites those places, byte for byte, before the parser sees
//! them, and every text is read from the file as it is. Left out knowingly: context receivers, contracts, the
//! arithmetic of labels (`return@label` is a return), the delegate of an interface (`: Foo by bar` has the base `Foo`).

mod calls;
mod classes;
mod expressions;
mod functions;
mod imports;
mod literals;
mod mend;
mod recover;
mod statements;
mod tree;
mod types;

#[cfg(test)]
mod tests;

use camino::Utf8Path;
use tree_sitter::Node;

use super::MAX_DEPTH;
use crate::ir::{ClassIndex, FunctionIndex, Module, Problem};
use crate::source::{FileId, Language, Span};

/// How deep lowered values may nest, the links of chains counted; bounds the stack of what walks them.
const MAX_NESTING: usize = 500;

/// Lowers one file.
pub(super) fn lower(file: FileId, _path: &Utf8Path, text: &str) -> Module {
    let mended = mend::mend(text);
    let mut module = Module::new(file, Language::Kotlin);
    module.notes = mended.notes;
    let Some(parsed) = recover::parse(mended.text) else {
        module.problems.push(Problem { message: "the file could not be parsed".to_owned(), span: Span::new(0, text.len()) });
        return module;
    };
    module.problems = parsed.problems;
    let mut lowerer = Lowerer { text, mended: parsed.text, module, depth: 0, nesting: 0, scopes: Vec::new(), objects: 0, blanked_types: mended.types };
    lowerer.file(parsed.tree.root_node());
    lowerer.module
}

/// What lexically encloses the place that is being lowered.
#[derive(Debug, Clone, Copy)]
enum Scope {
    Function(FunctionIndex),
    Class(ClassIndex),
}

/// The state of lowering one file.
struct Lowerer<'t> {
    text: &'t str,
    /// What the parser saw in its place.
    mended: String,
    module: Module,
    /// How many levels of lowering are entered.
    depth: usize,
    /// The same with the links of chains, which are not entered one by one.
    nesting: usize,
    scopes: Vec<Scope>,
    /// How many object expressions were met; they are numbered.
    objects: u32,
    /// Type arguments that the parser does not see, in order.
    blanked_types: Vec<Span>,
}

impl<'t> Lowerer<'t> {
    fn file(&mut self, root: Node<'_>) {
        let mut statements = Vec::new();
        self.headers(root, &mut statements);
        let top = self.steps(&statements);
        self.module.top = top;
    }

    /// Runs `lower` one level deeper, or records a problem if that is too deep.
    fn deeper<T>(&mut self, node: Node<'_>, lower: impl FnOnce(&mut Self) -> T) -> Option<T> {
        if self.depth >= MAX_DEPTH || self.nesting >= MAX_NESTING {
            self.problem("nested too deep", tree::span(node));
            return None;
        }
        self.depth += 1;
        self.nesting += 1;
        let lowered = lower(self);
        self.depth -= 1;
        self.nesting -= 1;
        Some(lowered)
    }

    fn problem(&mut self, message: &str, span: Span) {
        if self.module.problems.len() < recover::MAX_PROBLEMS {
            self.module.problems.push(Problem { message: message.to_owned(), span });
        }
    }

    fn text(&self, node: Node<'_>) -> &'t str {
        tree::text_of(self.text, node)
    }

    /// An identifier without backquotes.
    fn name(&self, node: Node<'_>) -> String {
        self.text(node).trim_matches('`').to_owned()
    }

    /// The function that encloses the present place.
    fn enclosing_function(&self) -> Option<FunctionIndex> {
        self.scopes.iter().rev().find_map(|scope| match scope {
            Scope::Function(index) => Some(*index),
            Scope::Class(_) => None,
        })
    }

    /// The class that encloses the present place, functions between them or not.
    fn enclosing_class(&self) -> Option<ClassIndex> {
        self.scopes.iter().rev().find_map(|scope| match scope {
            Scope::Class(index) => Some(*index),
            Scope::Function(_) => None,
        })
    }

    /// The class whose member or initializer the present place is, if no function stands between.
    fn immediate_class(&self) -> Option<ClassIndex> {
        match self.scopes.last() {
            Some(Scope::Class(index)) => Some(*index),
            _ => None,
        }
    }
}
