//! What a lake holds, and what lies in its folders without belonging to it.

use std::collections::{BTreeMap, HashSet};

use futures::TryStreamExt;
use haechi_model::Timestamp;
use object_store::ObjectStoreExt;
use serde::Serialize;

use crate::limits::ORPHAN_SECONDS_MIN;
use crate::{Lake, LakeError};

/// What a lake holds.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Stats {
    /// How many commits it has had.
    pub version: u64,
    /// By source.
    pub sources: BTreeMap<String, SourceStats>,
    /// Files in its folders that no commit names: left by writers that died.
    pub orphans: Vec<Orphan>,
}

/// What a lake holds of one source.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct SourceStats {
    /// Files.
    pub files: u64,
    /// Rows.
    pub rows: u64,
    /// Bytes.
    pub bytes: u64,
    /// The first event time.
    pub first: Option<Timestamp>,
    /// The last event time.
    pub last: Option<Timestamp>,
}

/// A file that no commit names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Orphan {
    /// Its path below the lake.
    pub path: String,
    /// Its size in bytes.
    pub bytes: u64,
    /// It is old enough that no running writer can be about to commit it.
    pub is_old: bool,
}

/// Counts what the lake holds.
///
/// # Errors
/// The lake cannot be read.
pub async fn stats(lake: &Lake, now: Timestamp) -> Result<Stats, LakeError> {
    let mut stats = Stats { version: lake.version(), ..Stats::default() };
    let mut named = HashSet::new();
    for file in lake.files()? {
        let source = stats.sources.entry(file.partition.source).or_default();
        source.files += 1;
        source.rows += file.rows;
        source.bytes += file.size;
        if let Some((first, last)) = file.times {
            source.first = Some(source.first.map_or(first, |it| it.min(first)));
            source.last = Some(source.last.map_or(last, |it| it.max(last)));
        }
        named.insert(file.path);
    }
    let listed = lake.store().list(None).try_collect::<Vec<_>>().await;
    let fail = |source| LakeError::Store { path: String::new(), source };
    for object in listed.map_err(fail)? {
        let path = object.location.to_string();
        if path.starts_with("source=") && !named.contains(&path) {
            let age_seconds = now.0 / 1_000_000 - object.last_modified.timestamp();
            let is_old = ORPHAN_SECONDS_MIN <= age_seconds;
            stats.orphans.push(Orphan { path, bytes: object.size, is_old });
        }
    }
    stats.orphans.sort_by(|left, right| left.path.cmp(&right.path));
    Ok(stats)
}

/// Deletes orphans: the old ones, or all when no writer is running.
///
/// # Errors
/// The lake cannot be read, or a file cannot be deleted.
pub async fn repair(lake: &Lake, now: Timestamp, all: bool) -> Result<Vec<Orphan>, LakeError> {
    let mut orphans = stats(lake, now).await?.orphans;
    orphans.retain(|orphan| all || orphan.is_old);
    for orphan in &orphans {
        let path = object_store::path::Path::from(orphan.path.as_str());
        let deleted = lake.store().delete(&path).await;
        deleted.map_err(|source| LakeError::Store { path: orphan.path.clone(), source })?;
    }
    Ok(orphans)
}
