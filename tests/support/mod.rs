//! Small projects whose truth is written into them: reads the cases of `fixtures/` and compares them with an outcome.
#![allow(dead_code, reason = "each test file that includes this module uses a part of it")]

pub(crate) mod compare;
pub(crate) mod truth;

use camino::{Utf8Path, Utf8PathBuf};
use logout_audit::outcome::Outcome;
use logout_audit::pipeline::{self, Settings};
use logout_audit::rules::RuleSet;

/// The root of the source tree.
pub(crate) fn root() -> &'static Utf8Path {
    Utf8Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every folder below `fixtures/` that holds an `expected.toml`, sorted.
pub(crate) fn cases() -> Vec<Utf8PathBuf> {
    let mut cases: Vec<Utf8PathBuf> = walkdir::WalkDir::new(root().join("fixtures"))
        .into_iter()
        .map(|entry| entry.expect("the fixtures can be listed"))
        .filter(|entry| entry.file_name() == "expected.toml")
        .map(|entry| Utf8PathBuf::from_path_buf(entry.path().to_path_buf()).expect("paths of fixtures are UTF-8"))
        .filter_map(|path| path.parent().map(Utf8Path::to_path_buf))
        .collect();
    cases.sort();
    cases
}

/// Audits one case with the built-in rules.
pub(crate) fn audit(case: &Utf8Path, rules: &RuleSet) -> Outcome {
    audit_with(case, rules, 0)
}

/// Audits one case with the built-in rules and a number of walking threads.
pub(crate) fn audit_with(case: &Utf8Path, rules: &RuleSet, threads: usize) -> Outcome {
    let mut settings = Settings { paths: vec![case.to_path_buf()], ..Settings::default() };
    settings.walk.threads = threads;
    pipeline::audit(&settings, rules).expect("a fixture can be audited").0
}
