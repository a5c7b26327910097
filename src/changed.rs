//! Keeps only what touches files that changed since a git revision. The whole project is still read; only the outcome gets shorter.

use std::collections::BTreeSet;
use std::process::{Command, Stdio};

use camino::{Utf8Path, Utf8PathBuf};

use crate::outcome::{Flow, Outcome, Site};
use crate::settle;
use crate::source::Root;

/// Why git could not tell what changed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The environment's fault: there is no git, or it cannot be started.
    #[error("cannot run `git`, which --changed-since needs")]
    Start(#[source] std::io::Error),
    /// User error: no such revision, or no repository.
    #[error("git cannot tell what changed since `{revision}` in `{folder}`: {message}")]
    Refused { revision: String, folder: Utf8PathBuf, message: String },
}

/// The files that differ from a revision or are new to git, by their paths in the outcome.
///
/// # Errors
/// Git is missing, or refuses.
pub fn since(revision: &str, roots: &[Root]) -> Result<BTreeSet<Utf8PathBuf>, Error> {
    let mut changed = BTreeSet::new();
    for root in roots {
        let is_file = root.absolute.is_file();
        let folder = if is_file { root.absolute.parent().unwrap_or(&root.absolute) } else { &root.absolute };
        let mut below =
            git(folder, revision, &["diff", "--name-only", "-z", "--relative", "--no-renames", "--no-ext-diff", "--no-textconv", "--ignore-submodules=all", revision, "--"])?;
        below.extend(git(folder, revision, &["ls-files", "--others", "--exclude-standard", "-z"])?);
        if is_file {
            let name = root.absolute.file_name().unwrap_or_default();
            if below.iter().any(|path| path == name) {
                changed.insert(if root.prefix.as_str().is_empty() { name.into() } else { root.prefix.clone() });
            }
        } else {
            changed.extend(below.into_iter().map(|path| if root.prefix.as_str().is_empty() { path } else { root.prefix.join(path) }));
        }
    }
    Ok(changed)
}

/// Runs git without a shell and reads the paths that it prints.
fn git(folder: &Utf8Path, revision: &str, words: &[&str]) -> Result<Vec<Utf8PathBuf>, Error> {
    // NOTE: the repository is not trusted: its settings must not start a program, and looking must not write its index.
    let output = Command::new("git")
        .args(["-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-c", "core.quotePath=false", "-C"])
        .arg(folder.as_std_path())
        .args(words)
        .env("GIT_OPTIONAL_LOCKS", "0")
        .env("LC_ALL", "C")
        .stdin(Stdio::null())
        .output()
        .map_err(Error::Start)?;
    if !output.status.success() {
        let complaint = String::from_utf8_lossy(&output.stderr);
        let message = complaint.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or("it said nothing");
        let message = if message.to_ascii_lowercase().contains("not a git repository") { "this is no git repository" } else { message.trim_start_matches("fatal: ") }.to_owned();
        return Err(Error::Refused { revision: revision.to_owned(), folder: folder.to_owned(), message });
    }
    // NOTE: a path that is no UTF-8 is no path of the outcome either.
    let paths = output.stdout.split(|byte| *byte == 0).filter_map(|path| std::str::from_utf8(path).ok());
    Ok(paths.filter(|path| !path.is_empty()).map(Utf8PathBuf::from).collect())
}

/// Leaves in the outcome the flows and findings that touch a changed file, and settles the project's verdicts from them.
pub fn keep(outcome: &mut Outcome, changed: &BTreeSet<Utf8PathBuf>, revision: &str) {
    let had_flows = !outcome.flows.is_empty();
    outcome.flows.retain(|flow| sites(flow).any(|site| changed.contains(&site.file)));
    outcome.findings.retain(|finding| std::iter::once(&finding.site).chain(&finding.related).any(|site| changed.contains(&site.file)));
    let quoted = outcome.notes.iter().filter_map(|note| note.site.as_ref()).chain(outcome.backends.iter().flat_map(|backend| &backend.evidence));
    let is_touched = if had_flows { !outcome.flows.is_empty() } else { quoted.into_iter().any(|site| changed.contains(&site.file)) };
    if is_touched {
        settle::recount(outcome);
    } else if had_flows || outcome.failures_without_flow().next().is_some() {
        settle::leave_out(outcome, &format!("no logout touches a file that changed since `{revision}`"));
    }
}

/// Every place that a flow is made of.
fn sites(flow: &Flow) -> impl Iterator<Item = &Site> {
    let handlers = flow.server.iter().chain(&flow.clients).map(|handler| &handler.site);
    let evidence = flow.actions.iter().flat_map(|action| &action.evidence).flat_map(|evidence| std::iter::once(&evidence.site).chain(&evidence.via));
    handlers.chain(&flow.requests).chain(evidence)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outcome::Answer;
    use crate::settle::tests::{finding, flow, verdict};

    fn outcome() -> Outcome {
        Outcome {
            verdicts: vec![verdict(Answer::Fail, 1)],
            flows: vec![flow("a", "a.ts", 1, Answer::Fail, 1), flow("b", "b.ts", 1, Answer::Pass, 4)],
            findings: vec![finding("logout-via-get", "a.ts", 1), finding("open-redirect", "b.ts", 2)],
            ..Outcome::default()
        }
    }

    #[test]
    fn what_touches_a_changed_file_stays_and_decides() {
        let mut outcome = outcome();
        keep(&mut outcome, &BTreeSet::from(["b.ts".into()]), "main");
        assert_eq!(outcome.flows.iter().map(|flow| flow.id.as_str()).collect::<Vec<_>>(), ["b"]);
        assert_eq!(outcome.findings.iter().map(|finding| finding.check).collect::<Vec<_>>(), ["open-redirect"]);
        assert_eq!(outcome.verdicts[0].answer, Answer::Pass);
    }

    #[test]
    fn without_a_change_nothing_is_judged_and_that_is_said() {
        let mut outcome = outcome();
        keep(&mut outcome, &BTreeSet::new(), "main");
        assert!(outcome.flows.is_empty() && outcome.findings.is_empty());
        assert_eq!((outcome.verdicts[0].answer, outcome.verdicts[0].detail.as_str()), (Answer::Skip, "no logout touches a file that changed since `main`"));
    }

    #[test]
    fn a_folder_without_a_repository_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let absolute = Utf8PathBuf::from_path_buf(folder.path().canonicalize().unwrap()).unwrap();
        let root = Root { given: absolute.clone(), absolute, prefix: Utf8PathBuf::new() };
        assert!(matches!(since("main", &[root]), Err(Error::Refused { .. })));
    }
}
