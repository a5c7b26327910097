//! What users see: every format, written from outcomes made by hand.

mod human;
mod json;
mod sample;
