//! What a query may know of the logs: groups, their fields, lookup tables.

use super::kind::Kind;

/// A log group: a source's table, or a part of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// How queries name it.
    pub name: String,
    /// The table in SQL.
    pub table: String,
    /// A condition in SQL that its rows fulfil, when the group is a part of the table.
    pub condition: Option<String>,
    /// The fields that have a column.
    pub fields: Vec<GroupField>,
    /// Whether a field is also known under its name without `-`, `_` and capital letters.
    pub folds_names: bool,
    /// The SQL of what `@message` shows.
    pub message: String,
    /// The SQL of the JSON that all other fields are taken from, if there is any.
    pub json: Option<String>,
    /// The SQL of `@logStream`.
    pub stream: String,
    /// The SQL of the group's part of `@log`.
    pub log: String,
}

/// A field that has a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupField {
    /// How queries spell it.
    pub name: String,
    /// The column.
    pub column: String,
    /// What the column holds.
    pub kind: Kind,
    /// What the column is multiplied with to give the field.
    pub times: Option<i64>,
}

/// A table that `lookup` looks into.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LookupTable {
    /// How queries name it.
    pub name: String,
    /// The table in SQL.
    pub table: String,
    /// Its columns; all are text.
    pub columns: Vec<String>,
}

impl Group {
    /// Returns the field of that name.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&GroupField> {
        let exact = self.fields.iter().find(|field| field.name == name);
        if exact.is_some() || !self.folds_names {
            return exact;
        }
        let name = folded(name);
        self.fields.iter().find(|field| folded(&field.name) == name)
    }
}

/// `srcAddr`, `src-addr` and `srcaddr` are one name where flow logs are concerned.
fn folded(name: &str) -> String {
    name.chars().filter(|it| !matches!(it, '-' | '_')).flat_map(char::to_lowercase).collect()
}
