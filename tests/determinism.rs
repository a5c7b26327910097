//! The same tree gives the same outcome, whatever the number of threads and the order of the run.

mod support;

#[test]
fn the_outcome_does_not_depend_on_the_number_of_threads() {
    let rules = logout_audit::rules::load_bare(&[]).expect("the built-in rules are valid");
    let one = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("a pool of one thread");
    let many = rayon::ThreadPoolBuilder::new().num_threads(7).build().expect("a pool of seven threads");
    for case in support::cases() {
        let alone = one.install(|| support::audit_with(&case, &rules, 1));
        let together = many.install(|| support::audit_with(&case, &rules, 7));
        assert_eq!(alone, together, "{case} differs");
    }
}

#[test]
fn the_whole_of_the_fixtures_as_one_project_gives_the_same_outcome_twice() {
    let rules = logout_audit::rules::load_bare(&[]).expect("the built-in rules are valid");
    let all = support::root().join("fixtures");
    assert_eq!(support::audit_with(&all, &rules, 1), support::audit_with(&all, &rules, 4));
}
