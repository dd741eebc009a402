//! Moments that no calendar can write, which a query can make: shown as no value, because Arrow
//! would write an error into the cell.

use std::ops::RangeInclusive;
use std::sync::Arc;

use anyhow::Result;
use arrow::array::{Array, ArrayData, make_array};
use arrow::buffer::NullBuffer;
use arrow::compute::cast;
use arrow::datatypes::{ArrowNativeType, DataType, FieldRef, Schema, SchemaRef, TimeUnit};
use arrow::record_batch::RecordBatch;

/// The days since 1970 that can be written: those of the years −262,142 to 262,141.
const DAYS: RangeInclusive<i64> = -96_464_928..=95_025_968;

/// Returns the columns as those in which any value may be missing.
pub(super) fn nullable(schema: &SchemaRef) -> SchemaRef {
    Arc::new(Schema::new(schema.fields().iter().map(may_be_null).collect::<Vec<_>>()))
}

fn may_be_null(field: &FieldRef) -> FieldRef {
    let data_type = match field.data_type() {
        DataType::List(item) => DataType::List(may_be_null(item)),
        DataType::LargeList(item) => DataType::LargeList(may_be_null(item)),
        DataType::Struct(fields) => DataType::Struct(fields.iter().map(may_be_null).collect()),
        other => other.clone(),
    };
    Arc::new(field.as_ref().clone().with_data_type(data_type).with_nullable(true))
}

/// Returns the batch, under columns that [`nullable`] gave, without moments that cannot be written.
pub(super) fn writable(batch: &RecordBatch, schema: &SchemaRef) -> Result<RecordBatch> {
    let mut columns = batch.columns().to_vec();
    for (column, field) in columns.iter_mut().zip(schema.fields()) {
        if column.data_type() != field.data_type() {
            *column = cast(column, field.data_type())?;
        }
        if let Some(data) = without_odd(&column.to_data())? {
            *column = make_array(data);
        }
    }
    Ok(RecordBatch::try_new(Arc::clone(schema), columns)?)
}

/// Returns the values with nulls for moments that cannot be written, if there are any.
fn without_odd(data: &ArrayData) -> Result<Option<ArrayData>> {
    let per_day = match data.data_type() {
        DataType::Timestamp(TimeUnit::Second, _) => 86_400,
        DataType::Timestamp(TimeUnit::Millisecond, _) | DataType::Date64 => 86_400_000,
        DataType::Timestamp(TimeUnit::Microsecond, _) => 86_400_000_000,
        DataType::Date32 => return with_nulls(data, |days: i32| DAYS.contains(&days.into())),
        _ => return with_children(data),
    };
    with_nulls(data, |value: i64| DAYS.contains(&value.div_euclid(per_day)))
}

fn with_nulls<T: ArrowNativeType>(
    data: &ArrayData,
    is_writable: impl Fn(T) -> bool,
) -> Result<Option<ArrayData>> {
    let values = data.buffer::<T>(0).iter().take(data.len());
    let writable: NullBuffer = values.map(|value| is_writable(*value)).collect();
    if writable.null_count() == 0 {
        return Ok(None);
    }
    let nulls = NullBuffer::union(data.nulls(), Some(&writable));
    Ok(Some(data.clone().into_builder().nulls(nulls).build()?))
}

/// Looks into lists, structs and dictionaries.
fn with_children(data: &ArrayData) -> Result<Option<ArrayData>> {
    let mut children = data.child_data().to_vec();
    let mut is_changed = false;
    for child in &mut children {
        if let Some(changed) = without_odd(child)? {
            (*child, is_changed) = (changed, true);
        }
    }
    let changed = || data.clone().into_builder().child_data(children).build();
    Ok(if is_changed { Some(changed()?) } else { None })
}
