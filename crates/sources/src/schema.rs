//! The tables' schemas: the columns that every source has, around the source's own.

use std::sync::Arc;

use arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};
use haechi_catalog::{ColumnKind, Source};

/// The event time, in microseconds, UTC.
pub const TIME: &str = "time";
/// The account that the record belongs to; a partition of the lake.
pub const ACCOUNT: &str = "account";
/// The Region that the record belongs to.
pub const REGION: &str = "region";
/// What the record speaks of, each as `kind:name`.
pub const ENTITIES: &str = "entities";
/// The record, verbatim.
pub const RECORD: &str = "record";
/// The object that the record came from.
pub const FILE: &str = "file";
/// Where the record begins in the uncompressed object, in bytes.
pub const POSITION: &str = "position";
/// When the record was stored.
pub const INGESTED: &str = "ingested";
/// The day of the event time; a partition of the lake.
pub const DATE: &str = "date";
/// The source; a partition of the lake.
pub const SOURCE: &str = "source";

/// Returns the columns of a source's rows as they stand in a Parquet file: all but partitions.
#[must_use]
pub fn stored(source: &Source) -> SchemaRef {
    let mut fields = vec![timestamp(TIME), text(REGION)];
    fields.extend(source.columns.iter().map(|it| Field::new(&it.name, data_type(it.kind), true)));
    fields.push(Field::new(ENTITIES, list_of_text(), true));
    fields.push(text(RECORD));
    fields.push(text(FILE));
    fields.push(Field::new(POSITION, DataType::Int64, true));
    fields.push(timestamp(INGESTED));
    Arc::new(Schema::new(fields))
}

/// Returns the type of a list of texts.
#[must_use]
pub fn list_of_text() -> DataType {
    DataType::List(Arc::new(Field::new("element", DataType::Utf8, true)))
}

/// Returns a nullable column of moments.
#[must_use]
pub fn timestamp(name: &str) -> Field {
    Field::new(name, DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())), true)
}

/// Returns a nullable column of text.
#[must_use]
pub fn text(name: &str) -> Field {
    Field::new(name, DataType::Utf8, true)
}

fn data_type(kind: ColumnKind) -> DataType {
    match kind {
        ColumnKind::String | ColumnKind::Json => DataType::Utf8,
        ColumnKind::Int => DataType::Int64,
        ColumnKind::Float => DataType::Float64,
        ColumnKind::Bool => DataType::Boolean,
    }
}
