//! Every small project below `fixtures/` is judged as the truth written into it says.

mod support;

use rayon::prelude::*;

#[test]
fn every_fixture_is_judged_as_it_says() {
    let rules = logout_audit::rules::load_bare(&[]).expect("the built-in rules are valid");
    // `FIXTURE=express cargo test --test fixtures` looks at some cases only.
    let wanted = std::env::var("FIXTURE").unwrap_or_default();
    let cases: Vec<_> = support::cases().into_iter().filter(|case| case.as_str().contains(&wanted)).collect();
    assert!(!cases.is_empty(), "no case is called like `{wanted}`");
    let failures: Vec<String> = cases
        .par_iter()
        .filter_map(|case| {
            let truth = support::truth::read(case);
            let mut differences = support::compare::differences(&truth, &support::audit(case, &rules));
            if let Some(why) = &truth.verdicts.known_miss {
                let told = if differences.is_empty() { vec![format!("is judged as it says: take `known_miss` out ({why})")] } else { Vec::new() };
                differences = told;
            }
            let name = case.strip_prefix(support::root()).expect("a case is in the source tree");
            (!differences.is_empty()).then(|| format!("{name}\n    {}", differences.join("\n    ")))
        })
        .collect();
    assert!(failures.is_empty(), "{} of {} fixtures are judged otherwise than they say:\n{}", failures.len(), cases.len(), failures.join("\n"));
}

#[test]
fn every_language_has_fixtures() {
    for language in ["typescript", "python", "kotlin", "rust", "cross"] {
        let folder = support::root().join("fixtures").join(language);
        assert!(support::cases().iter().any(|case| case.starts_with(&folder)), "{folder} holds no case");
    }
}
