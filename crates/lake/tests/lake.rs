//! The lake, from native files to rows that any engine reads: exactly once, byte for byte.

#[cfg(test)]
#[path = "lake/support.rs"]
mod support;

#[cfg(test)]
#[path = "lake/care.rs"]
mod care;
#[cfg(test)]
#[path = "lake/flows.rs"]
mod flows;
#[cfg(test)]
#[path = "lake/once.rs"]
mod once;
#[cfg(test)]
#[path = "lake/verbatim.rs"]
mod verbatim;
#[cfg(test)]
#[path = "lake/writers.rs"]
mod writers;
