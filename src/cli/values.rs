//! Values of options: read into our types, with errors that name what was expected.

use camino::Utf8PathBuf;

use crate::checks;
use crate::config::FailOn;
use crate::report::Format;

/// What the exit status means, under the list of options.
pub(super) const AFTER_HELP: &str =
    "Exit status: 0 nothing failed; 1 a check failed at or above --fail-on; 2 the command line, the configuration or the input is wrong, or there is no source file to judge.";

pub(super) fn format(word: &str) -> Result<Format, String> {
    Format::parse(word).ok_or_else(|| format!("expected one of {}", Format::ALL.map(Format::as_str).join(", ")))
}

pub(super) fn output(text: &str) -> Result<(Format, Utf8PathBuf), String> {
    let Some((word, path)) = text.split_once('=') else {
        return Err(format!("expected FORMAT=PATH, such as sarif={text}"));
    };
    if path.is_empty() {
        return Err("no path stands after `=`; `-` is standard output".to_owned());
    }
    Ok((format(word)?, Utf8PathBuf::from(path)))
}

pub(super) fn check(id: &str) -> Result<&'static str, String> {
    checks::known(id.trim())
}

pub(super) fn fail_on(word: &str) -> Result<FailOn, String> {
    FailOn::parse(word).ok_or_else(|| format!("expected one of {}", FailOn::WORDS.join(", ")))
}

pub(super) fn glob(text: &str) -> Result<String, String> {
    globset::Glob::new(text).map(|_| text.to_owned()).map_err(|error| error.to_string())
}

/// A revision is handed to git, which must not take it for an option.
pub(super) fn revision(text: &str) -> Result<String, String> {
    if text.is_empty() || text.starts_with('-') { Err("expected a git revision, such as origin/main".to_owned()) } else { Ok(text.to_owned()) }
}

pub(super) fn threads(text: &str) -> Result<usize, String> {
    match text.parse::<usize>() {
        Ok(number) if number <= 1024 => Ok(number),
        _ => Err("expected a number from 0 to 1024".to_owned()),
    }
}
