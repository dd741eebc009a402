//! A detector on a stream: rows come late, twice and in any order, and are seen as a lake would
//! show them.
//!
//! Rows wait until the newest one is so much newer that nothing earlier is expected; then they are
//! looked at in the order of a plan's query, each once. What was looked at is never waited for
//! again: a row before that moment is a duplicate or too late, and is counted.

use std::collections::{BTreeMap, BTreeSet};

use arrow::array::{RecordBatch, UInt32Array};
use arrow::compute::{concat_batches, take_record_batch};
use haechi_model::{Finding, Timestamp};
use haechi_origins::Clients;

use crate::kept::{Kept, taken};
use crate::limits::WAITING_ROWS_MAX;
use crate::origins::Beside;
use crate::rows::{Row, Rows};
use crate::{DetectError, Detector};

/// A detector and the rows that wait for it.
pub struct Live {
    detector: Detector,
    lateness_seconds: u32,
    sources: BTreeMap<String, Waiting>,
}

/// What became of the rows of a batch, and of those that waited.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Passed {
    /// Rows that have been looked at now.
    pub looked_at: u64,
    /// Rows that were there twice.
    pub duplicate: u64,
    /// Rows of a time that has been looked at already: duplicates of those, or too late.
    pub late: u64,
    /// Rows without a time, which cannot stand in order.
    pub without_time: u64,
}

/// The rows of one source that wait.
#[derive(Default)]
struct Waiting {
    rows: Option<RecordBatch>,
    /// Everything before this moment has been looked at.
    looked_at_until: Option<Timestamp>,
}

/// What is to be done with the rows at hand, by their places.
#[derive(Default)]
struct Sorted {
    ready: Vec<u32>,
    waiting: Vec<u32>,
    until: Option<Timestamp>,
}

impl Live {
    /// Begins, or goes on with a detector that was restored.
    #[must_use]
    pub fn new(detector: Detector, lateness_seconds: u32) -> Self {
        Self { detector, lateness_seconds, sources: BTreeMap::new() }
    }

    /// Takes rows of a source as they come, and looks at those that need not wait any longer.
    ///
    /// # Errors
    /// The source has no detections, or the batch does not have the form of its table.
    pub fn take(&mut self, source: &str, batch: &RecordBatch) -> Result<Passed, DetectError> {
        let fault = |error: arrow::error::ArrowError| rows_fault(source, &error);
        let waiting = self.sources.entry(source.to_owned()).or_default();
        let rows = match waiting.rows.take() {
            Some(rows) => concat_batches(&batch.schema(), [&rows, batch]).map_err(fault)?,
            None => batch.clone(),
        };
        let schema = self.detector.schema(source)?;
        let (nobody, no_clients) = (BTreeSet::new(), Clients::default());
        let beside = Beside { own_accounts: &nobody, places: None, clients: &no_clients };
        let seen = Rows::new(schema, beside, &rows)?;
        let mut passed = Passed::default();
        let sorted = waiting.sort(&seen, self.lateness_seconds, &mut passed);
        passed.without_time = (rows.num_rows() - seen.iter().count()) as u64;
        let ready = take_record_batch(&rows, &UInt32Array::from(sorted.ready)).map_err(fault)?;
        let rest = take_record_batch(&rows, &UInt32Array::from(sorted.waiting)).map_err(fault)?;
        waiting.rows = Some(rest);
        waiting.looked_at_until = waiting.looked_at_until.max(sorted.until);
        passed.looked_at = ready.num_rows() as u64;
        self.detector.observe(source, &ready)?;
        Ok(passed)
    }

    /// Writes down what the detector remembers and how far each source has come. Rows that wait
    /// are not in it: they are to be given again, from [`Live::resumes_at`] on.
    #[must_use]
    pub fn snapshot(&mut self) -> Vec<u8> {
        let mut out = Vec::new();
        let until = |(source, waiting): (&String, &Waiting)| {
            waiting.looked_at_until.map(|until| (source.clone(), until))
        };
        self.sources.iter().filter_map(until).collect::<BTreeMap<_, _>>().write(&mut out);
        let state = self.detector.snapshot();
        state.len().write(&mut out);
        out.extend(state);
        out
    }

    /// Goes on where another run has stopped, with a detector of the same pages, accounts, lists
    /// and window; returns it and the pages that begin without a memory.
    ///
    /// # Errors
    /// The bytes are no snapshot of this version, or are cut off or damaged.
    pub fn resume(
        mut detector: Detector,
        lateness_seconds: u32,
        snapshot: &[u8],
    ) -> Result<(Self, Vec<String>), DetectError> {
        let mut bytes = snapshot;
        let fault = DetectError::Snapshot { reason: "it is cut off or damaged" };
        let until = BTreeMap::<String, Timestamp>::read(&mut bytes);
        let state = usize::read(&mut bytes).and_then(|length| taken(&mut bytes, length));
        let Some((until, state)) = until.zip(state).filter(|_| bytes.is_empty()) else {
            return Err(fault);
        };
        let anew = detector.restore(state)?;
        let mut live = Self::new(detector, lateness_seconds);
        for (source, until) in until {
            let waiting = Waiting { rows: None, looked_at_until: Some(until) };
            live.sources.insert(source, waiting);
        }
        Ok((live, anew))
    }

    /// Returns from when on each source's rows are to be given again.
    #[must_use]
    pub fn resumes_at(&self) -> BTreeMap<&str, Timestamp> {
        let until = |(source, waiting): (_, &Waiting)| Some((source, waiting.looked_at_until?));
        self.sources
            .iter()
            .map(|(source, waiting)| (source.as_str(), waiting))
            .filter_map(until)
            .collect()
    }

    /// Looks at the rows that still wait and ends the work: every finding, worst first.
    ///
    /// # Errors
    /// As those of [`Live::take`].
    pub fn finish(mut self) -> Result<Vec<Finding>, DetectError> {
        for (source, waiting) in self.sources {
            let Some(rows) = waiting.rows else { continue };
            self.detector.observe(&source, &rows)?;
        }
        Ok(self.detector.finish())
    }
}

impl Waiting {
    /// Puts rows in order, each once, and parts those that need not wait from those that must.
    fn sort(&self, seen: &Rows<'_>, lateness_seconds: u32, passed: &mut Passed) -> Sorted {
        let mut rows: Vec<Row<'_>> = seen.iter().collect();
        let n_rows = rows.len();
        rows.retain(|row| self.looked_at_until.is_none_or(|until| until <= row.time()));
        passed.late = (n_rows - rows.len()) as u64;
        rows.sort_by(|one, other| one.order().cmp(&other.order()));
        let n_rows = rows.len();
        rows.dedup_by(|one, other| one.order() == other.order());
        passed.duplicate = (n_rows - rows.len()) as u64;
        let Some(newest) = rows.last().map(Row::time) else { return Sorted::default() };
        let mut until = newest.plus_seconds(-i64::from(lateness_seconds));
        if WAITING_ROWS_MAX < rows.len() {
            let middle = rows.get(rows.len() / 2).map_or(until, Row::time);
            until = until.max(middle);
        }
        let n_ready = rows.partition_point(|row| row.time() < until);
        let places = |rows: &[Row<'_>]| {
            rows.iter().filter_map(|row| u32::try_from(row.index()).ok()).collect::<Vec<u32>>()
        };
        let (ready, waiting) = rows.split_at(n_ready);
        Sorted { ready: places(ready), waiting: places(waiting), until: Some(until) }
    }
}

fn rows_fault(source: &str, error: &arrow::error::ArrowError) -> DetectError {
    DetectError::Rows { source_name: source.to_owned(), reason: error.to_string() }
}
