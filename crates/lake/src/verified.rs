//! What verifying CloudTrail's digests said about each file, kept beside the records.

use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanArray, RecordBatch, StringArray, TimestampMicrosecondArray};
use deltalake_core::kernel::Action;
use haechi_model::Timestamp;
use object_store::{ObjectStoreExt, PutPayload};

use crate::encode::{Memory, encode};
use crate::files::{LakeFile, Partition};
use crate::limits::COMMIT_ATTEMPTS_MAX;
use crate::schema::{self, VERIFIED};
use crate::table::Commit;
use crate::{Lake, LakeError};

/// The outcome for one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// The time that the file stands for.
    pub time: Option<Timestamp>,
    /// Whose logs it is about.
    pub account: Option<String>,
    /// The region that it is about.
    pub region: Option<String>,
    /// Its key.
    pub file: String,
    /// `digest` or `log`.
    pub kind: &'static str,
    /// The outcome, as the report of the verification spells it.
    pub status: String,
    /// The outcome speaks against it.
    pub has_failed: bool,
}

/// Adds the outcomes of a verification; `run` is a name that no other run has.
///
/// A file that was verified before keeps its earlier rows too: the newest one counts.
///
/// # Errors
/// The lake cannot be written, or other writers are faster every time.
pub async fn put_verified(
    lake: &mut Lake,
    outcomes: &[Verified],
    run: &str,
    now: Timestamp,
) -> Result<(), LakeError> {
    if outcomes.is_empty() {
        return Ok(());
    }
    let batch = batch_of(outcomes)?;
    let rows: Vec<u32> = (0..u32::try_from(outcomes.len()).unwrap_or(u32::MAX)).collect();
    let bytes = encode(&batch, &rows, &[], now, &mut Memory::default())?;
    let partition = Partition { source: VERIFIED.to_owned(), account: None, date: now.date() };
    let path = format!("{}/{run}.parquet", partition.folder());
    let times = || outcomes.iter().filter_map(|it| it.time);
    let file = LakeFile {
        path: path.clone(),
        partition,
        size: bytes.len() as u64,
        rows: rows.len() as u64,
        times: times().min().zip(times().max()),
        written_ms: now.0 / 1_000,
    };
    let key = object_store::path::Path::from(path.as_str());
    let put = lake.store().put(&key, PutPayload::from(bytes)).await;
    put.map_err(|source| LakeError::Store { path, source })?;
    for _ in 0..COMMIT_ATTEMPTS_MAX {
        // Nothing that another writer does can contradict these rows.
        if let Commit::Done = lake.commit(vec![Action::Add(file.add(true))]).await? {
            return Ok(());
        }
    }
    Err(LakeError::Contention { attempts: COMMIT_ATTEMPTS_MAX })
}

fn batch_of(outcomes: &[Verified]) -> Result<RecordBatch, LakeError> {
    let text = |value: fn(&Verified) -> Option<&str>| -> ArrayRef {
        Arc::new(outcomes.iter().map(value).collect::<StringArray>())
    };
    let times = outcomes.iter().map(|it| it.time.map(|time| time.0));
    let columns: Vec<ArrayRef> = vec![
        Arc::new(times.collect::<TimestampMicrosecondArray>().with_timezone("UTC")),
        text(|it| it.region.as_deref()),
        text(|it| Some(&it.file)),
        text(|it| it.account.as_deref()),
        text(|it| Some(it.kind)),
        text(|it| Some(&it.status)),
        Arc::new(outcomes.iter().map(|it| Some(it.has_failed)).collect::<BooleanArray>()),
    ];
    let kept: Vec<usize> = (0..columns.len()).collect();
    Ok(RecordBatch::try_new(Arc::new(schema::verified().project(&kept)?), columns)?)
}
