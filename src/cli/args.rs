//! The words of the command line, as clap wants them declared.

use camino::Utf8PathBuf;
use clap::{ArgAction, Parser, ValueEnum};
use clap_complete::Shell;

use super::values;
use crate::config::FailOn;
use crate::report::Format;

/// Finds out whether an application's logout really logs out: on the server, and in the browser.
///
/// Finds the logout handlers of TypeScript, JavaScript, Python, Kotlin and Rust projects, follows each from client to server, and says which of the four cleanup actions
/// happen: the session record is destroyed, tokens are revoked, cookies are cleared, client state is cleared.
#[derive(Debug, Parser)]
#[command(name = "logout-audit", version, max_term_width = 110, after_help = values::AFTER_HELP)]
pub(super) struct Args {
    /// Files or folders that together are one project
    #[arg(value_name = "PATH", default_value = ".")]
    pub paths: Vec<Utf8PathBuf>,

    /// Format of the report on standard output
    #[arg(long, value_name = "FORMAT", value_parser = values::format, help_heading = "Report")]
    pub format: Option<Format>,

    /// Write a report to a file, `-` being standard output; may be given several times
    #[arg(short, long, value_name = "FORMAT=PATH", value_parser = values::output, help_heading = "Report")]
    pub output: Vec<(Format, Utf8PathBuf)>,

    /// Show suppressed and baselined results too, marked as such
    #[arg(long, help_heading = "Report")]
    pub include_suppressed: bool,

    /// When to use colors; NO_COLOR is honoured
    #[arg(long, value_name = "WHEN", default_value = "auto", help_heading = "Report")]
    pub color: When,

    /// Print times and counts on standard error
    #[arg(long, help_heading = "Report")]
    pub stats: bool,

    /// Only verdicts and the summary, and with --output nothing on standard output; twice: nothing but errors
    #[arg(short, long, action = ArgAction::Count, conflicts_with = "verbose", help_heading = "Report")]
    pub quiet: u8,

    /// Passing flows in full, rules and call chains of each evidence
    #[arg(short, long, action = ArgAction::Count, help_heading = "Report")]
    pub verbose: u8,

    /// Only these checks, separated by commas
    #[arg(long, value_name = "IDS", value_delimiter = ',', value_parser = values::check, help_heading = "Checks")]
    pub select: Vec<&'static str>,

    /// Leave out these checks, separated by commas
    #[arg(long, value_name = "IDS", value_delimiter = ',', value_parser = values::check, help_heading = "Checks")]
    pub ignore: Vec<&'static str>,

    /// Exit with 1 from which severity on: high (the default), medium, low, info or never
    #[arg(long, value_name = "SEVERITY", value_parser = values::fail_on, help_heading = "Checks")]
    pub fail_on: Option<FailOn>,

    /// Accept the results that this file names
    #[arg(long, value_name = "FILE", help_heading = "Checks")]
    pub baseline: Option<Utf8PathBuf>,

    /// Write the results of this run into a baseline file
    #[arg(long, value_name = "FILE", help_heading = "Checks")]
    pub write_baseline: Option<Utf8PathBuf>,

    /// Report only flows that touch files changed since a git revision; the whole project is still read
    #[arg(long, value_name = "REV", value_parser = values::revision, help_heading = "Checks")]
    pub changed_since: Option<String>,

    /// Use this configuration instead of the closest logout-audit.toml
    #[arg(long, value_name = "FILE", conflicts_with = "isolated", help_heading = "Input")]
    pub config: Option<Utf8PathBuf>,

    /// Use no configuration file
    #[arg(long, help_heading = "Input")]
    pub isolated: bool,

    /// Rule files to use beside the built-in ones
    #[arg(long, value_name = "DIR", help_heading = "Input")]
    pub rules: Option<Utf8PathBuf>,

    /// Leave out files that fit a glob; may be given several times
    #[arg(long, value_name = "GLOB", value_parser = values::glob, help_heading = "Input")]
    pub exclude: Vec<String>,

    /// Read files that .gitignore and the like leave out
    #[arg(long, help_heading = "Input")]
    pub no_ignore: bool,

    /// Judge handlers in tests, fixtures and stories too
    #[arg(long, help_heading = "Input")]
    pub include_tests: bool,

    /// Leave out larger files, such as 500KB or 2MiB
    #[arg(long, value_name = "SIZE", value_parser = crate::config::parse_size, help_heading = "Input")]
    pub max_file_size: Option<u64>,

    /// Threads to use; 0 for one per processor
    #[arg(long, value_name = "N", default_value_t = 0, allow_negative_numbers = true, value_parser = values::threads, help_heading = "Input")]
    pub threads: usize,

    /// Explain a check
    #[arg(long, value_name = "ID", value_parser = values::check, group = "instead", help_heading = "Instead of an audit")]
    pub explain: Option<&'static str>,

    /// List all checks
    #[arg(long, group = "instead", help_heading = "Instead of an audit")]
    pub list_checks: bool,

    /// List all rules
    #[arg(long, group = "instead", help_heading = "Instead of an audit")]
    pub list_rules: bool,

    /// Try the examples of all built-in rules, and of a folder of rules
    #[arg(long, value_name = "DIR", num_args = 0..=1, group = "instead", help_heading = "Instead of an audit")]
    pub verify_rules: Option<Option<Utf8PathBuf>>,

    /// Print the JSON Schema of --format json
    #[arg(long, group = "instead", help_heading = "Instead of an audit")]
    pub print_schema: bool,

    /// Print completions for a shell
    #[arg(long, value_name = "SHELL", group = "instead", help_heading = "Instead of an audit")]
    pub completions: Option<Shell>,

    /// Print the man page
    #[arg(long, group = "instead", help_heading = "Instead of an audit")]
    pub man: bool,
}

/// When to use colors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum When {
    Auto,
    Always,
    Never,
}
