//! Lowers Python.
//!
//! A union type is kept as its first member that is not `None`, since that is what a value is used as. The first
//! parameter of a method is dropped, and its name lowered to [`ValueKind::This`].

mod assign;
mod class;
mod expression;
mod format;
mod function;
mod import;
mod matching;
mod operator;
mod statement;
mod string;
#[cfg(test)]
mod tests;
mod types;

use rustc_hash::{FxHashMap, FxHashSet};
use tree_sitter::{Node, Parser};

use super::MAX_DEPTH;
use crate::ir::{Block, ClassIndex, FunctionIndex, Module, NoteComment, Problem, Step, StepKind, TypeName, Value, ValueKind};
use crate::source::{FileId, Language, Span};

/// How many problems of one file are worth telling.
const MAX_PROBLEMS: usize = 5;

/// What a comment addressed to this program contains.
const NOTE_SIGN: &str = "logout-audit:";

/// Lowers one file.
pub(super) fn lower(file: FileId, text: &str) -> Module {
    let mut lowering = Lowering::new(file, text);
    let mut parser = Parser::new();
    let tree = parser.set_language(&tree_sitter_python::LANGUAGE.into()).ok().and_then(|()| parser.parse(text, None));
    let Some(tree) = tree else {
        lowering.problem("cannot be parsed", Span::new(0, text.len()));
        return lowering.module;
    };
    let root = tree.root_node();
    lowering.syntax_errors(root);
    if text.contains(NOTE_SIGN) {
        lowering.notes(root);
    }
    let mut top = Block::new();
    lowering.statements(root, &mut top);
    lowering.listed_submodules(&top);
    lowering.module.top = top;
    lowering.module
}

/// One file while it is lowered, and where in it we are.
struct Lowering<'t> {
    text: &'t str,
    module: Module,
    depth: usize,
    /// The function whose body we are in.
    function: Option<FunctionIndex>,
    /// The class whose body we are directly in.
    class: Option<ClassIndex>,
    /// The class whose constructor we are directly in.
    constructor: Option<ClassIndex>,
    /// What the method we are in calls its object.
    this: Option<&'t str>,
    /// We are under `if TYPE_CHECKING`.
    type_only: bool,
    /// A `:=` may become a step before the statement we are in.
    hoist: bool,
    /// The steps that `:=` asks for.
    before: Block,
    /// The names assigned so far, by scope.
    scopes: Vec<FxHashSet<&'t str>>,
    /// The declared types of the constructor's parameters.
    param_types: FxHashMap<&'t str, TypeName>,
    /// Where a class has a field of a name.
    fields: FxHashMap<(ClassIndex, String), usize>,
}

impl<'t> Lowering<'t> {
    fn new(file: FileId, text: &'t str) -> Self {
        Self {
            text,
            module: Module::new(file, Language::Python),
            depth: 0,
            function: None,
            class: None,
            constructor: None,
            this: None,
            type_only: false,
            hoist: false,
            before: Block::new(),
            scopes: vec![FxHashSet::default()],
            param_types: FxHashMap::default(),
            fields: FxHashMap::default(),
        }
    }

    fn text_of(&self, node: Node<'_>) -> &'t str {
        self.text.get(node.byte_range()).unwrap_or("")
    }

    fn problem(&mut self, message: &str, span: Span) {
        if self.module.problems.len() < MAX_PROBLEMS {
            self.module.problems.push(Problem { message: message.to_owned(), span });
        }
    }

    /// Goes one level deeper, unless that would be too deep; then the problem is recorded.
    fn enter(&mut self, node: Node<'_>) -> bool {
        if self.depth >= MAX_DEPTH {
            self.problem("nested too deeply to be read", span_of(node));
            return false;
        }
        self.depth += 1;
        true
    }

    fn leave(&mut self) {
        self.depth -= 1;
    }

    /// Appends a step, after those that `:=` asks for.
    fn push(&mut self, out: &mut Block, kind: StepKind, node: Node<'_>) {
        out.append(&mut self.before);
        out.push(Step { kind, span: span_of(node) });
    }

    /// Tells where the syntax is broken: the outermost places only.
    fn syntax_errors(&mut self, root: Node<'_>) {
        if !root.has_error() {
            return;
        }
        let mut cursor = root.walk();
        while self.module.problems.len() < MAX_PROBLEMS {
            let node = cursor.node();
            let broken = node.is_error() || node.is_missing();
            if broken {
                self.problem("syntax error", span_of(node));
            }
            if !broken && node.has_error() && cursor.goto_first_child() {
                continue;
            }
            if !next_node(&mut cursor) {
                return;
            }
        }
    }

    /// Collects the comments addressed to this program.
    fn notes(&mut self, root: Node<'_>) {
        let mut cursor = root.walk();
        loop {
            let node = cursor.node();
            if node.kind() == "comment"
                && let Some((_, note)) = self.text_of(node).split_once(NOTE_SIGN)
            {
                self.module.notes.push(NoteComment { text: note.trim().to_owned(), span: span_of(node) });
            }
            if !cursor.goto_first_child() && !next_node(&mut cursor) {
                return;
            }
        }
    }
}

/// Goes to the next node that is not a descendant.
fn next_node(cursor: &mut tree_sitter::TreeCursor<'_>) -> bool {
    while !cursor.goto_next_sibling() {
        if !cursor.goto_parent() {
            return false;
        }
    }
    true
}

fn span_of(node: Node<'_>) -> Span {
    Span::new(node.start_byte(), node.end_byte())
}

/// The named children, comments left out.
fn parts(node: Node<'_>) -> Vec<Node<'_>> {
    node.named_children(&mut node.walk()).filter(|child| !matches!(child.kind(), "comment" | "line_continuation")).collect()
}

/// The children of a field, in order.
fn field_parts<'n>(node: Node<'n>, field: &str) -> Vec<Node<'n>> {
    node.children_by_field_name(field, &mut node.walk()).filter(|child| child.is_named() && child.kind() != "comment").collect()
}

fn unknown(parts: Vec<Value>, span: Span) -> Value {
    Value::new(ValueKind::Unknown(parts), span)
}

fn name_value(name: &str, span: Span) -> Value {
    Value::new(ValueKind::Name(name.to_owned()), span)
}
