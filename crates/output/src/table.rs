//! A table for people: columns as wide as their cells, within limits.

use std::io::Write;

use anyhow::Result;
use arrow::datatypes::SchemaRef;
use arrow::record_batch::RecordBatch;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::cells::{Cells, is_number};
use super::limits::{CELL_WIDTH, WIDTH_BYTES, WIDTH_ROWS};
use super::printable::printable;
use crate::Rows;

/// Stands where a cell was cut.
const CUT: char = '…';
const GAP: &str = "  ";

/// A table in the making: it looks at its first rows, then it knows its widths.
pub(super) struct Table {
    columns: Vec<Column>,
    wide: bool,
    /// The first rows, until the widths are known.
    first: Vec<Vec<String>>,
    n_bytes: usize,
    is_begun: bool,
}

struct Column {
    name: String,
    is_number: bool,
    width: usize,
}

impl Table {
    pub(super) fn new(schema: &SchemaRef, wide: bool) -> Self {
        let columns = schema.fields().iter().map(|field| {
            let name = printable(field.name()).into_owned();
            let width = name.width();
            Column { name, is_number: is_number(field.data_type()), width }
        });
        let columns = columns.collect();
        Self { columns, wide, first: Vec::new(), n_bytes: 0, is_begun: false }
    }

    /// Keeps a row until the widths are known.
    fn look_at(&mut self, row: Vec<String>) {
        for (column, cell) in self.columns.iter_mut().zip(&row) {
            column.width = column.width.max(cell.width());
            self.n_bytes += cell.len();
        }
        self.first.push(row);
    }

    /// Writes the head and the rows that were kept.
    fn begin(&mut self, out: &mut dyn Write) -> Result<()> {
        self.is_begun = true;
        let names = self.columns.iter().map(|column| column.name.clone()).collect();
        let rules = self.columns.iter().map(|column| "-".repeat(column.width)).collect();
        self.write_row(names, out)?;
        self.write_row(rules, out)?;
        for row in std::mem::take(&mut self.first) {
            self.write_row(row, out)?;
        }
        Ok(())
    }

    fn write_row(&self, row: Vec<String>, out: &mut dyn Write) -> Result<()> {
        let mut line = String::new();
        for (column, cell) in self.columns.iter().zip(row) {
            let cell = if self.wide { cell } else { cut(cell, column.width) };
            let space = " ".repeat(column.width.saturating_sub(cell.width()));
            let (before, after) = if column.is_number { (&*space, "") } else { ("", &*space) };
            line.extend([before, &cell, after, GAP]);
        }
        writeln!(out, "{}", line.trim_end())?;
        Ok(())
    }
}

impl Rows for Table {
    fn batch(&mut self, batch: &RecordBatch, out: &mut dyn Write) -> Result<()> {
        let cells = Cells::of_batch(batch)?;
        for row in 0..batch.num_rows() {
            let shown = |cells: &Cells<'_>| {
                let cell = cells.at(row).map(|cell| printable(&cell).into_owned());
                let cell = cell.unwrap_or_default();
                if self.wide { cell } else { cut(cell, CELL_WIDTH) }
            };
            let row = cells.iter().map(shown).collect();
            if self.is_begun {
                self.write_row(row, out)?;
                continue;
            }
            self.look_at(row);
            if WIDTH_ROWS <= self.first.len() || WIDTH_BYTES <= self.n_bytes {
                self.begin(out)?;
            }
        }
        Ok(())
    }

    fn end(&mut self, out: &mut dyn Write) -> Result<()> {
        if self.is_begun { Ok(()) } else { self.begin(out) }
    }
}

/// Cuts the cell to the width, and marks the cut.
pub(super) fn cut(cell: String, width: usize) -> String {
    if cell.width() <= width {
        return cell;
    }
    let room = width.saturating_sub(CUT.width().unwrap_or(1));
    let mut used = 0;
    let mut short: String = cell
        .chars()
        .take_while(|letter| {
            used += letter.width().unwrap_or(0);
            used <= room
        })
        .collect();
    short.push(CUT);
    short
}
