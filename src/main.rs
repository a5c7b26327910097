//! Reads the command line, runs what it asks for, and tells errors in one place.
//!
//! The exit status is 0 where nothing failed, 1 where a check failed at or above `--fail-on` (or an example of a rule does not hold),
//! and 2 where the command line, the configuration or the input is wrong or nothing could be judged.

use std::error::Error as _;
use std::io::{Write, stderr};
use std::process::ExitCode;

use logout_audit::cli;
use logout_audit::run::{self, Ending, Error};

/// Lowered files are many small values: this allocator takes a third off a run's time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    // A bug must not look like the answer of a check: without this, a panic would end with a status of its own.
    std::panic::catch_unwind(start).unwrap_or(ExitCode::from(2))
}

fn start() -> ExitCode {
    let ending = match cli::parse(std::env::args_os()) {
        Ok(invocation) => run::run(invocation),
        Err(stop) if stop.status == 0 => run::print(&stop.text),
        Err(stop) => {
            tell(&stop.text);
            return ExitCode::from(stop.status);
        }
    };
    match ending {
        Ok(Ending::Clean) => ExitCode::SUCCESS,
        Ok(Ending::Failed) => ExitCode::from(1),
        Err(error) => {
            tell(&complaint(&error));
            ExitCode::from(2)
        }
    }
}

/// The error with its causes and what to do about it.
fn complaint(error: &Error) -> String {
    let mut text = format!("error: {}\n", harmless(&error.to_string()));
    let mut cause = error.source();
    while let Some(one) = cause {
        text.push_str(&format!("  caused by: {}\n", harmless(&one.to_string())));
        cause = one.source();
    }
    if let Some(help) = error.help() {
        text.push_str(&format!("  help: {}\n", harmless(&help)));
    }
    text
}

/// Messages quote paths and files that anybody may have written; nothing of that may steer the terminal.
fn harmless(text: &str) -> String {
    text.trim_end().chars().map(|letter| if letter.is_control() && letter != '\n' { letter.escape_default().to_string() } else { letter.to_string() }).collect()
}

fn tell(text: &str) {
    // Where standard error is closed, the exit status has to be enough.
    let _closed = stderr().write_all(text.as_bytes());
}
