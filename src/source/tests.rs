//! Tests of listing and scanning on real directories.
