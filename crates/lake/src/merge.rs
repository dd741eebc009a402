//! The rows of several files in one order, a piece at a time, so that memory stays bounded
//! however large the files are.
//!
//! Rows stand in time order within each file, so those of a piece are a range of each file.

use std::ops::Range;
use std::sync::Arc;

use arrow::array::{AsArray, RecordBatch};
use arrow::compute::interleave_record_batch;
use arrow::datatypes::{Schema, SchemaRef, TimestampMicrosecondType};
use arrow::error::ArrowError;
use haechi_sources::schema::TIME;
use object_store::ObjectStore;

use crate::LakeError;
use crate::files::LakeFile;
use crate::reader::OpenFile;

/// Files on their way into one.
pub(crate) struct Merge {
    files: Vec<OpenFile>,
    /// The columns that any of the files has.
    pub schema: SchemaRef,
    /// For each row, oldest first, which file it stands in.
    order: Vec<u32>,
    /// For each file, how many of its rows are done.
    done: Vec<usize>,
    /// How many rows a piece has.
    piece_rows: usize,
    next: usize,
}

impl Merge {
    /// Opens the files; `piece_bytes` says how many bytes of rows come at a time.
    pub(crate) async fn new(
        store: &Arc<dyn ObjectStore>,
        files: &[LakeFile],
        piece_bytes: usize,
    ) -> Result<Self, LakeError> {
        let mut open = Vec::with_capacity(files.len());
        for file in files {
            open.push(OpenFile::new(store, file).await?);
        }
        let schema = Schema::try_merge(open.iter().map(|file| file.schema().clone()))?;
        let order = order(&open).await?;
        let n_bytes: usize = open.iter().map(OpenFile::n_bytes).sum();
        let bytes_a_row = n_bytes.checked_div(order.len()).unwrap_or(1).max(1);
        let piece_rows = (piece_bytes / bytes_a_row).max(1);
        let done = vec![0; open.len()];
        Ok(Self { files: open, schema: Arc::new(schema), order, done, piece_rows, next: 0 })
    }

    /// Returns how many rows there are.
    pub(crate) fn n_rows(&self) -> usize {
        self.order.len()
    }

    /// Returns the next rows, or nothing after the last.
    pub(crate) async fn next(&mut self) -> Result<Option<RecordBatch>, LakeError> {
        let end = self.order.len().min(self.next + self.piece_rows);
        let Some(order) = self.order.get(self.next..end).filter(|it| !it.is_empty()) else {
            return Ok(None);
        };
        let mut counts = vec![0_usize; self.files.len()];
        for &file in order {
            if let Some(count) = counts.get_mut(file as usize) {
                *count += 1;
            }
        }
        let mut batches = Vec::new();
        // For each file, the rows that are still to be placed: batch by batch.
        let mut places: Vec<Vec<(usize, Range<usize>)>> = Vec::new();
        for ((file, done), count) in self.files.iter().zip(&mut self.done).zip(counts) {
            let mut of_file = Vec::new();
            if 0 < count {
                for batch in file.rows(*done..*done + count, None).await? {
                    of_file.push((batches.len(), 0..batch.num_rows()));
                    batches.push(widened(&batch, &self.schema)?);
                }
                of_file.reverse();
                *done += count;
            }
            places.push(of_file);
        }
        let rows: Option<Vec<_>> = order
            .iter()
            .map(|&file| {
                let of_file = places.get_mut(file as usize)?;
                loop {
                    let (batch, rows) = of_file.last_mut()?;
                    match rows.next() {
                        Some(row) => return Some((*batch, row)),
                        None => of_file.pop(),
                    };
                }
            })
            .collect();
        let fewer = || ArrowError::ComputeError("a file has fewer rows than it says".to_owned());
        let rows = rows.ok_or_else(fewer)?;
        let batches: Vec<&RecordBatch> = batches.iter().collect();
        self.next = end;
        Ok(Some(interleave_record_batch(&batches, &rows)?))
    }
}

/// Returns, for each row of the files, oldest first, which of them it stands in. Rows of one
/// moment keep the order of the files, and rows without a time come first.
async fn order(files: &[OpenFile]) -> Result<Vec<u32>, LakeError> {
    let mut rows: Vec<(Option<i64>, u32)> = Vec::new();
    for (index, file) in (0_u32..).zip(files) {
        if file.schema().field_with_name(TIME).is_err() {
            rows.extend(std::iter::repeat_n((None, index), file.n_rows()));
            continue;
        }
        for batch in file.rows(0..file.n_rows(), Some(&[TIME])).await? {
            let times = batch.column_by_name(TIME);
            match times.and_then(|it| it.as_primitive_opt::<TimestampMicrosecondType>()) {
                Some(times) => rows.extend(times.iter().map(|time| (time, index))),
                None => rows.extend(std::iter::repeat_n((None, index), batch.num_rows())),
            }
        }
    }
    // Runs that are in order already make this a merge.
    rows.sort_by_key(|&(time, _)| time);
    Ok(rows.into_iter().map(|(_, file)| file).collect())
}

/// Returns the batch with nulls for the columns it lacks.
fn widened(batch: &RecordBatch, schema: &SchemaRef) -> Result<RecordBatch, LakeError> {
    let column = |field: &Arc<arrow::datatypes::Field>| match batch.column_by_name(field.name()) {
        Some(column) => Arc::clone(column),
        None => arrow::array::new_null_array(field.data_type(), batch.num_rows()),
    };
    let columns = schema.fields().iter().map(column).collect();
    Ok(RecordBatch::try_new(Arc::clone(schema), columns)?)
}

#[cfg(test)]
mod tests {
    use arrow::array::{Int64Array, TimestampMicrosecondArray};
    use arrow::datatypes::{DataType, Field, Int64Type};
    use haechi_model::Timestamp;
    use haechi_sources::schema::timestamp;
    use object_store::ObjectStoreExt;
    use object_store::memory::InMemory;

    use super::*;
    use crate::encode::{Memory, encode};
    use crate::files::Partition;

    /// Stores rows of those times; each row's number follows the last one's.
    async fn file(
        store: &Arc<dyn ObjectStore>,
        name: &str,
        column: &str,
        rows: &[(Option<i64>, i64)],
    ) -> LakeFile {
        let times = rows.iter().map(|row| row.0).collect::<TimestampMicrosecondArray>();
        let numbers = rows.iter().map(|row| row.1).collect::<Int64Array>();
        let fields = vec![timestamp(TIME), Field::new(column, DataType::Int64, true)];
        let columns = vec![Arc::new(times.with_timezone("UTC")) as _, Arc::new(numbers) as _];
        let batch = RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).unwrap();
        let order: Vec<u32> = (0..).take(rows.len()).collect();
        let bytes = encode(&batch, &order, &[], Timestamp(0), &mut Memory::default()).unwrap();
        let size = bytes.len() as u64;
        store.put(&name.into(), bytes.into()).await.unwrap();
        LakeFile {
            path: name.to_owned(),
            partition: Partition { source: "s".to_owned(), account: None, date: None },
            size,
            rows: rows.len() as u64,
            times: None,
            written_ms: 0,
        }
    }

    #[tokio::test]
    async fn rows_come_in_order_whatever_the_size_of_the_pieces() {
        let store: Arc<dyn ObjectStore> = Arc::new(InMemory::new());
        let files = [
            file(&store, "a", "n", &[(None, 0), (Some(1), 2), (Some(5), 6), (Some(9), 9)]).await,
            file(&store, "b", "n", &[(Some(1), 3), (Some(2), 4), (Some(5), 7)]).await,
            file(&store, "c", "m", &[(None, 1), (Some(4), 5), (Some(6), 8)]).await,
        ];
        for piece_bytes in [1, 60, 1 << 20] {
            let mut merge = Merge::new(&store, &files, piece_bytes).await.unwrap();
            let mut numbers = Vec::new();
            while let Some(rows) = merge.next().await.unwrap() {
                let column = |name| rows.column_by_name(name).unwrap().as_primitive::<Int64Type>();
                let both = column("n").iter().zip(column("m"));
                numbers.extend(both.map(|(n, m)| n.or(m).unwrap()));
            }
            assert_eq!(numbers, (0..10).collect::<Vec<_>>(), "{piece_bytes}");
        }
    }
}
