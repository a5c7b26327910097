//! Rules as they are used: patterns compiled, words checked.

use crate::outcome::{Action, Side, Timing};
use crate::source::Language;

use super::index::Shape;
use super::pattern::{Glob, Pattern};
use super::value::ValueTest;

/// What a rule looks for in the program.
#[derive(Debug, Clone)]
pub struct Matcher {
    pub what: What,
    pub style: Option<Style>,
    pub args: Vec<ArgumentTest>,
    /// The value of an assignment.
    pub value: Option<ValueTest>,
    /// Calls (or annotations) that must enclose the place.
    pub within: Vec<Pattern>,
}

/// The kind of place a matcher looks at.
#[derive(Debug, Clone)]
pub enum What {
    Call(Vec<Pattern>),
    Assign(Vec<Pattern>),
    Delete(Vec<Pattern>),
    /// The module of an import.
    Import(Vec<Glob>),
    /// A class with such a base.
    Base(Vec<Pattern>),
    Sql(SqlTest),
}

impl What {
    /// The shape of the places that are meant, if they have names.
    pub(super) fn shape(&self) -> Option<Shape> {
        match self {
            Self::Call(_) => Some(Shape::Call),
            Self::Assign(_) => Some(Shape::Assign),
            Self::Delete(_) => Some(Shape::Delete),
            Self::Import(_) | Self::Base(_) | Self::Sql(_) => None,
        }
    }
}

/// How a call must be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    Element,
    Annotation,
    New,
}

/// A statement in SQL inside a string.
#[derive(Debug, Clone)]
pub struct SqlTest {
    /// `delete`, `update`, `insert`, `call`.
    pub verbs: Vec<String>,
    pub table: Option<Glob>,
    /// A column that the statement sets.
    pub set: Option<Glob>,
}

/// A test of one argument.
#[derive(Debug, Clone)]
pub struct ArgumentTest {
    pub which: WhichArgument,
    pub test: ValueTest,
}

/// Which argument a test looks at.
#[derive(Debug, Clone)]
pub enum WhichArgument {
    Position(usize),
    Named(String),
    /// By name, else by position.
    Either(usize, String),
    Any,
}

/// Where something stands in a match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Locator {
    /// The callee's last segment.
    Callee,
    /// A fixed text.
    Text(String),
    /// An argument by position and a path inside it.
    Argument(usize, Vec<String>),
    /// An argument by name and a path inside it.
    Named(String, Vec<String>),
    /// A field of the class that is annotated or matched.
    Field(String),
    /// The class that is a type argument: what its annotation of that name says, its parents' before it; without one, the type's name.
    Type(usize, Option<String>),
    /// The class of which an argument is made: what its annotation of that name says, its parents' before it.
    Made(usize, String),
    /// The method of that name of the class.
    Method(String),
    /// The texts that all calls of that name in the chain are handed, as one path.
    Chained(String),
    /// What the closures of the call, or the calls chained behind it, set under a name.
    Inside(String),
    /// Every argument, the last first.
    Arguments,
    /// The annotated function or class.
    Annotated,
    /// The object that the call is made on.
    Receiver,
    /// What something is assigned to.
    Target,
    /// The value of the call.
    Result,
    /// The next call of the chain.
    Chain,
    /// The closure among the arguments.
    Body,
    /// The class of the annotated method.
    Class,
    /// The whole project.
    Global,
    /// Nothing.
    None,
}

/// When an effect holds.
#[derive(Debug, Clone, Default)]
pub struct When {
    pub held: Option<Side>,
    pub backend: Option<Glob>,
    pub fact: Option<String>,
    pub no_fact: Option<String>,
    pub package: Option<String>,
    pub below: Option<Version>,
    pub at_least: Option<Version>,
}

/// Major, minor, patch.
pub type Version = (u64, u64, u64);

/// One action that a call performs under a condition.
#[derive(Debug, Clone)]
pub struct Effect {
    pub action: Action,
    pub when: When,
    pub counts: bool,
    pub why: Option<String>,
}

/// A claim of what a call does.
#[derive(Debug, Clone)]
pub struct Rule {
    pub id: String,
    pub title: String,
    pub library: String,
    pub languages: Vec<Language>,
    pub matchers: Vec<Matcher>,
    pub system: Option<String>,
    pub at: Option<Side>,
    pub silent: bool,
    pub effects: Vec<Effect>,
    pub timing: Timing,
    pub awaited: bool,
    pub followed_by: Vec<Pattern>,
    pub undone_by: Vec<Pattern>,
    pub spoiled_by: Vec<Pattern>,
    pub default_path: Option<String>,
    pub lazy: bool,
    /// The signal that the library sends with it: what listens to that runs then.
    pub sends: Option<String>,
    pub returned: bool,
    pub weak: bool,
    /// It writes down what is no longer accepted, which means something only where that is looked up.
    pub denylist: bool,
    pub fix: Option<String>,
    pub truth: Vec<String>,
    pub examples: Vec<Example>,
    pub counter_examples: Vec<Example>,
}

/// A small project that shows a rule at work, or not at work.
#[derive(Debug, Clone)]
pub struct Example {
    /// File names and texts; the first is the one that is shown.
    pub files: Vec<(String, String)>,
    /// The actions that the whole example must have found.
    pub found: Option<Vec<Action>>,
    /// The supporting checks that find something in it.
    pub finds: Vec<String>,
    /// Those that find nothing in it.
    pub finds_not: Vec<String>,
    pub why: Option<String>,
    pub truth: Vec<String>,
}

/// Where sessions of a system are held.
#[derive(Debug, Clone)]
pub struct Backend {
    pub id: String,
    pub library: String,
    pub languages: Vec<Language>,
    pub system: String,
    pub held: Side,
    pub store: String,
    pub default: bool,
    pub matchers: Vec<Matcher>,
    /// The dependencies that bring it about.
    pub dependencies: Vec<Glob>,
    /// The settings that bring it about: keys and values.
    pub settings: Vec<(Glob, Vec<Glob>)>,
    pub rank: i32,
    /// It stands in every project of its framework: alone it creates no session.
    pub idle: bool,
}

/// Something true of the project that rules ask for.
#[derive(Debug, Clone)]
pub struct Fact {
    pub id: String,
    pub languages: Vec<Language>,
    pub matchers: Vec<Matcher>,
}

/// A managed service that keeps the sessions.
#[derive(Debug, Clone)]
pub struct Provider {
    pub id: String,
    pub name: String,
    pub languages: Vec<Language>,
    pub packages: Vec<Glob>,
    pub matchers: Vec<Matcher>,
    pub used_by: Vec<Matcher>,
    /// Systems in whose sessions it keeps its own.
    pub keeps_in: Vec<String>,
}

/// A declaration of an endpoint.
#[derive(Debug, Clone)]
pub struct Route {
    pub id: String,
    pub framework: String,
    pub languages: Vec<Language>,
    pub matchers: Vec<Matcher>,
    pub path: Vec<Locator>,
    pub method: Vec<Locator>,
    pub handler: Locator,
    pub router: Locator,
}

/// A prefix put before the routes of a router, class or module.
#[derive(Debug, Clone)]
pub struct Mount {
    pub id: String,
    pub languages: Vec<Language>,
    pub matchers: Vec<Matcher>,
    pub prefix: Vec<Locator>,
    pub mounted: Locator,
}

/// Endpoints that a file's place declares.
#[derive(Debug, Clone)]
pub struct FileRoute {
    pub id: String,
    pub framework: String,
    pub languages: Vec<Language>,
    pub files: globset::GlobSet,
    pub strip: Vec<globset::GlobMatcher>,
    /// Exported names and their methods, in order.
    pub exports: Vec<(String, String)>,
    pub drop: Vec<String>,
    pub dots: bool,
    pub method_suffix: bool,
    pub prefix: Option<String>,
    pub needs: Vec<Glob>,
}

/// A logout that a library mounts or a configuration block declares.
#[derive(Debug, Clone)]
pub struct HandlerRule {
    pub id: String,
    pub framework: String,
    pub library: String,
    pub languages: Vec<Language>,
    pub matchers: Vec<Matcher>,
    pub path: Vec<Locator>,
    pub method: Vec<Locator>,
    pub system: Option<String>,
    pub effects: Vec<Effect>,
    pub unless: Vec<Pattern>,
    /// What ends the calls chained behind it; where it is empty, they are no part of the handler.
    pub until: Vec<Pattern>,
    /// It is one of several endpoints that the library brings along unasked.
    pub bundled: bool,
    /// The signal that the library sends with it: what listens to that runs then.
    pub sends: Option<String>,
    pub truth: Vec<String>,
    pub examples: Vec<Example>,
    pub counter_examples: Vec<Example>,
}

/// A call of an endpoint.
#[derive(Debug, Clone)]
pub struct Request {
    pub id: String,
    pub languages: Vec<Language>,
    pub matchers: Vec<Matcher>,
    pub path: Vec<Locator>,
    pub method: Vec<Locator>,
}

/// A change of the page within the client, which calls no server.
#[derive(Debug, Clone)]
pub struct Navigation {
    pub languages: Vec<Language>,
    pub matchers: Vec<Matcher>,
}

/// When closures that a call is given run.
#[derive(Debug, Clone)]
pub struct Callback {
    pub languages: Vec<Language>,
    pub matchers: Vec<Matcher>,
    /// Positions, names or keys; empty for all.
    pub args: Vec<String>,
    pub runs: Runs,
    pub delay: Option<usize>,
}

/// When a closure runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Runs {
    Ordinary,
    Error,
    Deferred,
    Never,
    /// An event of its own, which is no part of this flow.
    Elsewhere,
    /// Elsewhere, around every request: nobody asks for it.
    Intercepting,
    /// Only where something uses what the call gives.
    Cold,
    /// At once, and nothing uses what the closure gives.
    Discarding,
}

/// A function that runs whenever something else is called: a reducer for another slice's action, a signal's receiver.
#[derive(Debug, Clone)]
pub struct Listen {
    pub languages: Vec<Language>,
    pub matchers: Vec<Matcher>,
    pub to: Locator,
    pub runs: Locator,
}

/// What a login creates.
#[derive(Debug, Clone)]
pub struct Credential {
    pub id: String,
    pub kind: CredentialKind,
    pub languages: Vec<Language>,
    pub matchers: Vec<Matcher>,
    pub key: Vec<Locator>,
    pub lifetime: Vec<Locator>,
    pub unit: Unit,
    pub default_seconds: Option<u64>,
    /// The cookie is `HttpOnly` unless the call says otherwise.
    pub http_only: bool,
    /// The credential whose lifetime holds where a call says none.
    pub inherits: Option<String>,
}

/// The kind of a credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum CredentialKind {
    Session,
    AccessToken,
    RefreshToken,
    Cookie,
    Storage,
    /// Not a credential itself: the look-up that makes a deny list real.
    DenylistRead,
}

/// The unit of a bare number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    Milliseconds,
    Seconds,
    Minutes,
    Hours,
    Days,
}

/// What tells the side on which a file runs.
#[derive(Debug, Clone)]
pub struct SideHint {
    pub at: Side,
    pub languages: Vec<Language>,
    pub imports: Vec<Glob>,
    pub calls: Vec<Pattern>,
    pub packages: Vec<Glob>,
}
