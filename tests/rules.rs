//! The built-in rules are valid, all of them are in the program, and every example holds.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use logout_audit::{examples, outcome, rules};

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

/// Rows that were found by experiment, by id: the actions that a library's call really performs.
type Rows = BTreeMap<String, Vec<String>>;

const ECOSYSTEMS: [&str; 4] = ["npm", "pypi", "crates", "jvm-android"];

fn truth<T: serde::de::DeserializeOwned>(name: &str) -> T {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/truth").join(format!("{name}.json"));
    serde_json::from_str(&std::fs::read_to_string(path).expect("the table is there")).expect("the table is valid")
}

fn rows() -> Rows {
    ECOSYSTEMS.into_iter().flat_map(truth::<Rows>).collect()
}

/// Every example that names rows: the rule, the rows, the actions that the example's audit must find.
fn examples_of_rows(rules: &rules::RuleSet) -> Vec<(String, Vec<String>, Option<Vec<String>>)> {
    let of_rules = rules.rules.iter().map(|rule| (&rule.id, rule.examples.iter().chain(&rule.counter_examples)));
    let of_handlers = rules.handlers.iter().map(|rule| (&rule.id, rule.examples.iter().chain(&rule.counter_examples)));
    let sorted = |actions: &Vec<outcome::Action>| {
        let mut names: Vec<String> = actions.iter().map(|action| action.as_str().to_owned()).collect();
        names.sort();
        names
    };
    of_rules.chain(of_handlers).flat_map(|(id, examples)| examples.map(move |example| (id.clone(), example.truth.clone(), example.found.as_ref().map(sorted)))).collect()
}

// NOTE: that the audit of each example finds just the actions that the example says is the test above; these hold what it says to the rows.
#[test]
fn every_example_that_names_a_row_says_what_the_row_says() {
    let rules = rules::load(&[]).expect("the built-in rules are valid");
    let rows = rows();
    let mut wrong = Vec::new();
    for (id, named) in rules.rules.iter().map(|rule| (&rule.id, &rule.truth)).chain(rules.handlers.iter().map(|rule| (&rule.id, &rule.truth))) {
        wrong.extend(named.iter().filter(|row| !rows.contains_key(*row)).map(|row| format!("{id}: there is no row `{row}`")));
    }
    for (id, named, found) in examples_of_rows(&rules) {
        for row in named {
            match rows.get(&row) {
                None => wrong.push(format!("{id}: there is no row `{row}`")),
                Some(actions) => {
                    let mut actions = actions.clone();
                    actions.sort();
                    if found.as_ref() != Some(&actions) {
                        wrong.push(format!("{id}: `{row}` performs {actions:?}, and the example finds {found:?}"));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_row_has_an_example() {
    let rules = rules::load(&[]).expect("the built-in rules are valid");
    let named: BTreeSet<String> = examples_of_rows(&rules).into_iter().flat_map(|(_, rows, _)| rows).collect();
    let bare: Vec<String> = rows().into_keys().filter(|row| !named.contains(row)).collect();
    assert!(bare.is_empty(), "no example names these rows:\n{}", bare.join("\n"));
}

#[test]
fn the_table_of_covered_rows_is_up_to_date() {
    const BEGIN: &str = "<!-- covered rows: begin -->\n";
    const END: &str = "<!-- covered rows: end -->";
    let experiments: BTreeMap<String, usize> = truth("experiments");
    let mut table = "| ecosystem | experiments | held by an example |\n|---|---:|---:|\n".to_owned();
    let (mut all, mut held) = (0, 0);
    for ecosystem in ECOSYSTEMS {
        let (of, covered) = (experiments[ecosystem], truth::<Rows>(ecosystem).len());
        table.push_str(&format!("| {ecosystem} | {of} | {covered} |\n"));
        all += of;
        held += covered;
    }
    table.push_str(&format!("| all | {all} | {held} |\n"));
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules/README.md");
    let text = std::fs::read_to_string(&path).expect("the rules have a README");
    let (head, rest) = text.split_once(BEGIN).expect("the README has a place for the table");
    let (written, tail) = rest.split_once(END).expect("the table ends");
    if written != table && std::env::var_os("UPDATE_TABLES").is_some() {
        std::fs::write(&path, format!("{head}{BEGIN}{table}{END}{tail}")).expect("the README can be written");
        return;
    }
    assert_eq!(written, table, "run the tests with UPDATE_TABLES=1 to write the table anew");
    assert!(held >= 400, "rules are held to too few experiments");
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
