//! From row to row, and over all rows.

use crate::ast::{Expr, Name, Path, Period};
use crate::span::Span;

/// `sessionize a, b maxspan 30m as session_id`.
#[derive(Debug, Clone, PartialEq)]
pub struct Sessionize {
    /// Whose sessions; at least one.
    pub fields: Vec<Path>,
    /// The longest silence within a session; 30 minutes when not given.
    pub maxspan: Option<Period>,
    /// The name of the new field; `session_id` when not given.
    pub alias: Option<Name>,
}

/// `accum field as name`.
#[derive(Debug, Clone, PartialEq)]
pub struct Accum {
    /// The field that is added up.
    pub field: Path,
    /// Where the sum goes; over the field when not given.
    pub alias: Option<Name>,
}

/// `autoregress field as name p=1-3`.
#[derive(Debug, Clone, PartialEq)]
pub struct AutoRegress {
    /// The field.
    pub field: Path,
    /// The name of the new column, or what its name begins with; `field_p` when not given.
    pub alias: Option<Name>,
    /// The smallest lag.
    pub first: u64,
    /// The largest lag; `first <= last`.
    pub last: u64,
}

/// `filldown a cpu*`.
#[derive(Debug, Clone, PartialEq)]
pub struct FillDown {
    /// Which fields; all when empty.
    pub fields: Vec<FieldPattern>,
}

/// A field's name, in which `*` stands for anything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldPattern {
    /// The name with its stars.
    pub text: String,
    /// Where it stands.
    pub span: Span,
}

/// `fillmissing with 0 for a, "none" for b`.
#[derive(Debug, Clone, PartialEq)]
pub struct FillMissing {
    /// What columns hold in rows that were missing.
    pub fills: Vec<Fill>,
}

/// `0 for a`: what a column holds in a row that was missing.
#[derive(Debug, Clone, PartialEq)]
pub struct Fill {
    /// The value.
    pub value: Expr,
    /// The column.
    pub field: Path,
}

/// `countFrequent a, b`.
#[derive(Debug, Clone, PartialEq)]
pub struct CountFrequent {
    /// What to count; at least one.
    pub fields: Vec<Path>,
}

/// `addtotals fieldname=Total row=true col=false a, b`.
#[derive(Debug, Clone, PartialEq)]
pub struct AddTotals {
    /// The name of the column with the sum of a row; `Total` when not given.
    pub name: Option<Name>,
    /// Whether each row gets its sum (yes).
    pub row: bool,
    /// Whether a row with the sum of each column is added (no).
    pub column: bool,
    /// What is added up; all numbers when empty.
    pub fields: Vec<Path>,
}

/// `unmask` or `unmask(field)`.
#[derive(Debug, Clone, PartialEq)]
pub struct Unmask {
    /// The field; everything when not given.
    pub field: Option<Path>,
}
