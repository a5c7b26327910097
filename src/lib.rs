//! `logout-audit` finds out whether an application's logout really logs out.

pub mod baseline;
pub mod changed;
pub mod checks;
pub mod cli;
pub mod config;
pub mod examples;
pub mod front;
pub mod ir;
pub mod judge;
pub mod link;
pub mod manifest;
pub mod outcome;
pub mod output;
pub mod pipeline;
pub mod report;
pub mod resolve;
pub mod rules;
pub mod run;
pub mod settle;
pub mod source;
pub mod suppress;
pub mod trace;
