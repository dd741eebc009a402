//! Other queries, and tables.

use crate::ast::{Name, Path, Query, Text};

/// `join type=left left=a right=b where a.k=b.k (query)`.
#[derive(Debug, Clone, PartialEq)]
pub struct Join {
    /// What to do with left rows without a partner.
    pub kind: JoinKind,
    /// The name in front of the left side's fields.
    pub left: Name,
    /// The name in front of the right side's fields.
    pub right: Name,
    /// What must be equal; at least one.
    pub keys: Vec<JoinKey>,
    /// The right side.
    pub query: Query,
}

/// The kinds of join.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JoinKind {
    /// Only rows with a partner.
    Inner,
    /// Every left row.
    Left,
}

/// Two fields that must be equal, without the names of their sides.
#[derive(Debug, Clone, PartialEq)]
pub struct JoinKey {
    /// The left side's field.
    pub left: Path,
    /// The right side's field.
    pub right: Path,
}

/// `lookup table key as field, … OUTPUT column, …`.
#[derive(Debug, Clone, PartialEq)]
pub struct Lookup {
    /// The lookup table.
    pub table: Name,
    /// What must be equal; at least one.
    pub matches: Vec<LookupMatch>,
    /// Whether present fields are overwritten.
    pub mode: LookupMode,
    /// The columns to add; at least one.
    pub outputs: Vec<LookupOutput>,
}

/// `column as field`: a column of the table and the field that is looked up in it.
#[derive(Debug, Clone, PartialEq)]
pub struct LookupMatch {
    /// The table's column.
    pub column: Name,
    /// The event's field; the one with the column's name when not given.
    pub field: Option<Path>,
}

/// Whether present fields are overwritten.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LookupMode {
    /// `OUTPUT`: yes, even with nothing when there is no match.
    Overwrite,
    /// `OUTPUTNEW`: no, only absent ones are filled.
    FillAbsent,
}

/// `column as field`: a column of the table and the name it gets.
#[derive(Debug, Clone, PartialEq)]
pub struct LookupOutput {
    /// The table's column.
    pub column: Name,
    /// Its new name; the column's when not given.
    pub alias: Option<Name>,
}

/// `cidrlookup table ip as cidr OUTPUT column, …`.
#[derive(Debug, Clone, PartialEq)]
pub struct CidrLookup {
    /// The lookup table.
    pub table: Name,
    /// The field with an address.
    pub field: Path,
    /// The table's column of networks; the one with the field's name when not given.
    pub column: Option<Name>,
    /// Whether present fields are overwritten.
    pub mode: LookupMode,
    /// The columns to add; at least one.
    pub outputs: Vec<LookupOutput>,
}

/// `appendcols override=true max=100 (query)`.
#[derive(Debug, Clone, PartialEq)]
pub struct AppendCols {
    /// Whether a column of the same name is replaced (no).
    pub override_columns: bool,
    /// How many rows of the query are taken (10,000).
    pub rows_max: u64,
    /// The query whose columns are put beside.
    pub query: Query,
}

/// `$Name(parameter="value")`.
#[derive(Debug, Clone, PartialEq)]
pub struct SavedCall {
    /// The saved query.
    pub name: Name,
    /// Values for its parameters.
    pub arguments: Vec<SavedArgument>,
}

/// `parameter="value"`.
#[derive(Debug, Clone, PartialEq)]
pub struct SavedArgument {
    /// The parameter.
    pub name: Name,
    /// Its value.
    pub value: Text,
}
