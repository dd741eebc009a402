//! Texts of which most come again and again: each is kept once, and rows have its number.

use std::collections::HashMap;
use std::sync::Arc;

use arrow::array::{ArrayRef, DictionaryArray, Int32Array, NullBufferBuilder, StringArray};
use arrow::datatypes::Int32Type;
use arrow::error::ArrowError;

use super::texts::{Texts, emptied};
use super::words::Words;
use crate::limits::NAMES_MAX;

/// Texts as they gather.
pub(crate) struct Names {
    keys: Vec<i32>,
    nulls: NullBufferBuilder,
    texts: Vec<Box<str>>,
    /// The numbers of short texts, and of all others.
    of_short: HashMap<Words, i32, ahash::RandomState>,
    of_long: HashMap<Box<str>, i32, ahash::RandomState>,
    /// The short text that came last, and its number.
    last: (Words, i32),
}

impl Default for Names {
    fn default() -> Self {
        Self::in_memory(Vec::new())
    }
}

impl Names {
    fn in_memory(keys: Vec<i32>) -> Self {
        let (nulls, texts, last) = (NullBufferBuilder::new(0), Vec::new(), (Words::NONE, 0));
        let (of_short, of_long) = Default::default();
        Self { keys, nulls, texts, of_short, of_long, last }
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
        let number = match Words::of(text) {
            // Of rows in the order of time, neighbours are often alike.
            Some(words) if words == self.last.0 => self.last.1,
            Some(words) => {
                let number = match self.of_short.get(&words) {
                    Some(&number) => number,
                    None => *self.of_short.entry(words).or_insert(added(&mut self.texts, text)),
                };
                self.last = (words, number);
                number
            }
            None => match self.of_long.get(text) {
                Some(&number) => number,
                None => *self.of_long.entry(text.into()).or_insert(added(&mut self.texts, text)),
            },
        };
        self.keys.push(number);
        self.texts.len() < NAMES_MAX
    }

    /// Adds so many times nothing.
    pub(crate) fn push_nulls(&mut self, n: usize) {
        self.settle();
        self.keys.resize(self.keys.len() + n, 0);
        self.nulls.append_n_nulls(n);
    }

    /// Notes the texts behind the last null.
    fn settle(&mut self) {
        self.nulls.append_n_non_nulls(self.keys.len() - self.nulls.len());
    }

    /// Returns the same texts one behind the other: too many differ.
    pub(crate) fn written_out(&mut self) -> Texts {
        self.settle();
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
        self.settle();
        let keys = std::mem::take(&mut self.keys);
        let keys = Int32Array::try_new(keys.into(), self.nulls.finish())?;
        let texts = StringArray::from_iter_values(&self.texts);
        Ok(Arc::new(DictionaryArray::<Int32Type>::try_new(keys, Arc::new(texts))?))
    }
}

/// Adds a text that is not there yet, and returns its number.
#[cold]
fn added(texts: &mut Vec<Box<str>>, text: &str) -> i32 {
    let number = i32::try_from(texts.len()).unwrap_or(i32::MAX);
    texts.push(text.into());
    number
}

#[cfg(test)]
mod tests {
    use arrow::array::{Array, AsArray};
    use arrow::compute::cast;
    use arrow::datatypes::DataType;

    use super::*;

    #[test]
    fn texts_come_back_by_their_numbers_and_written_out() {
        let long = "an address that is longer than three words";
        let texts = [Some("a"), Some("a"), None, Some("b"), Some(long), Some(""), Some("a")];
        let texts = [texts, texts].concat();
        let mut names = Names::default();
        for text in &texts {
            match text {
                Some(text) => assert!(names.push(text)),
                None => names.push_nulls(1),
            }
        }
        let column = names.finish().unwrap();
        assert_eq!(column.as_dictionary::<Int32Type>().values().len(), 4);
        let wanted = StringArray::from_iter(&texts);
        assert_eq!(cast(&column, &DataType::Utf8).unwrap().as_string::<i32>(), &wanted);
        let mut names = Names::again(column);
        for text in &texts {
            match text {
                Some(text) => assert!(names.push(text)),
                None => names.push_nulls(1),
            }
        }
        assert_eq!(names.written_out().finish().unwrap(), wanted);
    }
}
