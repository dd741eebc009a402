//! A sink that keeps everything, and samples.

use std::collections::BTreeMap;
use std::io::{self, Read, Write};
use std::sync::LazyLock;

use flate2::Compression;
use flate2::write::GzEncoder;
use haechi_catalog::Catalog;
use haechi_sources::{
    Mappings, Opened, Reject, Row, RowBuilder, Sink, SinkError, Summary, read_object,
};

static MAPPINGS: LazyLock<Mappings> =
    LazyLock::new(|| Mappings::new(Catalog::built_in().unwrap().sources.values()));

/// What an object gave.
#[derive(Default)]
pub(crate) struct Outcome {
    pub(crate) summary: Summary,
    /// Position and record of each row.
    pub(crate) rows: Vec<(u64, String)>,
    pub(crate) rejects: Vec<Reject>,
    /// Event times of the rows.
    pub(crate) times: Vec<Option<i64>>,
}

/// Reads bytes as stored.
pub(crate) fn read(stored: impl Into<Vec<u8>>) -> Outcome {
    let stored = stored.into();
    let outcome = read_opened(Opened::of_bytes(stored.clone()));
    for (position, record) in &outcome.rows {
        let there = stored.get(usize::try_from(*position).unwrap()..).unwrap_or_default();
        let is_verbatim = there.starts_with(record.as_bytes());
        let is_inside = stored.starts_with(b"\x1f\x8b") || there.starts_with(b"\"");
        assert!(is_verbatim || is_inside, "at {position}: {record}");
    }
    outcome
}

/// Reads what is opened, through the sink that a lake has: rows of columns.
pub(crate) fn read_opened(mut opened: Opened) -> Outcome {
    let mut collector = Collector::default();
    let summary = read_object("hostile", &mut opened, &MAPPINGS, &mut collector).unwrap();
    collector.finish(summary)
}

/// Reads what is opened and keeps only the rejects, as some objects are too large to keep.
pub(crate) fn count(mut opened: Opened) -> Counter {
    let mut counter = Counter::default();
    counter.summary = read_object("hostile", &mut opened, &MAPPINGS, &mut counter).unwrap();
    assert_adds_up(&counter.summary, counter.n_rows, counter.rejects.len());
    counter
}

/// A sink that counts rows.
#[derive(Default)]
pub(crate) struct Counter {
    pub(crate) summary: Summary,
    pub(crate) n_rows: usize,
    pub(crate) rejects: Vec<Reject>,
}

impl Sink for Counter {
    fn row(&mut self, _: &Row<'_>) -> Result<(), SinkError> {
        self.n_rows += 1;
        Ok(())
    }

    fn reject(&mut self, reject: Reject) -> Result<(), SinkError> {
        self.rejects.push(reject);
        Ok(())
    }
}

#[derive(Default)]
struct Collector {
    builders: BTreeMap<usize, RowBuilder>,
    outcome: Outcome,
}

impl Sink for Collector {
    fn row(&mut self, row: &Row<'_>) -> Result<(), SinkError> {
        let builder = self.builders.entry(row.mapping.index);
        builder.or_insert_with(|| RowBuilder::new(row.mapping)).push(row, 0);
        self.outcome.rows.push((row.position, row.record.to_owned()));
        Ok(())
    }

    fn reject(&mut self, reject: Reject) -> Result<(), SinkError> {
        self.outcome.rejects.push(reject);
        Ok(())
    }
}

impl Collector {
    fn finish(mut self, summary: Summary) -> Outcome {
        let mut n_rows = 0;
        for (index, builder) in self.builders {
            let files = ["hostile".to_owned()];
            let rows = builder.finish(&MAPPINGS.all[index], &files).unwrap();
            n_rows += rows.batch.num_rows() + rows.repeated.len();
            self.outcome.times.extend(rows.times);
        }
        assert_eq!(n_rows, self.outcome.rows.len());
        self.outcome.summary = summary;
        let Outcome { summary, rows, rejects, .. } = &self.outcome;
        assert_adds_up(summary, rows.len(), rejects.len());
        self.outcome
    }
}

/// Asserts that nothing went missing between the sink and the summary.
#[track_caller]
pub(crate) fn assert_adds_up(summary: &Summary, n_rows: usize, n_rejects: usize) {
    assert_eq!(summary.rows, n_rows as u64);
    assert_eq!(summary.rejects, n_rejects as u64);
    assert!(summary.skipped.is_none() || n_rows == 0, "{summary:?}");
}

impl Outcome {
    /// Asserts how many rows there are, and the reasons of the rejects in order.
    #[track_caller]
    pub(crate) fn check(&self, n_rows: usize, reasons: &[&str]) {
        let found: Vec<&str> = self.rejects.iter().map(|it| it.reason.as_str()).collect();
        assert_eq!((self.rows.len(), &*found), (n_rows, reasons), "{:?}", self.summary);
        assert_eq!(self.summary.skipped, None);
    }

    /// Asserts that the object was passed over, for that reason.
    #[track_caller]
    pub(crate) fn check_skipped(&self, reason: &str) {
        assert_eq!(self.summary.skipped.as_ref().map(|it| it.0.as_str()), Some(reason));
        assert_eq!((self.rows.len(), self.rejects.len()), (0, 0));
    }
}

/// Returns a CloudTrail event.
pub(crate) fn event(number: u64) -> String {
    event_at(number, "2024-05-01T10:00:00Z")
}

/// Returns a CloudTrail event with that time.
pub(crate) fn event_at(number: u64, time: &str) -> String {
    format!(
        r#"{{"eventVersion":"1.11","eventTime":"{time}","awsRegion":"eu-west-1","eventID":"00000000-0000-4000-8000-{number:012}","eventName":"ListBuckets","recipientAccountId":"111122223333"}}"#
    )
}

/// Returns a file as a trail delivers it.
pub(crate) fn trail(events: &[impl AsRef<str>]) -> String {
    let events: Vec<&str> = events.iter().map(AsRef::as_ref).collect();
    format!(r#"{{"Records":[{}]}}"#, events.join(","))
}

pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// Reads a text, then another one so many times, then a last one.
pub(crate) fn repeated(
    first: &[u8],
    again: Vec<u8>,
    n_times: usize,
    last: &[u8],
) -> Box<dyn Read + Send> {
    let middle = Repeated { bytes: again, at: 0, n_left: n_times };
    Box::new(io::Cursor::new(first.to_vec()).chain(middle).chain(io::Cursor::new(last.to_vec())))
}

struct Repeated {
    bytes: Vec<u8>,
    at: usize,
    n_left: usize,
}

impl Read for Repeated {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.at == self.bytes.len() && 1 < self.n_left {
            self.at = 0;
            self.n_left -= 1;
        }
        let n_bytes = (&self.bytes[self.at..]).read(buffer)?;
        self.at += n_bytes;
        Ok(n_bytes)
    }
}

/// Returns the most memory that this process ever held, in bytes, where the system tells.
pub(crate) fn memory_peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kilobytes: u64 = line.trim().trim_end_matches(" kB").parse().ok()?;
    Some(kilobytes << 10)
}
