//! What users see: every format, written from outcomes made by hand.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod baseline;
mod human;
mod json;
mod others;
mod sample;
mod sarif;
