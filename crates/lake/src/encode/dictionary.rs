//! The different texts of a column, and for each of its values which of them it is.

use std::collections::HashMap;

use parquet::data_type::ByteArray;
use parquet::file::statistics::Statistics;

use crate::limits::{DICTIONARY_BYTES_MAX, STATISTICS_BYTES_MAX};

/// Different texts in the order in which they came first.
#[derive(Default)]
pub(super) struct Dictionary<'v> {
    numbers: HashMap<&'v [u8], u32, ahash::RandomState>,
    texts: Vec<&'v [u8]>,
    n_bytes: usize,
    last: Option<(&'v [u8], u32)>,
}

impl<'v> Dictionary<'v> {
    /// Returns the text's number.
    #[inline]
    pub(super) fn number(&mut self, text: &'v [u8]) -> u32 {
        // Of rows in the order of time, neighbours are often alike.
        if let Some((last, number)) = self.last
            && last == text
        {
            return number;
        }
        let new = u32::try_from(self.texts.len()).unwrap_or(u32::MAX);
        let number = *self.numbers.entry(text).or_insert(new);
        if number == new {
            self.texts.push(text);
            self.n_bytes += size_of::<u32>() + text.len();
        }
        self.last = Some((text, number));
        number
    }

    /// Tells whether it is too large to be of use.
    pub(super) fn is_too_large(&self) -> bool {
        DICTIONARY_BYTES_MAX < self.n_bytes
    }

    /// Returns how many texts it has.
    pub(super) fn len(&self) -> usize {
        self.texts.len()
    }

    /// Appends the texts as a page has them.
    pub(super) fn put(&self, page: &mut Vec<u8>) {
        for text in &self.texts {
            put_text(page, text);
        }
    }

    /// Returns the least and the greatest of the texts, and how many nulls stand beside them.
    pub(super) fn statistics(&self, n_nulls: usize) -> Statistics {
        let is_short = |text: &&&[u8]| text.len() <= STATISTICS_BYTES_MAX;
        let bytes = |text: &&[u8]| ByteArray::from(text.to_vec());
        let least = self.texts.iter().min().filter(is_short).map(bytes);
        let greatest = self.texts.iter().max().filter(is_short).map(bytes);
        statistics(least.zip(greatest), n_nulls)
    }
}

/// Returns the statistics of a column of texts.
pub(super) fn statistics(ends: Option<(ByteArray, ByteArray)>, n_nulls: usize) -> Statistics {
    let (least, greatest) = ends.unzip();
    Statistics::byte_array(least, greatest, None, Some(n_nulls as u64), false)
}

/// Appends a text behind its length.
#[inline]
#[expect(clippy::cast_possible_truncation, reason = "a record has 16 MiB at most")]
pub(super) fn put_text(page: &mut Vec<u8>, text: &[u8]) {
    page.extend_from_slice(&(text.len() as u32).to_le_bytes());
    page.extend_from_slice(text);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_numbered_as_they_come() {
        let mut dictionary = Dictionary::default();
        let numbers = ["b", "b", "a", "c", "b"].map(|text| dictionary.number(text.as_bytes()));
        assert_eq!(numbers, [0, 0, 1, 2, 0]);
        let mut page = Vec::new();
        dictionary.put(&mut page);
        assert_eq!(page, b"\x01\0\0\0b\x01\0\0\0a\x01\0\0\0c");
        let statistics = dictionary.statistics(3);
        assert_eq!(statistics.min_bytes_opt(), Some(b"a".as_slice()));
        assert_eq!(statistics.max_bytes_opt(), Some(b"c".as_slice()));
        assert_eq!(statistics.null_count_opt(), Some(3));
    }

    #[test]
    fn a_long_text_is_no_bound() {
        let long = "z".repeat(STATISTICS_BYTES_MAX + 1);
        let mut dictionary = Dictionary::default();
        dictionary.number(b"a");
        dictionary.number(long.as_bytes());
        assert_eq!(dictionary.statistics(0).min_bytes_opt(), None);
    }
}
