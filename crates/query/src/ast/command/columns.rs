//! Choosing, filtering, aggregating and ordering.

use crate::ast::{Expr, Name, Path, Period};

/// An expression and the name of its column.
#[derive(Debug, Clone, PartialEq)]
pub struct Projection {
    /// What is computed.
    pub expr: Expr,
    /// `as name`; without, the column is called by the text of its expression.
    pub alias: Option<Name>,
}

/// `fields a, b as c`.
#[derive(Debug, Clone, PartialEq)]
pub struct Fields {
    /// The columns; at least one. A later one may use the alias of an earlier one.
    pub projections: Vec<Projection>,
}

/// `display a, b as c`.
#[derive(Debug, Clone, PartialEq)]
pub struct Display {
    /// The columns; at least one.
    pub projections: Vec<Projection>,
}

/// `filter condition`.
#[derive(Debug, Clone, PartialEq)]
pub struct Filter {
    /// What must be true.
    pub condition: Expr,
}

/// `filterIndex field = value` or `filterIndex field in [values]`.
#[derive(Debug, Clone, PartialEq)]
pub struct FilterIndex {
    /// The indexed field.
    pub field: Path,
    /// The values, of which the field has one; literals, at least one.
    pub values: Vec<Expr>,
}

/// `stats aggregates by keys offset period`.
#[derive(Debug, Clone, PartialEq)]
pub struct Stats {
    /// The aggregates; at least one.
    pub aggregates: Vec<Projection>,
    /// What to group by; none means one group of everything.
    pub keys: Vec<Projection>,
    /// Moves the borders of `bin()` and of time series.
    pub offset: Option<Period>,
}

/// `sort a desc, b`.
#[derive(Debug, Clone, PartialEq)]
pub struct Sort {
    /// The keys, the most important first; at least one.
    pub keys: Vec<SortKey>,
}

/// One key of `sort`.
#[derive(Debug, Clone, PartialEq)]
pub struct SortKey {
    /// What is compared.
    pub expr: Expr,
    /// From large to small.
    pub descending: bool,
}

/// `limit 20` or `limit any 20`.
#[derive(Debug, Clone, PartialEq)]
pub struct Limit {
    /// How many rows at most.
    pub count: u64,
    /// Any rows will do, the first ones found.
    pub any: bool,
}

/// `dedup a, b`.
#[derive(Debug, Clone, PartialEq)]
pub struct Dedup {
    /// Rows that agree in all of these are one; at least one.
    pub fields: Vec<Path>,
}
