//! Runs what the command line asks for: an audit with its reports, or a list, a page, a trial of the rules.

mod audit;
mod error;
mod guard;
mod lists;
mod progress;
mod trial;

use camino::Utf8Path;

use crate::cli::Invocation;
use crate::report::json;
use crate::{checks, output};

pub use error::Error;

/// How a run ended that did not break off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// Nothing failed.
    Clean,
    /// A check failed at or above the line, or an example of a rule does not hold.
    Failed,
}

/// The stack of every thread that reads or follows code: nested code is walked by recursion, and its depth is the author's choice.
const STACK: usize = 16 * 1024 * 1024;

/// Runs it.
///
/// # Errors
/// The input, the configuration or the machine does not allow it.
pub fn run(invocation: Invocation) -> Result<Ending, Error> {
    match invocation {
        Invocation::Audit(options) => {
            start_threads(options.threads)?;
            // NOTE: a scope moves the work onto a thread of the pool, whose stack is as large as it has to be.
            rayon::scope(|_| audit::audit(*options))
        }
        Invocation::VerifyRules(folder) => {
            start_threads(0)?;
            rayon::scope(|_| trial::verify(folder))
        }
        Invocation::ListRules(folder) => print(&lists::rules(folder)?),
        Invocation::Explain(id) => print(&checks::page(id).unwrap_or_default()),
        Invocation::ListChecks => print(&lists::checks()),
        Invocation::PrintSchema => print(&format!("{:#}\n", json::schema())),
        Invocation::Print(text) => print(&text),
    }
}

/// Prints a text on standard output as it is.
///
/// # Errors
/// Standard output is broken, and not only closed.
pub fn print(text: &str) -> Result<Ending, Error> {
    output::write(Utf8Path::new("-"), |out| out.write_all(text.as_bytes()))?;
    Ok(Ending::Clean)
}

fn start_threads(number: usize) -> Result<(), Error> {
    rayon::ThreadPoolBuilder::new().num_threads(number).stack_size(STACK).build_global().map_err(Error::Threads)
}
