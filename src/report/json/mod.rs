//! JSON: the whole outcome in stable words, versioned, with a schema derived from the very types that are written.

mod types;

use std::io;

use serde_json::Value;

use crate::outcome::Outcome;

/// Writes the outcome as one indented JSON document.
pub(super) fn write(outcome: &Outcome, out: &mut dyn io::Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, &types::Report::from(outcome))?;
    out.write_all(b"\n")
}

/// The JSON Schema of the format.
pub fn schema() -> Value {
    schemars::schema_for!(types::Report).to_value()
}
