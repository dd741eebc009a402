//! Plain columns at the border: what leaves the engine is `Utf8`, never a view of it.
//!
//! Inside, text may travel as views (cheap to filter and to group); whoever reads an answer should
//! not have to know two kinds of text.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Field, FieldRef, Schema, SchemaRef};
use arrow::error::ArrowError;
use arrow::record_batch::{RecordBatch, RecordBatchOptions};

use crate::limits::ANSWER_BYTES_MAX;

/// Returns the schema with every view made plain.
pub(crate) fn schema(schema: &SchemaRef) -> SchemaRef {
    let fields = schema.fields().iter().map(plain_field).collect::<Vec<_>>();
    Arc::new(Schema::new_with_metadata(fields, schema.metadata().clone()))
}

/// Makes the batch plain, cut into slices that plain columns can hold.
pub(crate) fn batches(
    batch: &RecordBatch,
    schema: &SchemaRef,
) -> Result<Vec<RecordBatch>, ArrowError> {
    slices(batch).iter().map(|slice| plain_batch(slice, schema)).collect()
}

/// Halves the batch until every piece is below the limit; ends because a row is not halved.
fn slices(batch: &RecordBatch) -> Vec<RecordBatch> {
    let mut pending = vec![batch.clone()];
    let mut done = Vec::new();
    while let Some(piece) = pending.pop() {
        let n_rows = piece.num_rows();
        let is_small = piece.columns().iter().all(|column| text_bytes(column) < ANSWER_BYTES_MAX);
        if is_small || n_rows <= 1 {
            done.push(piece);
            continue;
        }
        pending.push(piece.slice(n_rows / 2, n_rows - n_rows / 2));
        pending.push(piece.slice(0, n_rows / 2));
    }
    done
}

/// Returns the bytes of text that the view column would need as a plain one.
fn text_bytes(column: &ArrayRef) -> usize {
    let views = column.as_any().downcast_ref::<arrow::array::StringViewArray>();
    views.map_or(0, |views| views.lengths().map(|length| length as usize).sum())
}

fn plain_batch(batch: &RecordBatch, schema: &SchemaRef) -> Result<RecordBatch, ArrowError> {
    let columns = batch
        .columns()
        .iter()
        .zip(schema.fields())
        .map(|(column, field)| plain_column(column, field.data_type()))
        .collect::<Result<Vec<_>, _>>()?;
    let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
    RecordBatch::try_new_with_options(Arc::clone(schema), columns, &options)
}

fn plain_column(column: &ArrayRef, plain: &DataType) -> Result<ArrayRef, ArrowError> {
    if column.data_type() == plain {
        return Ok(Arc::clone(column));
    }
    cast(column, plain)
}

fn plain_field(field: &FieldRef) -> FieldRef {
    let plain = plain_type(field.data_type());
    if plain == *field.data_type() {
        return Arc::clone(field);
    }
    Arc::new(Field::clone(field).with_data_type(plain))
}

fn plain_type(data_type: &DataType) -> DataType {
    match data_type {
        DataType::Utf8View => DataType::Utf8,
        DataType::BinaryView => DataType::Binary,
        DataType::List(item) => DataType::List(plain_field(item)),
        DataType::Struct(fields) => DataType::Struct(fields.iter().map(plain_field).collect()),
        other => other.clone(),
    }
}
