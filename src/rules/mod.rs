//! Reads rule files and tells whether a pattern fits a place of the program.
//!
//! Never decides anything: what a fitting rule is worth is for `trace` and `judge` to say.

mod compile;
mod compiled;
mod index;
mod load;
mod locator;
mod matching;
mod pattern;
mod schema;
mod schema_routes;
mod schema_words;
mod signs;
mod sql;
mod value;
mod words;

pub use compiled::{
    Backend, Callback, Credential, CredentialKind, Effect, Example, Fact, FileRoute, HandlerRule, Listen, Locator, Matcher, Mount, Navigation, Provider, Request, Route, Rule,
    Runs, SideHint, Unit, Version, What, When,
};
pub use index::{Entry, Kind, Shape, names_logout};
pub use load::{Error, built_in, from_texts, load, load_bare};
pub use matching::Subject;
pub use pattern::{Glob, Pattern};
pub use signs::{Sign, SignKind};
pub use value::{Lookup, number_of, spelled};
pub use words::{ClassId, Lexicon, split_words};

use crate::source::Language;

/// All rules of a run.
#[derive(Debug, Clone, Default)]
pub struct RuleSet {
    pub lexicon: Lexicon,
    pub rules: Vec<Rule>,
    pub backends: Vec<Backend>,
    pub facts: Vec<Fact>,
    pub providers: Vec<Provider>,
    pub routes: Vec<Route>,
    pub mounts: Vec<Mount>,
    pub file_routes: Vec<FileRoute>,
    pub handlers: Vec<HandlerRule>,
    pub requests: Vec<Request>,
    pub navigations: Vec<Navigation>,
    pub callbacks: Vec<Callback>,
    pub listens: Vec<Listen>,
    pub credentials: Vec<Credential>,
    pub signs: Vec<Sign>,
    pub sides: Vec<SideHint>,
    /// Name of each library and its names in manifests.
    pub libraries: Vec<(String, Vec<String>)>,
    /// Where the documentation of each library stands, for those that name it.
    pub docs: Vec<(String, String)>,
    /// The words that make a file of some languages worth lowering although no logout is in it.
    pub words: Vec<(String, Vec<Language>)>,
    /// The texts of some languages by which a file of routes leads on to others, or tells of a login.
    pub leading: Vec<(String, Vec<Language>)>,
    index: index::Index,
}
