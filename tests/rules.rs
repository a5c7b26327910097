//! The built-in rules are valid.

use std::fs;
use std::path::Path;

/// The rule files as they lie in the source tree: path and text.
fn rule_texts(folder: &Path, into: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).expect("the rules folder can be read") {
        let path = entry.expect("its entries can be read").path();
        if path.is_dir() {
            rule_texts(&path, into);
        } else if path.extension().is_some_and(|ending| ending == "toml") {
            into.push((path.display().to_string(), fs::read_to_string(&path).expect("a rule file is text")));
        }
    }
}

#[test]
fn every_rule_file_loads() {
    let mut texts = Vec::new();
    rule_texts(&Path::new(env!("CARGO_MANIFEST_DIR")).join("rules"), &mut texts);
    texts.sort();
    if let Err(error) = logout_audit::rules::from_texts(&texts) {
        panic!("{error}");
    }
}
