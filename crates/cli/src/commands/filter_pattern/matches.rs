//! The messages that match, as rows: `eventNumber`, `eventMessage`, `extractedValues`.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use arrow::array::{ArrayRef, Int64Builder, MapBuilder, MapFieldNames, StringBuilder};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use arrow::error::ArrowError;
use arrow::record_batch::RecordBatch;
use haechi_query::QueryError;
use haechi_query::filter_pattern::FilterPattern;

use super::lines::Lines;

/// How many bytes of messages make a batch: it is held until it is full.
const BATCH_BYTES: usize = 1 << 20;

/// Messages that match, in batches.
pub struct Matches {
    pattern: FilterPattern,
    lines: Lines,
    pub counts: Arc<Counts>,
}

/// How many lines there were so far.
#[derive(Default)]
pub struct Counts {
    pub read: AtomicU64,
    pub matched: AtomicU64,
}

/// Returns the columns.
pub fn schema() -> SchemaRef {
    let text = |name: &str, may_be_null| Field::new(name, DataType::Utf8, may_be_null);
    let names = names();
    let pair = DataType::Struct(vec![text(&names.key, false), text(&names.value, true)].into());
    let entries = Arc::new(Field::new(names.entry, pair, false));
    Arc::new(Schema::new(vec![
        Field::new("eventNumber", DataType::Int64, false),
        text("eventMessage", false),
        Field::new("extractedValues", DataType::Map(entries, false), false),
    ]))
}

fn names() -> MapFieldNames {
    let [entry, key, value] = ["entries", "key", "value"].map(str::to_owned);
    MapFieldNames { entry, key, value }
}

impl Matches {
    pub fn of(pattern: FilterPattern, lines: Lines) -> Self {
        Self { pattern, lines, counts: Arc::default() }
    }

    /// Returns the next batch, if anything more matches.
    pub fn next(&mut self) -> Option<Result<RecordBatch, QueryError>> {
        let mut numbers = Int64Builder::new();
        let mut messages = StringBuilder::new();
        let mut values = MapBuilder::new(Some(names()), StringBuilder::new(), StringBuilder::new());
        let mut n_bytes = 0;
        while n_bytes < BATCH_BYTES
            && let Some(message) = self.lines.next()
        {
            let number = self.counts.read.fetch_add(1, Ordering::Relaxed);
            let Some(extracted) = self.pattern.extract(&message) else { continue };
            self.counts.matched.fetch_add(1, Ordering::Relaxed);
            numbers.append_value(number.try_into().unwrap_or(i64::MAX));
            n_bytes += message.len() + 1;
            for (name, value) in extracted {
                n_bytes += name.len() + value.len();
                values.keys().append_value(name);
                values.values().append_value(value);
            }
            messages.append_value(message);
            if let Err(error) = values.append(true) {
                return Some(Err(stopped(&error)));
            }
        }
        if n_bytes == 0 {
            return None;
        }
        let columns: Vec<ArrayRef> = vec![
            Arc::new(numbers.finish()),
            Arc::new(messages.finish()),
            Arc::new(values.finish()),
        ];
        Some(RecordBatch::try_new(schema(), columns).map_err(|error| stopped(&error)))
    }
}

fn stopped(error: &ArrowError) -> QueryError {
    QueryError::Run { message: error.to_string() }
}
