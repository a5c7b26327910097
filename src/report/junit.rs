//! JUnit XML: one test case for each flow and primary check, one for each finding. No times, so that equal runs give equal bytes.

use std::io;

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use super::{harmless, sentence};
use crate::outcome::{Answer, Flow, Outcome, Verdict};

/// Writes the report; a suite for each primary check and one for the findings.
pub(super) fn write(outcome: &Outcome, out: &mut dyn io::Write) -> io::Result<()> {
    let mut report = Report::new("logout-audit");
    for verdict in &outcome.verdicts {
        let mut suite = TestSuite::new(verdict.check);
        for flow in &outcome.flows {
            for own in flow.verdicts.iter().filter(|own| own.check == verdict.check) {
                suite.add_test_case(flow_case(flow, own));
            }
        }
        // NOTE: a failure or a skip that no flow shows is still a test case, or the report would be green on nothing.
        let unseen = outcome.failures_without_flow().any(|failure| failure.check == verdict.check);
        if suite.test_cases.is_empty() || unseen {
            suite.add_test_case(case("project", verdict.check, status(verdict, None, &[])));
        }
        report.add_test_suite(suite);
    }
    if !outcome.findings.is_empty() {
        let mut suite = TestSuite::new("findings");
        for finding in &outcome.findings {
            let status = match &finding.suppressed {
                Some(reason) => skipped(&format!("suppressed: {}", harmless::line(reason))),
                None => failed(finding.check, &sentence::finding(finding), finding.fix.as_slice()),
            };
            suite.add_test_case(case(&sentence::place(&finding.site), finding.check, status));
        }
        report.add_test_suite(suite);
    }
    // NOTE: written at once, since the serialiser's error would hide that a pipe was closed.
    let text = report.to_string().map_err(io::Error::other)?;
    out.write_all(text.as_bytes())
}

fn flow_case(flow: &Flow, verdict: &Verdict) -> TestCase {
    let place = flow.primary().map_or_else(String::new, |handler| format!(" ({})", sentence::place(&handler.head)));
    let status = status(verdict, flow.suppression(verdict.check), &flow.fixes);
    case(&format!("{}{place}", sentence::flow_name(flow)), verdict.check, status)
}

fn case(name: &str, check: &str, status: TestCaseStatus) -> TestCase {
    let mut case = TestCase::new(name, status);
    case.set_classname(check);
    case
}

fn status(verdict: &Verdict, suppression: Option<&str>, fixes: &[String]) -> TestCaseStatus {
    match (verdict.answer, suppression) {
        (Answer::Pass, _) => TestCaseStatus::success(),
        (Answer::Skip, _) => {
            let reason = verdict.reason.map_or_else(String::new, |reason| format!("{}: ", reason.as_str()));
            skipped(&format!("{reason}{}", harmless::line(&verdict.detail)))
        }
        (Answer::Fail, Some(reason)) => skipped(&format!("suppressed: {}", harmless::line(reason))),
        (Answer::Fail, None) => failed(verdict.check, &harmless::line(&verdict.detail), fixes),
    }
}

fn skipped(message: &str) -> TestCaseStatus {
    let mut status = TestCaseStatus::skipped();
    status.set_message(message);
    status
}

fn failed(check: &str, message: &str, fixes: &[String]) -> TestCaseStatus {
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
    status.set_message(message);
    status.set_type(check);
    if !fixes.is_empty() {
        let lines: Vec<_> = fixes.iter().map(|fix| format!("help: {}", harmless::line(fix))).collect();
        status.set_description(lines.join("\n"));
    }
    status
}
