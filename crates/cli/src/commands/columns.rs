//! Columns of an answer as plain lists.

use anyhow::{Context, Result};
use arrow::array::{AsArray, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Float64Type, Int64Type};

/// Returns columns as texts; what is missing is empty.
pub fn texts<const N: usize>(batch: &RecordBatch, names: [&str; N]) -> Result<[Vec<String>; N]> {
    let mut columns: [Vec<String>; N] = std::array::from_fn(|_| Vec::new());
    for (column, name) in columns.iter_mut().zip(names) {
        let array = batch.column_by_name(name).with_context(|| format!("no column `{name}`"))?;
        let array = cast(array, &DataType::Utf8)?;
        let text = array.as_string::<i32>();
        column.extend(text.iter().map(|each| each.unwrap_or_default().to_owned()));
    }
    Ok(columns)
}

/// Returns columns as whole numbers; what is missing is 0.
pub fn numbers<const N: usize>(batch: &RecordBatch, names: [&str; N]) -> Result<[Vec<i64>; N]> {
    let mut columns: [Vec<i64>; N] = std::array::from_fn(|_| Vec::new());
    for (column, name) in columns.iter_mut().zip(names) {
        let array = batch.column_by_name(name).with_context(|| format!("no column `{name}`"))?;
        let array = cast(array, &DataType::Int64)?;
        let number = array.as_primitive::<Int64Type>();
        column.extend(number.iter().map(Option::unwrap_or_default));
    }
    Ok(columns)
}

/// Returns columns as numbers.
pub fn decimals<const N: usize>(
    batch: &RecordBatch,
    names: [&str; N],
) -> Result<[Vec<Option<f64>>; N]> {
    let mut columns: [Vec<Option<f64>>; N] = std::array::from_fn(|_| Vec::new());
    for (column, name) in columns.iter_mut().zip(names) {
        let array = batch.column_by_name(name).with_context(|| format!("no column `{name}`"))?;
        let array = cast(array, &DataType::Float64)?;
        column.extend(array.as_primitive::<Float64Type>().iter());
    }
    Ok(columns)
}
