//! What is carried along while one file is lowered.

use tree_sitter::{Node, Tree};

use super::syntax::{is_comment, parts, span};
use crate::front::MAX_DEPTH;
use crate::ir::{ClassIndex, FunctionIndex, Import, ImportItem, Module, NoteComment, Problem, Value, ValueKind};
use crate::source::Span;

/// So many places of one file are reported as unreadable.
const MAX_PROBLEMS: usize = 5;

/// The sign of a comment addressed to this program.
const NOTE: &str = "logout-audit:";

/// A name and where it stands.
pub(super) type Named = Option<(String, Span)>;

/// The state of lowering one file.
pub(super) struct Lowerer<'s> {
    pub(super) text: &'s str,
    pub(super) module: Module,
    /// The function whose body is being lowered.
    pub(super) function: Option<FunctionIndex>,
    /// The class whose body is being lowered.
    pub(super) class: Option<ClassIndex>,
    depth: usize,
    late_imports: u32,
    /// Whether the text holds comments to this program.
    has_notes: bool,
    /// Whether the nesting limit was already reported.
    too_deep: bool,
}

impl<'s> Lowerer<'s> {
    pub(super) fn new(text: &'s str, module: Module) -> Self {
        Self { text, module, function: None, class: None, depth: 0, late_imports: 0, has_notes: text.contains(NOTE), too_deep: false }
    }

    /// The text of a node.
    pub(super) fn words(&self, node: Node<'_>) -> &'s str {
        self.text.get(node.byte_range()).unwrap_or_default()
    }

    /// A node's text and place, as a name.
    pub(super) fn named(&self, node: Node<'_>) -> Named {
        Some((self.words(node).to_owned(), span(node)))
    }

    /// Runs `lower` one level deeper; `None`, and a problem, if the nesting is past the limit.
    pub(super) fn deeper<T>(&mut self, node: Node<'_>, lower: impl FnOnce(&mut Self) -> T) -> Option<T> {
        if self.depth >= MAX_DEPTH {
            if !self.too_deep {
                self.too_deep = true;
                self.problem("nested too deeply to be read", span(node));
            }
            return None;
        }
        self.depth += 1;
        let lowered = lower(self);
        self.depth -= 1;
        Some(lowered)
    }

    pub(super) fn problem(&mut self, message: &str, span: Span) {
        if self.module.problems.len() < MAX_PROBLEMS {
            self.module.problems.push(Problem { message: message.to_owned(), span });
        }
    }

    /// Lowers one whole parsed script into the top of the module.
    pub(super) fn script(&mut self, tree: &Tree) {
        let root = tree.root_node();
        if root.has_error() || self.has_notes {
            self.remarks(root);
        }
        let statements = parts(root);
        let (directives, rest) = self.directives(&statements);
        self.module.directives.extend(directives);
        let mut top = std::mem::take(&mut self.module.top);
        for statement in rest {
            self.statement(*statement, &mut top);
        }
        self.module.top = top;
    }

    /// Splits the leading string statements (`'use server'`) from the others.
    pub(super) fn directives<'n, 't>(&self, statements: &'n [Node<'t>]) -> (Vec<String>, &'n [Node<'t>]) {
        let mut found = Vec::new();
        for statement in statements {
            let text = (statement.kind() == "expression_statement").then(|| super::syntax::first(*statement)).flatten().filter(|node| node.kind() == "string");
            match text {
                Some(text) => found.push(self.string(text)),
                None if statement.kind() == "hash_bang_line" => found.push(String::new()),
                None => break,
            }
        }
        let rest = &statements[found.len()..];
        found.retain(|directive| !directive.is_empty());
        (found, rest)
    }

    /// Collects the comments to this program and the syntax errors, in one walk that needs no stack.
    fn remarks(&mut self, root: Node<'_>) {
        let mut cursor = root.walk();
        loop {
            let node = cursor.node();
            let mut descend = true;
            if is_comment(node) {
                self.note(self.words(node), span(node));
                descend = false;
            } else if (node.is_error() || node.is_missing()) && !self.is_grammar_gap(node) {
                self.problem("syntax error", span(node));
            }
            if descend && cursor.goto_first_child() {
                continue;
            }
            while !cursor.goto_next_sibling() {
                if !cursor.goto_parent() {
                    return;
                }
            }
        }
    }

    /// Correct code that the grammar does not know: a bare `&` in an element's text, and type arguments before a template.
    fn is_grammar_gap(&self, node: Node<'_>) -> bool {
        let next = self.text.as_bytes().get(node.start_byte());
        matches!((node.is_missing(), next), (false, Some(b'&')) | (true, Some(b'`')))
    }

    /// Keeps a comment if it speaks to this program.
    pub(super) fn note(&mut self, comment: &str, span: Span) {
        if let Some((_, text)) = comment.split_once(NOTE) {
            let text = text.trim().trim_end_matches("*/").trim_end_matches("-->").trim();
            self.module.notes.push(NoteComment { text: text.to_owned(), span });
        }
    }

    /// Declares an import that has no name of its own (`require('m')(x)`) and gives the name it shall go by.
    pub(super) fn late_import(&mut self, word: &str, module: String, span: Span) -> ValueKind {
        self.late_imports += 1;
        let local = format!("{word}#{}", self.late_imports);
        self.import(local.clone(), module, ImportItem::Namespace, span);
        ValueKind::Name(local)
    }

    /// Declares an import where the lowering stands.
    pub(super) fn import(&mut self, local: String, module: String, item: ImportItem, span: Span) {
        self.module.imports.push(Import { local, module, item, type_only: false, within: self.function, span });
    }
}

/// A value of which nothing is known.
pub(super) fn unknown(span: Span) -> Value {
    Value::new(ValueKind::Unknown(Vec::new()), span)
}
