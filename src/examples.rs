//! Every rule's own examples, each audited as a small project with the whole rule set.

use camino::Utf8PathBuf;
use rayon::prelude::*;

use crate::outcome::{Action, Evidence, Outcome};
use crate::pipeline::{Settings, audit};
use crate::rules::{Example, RuleSet};

/// An example that does not hold.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Failure {
    pub rule: String,
    /// Which of the rule's examples: `example 1`, `counter-example 2`.
    pub which: String,
    /// What was expected and what was seen.
    pub message: String,
}

/// One example with what it must show.
struct Trial<'r> {
    rule: &'r str,
    which: String,
    example: &'r Example,
    is_counter: bool,
    /// The rule has an effect that counts.
    can_count: bool,
    /// It shows a sign: what counts is what the supporting checks find.
    is_of_sign: bool,
}

/// Audits every example; gives their number and those that do not hold, sorted.
///
/// # Errors
/// The folder for the examples cannot be written: the machine's fault.
pub fn verify(rules: &RuleSet) -> std::io::Result<(usize, Vec<Failure>)> {
    let trials = trials(rules);
    let results: Vec<std::io::Result<Option<Failure>>> = trials.par_iter().map(|trial| run(trial, rules)).collect();
    let mut failures = Vec::new();
    for result in results {
        failures.extend(result?);
    }
    failures.sort();
    Ok((trials.len(), failures))
}

fn trials(rules: &RuleSet) -> Vec<Trial<'_>> {
    let mut trials = Vec::new();
    for rule in &rules.rules {
        push(&mut trials, &rule.id, &rule.examples, &rule.counter_examples, rule.effects.iter().any(|effect| effect.counts));
    }
    for handler in &rules.handlers {
        push(&mut trials, &handler.id, &handler.examples, &handler.counter_examples, handler.effects.iter().any(|effect| effect.counts));
    }
    let rest = trials.len();
    for sign in &rules.signs {
        push(&mut trials, &sign.id, &sign.examples, &sign.counter_examples, false);
    }
    trials.iter_mut().skip(rest).for_each(|trial| trial.is_of_sign = true);
    trials
}

fn push<'r>(trials: &mut Vec<Trial<'r>>, rule: &'r str, examples: &'r [Example], counters: &'r [Example], can_count: bool) {
    for (at, example) in examples.iter().enumerate() {
        trials.push(Trial { rule, which: format!("example {}", at + 1), example, is_counter: false, can_count, is_of_sign: false });
    }
    for (at, example) in counters.iter().enumerate() {
        trials.push(Trial { rule, which: format!("counter-example {}", at + 1), example, is_counter: true, can_count, is_of_sign: false });
    }
}

fn run(trial: &Trial<'_>, rules: &RuleSet) -> std::io::Result<Option<Failure>> {
    let folder = tempfile::tempdir()?;
    let root = Utf8PathBuf::from_path_buf(folder.path().to_path_buf()).map_err(|path| std::io::Error::other(format!("`{}` is not UTF-8", path.display())))?;
    for (name, text) in &trial.example.files {
        let path = root.join(name);
        if let Some(parent) = path.parent() {
            write_folder(parent)?;
        }
        write_file(&path, text)?;
    }
    let settings = Settings { paths: vec![root], ..Settings::default() };
    let (outcome, _) = audit(&settings, rules).map_err(std::io::Error::other)?;
    Ok(judge(trial, &outcome).map(|message| Failure { rule: trial.rule.to_owned(), which: trial.which.clone(), message }))
}

fn write_folder(path: &camino::Utf8Path) -> std::io::Result<()> {
    std::fs::create_dir_all(path)
}

fn write_file(path: &camino::Utf8Path, text: &str) -> std::io::Result<()> {
    std::fs::write(path, text)
}

/// What is wrong with what the supporting checks find in an example.
fn judge_findings(trial: &Trial<'_>, outcome: &Outcome) -> Option<String> {
    let found: Vec<&str> = outcome.findings.iter().map(|finding| finding.check).collect();
    let seen = || if found.is_empty() { "nothing".to_owned() } else { found.join(", ") };
    if let Some(lacking) = trial.example.finds.iter().find(|check| !found.contains(&check.as_str())) {
        return Some(format!("{lacking} must find something here; found: {}", seen()));
    }
    let wrong = trial.example.finds_not.iter().find(|check| found.contains(&check.as_str()));
    wrong.map(|check| format!("{check} must find nothing here; found: {}", seen()))
}

/// What is wrong with the outcome of an example; `None` if it holds.
fn judge(trial: &Trial<'_>, outcome: &Outcome) -> Option<String> {
    if let Some(message) = judge_findings(trial, outcome) {
        return Some(message);
    }
    if trial.is_of_sign {
        return outcome.flows.is_empty().then(|| "no logout flow was found".to_owned());
    }
    let evidence: Vec<&Evidence> = outcome.flows.iter().flat_map(|flow| &flow.actions).flat_map(|action| &action.evidence).collect();
    let own: Vec<&&Evidence> = evidence.iter().filter(|one| one.rule == trial.rule).collect();
    let seen = || {
        if outcome.flows.is_empty() {
            return "no logout flow was found".to_owned();
        }
        let all: Vec<String> = evidence
            .iter()
            .map(|one| format!("{} by {}{}", one.action, one.rule, one.why_not.as_deref().map_or(String::new(), |why| format!(" (does not count: {why})"))))
            .collect();
        if all.is_empty() { "no evidence at all".to_owned() } else { all.join(", ") }
    };
    let counts = own.iter().any(|one| one.counts);
    if trial.is_counter && counts {
        return Some(format!("the rule must not count here; seen: {}", seen()));
    }
    if !trial.is_counter && trial.can_count && !counts {
        return Some(format!("the rule must count here; seen: {}", seen()));
    }
    if !trial.is_counter && !trial.can_count && own.is_empty() {
        return Some(format!("the rule must fit here; seen: {}", seen()));
    }
    if let Some(wanted) = &trial.example.found {
        let found = found_actions(outcome);
        let mut wanted = wanted.clone();
        wanted.sort();
        if found != wanted {
            let names = |actions: &[Action]| if actions.is_empty() { "nothing".to_owned() } else { actions.iter().map(|action| action.as_str()).collect::<Vec<_>>().join(", ") };
            return Some(format!("expected {}, found {}; seen: {}", names(&wanted), names(&found), seen()));
        }
    }
    None
}

/// The actions that any flow of an outcome has found.
pub fn found_actions(outcome: &Outcome) -> Vec<Action> {
    Action::ALL.into_iter().filter(|action| outcome.flows.iter().any(|flow| flow.actions.iter().any(|one| one.action == *action && one.found))).collect()
}
