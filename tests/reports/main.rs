//! What users see: every format, written from outcomes made by hand.

mod baseline;
mod human;
mod json;
mod others;
mod sample;
mod sarif;
