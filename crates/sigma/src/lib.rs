//! Sigma rules over CloudTrail: read, indexed, run; what cannot be used is named.
//!
//! `rsigma` reads rules and tells whether an event fits one. What is ours: which rules an event
//! can fit at all (by its name or its service, so that cost hardly grows with their number),
//! rows in time order from an engine, and findings with evidence.

mod called;
mod event;
mod finding;
mod index;
pub mod limits;
mod place;
mod rules;
mod run;
mod seen;
#[cfg(test)]
mod tests;

pub use rules::{Rules, Tagged, Unusable};
pub use run::{COLUMNS, Keep, SigmaError, Watch, fitting, run, run_without};
