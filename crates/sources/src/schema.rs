//! The tables' schemas: the columns that every source has, around the source's own.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};
use haechi_catalog::{Catalog, ColumnKind, Format, Header, Separator, Source};
use haechi_model::EntityKind;
use haechi_query::sql::{Group, GroupField, Kind};

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
/// The names of the columns that, joined by spaces, are the record: `-` stands for nothing. A row
/// that has them keeps neither its record nor its entities.
pub const LAYOUT: &str = "layout";
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
    if has_layouts(source) {
        fields.push(text(LAYOUT));
    }
    fields.push(text(FILE));
    fields.push(Field::new(POSITION, DataType::Int64, true));
    fields.push(timestamp(INGESTED));
    Arc::new(Schema::new(fields))
}

/// Tells whether joining the columns of the source's rows can give their records.
#[must_use]
pub fn has_layouts(source: &Source) -> bool {
    let Format::Delimited(layout) = &source.format else { return false };
    layout.separator == Separator::Space && layout.header == Header::Names
}

/// Returns the columns that a layout of the source may name, each with what it names.
#[must_use]
pub fn joined_columns(source: &Source) -> Vec<(String, Option<EntityKind>)> {
    if !has_layouts(source) {
        return Vec::new();
    }
    let mut columns: Vec<_> =
        source.columns.iter().map(|it| (it.name.clone(), it.entity)).collect();
    if source.column(REGION).is_none() {
        columns.push((REGION.to_owned(), None));
    }
    columns
}

/// Returns, for each column of a source of JSON objects, where in the record its value stands.
#[must_use]
pub fn in_record(source: &Source) -> BTreeMap<String, String> {
    if !matches!(source.format, Format::Json) {
        return BTreeMap::new();
    }
    source.columns.iter().map(|it| (it.name.clone(), it.path.clone())).collect()
}

/// Returns the columns of a source's rows as queries see them: those in the file, and those that
/// stand in the folders of a lake.
#[must_use]
pub fn queried(stored: &Schema) -> SchemaRef {
    let shown = stored.fields().iter().filter(|it| it.name() != LAYOUT);
    let mut fields: Vec<Field> = shown.map(|it| it.as_ref().clone()).collect();
    fields.insert(1.min(fields.len()), text(ACCOUNT));
    fields.push(text(DATE));
    Arc::new(Schema::new(fields))
}

/// Returns every source as a log group, in the order of their names.
#[must_use]
pub fn groups(catalog: &Catalog) -> Vec<Group> {
    catalog.sources.values().map(group).collect()
}

fn group(source: &Source) -> Group {
    // Messages of CloudWatch Logs know the group and the stream that they came from.
    let is_messages = source.column("logGroup").is_some();
    let (stream, log) = if is_messages {
        ("\"logStream\"".to_owned(), format!("coalesce(\"logGroup\", '{}')", source.name))
    } else {
        ("\"file\"".to_owned(), format!("'{}'", source.name))
    };
    Group {
        name: source.name.clone(),
        table: source.name.clone(),
        condition: None,
        fields: fields(source),
        folds_names: matches!(source.format, Format::Delimited(_)),
        message: format!("\"{RECORD}\""),
        json: Some(format!("\"{RECORD}\"")),
        stream,
        log,
    }
}

/// Returns the fields that have a column: by path, by alias, by the column's own name.
fn fields(source: &Source) -> Vec<GroupField> {
    let mut fields: Vec<GroupField> = Vec::new();
    let field = |name: &str, column: &str, times| {
        let kind = source.column(column).map_or(Kind::Text, |it| kind(it.kind));
        GroupField { name: name.to_owned(), column: column.to_owned(), kind, times }
    };
    fields
        .extend(source.columns.iter().map(|it| field(&it.path.replace('\\', ""), &it.name, None)));
    fields.extend(source.aliases.iter().map(|it| field(&it.name, &it.column, it.times)));
    fields.extend(source.columns.iter().map(|it| field(&it.name, &it.name, None)));
    fields
}

fn kind(kind: ColumnKind) -> Kind {
    match kind {
        ColumnKind::String => Kind::Text,
        ColumnKind::Json => Kind::Structure,
        ColumnKind::Int => Kind::Integer,
        ColumnKind::Float => Kind::Number,
        ColumnKind::Bool => Kind::Boolean,
    }
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
