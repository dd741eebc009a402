//! The aggregates that haechi adds to SQL.
//!
//! One aggregate is one file and one line in [`ALL`]. Its state is bounded, and merging states in
//! any order gives the same answer.

mod histogram;
mod patterns;
mod percentile;
mod relevance;
mod value_counts;
mod values;

use datafusion::logical_expr::AggregateUDF;

/// One aggregate.
pub(crate) struct Aggregate {
    /// Makes it for a session.
    pub(crate) make: fn() -> AggregateUDF,
}

/// Every aggregate.
pub(crate) const ALL: &[&Aggregate] = &[
    &percentile::AGGREGATE,
    &histogram::AGGREGATE,
    &patterns::AGGREGATE,
    &patterns::MEMBERS,
    &value_counts::AGGREGATE,
    &relevance::AGGREGATE,
];
