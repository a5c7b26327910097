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

/// Rows that were found by experiment: what each library's call really does. Kept by ecosystem, id and the actions performed.
fn truth() -> std::collections::BTreeMap<String, Vec<String>> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/truth");
    let mut rows = std::collections::BTreeMap::new();
    for ecosystem in ["npm", "pypi", "crates", "jvm-android"] {
        let text = std::fs::read_to_string(folder.join(format!("{ecosystem}.json"))).expect("the rows are there");
        let part: std::collections::BTreeMap<String, Vec<String>> = serde_json::from_str(&text).expect("the rows are valid");
        rows.extend(part);
    }
    rows
}

#[test]
fn every_example_that_names_a_row_finds_what_the_row_says() {
    let rules = logout_audit::rules::load(&[]).expect("the built-in rules are valid");
    let rows = truth();
    let mut wrong = Vec::new();
    let of_rules = rules.rules.iter().map(|rule| (&rule.id, &rule.truth, rule.examples.iter().chain(&rule.counter_examples)));
    let of_handlers = rules.handlers.iter().map(|rule| (&rule.id, &rule.truth, rule.examples.iter().chain(&rule.counter_examples)));
    for (id, named, examples) in of_rules.chain(of_handlers) {
        wrong.extend(named.iter().filter(|row| !rows.contains_key(*row)).map(|row| format!("{id}: there is no row `{row}`")));
        for example in examples {
            for row in &example.truth {
                let Some(actions) = rows.get(row) else {
                    wrong.push(format!("{id}: there is no row `{row}`"));
                    continue;
                };
                let mut wanted = actions.clone();
                wanted.sort();
                let mut found: Vec<String> = example.found.iter().flatten().map(|action| action.as_str().to_owned()).collect();
                found.sort();
                if example.found.is_some() && found != wanted {
                    wrong.push(format!("{id}: `{row}` performs {wanted:?}, and the example finds {found:?}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn an_audit_has_every_rule_without_its_examples() {
    let (whole, bare) = (rules::load(&[]).expect("the built-in rules are valid"), rules::load_bare(&[]).expect("the built-in rules are valid"));
    let ids = |set: &rules::RuleSet| {
        let rules = set.rules.iter().map(|rule| rule.id.clone());
        rules.chain(set.backends.iter().map(|rule| rule.id.clone())).chain(set.handlers.iter().map(|rule| rule.id.clone())).collect::<Vec<_>>()
    };
    assert_eq!(ids(&whole), ids(&bare));
    assert!(whole.rules.iter().all(|rule| !rule.examples.is_empty()));
    assert!(bare.rules.iter().all(|rule| rule.examples.is_empty()));
}
