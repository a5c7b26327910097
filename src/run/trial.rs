//! Tries the examples of all rules, and tells which do not hold.

use camino::Utf8PathBuf;

use super::{Ending, Error, print};
use crate::{examples, rules};

/// Tries the built-in rules, and those of a folder beside them.
pub(super) fn verify(folder: Option<Utf8PathBuf>) -> Result<Ending, Error> {
    let rules = rules::load(&folder.into_iter().collect::<Vec<_>>())?;
    let (number, failures) = examples::verify(&rules).map_err(Error::Trial)?;
    let mut text = String::new();
    for failure in &failures {
        text.push_str(&format!("{}, {}: {}\n", failure.rule, failure.which, failure.message));
    }
    text.push_str(&match failures.len() {
        0 => format!("all {number} examples hold\n"),
        1 => format!("1 of {number} examples does not hold\n"),
        broken => format!("{broken} of {number} examples do not hold\n"),
    });
    print(&text)?;
    Ok(if failures.is_empty() { Ending::Clean } else { Ending::Failed })
}
