//! Texts of which most come again and again: each is kept once, and rows have its number.

use std::collections::HashMap;
use std::sync::Arc;

use arrow::array::{ArrayRef, DictionaryArray, Int32Array, NullBufferBuilder, StringArray};
use arrow::datatypes::Int32Type;
use arrow::error::ArrowError;

use super::texts::{Texts, emptied};
use crate::limits::NAMES_MAX;

/// Texts as they gather.
pub(crate) struct Names {
    keys: Vec<i32>,
    nulls: NullBufferBuilder,
    texts: Vec<Box<str>>,
    numbers: HashMap<Box<str>, i32, ahash::RandomState>,
    /// The number of the text that came last.
    last: usize,
}

impl Default for Names {
    fn default() -> Self {
        Self::in_memory(Vec::new())
    }
}

impl Names {
    fn in_memory(keys: Vec<i32>) -> Self {
        let (nulls, texts, numbers) = (NullBufferBuilder::new(0), Vec::new(), HashMap::default());
        Self { keys, nulls, texts, numbers, last: 0 }
    }

    /// Returns an empty builder in the memory of a column that nobody reads any more.
    pub(crate) fn again(spent: ArrayRef) -> Self {
        let data = spent.to_data();
        drop(spent);
        let keys = data.buffers().first().cloned();
        drop(data);
        Self::in_memory(keys.map(emptied).unwrap_or_default())
    }

    /// Adds a text; tells whether there is still room for new ones.
    #[inline]
    pub(crate) fn push(&mut self, text: &str) -> bool {
        let number = match self.texts.get(self.last) {
            // Of rows in the order of time, neighbours are often alike.
            Some(last) if **last == *text => self.last,
            _ => self.number(text),
        };
        self.last = number;
        #[expect(clippy::cast_possible_truncation, clippy::cast_possible_wrap, reason = "few")]
        self.keys.push(number as i32);
        self.nulls.append_non_null();
        self.texts.len() < NAMES_MAX
    }

    fn number(&mut self, text: &str) -> usize {
        if let Some(&number) = self.numbers.get(text) {
            return usize::try_from(number).unwrap_or_default();
        }
        let number = self.texts.len();
        self.texts.push(text.into());
        self.numbers.insert(text.into(), i32::try_from(number).unwrap_or(i32::MAX));
        number
    }

    /// Adds so many times nothing.
    pub(crate) fn push_nulls(&mut self, n: usize) {
        self.keys.resize(self.keys.len() + n, 0);
        self.nulls.append_n_nulls(n);
    }

    /// Returns the same texts one behind the other: too many differ.
    pub(crate) fn written_out(&mut self) -> Texts {
        let mut texts = Texts::default();
        let nulls = self.nulls.finish();
        for (row, &key) in self.keys.iter().enumerate() {
            let text = usize::try_from(key).ok().and_then(|key| self.texts.get(key));
            match text.filter(|_| nulls.as_ref().is_none_or(|nulls| nulls.is_valid(row))) {
                Some(text) => texts.push(text),
                None => texts.push_nulls(1),
            }
        }
        texts
    }

    /// Gives up the texts.
    pub(crate) fn finish(&mut self) -> Result<ArrayRef, ArrowError> {
        let keys = std::mem::take(&mut self.keys);
        let keys = Int32Array::try_new(keys.into(), self.nulls.finish())?;
        let texts = StringArray::from_iter_values(&self.texts);
        Ok(Arc::new(DictionaryArray::<Int32Type>::try_new(keys, Arc::new(texts))?))
    }
}

#[cfg(test)]
mod tests {
    use arrow::array::{Array, AsArray};
    use arrow::compute::cast;
    use arrow::datatypes::DataType;

    use super::*;

    #[test]
    fn texts_come_back_by_their_numbers_and_written_out() {
        let texts = [Some("a"), Some("a"), None, Some("b"), Some(""), Some("a")];
        let mut names = Names::default();
        for text in texts {
            match text {
                Some(text) => assert!(names.push(text)),
                None => names.push_nulls(1),
            }
        }
        let column = names.finish().unwrap();
        assert_eq!(column.as_dictionary::<Int32Type>().values().len(), 3);
        let wanted = StringArray::from_iter(texts);
        assert_eq!(cast(&column, &DataType::Utf8).unwrap().as_string::<i32>(), &wanted);
        let mut names = Names::again(column);
        for text in texts {
            match text {
                Some(text) => assert!(names.push(text)),
                None => names.push_nulls(1),
            }
        }
        assert_eq!(names.written_out().finish().unwrap(), wanted);
    }
}
