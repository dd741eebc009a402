//! A log source: how its records are recognised, and which of their fields become columns.

use std::fmt;

use globset::Glob;
use haechi_model::EntityKind;
use regex::Regex;
use serde::Deserialize;

use crate::limits::COLUMNS_MAX;
use crate::{CatalogError, Page};

/// A log source, read from `sources/<name>/source.md`; its name is its table's name.
#[derive(Debug, Clone)]
pub struct Source {
    /// The table's name.
    pub name: String,
    /// The source's name for people.
    pub title: String,
    /// How its bytes are cut into records and fields.
    pub format: Format,
    /// Paths that every JSON record of it has, and by which it is told from other sources. A source
    /// of text may have them too: then it is also read as JSON.
    pub required: Vec<String>,
    /// Where the event time stands: the first of these that holds a time.
    pub times: Vec<TimePath>,
    /// Where the account stands: the first of these that holds a value.
    pub accounts: Vec<String>,
    /// Where the Region stands: the first of these that holds a value.
    pub regions: Vec<String>,
    /// The field that makes a record itself. Without one, its place in its object does.
    pub id: Option<String>,
    /// It takes what no other source recognises: a JSON source what has a time, a source of lines
    /// the messages of CloudWatch Logs.
    pub fallback: bool,
    /// Object keys under which this source is delivered, as globs; a second signal after content.
    pub keys: Vec<String>,
    /// The fields that have a column, in the order of the table.
    pub columns: Vec<Column>,
    /// Names that CloudWatch Logs gives to fields that have a column under another.
    pub aliases: Vec<Alias>,
    /// Fields that name entities but have no column of their own; arrays with `[]`.
    pub entities: Vec<(String, EntityKind)>,
    /// The page, for its examples.
    pub page: Page,
}

/// How a source's bytes are cut.
#[derive(Debug, Clone)]
pub enum Format {
    /// JSON objects: one to a line, concatenated, in `{"Records":[…]}` or in another envelope.
    Json,
    /// Lines of fields.
    Delimited(Layout),
    /// Lines of text that a regular expression with named groups takes apart.
    Lines {
        /// The expression; its named groups are columns, by name.
        pattern: String,
    },
}

/// How lines of fields are laid out.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Layout {
    /// What stands between fields.
    pub separator: Separator,
    /// Where the field names come from.
    pub header: Header,
    /// Field names in order: the header's known names, or the order without a header.
    #[serde(default)]
    pub fields: Vec<String>,
    /// An expression that a line of this source matches when there is no header.
    #[serde(default)]
    pub line: Option<String>,
    /// The fewest fields of a line without a header; all of `fields` when it is absent.
    #[serde(default)]
    pub fewest: Option<usize>,
    /// The field whose quotes are not escaped: it ends at the last quote of its line.
    #[serde(default)]
    pub greedy: Option<String>,
}

/// What stands between fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Separator {
    /// Runs of spaces; `"…"` and `[…]` hold fields with spaces.
    Space,
    /// One tab.
    Tab,
    /// One comma, with CSV quotes.
    Comma,
}

/// Where field names come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Header {
    /// The first line names the fields.
    Names,
    /// A `#Fields:` (W3C) or `#fields` (Zeek) line names them.
    Directive,
    /// There is none: `fields` gives the order.
    None,
}

/// Where a time stands and how it is written.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TimePath {
    /// The field.
    pub path: String,
    /// The field with the time of day, when `path` only holds the day.
    #[serde(default)]
    pub clock: Option<String>,
    /// How it is written.
    #[serde(default)]
    pub unit: TimeUnit,
}

/// How a time is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TimeUnit {
    /// ISO 8601.
    #[default]
    Iso,
    /// Seconds since 1970, possibly with a fraction.
    Seconds,
    /// Milliseconds since 1970.
    Millis,
    /// `06/Feb/2019:00:00:38 +0000`, the common log format.
    Clf,
    /// Any of these, told apart by its look.
    Any,
}

/// A field that has a column.
#[derive(Debug, Clone)]
pub struct Column {
    /// The field's path in the source's own words: `userIdentity.arn`, `interface-id`, and
    /// `id\.orig_h` where the point belongs to the name.
    pub path: String,
    /// The column's name: the path with `_` for `.` and `-`, unless the page gives another.
    pub name: String,
    /// The column's type.
    pub kind: ColumnKind,
    /// The kind of entity that the value names.
    pub entity: Option<EntityKind>,
}

/// Another name of a column in queries.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Alias {
    /// How CloudWatch Logs calls the field.
    pub name: String,
    /// The column.
    pub column: String,
    /// What the column is multiplied with to give the field.
    #[serde(default)]
    pub times: Option<i64>,
}

/// The type of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ColumnKind {
    /// Text.
    #[default]
    String,
    /// A signed 64-bit integer.
    Int,
    /// A 64-bit floating point number.
    Float,
    /// True or false.
    Bool,
    /// The JSON text of the value as it stands in the record.
    Json,
}

impl fmt::Display for ColumnKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::String => "string",
            Self::Int => "int",
            Self::Float => "float",
            Self::Bool => "bool",
            Self::Json => "json",
        })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Definition {
    format: FormatName,
    #[serde(default)]
    required: Vec<String>,
    layout: Option<Layout>,
    pattern: Option<String>,
    times: Vec<TimePath>,
    #[serde(default)]
    accounts: Vec<String>,
    #[serde(default)]
    regions: Vec<String>,
    id: Option<String>,
    #[serde(default)]
    fallback: bool,
    #[serde(default)]
    keys: Vec<String>,
    columns: Vec<ColumnDefinition>,
    #[serde(default)]
    aliases: Vec<Alias>,
    #[serde(default)]
    entities: Vec<EntityDefinition>,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum FormatName {
    Json,
    Delimited,
    Lines,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ColumnDefinition {
    path: String,
    name: Option<String>,
    #[serde(default, rename = "type")]
    kind: ColumnKind,
    entity: Option<EntityKind>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EntityDefinition {
    path: String,
    entity: EntityKind,
}

impl Source {
    /// Returns the columns that hold addresses and domains, or lists of them.
    pub fn ends(&self) -> impl Iterator<Item = &Column> {
        let is_end = |kind| matches!(kind, EntityKind::Ip | EntityKind::Domain);
        let is_listed = move |column: &Column| {
            let mut lists = self.entities.iter().filter(|(_, kind)| is_end(*kind));
            lists.any(|(path, _)| path.strip_suffix("[]") == Some(&column.path))
        };
        self.columns.iter().filter(move |it| it.entity.is_some_and(is_end) || is_listed(it))
    }

    /// Reads a source's page.
    pub(crate) fn from_page(name: &str, page: Page) -> Result<Self, CatalogError> {
        let definition: Definition = page.definition()?;
        if COLUMNS_MAX < definition.columns.len() {
            return Err(page.fault(format!("a source has at most {COLUMNS_MAX} columns")));
        }
        let format = match definition.format {
            FormatName::Json if definition.required.is_empty() && !definition.fallback => {
                return Err(page.fault("a json source names the paths in `required`"));
            }
            FormatName::Json => Format::Json,
            FormatName::Delimited => Format::Delimited(
                definition.layout.ok_or_else(|| page.fault("a delimited source has a `layout`"))?,
            ),
            FormatName::Lines => Format::Lines {
                pattern: definition
                    .pattern
                    .ok_or_else(|| page.fault("a source of lines has a `pattern`"))?,
            },
        };
        let columns: Vec<Column> = definition.columns.into_iter().map(column_of).collect();
        check_names(&columns).map_err(|reason| page.fault(reason))?;
        check_expression(&format).map_err(|reason| page.fault(reason))?;
        let is_column = |alias: &&Alias| columns.iter().any(|it| it.name == alias.column);
        if let Some(alias) = definition.aliases.iter().find(|alias| !is_column(alias)) {
            return Err(page.fault(format!("there is no column `{}`", alias.column)));
        }
        for key in &definition.keys {
            Glob::new(key).map_err(|error| page.fault(error.to_string()))?;
        }
        Ok(Self {
            name: name.to_owned(),
            title: page.title.clone(),
            format,
            required: definition.required,
            times: definition.times,
            accounts: definition.accounts,
            regions: definition.regions,
            id: definition.id,
            fallback: definition.fallback,
            keys: definition.keys,
            columns,
            aliases: definition.aliases,
            entities: definition.entities.into_iter().map(|it| (it.path, it.entity)).collect(),
            page,
        })
    }

    /// Returns the column of that name.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }
}

fn column_of(definition: ColumnDefinition) -> Column {
    let plain = || definition.path.replace('\\', "").replace(['.', '-'], "_");
    let name = definition.name.unwrap_or_else(plain);
    Column { path: definition.path, name, kind: definition.kind, entity: definition.entity }
}

/// The columns that every table has, whatever its source.
const COMMON: &[&str] = &[
    "time", "account", "region", "source", "date", "entities", "record", "file", "position",
    "ingested",
];

/// Checks that no column takes the name of another.
fn check_names(columns: &[Column]) -> Result<(), String> {
    for (index, column) in columns.iter().enumerate() {
        let name = &column.name;
        if COMMON.contains(&name.as_str()) {
            return Err(format!("every table has a column `{name}`: give this one another `name`"));
        }
        if columns.iter().take(index).any(|earlier| earlier.name == *name) {
            return Err(format!("the column `{name}` stands here twice"));
        }
    }
    Ok(())
}

/// Checks that the format's expression is one.
fn check_expression(format: &Format) -> Result<(), String> {
    let expression = match format {
        Format::Json => None,
        Format::Delimited(layout) => layout.line.as_ref(),
        Format::Lines { pattern } => Some(pattern),
    };
    let Some(expression) = expression else { return Ok(()) };
    Regex::new(expression).map(|_| ()).map_err(|error| error.to_string())
}
