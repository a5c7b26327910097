//! Rust files and what they are lowered to.

use crate::front::rust::lower;
use crate::ir::write_module;
use crate::source::FileId;

fn lowered(text: &str) -> String {
    write_module(&lower(FileId(0), text))
}
