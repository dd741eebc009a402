//! The files of a lake, as its log names them.

use std::collections::HashMap;

use deltalake_core::kernel::{Add, LogicalFileView, Remove};
use haechi_model::Timestamp;
use haechi_sources::schema::{ACCOUNT, DATE, SOURCE, TIME};
use object_store::path::Path;
use serde::{Deserialize, Serialize};

use crate::LakeError;
use crate::schema::PARTITIONS;

/// What the folders of a file say.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Partition {
    /// The source, or one of our own tables, [`OWN`](crate::schema::OWN).
    pub source: String,
    /// The account, where it is known.
    pub account: Option<String>,
    /// The day, where it is known.
    pub date: Option<String>,
}

/// One Parquet file of the lake.
#[derive(Debug, Clone, PartialEq)]
pub struct LakeFile {
    /// Its path below the lake.
    pub path: String,
    /// What its folders say.
    pub partition: Partition,
    /// Its size in bytes.
    pub size: u64,
    /// How many rows it has.
    pub rows: u64,
    /// The first and the last event time in it.
    pub times: Option<(Timestamp, Timestamp)>,
    /// When it was written, in milliseconds since 1970.
    pub written_ms: i64,
}

#[derive(Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct FileStats {
    num_records: u64,
    #[serde(default)]
    min_values: HashMap<String, serde_json::Value>,
    #[serde(default)]
    max_values: HashMap<String, serde_json::Value>,
    #[serde(default)]
    null_count: HashMap<String, serde_json::Value>,
}

impl FileStats {
    /// Reads the statistics; what cannot be read says nothing.
    fn read(stats: Option<&str>) -> Self {
        stats.and_then(|stats| serde_json::from_str(stats).ok()).unwrap_or_default()
    }

    fn times(&self) -> Option<(Timestamp, Timestamp)> {
        let time = |values: &HashMap<String, serde_json::Value>| {
            Timestamp::parse(values.get(TIME)?.as_str()?).ok()
        };
        time(&self.min_values).zip(time(&self.max_values))
    }
}

impl Partition {
    /// Returns the folder of the partition's files.
    #[must_use]
    pub fn folder(&self) -> String {
        let value = |value: &Option<String>| match value {
            Some(value) => value.clone(),
            None => "__HIVE_DEFAULT_PARTITION__".to_owned(),
        };
        format!(
            "source={}/account={}/date={}",
            self.source,
            value(&self.account),
            value(&self.date)
        )
    }

    fn values(&self) -> HashMap<String, Option<String>> {
        let values = [Some(self.source.clone()), self.account.clone(), self.date.clone()];
        PARTITIONS.iter().map(ToString::to_string).zip(values).collect()
    }

    fn of(mut values: HashMap<String, Option<String>>) -> Self {
        let mut value = |name: &str| values.remove(name).flatten();
        let source = value(SOURCE).unwrap_or_default();
        Self { source, account: value(ACCOUNT), date: value(DATE) }
    }
}

impl LakeFile {
    /// Reads what the log says of a file.
    pub(crate) fn of(view: &LogicalFileView) -> Self {
        let stats = FileStats::read(view.stats().as_deref());
        Self {
            path: view.object_store_path().to_string(),
            partition: Partition::of(view.partition_values_map()),
            size: u64::try_from(view.size()).unwrap_or_default(),
            rows: stats.num_records,
            times: stats.times(),
            written_ms: view.modification_time(),
        }
    }

    /// Reads a commit's action that adds a file.
    pub(crate) fn added(add: Add) -> Result<Self, LakeError> {
        let stats = FileStats::read(add.stats.as_deref());
        let path = Path::from_url_path(&add.path)
            .map_err(|error| LakeError::Store { path: add.path.clone(), source: error.into() })?;
        Ok(Self {
            path: path.to_string(),
            partition: Partition::of(add.partition_values),
            size: u64::try_from(add.size).unwrap_or_default(),
            rows: stats.num_records,
            times: stats.times(),
            written_ms: add.modification_time,
        })
    }

    /// Returns the log's action that adds the file.
    pub(crate) fn add(&self, data_change: bool) -> Add {
        Add {
            path: self.path.clone(),
            partition_values: self.partition.values(),
            size: i64::try_from(self.size).unwrap_or(i64::MAX),
            modification_time: self.written_ms,
            data_change,
            stats: serde_json::to_string(&self.stats()).ok(),
            ..Add::default()
        }
    }

    /// Returns the log's action that removes the file.
    pub(crate) fn remove(&self, data_change: bool, now_ms: i64) -> Remove {
        Remove {
            path: self.path.clone(),
            data_change,
            deletion_timestamp: Some(now_ms),
            extended_file_metadata: Some(true),
            partition_values: Some(self.partition.values()),
            size: Some(i64::try_from(self.size).unwrap_or(i64::MAX)),
            ..Remove::default()
        }
    }

    fn stats(&self) -> FileStats {
        let time = |time: Timestamp| {
            HashMap::from([(TIME.to_owned(), serde_json::Value::String(time.to_string()))])
        };
        FileStats {
            num_records: self.rows,
            min_values: self.times.map(|(first, _)| time(first)).unwrap_or_default(),
            max_values: self.times.map(|(_, last)| time(last)).unwrap_or_default(),
            null_count: HashMap::new(),
        }
    }
}
