//! `logout-audit.toml`: found at the scanned root or above it, the closest one alone.

mod size;
mod syntax;

use std::collections::BTreeMap;
use std::io::Read;

use camino::{Utf8Path, Utf8PathBuf};
use thiserror::Error;

use crate::judge::Declarations;
use crate::outcome::{Action, Severity, Side};

pub use size::parse_size;

/// The name of the file.
pub const FILE_NAME: &str = "logout-audit.toml";

/// The size over which a file is no configuration that a person wrote.
const LARGEST: u64 = 1024 * 1024;

/// What a project has set. Absent keys are `None` or empty, so that the command line can tell them from a choice.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Config {
    /// Where it was found; nothing without a file.
    pub path: Option<Utf8PathBuf>,
    /// Facts that hold although the scanned tree does not show them, with the reason that reports repeat.
    pub declare: BTreeMap<Declared, String>,
    pub select: Option<Vec<&'static str>>,
    pub ignore: Vec<&'static str>,
    pub fail_on: Option<FailOn>,
    pub exclude: Vec<String>,
    pub include_tests: Option<bool>,
    /// In bytes.
    pub max_file_size: Option<u64>,
    /// A folder of rule files, joined with the folder of the configuration.
    pub rules: Option<Utf8PathBuf>,
}

/// What is declared as handled elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Declared {
    Action(Action),
    /// Both actions of a side.
    Side(Side),
}

/// From which severity on a failed check makes the run fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailOn {
    At(Severity),
    Never,
}

/// Why there is no configuration; always something the user can mend.
#[derive(Debug, Error)]
pub enum ConfigError {
    #[error("cannot read the configuration `{path}`")]
    Read { path: Utf8PathBuf, source: std::io::Error },
    /// The place is quoted in `message`, which has several lines.
    #[error("the configuration `{path}` is wrong\n{message}")]
    Parse { path: Utf8PathBuf, message: String },
}

/// The configuration that holds for a scanned root: the closest file at or above it, or none.
pub fn discover(root: &Utf8Path) -> Result<Config, ConfigError> {
    let absolute = root.canonicalize_utf8().unwrap_or_else(|_| root.to_owned());
    let found = absolute.ancestors().map(|folder| folder.join(FILE_NAME)).find(|path| path.is_file());
    found.map_or_else(|| Ok(Config::default()), |path| read(&path))
}

/// Reads one configuration file.
pub fn read(path: &Utf8Path) -> Result<Config, ConfigError> {
    let unreadable = |source| ConfigError::Read { path: path.to_owned(), source };
    let mut bytes = Vec::new();
    std::fs::File::open(path).and_then(|file| file.take(LARGEST + 1).read_to_end(&mut bytes)).map_err(unreadable)?;
    if bytes.len() as u64 > LARGEST {
        return Err(ConfigError::Parse { path: path.to_owned(), message: format!("it is larger than {LARGEST} bytes") });
    }
    let text = String::from_utf8(bytes).map_err(|_| ConfigError::Parse { path: path.to_owned(), message: "it is not UTF-8 text".to_owned() })?;
    parse(path, &text)
}

/// Reads the text of a configuration; the path is for messages and for paths within it.
pub fn parse(path: &Utf8Path, text: &str) -> Result<Config, ConfigError> {
    let file: syntax::File =
        toml::from_str(text.trim_start_matches('\u{feff}')).map_err(|error| ConfigError::Parse { path: path.to_owned(), message: visible(&error.to_string()) })?;
    let folder = path.parent().unwrap_or(Utf8Path::new(""));
    Ok(file.into_config(path, folder))
}

/// The quoted place comes from a scanned tree and must not steer the terminal.
fn visible(message: &str) -> String {
    let escaped = |letter: char| if letter.is_control() && letter != '\n' { letter.escape_unicode().to_string() } else { letter.to_string() };
    message.trim_end().chars().map(escaped).collect()
}

impl Config {
    /// The globs to exclude, for a scan of one folder below the configuration's own: what the globs say of the way down to it is taken off.
    pub fn exclude_below(&self, root: &Utf8Path) -> Vec<String> {
        let folder = self.path.as_deref().and_then(Utf8Path::parent).map(|folder| if folder.as_str().is_empty() { Utf8Path::new(".") } else { folder });
        let absolute = |path: &Utf8Path| path.canonicalize_utf8().ok();
        let (Some(folder), Some(root)) = (folder.and_then(absolute), absolute(root)) else { return Vec::new() };
        let Ok(way) = root.strip_prefix(&folder) else { return Vec::new() };
        if way.as_str().is_empty() {
            return Vec::new();
        }
        let start = format!("{way}/");
        self.exclude.iter().filter_map(|glob| glob.trim_start_matches("./").trim_start_matches('/').strip_prefix(&start)).map(|rest| format!("/{rest}")).collect()
    }

    /// The facts that are declared, in the words of the judging stage.
    pub fn declarations(&self) -> Declarations {
        let side = |side| self.declare.get(&Declared::Side(side)).cloned();
        let actions = Action::ALL.into_iter().filter_map(|action| Some((action, self.declare.get(&Declared::Action(action))?.clone())));
        Declarations { actions: actions.collect(), server: side(Side::Server), client: side(Side::Client) }
    }
}

impl FailOn {
    /// The words of the command line and the configuration.
    pub const WORDS: [&str; 5] = ["high", "medium", "low", "info", "never"];

    /// The line that a word draws.
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "high" => Some(Self::At(Severity::High)),
            "medium" => Some(Self::At(Severity::Medium)),
            "low" => Some(Self::At(Severity::Low)),
            "info" => Some(Self::At(Severity::Info)),
            "never" => Some(Self::Never),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests;
