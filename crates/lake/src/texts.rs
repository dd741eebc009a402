//! Columns of text as they lie in memory, read where they lie.

use arrow::array::{Array, AsArray, BinaryViewArray, GenericByteArray, Int32Array, StringArray};
use arrow::buffer::NullBuffer;
use arrow::datatypes::{ByteArrayType, Int32Type};

/// A column of texts, as bytes of UTF-8.
#[derive(Clone, Copy)]
pub(crate) enum Texts<'a> {
    /// One behind the other, each up to its end.
    Flat { bytes: &'a [u8], ends: &'a [i32], nulls: Option<&'a NullBuffer> },
    /// Views into one buffer: records.
    Views(&'a BinaryViewArray),
    /// Numbers of names.
    Named(&'a Int32Array, &'a StringArray),
}

impl<'a> Texts<'a> {
    /// Returns the column as texts, if it has any.
    pub(crate) fn of(column: &'a dyn Array) -> Option<Self> {
        if let Some(texts) = column.as_binary_opt::<i32>() {
            return Some(Self::flat(texts));
        }
        if let Some(texts) = column.as_string_opt::<i32>() {
            return Some(Self::flat(texts));
        }
        if let Some(texts) = column.as_binary_view_opt() {
            return Some(Self::Views(texts));
        }
        let named = column.as_dictionary_opt::<Int32Type>()?;
        Some(Self::Named(named.keys(), named.values().as_string_opt::<i32>()?))
    }

    fn flat<T: ByteArrayType<Offset = i32>>(texts: &'a GenericByteArray<T>) -> Self {
        let (bytes, ends) = (texts.value_data(), texts.value_offsets());
        Self::Flat { bytes, ends, nulls: texts.nulls() }
    }

    /// Returns the text at a place.
    #[inline]
    pub(crate) fn at(self, place: usize) -> Option<&'a [u8]> {
        match self {
            Self::Flat { bytes, ends, nulls } => {
                if nulls.is_some_and(|nulls| nulls.is_null(place)) {
                    return None;
                }
                let [start, end] = *ends.get(place..)?.first_chunk()?;
                bytes.get(usize::try_from(start).ok()?..usize::try_from(end).ok()?)
            }
            Self::Views(texts) => texts.is_valid(place).then(|| texts.value(place)),
            Self::Named(keys, names) => {
                let key = keys.is_valid(place).then(|| keys.value(place))?;
                let key = usize::try_from(key).ok().filter(|key| *key < names.len())?;
                Some(names.value(key).as_bytes())
            }
        }
    }
}
