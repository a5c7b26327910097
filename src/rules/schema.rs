//! A rule file as it is written. What it means once compiled stands in [`super::compiled`].

use serde::Deserialize;

pub(super) use super::schema_routes::{Callback, FileRoute, Handler, Listen, Mount, Plain, Request, Route};
pub(super) use super::schema_words::{SideHint, WordClass};
use super::signs;

/// One string or several.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(super) enum OneOrMany<T> {
    One(T),
    Many(Vec<T>),
}

impl<T> OneOrMany<T> {
    pub(super) fn into_vec(self) -> Vec<T> {
        match self {
            Self::One(one) => vec![one],
            Self::Many(many) => many,
        }
    }
}

/// A whole file: one library and all that is known of it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct File {
    pub library: Library,
    #[serde(default)]
    pub rule: Vec<Rule>,
    #[serde(default)]
    pub backend: Vec<Backend>,
    #[serde(default)]
    pub fact: Vec<Fact>,
    #[serde(default)]
    pub provider: Vec<Provider>,
    #[serde(default)]
    pub route: Vec<Route>,
    #[serde(default)]
    pub mount: Vec<Mount>,
    #[serde(default)]
    pub file_route: Vec<FileRoute>,
    #[serde(default)]
    pub handler: Vec<Handler>,
    #[serde(default)]
    pub request: Vec<Request>,
    #[serde(default)]
    pub navigation: Vec<Plain>,
    #[serde(default)]
    pub callback: Vec<Callback>,
    #[serde(default)]
    pub listen: Vec<Listen>,
    #[serde(default)]
    pub credential: Vec<Credential>,
    #[serde(default)]
    pub sign: Vec<signs::Written>,
    #[serde(default)]
    pub side: Vec<SideHint>,
    #[serde(default)]
    pub class: Vec<WordClass>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Library {
    pub name: String,
    pub languages: Vec<String>,
    #[serde(default)]
    pub docs: Option<String>,
    /// Its names in manifests.
    #[serde(default)]
    pub packages: Vec<String>,
    /// The words that make a file worth lowering for the backends, facts, providers and credentials of this file;
    /// without them they are taken from the patterns' module names.
    #[serde(default)]
    pub words: Option<Vec<String>>,
    /// Texts of a file of routes that leads on to others, or that tells of a login.
    #[serde(default)]
    pub leads_on: Vec<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Match {
    #[serde(default)]
    pub call: Option<OneOrMany<String>>,
    #[serde(default)]
    pub style: Option<String>,
    #[serde(default)]
    pub assign: Option<OneOrMany<String>>,
    #[serde(default)]
    pub value: Option<ValueTest>,
    #[serde(default)]
    pub delete: Option<OneOrMany<String>>,
    #[serde(default)]
    pub import: Option<OneOrMany<String>>,
    #[serde(default)]
    pub base: Option<OneOrMany<String>>,
    #[serde(default)]
    pub sql: Option<Sql>,
    #[serde(default)]
    pub args: Vec<ArgTest>,
    #[serde(default)]
    pub within: Option<OneOrMany<String>>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Sql {
    pub verb: OneOrMany<String>,
    #[serde(default)]
    pub table: Option<String>,
    #[serde(default)]
    pub set: Option<String>,
}

#[derive(Debug, Clone, Deserialize, Default)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct ValueTest {
    #[serde(default)]
    pub field: Option<String>,
    #[serde(default)]
    pub is: Option<OneOrMany<String>>,
    #[serde(default)]
    pub like: Option<OneOrMany<String>>,
    #[serde(default)]
    pub call: Option<OneOrMany<String>>,
    #[serde(default)]
    pub not: bool,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct ArgTest {
    #[serde(default)]
    pub index: Option<usize>,
    #[serde(default)]
    pub name: Option<String>,
    #[serde(default)]
    pub any: bool,
    #[serde(default)]
    pub field: Option<String>,
    #[serde(default)]
    pub is: Option<OneOrMany<String>>,
    #[serde(default)]
    pub like: Option<OneOrMany<String>>,
    #[serde(default)]
    pub call: Option<OneOrMany<String>>,
    #[serde(default)]
    pub not: bool,
}

#[derive(Debug, Clone, Deserialize, Default)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct When {
    #[serde(default)]
    pub held: Option<String>,
    #[serde(default)]
    pub backend: Option<String>,
    #[serde(default)]
    pub fact: Option<String>,
    #[serde(default)]
    pub no_fact: Option<String>,
    #[serde(default)]
    pub package: Option<String>,
    #[serde(default)]
    pub below: Option<String>,
    #[serde(default)]
    pub at_least: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Effect {
    pub action: String,
    #[serde(default)]
    pub when: Option<When>,
    #[serde(default = "yes")]
    pub counts: bool,
    #[serde(default)]
    pub why: Option<String>,
}

fn yes() -> bool {
    true
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Rule {
    pub id: String,
    pub title: String,
    #[serde(rename = "match")]
    pub matches: OneOrMany<Match>,
    /// The session system whose backend decides.
    #[serde(default)]
    pub system: Option<String>,
    /// The side of the code on which the call works; both without it.
    #[serde(default)]
    pub at: Option<String>,
    /// The call means nothing on the other side, and is not reported there.
    #[serde(default)]
    pub silent: bool,
    pub effects: Vec<Effect>,
    #[serde(default)]
    pub timing: Option<String>,
    /// It does nothing unless awaited.
    #[serde(default)]
    pub awaited: bool,
    /// It does nothing unless one of these is called in the same function (or its callers on the way) afterwards.
    #[serde(default)]
    pub followed_by: Option<OneOrMany<String>>,
    /// It does nothing if one of these was called before in the same function.
    #[serde(default)]
    pub undone_by: Option<OneOrMany<String>>,
    /// It does nothing if one of these is called afterwards in the same function.
    #[serde(default)]
    pub spoiled_by: Option<OneOrMany<String>>,
    /// Without a word of a path it expires a cookie of the route's own folder; this fact says that the login's cookie is the whole site's.
    #[serde(default)]
    pub default_path: Option<String>,
    /// It is only described by the call, and does nothing where nothing is done with what the call gives.
    #[serde(default)]
    pub lazy: bool,
    /// The signal that the library sends with it: what listens to that runs then.
    #[serde(default)]
    pub sends: Option<String>,
    /// It does nothing unless its value, or the variable that it changes, is part of what the handler returns.
    #[serde(default)]
    pub returned: bool,
    /// A fallback that speaks only where the callee is not a function of the project.
    #[serde(default)]
    pub weak: bool,
    /// What it writes down means something only where it is looked up.
    #[serde(default)]
    pub denylist: bool,
    #[serde(default)]
    pub fix: Option<String>,
    /// Rows of the truth tables.
    #[serde(default)]
    pub truth: Vec<String>,
    #[serde(default)]
    pub example: Vec<Example>,
    #[serde(default)]
    pub counter_example: Vec<Example>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Example {
    /// The file's name, which decides language and file-based routes; by default `example` with the library's first language's ending.
    #[serde(default)]
    pub file: Option<String>,
    pub code: String,
    /// More files of the same small project: name and text.
    #[serde(default)]
    pub files: std::collections::BTreeMap<String, String>,
    /// The actions found by the whole example; by default those of the rule.
    #[serde(default)]
    pub found: Option<Vec<String>>,
    /// The supporting checks that find something in the example.
    #[serde(default)]
    pub finds: Vec<String>,
    /// Those that find nothing in it.
    #[serde(default)]
    pub finds_not: Vec<String>,
    /// For a counter-example: why the rule must not count.
    #[serde(default)]
    pub why: Option<String>,
    #[serde(default)]
    pub truth: Vec<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Backend {
    pub id: String,
    /// The session system it belongs to; the rules of that system ask for it.
    pub system: String,
    pub held: String,
    /// How it is called in reports.
    pub store: String,
    /// Assumed where the system is used and no other backend is seen.
    #[serde(default)]
    pub default: bool,
    #[serde(rename = "match", default)]
    pub matches: Option<OneOrMany<Match>>,
    /// The dependencies that bring it about by themselves: names in manifests.
    #[serde(default)]
    pub dependency: Option<OneOrMany<String>>,
    /// The settings in files of their own that bring it about.
    #[serde(default)]
    pub setting: Vec<Setting>,
    /// Of several that match, the highest wins; 0 without it.
    #[serde(default)]
    pub rank: i32,
    /// It stands in every project of its framework, whether anybody logs in or not: alone it creates no session.
    #[serde(default)]
    pub idle: bool,
}

/// A setting of a file such as `application.properties`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Setting {
    /// `spring.session.store-type`; `*` is any letters.
    pub key: String,
    /// What its value is like; any without it.
    #[serde(default)]
    pub like: Option<OneOrMany<String>>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Fact {
    pub id: String,
    #[serde(rename = "match")]
    pub matches: OneOrMany<Match>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Provider {
    pub id: String,
    pub name: String,
    /// Names in manifests, `*` allowed.
    pub packages: Vec<String>,
    /// Its sign-out.
    #[serde(rename = "match")]
    pub matches: OneOrMany<Match>,
    /// What shows that it keeps the sessions although nothing signs out (a component, a middleware, a token check).
    #[serde(default)]
    pub used_by: Option<OneOrMany<Match>>,
    /// Systems in whose sessions it keeps its own, where it is used: setting one up creates no session of the application.
    #[serde(default)]
    pub keeps_in: Vec<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Credential {
    pub id: String,
    /// `session`, `access-token`, `refresh-token`, `cookie`, `storage`, `denylist-read`.
    pub kind: String,
    #[serde(rename = "match")]
    pub matches: OneOrMany<Match>,
    /// Where the cookie's name or the storage key stands; several are tried in turn.
    #[serde(default)]
    pub key: Option<OneOrMany<String>>,
    /// Where the lifetime stands.
    #[serde(default)]
    pub lifetime: Option<OneOrMany<String>>,
    /// The unit of a bare number: `s`, `ms`, `min`, `h`, `d`.
    #[serde(default)]
    pub unit: Option<String>,
    /// The lifetime where none is given, in seconds; without it a token without lifetime never expires.
    #[serde(default)]
    pub default_seconds: Option<u64>,
    /// The cookie is `HttpOnly` unless the call says otherwise.
    #[serde(default)]
    pub http_only: bool,
    /// The credential whose lifetime holds where a call says none: what a module is configured with.
    #[serde(default)]
    pub inherits: Option<String>,
}
