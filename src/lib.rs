//! `logout-audit` finds out whether an application's logout really logs out.

pub mod front;
pub mod ir;
pub mod manifest;
pub mod outcome;
pub mod resolve;
pub mod source;
