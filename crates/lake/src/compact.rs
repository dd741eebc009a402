//! Small files into large ones, and old days out.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use deltalake_core::kernel::Action;
use haechi_model::Timestamp;
use haechi_sources::schema::LAYOUT;
use object_store::{ObjectStoreExt, PutPayload};

use crate::encode::{properties, writer};
use crate::files::{LakeFile, Partition};
use crate::limits::{COMPACTED_FILE_BYTES, MERGED_PIECE_BYTES, SMALL_FILE_BYTES};
use crate::merge::Merge;
use crate::reader::OpenFile;
use crate::table::Commit;
use crate::{Lake, LakeError};

/// What a compaction did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Compacted {
    /// Files that were merged.
    pub merged: u64,
    /// Files that they became.
    pub written: u64,
    /// Bytes before.
    pub bytes_before: u64,
    /// Bytes after.
    pub bytes_after: u64,
}

/// What an expiry did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Expired {
    /// Files that were removed.
    pub files: u64,
    /// Rows in them.
    pub rows: u64,
}

/// Columns that point look-ups ask for by value: what bloom filters pay for.
const LOOKED_UP: &[&str] = &[
    "eventID",
    "sourceIPAddress",
    "userIdentity_accessKeyId",
    "srcaddr",
    "dstaddr",
    "query_name",
    "entities.list.element",
];

/// Merges the small files of each partition; `run` names the files it writes.
///
/// # Errors
/// The lake cannot be read or written. What was committed before stays.
pub async fn compact(lake: &mut Lake, run: &str, now: Timestamp) -> Result<Compacted, LakeError> {
    let mut done = Compacted::default();
    let mut groups: BTreeMap<Partition, Vec<LakeFile>> = BTreeMap::new();
    for file in lake.files()? {
        if file.size < SMALL_FILE_BYTES {
            groups.entry(file.partition.clone()).or_default().push(file);
        }
    }
    let mut lots = Vec::new();
    for bin in groups.into_values().flat_map(in_bins) {
        lots.extend(alike(lake, bin).await?);
    }
    for (index, files) in lots.iter().enumerate() {
        let name = format!("{run}-{index:05}");
        merge(lake, files, &name, now, &mut done).await?;
    }
    Ok(done)
}

/// Removes the files of days before `first_day`.
///
/// # Errors
/// The lake cannot be read or written.
pub async fn expire(
    lake: &mut Lake,
    first_day: &str,
    now: Timestamp,
) -> Result<Expired, LakeError> {
    loop {
        let is_old = |file: &LakeFile| {
            let date = file.partition.date.as_deref();
            file.partition.source != crate::schema::OBJECTS && date.is_some_and(|it| it < first_day)
        };
        let old: Vec<_> = lake.files()?.into_iter().filter(is_old).collect();
        let expired =
            Expired { files: old.len() as u64, rows: old.iter().map(|file| file.rows).sum() };
        if old.is_empty() {
            return Ok(expired);
        }
        let remove = |file: &LakeFile| Action::Remove(file.remove(true, now.0 / 1_000));
        match lake.commit(old.iter().map(remove).collect()).await? {
            Commit::Done => return Ok(expired),
            Commit::Lost => {}
        }
    }
}

/// Puts files together so that each lot becomes one file of the wanted size.
fn in_bins(files: Vec<LakeFile>) -> Vec<Vec<LakeFile>> {
    let mut bins: Vec<Vec<LakeFile>> = Vec::new();
    let mut n_bytes = u64::MAX;
    for file in files {
        n_bytes = n_bytes.saturating_add(file.size);
        if COMPACTED_FILE_BYTES < n_bytes {
            n_bytes = file.size;
            bins.push(Vec::new());
        }
        if let Some(bin) = bins.last_mut() {
            bin.push(file);
        }
    }
    bins.retain(|bin| 1 < bin.len());
    bins
}

/// Puts files with the same columns together.
///
/// INVARIANT: a file lacks the columns that came after it, and whoever reads it finds their values
/// in its records. With nulls for them its rows would have none.
async fn alike(lake: &Lake, files: Vec<LakeFile>) -> Result<Vec<Vec<LakeFile>>, LakeError> {
    let mut lots: BTreeMap<BTreeSet<String>, Vec<LakeFile>> = BTreeMap::new();
    for file in files {
        let open = OpenFile::new(&lake.store(), &file).await?;
        let columns = open.schema().fields().iter().map(|field| field.name().clone());
        lots.entry(columns.filter(|name| name != LAYOUT).collect()).or_default().push(file);
    }
    lots.retain(|_, files| 1 < files.len());
    Ok(lots.into_values().collect())
}

/// Writes the rows of the files as one file, in one commit with their removal.
async fn merge(
    lake: &mut Lake,
    files: &[LakeFile],
    name: &str,
    now: Timestamp,
    done: &mut Compacted,
) -> Result<(), LakeError> {
    let Some(first) = files.first() else { return Ok(()) };
    let (bytes, rows) = merged(lake, files).await?;
    let path = format!("{}/{name}.parquet", first.partition.folder());
    let starts = files.iter().filter_map(|file| file.times.map(|it| it.0)).min();
    let ends = files.iter().filter_map(|file| file.times.map(|it| it.1)).max();
    let new = LakeFile {
        path: path.clone(),
        partition: first.partition.clone(),
        size: bytes.len() as u64,
        rows,
        times: starts.zip(ends),
        written_ms: now.0 / 1_000,
    };
    let key = object_store::path::Path::from(path.as_str());
    let put = lake.store().put(&key, PutPayload::from(bytes)).await;
    put.map_err(|source| LakeError::Store { path, source })?;
    loop {
        let mut actions = vec![Action::Add(new.add(false))];
        let remove = |file: &LakeFile| Action::Remove(file.remove(false, now.0 / 1_000));
        actions.extend(files.iter().map(remove));
        if let Commit::Done = lake.commit(actions).await? {
            break;
        }
        // Another writer removed one of them: what we wrote would bring its rows back.
        let left = lake.files()?;
        if !files.iter().all(|file| left.iter().any(|it| it.path == file.path)) {
            return Ok(());
        }
    }
    done.merged += files.len() as u64;
    done.written += 1;
    done.bytes_before += files.iter().map(|file| file.size).sum::<u64>();
    done.bytes_after += new.size;
    Ok(())
}

/// Returns the rows of the files, sorted by time, as one Parquet file.
// LIMIT: the file is held in memory until it is stored: COMPACTED_FILE_BYTES.
async fn merged(lake: &Lake, files: &[LakeFile]) -> Result<(Vec<u8>, u64), LakeError> {
    let mut merge = Merge::new(&lake.store(), files, MERGED_PIECE_BYTES).await?;
    let schema = Arc::clone(&merge.schema);
    let mut properties = properties(&schema);
    for column in LOOKED_UP {
        let path = column.split('.').map(str::to_owned).collect::<Vec<_>>();
        let is_copied =
            *column == "entities.list.element" && schema.field_with_name(LAYOUT).is_ok();
        if !is_copied && path.first().is_some_and(|name| schema.field_with_name(name).is_ok()) {
            let path = parquet::schema::types::ColumnPath::new(path);
            properties = properties.set_column_bloom_filter_enabled(path, true);
        }
    }
    let fail = |source| LakeError::Parquet { path: "a file being written".to_owned(), source };
    let mut writer = writer(schema, Vec::new(), properties)?;
    while let Some(rows) = merge.next().await? {
        writer.write(&rows).map_err(fail)?;
    }
    Ok((writer.into_inner().map_err(fail)?, merge.n_rows() as u64))
}
