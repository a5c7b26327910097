//! Reads what a project depends on.
