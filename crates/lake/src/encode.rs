//! Rows to the bytes of a Parquet file.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch, TimestampMicrosecondArray, UInt32Array};
use arrow::compute::take;
use arrow::datatypes::{DataType, Field, Schema};
use haechi_model::Timestamp;
use haechi_sources::schema::{ENTITIES, INGESTED, RECORD, list_of_text, text, timestamp};
use parquet::arrow::arrow_writer::{
    ArrowColumnChunk, ArrowColumnWriter, ArrowRowGroupWriterFactory, ArrowWriterOptions,
    compute_leaves,
};
use parquet::arrow::{ArrowSchemaConverter, ArrowWriter};
use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::properties::{EnabledStatistics, WriterProperties, WriterPropertiesBuilder};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::{ColumnDescPtr, ColumnPath};
use zstd::bulk::Compressor;
use zstd::zstd_safe::CParameter;

use crate::LakeError;
use crate::habits::Habit;
use crate::limits::{PAGE_BYTES, ROW_GROUP_ROWS, SLICE_ROWS};
use crate::texts::Texts;

mod chunk;
mod dictionary;
mod numbers;
mod runs;
#[cfg(test)]
mod tests;
mod texts;

use chunk::{Chunk, Finished};
use numbers::Numbers;

/// Writes the numbered rows, in that order, as a Parquet file.
pub(crate) fn encode(
    batch: &RecordBatch,
    rows: &[u32],
    habits: &[Habit],
    ingested: Timestamp,
    memory: &mut Memory,
) -> Result<Vec<u8>, LakeError> {
    file_of(batch, rows, habits, ingested, memory).map_err(in_memory)
}

fn file_of(
    batch: &RecordBatch,
    rows: &[u32],
    habits: &[Habit],
    ingested: Timestamp,
    memory: &mut Memory,
) -> parquet::errors::Result<Vec<u8>> {
    let schema = with_ingested(&batch.schema());
    let parquet = ArrowSchemaConverter::new().convert(&schema)?;
    let properties = Arc::new(without_texts(properties(&schema), &schema).build());
    let mut file = SerializedFileWriter::new(Vec::new(), parquet.root_schema_ptr(), properties)?;
    let writers = ArrowRowGroupWriterFactory::new(&file, Arc::clone(&schema));
    for (index, rows) in rows.chunks(ROW_GROUP_ROWS).enumerate() {
        let writers = writers.create_column_writers(index)?;
        let mut group = file.next_row_group()?;
        let columns = schema.fields().iter().zip(writers).zip(parquet.columns()).enumerate();
        for (place, ((field, writer), leaf)) in columns {
            let habit = habits.get(place).copied().unwrap_or(Habit::Repeated);
            let ingested = || repeated(ingested, batch.num_rows());
            let column = batch.columns().get(place).cloned().unwrap_or_else(ingested);
            if let Some((bytes, close)) = memory.texts_of(&column, rows, habit, leaf)? {
                group.append_column(&bytes, close)?;
                continue;
            }
            if let Some(numbers) = Numbers::of(&column) {
                let chunk = Chunk::new(Arc::clone(leaf), None);
                let (bytes, close) = numbers::put(numbers, rows, chunk, &mut memory.page)?;
                group.append_column(&bytes, close)?;
                continue;
            }
            let chunk = others_of(field, &column, rows, writer)?;
            chunk.append_to_row_group(&mut group)?;
        }
        group.close()?;
    }
    file.into_inner()
}

/// What a worker uses for one column after the other.
#[derive(Default)]
pub(crate) struct Memory {
    compressor: Option<Compressor<'static>>,
    numbers: Vec<u32>,
    page: Vec<u8>,
}

impl Memory {
    /// Writes the rows of a column, if it is one of texts.
    fn texts_of(
        &mut self,
        column: &dyn Array,
        rows: &[u32],
        habit: Habit,
        leaf: &ColumnDescPtr,
    ) -> parquet::errors::Result<Option<Finished>> {
        let Self { compressor, numbers, page } = self;
        let compressor = match compressor {
            Some(compressor) => compressor,
            None => compressor.insert(new_compressor()?),
        };
        if let Some(lists) = column.as_list_opt::<i32>() {
            let is_packed = habit != Habit::Absent;
            let chunk = Chunk::new(Arc::clone(leaf), is_packed.then_some(compressor));
            return texts::put_lists(lists, rows, chunk, page).map(Some);
        }
        let Some(texts) = Texts::of(column) else { return Ok(None) };
        if habit == Habit::Absent {
            let chunk = Chunk::new(Arc::clone(leaf), None);
            return texts::put_absent(rows.len(), chunk).map(Some);
        }
        let has_dictionary = habit != Habit::Unique && !matches!(texts, Texts::Views(_));
        let dictionary = if has_dictionary { texts::numbered(texts, rows, numbers) } else { None };
        let is_packed = dictionary.is_none() || habit != Habit::Few;
        let chunk = Chunk::new(Arc::clone(leaf), is_packed.then_some(compressor));
        let finished = match dictionary {
            Some(dictionary) => texts::put_numbered(&dictionary, numbers, chunk, page),
            None => texts::put_plain(texts, rows, chunk, page),
        };
        finished.map(Some)
    }
}

/// Returns what compresses pages.
fn new_compressor() -> parquet::errors::Result<Compressor<'static>> {
    let external = |error| ParquetError::External(Box::new(error));
    let level = ZstdLevel::default().compression_level();
    let mut compressor = Compressor::new(level).map_err(external)?;
    // What the library takes for pages of just over 256 KiB is half again as slow and no smaller.
    // This fits a page into the window, and what is remembered of it into the processor's cache.
    for parameter in [
        CParameter::WindowLog(PAGE_BYTES.ilog2()),
        CParameter::HashLog(13),
        CParameter::MinMatch(7),
    ] {
        compressor.set_parameter(parameter).map_err(external)?;
    }
    Ok(compressor)
}

/// Writes the rows of a column that has neither texts nor whole numbers.
fn others_of(
    field: &Field,
    column: &ArrayRef,
    rows: &[u32],
    mut writer: ArrowColumnWriter,
) -> parquet::errors::Result<ArrowColumnChunk> {
    for rows in rows.chunks(SLICE_ROWS) {
        // Rows that stand in order already need not be copied.
        let slice = match rows.first() {
            Some(&first) if rows.iter().copied().eq((first..).take(rows.len())) => {
                column.slice(first as usize, rows.len())
            }
            _ => take(column, &UInt32Array::from(rows.to_vec()), None)?,
        };
        for leaf in compute_leaves(field, &slice)? {
            writer.write(&leaf)?;
        }
    }
    writer.close()
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

/// Returns the properties for a file whose columns of text are written here: what their writers,
/// which are not used, would get ready takes time. Packed differences leave nothing to compress.
fn without_texts(mut builder: WriterPropertiesBuilder, schema: &Schema) -> WriterPropertiesBuilder {
    for field in schema.fields() {
        let column = match field.data_type() {
            DataType::List(_) => entities(),
            _ => ColumnPath::from(field.name().as_str()),
        };
        builder = builder.set_column_dictionary_enabled(column, false);
    }
    builder.set_compression(Compression::UNCOMPRESSED)
}

/// Returns the columns as they stand in a file: with when the rows were stored, texts as texts, and
/// each with room for nulls.
fn with_ingested(schema: &Schema) -> Arc<Schema> {
    let field = |field: &Arc<Field>| match field.data_type() {
        DataType::Binary | DataType::BinaryView => text(field.name()),
        DataType::List(_) => Field::new(field.name(), list_of_text(), true),
        _ => field.as_ref().clone().with_nullable(true),
    };
    let mut fields: Vec<Field> = schema.fields().iter().map(field).collect();
    fields.push(timestamp(INGESTED));
    Arc::new(Schema::new(fields))
}

fn repeated(time: Timestamp, n_rows: usize) -> ArrayRef {
    Arc::new(TimestampMicrosecondArray::from_value(time.0, n_rows).with_timezone("UTC"))
}

fn in_memory(source: ParquetError) -> LakeError {
    LakeError::Parquet { path: "a file being written".to_owned(), source }
}
