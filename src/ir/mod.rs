//! What a file says, the same for every language.
//!
//! A front end lowers one file to one [`Module`]; nothing above this room knows a syntax tree or a grammar.
//! Lowering is syntactic: names stay as written, and `link` finds out what they stand for. What the analysis
//! has no word for becomes [`ValueKind::Unknown`] with its parts, so that a call inside it is still seen.
//!
//! Invariants: a [`FunctionIndex`] or [`ClassIndex`] is valid in the module that holds it; spans are byte ranges of
//! the file as read from disk; comments and docstrings are not code and do not occur here.

mod name;
mod text;
mod value;
mod walk;

pub use name::{Name, Segment};
pub use text::write_module;
pub use value::{Argument, AssignOp, BinaryOp, Block, Call, CallStyle, Step, StepKind, TypeName, Value, ValueKind, entry_under};
pub use walk::{Visit, each_assignment, each_call, each_value, each_value_of, walk_block, walk_value};

use crate::source::{FileId, Language, Span};

/// Index of a function in [`Module::functions`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FunctionIndex(pub u32);

/// Index of a class in [`Module::classes`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ClassIndex(pub u32);

/// One lowered file.
#[derive(Debug, Clone)]
pub struct Module {
    pub file: FileId,
    pub language: Language,
    /// Kotlin's `package`; empty where the language has none or the file names none.
    pub package: String,
    pub imports: Vec<Import>,
    pub exports: Vec<Export>,
    pub classes: Vec<Class>,
    /// Every function of the file, closures and methods included.
    pub functions: Vec<Function>,
    /// The statements outside functions, in order. Declared functions and constants occur here as assignments.
    pub top: Block,
    /// Directives at the head of the file (`use server`, `use client`).
    pub directives: Vec<String>,
    /// Comments that speak to this program (`logout-audit: …`), without their comment signs.
    pub notes: Vec<NoteComment>,
    /// The places that could not be read (syntax errors, nesting past the limit).
    pub problems: Vec<Problem>,
}

/// A comment addressed to this program.
#[derive(Debug, Clone)]
pub struct NoteComment {
    /// The text after `logout-audit:`.
    pub text: String,
    pub span: Span,
}

/// What could not be read, and where.
#[derive(Debug, Clone)]
pub struct Problem {
    pub message: String,
    pub span: Span,
}

/// One local name that stands for something of another module.
///
/// `import a, { b as c } from "m"` gives two; `from .m import x` one with module `.m`; `import a.b` (Python) binds `a`
/// to module `a` and `import a.b as c` binds `c` to module `a.b`; Kotlin `import p.q.C as D` has module `p.q`, item `C`;
/// Rust `use a::b::{self, C}` has modules written with `::`. `const x = require("m")` and `await import("m")` are imports too.
#[derive(Debug, Clone)]
pub struct Import {
    /// The name in this file; empty for an import for its side effects.
    pub local: String,
    /// The module as written.
    pub module: String,
    pub item: ImportItem,
    /// Only a type is imported, or the import stands under `TYPE_CHECKING`.
    pub type_only: bool,
    /// The function whose body holds a late import.
    pub within: Option<FunctionIndex>,
    pub span: Span,
}

/// What an import takes from its module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ImportItem {
    /// The default export.
    Default,
    /// The module itself.
    Namespace,
    /// The exported name.
    Named(String),
    /// Everything, under its own names (`from m import *`, `use m::*`, Kotlin `import p.*`).
    Star,
    /// Nothing: the module is only run.
    SideEffect,
}

/// One name that other files can import. Languages in which every top-level name is visible leave exports empty,
/// save for re-exports (`pub use`, `from .m import x` in `__init__.py` need none: imports are visible as well).
#[derive(Debug, Clone)]
pub struct Export {
    /// The outside name; `default` for the default export, `*` for `export * from`.
    pub name: String,
    pub target: ExportTarget,
    pub span: Span,
}

/// What an exported name stands for.
#[derive(Debug, Clone)]
pub enum ExportTarget {
    /// A name of this file's top level.
    Local(String),
    /// A value written in place (`export default defineEventHandler(…)`, `module.exports = { … }`, `exports.x = …`).
    Value(Value),
    /// Something of another module.
    From { module: String, item: ImportItem },
}

/// A class, interface, trait, object or struct.
#[derive(Debug, Clone)]
pub struct Class {
    pub name: String,
    pub kind: ClassKind,
    /// What it extends and implements, and the traits implemented for it.
    pub bases: Vec<TypeName>,
    pub annotations: Vec<Call>,
    pub fields: Vec<Field>,
    pub methods: Vec<FunctionIndex>,
    /// The class body's own statements (Python class attributes are both fields and steps here; Kotlin `init`).
    pub body: Block,
    /// The class that encloses it.
    pub outer: Option<ClassIndex>,
    pub span: Span,
    /// The class's name.
    pub head: Span,
}

/// How a class was declared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClassKind {
    Class,
    /// Cannot be instantiated itself: interface, abstract class, trait, protocol.
    Interface,
    /// Has one instance that bears its name: Kotlin `object` and `companion object`.
    Object,
    Struct,
    Enum,
}

/// A member variable, also one that a constructor parameter declares or that a constructor assigns (`this.x = …`).
#[derive(Debug, Clone)]
pub struct Field {
    pub name: String,
    pub ty: Option<TypeName>,
    pub value: Option<Value>,
    pub annotations: Vec<Call>,
    pub is_static: bool,
    pub span: Span,
}

/// One function, method, closure, accessor or constructor.
#[derive(Debug, Clone)]
pub struct Function {
    /// As declared, or the variable, key or field it is bound to; empty if nothing names it.
    pub name: String,
    pub kind: FunctionKind,
    /// The class it is a member of.
    pub owner: Option<ClassIndex>,
    /// The function that lexically encloses it.
    pub parent: Option<FunctionIndex>,
    pub params: Vec<Param>,
    pub returns: Option<TypeName>,
    /// Decorators, annotations, attributes.
    pub annotations: Vec<Call>,
    pub is_async: bool,
    pub is_static: bool,
    /// What a bare name in the body may be a member of.
    pub receiver: Option<Receiver>,
    /// Directives at the head of the body (`use server`).
    pub directives: Vec<String>,
    pub body: Block,
    /// The whole function.
    pub span: Span,
    /// Where it begins for a reader: its name, or its first token where it has none. Never a decorator.
    pub head: Span,
}

impl Function {
    /// What a call of this hands over for its parameter at a position: by name or by place, where a method's own object, which may stand
    /// among its parameters, is not handed over.
    pub fn handed<'c>(&self, call: &'c Call, position: usize) -> Option<&'c Value> {
        let own = usize::from(self.params.first().is_some_and(|first| matches!(first.name.as_str(), "self" | "cls")));
        call.named(&self.params.get(position)?.name).or_else(|| call.positional(position.checked_sub(own)?))
    }

    /// A function that takes no step yet, to be filled by a front end; its head is the whole of it.
    pub fn new(kind: FunctionKind, span: Span) -> Self {
        Self {
            name: String::new(),
            kind,
            owner: None,
            parent: None,
            params: Vec::new(),
            returns: None,
            annotations: Vec::new(),
            is_async: false,
            is_static: false,
            receiver: None,
            directives: Vec::new(),
            body: Block::new(),
            span,
            head: span,
        }
    }
}

/// How a function was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FunctionKind {
    Function,
    Method,
    Constructor,
    /// A getter, setter, or property with a body.
    Accessor,
    /// A function expression, arrow function or lambda.
    Closure,
    /// What a markup file or template does at its top (Vue, Svelte, Astro, HTML).
    Template,
}

/// The implicit receiver of a function's body.
#[derive(Debug, Clone)]
pub enum Receiver {
    /// An extension function: `fun Route.auth()`; a Rust `impl` block's self type.
    Type(TypeName),
    /// A lambda with receiver: the call it is handed to (`prefs.edit { clear() }` gives `prefs.edit`, `x.apply { }` gives `x`).
    Value(Box<Value>),
}

/// One parameter.
#[derive(Debug, Clone)]
pub struct Param {
    /// Its name; empty where it is only taken apart.
    pub name: String,
    /// For a parameter that is taken apart: the path of the part and the local name (`{ user: { id: uid } }` gives
    /// `user.id` and `uid`; a list gives `0`, `1`; a rest element gives `...`).
    pub parts: Vec<(String, String)>,
    pub ty: Option<TypeName>,
    pub default: Option<Value>,
    pub annotations: Vec<Call>,
    pub span: Span,
}

impl Module {
    /// An empty module, to be filled by a front end.
    pub fn new(file: FileId, language: Language) -> Self {
        Self {
            file,
            language,
            package: String::new(),
            imports: Vec::new(),
            exports: Vec::new(),
            classes: Vec::new(),
            functions: Vec::new(),
            top: Block::new(),
            directives: Vec::new(),
            notes: Vec::new(),
            problems: Vec::new(),
        }
    }

    /// All steps of the file, by the function that takes them; those of no function first.
    pub fn bodies(&self) -> impl Iterator<Item = (Option<FunctionIndex>, &Block)> {
        let of_functions = self.functions.iter().enumerate().map(|(index, function)| (Some(FunctionIndex(index as u32)), &function.body));
        std::iter::once((None, &self.top)).chain(of_functions)
    }

    /// The steps that a function takes, or the file itself where it is none.
    pub fn body(&self, function: Option<FunctionIndex>) -> &Block {
        function.map_or(&self.top, |index| &self.function(index).body)
    }

    /// The function at `index`.
    pub fn function(&self, index: FunctionIndex) -> &Function {
        &self.functions[index.0 as usize]
    }

    /// A function and those around it, the innermost first; none for the file itself.
    pub fn around(&self, function: Option<FunctionIndex>) -> impl Iterator<Item = FunctionIndex> {
        std::iter::successors(function, |index| self.function(*index).parent)
    }

    /// The class of an object that is written where it stands: `object : Callback<Unit> { … }`.
    pub fn written_object(&self, value: &Value) -> Option<&Class> {
        let ValueKind::Call(made) = &value.kind else { return None };
        let is_bare = made.style == CallStyle::New && made.args.is_empty();
        self.classes.iter().filter(|_| is_bare).find(|class| class.kind == ClassKind::Object && class.span == made.span)
    }

    /// The class at `index`.
    pub fn class(&self, index: ClassIndex) -> &Class {
        &self.classes[index.0 as usize]
    }
}
