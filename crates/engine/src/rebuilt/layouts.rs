//! The layouts of rows, and the values that they name.

use arrow::array::{Array, ArrayRef, AsArray, Int64Array, StringViewArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Int64Type};
use datafusion::common::{DataFusionError, exec_datafusion_err, exec_err};
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs};
use haechi_model::EntityKind;

/// The columns that a layout may name, each with what it names.
pub(super) type Names = Vec<(String, Option<EntityKind>)>;

/// The arguments of a function that makes rows whole.
pub(super) struct Arguments {
    /// The column as it is stored.
    pub(super) own: ArrayRef,
    layouts: StringViewArray,
    /// The columns that a layout may name, in the order of their names.
    pub(super) values: Vec<Values>,
}

/// One column.
pub(super) enum Values {
    Texts(StringViewArray),
    Numbers(Int64Array),
    Nothing,
}

impl Values {
    fn of(array: &ArrayRef) -> Result<Self, DataFusionError> {
        Ok(match array.as_primitive_opt::<Int64Type>() {
            Some(numbers) => Self::Numbers(numbers.clone()),
            None => Self::Texts(texts(array)?),
        })
    }
}

/// Reads layouts row by row; rows that follow each other mostly share one.
pub(super) struct Layouts<'a> {
    names: &'a Names,
    rows: &'a StringViewArray,
    last: &'a str,
    /// The places that the last one names.
    places: Vec<usize>,
}

impl Arguments {
    pub(super) fn of(arguments: &ScalarFunctionArgs) -> Result<Self, DataFusionError> {
        let [own, layouts, columns @ ..] = arguments.args.as_slice() else {
            return exec_err!("a column and a layout are needed");
        };
        let array = |argument: &ColumnarValue| argument.to_array(arguments.number_rows);
        let values = columns.iter().map(|column| match column {
            // A column that the file does not have: most flows lack most columns.
            ColumnarValue::Scalar(value) if value.is_null() => Ok(Values::Nothing),
            column => Values::of(&array(column)?),
        });
        let values = values.collect::<Result<_, _>>()?;
        Ok(Self { own: array(own)?, layouts: texts(&array(layouts)?)?, values })
    }

    pub(super) fn layouts<'a>(&'a self, names: &'a Names) -> Layouts<'a> {
        Layouts { names, rows: &self.layouts, last: "", places: Vec::new() }
    }
}

impl Layouts<'_> {
    /// Returns the places of the row's columns in the order of its record, if it has a layout.
    pub(super) fn of(&mut self, row: usize) -> Result<Option<&[usize]>, DataFusionError> {
        if row >= self.rows.len() || self.rows.is_null(row) {
            return Ok(None);
        }
        let layout = self.rows.value(row);
        if layout != self.last {
            self.places.clear();
            for name in layout.split(' ') {
                let place = self.names.iter().position(|(known, _)| known == name);
                self.places.push(place.ok_or_else(|| {
                    exec_datafusion_err!(
                        "a row's layout names the column `{name}`, which the catalogue does not have"
                    )
                })?);
            }
            self.last = layout;
        }
        Ok(Some(&self.places))
    }
}

fn texts(array: &ArrayRef) -> Result<StringViewArray, DataFusionError> {
    Ok(cast(array, &DataType::Utf8View)?.as_string_view().clone())
}
