//! Texts one behind the other, as Arrow lays them out, in memory that is used again: asking the
//! system for it anew with every batch costs a sixth of an ingest.

use arrow::array::{
    Array, ArrayRef, AsArray, BinaryViewArray, NullBufferBuilder, StringArray, make_view,
};
use arrow::buffer::{Buffer, OffsetBuffer, ScalarBuffer};
use arrow::datatypes::ArrowNativeType;
use arrow::error::ArrowError;

/// Texts as they gather.
pub(crate) struct Texts {
    bytes: Vec<u8>,
    ends: Ends,
    nulls: NullBufferBuilder,
}

/// Long texts as they gather: views of one buffer, which are sorted without being copied.
pub(crate) struct LongTexts {
    bytes: Vec<u8>,
    views: Vec<u128>,
    nulls: NullBufferBuilder,
}

/// Where each of several things ends; before the first of them stands 0.
pub(crate) struct Ends(Vec<i32>);

impl Default for LongTexts {
    fn default() -> Self {
        Self { bytes: Vec::new(), views: Vec::new(), nulls: NullBufferBuilder::new(0) }
    }
}

impl Default for Texts {
    fn default() -> Self {
        Self { bytes: Vec::new(), ends: Ends::default(), nulls: NullBufferBuilder::new(0) }
    }
}

impl Texts {
    /// Returns an empty builder in the memory of a column that nobody reads any more.
    pub(crate) fn again(spent: ArrayRef) -> Self {
        let data = spent.to_data();
        drop(spent);
        let (ends, bytes, _) = StringArray::from(data).into_parts();
        let nulls = NullBufferBuilder::new(0);
        Self { bytes: emptied(bytes), ends: Ends::again(ends), nulls }
    }

    /// Returns how many texts are finished.
    pub(crate) fn len(&self) -> usize {
        self.nulls.len()
    }

    /// Adds a text.
    #[inline]
    pub(crate) fn push(&mut self, text: &str) {
        self.bytes.extend_from_slice(text.as_bytes());
        self.ends.push(self.bytes.len());
        self.nulls.append_non_null();
    }

    /// Adds a text of two parts.
    #[inline]
    pub(crate) fn push_both(&mut self, head: &str, tail: &str) {
        self.bytes.extend_from_slice(head.as_bytes());
        self.push(tail);
    }

    /// Adds so many times nothing.
    #[inline]
    pub(crate) fn push_nulls(&mut self, n: usize) {
        self.ends.repeat(n);
        self.nulls.append_n_nulls(n);
    }

    /// Gives up the texts.
    pub(crate) fn finish(&mut self) -> Result<StringArray, ArrowError> {
        let bytes = Buffer::from_vec(std::mem::take(&mut self.bytes));
        StringArray::try_new(self.ends.finish(), bytes, self.nulls.finish())
    }
}

impl LongTexts {
    /// Returns an empty builder in the memory of a column that nobody reads any more.
    pub(crate) fn again(spent: ArrayRef) -> Self {
        let Some(texts) = spent.as_binary_view_opt().cloned() else { return Self::default() };
        drop(spent);
        let (views, buffers, _) = texts.into_parts();
        let bytes = buffers.first().cloned().unwrap_or_default();
        drop(buffers);
        let nulls = NullBufferBuilder::new(0);
        Self { bytes: emptied(bytes), views: emptied(views.into_inner()), nulls }
    }

    /// Adds a text.
    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "as with `Ends::push`")]
    pub(crate) fn push(&mut self, text: &str) {
        self.views.push(make_view(text.as_bytes(), 0, self.bytes.len() as u32));
        self.bytes.extend_from_slice(text.as_bytes());
        self.nulls.append_non_null();
    }

    /// Adds so many times nothing.
    pub(crate) fn push_nulls(&mut self, n: usize) {
        self.views.resize(self.views.len() + n, 0);
        self.nulls.append_n_nulls(n);
    }

    /// Gives up the texts, as bytes: that they are texts would be checked again.
    pub(crate) fn finish(&mut self) -> Result<BinaryViewArray, ArrowError> {
        let bytes = Buffer::from_vec(std::mem::take(&mut self.bytes));
        let views = ScalarBuffer::from(std::mem::take(&mut self.views));
        BinaryViewArray::try_new(views, vec![bytes], self.nulls.finish())
    }
}

impl Ends {
    fn new(mut ends: Vec<i32>) -> Self {
        ends.push(0);
        Self(ends)
    }

    /// Returns none, in the memory of those that nobody reads any more.
    pub(crate) fn again(spent: OffsetBuffer<i32>) -> Self {
        Self::new(emptied(spent.into_inner().into_inner()))
    }

    /// Adds an end. What a batch may hold is far below what the type counts.
    #[inline]
    #[expect(clippy::cast_possible_truncation, clippy::cast_possible_wrap, reason = "see above")]
    pub(crate) fn push(&mut self, end: usize) {
        self.0.push(end as i32);
    }

    /// Adds the last end so many times more.
    #[inline]
    pub(crate) fn repeat(&mut self, n: usize) {
        let last = self.0.last().copied().unwrap_or_default();
        self.0.resize(self.0.len() + n, last);
    }

    pub(crate) fn finish(&mut self) -> OffsetBuffer<i32> {
        OffsetBuffer::new(ScalarBuffer::from(std::mem::take(&mut self.0)))
    }
}

impl Default for Ends {
    fn default() -> Self {
        Self::new(Vec::new())
    }
}

/// Returns the buffer's memory, or none while somebody else reads it.
pub(super) fn emptied<T: ArrowNativeType>(spent: Buffer) -> Vec<T> {
    let mut values = spent.into_vec().unwrap_or_default();
    values.clear();
    values
}
