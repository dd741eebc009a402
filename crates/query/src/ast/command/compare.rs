//! Patterns, and what is unlike the rest.

use crate::ast::{Expr, Path, Period};

/// `pattern field`.
#[derive(Debug, Clone, PartialEq)]
pub struct Pattern {
    /// The text to cluster.
    pub field: Path,
}

/// `diff [previousDay]`.
#[derive(Debug, Clone, PartialEq)]
pub struct Diff {
    /// What to compare with; without, the window just before.
    pub shift: Option<Shift>,
}

/// The named shifts of `diff`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shift {
    /// `previousDay`.
    Day,
    /// `previousWeek`.
    Week,
    /// `previousMonth`.
    Month,
}

/// `logcompare timeshift 7d`.
#[derive(Debug, Clone, PartialEq)]
pub struct LogCompare {
    /// How long before the window the baseline lies.
    pub timeshift: Period,
}

/// `relevantfields a, b where condition`.
#[derive(Debug, Clone, PartialEq)]
pub struct RelevantFields {
    /// The fields to rank; all when empty.
    pub fields: Vec<Path>,
    /// What makes an event interesting.
    pub condition: Expr,
}

/// `outlier action=remove param=3.0 uselower=true mark=true a b`.
#[derive(Debug, Clone, PartialEq)]
pub struct Outlier {
    /// What to do with an outlier.
    pub action: OutlierAction,
    /// How many interquartile ranges make one (2.5).
    pub param: f64,
    /// Whether small values are outliers too (no).
    pub use_lower: bool,
    /// Whether transformed values are marked (no).
    pub mark: bool,
    /// The fields; at least one.
    pub fields: Vec<Path>,
}

/// What `outlier` does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutlierAction {
    /// The row goes.
    Remove,
    /// The value is set to the fence it passed; the default.
    Transform,
}
