//! The configuration as it is written. Values are checked while they are read, so that every error quotes its place.

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};
use serde::Deserialize;

use super::{Config, Declared, FailOn, parse_size};
use crate::checks;
use crate::outcome::{Action, Side};

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct File {
    #[serde(default)]
    declare: BTreeMap<Key, Declaration>,
    select: Option<Vec<CheckId>>,
    #[serde(default)]
    ignore: Vec<CheckId>,
    fail_on: Option<Line>,
    #[serde(default)]
    exclude: Vec<Glob>,
    include_tests: Option<bool>,
    max_file_size: Option<Size>,
    rules: Option<Utf8PathBuf>,
}

#[derive(Deserialize, PartialEq, Eq, PartialOrd, Ord)]
#[serde(rename_all = "kebab-case")]
enum Key {
    ServerSession,
    Token,
    Cookie,
    ClientState,
    Client,
    Server,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Declaration {
    #[serde(rename = "handled")]
    _handled: Handled,
    reason: Reason,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Handled {
    Elsewhere,
}

#[derive(Deserialize)]
#[serde(try_from = "String")]
struct Reason(String);

#[derive(Deserialize)]
#[serde(try_from = "String")]
struct CheckId(String);

#[derive(Deserialize)]
#[serde(try_from = "String")]
struct Line(FailOn);

#[derive(Deserialize)]
#[serde(try_from = "String")]
struct Glob(String);

#[derive(Deserialize)]
#[serde(try_from = "NumberOrText")]
struct Size(u64);

#[derive(Deserialize)]
#[serde(untagged, expecting = "expected a number of bytes such as `500KB`, `2MiB` or `1048576`")]
enum NumberOrText {
    Number(u64),
    Text(String),
}

impl File {
    pub(super) fn into_config(self, path: &Utf8Path, folder: &Utf8Path) -> Config {
        Config {
            path: Some(path.to_owned()),
            declare: self.declare.into_iter().map(|(key, declaration)| (key.into(), declaration.reason.0)).collect(),
            select: self.select.map(ids),
            ignore: ids(self.ignore),
            fail_on: self.fail_on.map(|line| line.0),
            exclude: self.exclude.into_iter().map(|glob| glob.0).collect(),
            include_tests: self.include_tests,
            max_file_size: self.max_file_size.map(|size| size.0),
            rules: self.rules.map(|rules| folder.join(rules)),
        }
    }
}

fn ids(ids: Vec<CheckId>) -> Vec<&'static str> {
    ids.iter().filter_map(|id| checks::find(&id.0)).map(|check| check.id).collect()
}

impl From<Key> for Declared {
    fn from(key: Key) -> Self {
        match key {
            Key::ServerSession => Self::Action(Action::ServerSession),
            Key::Token => Self::Action(Action::Token),
            Key::Cookie => Self::Action(Action::Cookie),
            Key::ClientState => Self::Action(Action::ClientState),
            Key::Client => Self::Side(Side::Client),
            Key::Server => Self::Side(Side::Server),
        }
    }
}

impl TryFrom<String> for Reason {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        if text.chars().any(char::is_alphanumeric) { Ok(Self(text.trim().to_owned())) } else { Err("a declaration needs a reason, which reports repeat".to_owned()) }
    }
}

impl TryFrom<String> for CheckId {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        checks::known(&text).map(|id| Self(id.to_owned()))
    }
}

impl TryFrom<String> for Line {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        FailOn::parse(&text).map(Self).ok_or_else(|| format!("expected one of {}", FailOn::WORDS.join(", ")))
    }
}

impl TryFrom<String> for Glob {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        globset::Glob::new(&text).map(|_| Self(text)).map_err(|error| error.to_string())
    }
}

impl TryFrom<NumberOrText> for Size {
    type Error = String;

    fn try_from(size: NumberOrText) -> Result<Self, String> {
        match size {
            NumberOrText::Number(bytes) => parse_size(&bytes.to_string()).map(Self),
            NumberOrText::Text(text) => parse_size(&text).map(Self),
        }
    }
}
