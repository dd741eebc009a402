//! Rows in memory, as queries see them: logs that are asked as they lie, without a lake.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use arrow::array::{ArrayRef, StringArray, new_null_array};
use arrow::compute::{cast, filter_record_batch};
use arrow::error::ArrowError;
use arrow::record_batch::RecordBatch;
use haechi_model::Timestamp;

use crate::{Mapping, Mappings, Reject, Row, RowBuilder, Rows, Sink, SinkError, schema};

/// Takes rows and makes batches of them, each record once.
pub struct InMemory<'a> {
    mappings: &'a Mappings,
    builders: Vec<Option<RowBuilder>>,
    /// The ids of records that have one.
    ids: HashSet<u128>,
    files: Vec<String>,
    batches: BTreeMap<String, Vec<RecordBatch>>,
    /// How many records could not be rows.
    pub n_rejects: u64,
}

impl<'a> InMemory<'a> {
    /// Returns a sink without rows.
    #[must_use]
    pub fn new(mappings: &'a Mappings) -> Self {
        Self {
            mappings,
            builders: mappings.all.iter().map(|_| None).collect(),
            ids: HashSet::new(),
            files: Vec::new(),
            batches: BTreeMap::new(),
            n_rejects: 0,
        }
    }

    /// Begins an object: the rows that follow are of it.
    pub fn begin(&mut self, name: &str) {
        self.files.push(name.to_owned());
    }

    /// Makes batches of the rows so far.
    ///
    /// # Errors
    /// Arrow refuses the columns, which no input brings about.
    pub fn flush(&mut self) -> Result<(), ArrowError> {
        for (mapping, builder) in self.mappings.all.iter().zip(&mut self.builders) {
            if let Some(builder) = builder.take() {
                let rows = builder.finish(mapping, &self.files)?;
                let batch = once(queried(mapping, &rows)?, &rows.ids, &mut self.ids)?;
                self.batches.entry(mapping.source.name.clone()).or_default().push(batch);
            }
        }
        Ok(())
    }

    /// Gives up the batches, by source.
    ///
    /// # Errors
    /// Arrow refuses the columns, which no input brings about.
    pub fn finish(mut self) -> Result<BTreeMap<String, Vec<RecordBatch>>, ArrowError> {
        self.flush()?;
        Ok(self.batches)
    }
}

impl Sink for InMemory<'_> {
    fn row(&mut self, row: &Row<'_>) -> Result<(), SinkError> {
        let file = i32::try_from(self.files.len()).unwrap_or(i32::MAX) - 1;
        if let Some(builder) = self.builders.get_mut(row.mapping.index) {
            builder.get_or_insert_with(|| RowBuilder::new(row.mapping)).push(row, file);
        }
        Ok(())
    }

    fn reject(&mut self, _: Reject) -> Result<(), SinkError> {
        self.n_rejects += 1;
        Ok(())
    }
}

/// Returns the rows with the columns that queries see.
fn queried(mapping: &Mapping, rows: &Rows) -> Result<RecordBatch, ArrowError> {
    let wanted = schema::queried(&schema::stored(&mapping.source));
    let n_rows = rows.batch.num_rows();
    let accounts = rows.accounts.iter().map(|number| {
        rows.known_accounts.get(usize::try_from((*number)?).ok()?).map(String::as_str)
    });
    let accounts: ArrayRef = Arc::new(accounts.collect::<StringArray>());
    let dates = rows.times.iter().map(|time| Timestamp((*time)?).date());
    let dates: ArrayRef = Arc::new(dates.collect::<StringArray>());
    let column = |name: &str| match name {
        schema::ACCOUNT => Some(Arc::clone(&accounts)),
        schema::DATE => Some(Arc::clone(&dates)),
        name => rows.batch.column_by_name(name).cloned(),
    };
    let columns = wanted.fields().iter().map(|field| match column(field.name()) {
        Some(array) if array.data_type() == field.data_type() => Ok(array),
        Some(array) => cast(&array, field.data_type()),
        None => Ok(new_null_array(field.data_type(), n_rows)),
    });
    RecordBatch::try_new(Arc::clone(&wanted), columns.collect::<Result<Vec<_>, _>>()?)
}

/// Leaves out records that were there before.
fn once(
    batch: RecordBatch,
    ids: &[u128],
    known: &mut HashSet<u128>,
) -> Result<RecordBatch, ArrowError> {
    if ids.is_empty() {
        return Ok(batch);
    }
    let is_new: Vec<bool> = ids.iter().map(|id| known.insert(*id)).collect();
    if is_new.iter().all(|new| *new) {
        return Ok(batch);
    }
    filter_record_batch(&batch, &is_new.into())
}
