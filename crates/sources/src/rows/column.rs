//! One column as it grows. Most columns of most rows are absent, so nulls are only counted, and
//! written when a value follows them or the column ends.

use std::sync::Arc;

use arrow::array::{
    ArrayRef, AsArray, BooleanBuilder, Float64Builder, Int64Array, NullBufferBuilder,
    new_null_array,
};
use arrow::datatypes::{DataType, Int32Type, Int64Type};
use arrow::error::ArrowError;
use haechi_catalog::ColumnKind;

use super::names::Names;
use super::text_of;
use super::texts::{Texts, emptied};
use super::words::whole;
use crate::scan::{Shape, Value};

/// A column as it grows.
pub(crate) struct ColumnBuilder {
    values: Values,
    /// How many rows the values cover.
    n_rows: usize,
}

enum Values {
    Text(Texts),
    Names(Names),
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
        match value {
            Some(value) => self.values.push(value),
            None => self.push_nulls(1),
        }
    }

    fn push_nulls(&mut self, n: usize) {
        self.settle();
        self.values.resize(self.values.len() + n, 0);
        self.nulls.append_n_nulls(n);
    }

    /// Notes the values behind the last null.
    fn settle(&mut self) {
        self.nulls.append_n_non_nulls(self.values.len() - self.nulls.len());
    }

    fn finish(&mut self) -> Result<Int64Array, ArrowError> {
        self.settle();
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

    /// Returns an empty column of the kind, whose texts are mostly the same few.
    pub(crate) fn of_names(kind: ColumnKind) -> Self {
        match kind {
            ColumnKind::String => Self { values: Values::Names(Names::default()), n_rows: 0 },
            _ => Self::new(kind),
        }
    }

    /// Returns an empty column of the kind, in the memory of one that nobody reads any more.
    pub(crate) fn again(kind: ColumnKind, spent: ArrayRef) -> Self {
        let values = if spent.as_string_opt::<i32>().is_some() {
            Values::Text(Texts::again(spent))
        } else if let Some(ints) = spent.as_primitive_opt::<Int64Type>().cloned() {
            drop(spent);
            Values::Int(Ints::again(ints))
        } else if spent.as_dictionary_opt::<Int32Type>().is_some() {
            Values::Names(Names::again(spent))
        } else {
            return Self::new(kind);
        };
        Self { values, n_rows: 0 }
    }

    /// Sets the row's value, unless it is not of the column's type. Tells whether the value as the
    /// column has it is written as it was.
    #[inline]
    pub(crate) fn push(&mut self, row_index: usize, value: Value<'_>) -> bool {
        self.pad(row_index);
        self.n_rows += 1;
        match &mut self.values {
            Values::Text(column) if value.shape == Shape::Plain => {
                column.push(value.text);
                true
            }
            Values::Text(column) => {
                if let Some(text) = text_of(Some(value)) {
                    column.push(&text);
                } else {
                    column.push_nulls(1);
                }
                false
            }
            Values::Names(column) => {
                let is_plain = value.shape == Shape::Plain;
                let has_room = if is_plain {
                    column.push(value.text)
                } else if let Some(text) = text_of(Some(value)) {
                    column.push(&text)
                } else {
                    column.push_nulls(1);
                    true
                };
                if !has_room {
                    self.values = Values::Text(column.written_out());
                }
                is_plain
            }
            Values::Int(column) => {
                let digits = whole(value.text);
                column.push(digits.or_else(|| number(value.text)));
                digits.is_some()
            }
            Values::Float(column) => {
                column.append_option(value.text.parse().ok());
                false
            }
            Values::Bool(column) => {
                column.append_option(value.text.parse().ok());
                false
            }
        }
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
            Values::Names(column) => column.push_nulls(n_nulls),
            Values::Int(column) => column.push_nulls(n_nulls),
            Values::Float(column) => column.append_nulls(n_nulls),
            Values::Bool(column) => column.append_nulls(n_nulls),
        }
        self.n_rows = row_index;
    }

    fn data_type(&self) -> DataType {
        match &self.values {
            Values::Text(_) | Values::Names(_) => DataType::Utf8,
            Values::Int(_) => DataType::Int64,
            Values::Float(_) => DataType::Float64,
            Values::Bool(_) => DataType::Boolean,
        }
    }

    /// Gives up the column of so many rows.
    pub(crate) fn finish(&mut self, n_rows: usize) -> Result<ArrayRef, ArrowError> {
        if self.n_rows == 0 {
            // Nothing is written where there is nothing.
            return Ok(new_null_array(&self.data_type(), n_rows));
        }
        self.pad(n_rows);
        Ok(match &mut self.values {
            Values::Text(column) => Arc::new(column.finish()?),
            Values::Names(column) => column.finish()?,
            Values::Int(column) => Arc::new(column.finish()?),
            Values::Float(column) => Arc::new(column.finish()),
            Values::Bool(column) => Arc::new(column.finish()),
        })
    }
}

/// Reads a whole number, also where it is written as `307.0`.
fn number(text: &str) -> Option<i64> {
    /// All whole numbers up to here are numbers of 64 bits with a point, too.
    const WHOLE_MAX: f64 = 9_007_199_254_740_992.0;
    if let Ok(number) = text.parse() {
        return Some(number);
    }
    let number: f64 = text.parse().ok()?;
    let is_whole = number.fract() == 0.0 && number.abs() <= WHOLE_MAX;
    #[expect(clippy::cast_possible_truncation, reason = "it is whole and within the range")]
    is_whole.then_some(number as i64)
}

#[cfg(test)]
mod tests {
    use super::number;

    #[test]
    fn whole_numbers_may_have_a_point() {
        assert_eq!(number("-12"), Some(-12));
        assert_eq!(number("307.0"), Some(307));
        assert_eq!(number("1.5e3"), Some(1500));
        for no_number in ["307.5", "1e300", "NaN", "inf", "", "x"] {
            assert_eq!(number(no_number), None, "{no_number}");
        }
    }
}
