//! Rows to the bytes of a Parquet file.

use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, TimestampMicrosecondArray, UInt32Array};
use arrow::compute::take_record_batch;
use arrow::datatypes::{DataType, Field, Schema};
use haechi_model::Timestamp;
use haechi_sources::schema::{ENTITIES, INGESTED, RECORD, timestamp};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_writer::ArrowWriterOptions;
use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::file::properties::{EnabledStatistics, WriterProperties, WriterPropertiesBuilder};
use parquet::schema::types::ColumnPath;

use crate::LakeError;
use crate::habits::Habit;
use crate::limits::{PAGE_BYTES, ROW_GROUP_ROWS, SLICE_ROWS};

/// Writes the numbered rows, in that order, as a Parquet file.
pub(crate) fn encode(
    batch: &RecordBatch,
    rows: &[u32],
    habits: &[Habit],
    ingested: Timestamp,
) -> Result<Vec<u8>, LakeError> {
    let schema = with_ingested(&batch.schema());
    let properties = fitting(properties(&schema), &schema, habits);
    let mut writer = writer(Arc::clone(&schema), Vec::new(), properties)?;
    for numbers in rows.chunks(SLICE_ROWS) {
        // Rows that stand in order already need not be copied.
        let slice = match numbers.first() {
            Some(&first) if numbers.iter().copied().eq((first..).take(numbers.len())) => {
                batch.slice(first as usize, numbers.len())
            }
            _ => take_record_batch(batch, &UInt32Array::from(numbers.to_vec()))?,
        };
        let mut columns = slice.columns().to_vec();
        columns.push(repeated(ingested, slice.num_rows()));
        let slice = RecordBatch::try_new(Arc::clone(&schema), columns)?;
        writer.write(&slice).map_err(in_memory)?;
    }
    writer.into_inner().map_err(in_memory)
}

/// Returns a writer of the lake's files.
pub(crate) fn writer<W: std::io::Write + Send>(
    schema: Arc<Schema>,
    output: W,
    properties: WriterPropertiesBuilder,
) -> Result<ArrowWriter<W>, LakeError> {
    // Other engines read the types from Parquet; Arrow's own would say “dictionary” to some.
    let options = ArrowWriterOptions::new()
        .with_properties(properties.build())
        .with_skip_arrow_metadata(true);
    ArrowWriter::try_new_with_options(output, schema, options).map_err(in_memory)
}

/// Returns how files of such rows are written.
pub(crate) fn properties(schema: &Schema) -> WriterPropertiesBuilder {
    let mut builder = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .set_created_by("haechi".to_owned())
        .set_max_row_group_row_count(Some(ROW_GROUP_ROWS))
        .set_data_page_size_limit(PAGE_BYTES)
        .set_column_dictionary_enabled(RECORD.into(), false)
        .set_column_statistics_enabled(RECORD.into(), EnabledStatistics::None)
        // Of kinds of names one after the other, the least and the greatest say nothing.
        .set_column_statistics_enabled(entities(), EnabledStatistics::None);
    // Looking numbers up in a dictionary takes several times as long as packing their differences.
    let packed = |field: &&Arc<Field>| {
        matches!(field.data_type(), DataType::Int64 | DataType::Timestamp(..))
    };
    for field in schema.fields().iter().filter(packed) {
        let column = ColumnPath::from(field.name().as_str());
        builder = builder
            .set_column_dictionary_enabled(column.clone(), false)
            .set_column_encoding(column, Encoding::DELTA_BINARY_PACKED);
    }
    builder
}

/// Returns where Parquet has the entities: a list's elements are a column of their own.
fn entities() -> ColumnPath {
    ColumnPath::new([ENTITIES, "list", "element"].map(str::to_owned).to_vec())
}

/// Returns the properties with what fits the values of each column.
fn fitting(
    mut builder: WriterPropertiesBuilder,
    schema: &Schema,
    habits: &[Habit],
) -> WriterPropertiesBuilder {
    for (field, habit) in schema.fields().iter().zip(habits) {
        let column = ColumnPath::from(field.name().as_str());
        if matches!(habit, Habit::Absent | Habit::Unique) {
            builder = builder.set_column_dictionary_enabled(column.clone(), false);
        }
        if matches!(habit, Habit::Absent | Habit::Few) {
            builder = builder.set_column_compression(column, Compression::UNCOMPRESSED);
        }
    }
    builder
}

pub(crate) fn with_ingested(schema: &Schema) -> Arc<Schema> {
    let mut fields: Vec<Field> = schema.fields().iter().map(|it| it.as_ref().clone()).collect();
    fields.push(timestamp(INGESTED));
    Arc::new(Schema::new(fields))
}

fn repeated(time: Timestamp, n_rows: usize) -> ArrayRef {
    Arc::new(TimestampMicrosecondArray::from_value(time.0, n_rows).with_timezone("UTC"))
}

fn in_memory(source: parquet::errors::ParquetError) -> LakeError {
    LakeError::Parquet { path: "a file being written".to_owned(), source }
}
