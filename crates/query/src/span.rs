//! Where something stands in the text of a query.

use std::fmt;

/// A range of bytes in the text of a query.
///
/// Bounds always fall between characters, and `start <= end`.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Span {
    /// The first byte.
    pub start: usize,
    /// The byte after the last.
    pub end: usize,
}

impl Span {
    /// The range between two bytes.
    #[must_use]
    pub fn new(start: usize, end: usize) -> Self {
        debug_assert!(start <= end, "a span ends where it starts, or later");
        Self { start, end }
    }

    /// An empty range at one byte.
    #[must_use]
    pub fn at(position: usize) -> Self {
        Self::new(position, position)
    }

    /// The range from the start of this one to the end of the other.
    #[must_use]
    pub fn to(self, other: Self) -> Self {
        Self { start: self.start, end: other.end.max(self.start) }
    }

    /// The text in this range, or nothing when the range is not one of this text.
    #[must_use]
    pub fn text(self, source: &str) -> &str {
        source.get(self.start..self.end).unwrap_or_default()
    }

    /// The same range counted in characters, as `QueryCompileErrorLocation` of the AWS API has
    /// it: `startCharOffset` and `endCharOffset`.
    #[must_use]
    pub fn characters(self, source: &str) -> Characters {
        let count = |end: usize| source.get(..end).unwrap_or(source).chars().count();
        Characters { start: count(self.start), end: count(self.end) }
    }
}

/// A range counted in characters (Unicode scalar values).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Characters {
    /// The first character.
    pub start: usize,
    /// The character after the last.
    pub end: usize,
}

impl fmt::Debug for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "@{}..{}", self.start, self.end)
    }
}
