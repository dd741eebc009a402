//! Arguments as text, whichever of its three kinds the column has.

use arrow::array::{Array, AsArray, StringViewArray};
use arrow::compute::cast;
use arrow::datatypes::DataType;
use datafusion::common::{DataFusionError, ScalarValue, internal_datafusion_err};
use datafusion::logical_expr::ColumnarValue;

/// One argument: the same text for every row, or one for each.
pub(super) enum Texts {
    /// The same for every row.
    One(Option<String>),
    /// One for each row.
    Each(StringViewArray),
}

impl Texts {
    /// Takes an argument of any text type.
    pub(super) fn of(argument: &ColumnarValue) -> Result<Self, DataFusionError> {
        match argument {
            ColumnarValue::Scalar(value) => {
                let value = value.cast_to(&DataType::Utf8)?;
                let ScalarValue::Utf8(text) = value else {
                    return Err(internal_datafusion_err!("a text did not stay a text"));
                };
                Ok(Self::One(text))
            }
            ColumnarValue::Array(array) => {
                let views = cast(array, &DataType::Utf8View)?;
                Ok(Self::Each(views.as_string_view().clone()))
            }
        }
    }

    /// Returns the text of a row.
    pub(super) fn at(&self, row: usize) -> Option<&str> {
        match self {
            Self::One(text) => text.as_deref(),
            Self::Each(texts) => {
                let is_there = row < texts.len() && texts.is_valid(row);
                is_there.then(|| texts.value(row))
            }
        }
    }
}
