//! A look at a file's headers before a reader of Parquet takes them apart.
//!
//! They are written in Thrift's compact protocol, where six bytes can say that two thousand million
//! values of no bytes follow. The reader walks through them one by one, for as long as that takes;
//! so what Parquet never writes is refused here: such lists, maps, and what has no end.

use bytes::Bytes;
use parquet::errors::ParquetError;
use parquet::file::metadata::{ParquetMetaData, RowGroupMetaData};
use parquet::file::reader::ChunkReader;

/// LIMIT: how deep headers may nest; those of Parquet reach seven.
const DEPTH_MAX: usize = 32;
/// LIMIT: the bytes of a page's header. It may hold its least and greatest value.
const PAGE_HEADER_BYTES_MAX: usize = 1 << 20;
/// The bytes that end a file: the length of its footer, and a name.
const END_BYTES: usize = 8;

/// Checks the footer, which says where everything is.
pub(super) fn check_footer(file: &impl ChunkReader) -> Result<(), ParquetError> {
    let footer = (|| {
        let end = usize::try_from(file.len()).ok()?.checked_sub(END_BYTES)?;
        let last = file.get_bytes(end as u64, END_BYTES).ok()?;
        let length = u32::from_le_bytes(last.get(..4)?.try_into().ok()?);
        let start = end.checked_sub(usize::try_from(length).ok()?)?;
        file.get_bytes(start as u64, end - start).ok()
    })();
    // A file that has none is refused by the reader, which says why.
    let Some(footer) = footer else { return Ok(()) };
    let is_sound = Header { bytes: &footer, depth: 0 }.fields(&mut |_, _| ()).is_some();
    if is_sound { Ok(()) } else { Err(unsound("the footer", file.len())) }
}

/// Checks the headers of all pages.
pub(super) fn check_pages(
    file: &impl ChunkReader,
    metadata: &ParquetMetaData,
) -> Result<(), ParquetError> {
    let chunks = metadata.row_groups().iter().flat_map(RowGroupMetaData::columns);
    for chunk in chunks {
        let (start, length) = chunk.byte_range();
        let end = start.saturating_add(length).min(file.len());
        let mut at = start;
        while at < end {
            let n_bytes =
                PAGE_HEADER_BYTES_MAX.min(usize::try_from(end - at).unwrap_or(usize::MAX));
            let page = page(&file.get_bytes(at, n_bytes)?).ok_or_else(|| unsound("a page", at))?;
            at = at.saturating_add(page);
        }
    }
    Ok(())
}

/// Returns how many bytes a page has with its header.
fn page(bytes: &Bytes) -> Option<u64> {
    const COMPRESSED_BYTES: i64 = 3;
    let mut header = Header { bytes, depth: 0 };
    let mut n_bytes = None;
    header.fields(&mut |field, number| {
        if field == COMPRESSED_BYTES {
            n_bytes = Some(number);
        }
    })?;
    let length = bytes.len() - header.bytes.len();
    Some(length as u64 + u64::try_from(n_bytes?).ok()?)
}

fn unsound(what: &str, position: u64) -> ParquetError {
    ParquetError::General(format!("{what} at byte {position} is none that Parquet has"))
}

/// What is left of a header.
struct Header<'a> {
    bytes: &'a [u8],
    depth: usize,
}

impl Header<'_> {
    /// Walks through a struct, and shows the whole numbers among its fields.
    fn fields(&mut self, number: &mut dyn FnMut(i64, i64)) -> Option<()> {
        let mut field = 0_i64;
        loop {
            let [head] = self.taken()?;
            let (step, kind) = (head >> 4, head & 0x0f);
            if head == 0 {
                return Some(());
            }
            field = if step == 0 { self.whole()? } else { field.checked_add(i64::from(step))? };
            match kind {
                // A field says whether it is true in its kind.
                1 | 2 => {}
                4..=6 => number(field, self.whole()?),
                _ => self.value(kind)?,
            }
        }
    }

    /// Walks through a value that is no truth.
    fn value(&mut self, kind: u8) -> Option<()> {
        if DEPTH_MAX <= self.depth {
            return None;
        }
        self.depth += 1;
        self.value_here(kind)?;
        self.depth -= 1;
        Some(())
    }

    fn value_here(&mut self, kind: u8) -> Option<()> {
        match kind {
            3 => self.taken::<1>().map(|_| ()),
            4..=6 => self.whole().map(|_| ()),
            7 => self.taken::<8>().map(|_| ()),
            8 => {
                let length = usize::try_from(self.varint()?).ok()?;
                self.bytes = self.bytes.get(length..)?;
                Some(())
            }
            9 | 10 => {
                let [head] = self.taken()?;
                let length = if head >> 4 == 15 { self.varint()? } else { u64::from(head >> 4) };
                // Each value takes a byte at least, so the walk is no longer than the bytes.
                (0..length).try_for_each(|_| self.value(head & 0x0f))
            }
            12 => self.fields(&mut |_, _| ()),
            _ => None,
        }
    }

    fn taken<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (front, rest) = self.bytes.split_first_chunk()?;
        self.bytes = rest;
        Some(*front)
    }

    fn varint(&mut self) -> Option<u64> {
        let mut value = 0_u64;
        for shift in (0..64).step_by(7) {
            let [byte] = self.taken()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some(value);
            }
        }
        None
    }

    fn whole(&mut self) -> Option<i64> {
        let zigzag = self.varint()?;
        i64::try_from(zigzag >> 1).ok().map(|half| if zigzag & 1 == 0 { half } else { !half })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn walk(bytes: &[u8]) -> Option<Vec<(i64, i64)>> {
        let mut numbers = Vec::new();
        let mut header = Header { bytes, depth: 0 };
        header.fields(&mut |field, number| numbers.push((field, number)))?;
        Some(numbers)
    }

    #[test]
    fn fields_are_walked_through() {
        // 1: 3 as a number; 2: true; 4: text; 5: a list of two structs; 300: -1.
        let header = [0x15, 6, 0x11, 0x28, 1, b'x', 0x19, 0x2c, 0, 0x15, 2, 0, 0x05, 0xd8, 4, 1, 0];
        assert_eq!(walk(&header), Some(vec![(1, 3), (300, -1)]));
        for cut in 0..header.len() {
            assert_eq!(walk(&header[..cut]), None, "{cut}");
        }
    }

    #[test]
    fn what_takes_no_bytes_and_what_nests_without_end_is_refused() {
        let two_thousand_million_truths = [0x19, 0xf1, 0xff, 0xff, 0xff, 0xff, 0x07, 0];
        assert_eq!(walk(&two_thousand_million_truths), None);
        assert_eq!(walk(&[0x1b, 1, 0x11, 1, 1, 0]), None, "a map");
        assert_eq!(walk(&vec![0x1c; 1_000_000]), None);
        assert_eq!(walk(&vec![0x19; 1_000_000]), None);
    }
}
