//! Lines of text: with a header, in a known order, or with a time.

mod delimited;
mod form;
mod header;
mod message;
mod plan;
mod split;
mod timed;

use std::str;

use memchr::{memchr, memrchr};

use crate::limits::{FIRST_BYTES_MAX, PIECE_BYTES, RECORD_BYTES_MAX};
use crate::mapping::Mappings;
use crate::read::Output;
use crate::window::Window;
use crate::{Reject, SinkError};

pub(crate) use form::Form;
pub(crate) use header::of_columns;
pub(crate) use message::message;
use plan::Reader;

/// Reads lines of text.
pub(crate) fn read(
    name: &str,
    window: &mut Window,
    mappings: &Mappings,
    output: &mut Output<'_>,
) -> Result<(), SinkError> {
    output.without_rows = "no line of it is a log line: none has a time, nor a known form";
    let mut reader = Reader::new(name, mappings);
    let mut piece_bytes = PIECE_BYTES;
    if window.bytes().starts_with(b"\xef\xbb\xbf") {
        window.take(3);
    }
    while !output.is_over {
        let bytes = window.bytes();
        let piece = bytes.get(..piece_bytes).unwrap_or(bytes);
        let has_all = piece.len() == bytes.len();
        let is_end = has_all && window.is_last;
        if is_end && bytes.is_empty() {
            return Ok(());
        }
        let (text, is_bad) = whole_lines(piece, is_end);
        let n_bytes_open = piece.len() - text.len();
        // No other line can belong to the last record here.
        let is_closed = is_end || is_bad || RECORD_BYTES_MAX < n_bytes_open;
        let n_bytes_whole = text.len();
        let taken = reader.take(text, is_closed, window.position(), output)?;
        window.take(taken);
        if output.is_over {
            break;
        }
        let is_too_long = RECORD_BYTES_MAX < n_bytes_whole.max(n_bytes_open);
        if is_bad && taken == n_bytes_whole {
            refuse_line(window, &reader, "the line is not UTF-8", output)?;
        } else if 0 < taken {
            piece_bytes = PIECE_BYTES;
        } else if is_too_long {
            refuse_line(window, &reader, &too_long(), output)?;
        } else if !has_all {
            piece_bytes *= 2;
        } else {
            window.fill();
        }
    }
    Ok(())
}

/// Returns the lines that are all there and UTF-8, and whether a line that is not follows them.
fn whole_lines(piece: &[u8], is_end: bool) -> (&str, bool) {
    let whole = if is_end { piece } else { up_to_newline(piece) };
    match simdutf8::compat::from_utf8(whole) {
        Ok(text) => (text, false),
        Err(error) => {
            let valid = whole.get(..error.valid_up_to()).unwrap_or_default();
            (str::from_utf8(up_to_newline(valid)).unwrap_or_default(), true)
        }
    }
}

fn up_to_newline(bytes: &[u8]) -> &[u8] {
    let n_bytes = memrchr(b'\n', bytes).map_or(0, |at| at + 1);
    bytes.get(..n_bytes).unwrap_or_default()
}

/// Says that a record is too long.
fn too_long() -> String {
    format!("the record is longer than {} MiB", RECORD_BYTES_MAX >> 20)
}

/// Refuses the line that comes next, of which not all need be there, and passes over it.
fn refuse_line(
    window: &mut Window,
    reader: &Reader<'_>,
    reason: &str,
    output: &mut Output<'_>,
) -> Result<(), SinkError> {
    window.fill_to(FIRST_BYTES_MAX);
    let reject = Reject::new(window.position(), reason, line_of(window.bytes()));
    loop {
        if let Some(at) = memchr(b'\n', window.bytes()) {
            window.take(at + 1);
            break;
        }
        window.take(usize::MAX);
        if window.is_last {
            break;
        }
        window.fill();
    }
    reader.refuse(reject, output)
}

/// Returns the first line without its end.
fn line_of(bytes: &[u8]) -> &[u8] {
    let n_bytes = memchr(b'\n', bytes).unwrap_or(bytes.len());
    let line = bytes.get(..n_bytes).unwrap_or_default();
    line.strip_suffix(b"\r").unwrap_or(line)
}
