//! Scans JSON text once, left to right, without building values.
//!
//! This is the hot path of ingest, so it does only what a row needs: it finds where values begin
//! and end, and checks structure, nesting and literals on the way. Strings are not unescaped and
//! numbers are not read until a column asks for them.

use memchr::memchr2;
use wide::u8x16;

use crate::limits::DEPTH_MAX;

/// Why a value cannot be scanned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The text ends inside the value: with more text it may be fine.
    Incomplete,
    /// The byte at this place cannot stand there.
    Unexpected {
        /// Offset in the text.
        at: usize,
        /// What could.
        expected: &'static str,
    },
    /// The value is nested more deeply than the limit.
    TooDeep,
    /// The value is longer than the limit.
    TooLong,
}

/// A value as it stands in the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Value<'a> {
    /// Its text: for a string what stands between the quotes.
    pub text: &'a str,
    /// What it is.
    pub shape: Shape,
}

impl Value<'_> {
    /// Tells whether it is JSON's `null`.
    #[inline]
    pub(crate) fn is_null(&self) -> bool {
        self.shape == Shape::Scalar && self.text == "null"
    }
}

/// What a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// A string without escapes, or a field of a text line.
    Plain,
    /// A string with escapes.
    Escaped,
    /// A field of CSV in which two quotes stand for one.
    Doubled,
    /// A number, `true`, `false` or `null`.
    Scalar,
    /// An object or array: its JSON text.
    Container,
}

/// A place in a text.
pub(crate) struct Scanner<'a> {
    text: &'a str,
    bytes: &'a [u8],
    /// The offset of the next byte.
    pub at: usize,
}

impl<'a> Scanner<'a> {
    pub(crate) fn new(text: &'a str, at: usize) -> Self {
        Self { text, bytes: text.as_bytes(), at }
    }

    /// Returns the next byte that is not white space, without taking it.
    #[inline]
    pub(crate) fn peek(&mut self) -> Option<u8> {
        loop {
            match self.bytes.get(self.at) {
                Some(b' ' | b'\n' | b'\r' | b'\t') => self.at += 1,
                other => return other.copied(),
            }
        }
    }

    /// Takes the byte, which must come next after white space.
    #[inline]
    pub(crate) fn take(&mut self, byte: u8, expected: &'static str) -> Result<(), Fault> {
        match self.peek() {
            Some(found) if found == byte => {
                self.at += 1;
                Ok(())
            }
            Some(_) => Err(Fault::Unexpected { at: self.at, expected }),
            None => Err(Fault::Incomplete),
        }
    }

    /// Takes the byte if it comes next after white space.
    #[inline]
    pub(crate) fn take_if(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    /// Returns the text from an offset to here.
    #[inline]
    pub(crate) fn since(&self, start: usize) -> &'a str {
        self.text.get(start..self.at).unwrap_or_default()
    }

    /// Takes a string and returns what stands between its quotes.
    #[inline]
    pub(crate) fn string(&mut self) -> Result<Value<'a>, Fault> {
        self.take(b'"', "a string")?;
        let start = self.at;
        let shape = self.string_end()?;
        let text = self.text.get(start..self.at - 1).unwrap_or_default();
        Ok(Value { text, shape })
    }

    /// Moves behind the closing quote of the string whose first byte is next.
    #[inline]
    fn string_end(&mut self) -> Result<Shape, Fault> {
        let mut shape = Shape::Plain;
        loop {
            let rest = self.bytes.get(self.at..).unwrap_or_default();
            let Some(offset) = quote_or_backslash(rest) else { return Err(Fault::Incomplete) };
            if rest.get(offset) == Some(&b'"') {
                self.at += offset + 1;
                return Ok(shape);
            }
            shape = Shape::Escaped;
            self.at += offset + 2;
        }
    }

    /// Takes any value.
    #[inline]
    pub(crate) fn value(&mut self) -> Result<Value<'a>, Fault> {
        match self.peek() {
            Some(b'"') => self.string(),
            Some(b'{' | b'[') => {
                let start = self.at;
                self.container()?;
                Ok(Value { text: self.since(start), shape: Shape::Container })
            }
            Some(_) => self.scalar(),
            None => Err(Fault::Incomplete),
        }
    }

    /// Takes a number, `true`, `false` or `null`.
    fn scalar(&mut self) -> Result<Value<'a>, Fault> {
        let start = self.at;
        while let Some(b'0'..=b'9' | b'a'..=b'z' | b'+' | b'-' | b'.' | b'E') =
            self.bytes.get(self.at)
        {
            self.at += 1;
        }
        if self.at == self.bytes.len() {
            return Err(Fault::Incomplete);
        }
        let text = self.since(start);
        let is_number = text.starts_with(|first: char| first == '-' || first.is_ascii_digit());
        if is_number || matches!(text, "true" | "false" | "null") {
            return Ok(Value { text, shape: Shape::Scalar });
        }
        Err(Fault::Unexpected { at: start, expected: "a JSON value" })
    }

    /// Moves behind the object or array that comes next; brackets must match.
    fn container(&mut self) -> Result<(), Fault> {
        // One bit a level: set for an object, clear for an array.
        let mut levels: u128 = 0;
        let mut depth: u32 = 0;
        loop {
            let Some(&byte) = self.bytes.get(self.at) else { return Err(Fault::Incomplete) };
            self.at += 1;
            match byte {
                b'"' => {
                    self.string_end()?;
                }
                b'{' | b'[' if depth == DEPTH_MAX => return Err(Fault::TooDeep),
                b'{' | b'[' => {
                    levels = (levels << 1) | u128::from(byte == b'{');
                    depth += 1;
                }
                b'}' | b']' if (levels & 1 == 1) != (byte == b'}') => {
                    let expected = "the bracket that closes this level";
                    return Err(Fault::Unexpected { at: self.at - 1, expected });
                }
                b'}' | b']' if depth == 1 => return Ok(()),
                b'}' | b']' => {
                    levels >>= 1;
                    depth -= 1;
                }
                _ => {}
            }
        }
    }
}

/// How many blocks of sixteen bytes are looked through before a search that has to be called: most
/// strings are shorter.
const SHORT_BLOCKS: usize = 4;

/// Returns where the first `"` or `\` stands.
#[inline]
fn quote_or_backslash(bytes: &[u8]) -> Option<usize> {
    let (blocks, _) = bytes.as_chunks::<16>();
    let (quotes, backslashes) = (u8x16::splat(b'"'), u8x16::splat(b'\\'));
    for (index, block) in blocks.iter().take(SHORT_BLOCKS).enumerate() {
        let block = u8x16::new(*block);
        let found = (block.simd_eq(quotes) | block.simd_eq(backslashes)).to_bitmask();
        if found != 0 {
            return Some(index * 16 + found.trailing_zeros() as usize);
        }
    }
    let n_bytes_seen = blocks.len().min(SHORT_BLOCKS) * 16;
    let rest = bytes.get(n_bytes_seen..).unwrap_or_default();
    memchr2(b'"', b'\\', rest).map(|offset| n_bytes_seen + offset)
}

/// Returns the string that an escaped text stands for, or nothing when an escape is malformed.
pub(crate) fn unescaped(text: &str) -> Option<String> {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    quoted.push_str(text);
    quoted.push('"');
    sonic_rs::from_str(&quoted).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scan(text: &str) -> Result<&str, Fault> {
        Scanner::new(text, 0).value().map(|value| value.text)
    }

    #[test]
    fn values_end_where_they_end() {
        assert_eq!(scan(r#"{"a":[1,{"b":"}\""}]},next"#), Ok(r#"{"a":[1,{"b":"}\""}]}"#));
        assert_eq!(scan(r#"  "text" "#), Ok("text"));
        assert_eq!(scan("-1.5e3,"), Ok("-1.5e3"));
        assert_eq!(scan("true]"), Ok("true"));
    }

    #[test]
    fn the_first_quote_or_backslash_is_found_wherever_it_stands() {
        for n_bytes in 0..80 {
            for mark in [b'"', b'\\'] {
                // Bytes that differ from the marks by one, and by their highest bit, are no marks.
                let mut bytes: Vec<u8> =
                    [b'!', b'#', b'[', b']', b'"' | 0x80, 0, 0xff].repeat(12)[..n_bytes].to_vec();
                assert_eq!(quote_or_backslash(&bytes), None);
                bytes.push(mark);
                bytes.extend_from_slice(b"\"\\#\"xxxxxxxx");
                assert_eq!(quote_or_backslash(&bytes), Some(n_bytes));
            }
        }
    }

    #[test]
    fn what_ends_too_early_is_incomplete() {
        for text in ["", "{", "{\"a\":\"", "\"a\\", "12", "[1,2"] {
            assert_eq!(scan(text), Err(Fault::Incomplete), "{text}");
        }
    }

    #[test]
    fn wrong_structure_is_named_with_its_place() {
        assert!(matches!(scan("{]"), Err(Fault::Unexpected { at: 1, .. })));
        assert!(matches!(scan("nul,"), Err(Fault::Unexpected { at: 0, .. })));
        assert_eq!(scan(&"[".repeat(10_000)), Err(Fault::TooDeep));
    }

    #[test]
    fn escapes_are_undone_on_demand() {
        assert_eq!(unescaped(r"a\u00e9\n\\").as_deref(), Some("aé\n\\"));
        assert_eq!(unescaped(r"\q"), None);
    }
}
