//! `logout-audit` finds out whether an application's logout really logs out.

pub mod baseline;
pub mod checks;
pub mod cli;
pub mod config;
pub mod front;
pub mod ir;
pub mod outcome;
pub mod output;
pub mod report;
pub mod source;
pub mod suppress;
