//! The truth of a case: what its comments and its `expected.toml` say.
//!
//! In comments: `logout: server` on the first line of a handler, `found: cookie, token` on the line of a call that must count,
//! `not: cookie (error)` on the line of one that must not, with a word of the reason that must be given, `finds: logout-via-get` where a
//! supporting check must find something. Several are divided by `;`.

use std::collections::{BTreeMap, BTreeSet};

use camino::{Utf8Path, Utf8PathBuf};
use logout_audit::outcome::{Action, Side};
use serde::Deserialize;

/// A line of a file of the case.
pub(crate) type Line = (Utf8PathBuf, u32);

/// What a case must give.
#[derive(Debug, Default)]
pub(crate) struct Truth {
    pub verdicts: Expected,
    pub handlers: BTreeSet<(Line, Side)>,
    pub found: BTreeSet<(Line, Action)>,
    /// What must not count, with a word of the reason; the empty word asks for none.
    pub not: BTreeMap<(Line, Action), String>,
    /// Findings of supporting checks; others may be there too.
    pub finds: BTreeSet<(Line, String)>,
}

/// `expected.toml`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Expected {
    /// `pass`, `fail` or `skip`.
    pub clears_data: String,
    pub invalidates_session: String,
    /// Of the worst flow; not given for a skip.
    pub found: Option<u8>,
    /// What the program cannot tell yet, and why. The case must then differ from its truth: once it does not, this line goes.
    pub known_miss: Option<String>,
    /// Why it is skipped.
    pub reason: Option<String>,
    /// The name of a managed provider that must be seen, or a part of the name.
    pub provider: Option<String>,
    /// For cases without comments: `src/app.ts:12 server`.
    #[serde(default)]
    pub handlers: Vec<String>,
    /// For cases without comments: `src/app.ts:14 cookie`.
    #[serde(default)]
    pub evidence: Vec<String>,
    /// For cases without comments: `src/app.ts:16 token (error)`.
    #[serde(default)]
    pub not: Vec<String>,
    /// For cases without comments: `src/app.ts:9 set-cookie-overwritten`.
    #[serde(default)]
    pub finds: Vec<String>,
    /// The supporting checks that must find nothing.
    #[serde(default)]
    pub finds_not: Vec<String>,
    /// Flows that must be among those of the outcome.
    #[serde(default, rename = "flow")]
    pub flows: Vec<ExpectedFlow>,
}

/// One flow of `expected.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ExpectedFlow {
    /// `src/app.ts:12 POST /api/logout`; empty for a flow of the client alone.
    #[serde(default)]
    pub server: String,
    /// `web/src/menu.tsx:7`.
    #[serde(default)]
    pub clients: Vec<String>,
    /// The actions that are found.
    pub found: Vec<String>,
}

/// Reads the truth of a case.
pub(crate) fn read(case: &Utf8Path) -> Truth {
    let text = std::fs::read_to_string(case.join("expected.toml")).expect("`expected.toml` can be read");
    let verdicts: Expected = toml::from_str(&text).unwrap_or_else(|error| panic!("{case}/expected.toml: {error}"));
    let mut truth = Truth::default();
    for entry in walkdir::WalkDir::new(case) {
        let entry = entry.expect("the case can be listed");
        let path = Utf8Path::from_path(entry.path()).expect("paths of fixtures are UTF-8");
        if !entry.file_type().is_file() || path.file_name() == Some("expected.toml") {
            continue;
        }
        let text = std::fs::read_to_string(path).expect("a fixture is text");
        let file = path.strip_prefix(case).expect("the file is in the case");
        for (number, line) in (1..).zip(text.lines()) {
            for statement in statements(line) {
                truth.add(file, number, statement, &format!("{path}:{number}"));
            }
        }
    }
    let of_table = [("logout", &verdicts.handlers), ("found", &verdicts.evidence), ("not", &verdicts.not), ("finds", &verdicts.finds)];
    for (kind, entries) in of_table {
        for entry in entries {
            let (place, rest) = entry.split_once(' ').unwrap_or_else(|| panic!("{case}/expected.toml: `{entry}` lacks a word"));
            let (file, number) = place_of(place);
            truth.add(&file, number, (kind, rest), case.as_str());
        }
    }
    truth.verdicts = verdicts;
    truth
}

/// `src/app.ts:12` as file and line.
pub(crate) fn place_of(text: &str) -> Line {
    let (file, line) = text.rsplit_once(':').unwrap_or_else(|| panic!("`{text}` is no place"));
    (file.into(), line.parse().unwrap_or_else(|_| panic!("`{text}` has no line number")))
}

/// The statements in the comment at the end of a line.
fn statements(line: &str) -> Vec<(&'static str, &str)> {
    const KINDS: [&str; 4] = ["logout", "found", "not", "finds"];
    const OPENINGS: [&str; 4] = ["// ", "# ", "<!-- ", "/* "];
    let begin = OPENINGS.iter().flat_map(|opening| KINDS.iter().filter_map(move |kind| line.rfind(&format!("{opening}{kind}: ")).map(|at| at + opening.len()))).min();
    let Some(begin) = begin else { return Vec::new() };
    let comment = line[begin..].trim_end_matches('}').trim_end_matches("*/").trim_end_matches("-->").trim();
    comment
        .split(';')
        .map(|part| {
            let (kind, rest) = part.trim().split_once(": ").unwrap_or_else(|| panic!("`{part}` is no statement of truth"));
            let kind = KINDS.into_iter().find(|known| *known == kind).unwrap_or_else(|| panic!("`{kind}` is none of {KINDS:?}"));
            (kind, rest)
        })
        .collect()
}

impl Truth {
    fn add(&mut self, file: &Utf8Path, number: u32, (kind, rest): (&str, &str), told_at: &str) {
        let line = (file.to_path_buf(), number);
        let (words, reason) = match rest.split_once('(') {
            Some((words, reason)) => (words.trim(), reason.trim_end().trim_end_matches(')')),
            None => (rest.trim(), ""),
        };
        for word in words.split(',').map(str::trim) {
            match kind {
                "logout" => {
                    let side = [Side::Server, Side::Client].into_iter().find(|side| side.as_str() == word).unwrap_or_else(|| panic!("{told_at}: `{word}` is no side"));
                    self.handlers.insert((line.clone(), side));
                }
                "found" => {
                    self.found.insert((line.clone(), action_of(word, told_at)));
                }
                "finds" => {
                    self.finds.insert((line.clone(), word.to_owned()));
                }
                _ => {
                    self.not.insert((line.clone(), action_of(word, told_at)), reason.to_owned());
                }
            }
        }
    }
}

fn action_of(word: &str, told_at: &str) -> Action {
    Action::ALL.into_iter().find(|action| action.as_str() == word).unwrap_or_else(|| panic!("{told_at}: `{word}` is no action"))
}
