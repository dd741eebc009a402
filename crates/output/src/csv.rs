//! Comma-separated values (RFC 4180) that stay values in a spreadsheet.
//!
//! A cell that begins with `=`, `+`, `-`, `@`, a tab or a carriage return is a formula to a
//! spreadsheet, and formulas fetch and run things. Such text gets an apostrophe before it; numbers
//! do not. A missing value is nothing, an empty text is `""`.

use std::io::Write;

use anyhow::Result;
use arrow::datatypes::SchemaRef;
use arrow::record_batch::RecordBatch;

use super::cells::{Cells, is_text};
use crate::Rows;

/// CSV in the making.
pub(super) struct Csv {
    schema: SchemaRef,
    is_begun: bool,
}

impl Csv {
    pub(super) fn new(schema: &SchemaRef) -> Self {
        Self { schema: SchemaRef::clone(schema), is_begun: false }
    }

    /// Writes the names of the columns, once.
    fn begin(&mut self, out: &mut dyn Write) -> Result<()> {
        if self.is_begun {
            return Ok(());
        }
        self.is_begun = true;
        let names: Vec<String> =
            self.schema.fields().iter().map(|field| quoted(&inert(field.name()))).collect();
        writeln!(out, "{}", names.join(","))?;
        Ok(())
    }
}

impl Rows for Csv {
    fn batch(&mut self, batch: &RecordBatch, out: &mut dyn Write) -> Result<()> {
        self.begin(out)?;
        let cells = Cells::of_batch(batch)?;
        let mut line = String::new();
        for row in 0..batch.num_rows() {
            line.clear();
            for (index, (cells, field)) in cells.iter().zip(self.schema.fields()).enumerate() {
                if 0 < index {
                    line.push(',');
                }
                match cells.at(row) {
                    None => {}
                    Some(cell) if is_text(field.data_type()) => {
                        line.push_str(&quoted(&inert(&cell)));
                    }
                    Some(cell) => line.push_str(&quoted(&cell)),
                }
            }
            writeln!(out, "{line}")?;
        }
        Ok(())
    }

    fn end(&mut self, out: &mut dyn Write) -> Result<()> {
        self.begin(out)
    }
}

/// Returns the text so that no spreadsheet takes it for a formula.
fn inert(text: &str) -> String {
    let is_formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    if is_formula && !is_plain_number(text) {
        return format!("'{text}");
    }
    text.to_owned()
}

/// Tells whether the text is a sign, digits and at most one point.
fn is_plain_number(text: &str) -> bool {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|it| it.is_ascii_digit());
    is_digits(whole) && is_digits(fraction)
}

fn quoted(cell: &str) -> String {
    let needs_quotes = cell.is_empty()
        || cell.contains([',', '"', '\n', '\r'])
        || cell.starts_with([' ', '\t'])
        || cell.ends_with([' ', '\t']);
    if needs_quotes {
        return format!("\"{}\"", cell.replace('"', "\"\""));
    }
    cell.to_owned()
}
