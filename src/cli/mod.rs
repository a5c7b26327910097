//! The command line. This room alone knows clap; what it gives is plain data of our own types.
//!
//! Options override the configuration: lists of excluded globs and ignored checks are joined, everything else is replaced. [`Options::merge`] does it.

mod args;
mod values;

use std::ffi::OsString;
use std::io::IsTerminal;

use camino::Utf8PathBuf;
use clap::{CommandFactory, Parser};

use self::args::{Args, When};
use crate::config::{Config, FailOn};
use crate::outcome::Severity;
use crate::report::{Detail, Format};

/// What was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Invocation {
    Audit(Box<Options>),
    /// A known check id.
    Explain(&'static str),
    ListChecks,
    /// With a folder of rules beside the built-in ones.
    ListRules(Option<Utf8PathBuf>),
    /// The built-in rules, and those of a folder beside them.
    VerifyRules(Option<Utf8PathBuf>),
    PrintSchema,
    /// A text to print as it is: completions, the man page.
    Print(String),
}

/// How an audit is to run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// At least one.
    pub paths: Vec<Utf8PathBuf>,
    /// Each with its path; `-` is standard output.
    pub outputs: Vec<(Format, Utf8PathBuf)>,
    pub include_suppressed: bool,
    /// Colors in what goes to standard output.
    pub color: bool,
    /// Box drawing characters in what goes to standard output.
    pub unicode: bool,
    /// Columns of the terminal that prose may fill.
    pub width: usize,
    /// Print times on standard error.
    pub stats: bool,
    pub detail: Detail,
    /// Neither progress nor notes on standard error.
    pub is_quiet: bool,
    /// Only these checks; all when nothing is said.
    pub select: Option<Vec<&'static str>>,
    pub ignore: Vec<&'static str>,
    pub fail_on: FailOn,
    pub baseline: Option<Utf8PathBuf>,
    pub write_baseline: Option<Utf8PathBuf>,
    pub changed_since: Option<String>,
    pub config: ConfigChoice,
    pub rules: Option<Utf8PathBuf>,
    pub exclude: Vec<String>,
    pub no_ignore: bool,
    pub include_tests: bool,
    /// In bytes; the default of the file source when nothing is said.
    pub max_file_size: Option<u64>,
    /// 0 for one per processor.
    pub threads: usize,
    /// Whether --fail-on was given, and so goes before the configuration.
    fail_on_given: bool,
}

/// Which configuration file to use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConfigChoice {
    /// The closest at or above the scanned root.
    Closest,
    File(Utf8PathBuf),
    None,
}

/// A run that ends before it begins: help, version, or a wrong command line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stop {
    pub text: String,
    /// 0 for help and version, which go to standard output; 2 for errors, which go to standard error.
    pub status: u8,
}

/// Reads a command line, the program's name first.
pub fn parse(words: impl IntoIterator<Item = OsString>) -> Result<Invocation, Stop> {
    let args = Args::try_parse_from(words).map_err(|error| {
        let colored = if error.use_stderr() { std::io::stderr().is_terminal() } else { std::io::stdout().is_terminal() };
        let text = if colored && colors_welcome() { error.render().ansi().to_string() } else { error.render().to_string() };
        Stop { text, status: if error.use_stderr() { 2 } else { 0 } }
    })?;
    Ok(invocation(args))
}

fn invocation(args: Args) -> Invocation {
    if let Some(id) = args.explain {
        Invocation::Explain(id)
    } else if args.list_checks {
        Invocation::ListChecks
    } else if args.list_rules {
        Invocation::ListRules(args.rules)
    } else if let Some(folder) = args.verify_rules {
        Invocation::VerifyRules(folder.or(args.rules))
    } else if args.print_schema {
        Invocation::PrintSchema
    } else if let Some(shell) = args.completions {
        let mut text = Vec::new();
        clap_complete::generate(shell, &mut Args::command(), "logout-audit", &mut text);
        Invocation::Print(String::from_utf8_lossy(&text).into_owned())
    } else if args.man {
        let mut text = Vec::new();
        clap_mangen::Man::new(Args::command()).render(&mut text).expect("writing to memory does not fail");
        Invocation::Print(String::from_utf8_lossy(&text).into_owned())
    } else {
        Invocation::Audit(Box::new(options(args)))
    }
}

fn options(args: Args) -> Options {
    let mut outputs = args.output;
    // Files alone leave the terminal free for the report of --format, unless nobody wants to see one.
    let stdout_taken = args.format.is_none() && outputs.iter().any(|(_, path)| path == "-");
    let unwanted = args.quiet > 1 || (args.quiet == 1 && !outputs.is_empty());
    if !stdout_taken && !unwanted {
        outputs.insert(0, (args.format.unwrap_or(Format::Human), Utf8PathBuf::from("-")));
    }
    let color = match args.color {
        When::Always => true,
        When::Never => false,
        When::Auto => colors_welcome() && std::io::stdout().is_terminal(),
    };
    Options {
        paths: args.paths,
        outputs,
        include_suppressed: args.include_suppressed,
        color,
        unicode: unicode_welcome(),
        width: width(),
        stats: args.stats,
        detail: match (args.quiet, args.verbose) {
            (0, 0) => Detail::Normal,
            (0, _) => Detail::Verbose,
            _ => Detail::Quiet,
        },
        is_quiet: args.quiet > 0,
        select: Some(args.select).filter(|select| !select.is_empty()),
        ignore: args.ignore,
        fail_on: args.fail_on.unwrap_or(FailOn::At(Severity::High)),
        baseline: args.baseline,
        write_baseline: args.write_baseline,
        changed_since: args.changed_since,
        config: match args.config {
            Some(path) => ConfigChoice::File(path),
            None if args.isolated => ConfigChoice::None,
            None => ConfigChoice::Closest,
        },
        rules: args.rules,
        exclude: args.exclude,
        no_ignore: args.no_ignore,
        include_tests: args.include_tests,
        max_file_size: args.max_file_size,
        threads: args.threads,
        fail_on_given: args.fail_on.is_some(),
    }
}

/// <https://no-color.org>: any value that is not empty means no.
fn colors_welcome() -> bool {
    std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()) && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
}

/// Whether the locale can show box drawing characters; where nothing is said, as in most continuous integration, it can.
fn unicode_welcome() -> bool {
    let set = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
    let locale = set("LC_ALL").or_else(|| set("LC_CTYPE")).or_else(|| set("LANG"));
    locale.is_none_or(|locale| locale.to_ascii_lowercase().replace('-', "").contains("utf8"))
}

/// As wide as the shell says, within what can be read well.
fn width() -> usize {
    let told = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse::<usize>().ok());
    told.map_or(110, |columns| columns.clamp(60, 140))
}

impl Options {
    /// Fills from a configuration what the command line left open.
    pub fn merge(&mut self, config: &Config) {
        if self.select.is_none() {
            self.select.clone_from(&config.select);
        }
        self.ignore.extend(&config.ignore);
        self.exclude.extend(config.exclude.iter().cloned());
        if let (false, Some(line)) = (self.fail_on_given, config.fail_on) {
            self.fail_on = line;
        }
        self.include_tests |= config.include_tests.unwrap_or(false);
        self.max_file_size = self.max_file_size.or(config.max_file_size);
        if self.rules.is_none() {
            self.rules.clone_from(&config.rules);
        }
    }

    /// Whether a check is wanted.
    pub fn wants(&self, check: &str) -> bool {
        self.select.as_ref().is_none_or(|select| select.contains(&check)) && !self.ignore.contains(&check)
    }
}

#[cfg(test)]
mod tests;
