//! Tests of every language on small trees.
