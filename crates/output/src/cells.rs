//! One value as text: lists and structs as JSON, moments in ISO 8601, anything else as it is.

use anyhow::{Result, anyhow};
use arrow::array::Array;
use arrow::datatypes::DataType;
use arrow::json::LineDelimitedWriter;
use arrow::record_batch::RecordBatch;
use arrow::util::display::{ArrayFormatter, FormatOptions};

/// The cells of one column of a batch.
pub(super) enum Cells<'a> {
    /// Each is shown by itself.
    Plain(ArrayFormatter<'a>, &'a dyn Array),
    /// Each was made JSON.
    Json(Vec<Option<String>>),
}

impl<'a> Cells<'a> {
    /// Takes the columns of a batch.
    pub(super) fn of_batch(batch: &'a RecordBatch) -> Result<Vec<Self>> {
        (0..batch.num_columns()).map(|column| Self::of(batch, column)).collect()
    }

    /// Returns the text of a row's cell, or nothing where there is no value.
    pub(super) fn at(&self, row: usize) -> Option<String> {
        match self {
            Self::Plain(shown, array) => array.is_valid(row).then(|| shown.value(row).to_string()),
            Self::Json(values) => values.get(row).cloned().flatten(),
        }
    }

    fn of(batch: &'a RecordBatch, column: usize) -> Result<Self> {
        let array = batch.column(column).as_ref();
        if array.data_type().is_nested() {
            return Ok(Self::Json(as_json(batch, column)?));
        }
        let options = FormatOptions::new().with_display_error(true);
        Ok(Self::Plain(ArrayFormatter::try_new(array, &options)?, array))
    }
}

/// Tells whether a column of this type lines up at its right edge.
pub(super) fn is_number(data_type: &DataType) -> bool {
    data_type.is_numeric()
}

/// Tells whether cells of this type are text of somebody's choosing.
pub(super) fn is_text(data_type: &DataType) -> bool {
    match data_type {
        DataType::Dictionary(_, value) => is_text(value),
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => true,
        other => other.is_nested() || other.is_binary(),
    }
}

/// Makes every value of the column JSON: one object with one key a row, taken apart again.
fn as_json(batch: &RecordBatch, column: usize) -> Result<Vec<Option<String>>> {
    const BEFORE: &str = "{\"v\":";
    let array = batch.column(column);
    let field = batch.schema().field(column).clone().with_name("v").with_nullable(true);
    let schema = std::sync::Arc::new(arrow::datatypes::Schema::new(vec![field]));
    let rows = RecordBatch::try_new(schema, vec![array.clone()])?;
    let mut writer = LineDelimitedWriter::new(Vec::new());
    writer.write(&rows)?;
    writer.finish()?;
    let lines = String::from_utf8(writer.into_inner())?;
    let values: Vec<Option<String>> = lines
        .lines()
        .enumerate()
        .map(|(row, line)| {
            let value = line.strip_prefix(BEFORE).and_then(|rest| rest.strip_suffix('}'));
            value.filter(|_| array.is_valid(row)).map(str::to_owned)
        })
        .collect();
    if values.len() != array.len() {
        return Err(anyhow!("a list could not be written as JSON"));
    }
    Ok(values)
}
