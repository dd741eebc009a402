//! A folder of invented logs, a lake beside it, and the rows that are in it.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::Int64Type;
use arrow::util::display::array_value_to_string;
use flate2::Compression;
use flate2::write::GzEncoder;
use haechi_catalog::Catalog;
use haechi_lake::{IngestOptions, Ingested, Lake, Location, ingest};
use haechi_model::Timestamp;
use haechi_sources::{Mappings, Object, Place};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// A folder for one test.
pub(crate) struct Bench {
    pub(crate) folder: TempDir,
    pub(crate) runtime: Runtime,
    pub(crate) catalog: Catalog,
    pub(crate) threads: usize,
    pub(crate) gathered_bytes: usize,
    n_runs: std::cell::Cell<u32>,
}

impl Bench {
    pub(crate) fn new() -> Self {
        Self {
            folder: TempDir::new().unwrap(),
            runtime: Runtime::new().unwrap(),
            catalog: Catalog::built_in().unwrap(),
            threads: 1,
            gathered_bytes: 1 << 20,
            n_runs: std::cell::Cell::new(0),
        }
    }

    pub(crate) fn location(&self) -> Location {
        Location::Folder(self.folder.path().join("lake"))
    }

    pub(crate) fn open(&self) -> Lake {
        let location = self.location();
        let lake = Lake::open_or_create(&location, &self.catalog);
        self.runtime.block_on(lake).unwrap()
    }

    /// Writes a file of logs and returns it as an object.
    pub(crate) fn file(&self, name: &str, bytes: &[u8]) -> Object {
        let path = self.folder.path().join("logs").join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, bytes).unwrap();
        let size = Some(bytes.len() as u64);
        Object { name: name.to_owned(), size, place: Place::File(path) }
    }

    pub(crate) fn options(&self) -> IngestOptions {
        self.n_runs.set(self.n_runs.get() + 1);
        IngestOptions {
            threads: self.threads,
            gathered_bytes: self.gathered_bytes,
            now: Timestamp::parse("2026-01-01T00:00:00Z").unwrap(),
            run: format!("run{}", self.n_runs.get()),
            runtime: self.runtime.handle().clone(),
            stop: Arc::new(AtomicBool::new(false)),
        }
    }

    pub(crate) fn ingest(&self, objects: &[Object]) -> Ingested {
        self.ingest_into(self.open(), objects)
    }

    pub(crate) fn ingest_into(&self, lake: Lake, objects: &[Object]) -> Ingested {
        let mappings = Mappings::new(self.catalog.sources.values());
        ingest(lake, &mappings, &objects.to_vec(), &self.options(), &|_| {}).unwrap().1
    }

    /// Returns every record in the lake, in order, read as another engine would.
    pub(crate) fn records(&self) -> Vec<String> {
        let mut records = self.column("record");
        records.sort();
        records
    }

    pub(crate) fn column(&self, name: &str) -> Vec<String> {
        let lake = self.open();
        let root = self.folder.path().join("lake");
        let files = lake.files().unwrap();
        files.iter().flat_map(|file| column_of(&root.join(&file.path), name)).collect()
    }

    /// Returns every row of every source, read as another engine would.
    pub(crate) fn source_rows(&self) -> Vec<StoredRow> {
        let root = self.folder.path().join("lake");
        let mut rows = Vec::new();
        for file in self.open().files().unwrap() {
            let source = file.partition.source;
            if self.catalog.sources.contains_key(&source) {
                rows.extend(rows_of(&root.join(&file.path), &source));
            }
        }
        rows
    }

    /// Returns how many rows the lake has, by table.
    pub(crate) fn rows(&self) -> BTreeMap<String, u64> {
        let mut rows = BTreeMap::new();
        for file in self.open().files().unwrap() {
            *rows.entry(file.partition.source).or_default() += file.rows;
        }
        rows
    }
}

/// A row of a source's table.
#[derive(Debug, PartialEq)]
pub(crate) struct StoredRow {
    pub(crate) source: String,
    /// The record as it is stored, or as the columns of its layout give it.
    pub(crate) record: String,
    pub(crate) layout: Option<String>,
    pub(crate) keeps_record: bool,
    pub(crate) keeps_entities: bool,
    pub(crate) file: String,
    pub(crate) position: i64,
}

fn rows_of(path: &Path, source: &str) -> Vec<StoredRow> {
    let file = std::fs::File::open(path).unwrap();
    let reader = ParquetRecordBatchReaderBuilder::try_new(file).unwrap().build().unwrap();
    let mut rows = Vec::new();
    for batch in reader {
        let batch = batch.unwrap();
        let text = |name: &str| batch[name].as_string::<i32>();
        let positions = batch["position"].as_primitive::<Int64Type>();
        let (record, layouts) = (text("record"), batch.column_by_name("layout"));
        let row = |at: usize| {
            let layouts = layouts.map(AsArray::as_string::<i32>).filter(|it| it.is_valid(at));
            let layout = layouts.map(|it| it.value(at).to_owned());
            let joined = layout.as_deref().map(|layout| joined(layout, &batch, at));
            let keeps_record = record.is_valid(at);
            StoredRow {
                source: source.to_owned(),
                record: joined.unwrap_or_else(|| record.value(at).to_owned()),
                layout,
                keeps_record,
                keeps_entities: batch["entities"].is_valid(at),
                file: text("file").value(at).to_owned(),
                position: positions.value(at),
            }
        };
        rows.extend((0..batch.num_rows()).map(row));
    }
    rows
}

/// Joins the columns of a layout, as the guide tells other engines to.
fn joined(layout: &str, batch: &RecordBatch, at: usize) -> String {
    let value = |name| {
        let column = &batch[name];
        let text = array_value_to_string(column, at).unwrap();
        if column.is_valid(at) { text } else { "-".to_owned() }
    };
    layout.split(' ').map(value).collect::<Vec<_>>().join(" ")
}

fn column_of(path: &Path, name: &str) -> Vec<String> {
    let file = std::fs::File::open(path).unwrap();
    let reader = ParquetRecordBatchReaderBuilder::try_new(file).unwrap().build().unwrap();
    let mut values = Vec::new();
    for batch in reader {
        if let Some(column) = batch.unwrap().column_by_name(name) {
            values.extend(column.as_string::<i32>().iter().flatten().map(str::to_owned));
        }
    }
    values
}

/// Returns one event; the same number gives the same event.
pub(crate) fn event(number: u32) -> String {
    format!(
        r#"{{"eventVersion":"1.11","userIdentity":{{"type":"IAMUser","arn":"arn:aws:iam::111122223333:user/user{}"}},"eventTime":"2026-03-{:02}T{:02}:00:00Z","eventSource":"s3.amazonaws.com","eventName":"GetObject","awsRegion":"us-east-1","sourceIPAddress":"192.0.2.{}","requestParameters":{{"bucketName":"b","key":"é\n{number}"}},"eventID":"{number:08x}-0000-4000-8000-000000000000","recipientAccountId":"111122223333"}}"#,
        number % 7,
        1 + number % 3,
        number % 24,
        number % 250,
    )
}

/// Returns the events as a file that a trail delivers.
pub(crate) fn trail_file(events: impl IntoIterator<Item = u32>) -> Vec<u8> {
    let records: Vec<String> = events.into_iter().map(event).collect();
    gzip(format!("{{\"Records\":[{}]}}", records.join(",")).as_bytes())
}

pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// Returns the events' records, in order.
pub(crate) fn truth(events: impl IntoIterator<Item = u32>) -> Vec<String> {
    let mut records: Vec<String> = events.into_iter().map(event).collect();
    records.sort();
    records
}

pub(crate) fn lake_folder(bench: &Bench) -> PathBuf {
    bench.folder.path().join("lake")
}
