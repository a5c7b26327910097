//! A baseline: results that are accepted for now, by their stable ids, so that an old project can begin green. Never knows a line number.

use std::collections::BTreeSet;

use camino::{Utf8Path, Utf8PathBuf};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::outcome::{Answer, IN_BASELINE, Outcome};
use crate::settle;

/// The accepted results.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Baseline {
    /// Check and flow id of failing verdicts.
    flows: BTreeSet<(String, String)>,
    /// Fingerprints of findings, which hold the check.
    findings: BTreeSet<(String, String)>,
}

/// Why a baseline cannot be used; the user's fault, or a file of another program.
#[derive(Debug, Error)]
pub enum BaselineError {
    #[error("cannot read the baseline `{path}`")]
    Read { path: Utf8PathBuf, source: std::io::Error },
    #[error("`{path}` is no baseline of logout-audit")]
    Parse { path: Utf8PathBuf, source: serde_json::Error },
    #[error("the baseline `{path}` has version {version}, and this program reads version {VERSION}; write it anew with --write-baseline")]
    Version { path: Utf8PathBuf, version: u32 },
}

/// Stands for the flow where a project fails without one: sessions are created and nothing logs out.
const NO_FLOW: &str = "(no logout)";

/// The version of the file that is written and read.
const VERSION: u32 = 1;

/// The file as it is written.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    baseline_version: u32,
    flows: Vec<FlowEntry>,
    findings: Vec<FindingEntry>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct FlowEntry {
    check: String,
    flow: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct FindingEntry {
    check: String,
    fingerprint: String,
}

/// Only the version, so that a newer file is told from a broken one.
#[derive(Deserialize)]
struct Versioned {
    baseline_version: u32,
}

/// Reads a baseline file.
pub fn read(path: &Utf8Path) -> Result<Baseline, BaselineError> {
    let bytes = std::fs::read(path).map_err(|source| BaselineError::Read { path: path.to_owned(), source })?;
    parse(path, &String::from_utf8_lossy(&bytes))
}

/// Reads the text of a baseline; the path is for messages.
pub fn parse(path: &Utf8Path, text: &str) -> Result<Baseline, BaselineError> {
    let broken = |source| BaselineError::Parse { path: path.to_owned(), source };
    let version = serde_json::from_str::<Versioned>(text).map_err(broken)?.baseline_version;
    if version != VERSION {
        return Err(BaselineError::Version { path: path.to_owned(), version });
    }
    let file: File = serde_json::from_str(text).map_err(broken)?;
    Ok(Baseline {
        flows: file.flows.into_iter().map(|entry| (entry.check, entry.flow)).collect(),
        findings: file.findings.into_iter().map(|entry| (entry.check, entry.fingerprint)).collect(),
    })
}

impl Baseline {
    /// All that fails in an outcome and is not suppressed by a comment. What an earlier baseline accepted is taken over.
    pub fn of(outcome: &Outcome) -> Self {
        let mut baseline = Self::default();
        for flow in &outcome.flows {
            for verdict in flow.verdicts.iter().filter(|verdict| verdict.answer == Answer::Fail) {
                if matches!(flow.suppression(verdict.check), None | Some(IN_BASELINE)) {
                    baseline.flows.insert((verdict.check.to_owned(), flow.id.clone()));
                }
            }
        }
        baseline.flows.extend(outcome.failures_without_flow().map(|verdict| (verdict.check.to_owned(), NO_FLOW.to_owned())));
        for finding in &outcome.findings {
            if matches!(finding.suppressed.as_deref(), None | Some(IN_BASELINE)) {
                baseline.findings.insert((finding.check.to_owned(), finding.fingerprint.clone()));
            }
        }
        baseline
    }

    /// Marks what the baseline accepts as suppressed, and settles the project's verdicts; a suppression by comment keeps its own reason.
    pub fn apply(&self, outcome: &mut Outcome) {
        let without_flow: Vec<&str> = outcome.failures_without_flow().map(|verdict| verdict.check).collect();
        for verdict in outcome.verdicts.iter_mut().filter(|verdict| without_flow.contains(&verdict.check)) {
            if self.flows.contains(&(verdict.check.to_owned(), NO_FLOW.to_owned())) {
                settle::accept(verdict, IN_BASELINE);
            }
        }
        for flow in &mut outcome.flows {
            let accepted = |check: &str| self.flows.contains(&(check.to_owned(), flow.id.clone()));
            let failing = flow.verdicts.iter().filter(|verdict| verdict.answer == Answer::Fail && accepted(verdict.check) && flow.suppression(verdict.check).is_none());
            let marks: Vec<_> = failing.map(|verdict| (verdict.check.to_owned(), IN_BASELINE.to_owned())).collect();
            flow.suppressed.extend(marks);
        }
        for finding in &mut outcome.findings {
            if finding.suppressed.is_none() && self.findings.contains(&(finding.check.to_owned(), finding.fingerprint.clone())) {
                finding.suppressed = Some(IN_BASELINE.to_owned());
            }
        }
        settle::settle(outcome);
    }

    /// How many results it accepts.
    pub fn len(&self) -> usize {
        self.flows.len() + self.findings.len()
    }

    /// Whether it accepts nothing.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many entries nothing in the outcome needs any more; asked before the baseline is applied.
    pub fn stale(&self, outcome: &Outcome) -> usize {
        let now = Self::of(outcome);
        self.flows.difference(&now.flows).count() + self.findings.difference(&now.findings).count()
    }

    /// The text of the file, sorted, with a line break at its end.
    pub fn to_json(&self) -> String {
        let file = File {
            baseline_version: VERSION,
            flows: self.flows.iter().map(|(check, flow)| FlowEntry { check: check.clone(), flow: flow.clone() }).collect(),
            findings: self.findings.iter().map(|(check, fingerprint)| FindingEntry { check: check.clone(), fingerprint: fingerprint.clone() }).collect(),
        };
        let mut text = serde_json::to_string_pretty(&file).expect("strings and numbers can always be written as JSON");
        text.push('\n');
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outcome::Severity;
    use crate::settle::tests::{finding, flow, verdict};

    fn outcome() -> Outcome {
        Outcome {
            verdicts: vec![verdict(Answer::Fail, 1)],
            flows: vec![flow("b", "b.ts", 7, Answer::Fail, 1), flow("a", "a.ts", 1, Answer::Pass, 4)],
            findings: vec![finding("open-redirect", "a.ts", 1)],
            ..Outcome::default()
        }
    }

    #[test]
    fn what_was_written_is_accepted_wherever_it_moves() {
        let text = Baseline::of(&outcome()).to_json();
        assert!(!text.contains("\"line") && text.ends_with("}\n"), "{text}");
        let baseline = parse(Utf8Path::new("b.json"), &text).unwrap();
        let mut moved = outcome();
        if let Some(server) = &mut moved.flows[0].server {
            server.site.line = 99;
        }
        moved.findings[0].site.line = 99;
        assert_eq!((baseline.len(), baseline.stale(&moved)), (2, 0));
        baseline.apply(&mut moved);
        assert!(!moved.fails_at(Severity::Info));
        assert_eq!((moved.flows[0].suppression("logout-clears-data"), moved.verdicts[0].answer), (Some(IN_BASELINE), Answer::Pass));
    }

    #[test]
    fn a_new_failure_is_not_accepted() {
        let baseline = Baseline::of(&outcome());
        let mut later = outcome();
        later.flows.push(flow("c", "c.ts", 1, Answer::Fail, 2));
        baseline.apply(&mut later);
        assert!(later.fails_at(Severity::High));
        assert_eq!((later.verdicts[0].answer, later.verdicts[0].found), (Answer::Fail, 2));
    }

    #[test]
    fn a_project_without_a_logout_can_be_accepted() {
        let mut outcome = Outcome { verdicts: vec![verdict(Answer::Fail, 0)], ..Outcome::default() };
        let baseline = Baseline::of(&outcome);
        assert!(outcome.fails_at(Severity::High) && baseline.len() == 1);
        baseline.apply(&mut outcome);
        assert!(!outcome.fails_at(Severity::Info));
    }

    #[test]
    fn other_files_are_refused() {
        let path = Utf8Path::new("b.json");
        assert!(matches!(parse(path, "{}"), Err(BaselineError::Parse { .. })));
        assert!(matches!(parse(path, r#"{"baseline_version": 2, "results": []}"#), Err(BaselineError::Version { version: 2, .. })));
        assert!(matches!(parse(path, r#"{"baseline_version": 1, "flows": [], "findings": [], "x": 1}"#), Err(BaselineError::Parse { .. })));
    }
}
