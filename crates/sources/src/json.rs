//! JSON objects to records: one after the other, in an array, or in a list inside an object.

mod answers;
mod envelope;
mod paths;
mod records;
mod skip;

use std::str;

use crate::key::context_of;
use crate::limits::{
    DEPTH_MAX, FIRST_BYTES_MAX, PIECE_BYTES, PIECE_BYTES_AFTER_FAULT, RECORD_BYTES_MAX,
};
use crate::mapping::Mappings;
use crate::read::Output;
use crate::scan::{Fault, Scanner};
use crate::window::Window;
use crate::{Reject, SinkError};

pub(crate) use envelope::Context;
pub(crate) use paths::walk;
use records::RecordFault;
pub(crate) use records::Records;
use skip::{Until, skip};

/// Members whose value is the list of records, when they come first in their object.
const LISTS: &[&str] = &["Records", "records", "Events", "events", "Findings", "findings"];

/// Where in the structure around the records we are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Outside any object, or in an outermost array.
    Top,
    /// In the list of records of an object.
    List,
    /// Behind that list, still in its object.
    Tail,
}

/// Why cutting stopped, after `taken` bytes.
struct Pause {
    taken: usize,
    reason: Reason,
}

enum Reason {
    /// The text ends, perhaps inside a record.
    End,
    /// What begins here is no record.
    Fault(Fault),
}

/// Reads JSON records.
pub(crate) fn read(
    name: &str,
    window: &mut Window,
    mappings: &Mappings,
    output: &mut Output<'_>,
) -> Result<(), SinkError> {
    let mut records = Records::new(mappings, context_of(name));
    let mut place = Place::Top;
    let mut piece_bytes = PIECE_BYTES;
    if window.bytes().starts_with(b"\xef\xbb\xbf") {
        window.take(3);
    }
    while !output.is_over {
        let bytes = window.bytes();
        let piece = bytes.get(..piece_bytes).unwrap_or(bytes);
        let is_whole = piece.len() == bytes.len();
        let (text, bad_byte) = valid_text(piece);
        let position = window.position();
        let pause = cut(text, position, &mut place, &mut records, output)?;
        if output.is_over {
            break;
        }
        let progress = 0 < pause.taken;
        window.take(pause.taken);
        match pause.reason {
            Reason::Fault(fault) => {
                reject_fault(window, fault, place, output)?;
                piece_bytes = PIECE_BYTES_AFTER_FAULT;
            }
            Reason::End if bad_byte => {
                reject_not_utf8(window, place, output)?;
                piece_bytes = PIECE_BYTES_AFTER_FAULT;
            }
            Reason::End if progress && !is_whole => piece_bytes = PIECE_BYTES.min(piece_bytes * 2),
            Reason::End if !is_whole => piece_bytes *= 2,
            Reason::End if window.is_last => return end(window, place, output),
            Reason::End if RECORD_BYTES_MAX <= window.bytes().len() => {
                reject_too_long(window, place, output)?;
            }
            Reason::End => window.fill(),
        }
    }
    Ok(())
}

/// Returns the part that is UTF-8, and whether a byte behind it can never be.
fn valid_text(bytes: &[u8]) -> (&str, bool) {
    match simdutf8::compat::from_utf8(bytes) {
        Ok(text) => (text, false),
        Err(error) => {
            let valid = bytes.get(..error.valid_up_to()).unwrap_or_default();
            (str::from_utf8(valid).unwrap_or_default(), error.error_len().is_some())
        }
    }
}

/// Cuts as many records as the text holds.
fn cut(
    text: &str,
    position: u64,
    place: &mut Place,
    records: &mut Records<'_>,
    output: &mut Output<'_>,
) -> Result<Pause, SinkError> {
    let mut fields = crate::mapping::Fields::default();
    let mut scanner = Scanner::new(text, 0);
    while !output.is_over {
        let Some(byte) = scanner.peek() else { break };
        let start = scanner.at;
        let result = match (*place, byte) {
            (Place::Top | Place::List, b',') | (Place::Top, b'[' | b']' | 0x1e) => {
                scanner.at += 1;
                continue;
            }
            (Place::List, b']') => {
                scanner.at += 1;
                *place = Place::Tail;
                continue;
            }
            (Place::Tail, _) => tail(&mut scanner, place).map_err(RecordFault::Json),
            (Place::Top, b'{') if opens_list(&mut scanner) => {
                *place = Place::List;
                continue;
            }
            (_, b'{') => {
                scanner.at = start;
                records.take(&mut scanner, position, &mut fields, output)
            }
            _ => Err(RecordFault::Json(Fault::Unexpected { at: start, expected: "an object" })),
        };
        match result {
            Ok(()) => {}
            Err(RecordFault::Sink(error)) => return Err(error),
            Err(RecordFault::Json(Fault::Incomplete)) => {
                return Ok(Pause { taken: start, reason: Reason::End });
            }
            Err(RecordFault::Json(fault)) => {
                return Ok(Pause { taken: start, reason: Reason::Fault(fault) });
            }
        }
    }
    Ok(Pause { taken: scanner.at, reason: Reason::End })
}

/// Takes `{"Records":[` if that is what comes next.
fn opens_list(scanner: &mut Scanner<'_>) -> bool {
    let start = scanner.at;
    let opens = scanner.take_if(b'{')
        && scanner.string().is_ok_and(|name| LISTS.contains(&name.text))
        && scanner.take_if(b':')
        && scanner.take_if(b'[')
        && matches!(scanner.peek(), Some(b'{' | b']'));
    if !opens {
        scanner.at = start;
    }
    opens
}

/// Takes one member behind the list of records, or the end of the object.
fn tail(scanner: &mut Scanner<'_>, place: &mut Place) -> Result<(), Fault> {
    if scanner.take_if(b'}') {
        *place = Place::Top;
        return Ok(());
    }
    scanner.take(b',', "`,` or `}`")?;
    scanner.string()?;
    scanner.take(b':', "`:`")?;
    scanner.value().map(|_| ())
}

/// Returns where the next record may begin, as seen from the place of one whose brackets are not
/// to be trusted.
fn behind(place: Place) -> Until {
    match place {
        Place::List => Until::Closed,
        Place::Top | Place::Tail => Until::LineThatOpens,
    }
}

/// Returns the same for a record that is at fault for something else than its brackets.
fn behind_brackets(place: Place) -> Until {
    match place {
        Place::List => Until::Closed,
        Place::Top | Place::Tail => Until::ClosedOrLineThatOpens,
    }
}

fn reject_fault(
    window: &mut Window,
    fault: Fault,
    place: Place,
    output: &mut Output<'_>,
) -> Result<(), SinkError> {
    let reason = match fault {
        Fault::Unexpected { expected, .. } => format!("not JSON: expected {expected}"),
        Fault::TooDeep => format!("nested more than {DEPTH_MAX} levels deep"),
        Fault::TooLong => return reject_too_long(window, place, output),
        Fault::Incomplete => "the object ends inside this record".to_owned(),
    };
    window.fill_to(FIRST_BYTES_MAX);
    let reject = Reject::new(window.position(), reason, window.bytes());
    let never_json = place == Place::Top && !window.bytes().starts_with(b"{");
    skip(window, if fault == Fault::TooDeep { behind_brackets(place) } else { behind(place) });
    if never_json { output.strange(reject) } else { output.reject(reject) }
}

fn reject_not_utf8(
    window: &mut Window,
    place: Place,
    output: &mut Output<'_>,
) -> Result<(), SinkError> {
    window.fill_to(FIRST_BYTES_MAX);
    let reject = Reject::new(window.position(), "the record is not UTF-8", window.bytes());
    skip(window, behind_brackets(place));
    output.reject(reject)
}

fn reject_too_long(
    window: &mut Window,
    place: Place,
    output: &mut Output<'_>,
) -> Result<(), SinkError> {
    let reason = format!("the record is longer than {} MiB", RECORD_BYTES_MAX >> 20);
    window.fill_to(FIRST_BYTES_MAX);
    let reject = Reject::new(window.position(), reason, window.bytes());
    skip(window, behind_brackets(place));
    output.reject(reject)
}

/// Checks that the object ends where a record may end.
fn end(window: &mut Window, place: Place, output: &mut Output<'_>) -> Result<(), SinkError> {
    let left = window.bytes();
    let is_blank = left.iter().all(u8::is_ascii_whitespace);
    if is_blank && (place == Place::Top || window.fault.is_some()) {
        return Ok(());
    }
    let reason = if is_blank {
        "the object ends inside its list of records"
    } else {
        "the object ends inside this record"
    };
    let reject = Reject::new(window.position(), reason, left);
    window.take(usize::MAX);
    output.reject(reject)
}
