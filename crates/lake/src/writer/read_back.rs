//! Reads back from the lake's own files what deduplication needs.

use std::sync::Arc;

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::TimestampMicrosecondType;
use haechi_sources::schema::TIME;
use object_store::ObjectStore;

use crate::LakeError;
use crate::files::LakeFile;
use crate::keys::Hour;
use crate::reader::read;

/// An id that the lake has, and the hour that it lies in.
pub(super) struct Stored {
    pub(super) hour: Hour,
    pub(super) id: u128,
}

/// Reads the ids of a file.
pub(super) async fn stored_ids(
    store: &Arc<dyn ObjectStore>,
    file: &LakeFile,
    source: usize,
    id: &str,
) -> Result<Vec<Stored>, LakeError> {
    let mut ids = Vec::new();
    for batch in read(store, file, Some(&[TIME, id])).await? {
        let times = batch.column_by_name(TIME);
        let times = times.and_then(|it| it.as_primitive_opt::<TimestampMicrosecondType>());
        let texts = batch.column_by_name(id).and_then(|it| it.as_string_opt::<i32>());
        let Some((times, texts)) = times.zip(texts) else { continue };
        for (row, text) in texts.iter().enumerate() {
            let Some(text) = text else { continue };
            let time = times.is_valid(row).then(|| times.value(row));
            let hour = Hour::of(source, file.partition.account.as_deref(), time);
            ids.push(Stored { hour, id: haechi_sources::record_id(text) });
        }
    }
    Ok(ids)
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
