//! `logout-audit` finds out whether an application's logout really logs out.

pub mod examples;
pub mod front;
pub mod ir;
pub mod judge;
pub mod link;
pub mod manifest;
pub mod outcome;
pub mod pipeline;
pub mod resolve;
pub mod rules;
pub mod source;
pub mod trace;
