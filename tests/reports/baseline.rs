//! Baselines: what is accepted stays quiet, what is new does not.

use camino::Utf8Path;
use logout_audit::baseline::{Baseline, parse};
use logout_audit::outcome::Severity;

use crate::sample;

#[test]
fn an_accepted_outcome_no_longer_fails_and_a_new_failure_does() {
    let mut outcome = sample::outcome();
    let text = Baseline::of(&outcome).to_json();
    insta::assert_snapshot!(text);
    let baseline = parse(Utf8Path::new("b.json"), &text).unwrap();
    assert!(outcome.fails_at(Severity::High));
    baseline.apply(&mut outcome);
    assert!(!outcome.fails_at(Severity::Info));
    assert_eq!(Baseline::of(&outcome), baseline);
    assert_eq!(baseline.stale(&outcome), 0);

    let mut moved = sample::outcome();
    moved.flows[0].id = "another".to_owned();
    baseline.apply(&mut moved);
    assert!(moved.fails_at(Severity::High));
    assert_eq!(baseline.stale(&moved), 2);
}

#[test]
fn broken_baselines_are_refused() {
    for (text, expected) in [
        ("", "no baseline"),
        ("{}", "no baseline"),
        ("{\"baseline_version\": 2, \"new\": true}", "version 2"),
        ("{\"baseline_version\": 1, \"flows\": [], \"findings\": [], \"x\": 1}", "no baseline"),
        ("{\"baseline_version\": 1, \"flows\": [{\"check\": 1}], \"findings\": []}", "no baseline"),
    ] {
        let error = parse(Utf8Path::new("b.json"), text).unwrap_err().to_string();
        assert!(error.contains(expected), "{text}: {error}");
    }
}
