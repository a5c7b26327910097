//! Statements and expressions.

use super::FunctionIndex;
use crate::source::Span;

/// Steps in the order in which they are written.
pub type Block = Vec<Step>;

/// One statement.
#[derive(Debug, Clone)]
pub struct Step {
    pub kind: StepKind,
    pub span: Span,
}

/// What a statement does.
#[derive(Debug, Clone)]
pub enum StepKind {
    /// An expression is evaluated for its effect.
    Evaluate(Value),
    /// `target = value`, or a declaration. A target that takes a value apart is a [`ValueKind::Record`] of names by key, or a
    /// [`ValueKind::List`] of names by position. A declared function is an assignment of a closure to its name.
    Assign {
        target: Value,
        op: AssignOp,
        value: Value,
        ty: Option<Box<TypeName>>,
    },
    /// `delete x.y`, `del x["y"]`.
    Delete(Value),
    /// `if`, with an empty `otherwise` where there is none.
    Branch {
        test: Value,
        then: Block,
        otherwise: Block,
    },
    /// `switch`, `when`, `match`: each arm has its labels (none for the default) and its steps.
    Match {
        subject: Option<Value>,
        arms: Vec<(Vec<Value>, Block)>,
    },
    /// `for`, `while`: the values of its head, then its body. The loop variable is declared in `body`.
    Loop {
        head: Vec<Value>,
        body: Block,
    },
    /// `try`: `caught` holds the steps of all handlers, one after another, each begun by its own [`StepKind::Branch`] if there are several.
    Attempt {
        body: Block,
        caught: Block,
        finally: Block,
    },
    Return(Option<Value>),
    /// `throw`, `raise`, a macro that panics.
    Throw(Option<Value>),
    /// `break`, `continue`.
    Leave,
}

/// The kind of an assignment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AssignOp {
    /// A new local, module or class name.
    Declare,
    /// `=`
    Set,
    /// `+=`, `++`, `|=` and the like.
    Update,
}

/// One expression.
#[derive(Debug, Clone)]
pub struct Value {
    pub kind: ValueKind,
    pub span: Span,
}

/// What an expression is.
#[derive(Debug, Clone)]
pub enum ValueKind {
    Text(String),
    /// A string with holes: text parts and other values in order. Concatenation of strings by `+` is lowered to this too.
    Template(Vec<Value>),
    Number(f64),
    Bool(bool),
    /// `null`, `None`.
    Null,
    /// `undefined`, `void 0`: as empty as `null`, and many a library leaves it out of what it writes.
    Undefined,
    /// A bare name.
    Name(String),
    /// `this`, `self` (the first parameter of a Python method is lowered to this as well).
    This,
    /// `super`, `super()` of Python.
    Super,
    /// `a.b`, `a?.b`, `a::b`, `a["b"]`.
    Member(Box<Value>, String),
    /// `a[b]` where `b` is not a constant text.
    Index(Box<Value>, Box<Value>),
    Call(Box<Call>),
    /// An object or dictionary literal, keyword arguments collected; the key `...` is a spread.
    Record(Vec<(String, Value)>),
    /// A list, tuple, set or array; a spread is its element `Unknown`.
    List(Vec<Value>),
    Closure(FunctionIndex),
    /// `await x`, `x.await`.
    Await(Box<Value>),
    /// `test ? then : otherwise`; `a || b`, `a ?? b`, `a or b`, `a ?: b` have `a` as test and as `then`; `a && b` has `Null` as `otherwise`.
    Choice {
        test: Box<Value>,
        then: Box<Value>,
        otherwise: Box<Value>,
    },
    Binary {
        op: BinaryOp,
        left: Box<Value>,
        right: Box<Value>,
    },
    Not(Box<Value>),
    /// An expression that holds statements: a block, `if`, `when`, `match` or `try` as a value. The value is what its branches end with.
    Block(Block),
    /// Something else, with the values it is made of.
    Unknown(Vec<Value>),
}

impl ValueKind {
    /// Whether it is nothing at all: `null` or `undefined`.
    pub fn is_nothing(&self) -> bool {
        matches!(self, Self::Null | Self::Undefined)
    }
}

/// Operators that constants are folded over or conditions are read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BinaryOp {
    Add,
    Subtract,
    Multiply,
    Divide,
    Equal,
    NotEqual,
    Less,
    Greater,
    /// `in`, `contains` as an operator.
    In,
    Other,
}

/// A call, also a constructor, macro, tagged template or markup element.
#[derive(Debug, Clone)]
pub struct Call {
    pub callee: Value,
    pub args: Vec<Argument>,
    pub style: CallStyle,
    /// Explicit type arguments (`sessions.clear<User>()`, `collect::<Vec<_>>()`).
    pub types: Vec<TypeName>,
    pub span: Span,
}

/// How a call was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallStyle {
    Function,
    /// `new X()`; Kotlin and Python constructors are ordinary calls.
    New,
    /// `name!(…)`; the callee's last segment bears the `!`.
    Macro,
    /// A template literal with a tag; its one argument is the template.
    Tagged,
    /// A markup element: the callee is the tag's name, the arguments are named by attribute, the children are the argument `children` (a list).
    Element,
    /// A decorator, annotation or attribute.
    Annotation,
}

/// One argument. A trailing lambda is the last argument.
#[derive(Debug, Clone)]
pub struct Argument {
    pub name: Option<String>,
    pub value: Value,
}

/// A type as written: `Repository<RefreshToken>` is `["Repository"]` with one argument. Pointers, references, nullability and
/// `Promise` or `Option` are kept as they are written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TypeName {
    pub path: Vec<String>,
    pub args: Vec<Self>,
}

impl Value {
    pub fn new(kind: ValueKind, span: Span) -> Self {
        Self { kind, span }
    }

    /// The value behind `await`s.
    pub fn awaited(&self) -> &Self {
        match &self.kind {
            ValueKind::Await(inner) => inner.awaited(),
            _ => self,
        }
    }

    /// What a loop's variable stands for: something of what is run over, as far as that may be written twice.
    pub fn element_of(over: Option<&Self>, span: Span) -> Self {
        Self::new(ValueKind::Unknown(over.filter(|over| over.is_plain()).cloned().into_iter().collect()), span)
    }

    /// The tests that must all hold where this one does: `a`, `b` and `c` of `a && b && c`.
    pub fn conjuncts(&self) -> Vec<&Self> {
        match &self.kind {
            ValueKind::Choice { test, then, otherwise } if otherwise.kind.is_nothing() => {
                let mut all = test.conjuncts();
                all.extend(then.conjuncts());
                all
            }
            _ => vec![self],
        }
    }

    /// Whether evaluating it does nothing but read, so that it may be written twice: names, members, constants, lists of them.
    pub fn is_plain(&self) -> bool {
        match &self.kind {
            ValueKind::Name(_) | ValueKind::This | ValueKind::Text(_) | ValueKind::Number(_) | ValueKind::Bool(_) | ValueKind::Null | ValueKind::Undefined => true,
            ValueKind::Member(of, _) => of.is_plain(),
            ValueKind::List(items) => items.iter().all(Self::is_plain),
            _ => false,
        }
    }

    /// The text of the last segment of [`Name::written`](super::Name::written), without writing the others.
    pub fn last_name(&self) -> &str {
        match &self.awaited().kind {
            ValueKind::Member(_, name) | ValueKind::Name(name) => name,
            ValueKind::Index(..) => "[]",
            ValueKind::This => "this",
            ValueKind::Super => "super",
            ValueKind::Call(call) => call.last_name(),
            _ => "?",
        }
    }
}

/// The entry under a key of a record; of several the last, which overwrites the others.
pub fn entry_under<'v>(entries: &'v [(String, Value)], key: &str) -> Option<&'v Value> {
    entries.iter().rev().find(|(name, _)| name == key).map(|(_, entry)| entry)
}

impl Call {
    /// The text of the last segment of [`Name::of_call`](super::Name::of_call): empty where the result of a call is called.
    pub fn last_name(&self) -> &str {
        match &self.callee.awaited().kind {
            ValueKind::Call(_) => "",
            _ => self.callee.last_name(),
        }
    }

    /// The positional argument at `index`, named ones left out.
    pub fn positional(&self, index: usize) -> Option<&Value> {
        self.args.iter().filter(|a| a.name.is_none()).nth(index).map(|a| &a.value)
    }

    /// The argument called `name`.
    pub fn named(&self, name: &str) -> Option<&Value> {
        self.args.iter().find(|a| a.name.as_deref() == Some(name)).map(|a| &a.value)
    }
}

impl TypeName {
    /// The last segment of the path; empty for a type without a name (function types, tuples).
    pub fn last(&self) -> &str {
        self.path.last().map_or("", String::as_str)
    }
}
