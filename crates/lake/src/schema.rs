//! The one table's schema: all sources' columns, and those of our own tables.

use std::sync::Arc;

use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use haechi_catalog::{Catalog, Source};
use haechi_sources::schema::{
    ACCOUNT, DATE, ENTITIES, FILE, INGESTED, POSITION, RECORD, REGION, SOURCE, TIME, list_of_text,
    queried, stored, text, timestamp,
};

/// The partition columns, in the order of the folders.
pub const PARTITIONS: [&str; 3] = [SOURCE, ACCOUNT, DATE];

/// The table of what was read.
pub const OBJECTS: &str = "objects";
/// The table of what could not be a row.
pub const REJECTS: &str = "rejects";

/// The table of what verifying CloudTrail's digests said about each file.
pub const VERIFIED: &str = "verified";
/// The tables that are no source's.
pub const OWN: [&str; 3] = [OBJECTS, REJECTS, VERIFIED];

/// Returns the columns of the objects table as they stand in a file.
#[must_use]
pub fn objects() -> SchemaRef {
    Arc::new(Schema::new(vec![
        timestamp(TIME),
        text(FILE),
        text("object_identity"),
        int("object_bytes_stored"),
        int("object_bytes"),
        int("object_read"),
        int("object_accepted"),
        int("object_duplicate"),
        int("object_rejected"),
        int("object_reached"),
        Field::new("object_complete", DataType::Boolean, true),
        text("object_skipped"),
        timestamp(INGESTED),
    ]))
}

/// Returns the columns of the rejects table as they stand in a file.
#[must_use]
pub fn rejects() -> SchemaRef {
    Arc::new(Schema::new(vec![
        timestamp(TIME),
        text(FILE),
        int(POSITION),
        text("reject_reason"),
        text("reject_first_bytes"),
        text("reject_origin"),
        timestamp(INGESTED),
    ]))
}

/// Returns the columns of the table of verified files as they stand in a file.
///
/// `time` is the time that the file stands for, `ingested` that of the verification.
#[must_use]
pub fn verified() -> SchemaRef {
    Arc::new(Schema::new(vec![
        timestamp(TIME),
        text(REGION),
        text(FILE),
        text("verified_account"),
        text("verified_kind"),
        text("verified_status"),
        Field::new("verified_failed", DataType::Boolean, true),
        timestamp(INGESTED),
    ]))
}

/// Returns every table of a lake: its name and its columns as queries see them.
#[must_use]
pub fn tables(catalog: &Catalog) -> Vec<(String, SchemaRef)> {
    let table = |source: &Source| (source.name.clone(), queried(&stored(source)));
    let mut tables: Vec<_> = catalog.sources.values().map(table).collect();
    tables.push((OBJECTS.to_owned(), queried(&objects())));
    tables.push((REJECTS.to_owned(), queried(&rejects())));
    tables.push((VERIFIED.to_owned(), queried(&verified())));
    tables
}

/// Returns the columns of the one Delta table: the common ones, then every source's, then those of
/// our own tables, each once.
#[must_use]
pub fn lake(catalog: &Catalog) -> Schema {
    let mut fields = vec![text(SOURCE), text(ACCOUNT), text(DATE), timestamp(TIME), text(REGION)];
    fields.push(Field::new(ENTITIES, list_of_text(), true));
    fields.extend([text(RECORD), text(FILE), int(POSITION), timestamp(INGESTED)]);
    let stored = catalog.sources.values().map(stored);
    for schema in stored.chain([objects(), rejects(), verified()]) {
        for field in schema.fields() {
            if !fields.iter().any(|known| known.name() == field.name()) {
                fields.push(field.as_ref().clone());
            }
        }
    }
    Schema::new(fields)
}

fn int(name: &str) -> Field {
    Field::new(name, DataType::Int64, true)
}
