//! The built-in rules are valid, all of them are in the program, and every example holds.

use std::path::Path;

use logout_audit::{examples, rules};

#[test]
fn every_rule_file_loads() {
    let mut texts: Vec<(String, String)> = rule_files();
    texts.sort();
    if let Err(error) = rules::from_texts(&texts) {
        panic!("{error}");
    }
}

#[test]
fn the_program_holds_every_rule_file_of_the_source_tree() {
    // A new file may escape the notice of the build, which then needs to begin anew.
    let of_disk = rules::from_texts(&rule_files()).expect("the rules of the source tree are valid");
    let built_in = rules::load(&[]).expect("the built-in rules are valid");
    let ids = |set: &rules::RuleSet| {
        let mut ids: Vec<String> = set
            .rules
            .iter()
            .map(|rule| rule.id.clone())
            .chain(set.handlers.iter().map(|handler| handler.id.clone()))
            .chain(set.backends.iter().map(|backend| backend.id.clone()))
            .collect();
        ids.sort();
        ids
    };
    assert_eq!(ids(&built_in), ids(&of_disk));
}

#[test]
fn every_example_of_every_rule_holds() {
    let rules = rules::load(&[]).expect("the built-in rules are valid");
    let (number, failures) = examples::verify(&rules).expect("folders for the examples can be made");
    assert!(number > 0, "there are no examples");
    let told: Vec<String> = failures.iter().map(|failure| format!("{}, {}: {}", failure.rule, failure.which, failure.message)).collect();
    assert!(failures.is_empty(), "{} of {number} examples do not hold:\n{}", failures.len(), told.join("\n"));
}

/// The rule files as they lie in the source tree: path and text.
fn rule_files() -> Vec<(String, String)> {
    walkdir::WalkDir::new(Path::new(env!("CARGO_MANIFEST_DIR")).join("rules"))
        .sort_by_file_name()
        .into_iter()
        .map(|entry| entry.expect("the rules can be listed").into_path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "toml"))
        .map(|path| (path.display().to_string(), std::fs::read_to_string(&path).expect("a rule file is text")))
        .collect()
}
