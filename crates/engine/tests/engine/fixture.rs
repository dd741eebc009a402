//! A small lake of Parquet files that every test builds for itself.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use arrow::array::{
    ArrayRef, Int64Array, ListBuilder, StringArray, StringBuilder, TimestampMicrosecondArray,
};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};
use arrow::record_batch::RecordBatch;
use arrow::util::pretty::pretty_format_batches;
use expect_test::Expect;
use futures::TryStreamExt;
use haechi_engine::{Embedded, Options, Table, TableFile};
use haechi_model::Timestamp;
use haechi_query::{Engine, QueryError};
use object_store::local::LocalFileSystem;
use parquet::arrow::ArrowWriter;
use parquet::file::properties::WriterProperties;
use tempfile::TempDir;
use url::Url;

/// The account of every row that does not say otherwise.
pub(crate) const ACCOUNT: &str = "111122223333";

/// A lake in the making.
pub(crate) struct Lake {
    pub(crate) folder: TempDir,
    pub(crate) files: Vec<TableFile>,
    pub(crate) views: Vec<(String, String)>,
    pub(crate) memory_bytes: usize,
    pub(crate) threads: usize,
    pub(crate) in_record: BTreeMap<String, String>,
}

/// One row of the table `cloudtrail`.
#[derive(Clone)]
pub(crate) struct Row {
    pub(crate) time: Option<&'static str>,
    pub(crate) name: String,
    pub(crate) bytes: Option<i64>,
    pub(crate) record: String,
}

/// Makes a row with a JSON record that names the call.
pub(crate) fn row(time: &'static str, name: &str, bytes: i64) -> Row {
    let record = format!(r#"{{"eventName":"{name}"}}"#);
    Row { time: Some(time), name: name.to_owned(), bytes: Some(bytes), record }
}

/// Every column of `cloudtrail`, the two in the path among them.
pub(crate) fn schema() -> SchemaRef {
    let item = Arc::new(Field::new("item", DataType::Utf8, true));
    let zone = Some("UTC".into());
    Arc::new(Schema::new(vec![
        Field::new("time", DataType::Timestamp(TimeUnit::Microsecond, zone), true),
        Field::new("account", DataType::Utf8, true),
        Field::new("eventName", DataType::Utf8, true),
        Field::new("bytes", DataType::Int64, true),
        Field::new("entities", DataType::List(item), true),
        Field::new("record", DataType::Utf8, true),
        Field::new("date", DataType::Utf8, true),
    ]))
}

impl Lake {
    pub(crate) fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let memory_bytes = 256 << 20;
        Self {
            folder,
            files: vec![],
            views: vec![],
            memory_bytes,
            threads: 2,
            in_record: BTreeMap::new(),
        }
    }

    /// Makes the lake of three days with two rows each that most tests ask.
    pub(crate) fn of_three_days() -> Self {
        let mut lake = Self::new();
        lake.add(
            "2024-05-01",
            &[
                row("2024-05-01T01:00:00Z", "GetObject", 10),
                row("2024-05-01T02:00:00Z", "PutObject", 20),
            ],
        );
        lake.add(
            "2024-05-02",
            &[
                row("2024-05-02T01:00:00Z", "StopLogging", 30),
                row("2024-05-02T02:00:00Z", "GetObject", 40),
            ],
        );
        lake.add(
            "2024-05-03",
            &[
                row("2024-05-03T01:00:00Z", "GetObject", 50),
                row("2024-05-03T02:00:00Z", "콘솔로그인", 60),
            ],
        );
        lake
    }

    /// Writes one file of rows that are sorted by time.
    pub(crate) fn add(&mut self, date: &str, rows: &[Row]) {
        self.add_batch(date, &batch(rows));
    }

    /// Writes one file with whatever columns the batch has.
    pub(crate) fn add_batch(&mut self, date: &str, batch: &RecordBatch) {
        let path = format!("account={ACCOUNT}/date={date}/{:03}.parquet", self.files.len());
        let file = self.folder.path().join(&path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        let properties =
            WriterProperties::builder().set_max_row_group_row_count(Some(4_096)).build();
        let sink = fs::File::create(&file).unwrap();
        let mut writer = ArrowWriter::try_new(sink, batch.schema(), Some(properties)).unwrap();
        writer.write(batch).unwrap();
        writer.close().unwrap();
        self.files.push(TableFile {
            path,
            size: fs::metadata(&file).unwrap().len(),
            partition_values: vec![Some(ACCOUNT.to_owned()), Some(date.to_owned())],
            rows: Some(batch.num_rows() as u64),
            time: bounds(batch),
        });
    }

    /// Removes the file from the disk and leaves it in the table: whoever opens it fails.
    pub(crate) fn lose(&self, index: usize) {
        fs::remove_file(self.folder.path().join(&self.files[index].path)).unwrap();
    }

    pub(crate) fn table(&self) -> Table {
        Table {
            name: "cloudtrail".to_owned(),
            schema: schema(),
            partition_columns: vec!["account".to_owned(), "date".to_owned()],
            files: self.files.clone(),
            is_in_time_order: true,
            joined: Vec::new(),
            in_record: self.in_record.clone(),
        }
    }

    pub(crate) fn spill_folder(&self) -> PathBuf {
        self.folder.path().join("spill")
    }

    pub(crate) fn open(&self) -> Embedded {
        self.try_open(vec![self.table()]).unwrap()
    }

    pub(crate) fn try_open(&self, tables: Vec<Table>) -> Result<Embedded, QueryError> {
        let store = LocalFileSystem::new_with_prefix(self.folder.path()).unwrap();
        let url = Url::from_directory_path(self.folder.path()).unwrap();
        let options = Options {
            memory_bytes: self.memory_bytes,
            spill_folder: self.spill_folder(),
            threads: self.threads,
        };
        Embedded::open(Arc::new(store), url, tables, self.views.clone(), &options)
    }

    /// Asks and compares the answer, or the error with its hint.
    pub(crate) async fn check(&self, sql: &str, expected: Expect) {
        expected.assert_eq(&self.ask(sql).await);
    }

    /// Asks and returns the answer as a table of text.
    pub(crate) async fn ask(&self, sql: &str) -> String {
        shown(self.rows(sql).await)
    }

    /// Asks and returns the answer, or the error with its hint.
    pub(crate) async fn rows(&self, sql: &str) -> Result<Vec<RecordBatch>, QueryError> {
        self.open().query(sql).await?.batches.try_collect().await
    }
}

/// Shows an answer as people read one.
pub(crate) fn shown(answer: Result<Vec<RecordBatch>, QueryError>) -> String {
    match answer {
        Ok(batches) => format!("{}\n", pretty_format_batches(&batches).unwrap()),
        Err(QueryError::Plan { message, hint: Some(hint) }) => format!("{message}\nhint: {hint}\n"),
        Err(error) => format!("{error}\n"),
    }
}

/// Makes a batch of the columns that lie in files.
pub(crate) fn batch(rows: &[Row]) -> RecordBatch {
    let micros = |text| Timestamp::parse(text).unwrap().0;
    let times = rows.iter().map(|row| row.time.map(micros)).collect::<TimestampMicrosecondArray>();
    let mut entities = ListBuilder::new(StringBuilder::new());
    for row in rows {
        entities.values().append_value(format!("account:{ACCOUNT}"));
        entities.values().append_value(format!("resource:{}", row.name));
        entities.append(true);
    }
    let columns: Vec<ArrayRef> = vec![
        Arc::new(times.with_timezone("UTC")),
        Arc::new(StringArray::from_iter_values(rows.iter().map(|row| &row.name))),
        Arc::new(rows.iter().map(|row| row.bytes).collect::<Int64Array>()),
        Arc::new(entities.finish()),
        Arc::new(StringArray::from_iter_values(rows.iter().map(|row| &row.record))),
    ];
    let in_file = schema().project(&[0, 2, 3, 4, 5]).unwrap();
    RecordBatch::try_new(Arc::new(in_file), columns).unwrap()
}

fn bounds(batch: &RecordBatch) -> Option<(Timestamp, Timestamp)> {
    let times = batch.column_by_name("time")?;
    let times = times.as_any().downcast_ref::<TimestampMicrosecondArray>()?;
    let first = arrow::compute::min(times)?;
    let last = arrow::compute::max(times)?;
    Some((Timestamp(first), Timestamp(last)))
}
