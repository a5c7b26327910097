//! What declares, mounts, asks for and listens to endpoints, as it is written in a rule file.

use serde::Deserialize;

use super::schema::{Effect, Example, Match, OneOrMany};

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Route {
    pub id: String,
    pub framework: String,
    #[serde(rename = "match")]
    pub matches: OneOrMany<Match>,
    /// Where the path stands: `arg:0`, `arg:path`, `arg:0.url`, `field:path` of the class, or a text in quotes.
    #[serde(default)]
    pub path: Option<OneOrMany<String>>,
    /// Where the method stands: `callee`, `arg:methods`, `arg:0.method`, or a word such as `POST` or `ANY`.
    #[serde(default)]
    pub method: Option<OneOrMany<String>>,
    /// Where the handlers stand: `args` (every argument that is a function, the last one first), `arg:1`, `arg:0.handler`,
    /// `annotated` (the function under the annotation), `chain` (the next call of the chain).
    #[serde(default)]
    pub handler: Option<String>,
    /// The object on which the route is declared: `receiver` (default), `arg:0`, `class`, or `none`.
    #[serde(default)]
    pub router: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Mount {
    pub id: String,
    #[serde(rename = "match")]
    pub matches: OneOrMany<Match>,
    /// Where the prefix stands, as in `path` of a route.
    #[serde(default)]
    pub prefix: Option<OneOrMany<String>>,
    /// What is mounted: `args`, `arg:1`, `receiver` or `result` (a router made with a prefix), `class` (annotated), `body` (routes declared in the closure argument), `global`.
    pub mounted: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct FileRoute {
    pub id: String,
    pub framework: String,
    /// Globs over the path of the file; `$root` is any directory that may stand before.
    pub files: Vec<String>,
    /// What is cut from the path before its folders become the route: a glob prefix ending in a slash.
    pub strip: Vec<String>,
    /// The exported names that are handlers, with their methods: `POST = "POST"`, `default = "ANY"`, `actions.* = "POST"`.
    pub exports: std::collections::BTreeMap<String, String>,
    /// Last segments of the path that are no part of the route (`route`, `+server`, `index`).
    #[serde(default)]
    pub drop: Vec<String>,
    /// Dots in the file's name divide segments.
    #[serde(default)]
    pub dots: bool,
    /// The method may stand at the end of the file's name (`logout.post`).
    #[serde(default)]
    pub method_suffix: bool,
    /// A prefix that the framework puts before.
    #[serde(default)]
    pub prefix: Option<String>,
    /// The file must import one of these, or the nearest manifest name one of them.
    #[serde(default)]
    pub needs: Vec<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Handler {
    pub id: String,
    pub framework: String,
    #[serde(rename = "match")]
    pub matches: OneOrMany<Match>,
    #[serde(default)]
    pub path: Option<OneOrMany<String>>,
    #[serde(default)]
    pub method: Option<OneOrMany<String>>,
    #[serde(default)]
    pub system: Option<String>,
    /// What the mounted logout does by itself.
    #[serde(default)]
    pub effects: Vec<Effect>,
    /// Not a handler if its closure calls one of these (`logout { disable() }`).
    #[serde(default)]
    pub unless: Option<OneOrMany<String>>,
    /// The call that ends what is chained behind the handler's (`.and()`).
    #[serde(default)]
    pub until: Option<OneOrMany<String>>,
    /// It is one of several endpoints that the library brings along unasked.
    #[serde(default)]
    pub bundled: bool,
    /// The signal that the library sends with it: what listens to that runs then.
    #[serde(default)]
    pub sends: Option<String>,
    #[serde(default)]
    pub truth: Vec<String>,
    #[serde(default)]
    pub example: Vec<Example>,
    #[serde(default)]
    pub counter_example: Vec<Example>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Request {
    pub id: String,
    #[serde(rename = "match")]
    pub matches: OneOrMany<Match>,
    #[serde(default)]
    pub path: Option<OneOrMany<String>>,
    #[serde(default)]
    pub method: Option<OneOrMany<String>>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Plain {
    #[serde(rename = "match")]
    pub matches: OneOrMany<Match>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Callback {
    #[serde(rename = "match")]
    pub matches: OneOrMany<Match>,
    /// The closures concerned: argument positions or names, or keys of a record argument; all without it.
    #[serde(default)]
    pub args: Vec<String>,
    /// `error`, `deferred`, `never`, `elsewhere` (an event of its own: not part of this flow), `intercepting` (elsewhere too, around other requests), `ordinary`.
    pub runs: String,
    /// Deferred only if this argument is over 1000 (milliseconds) or cannot be told.
    #[serde(default)]
    pub delay: Option<usize>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Listen {
    #[serde(rename = "match")]
    pub matches: OneOrMany<Match>,
    /// Where the thing that is listened to stands.
    pub to: String,
    /// Where the function that then runs stands.
    pub runs: String,
}
