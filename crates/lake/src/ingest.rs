//! Objects into the lake, with several workers.

use std::collections::{BTreeMap, HashSet};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use haechi_model::Timestamp;
use haechi_sources::{
    Mappings, Memory, Object, Objects, ReadError, S3Error, S3Fault, SinkError, open_in, read_object,
};
use serde::Serialize;
use tokio::runtime::Handle;

use crate::batch::Batch;
use crate::objects::Piece;
use crate::writer::Writer;
use crate::{Lake, LakeError};

/// How to ingest.
#[derive(Clone)]
pub struct IngestOptions {
    /// How many workers.
    pub threads: usize,
    /// How many bytes of rows all workers gather before they are written; bounds memory.
    pub gathered_bytes: usize,
    /// The time that rows say they were stored at.
    pub now: Timestamp,
    /// A name that no other run has; file names begin with it.
    pub run: String,
    /// The runtime that requests to stores run on.
    pub runtime: Handle,
    /// Set to stop at the next commit.
    pub stop: Arc<AtomicBool>,
}

/// What happened to one object, told as it happens.
#[derive(Debug, Clone, Default)]
pub struct Progress {
    /// Its size as stored.
    pub bytes_stored: u64,
    /// Its records.
    pub records: u64,
}

/// How many records of a source were new, and how many were there already.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct SourceCounts {
    /// Stored.
    pub accepted: u64,
    /// Found in the lake, or twice in the input.
    pub duplicate: u64,
}

/// What an ingest did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ingested {
    /// Objects that hold logs.
    pub files: u64,
    /// Their bytes as stored.
    pub bytes_stored: u64,
    /// Their bytes uncompressed, of those that were read.
    pub bytes: u64,
    /// Records: accepted, duplicate and rejected together.
    pub read: u64,
    /// Records stored.
    pub accepted: u64,
    /// Records that were there already.
    pub duplicate: u64,
    /// Records that are rejects.
    pub rejected: u64,
    /// By source: what this run wrote, or found to be there record by record.
    pub sources: BTreeMap<String, SourceCounts>,
    /// Objects that are no logs, each with the reason.
    pub skipped: Vec<(String, String)>,
    /// Objects that could not be read, each with the reason.
    pub unreadable: Vec<(String, String)>,
}

/// Ingests the objects; gives the lake back as it is then.
///
/// # Errors
/// The lake cannot be written. What was committed before stays.
pub fn ingest(
    lake: Lake,
    mappings: &Mappings,
    objects: &dyn Objects,
    options: &IngestOptions,
    progress: &(dyn Fn(&Progress) + Sync),
) -> Result<(Lake, Ingested), LakeError> {
    let writer = Writer::new(lake, mappings, options.runtime.clone(), options.now)?;
    let run = Run {
        writer: &writer,
        mappings,
        objects,
        options,
        progress,
        next: AtomicUsize::new(0),
        in_flight: Mutex::default(),
        deferred: Mutex::default(),
        total: Mutex::default(),
    };
    run.workers()?;
    run.deferred()?;
    let mut total = run.total.into_inner().unwrap_or_else(PoisonError::into_inner);
    total.skipped.sort();
    total.unreadable.sort();
    let (lake, written) = writer.finish();
    total.accepted = written.values().map(|counts| counts.accepted).sum();
    total.duplicate = total.read - total.rejected - total.accepted;
    total.sources = written;
    Ok((lake, total))
}

struct Run<'a> {
    writer: &'a Writer<'a>,
    mappings: &'a Mappings,
    objects: &'a dyn Objects,
    options: &'a IngestOptions,
    progress: &'a (dyn Fn(&Progress) + Sync),
    next: AtomicUsize,
    /// Objects that a worker has begun.
    in_flight: Mutex<HashSet<u128>>,
    /// Objects whose bytes another worker has begun: looked at again when all is written.
    deferred: Mutex<Vec<usize>>,
    total: Mutex<Ingested>,
}

impl Run<'_> {
    /// Runs the workers to the end of the objects.
    fn workers(&self) -> Result<(), LakeError> {
        let n_workers = self.options.threads.clamp(1, self.objects.n_objects().max(1));
        let bytes_max = self.options.gathered_bytes / n_workers;
        thread::scope(|scope| {
            let worker = |number| scope.spawn(move || self.work(number, bytes_max));
            let workers: Vec<_> = (0..n_workers).map(worker).collect();
            let ends = workers.into_iter().map(|worker| {
                worker.join().unwrap_or_else(|fault| Err(LakeError::Worker(message_of(&*fault))))
            });
            ends.fold(Ok(()), Result::and)
        })
    }

    fn work(&self, number: usize, bytes_max: usize) -> Result<(), LakeError> {
        let name = format!("{}-{number}", self.options.run);
        let mut batch = Batch::new(self.writer, name, bytes_max);
        let mut memory = Memory::default();
        loop {
            let index = self.next.fetch_add(1, Ordering::Relaxed);
            let Some(object) = self.objects.object_at(index) else { break };
            if !self.object(&object, &mut batch, &mut memory, true)? {
                locked(&self.deferred).push(index);
            }
        }
        batch.flush()
    }

    /// Looks again at objects whose bytes came twice; what was begun then is known now.
    fn deferred(&self) -> Result<(), LakeError> {
        let mut indexes = std::mem::take(&mut *locked(&self.deferred));
        indexes.sort_unstable();
        let name = format!("{}-again", self.options.run);
        let mut batch = Batch::new(self.writer, name, self.options.gathered_bytes);
        for index in indexes {
            if let Some(object) = self.objects.object_at(index) {
                self.object(&object, &mut batch, &mut Memory::default(), false)?;
            }
        }
        batch.flush()
    }

    /// Ingests one object; tells whether it was dealt with.
    fn object(
        &self,
        object: &Object,
        batch: &mut Batch<'_>,
        memory: &mut Memory,
        may_defer: bool,
    ) -> Result<bool, LakeError> {
        if self.options.stop.load(Ordering::Relaxed) {
            return Err(LakeError::Stopped);
        }
        let mut opened = match open_in(std::mem::take(memory), object) {
            Ok(opened) => opened,
            // Those after it would not be read either, each after minutes of trying.
            Err(source) if is_unreachable(&source) => {
                let name = object.name.clone();
                return Err(ReadError::Object { name, source }.into());
            }
            Err(error) => {
                let unreadable = (object.name.clone(), error.to_string());
                locked(&self.total).unreadable.push(unreadable);
                return Ok(true);
            }
        };
        let (identity, bytes_stored) = (opened.identity, opened.n_bytes_stored);
        let is_first = locked(&self.in_flight).insert(identity);
        if may_defer && !is_first {
            return Ok(false);
        }
        let known = self.writer.known(identity).unwrap_or_default();
        if known.is_complete && !known.is_skipped {
            let read = known.rows + known.rejected;
            let mut total = locked(&self.total);
            total.files += 1;
            total.bytes_stored += bytes_stored;
            total.read += read;
            total.rejected += known.rejected;
            drop(total);
            (self.progress)(&Progress { bytes_stored, records: read });
            return Ok(true);
        }
        let name = object.name.clone();
        batch.begin(Piece { name, identity, bytes_stored, ..Piece::default() }, known.reached);
        let summary =
            read_object(&object.name, &mut opened, self.mappings, batch).map_err(sink_error)?;
        *memory = opened.into_memory();
        let skipped = summary.skipped.as_ref().map(|it| it.0.clone());
        let records = summary.rows + summary.rejects;
        batch.end(summary.n_bytes, skipped.clone(), known.is_skipped);
        let mut total = locked(&self.total);
        match skipped {
            Some(reason) => total.skipped.push((object.name.clone(), reason)),
            None => total.files += 1,
        }
        total.bytes_stored += bytes_stored;
        total.bytes += summary.n_bytes;
        total.read += records;
        total.rejected += summary.rejects;
        drop(total);
        (self.progress)(&Progress { bytes_stored, records });
        Ok(true)
    }
}

/// Tells whether the store itself cannot be reached, and not only this object.
fn is_unreachable(error: &std::io::Error) -> bool {
    S3Error::behind(error).is_some_and(|error| error.fault() == S3Fault::Unreachable)
}

/// Returns the lake's error out of the sink's.
fn sink_error(error: SinkError) -> LakeError {
    let error = match error.downcast::<LakeError>() {
        Ok(error) => return *error,
        Err(error) => error,
    };
    match error.downcast::<ReadError>() {
        Ok(error) => (*error).into(),
        Err(error) => LakeError::Worker(error.to_string()),
    }
}

fn message_of(fault: &(dyn std::any::Any + Send)) -> String {
    let text = fault.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| fault.downcast_ref::<String>().cloned()).unwrap_or_default()
}

fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
