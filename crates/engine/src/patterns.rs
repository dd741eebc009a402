//! What lines have in common: a line's pattern, coarser patterns where there are too many, and
//! clusters of patterns that differ in few words.

mod clusters;
mod coarse;
mod line;
mod tokens;
mod words;

pub(crate) use clusters::of as clusters_of;
pub(crate) use coarse::{LEVEL_MAX, coarse};
pub(crate) use line::pattern;
pub(crate) use tokens::Tokens;
