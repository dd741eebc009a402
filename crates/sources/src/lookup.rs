//! Lookup tables: CSV with a header; all columns are text.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, RecordBatch, StringArray};
use arrow::csv::ReaderBuilder;
use arrow::csv::reader::Format;
use arrow::datatypes::{DataType, Field, Schema};
use arrow::error::ArrowError;

/// Reads a lookup table: the names of its columns and its rows.
///
/// # Errors
/// The bytes are no CSV with a header.
pub fn lookup_table(csv: &[u8]) -> Result<(Vec<String>, RecordBatch), ArrowError> {
    let (header, _) = Format::default().with_header(true).infer_schema(csv, Some(0))?;
    let columns: Vec<String> =
        header.fields().iter().map(|it| it.name().trim().to_owned()).collect();
    let fields: Vec<Field> =
        columns.iter().map(|name| Field::new(name, DataType::Utf8, true)).collect();
    let schema = Arc::new(Schema::new(fields));
    let reader = ReaderBuilder::new(Arc::clone(&schema)).with_header(true).build(csv)?;
    let batches = reader.collect::<Result<Vec<_>, _>>()?;
    let rows = arrow::compute::concat_batches(&schema, &batches)?;
    let trimmed = rows.columns().iter().map(trimmed).collect();
    Ok((columns, RecordBatch::try_new(schema, trimmed)?))
}

/// Takes the spaces off: tables are written by hand.
fn trimmed(column: &ArrayRef) -> ArrayRef {
    let Some(texts) = column.as_any().downcast_ref::<StringArray>() else {
        return Arc::clone(column);
    };
    Arc::new(texts.iter().map(|text| text.map(str::trim)).collect::<StringArray>())
}
