//! The program as rules see it from one place.

use crate::ir::{Name, Value};
use crate::link::{Place, Program};
use crate::rules::Lookup;

/// A place of a program.
pub struct At<'a, 'p> {
    pub program: &'a Program<'p>,
    pub place: Place,
}

impl<'p> Lookup<'p> for At<'_, 'p> {
    fn fold(&self, value: &'p Value) -> &'p Value {
        self.program.fold(value, self.place).0
    }

    fn names(&self, value: &'p Value) -> Vec<Name> {
        self.program.names_of(value, self.place, false)
    }
}
