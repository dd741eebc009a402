//! One column as it grows. Most columns of most rows are absent, so nulls are only counted, and
//! written when a value follows them or the column ends.

use std::sync::Arc;

use arrow::array::{
    ArrayRef, AsArray, BooleanBuilder, Float64Builder, Int64Array, NullBufferBuilder,
};
use arrow::datatypes::Int64Type;
use arrow::error::ArrowError;
use haechi_catalog::ColumnKind;

use super::text_of;
use super::texts::{Texts, emptied};
use crate::scan::Value;

/// A column as it grows.
pub(crate) struct ColumnBuilder {
    values: Values,
    /// How many rows the values cover.
    n_rows: usize,
}

enum Values {
    Text(Texts),
    Int(Ints),
    Float(Float64Builder),
    Bool(BooleanBuilder),
}

/// Whole numbers as they gather, in memory that is used again.
struct Ints {
    values: Vec<i64>,
    nulls: NullBufferBuilder,
}

impl Default for Ints {
    fn default() -> Self {
        Self { values: Vec::new(), nulls: NullBufferBuilder::new(0) }
    }
}

impl Ints {
    fn again(spent: Int64Array) -> Self {
        let (_, values, _) = spent.into_parts();
        Self { values: emptied(values.into_inner()), nulls: NullBufferBuilder::new(0) }
    }

    #[inline]
    fn push(&mut self, value: Option<i64>) {
        self.values.push(value.unwrap_or_default());
        self.nulls.append(value.is_some());
    }

    fn push_nulls(&mut self, n: usize) {
        self.values.resize(self.values.len() + n, 0);
        self.nulls.append_n_nulls(n);
    }

    fn finish(&mut self) -> Result<Int64Array, ArrowError> {
        Int64Array::try_new(std::mem::take(&mut self.values).into(), self.nulls.finish())
    }
}

impl ColumnBuilder {
    pub(crate) fn new(kind: ColumnKind) -> Self {
        let values = match kind {
            ColumnKind::String | ColumnKind::Json => Values::Text(Texts::default()),
            ColumnKind::Int => Values::Int(Ints::default()),
            ColumnKind::Float => Values::Float(Float64Builder::new()),
            ColumnKind::Bool => Values::Bool(BooleanBuilder::new()),
        };
        Self { values, n_rows: 0 }
    }

    /// Returns an empty column of the kind, in the memory of one that nobody reads any more.
    pub(crate) fn again(kind: ColumnKind, spent: ArrayRef) -> Self {
        let values = if spent.as_string_opt::<i32>().is_some() {
            Values::Text(Texts::again(spent))
        } else if let Some(ints) = spent.as_primitive_opt::<Int64Type>().cloned() {
            drop(spent);
            Values::Int(Ints::again(ints))
        } else {
            return Self::new(kind);
        };
        Self { values, n_rows: 0 }
    }

    /// Sets the row's value, unless it is not of the column's type.
    #[inline]
    pub(crate) fn push(&mut self, row_index: usize, value: Value<'_>) {
        self.pad(row_index);
        match &mut self.values {
            Values::Text(column) => match text_of(Some(value)) {
                Some(text) => column.push(&text),
                None => column.push_nulls(1),
            },
            Values::Int(column) => column.push(value.text.parse().ok()),
            Values::Float(column) => column.append_option(value.text.parse().ok()),
            Values::Bool(column) => column.append_option(value.text.parse().ok()),
        }
        self.n_rows += 1;
    }

    /// Adds nulls up to that row.
    #[inline]
    fn pad(&mut self, row_index: usize) {
        let n_nulls = row_index - self.n_rows;
        if n_nulls == 0 {
            return;
        }
        match &mut self.values {
            Values::Text(column) => column.push_nulls(n_nulls),
            Values::Int(column) => column.push_nulls(n_nulls),
            Values::Float(column) => column.append_nulls(n_nulls),
            Values::Bool(column) => column.append_nulls(n_nulls),
        }
        self.n_rows = row_index;
    }

    /// Gives up the column of so many rows.
    pub(crate) fn finish(&mut self, n_rows: usize) -> Result<ArrayRef, ArrowError> {
        self.pad(n_rows);
        Ok(match &mut self.values {
            Values::Text(column) => Arc::new(column.finish()?),
            Values::Int(column) => Arc::new(column.finish()?),
            Values::Float(column) => Arc::new(column.finish()),
            Values::Bool(column) => Arc::new(column.finish()),
        })
    }
}
