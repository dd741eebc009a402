//! A chart for people: a bar for each row, as long as its first number is large.

use std::io::Write;

use anyhow::Result;
use arrow::array::{Array, AsArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Float64Type, SchemaRef};
use arrow::record_batch::RecordBatch;
use unicode_width::UnicodeWidthStr;

use super::cells::{Cells, is_number};
use super::limits::{BAR_WIDTH, LABEL_WIDTH, PLOT_ROWS};
use super::printable::printable;
use super::table::cut;
use crate::Rows;

/// What fills an eighth of a character to seven of them.
const PARTS: [&str; 7] = ["▏", "▎", "▍", "▌", "▋", "▊", "▉"];

/// A chart in the making: the longest bar is known when all rows are.
pub(super) struct Plot {
    /// The column that bars show: the first with numbers.
    value: Option<usize>,
    bars: Vec<Bar>,
    n_left_out: usize,
}

struct Bar {
    /// The row's other cells up to there.
    label: String,
    number: f64,
    /// The number as it is written.
    shown: String,
}

impl Plot {
    pub(super) fn new(schema: &SchemaRef) -> Self {
        let value = schema.fields().iter().position(|field| is_number(field.data_type()));
        Self { value, bars: Vec::new(), n_left_out: 0 }
    }
}

impl Rows for Plot {
    fn batch(&mut self, batch: &RecordBatch, _: &mut dyn Write) -> Result<()> {
        let Some(value) = self.value else { return Ok(()) };
        let numbers = cast(batch.column(value), &DataType::Float64)?;
        let numbers = numbers.as_primitive::<Float64Type>();
        let is_label = |column: &usize| !is_number(batch.schema().field(*column).data_type());
        let labels: Vec<usize> = (0..batch.num_columns()).filter(is_label).collect();
        let cells = Cells::of_batch(batch)?;
        let cell = |column: usize, row| cells.get(column).and_then(|cells| cells.at(row));
        for row in 0..batch.num_rows() {
            if PLOT_ROWS <= self.bars.len() {
                self.n_left_out += batch.num_rows() - row;
                break;
            }
            let label: Vec<String> =
                labels.iter().map(|&column| cell(column, row).unwrap_or_default()).collect();
            let label = cut(printable(&label.join("  ")).into_owned(), LABEL_WIDTH);
            let number = if numbers.is_valid(row) { numbers.value(row) } else { 0.0 };
            self.bars.push(Bar { label, number, shown: cell(value, row).unwrap_or_default() });
        }
        Ok(())
    }

    fn end(&mut self, out: &mut dyn Write) -> Result<()> {
        if self.value.is_none() {
            writeln!(out, "there is no number to draw: a chart wants `stats … by …`")?;
        }
        let longest = self.bars.iter().map(|bar| bar.number).fold(0.0, f64::max);
        let width = self.bars.iter().map(|bar| bar.label.width()).max().unwrap_or(0);
        for Bar { label, number, shown } in &self.bars {
            let space = " ".repeat(width.saturating_sub(label.width()));
            writeln!(out, "{label}{space}  {} {shown}", drawn(number / longest))?;
        }
        if 0 < self.n_left_out {
            writeln!(out, "… and {} more rows", self.n_left_out)?;
        }
        Ok(())
    }
}

/// Draws a share of the longest bar; what is no share, or less than nothing, has no bar.
fn drawn(share: f64) -> String {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 8 × width")]
    #[expect(clippy::cast_precision_loss, reason = "the width is small")]
    let eighths = (share.clamp(0.0, 1.0) * (8 * BAR_WIDTH) as f64).round() as usize;
    let part = (eighths % 8).checked_sub(1).and_then(|part| PARTS.get(part));
    "█".repeat(eighths / 8) + part.unwrap_or(&"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_is_as_long_as_its_share() {
        assert_eq!(drawn(1.0), "█".repeat(BAR_WIDTH));
        assert_eq!(drawn(0.5).chars().count(), BAR_WIDTH / 2);
        assert_eq!(drawn(1.0 / 400.0), "▏");
        assert_eq!(drawn(-1.0), "");
        assert_eq!(drawn(f64::NAN), "");
    }
}
