//! Objects: whatever the bytes are, reading ends, adds up and keeps records as they are.

use std::collections::BTreeMap;
use std::io::Write;
use std::sync::LazyLock;

use flate2::Compression;
use flate2::write::GzEncoder;
use haechi_catalog::Catalog;
use haechi_sources::{
    Mappings, Opened, Reject, Row, RowBuilder, Sink, SinkError, Summary, read_object,
};

/// Names that objects have: the first byte of the input picks one.
const NAMES: &[&str] = &[
    "log",
    "AWSLogs/111122223333/CloudTrail/eu-west-1/2024/05/01/a.json.gz",
    "AWSLogs/111122223333/vpcflowlogs/eu-west-1/2024/05/01/a.log.gz",
    "AWSLogs/111122223333/elasticloadbalancing/eu-west-1/2024/05/01/a.log.gz",
    "AWSLogs/111122223333/vpcdnsquerylogs/vpc-0a1b2c3d/2024/05/01/a.log.gz",
    "AWSLogs/111122223333/WAFLogs/eu-west-1/acl/2024/05/01/00/00/a.log.gz",
    "cloudfront/E1EXAMPLE.2024-05-01-00.a1b2c3d4.gz",
    "access/2024-05-01-00-00-00-A1B2C3D4E5F60718",
    "exported/aws/lambda/function/000000.gz",
    "zeek/conn.log",
];

static MAPPINGS: LazyLock<Mappings> = LazyLock::new(|| {
    let catalog = Catalog::built_in().unwrap_or_default();
    Mappings::new(catalog.sources.values())
});

/// Reads bytes that begin like JSON.
pub fn json(data: &[u8]) {
    let is_json = matches!(data.trim_ascii_start().first(), Some(b'{' | b'['));
    if is_json && !is_compressed(data) {
        check(NAMES[0], data);
    }
}

/// Reads bytes that do not, under a name that says which text they are.
pub fn text(data: &[u8]) {
    let Some((&first, data)) = data.split_first() else { return };
    let is_json = matches!(data.trim_ascii_start().first(), Some(b'{' | b'['));
    if !is_json && !is_compressed(data) {
        check(NAMES[usize::from(first) % NAMES.len()], data);
    }
}

/// Reads bytes as they are stored, and what they are once compressed.
pub fn container(data: &[u8]) {
    let (plain, _) = outcome(NAMES[0], Opened::of_bytes(data.to_vec()));
    if is_compressed(data) {
        return;
    }
    let again = |stored: Vec<u8>| outcome(NAMES[0], Opened::of_bytes(stored)).0;
    let middle = data.len() / 2;
    assert_eq!(plain, again(gzip(data)));
    assert_eq!(plain, again([gzip(&data[..middle]), gzip(&data[middle..])].concat()));
    assert_eq!(plain, again(zstd::encode_all(data, 1).unwrap_or_default()));
}

/// Reads bytes that begin like Parquet.
pub fn parquet(data: &[u8]) {
    if data.starts_with(b"PAR1") {
        let read = || outcome(NAMES[2], Opened::of_bytes(data.to_vec()));
        assert_eq!(read(), read());
    }
}

fn is_compressed(data: &[u8]) -> bool {
    data.starts_with(&[0x1f, 0x8b]) || data.starts_with(&[0x28, 0xb5, 0x2f, 0xfd])
}

fn gzip(data: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    let written = encoder.write_all(data).and_then(|()| encoder.finish());
    written.unwrap_or_default()
}

/// Reads the object and checks what must hold of it.
fn check(name: &str, data: &[u8]) {
    let (outcome, rows) = outcome(name, Opened::of_bytes(data.to_vec()));
    let n_bytes = data.len() as u64;
    assert!(outcome.summary.skipped.is_some() || outcome.summary.n_bytes == n_bytes);
    for (position, record) in &rows {
        // A message may be empty, and is then where its line ends.
        let is_inside = *position < n_bytes || record.is_empty() && *position == n_bytes;
        assert!(is_inside, "a record at {position} of {n_bytes}");
    }
    for reject in &outcome.rejects {
        assert!(reject.position <= n_bytes, "a reject at {} of {n_bytes}", reject.position);
    }
}

/// What an object gave.
#[derive(Debug, Default, PartialEq)]
struct Outcome {
    summary: Summary,
    rejects: Vec<Reject>,
    n_rows: usize,
}

struct Collector {
    /// Columns of the sources that were met: those of all would take longer than reading.
    builders: BTreeMap<usize, RowBuilder>,
    outcome: Outcome,
    rows: Vec<(u64, String)>,
}

impl Sink for Collector {
    fn row(&mut self, row: &Row<'_>) -> Result<(), SinkError> {
        let builder = self.builders.entry(row.mapping.index);
        builder.or_insert_with(|| RowBuilder::new(row.mapping)).push(row, 0);
        self.outcome.n_rows += 1;
        self.rows.push((row.position, row.record.to_owned()));
        Ok(())
    }

    fn reject(&mut self, reject: Reject) -> Result<(), SinkError> {
        self.outcome.rejects.push(reject);
        Ok(())
    }
}

fn outcome(name: &str, mut opened: Opened) -> (Outcome, Vec<(u64, String)>) {
    let mut sink =
        Collector { builders: BTreeMap::new(), outcome: Outcome::default(), rows: Vec::new() };
    let summary = read_object(name, &mut opened, &MAPPINGS, &mut sink);
    sink.outcome.summary = summary.unwrap_or_default();
    let Collector { builders, outcome, rows } = sink;
    let mut n_built = 0;
    for (index, builder) in builders {
        let built = builder.finish(&MAPPINGS.all[index], &[name.to_owned()]);
        n_built += built.map_or(0, |rows| rows.batch.num_rows() + rows.repeated.len());
    }
    assert_eq!(n_built, outcome.n_rows);
    assert_eq!(outcome.summary.rows, outcome.n_rows as u64);
    assert_eq!(outcome.summary.rejects, outcome.rejects.len() as u64);
    assert!(outcome.summary.skipped.is_none() || outcome.n_rows == 0);
    (outcome, rows)
}
