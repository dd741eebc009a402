//! Lines with a time: CloudWatch Logs exports, and the logs of anything that no source describes.

use haechi_catalog::TimeUnit;
use memchr::memchr;

use super::plan::{Ended, Run, of_line};
use super::too_long;
use crate::json::{Context, Records};
use crate::limits::RECORD_BYTES_MAX;
use crate::mapping::{Fields, Mapping, Mappings, Target};
use crate::read::Output;
use crate::time::moment;
use crate::{Row, SinkError};

/// How far into a line its time may begin.
const TIME_BEGINS_BEFORE: usize = 256;

/// Lines of `<time> <message>`, as CloudWatch Logs exports them.
pub(super) struct Export<'m> {
    /// The source of messages that no other source takes.
    pub mapping: &'m Mapping,
    /// What the object's name says: its folder is named after the log stream.
    context: Context<'m>,
}

impl<'m> Export<'m> {
    /// Returns how the line is taken apart if it stands in an export: the object's name or the
    /// message must say so.
    pub(super) fn of(
        line: &str,
        name: &'m str,
        (mappings, context): (&'m Mappings, &Context<'m>),
        records: &Records<'_>,
    ) -> Option<Self> {
        let mapping = mappings.of_messages()?;
        let (_, message) = exported(line)?;
        let is_named = mapping.form.is_named(name);
        let is_telling = || mapping.form.pattern.as_ref().is_some_and(|it| it.is_telling(message));
        let is_known = is_named
            || is_telling()
            || of_line(message, name, mappings).is_some()
            || records.knows(message);
        let log_stream = name.rsplit('/').nth(1).filter(|_| is_named);
        is_known.then_some(Self { mapping, context: Context { log_stream, ..*context } })
    }

    /// Takes messages until a line has no time.
    pub(super) fn run(
        &self,
        text: &str,
        is_end: bool,
        position: u64,
        (records, output): (&mut Records<'m>, &mut Output<'_>),
    ) -> Result<Run, SinkError> {
        let mut taken = 0;
        while taken < text.len() && !output.is_over {
            let rest = text.get(taken..).unwrap_or_default();
            let n_bytes = match record_end(rest, is_end) {
                Next::Ends(n_bytes) => n_bytes,
                Next::NeedsMore => break,
                Next::Misfit(reason) => {
                    return Ok(Run { taken, ended: Ended::Misfit(Some(reason)) });
                }
            };
            let record = rest.get(..n_bytes).unwrap_or_default().trim_end_matches(['\r', '\n']);
            let Some((time, message)) = exported(record) else {
                return Ok(Run { taken, ended: Ended::Misfit(Some(no_time())) });
            };
            let start = position + (taken + record.len() - message.len()) as u64;
            let context = Context { timestamp: Some(time), ..self.context };
            records.message(message, &context, start, output)?;
            taken += n_bytes;
        }
        Ok(Run { taken, ended: Ended::Text })
    }
}

/// Splits `2024-01-02T03:04:05.678Z message`.
fn exported(line: &str) -> Option<(&str, &str)> {
    let n_bytes = iso_len(line)?;
    let (time, rest) = line.split_at_checked(n_bytes)?;
    let is_exported = time.ends_with('Z') && time.as_bytes().get(10) == Some(&b'T');
    let message = if rest.is_empty() { Some(rest) } else { rest.strip_prefix(' ') };
    is_exported.then_some((time, message?))
}

/// Lines of no known source.
pub(super) struct Timed<'m> {
    mapping: &'m Mapping,
    look: Look,
    time: Target,
    message: Target,
}

/// Where a line's time stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Look {
    /// ISO 8601 at the start; lines without one belong to the record before them.
    Iso,
    /// A count since 1970 at the start.
    Epoch,
    /// `[06/Feb/2019:00:00:38 +0000]` anywhere.
    Clf,
}

impl<'m> Timed<'m> {
    /// Returns how the line is taken apart if it has a time.
    pub(super) fn of(line: &str, mappings: &'m Mappings) -> Option<Self> {
        let mapping = mappings.of_the_rest()?;
        let looks = [Look::Iso, Look::Epoch, Look::Clf];
        let look = looks.into_iter().find(|look| parts(line, *look).is_some())?;
        let time = mapping.field("time").unwrap_or_default();
        let message = mapping.field("message").unwrap_or_default();
        Some(Self { mapping, look, time, message })
    }

    /// Takes records until a line has no time.
    pub(super) fn run(
        &self,
        text: &str,
        is_end: bool,
        position: u64,
        output: &mut Output<'_>,
    ) -> Result<Run, SinkError> {
        let mut fields = Fields::default();
        let mut taken = 0;
        while taken < text.len() && !output.is_over {
            let rest = text.get(taken..).unwrap_or_default();
            let n_bytes = match self.next(rest, is_end) {
                Next::Ends(n_bytes) => n_bytes,
                Next::NeedsMore => break,
                Next::Misfit(reason) => {
                    return Ok(Run { taken, ended: Ended::Misfit(Some(reason)) });
                }
            };
            let record = rest.get(..n_bytes).unwrap_or_default().trim_end_matches(['\r', '\n']);
            let position = position + taken as u64;
            let start = taken;
            taken += n_bytes;
            if record.trim_ascii().is_empty() {
                continue;
            }
            let Some((time, message)) = parts(record, self.look) else {
                return Ok(Run { taken: start, ended: Ended::Misfit(Some(no_time())) });
            };
            fields.reset(self.mapping);
            fields.put_text(self.time, time);
            fields.put_text(self.message, message);
            output.row(&Row {
                mapping: self.mapping,
                fields: &fields,
                record,
                position,
                layout: None,
            })?;
        }
        Ok(Run { taken, ended: Ended::Text })
    }

    fn next(&self, text: &str, is_end: bool) -> Next {
        if self.look == Look::Iso {
            return record_end(text, is_end);
        }
        let n_bytes = line_len(text);
        if RECORD_BYTES_MAX < n_bytes { Next::Misfit(too_long()) } else { Next::Ends(n_bytes) }
    }
}

/// Where the record that begins the text ends.
enum Next {
    /// Behind so many bytes.
    Ends(usize),
    /// Perhaps behind the text.
    NeedsMore,
    /// It is none.
    Misfit(String),
}

/// Finds the end of a record: the next line that begins with a time.
fn record_end(text: &str, is_end: bool) -> Next {
    let mut n_bytes = line_len(text);
    if text.get(..n_bytes).unwrap_or_default().trim_ascii().is_empty() {
        return Next::Ends(n_bytes);
    }
    loop {
        let rest = text.get(n_bytes..).unwrap_or_default();
        let n_more = line_len(rest);
        if RECORD_BYTES_MAX < n_bytes {
            return Next::Misfit(too_long());
        }
        if rest.is_empty() && !is_end {
            return Next::NeedsMore;
        }
        let is_next = n_more == 0 || iso_len(rest).is_some() || RECORD_BYTES_MAX < n_more;
        if is_next {
            return Next::Ends(n_bytes);
        }
        n_bytes += n_more;
    }
}

fn line_len(text: &str) -> usize {
    memchr(b'\n', text.as_bytes()).map_or(text.len(), |at| at + 1)
}

fn no_time() -> String {
    "no time can be read in this line".to_owned()
}

/// Splits a line into its time and the rest; with the time inside, the rest is all of it.
fn parts(line: &str, look: Look) -> Option<(&str, &str)> {
    let (time, rest) = match look {
        Look::Iso => {
            let open = usize::from(line.starts_with('['));
            let (time, rest) = line.get(open..)?.split_at_checked(iso_len(line)?)?;
            (time, rest.strip_prefix(']').unwrap_or(rest))
        }
        Look::Epoch => {
            let is_inside = |byte: u8| byte.is_ascii_digit() || byte == b'.';
            let n_bytes = line.bytes().take_while(|byte| is_inside(*byte)).count();
            let (time, rest) = line.split_at_checked(n_bytes)?;
            let is_border = rest.is_empty() || rest.starts_with([' ', '\t', ',', ';', '|']);
            (time, is_border.then_some(rest)?)
        }
        Look::Clf => {
            let open = line.find('[').filter(|at| *at < TIME_BEGINS_BEFORE)?;
            let (time, _) = line.get(open + 1..)?.split_once(']')?;
            (time, line)
        }
    };
    moment(time, TimeUnit::Any)?;
    Some((time, rest.trim_start_matches([' ', '\t', ',', ';', '|'])))
}

/// Returns how long the time is that the line begins with, without a bracket around it.
fn iso_len(line: &str) -> Option<usize> {
    let bytes = line.as_bytes();
    let bytes = bytes.strip_prefix(b"[").unwrap_or(bytes);
    let shape = b"0000-00-00T00:00:00";
    let fits = |(byte, shape): (&u8, &u8)| match shape {
        b'0' => byte.is_ascii_digit(),
        b'-' => matches!(byte, b'-' | b'/'),
        b'T' => matches!(byte, b'T' | b' '),
        other => byte == other,
    };
    let head = bytes.get(..shape.len())?;
    if !head.iter().zip(shape).all(fits) {
        return None;
    }
    let mut n_bytes = shape.len();
    let count = |from: usize, of: fn(&u8) -> bool| {
        bytes.get(from..).unwrap_or_default().iter().take_while(|byte| of(byte)).count()
    };
    if matches!(bytes.get(n_bytes), Some(b'.' | b',')) {
        n_bytes += 1 + count(n_bytes + 1, u8::is_ascii_digit);
    }
    n_bytes += match bytes.get(n_bytes) {
        Some(b'Z') => 1,
        Some(b'+' | b'-') => 1 + count(n_bytes + 1, |byte| byte.is_ascii_digit() || *byte == b':'),
        _ => 0,
    };
    Some(n_bytes)
}
