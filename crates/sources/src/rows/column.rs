//! One column as it grows. Most columns of most rows are absent, so nulls are only counted, and
//! written when a value follows them or the column ends.

use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanBuilder, Float64Builder, Int64Builder, StringArray};
use arrow::error::ArrowError;
use haechi_catalog::ColumnKind;

use super::text_of;
use super::texts::Texts;
use crate::scan::Value;

/// A column as it grows.
pub(crate) struct ColumnBuilder {
    values: Values,
    /// How many rows the values cover.
    n_rows: usize,
}

enum Values {
    Text(Texts),
    Int(Int64Builder),
    Float(Float64Builder),
    Bool(BooleanBuilder),
}

impl ColumnBuilder {
    pub(crate) fn new(kind: ColumnKind) -> Self {
        let values = match kind {
            ColumnKind::String | ColumnKind::Json => Values::Text(Texts::default()),
            ColumnKind::Int => Values::Int(Int64Builder::new()),
            ColumnKind::Float => Values::Float(Float64Builder::new()),
            ColumnKind::Bool => Values::Bool(BooleanBuilder::new()),
        };
        Self { values, n_rows: 0 }
    }

    /// Returns an empty column of the kind, in the memory of one that nobody reads any more.
    pub(crate) fn again(kind: ColumnKind, spent: ArrayRef) -> Self {
        match spent.as_any().downcast_ref::<StringArray>() {
            Some(_) => Self { values: Values::Text(Texts::again(spent)), n_rows: 0 },
            None => Self::new(kind),
        }
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
            Values::Int(column) => column.append_option(value.text.parse().ok()),
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
            Values::Int(column) => column.append_nulls(n_nulls),
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
            Values::Int(column) => Arc::new(column.finish()),
            Values::Float(column) => Arc::new(column.finish()),
            Values::Bool(column) => Arc::new(column.finish()),
        })
    }
}
