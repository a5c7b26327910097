//! One audit from its options to its reports and its ending.

use std::io::{Write, stderr};
use std::time::Instant;

use camino::{Utf8Path, Utf8PathBuf};

use super::guard::Guard;
use super::progress::Progress;
use super::{Ending, Error};
use crate::baseline::{self, Baseline};
use crate::cli::{ConfigChoice, Options};
use crate::config::{self, Config, ConfigError, FailOn};
use crate::outcome::{Answer, Outcome};
use crate::pipeline::{self, Audit, Settings};
use crate::report::{self, Detail, Format, ReportOptions};
use crate::source::WalkOptions;
use crate::{changed, output, rules, suppress};

/// Audits, writes the reports, and says whether something failed.
pub(super) fn audit(mut options: Options) -> Result<Ending, Error> {
    let started = Instant::now();
    let config = configuration(&options)?;
    options.merge(&config);
    if let [root] = options.paths.as_slice() {
        options.exclude.extend(config.exclude_below(root));
    }
    // Read before the long work, so that a wrong name is told at once.
    let accepted = options.baseline.as_deref().map(baseline::read).transpose()?;
    let settings = settings(&options, &config);
    let progress = Progress::start(!options.is_quiet, format!("reading {}", shown(&options.paths)));
    let (rules, listed) = rayon::join(|| rules::load_bare(&options.rules.iter().cloned().collect::<Vec<_>>()), || pipeline::list(&settings));
    let rules = rules?;
    let mut audit = pipeline::run(listed?, &settings, &rules);
    drop(progress);
    refuse_nothing(&audit)?;
    narrow(&mut audit, &options)?;
    accept(&mut audit.outcome, accepted, &options)?;
    let ending = ending(&audit.outcome, options.fail_on);
    write_reports(&audit, &options)?;
    if options.stats {
        tell(&statistics(&audit, started));
    }
    Ok(ending)
}

fn configuration(options: &Options) -> Result<Config, ConfigError> {
    let config = match &options.config {
        ConfigChoice::None => Config::default(),
        ConfigChoice::File(path) => config::read(path)?,
        ConfigChoice::Closest => config::discover(options.paths.first().map_or(Utf8Path::new("."), |path| path))?,
    };
    if let (Detail::Verbose, Some(path)) = (options.detail, &config.path) {
        tell(&format!("configuration: {path}\n"));
    }
    Ok(config)
}

fn settings(options: &Options, config: &Config) -> Settings {
    Settings {
        paths: options.paths.clone(),
        walk: WalkOptions { exclude: options.exclude.clone(), no_ignore: options.no_ignore, include_tests: options.include_tests, threads: options.threads },
        max_file_size: options.max_file_size.unwrap_or(0),
        declarations: config.declarations(),
    }
}

/// A path in which nothing could be judged must not end green.
fn refuse_nothing(audit: &Audit) -> Result<(), Error> {
    let is_empty = audit.outcome.stats.bytes == 0;
    let empty = audit.roots.iter().zip(&audit.readable).find(|(_, readable)| is_empty || **readable == 0);
    let Some((root, _)) = empty else { return Ok(()) };
    let below = audit.outcome.skipped_files.iter().filter(|skipped| skipped.file.starts_with(&root.prefix));
    Err(Error::NothingToJudge { path: root.given.clone(), unreadable: below.take(3).map(|skipped| format!("{}: {}", skipped.file, skipped.reason)).collect() })
}

/// Suppressions first, since they are judged against everything; then the checks that are wanted, then the files that changed.
fn narrow(audit: &mut Audit, options: &Options) -> Result<(), Error> {
    let Audit { outcome, texts, roots, .. } = audit;
    suppress::apply(outcome, &|path| texts.get(path).map(String::as_str));
    outcome.verdicts.retain(|verdict| options.wants(verdict.check));
    for flow in &mut outcome.flows {
        flow.verdicts.retain(|verdict| options.wants(verdict.check));
        flow.suppressed.retain(|(check, _)| options.wants(check));
    }
    outcome.findings.retain(|finding| options.wants(finding.check));
    if let Some(revision) = &options.changed_since {
        changed::keep(outcome, &changed::since(revision, roots)?, revision);
    }
    Ok(())
}

/// Takes over what the baseline accepts. A baseline that is written accepts this run's results at once.
fn accept(outcome: &mut Outcome, accepted: Option<Baseline>, options: &Options) -> Result<(), Error> {
    if let Some(accepted) = accepted {
        let stale = accepted.stale(outcome);
        // NOTE: where only a part of the results is looked at, the rest of the baseline is not stale.
        if stale > 0 && !options.is_quiet && options.changed_since.is_none() && options.select.is_none() && options.ignore.is_empty() {
            tell(&format!("note: {stale} of {} entries of the baseline are no longer needed; --write-baseline writes it anew\n", accepted.len()));
        }
        accepted.apply(outcome);
    }
    if let Some(path) = &options.write_baseline {
        let written = Baseline::of(outcome);
        output::write(path, |out| out.write_all(written.to_json().as_bytes()))?;
        if !options.is_quiet {
            tell(&format!("note: {} results are accepted in `{path}`\n", written.len()));
        }
        written.apply(outcome);
    }
    Ok(())
}

fn ending(outcome: &Outcome, fail_on: FailOn) -> Ending {
    match fail_on {
        FailOn::At(severity) if outcome.fails_at(severity) => Ending::Failed,
        FailOn::At(_) | FailOn::Never => Ending::Clean,
    }
}

fn write_reports(audit: &Audit, options: &Options) -> Result<(), Error> {
    let source = |path: &Utf8Path| audit.texts.get(path).cloned();
    for (format, path) in &options.outputs {
        let is_stdout = path == "-";
        let plain = ReportOptions { detail: options.detail, include_suppressed: options.include_suppressed, source: &source, ..ReportOptions::default() };
        let report = if is_stdout { ReportOptions { color: options.color, unicode: options.unicode, width: options.width, ..plain } } else { plain };
        let outcome = &audit.outcome;
        output::write(path, |out| write_report(*format, outcome, &report, out))?;
    }
    Ok(())
}

fn write_report(format: Format, outcome: &Outcome, report: &ReportOptions<'_>, out: &mut dyn Write) -> std::io::Result<()> {
    match format {
        // Colors are escape sequences too; this report makes its own quotations harmless.
        Format::Human => report::write(format, outcome, report, out),
        Format::Json | Format::Sarif | Format::Gitlab => report::write(format, outcome, report, &mut Guard::new(out, true)),
        Format::Github | Format::Junit | Format::Markdown | Format::Html => report::write(format, outcome, report, &mut Guard::new(out, false)),
    }
}

/// What `--stats` prints.
fn statistics(audit: &Audit, started: Instant) -> String {
    let outcome = &audit.outcome;
    let stats = outcome.stats;
    let mut text = String::new();
    for (stage, took) in &audit.timings.0 {
        text.push_str(&format!("{stage:<8} {:>9.1} ms\n", took.as_secs_f64() * 1000.0));
    }
    text.push_str(&format!("{:<8} {:>9.1} ms\n", "all", started.elapsed().as_secs_f64() * 1000.0));
    text.push_str(&format!(
        "{} files seen, {} read closely, {} bytes, {} left out or partly read\n",
        stats.files_seen,
        stats.files_parsed,
        stats.bytes,
        outcome.skipped_files.len()
    ));
    let fails = outcome.flows.iter().filter(|flow| flow.verdicts.iter().any(|verdict| verdict.answer == Answer::Fail && flow.suppression(verdict.check).is_none())).count();
    text.push_str(&format!("{} flows, {fails} failing; {} findings; {} threads\n", outcome.flows.len(), outcome.findings.len(), rayon::current_num_threads()));
    text
}

fn shown(paths: &[Utf8PathBuf]) -> String {
    let shown: String = paths.iter().map(|path| path.as_str()).collect::<Vec<_>>().join(", ");
    shown.chars().filter(|letter| !letter.is_control()).take(60).collect()
}

/// Notes for people go to standard error; where that is closed nobody misses them.
fn tell(text: &str) {
    let _closed = stderr().write_all(text.as_bytes());
}
