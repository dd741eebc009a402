//! What an object holds, by its first bytes.

mod documents;

use memchr::memchr;

use crate::limits::SNIFF_BYTES;

/// What an object holds.
pub(crate) enum Content {
    /// Nothing.
    Empty,
    /// JSON values.
    Json,
    /// Lines of text.
    Text,
    /// Parquet.
    Parquet,
    /// Something that is no log, and what it is.
    NoLog(&'static str),
}

/// First bytes by which binary formats are known.
const SIGNATURES: &[(&[u8], &str)] = &[
    (b"PK\x03\x04", "it is a zip archive"),
    (b"\x1f\x8b", "its gzip data cannot be read"),
    (b"BZh", "it is compressed with bzip2, which is not read"),
    (b"\xfd7zXZ", "it is compressed with xz, which is not read"),
    (b"\xd4\xc3\xb2\xa1", "it is a packet capture"),
    (b"\xa1\xb2\xc3\xd4", "it is a packet capture"),
    (b"\x4d\x3c\xb2\xa1", "it is a packet capture"),
    (b"\x0a\x0d\x0d\x0a", "it is a packet capture"),
    (b"SQLite format 3", "it is a SQLite database"),
    (b"%PDF", "it is a PDF document"),
    (b"\x89PNG", "it is an image"),
    (b"\x7fELF", "it is a program"),
];

/// Tells what the object holds.
pub(crate) fn content(name: &str, bytes: &[u8]) -> Content {
    if let Some(what) = documents::by_name(name) {
        return Content::NoLog(what);
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let head = bytes.get(..SNIFF_BYTES).unwrap_or(bytes);
    if let Some((_, what)) = SIGNATURES.iter().find(|(start, _)| head.starts_with(start)) {
        return Content::NoLog(what);
    }
    if head.starts_with(b"PAR1") {
        return Content::Parquet;
    }
    if head.get(257..262) == Some(b"ustar") {
        return Content::NoLog("it is a tar archive");
    }
    if head.is_empty() {
        return Content::Empty;
    }
    match head.iter().find(|byte| !byte.is_ascii_whitespace()) {
        Some(b'{') => documents::by_members(head).map_or(Content::Json, Content::NoLog),
        // A text sequence (RFC 7464) has a record separator before each value.
        Some(0x1e) => Content::Json,
        Some(b'[') if opens_array(head) => Content::Json,
        Some(_) if memchr(0, head).is_some() => Content::NoLog("it is binary"),
        _ => Content::Text,
    }
}

/// Tells whether the bracket opens an array of objects, and not a line such as `[INFO] started`.
fn opens_array(head: &[u8]) -> bool {
    let mut bytes = head.iter().filter(|byte| !byte.is_ascii_whitespace()).skip(1);
    matches!(bytes.next(), None | Some(b'{' | b'[' | b']'))
}
