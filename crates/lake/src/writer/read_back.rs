//! Reads back from the lake's own files what deduplication needs.

use std::sync::Arc;

use arrow::array::{Array, AsArray, RecordBatch, StringArray};
use arrow::datatypes::TimestampMicrosecondType;
use haechi_sources::schema::{RECORD, TIME};
use object_store::ObjectStore;

use crate::LakeError;
use crate::files::LakeFile;
use crate::keys::{Hour, Stored};
use crate::reader::read;

/// Reads the ids of a file.
pub(super) async fn stored_ids(
    store: &Arc<dyn ObjectStore>,
    file: &LakeFile,
    source: usize,
    id: &str,
) -> Result<Vec<Stored>, LakeError> {
    let mut batches = read(store, file, Some(&[TIME, id])).await?;
    // Records without an id are themselves by all that they say.
    if batches.iter().any(|batch| texts(batch, id).is_some_and(lacks_some)) {
        batches = read(store, file, Some(&[TIME, id, RECORD])).await?;
    }
    let mut stored = Vec::new();
    for batch in &batches {
        let times = batch.column_by_name(TIME);
        let times = times.and_then(|it| it.as_primitive_opt::<TimestampMicrosecondType>());
        let Some((times, ids)) = times.zip(texts(batch, id)) else { continue };
        let records = texts(batch, RECORD);
        for (row, id) in ids.iter().enumerate() {
            let id = id.filter(|id| !id.is_empty());
            let Some(text) = id.or(records.map(|it| it.value(row))) else { continue };
            let time = times.is_valid(row).then(|| times.value(row));
            let hour = Hour::of(source, file.partition.account.as_deref(), time);
            stored.push(Stored { hour, id: haechi_sources::record_id(text) });
        }
    }
    Ok(stored)
}

fn texts<'a>(batch: &'a RecordBatch, column: &str) -> Option<&'a StringArray> {
    batch.column_by_name(column)?.as_string_opt::<i32>()
}

fn lacks_some(texts: &StringArray) -> bool {
    texts.iter().any(|text| text.is_none_or(str::is_empty))
}

/// Reads a file of the objects table.
pub(super) async fn stored_objects(
    store: &Arc<dyn ObjectStore>,
    file: &LakeFile,
) -> Result<Vec<RecordBatch>, LakeError> {
    let columns = crate::schema::objects();
    let names: Vec<&str> = columns.fields().iter().map(|it| it.name().as_str()).collect();
    read(store, file, Some(&names)).await
}
