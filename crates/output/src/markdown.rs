//! A table in Markdown, for tickets and reports.
//!
//! A cell is one line of text: bars, angle brackets and what else Markdown would read as markup is
//! escaped, so that a log line shows as it is and does nothing.

use std::io::Write;

use anyhow::Result;
use arrow::datatypes::SchemaRef;
use arrow::record_batch::RecordBatch;

use super::cells::{Cells, is_number};
use super::printable::printable;
use crate::Rows;

/// A table in the making.
pub(super) struct Markdown {
    schema: SchemaRef,
    is_begun: bool,
}

impl Markdown {
    pub(super) fn new(schema: &SchemaRef) -> Self {
        Self { schema: SchemaRef::clone(schema), is_begun: false }
    }

    /// Writes the names of the columns, once.
    fn begin(&mut self, out: &mut dyn Write) -> Result<()> {
        if self.is_begun {
            return Ok(());
        }
        self.is_begun = true;
        let fields = self.schema.fields();
        write_row(fields.iter().map(|field| escaped(field.name())), out)?;
        let rule = |is_number| if is_number { "---:" } else { "---" };
        write_row(fields.iter().map(|field| rule(is_number(field.data_type())).to_owned()), out)
    }
}

impl Rows for Markdown {
    fn batch(&mut self, batch: &RecordBatch, out: &mut dyn Write) -> Result<()> {
        self.begin(out)?;
        let cells = Cells::of_batch(batch)?;
        for row in 0..batch.num_rows() {
            write_row(cells.iter().map(|cells| escaped(&cells.at(row).unwrap_or_default())), out)?;
        }
        Ok(())
    }

    fn end(&mut self, out: &mut dyn Write) -> Result<()> {
        self.begin(out)
    }
}

fn write_row(cells: impl Iterator<Item = String>, out: &mut dyn Write) -> Result<()> {
    let cells: Vec<String> = cells.collect();
    writeln!(out, "| {} |", cells.join(" | "))?;
    Ok(())
}

/// Takes the meaning off what Markdown or HTML would read.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in printable(text).chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '\\' | '|' | '`' | '*' | '_' | '[' | ']' | '!' | '~' | '#' => {
                escaped.push('\\');
                escaped.push(letter);
            }
            other => escaped.push(other),
        }
    }
    escaped
}
