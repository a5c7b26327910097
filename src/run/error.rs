//! Why a run breaks off, and what to do about it.

use camino::Utf8PathBuf;

use crate::baseline::BaselineError;
use crate::config::ConfigError;
use crate::output::OutputError;
use crate::{changed, rules, source};

/// Why a run breaks off. All of it ends with the exit status 2.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// User error: a configuration file that is missing or wrong.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// User error in a folder of rules; our bug in built-in ones.
    #[error(transparent)]
    Rules(#[from] rules::Error),
    /// User error: a path that is not there, a pattern that is none.
    #[error(transparent)]
    Source(#[from] source::Error),
    /// User error: no baseline, or a broken one.
    #[error(transparent)]
    Baseline(#[from] BaselineError),
    /// User error as a rule: a place that cannot be written to.
    #[error(transparent)]
    Output(#[from] OutputError),
    /// User error as a rule: no such revision, no repository.
    #[error(transparent)]
    Changed(#[from] changed::Error),
    /// User error: a path without source files. Nothing was judged, so nothing may look good.
    #[error("there is no source file to judge in `{path}`")]
    NothingToJudge {
        path: Utf8PathBuf,
        /// Whether there were source files, and none could be read.
        unreadable: Vec<String>,
    },
    /// The machine's fault: the examples of rules are written to a temporary folder.
    #[error("cannot try the examples of the rules")]
    Trial(#[source] std::io::Error),
    /// The machine's fault: no threads can be had.
    #[error("cannot start threads")]
    Threads(#[source] rayon::ThreadPoolBuildError),
}

impl Error {
    /// What the user can do about it.
    pub fn help(&self) -> Option<String> {
        match self {
            Self::Config(ConfigError::Read { .. }) => Some("--config names a TOML file; --isolated runs without one".to_owned()),
            Self::Config(ConfigError::Parse { .. }) => Some("the keys are `declare`, `select`, `ignore`, `fail-on`, `exclude`, `include-tests`, `max-file-size` and `rules`; --isolated runs without a configuration".to_owned()),
            Self::Rules(rules::Error::Read { .. }) => Some("--rules names a folder with `.toml` files, in which rules may stand at any depth".to_owned()),
            Self::Rules(_) => Some("the rules that are built in show the form; --verify-rules DIR tries the examples of your own".to_owned()),
            Self::Source(source::Error::Pattern { .. }) => Some("patterns are globs such as `legacy/**` or `*.gen.ts`".to_owned()),
            Self::Source(_) => Some("name files or folders that exist; without a path, the current folder is read".to_owned()),
            Self::Baseline(BaselineError::Read { .. }) => Some("--write-baseline FILE writes one".to_owned()),
            Self::Baseline(BaselineError::Parse { .. }) => Some("it must be a file that --write-baseline wrote".to_owned()),
            Self::Output(OutputError::File { .. }) => Some("the folder must exist and allow writing; nothing was written there".to_owned()),
            Self::Changed(changed::Error::Refused { .. }) => Some("name a revision that is in the repository, such as `origin/main`; a shallow clone may lack it".to_owned()),
            Self::NothingToJudge { unreadable, .. } if !unreadable.is_empty() => Some(format!("its source files could not be read: {}", unreadable.join("; "))),
            Self::NothingToJudge { .. } => Some(
                "TypeScript, JavaScript, Python, Kotlin and Rust files are read; --exclude, ignore files, tests, generated and vendored code leave some out (--no-ignore and --include-tests read more)".to_owned(),
            ),
            Self::Baseline(BaselineError::Version { .. }) | Self::Output(OutputError::Stdout { .. }) | Self::Changed(changed::Error::Start(_)) | Self::Trial(_) | Self::Threads(_) => None,
        }
    }
}
