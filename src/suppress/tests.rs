//! Tests of applying suppressions.

use super::*;
use crate::settle::tests::{finding, flow, site, verdict};

const FILE: &str = "auth.ts";

fn comment(line: u32, text: &str) -> Comment {
    Comment { site: site(FILE, line), text: text.to_owned() }
}

fn applied(text: &str, comments: Vec<Comment>, flows: Vec<Flow>, findings: Vec<Finding>) -> Outcome {
    let mut outcome = Outcome { verdicts: vec![verdict(Answer::Fail, 2)], flows, findings, comments, ..Outcome::default() };
    apply(&mut outcome, &|_| Some(text));
    outcome
}

#[test]
fn a_comment_above_a_handler_suppresses_its_verdict() {
    let outcome = applied("", vec![comment(9, "ignore[logout-clears-data] legacy")], vec![flow("f", FILE, 10, Answer::Fail, 2)], Vec::new());
    assert_eq!(outcome.flows[0].suppression("logout-clears-data"), Some("legacy"));
    assert_eq!(outcome.verdicts[0].answer, Answer::Skip);
    assert!(outcome.findings.is_empty() && !outcome.fails_at(Severity::Info));
}

#[test]
fn a_comment_on_the_head_or_first_in_the_body_suppresses_too() {
    for line in [10, 11] {
        let outcome = applied("", vec![comment(line, "ignore[logout-clears-data] legacy")], vec![flow("f", FILE, 10, Answer::Fail, 2)], Vec::new());
        assert_eq!(outcome.flows[0].suppressed.len(), 1, "line {line}");
    }
    let far = applied("a\n".repeat(20).as_str(), vec![comment(12, "ignore[logout-clears-data] legacy")], vec![flow("f", FILE, 10, Answer::Fail, 2)], Vec::new());
    assert!(far.flows[0].suppressed.is_empty() && far.findings[0].message.contains("no effect"));
}

#[test]
fn annotations_and_comments_may_stand_between() {
    let text = "# logout-audit: ignore[logout-via-get] x\n# more\n@app.get(\"/logout\")\ndef logout():\n";
    let outcome = applied(text, vec![comment(1, "ignore[logout-via-get] x")], Vec::new(), vec![finding("logout-via-get", FILE, 4)]);
    assert_eq!(outcome.findings[0].suppressed.as_deref(), Some("x"));
    let text = "# logout-audit: ignore[logout-via-get] x\ncode()\n\ndef logout():\n";
    let outcome = applied(text, vec![comment(1, "ignore[logout-via-get] x")], Vec::new(), vec![finding("logout-via-get", FILE, 4)]);
    assert_eq!(outcome.findings.iter().filter(|finding| finding.suppressed.is_some()).count(), 0);
}

#[test]
fn a_finding_of_another_check_or_line_stays() {
    let outcome = applied("", vec![comment(3, "ignore[open-redirect] x")], Vec::new(), vec![finding("logout-via-get", FILE, 4), finding("open-redirect", FILE, 9)]);
    let told: Vec<_> = outcome.findings.iter().map(|finding| (finding.check, finding.site.line, finding.suppressed.is_some())).collect();
    assert_eq!(told, [("broken-suppression", 3, false), ("logout-via-get", 4, false), ("open-redirect", 9, false)]);
}

#[test]
fn broken_suppressions_are_reported_once_each() {
    let comments = vec![comment(1, "ignore[logout-clears-data]"), comment(2, "ignore[nonsense] because"), comment(3, "used in CI")];
    let outcome = applied("", comments, vec![flow("f", FILE, 2, Answer::Fail, 2)], Vec::new());
    let told: Vec<_> = outcome.findings.iter().map(|finding| finding.message.as_str()).collect();
    assert_eq!(told, ["a suppression needs a reason after `]`", "unknown check `nonsense`"]);
    assert!(outcome.findings.iter().all(|finding| finding.severity == Severity::Low));
    assert!(outcome.fails_at(Severity::High), "what is badly suppressed still fails");
    assert_ne!(outcome.findings[0].fingerprint, outcome.findings[1].fingerprint);
}

#[test]
fn a_passing_flow_needs_no_suppression() {
    let outcome = applied("", vec![comment(9, "ignore[logout-clears-data] legacy")], vec![flow("f", FILE, 10, Answer::Pass, 4)], Vec::new());
    assert_eq!(outcome.findings[0].message, "this suppression has no effect: `logout-clears-data` reports nothing here");
}
