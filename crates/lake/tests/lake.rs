//! The lake, from native files to rows that any engine reads: exactly once, byte for byte.

#[path = "lake/support.rs"]
mod support;

#[path = "lake/care.rs"]
mod care;
#[path = "lake/once.rs"]
mod once;
#[path = "lake/writers.rs"]
mod writers;
