//! Parquet files: VPC Flow Logs, Security Lake, and any other with a time.
//!
//! A row of Parquet has no bytes of its own, so its verbatim record is the row as one JSON object
//! with its columns in the order of the file's schema, without those that are null. Its position
//! is its number in the file.

mod headers;

use std::fs::File;
use std::io::{Seek, Write};
use std::sync::Arc;

use arrow::compute::cast;
use arrow::datatypes::{DataType, FieldRef, Fields as ArrowFields, Schema};
use arrow::error::ArrowError;
use arrow::json::LineDelimitedWriter;
use arrow::record_batch::{RecordBatch, RecordBatchReader};
use bytes::Bytes;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader,
    ParquetRecordBatchReaderBuilder,
};
use parquet::errors::ParquetError;
use parquet::file::reader::ChunkReader;

use self::headers::{check_footer, check_pages};
use crate::guard::guarded;
use crate::json::{Context, walk};
use crate::key::context_of;
use crate::limits::{PARQUET_ROWS, RECORD_BYTES_MAX, WHOLE_BYTES_MAX};
use crate::mapping::{Fields, Mapping, Mappings};
use crate::read::Output;
use crate::rows::time_of;
use crate::scan::Scanner;
use crate::text::of_columns;
use crate::window::Window;
use crate::{Reject, Row, SinkError};

/// Reads rows of Parquet.
pub(crate) fn read(
    name: &str,
    window: &mut Window,
    mappings: &Mappings,
    output: &mut Output<'_>,
) -> Result<(), SinkError> {
    let reader = match whole(window) {
        Ok(Whole::Memory(bytes)) => reader(bytes),
        Ok(Whole::Disk(file)) => reader(file),
        Err(error) => Err(ParquetError::External(error.into())),
    };
    let mut batches = match reader {
        Ok(batches) => batches,
        Err(error) => return reject(0, &error, output),
    };
    let Some(mapping) = mapping_of(&batches.schema(), name, mappings) else {
        output.skip("no log source recognises its columns");
        return Ok(());
    };
    let context = context_of(name);
    let mut position = 0;
    while let Some(lines) = next_lines(&mut batches) {
        match lines {
            Ok((n_rows, lines)) => {
                rows(&lines, position, (mapping, &context), output)?;
                position += n_rows;
            }
            Err(error) => return reject(position, &error, output),
        }
        if output.is_over {
            break;
        }
    }
    Ok(())
}

/// All bytes of an object: a reader of Parquet begins at the end.
enum Whole {
    Memory(Bytes),
    Disk(File),
}

/// Takes all bytes of the object; more than fit go to a file that has no name.
fn whole(window: &mut Window) -> std::io::Result<Whole> {
    while !window.is_last && window.bytes().len() < WHOLE_BYTES_MAX {
        window.fill();
    }
    if window.is_last {
        let bytes = Bytes::copy_from_slice(window.bytes());
        window.take(usize::MAX);
        return Ok(Whole::Memory(bytes));
    }
    let mut file = tempfile::tempfile()?;
    loop {
        file.write_all(window.bytes())?;
        window.take(usize::MAX);
        if window.is_last {
            break;
        }
        window.fill();
    }
    file.rewind()?;
    Ok(Whole::Disk(file))
}

fn reader(bytes: impl ChunkReader + 'static) -> Result<ParquetRecordBatchReader, ParquetError> {
    let build = || {
        check_footer(&bytes)?;
        let metadata = ArrowReaderMetadata::load(&bytes, ArrowReaderOptions::new())?;
        check_pages(&bytes, metadata.metadata())?;
        let builder = ParquetRecordBatchReaderBuilder::new_with_metadata(bytes, metadata);
        builder.with_batch_size(PARQUET_ROWS).build()
    };
    guarded(build).unwrap_or_else(|panic| Err(ParquetError::General(panic)))
}

/// Returns how many rows come next and their lines, or nothing at the end.
fn next_lines(batches: &mut ParquetRecordBatchReader) -> Option<Result<(u64, String), ArrowError>> {
    let next = || {
        let batch = batches.next()?;
        Some(batch.and_then(|batch| Ok((batch.num_rows() as u64, lines_of(&batch)?))))
    };
    guarded(next).unwrap_or_else(|panic| Some(Err(ArrowError::ParquetError(panic))))
}

/// Returns the source that the columns belong to.
fn mapping_of<'m>(schema: &Schema, name: &str, mappings: &'m Mappings) -> Option<&'m Mapping> {
    let columns: Vec<&str> = schema.fields().iter().map(|field| field.name().as_str()).collect();
    let has_all = |mapping: &&Mapping| {
        let mut required = mapping.source.required.iter();
        mapping.is_json() && required.all(|path| has(schema.fields(), path))
    };
    of_columns(&columns, name, mappings)
        .or_else(|| mappings.all.iter().find(has_all))
        .or_else(|| mappings.of_the_rest())
}

/// Tells whether the columns hold the path.
fn has(fields: &ArrowFields, path: &str) -> bool {
    let (first, rest) = path.split_once('.').unwrap_or((path, ""));
    let Some((_, field)) = fields.find(first) else { return false };
    match field.data_type() {
        _ if rest.is_empty() => true,
        DataType::Struct(members) => has(members, rest),
        _ => false,
    }
}

/// Writes each row as one JSON object on a line of its own.
fn lines_of(batch: &RecordBatch) -> Result<String, ArrowError> {
    let fields = batch.schema_ref().fields();
    let mut columns = Vec::new();
    for (column, field) in batch.columns().iter().zip(fields) {
        columns.push((field.name(), cast(column, &writable(field.data_type()))?));
    }
    let mut lines = Vec::new();
    let mut writer = LineDelimitedWriter::new(&mut lines);
    writer.write(&RecordBatch::try_from_iter(columns)?)?;
    writer.finish()?;
    String::from_utf8(lines).map_err(|error| ArrowError::JsonError(error.to_string()))
}

/// Returns the type with UTC as an offset: by its name the JSON writer does not know it.
fn writable(data_type: &DataType) -> DataType {
    let inner = |field: &FieldRef| {
        let field = field.as_ref().clone();
        let data_type = writable(field.data_type());
        Arc::new(field.with_data_type(data_type))
    };
    match data_type {
        DataType::Timestamp(unit, Some(_)) => DataType::Timestamp(*unit, Some("+00:00".into())),
        DataType::Struct(fields) => DataType::Struct(fields.iter().map(inner).collect()),
        DataType::List(field) => DataType::List(inner(field)),
        DataType::LargeList(field) => DataType::LargeList(inner(field)),
        other => other.clone(),
    }
}

fn rows<'t>(
    lines: &'t str,
    position: u64,
    (mapping, context): (&Mapping, &Context<'t>),
    output: &mut Output<'_>,
) -> Result<(), SinkError> {
    let mut fields = Fields::default();
    for (record, position) in lines.lines().zip(position..) {
        fields.reset(mapping);
        let walked = walk(&mut Scanner::new(record, 0), mapping, &mut fields);
        context.put(mapping, &mut fields);
        let is_timed = !mapping.source.fallback || time_of(mapping, &fields).is_some();
        if walked.is_err() || RECORD_BYTES_MAX < record.len() {
            let reason = "the row is longer or deeper than a record may be";
            output.reject(Reject::new(position, reason, record.as_bytes()))?;
        } else if is_timed {
            output.row(&Row { mapping, fields: &fields, record, position, layout: None })?;
        } else {
            let reason = "no log source recognises this row";
            output.strange(Reject::new(position, reason, record.as_bytes()))?;
        }
    }
    Ok(())
}

fn reject(
    position: u64,
    error: &dyn std::error::Error,
    output: &mut Output<'_>,
) -> Result<(), SinkError> {
    output.reject(Reject::new(position, format!("not Parquet: {error}"), &[]))
}
