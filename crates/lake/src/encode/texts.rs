//! Columns of text and of lists of texts, as pages of Parquet.
//!
//! A third of an ingest went into such columns when they were copied into the order of their rows
//! and then handed to a writer that knows nothing about them. Here the texts stay where they are,
//! a dictionary points at them, and the memory for a page serves all pages.

use arrow::array::{Array, ListArray};
use parquet::basic::Encoding;
use parquet::errors::Result;

use super::chunk::{Chunk, Extent, Finished};
use super::dictionary::{Dictionary, put_text, statistics};
use super::runs::{bits_of, put_numbers, put_run};
use crate::limits::{LISTS_OF_PAGE, PAGE_BYTES, TEXTS_OF_PAGE};
use crate::texts::Texts;

/// What stands for nothing among numbers of texts.
const NOTHING: u32 = u32::MAX;

/// Writes a column that has no value in so many rows.
pub(super) fn put_absent(n_rows: usize, mut chunk: Chunk<'_>) -> Result<Finished> {
    let mut page = Vec::new();
    with_length(&mut page, |page| put_run(page, 0, n_rows, 1));
    chunk.put_data(&page, Extent { n_rows, n_values: n_rows }, Encoding::PLAIN)?;
    chunk.finish(Some(statistics(None, n_rows)))
}

/// Numbers the texts of the rows, unless there are too many different ones.
pub(super) fn numbered<'a>(
    texts: Texts<'a>,
    rows: &[u32],
    numbers: &mut Vec<u32>,
) -> Option<Dictionary<'a>> {
    let mut dictionary = Dictionary::default();
    numbers.clear();
    if let Texts::Named(keys, names) = texts {
        let mut of_key = vec![NOTHING; names.len()];
        let mut number = |row: &u32| {
            let key = usize::try_from(*keys.values().get(*row as usize)?).ok()?;
            let number = of_key.get_mut(key).filter(|_| keys.is_valid(*row as usize))?;
            if *number == NOTHING {
                *number = dictionary.number(names.value(key).as_bytes());
            }
            Some(*number)
        };
        numbers.extend(rows.iter().map(|row| number(row).unwrap_or(NOTHING)));
        return (!dictionary.is_too_large()).then_some(dictionary);
    }
    for rows in rows.chunks(TEXTS_OF_PAGE) {
        let number = |&row| texts.at(row as usize).map_or(NOTHING, |text| dictionary.number(text));
        numbers.extend(rows.iter().map(number));
        if dictionary.is_too_large() {
            return None;
        }
    }
    Some(dictionary)
}

/// Writes a column as a dictionary and the numbers of its texts.
pub(super) fn put_numbered(
    dictionary: &Dictionary<'_>,
    numbers: &[u32],
    mut chunk: Chunk<'_>,
    page: &mut Vec<u8>,
) -> Result<Finished> {
    page.clear();
    dictionary.put(page);
    chunk.put_dictionary(page, dictionary.len())?;
    let n_bits = bits_of(dictionary.len());
    let mut n_nulls = 0;
    let mut present = Vec::new();
    for numbers in numbers.chunks(TEXTS_OF_PAGE) {
        present.clear();
        present.extend(numbers.iter().copied().filter(|number| *number != NOTHING));
        n_nulls += numbers.len() - present.len();
        page.clear();
        put_presence(page, numbers.iter().map(|number| *number != NOTHING), present.len());
        page.extend(n_bits.to_le_bytes().first());
        put_numbers(page, &present, n_bits);
        let extent = Extent { n_rows: numbers.len(), n_values: numbers.len() };
        chunk.put_data(page, extent, Encoding::RLE_DICTIONARY)?;
    }
    chunk.finish(Some(dictionary.statistics(n_nulls)))
}

/// Writes a column as it is, text after text.
pub(super) fn put_plain(
    texts: Texts<'_>,
    rows: &[u32],
    mut chunk: Chunk<'_>,
    page: &mut Vec<u8>,
) -> Result<Finished> {
    let mut rest = rows;
    let mut n_nulls = 0;
    while !rest.is_empty() {
        let (rows, behind) = rest.split_at_checked(n_rows_of_page(texts, rest)).unwrap_or_default();
        rest = behind;
        let n_present = rows.iter().filter(|row| texts.at(**row as usize).is_some()).count();
        n_nulls += rows.len() - n_present;
        page.clear();
        put_presence(page, rows.iter().map(|row| texts.at(*row as usize).is_some()), n_present);
        for text in rows.iter().filter_map(|row| texts.at(*row as usize)) {
            put_text(page, text);
        }
        let extent = Extent { n_rows: rows.len(), n_values: rows.len() };
        chunk.put_data(page, extent, Encoding::PLAIN)?;
    }
    chunk.finish(Some(statistics(None, n_nulls)))
}

/// Returns how many of the rows fill a page, and one at least.
fn n_rows_of_page(texts: Texts<'_>, rows: &[u32]) -> usize {
    let mut n_bytes = 0;
    let is_in = |row: &&u32| {
        let fits = n_bytes < PAGE_BYTES;
        n_bytes += size_of::<u32>() + texts.at(**row as usize).map_or(0, <[u8]>::len);
        fits
    };
    rows.iter().take(TEXTS_OF_PAGE).take_while(is_in).count()
}

/// Writes a column of lists of texts.
pub(super) fn put_lists(
    lists: &ListArray,
    rows: &[u32],
    mut chunk: Chunk<'_>,
    page: &mut Vec<u8>,
) -> Result<Finished> {
    if lists.null_count() == lists.len() {
        return put_no_lists(rows, chunk, page);
    }
    let texts = Texts::of(lists.values());
    let mut dictionary = Dictionary::default();
    let mut pages = Vec::new();
    for rows in rows.chunks(LISTS_OF_PAGE) {
        let mut levels = Levels { n_rows: rows.len(), ..Levels::default() };
        for &row in rows {
            levels.put(lists, texts, row, &mut dictionary);
        }
        pages.push(levels);
    }
    page.clear();
    dictionary.put(page);
    chunk.put_dictionary(page, dictionary.len())?;
    let n_bits = bits_of(dictionary.len());
    for Levels { n_rows, repeated, defined, numbers } in &pages {
        page.clear();
        with_length(page, |page| put_numbers(page, repeated, 1));
        with_length(page, |page| put_numbers(page, defined, 2));
        page.extend(n_bits.to_le_bytes().first());
        put_numbers(page, numbers, n_bits);
        let extent = Extent { n_rows: *n_rows, n_values: defined.len() };
        chunk.put_data(page, extent, Encoding::RLE_DICTIONARY)?;
    }
    chunk.finish(None)
}

/// Writes a column that has no list in any row.
fn put_no_lists(rows: &[u32], mut chunk: Chunk<'_>, page: &mut Vec<u8>) -> Result<Finished> {
    page.clear();
    for n_bits in [1, 2] {
        with_length(page, |page| put_run(page, 0, rows.len(), n_bits));
    }
    let extent = Extent { n_rows: rows.len(), n_values: rows.len() };
    chunk.put_data(page, extent, Encoding::PLAIN)?;
    chunk.finish(None)
}

/// A page of lists.
#[derive(Default)]
struct Levels {
    n_rows: usize,
    /// For each place, whether it goes on with the list before it.
    repeated: Vec<u32>,
    /// For each place: 0 for no list, 1 for an empty one, 2 for a null in it, 3 for a text.
    defined: Vec<u32>,
    numbers: Vec<u32>,
}

impl Levels {
    fn put<'a>(
        &mut self,
        lists: &ListArray,
        texts: Option<Texts<'a>>,
        row: u32,
        dictionary: &mut Dictionary<'a>,
    ) {
        let row = row as usize;
        let ends = lists.value_offsets().get(row..).and_then(|it| it.first_chunk());
        let [start, end] = ends.copied().unwrap_or([0, 0]);
        if lists.is_null(row) || start == end {
            self.repeated.push(0);
            self.defined.push(u32::from(lists.is_valid(row)));
            return;
        }
        for at in start..end {
            self.repeated.push(u32::from(at != start));
            let at = usize::try_from(at).unwrap_or_default();
            let text = texts.and_then(|texts| texts.at(at));
            self.defined.push(if text.is_some() { 3 } else { 2 });
            self.numbers.extend(text.map(|text| dictionary.number(text)));
        }
    }
}

/// Appends which of the places of a page have a value.
pub(super) fn put_presence(
    page: &mut Vec<u8>,
    present: impl ExactSizeIterator<Item = bool>,
    n_present: usize,
) {
    let n_places = present.len();
    with_length(page, |page| {
        if n_present == n_places || n_present == 0 {
            put_run(page, u32::from(0 < n_present), n_places, 1);
        } else {
            let levels: Vec<u32> = present.map(u32::from).collect();
            put_numbers(page, &levels, 1);
        }
    });
}

/// Appends what is put behind how many bytes it has.
fn with_length(page: &mut Vec<u8>, put: impl FnOnce(&mut Vec<u8>)) {
    let start = page.len();
    page.extend_from_slice(&[0; size_of::<u32>()]);
    put(page);
    let n_bytes = u32::try_from(page.len() - start - size_of::<u32>()).unwrap_or_default();
    if let Some(place) = page.get_mut(start..start + size_of::<u32>()) {
        place.copy_from_slice(&n_bytes.to_le_bytes());
    }
}
