//! Settles the project's verdicts anew when flows were accepted or left out.

use crate::outcome::{Answer, Flow, Outcome, Verdict};

/// Recomputes the verdicts of the project from the flows that nothing suppresses; the worst of them decides.
///
/// A project without a flow keeps its verdicts: nothing in it can have been suppressed here.
pub fn settle(outcome: &mut Outcome) {
    let Outcome { verdicts, flows, .. } = outcome;
    for verdict in verdicts {
        let own = |flow: &'_ Flow| flow.verdicts.iter().find(|own| own.check == verdict.check).cloned();
        if flows.iter().all(|flow| flow.suppression(verdict.check).is_none()) {
            continue;
        }
        let left = flows.iter().filter(|flow| flow.suppression(verdict.check).is_none()).filter_map(own).min_by_key(badness);
        match left {
            Some(worst) => *verdict = worst,
            None => {
                let reason = flows.iter().find_map(|flow| flow.suppression(verdict.check)).unwrap_or_default().to_owned();
                accept(verdict, &reason);
            }
        }
    }
}

/// Makes a failed verdict of the project one that no longer fails, and says why. It never becomes a pass.
pub fn accept(verdict: &mut Verdict, reason: &str) {
    if verdict.answer == Answer::Fail {
        verdict.answer = Answer::Skip;
        verdict.detail = format!("{}; suppressed: {reason}", verdict.detail.trim_end_matches('.'));
    }
}

/// The verdicts of the project when all of its flows were left out, for a reason that is told.
pub fn leave_out(outcome: &mut Outcome, reason: &str) {
    for verdict in &mut outcome.verdicts {
        verdict.answer = Answer::Skip;
        verdict.detail = reason.to_owned();
        verdict.reason = None;
    }
}

/// The verdicts of the project from the flows that are left, after some were left out.
pub fn recount(outcome: &mut Outcome) {
    let Outcome { verdicts, flows, .. } = outcome;
    for verdict in verdicts {
        let worst = flows.iter().flat_map(|flow| &flow.verdicts).filter(|own| own.check == verdict.check).min_by_key(|own| badness(own));
        if let Some(worst) = worst {
            *verdict = worst.clone();
        }
    }
    settle(outcome);
}

/// The smaller, the worse.
fn badness(verdict: &Verdict) -> (u8, u8) {
    let answer = match verdict.answer {
        Answer::Fail => 0,
        Answer::Skip => 1,
        Answer::Pass => 2,
    };
    (answer, verdict.found)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::outcome::{Finding, Handler, Severity, Side, Site};

    /// A site of one line.
    pub(crate) fn site(file: &str, line: u32) -> Site {
        Site { file: file.into(), line, column: 1, end_line: line, end_column: 9, code: "logout()".to_owned() }
    }

    /// The failed or passed check of clearing data.
    pub(crate) fn verdict(answer: Answer, found: u8) -> Verdict {
        Verdict { check: "logout-clears-data", severity: Severity::High, answer, found, required: 4, detail: format!("{found} of 4 cleanup actions found"), reason: None }
    }

    /// A flow of one server handler.
    pub(crate) fn flow(id: &str, file: &str, line: u32, answer: Answer, found: u8) -> Flow {
        let mut whole = site(file, line);
        whole.end_line += 3;
        let handler = Handler {
            site: whole,
            head: site(file, line),
            symbol: "logout".to_owned(),
            method: Some("POST".to_owned()),
            route: Some("/logout".to_owned()),
            framework: None,
            language: "typescript".to_owned(),
            side: Side::Server,
        };
        Flow {
            id: id.to_owned(),
            server: Some(handler),
            clients: Vec::new(),
            requests: Vec::new(),
            actions: Vec::new(),
            verdicts: vec![verdict(answer, found)],
            notes: Vec::new(),
            fixes: Vec::new(),
            suppressed: Vec::new(),
        }
    }

    /// A finding on a line.
    pub(crate) fn finding(check: &'static str, file: &str, line: u32) -> Finding {
        Finding {
            check,
            severity: Severity::Medium,
            message: "this logs out on GET".to_owned(),
            site: site(file, line),
            related: Vec::new(),
            fix: None,
            fingerprint: format!("{check}:{file}:a"),
            suppressed: None,
        }
    }

    #[test]
    fn the_worst_flow_that_is_left_decides() {
        let mut bad = flow("a", "a.ts", 1, Answer::Fail, 1);
        bad.suppressed.push(("logout-clears-data".to_owned(), "legacy".to_owned()));
        let mut outcome = Outcome { verdicts: vec![verdict(Answer::Fail, 1)], flows: vec![bad, flow("b", "b.ts", 1, Answer::Pass, 4)], ..Outcome::default() };
        settle(&mut outcome);
        assert_eq!((outcome.verdicts[0].answer, outcome.verdicts[0].found), (Answer::Pass, 4));
    }

    #[test]
    fn a_project_of_suppressed_flows_alone_is_no_pass() {
        let mut bad = flow("a", "a.ts", 1, Answer::Fail, 1);
        bad.suppressed.push(("logout-clears-data".to_owned(), "legacy".to_owned()));
        let mut outcome = Outcome { verdicts: vec![verdict(Answer::Fail, 1)], flows: vec![bad], ..Outcome::default() };
        settle(&mut outcome);
        assert_eq!((outcome.verdicts[0].answer, outcome.verdicts[0].detail.as_str()), (Answer::Skip, "1 of 4 cleanup actions found; suppressed: legacy"));
    }
}
