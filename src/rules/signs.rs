//! Signs: what the supporting checks look for beside cleanup, in flows or in the whole project.

use serde::Deserialize;

use super::compile::Context;
use super::compiled::{Example, Locator, Matcher};
use super::locator::locators;
use super::schema::{self, OneOrMany};
use crate::source::Language;

/// A sign as it is written.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Written {
    pub id: String,
    pub kind: String,
    #[serde(rename = "match")]
    pub matches: OneOrMany<schema::Match>,
    /// What it is about: where a redirect leads, what an answer says.
    #[serde(default)]
    pub target: Option<OneOrMany<String>>,
    #[serde(default)]
    pub example: Vec<schema::Example>,
    #[serde(default)]
    pub counter_example: Vec<schema::Example>,
}

/// Something that a supporting check looks for.
#[derive(Debug, Clone)]
pub struct Sign {
    pub id: String,
    pub library: String,
    pub kind: SignKind,
    pub languages: Vec<Language>,
    pub matchers: Vec<Matcher>,
    pub target: Vec<Locator>,
    pub examples: Vec<Example>,
    pub counter_examples: Vec<Example>,
}

/// What a sign shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SignKind {
    /// A line of a log or an event of an audit.
    Log,
    /// An answer that sends the browser elsewhere.
    Redirect,
    /// Text that an answer carries.
    Answer,
    /// The answer says that it must not be kept, or that the browser must forget.
    NoStore,
    /// The page is loaded anew, and with it all that scripts held.
    Reload,
    /// Text that whoever sends the request chooses; its patterns are those of values.
    RequestText,
    /// The client keeps answers of the server.
    QueryCache,
    /// What the answer says of caching is set for the whole application.
    NoStoreEverywhere,
    /// A cookie is cleared with Secure although the call does not say so.
    ClearsSecure,
    /// A cookie is cleared with the attributes by which the framework sets cookies.
    ClearsAlike,
    /// What stands behind it is not reached without a valid session: it answers 401 itself.
    Guard,
    /// A user's sessions end by themselves when the password changes.
    PasswordEndsSessions,
}

/// The words of the kinds.
const KINDS: [(&str, SignKind); 12] = [
    ("log", SignKind::Log),
    ("redirect", SignKind::Redirect),
    ("answer", SignKind::Answer),
    ("no-store", SignKind::NoStore),
    ("reload", SignKind::Reload),
    ("request-text", SignKind::RequestText),
    ("query-cache", SignKind::QueryCache),
    ("no-store-everywhere", SignKind::NoStoreEverywhere),
    ("clears-secure", SignKind::ClearsSecure),
    ("clears-alike", SignKind::ClearsAlike),
    ("guard", SignKind::Guard),
    ("password-ends-sessions", SignKind::PasswordEndsSessions),
];

impl SignKind {
    /// Whether it is looked for in what flows reach.
    pub fn is_of_flows(self) -> bool {
        matches!(self, Self::Log | Self::Redirect | Self::Answer | Self::NoStore | Self::Reload | Self::ClearsSecure | Self::ClearsAlike | Self::Guard)
    }

    /// Whether it is looked for in all that is read closely.
    pub fn is_of_project(self) -> bool {
        matches!(self, Self::QueryCache | Self::NoStoreEverywhere | Self::PasswordEndsSessions)
    }
}

impl Context<'_> {
    pub(super) fn sign(&self, sign: Written) -> Result<Sign, String> {
        let kind = KINDS.iter().find(|(word, _)| *word == sign.kind).map(|(_, kind)| *kind).ok_or_else(|| {
            let known: Vec<&str> = KINDS.iter().map(|(word, _)| *word).collect();
            format!("unknown kind `{}`; one of {}", sign.kind, known.join(", "))
        })?;
        if sign.example.is_empty() && !self.is_bare {
            return Err("a sign needs at least one `[[sign.example]]`".to_owned());
        }
        if sign.example.iter().chain(&sign.counter_example).any(|example| example.finds.is_empty() && example.finds_not.is_empty()) {
            return Err("an example of a sign needs `finds` or `finds-not`, with the checks concerned".to_owned());
        }
        if sign.counter_example.iter().any(|example| example.why.is_none()) {
            return Err("a counter-example needs `why`".to_owned());
        }
        Ok(Sign {
            id: sign.id,
            library: self.library.clone(),
            kind,
            languages: self.languages.clone(),
            matchers: self.matchers(sign.matches)?,
            target: locators(sign.target)?,
            examples: self.examples(sign.example)?,
            counter_examples: self.examples(sign.counter_example)?,
        })
    }
}
