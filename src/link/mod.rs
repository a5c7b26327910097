//! Joins modules into one program: what a name stands for, across files.
//!
//! Nothing here reads a file or knows a rule. Where a name leads into a file of the project that is not lowered yet, the file is
//! noted as wanted, and the pipeline lowers it and asks again. It never asks in which language a module is written save to hand
//! the question where an import leads to the [`Finder`].

mod bindings;
mod constructed;
mod contexts;
mod described;
mod effort;
mod eval;
mod extensions;
mod holders;
mod implementations;
mod imports;
mod lacking;
mod members;
mod names;
mod program;
mod providers;
mod rust_paths;
mod scope;
mod search;
mod stars;
mod types;

pub use bindings::Supplied;
pub use eval::{Place, Thing};
pub use lacking::{lacking, note_wish, wishes};
pub use program::{ClassId, Finder, FunctionId, ModuleId, Program, Wanted};
