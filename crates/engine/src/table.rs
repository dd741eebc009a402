//! What the engine is told: tables, and the files that hold their rows.

use std::collections::BTreeMap;

use arrow::datatypes::SchemaRef;
use haechi_model::{EntityKind, Timestamp};

/// The column that files carry bounds of.
pub(crate) const TIME: &str = "time";

/// One table as the engine sees it.
#[derive(Debug, Clone)]
pub struct Table {
    /// Its name in SQL, case and all.
    pub name: String,
    /// Every column in the order that `select *` gives, partition columns included.
    pub schema: SchemaRef,
    /// The columns whose values stand in the path instead of in the file.
    pub partition_columns: Vec<String>,
    /// The files that hold its rows.
    pub files: Vec<TableFile>,
    /// Whether the rows of each file stand in the order of `time`, those without one first.
    pub is_in_time_order: bool,
    /// The columns that a row's layout may name, each with what it names; none for a table whose
    /// rows keep their records and entities.
    pub joined: Vec<(String, Option<EntityKind>)>,
    /// For each column whose value stands in the record, a JSON text: the path to it, as
    /// `json_get_str` takes it. Files that were written before the table had the column lack it.
    pub in_record: BTreeMap<String, String>,
}

/// One immutable Parquet file.
#[derive(Debug, Clone)]
pub struct TableFile {
    /// Where it lies below the store's root, as `object_store::path::Path` writes it.
    pub path: String,
    /// How many bytes it has.
    pub size: u64,
    /// The values of the table's partition columns, in their order.
    pub partition_values: Vec<Option<String>>,
    /// How many rows it has; `count(*)` believes this number.
    pub rows: Option<u64>,
    /// Bounds of the column `time` over the rows that have one: no such row is earlier than the
    /// first or later than the second. The bounds need not be tight.
    pub time: Option<(Timestamp, Timestamp)>,
}
