//! Columns of whole numbers and of moments, as pages of Parquet: packed differences.

use arrow::array::{Array, AsArray};
use arrow::buffer::NullBuffer;
use arrow::datatypes::{Int64Type, TimestampMicrosecondType};
use parquet::basic::{BoundaryOrder, Encoding, Type};
use parquet::errors::Result;
use parquet::file::metadata::ColumnIndexBuilder;
use parquet::file::statistics::Statistics;

use super::chunk::{Chunk, Extent, Finished};
use super::runs::{pack, put_varint};
use super::texts::put_presence;
use crate::limits::NUMBERS_OF_PAGE;

/// How many differences have a least one in common, and how many of them a width: the numbers that
/// the format's description gives.
const BLOCK: usize = 128;
const WIDTHS: usize = 4;
const MINI: usize = BLOCK / WIDTHS;

/// A column of numbers.
#[derive(Clone, Copy)]
pub(super) struct Numbers<'a> {
    values: &'a [i64],
    nulls: Option<&'a NullBuffer>,
    /// No row has a value.
    is_absent: bool,
}

impl<'a> Numbers<'a> {
    /// Returns the column as numbers, if it has any.
    pub(super) fn of(column: &'a dyn Array) -> Option<Self> {
        let values = match column.as_primitive_opt::<Int64Type>() {
            Some(numbers) => numbers.values(),
            None => column.as_primitive_opt::<TimestampMicrosecondType>()?.values(),
        };
        let is_absent = column.null_count() == column.len();
        Some(Self { values, nulls: column.nulls(), is_absent })
    }

    fn has(self, row: u32) -> bool {
        self.nulls.is_none_or(|nulls| nulls.is_valid(row as usize))
    }

    /// Gathers the values of the rows.
    fn gather(self, rows: &[u32], present: &mut Vec<i64>) {
        present.clear();
        if self.is_absent {
            return;
        }
        let value = |row: &u32| self.values.get(*row as usize).copied().unwrap_or_default();
        if self.nulls.is_none() {
            present.extend(rows.iter().map(value));
        } else {
            present.extend(rows.iter().filter(|row| self.has(**row)).map(value));
        }
    }
}

/// Writes the column's rows.
pub(super) fn put(
    numbers: Numbers<'_>,
    rows: &[u32],
    mut chunk: Chunk<'_>,
    page: &mut Vec<u8>,
) -> Result<Finished> {
    let mut bounds = Bounds::default();
    let mut present = Vec::with_capacity(rows.len().min(NUMBERS_OF_PAGE));
    for rows in rows.chunks(NUMBERS_OF_PAGE) {
        numbers.gather(rows, &mut present);
        bounds.add(&present, rows.len() - present.len())?;
        page.clear();
        put_presence(page, rows.iter().map(|row| numbers.has(*row)), present.len());
        let encoding = if present.is_empty() {
            Encoding::PLAIN
        } else {
            put_differences(page, &present);
            Encoding::DELTA_BINARY_PACKED
        };
        chunk.put_data(page, Extent { n_rows: rows.len(), n_values: rows.len() }, encoding)?;
    }
    bounds.finish(chunk)
}

/// The least and the greatest numbers, page by page.
struct Bounds {
    of_pages: ColumnIndexBuilder,
    of_column: Option<(i64, i64)>,
    last: Option<(i64, i64)>,
    is_ascending: bool,
    n_nulls: usize,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            of_pages: ColumnIndexBuilder::new(Type::INT64),
            of_column: None,
            last: None,
            is_ascending: true,
            n_nulls: 0,
        }
    }
}

impl Bounds {
    fn add(&mut self, present: &[i64], n_nulls: usize) -> Result<()> {
        self.n_nulls += n_nulls;
        let n_nulls = i64::try_from(n_nulls)?;
        let ends = present.iter().min().copied().zip(present.iter().max().copied());
        let Some((least, greatest)) = ends else {
            self.of_pages.append(true, Vec::new(), Vec::new(), n_nulls);
            return Ok(());
        };
        let bytes = |number: i64| number.to_le_bytes().to_vec();
        self.of_pages.append(false, bytes(least), bytes(greatest), n_nulls);
        self.is_ascending &= self.last.is_none_or(|(l, g)| l <= least && g <= greatest);
        self.last = ends;
        let (low, high) = self.of_column.unwrap_or((least, greatest));
        self.of_column = Some((low.min(least), high.max(greatest)));
        Ok(())
    }

    fn finish(mut self, chunk: Chunk<'_>) -> Result<Finished> {
        let order =
            if self.is_ascending { BoundaryOrder::ASCENDING } else { BoundaryOrder::UNORDERED };
        self.of_pages.set_boundary_order(order);
        let (least, greatest) = self.of_column.unzip();
        let n_nulls = Some(self.n_nulls as u64);
        let statistics = Statistics::int64(least, greatest, None, n_nulls, false);
        chunk.finish_with(Some(statistics), Some(self.of_pages.build()?))
    }
}

/// Appends the numbers as the format has them: the first, and then blocks of differences.
fn put_differences(page: &mut Vec<u8>, numbers: &[i64]) {
    let Some((&first, rest)) = numbers.split_first() else { return };
    for count in [BLOCK, WIDTHS, numbers.len()] {
        put_varint(page, count as u64);
    }
    put_varint(page, zigzag(first));
    let mut last = first;
    let mut differences = [0_i64; BLOCK];
    for numbers in rest.chunks(BLOCK) {
        for (difference, &number) in differences.iter_mut().zip(numbers) {
            *difference = number.wrapping_sub(last);
            last = number;
        }
        put_block(page, differences.get(..numbers.len()).unwrap_or_default());
    }
}

fn put_block(page: &mut Vec<u8>, differences: &[i64]) {
    let least = differences.iter().min().copied().unwrap_or_default();
    put_varint(page, zigzag(least));
    let widths_at = page.len();
    page.extend_from_slice(&[0; WIDTHS]);
    for (index, differences) in differences.chunks(MINI).enumerate() {
        // What is missing in the last one is filled up with zeros.
        let mut above = [0_u64; MINI];
        let mut all = 0;
        for (above, difference) in above.iter_mut().zip(differences) {
            *above = difference.wrapping_sub(least).cast_unsigned();
            all |= *above;
        }
        let n_bits = u64::BITS - all.leading_zeros();
        if let Some(width) = page.get_mut(widths_at + index) {
            [*width, ..] = n_bits.to_le_bytes();
        }
        pack(page, &above, n_bits);
    }
}

fn zigzag(number: i64) -> u64 {
    ((number << 1) ^ (number >> 63)).cast_unsigned()
}
