//! `logout-audit` finds out whether an application's logout really logs out.

pub mod front;
pub mod ir;
pub mod link;
pub mod outcome;
pub mod rules;
pub mod source;
pub mod trace;
