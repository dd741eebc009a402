//! Taking values out of texts, objects and lists.

use crate::ast::{Name, Path, Regex, Text};

/// `parse field pattern …`.
#[derive(Debug, Clone, PartialEq)]
pub struct Parse {
    /// The field; `@message` when not given.
    pub field: Option<Path>,
    /// How to read it.
    pub kind: ParseKind,
}

/// How `parse` reads a field.
#[derive(Debug, Clone, PartialEq)]
pub enum ParseKind {
    /// `"user=* id=*" as user, id`: each `*` is one name.
    Glob {
        /// The text around the stars.
        pattern: Text,
        /// One name for each star.
        names: Vec<Name>,
    },
    /// `/user=(?<user>\S+)/` or `/(\d+)/ as number`.
    Regex {
        /// The expression.
        regex: Regex,
        /// Names for the groups without names, in order.
        names: Vec<Name>,
        /// One row for each match instead of the first match only.
        multi: bool,
    },
    /// `logfmt as map`.
    LogFmt {
        /// The name of the map.
        name: Name,
    },
    /// `csv as a, b`.
    Csv {
        /// One name for each value, by position.
        names: Vec<Name>,
    },
}

/// `json field=object "path" as name`.
#[derive(Debug, Clone, PartialEq)]
pub struct Json {
    /// The field that holds the object.
    pub field: Path,
    /// What to take out of it; at least one.
    pub outputs: Vec<JsonOutput>,
}

/// A path into an object and the name of what is there.
#[derive(Debug, Clone, PartialEq)]
pub struct JsonOutput {
    /// Keys joined with dots; list items by number or `[0]`.
    pub path: Text,
    /// The new field.
    pub alias: Name,
}

/// `unnest field into name`.
#[derive(Debug, Clone, PartialEq)]
pub struct Unnest {
    /// The list.
    pub field: Path,
    /// The name of one item.
    pub alias: Name,
}

/// `expand field`.
#[derive(Debug, Clone, PartialEq)]
pub struct Expand {
    /// The field with a JSON list.
    pub field: Path,
}
