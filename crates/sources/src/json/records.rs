//! One JSON object: which source it belongs to, and its fields.

use super::envelope::{self, Context, Inner};
use super::paths::walk;
use crate::limits::{ENVELOPES_MAX, RECORD_BYTES_MAX};
use crate::mapping::{Fields, Mapping, Mappings};
use crate::read::Output;
use crate::scan::{Fault, Scanner};
use crate::{Reject, Row, SinkError, text};

/// Takes JSON objects apart, one after the other.
pub(crate) struct Records<'a> {
    mappings: &'a Mappings,
    /// What the object's name says.
    context: Context<'a>,
    /// The sources of JSON, in the order of the catalogue.
    sources: Vec<&'a Mapping>,
    /// The source of the last record: the next is most often of the same.
    last: Option<&'a Mapping>,
}

/// Why an object is no row.
pub(super) enum RecordFault {
    /// It is not JSON, or not all of it is there.
    Json(Fault),
    /// The sink cannot go on.
    Sink(SinkError),
}

impl From<SinkError> for RecordFault {
    fn from(error: SinkError) -> Self {
        Self::Sink(error)
    }
}

impl From<Fault> for RecordFault {
    fn from(fault: Fault) -> Self {
        Self::Json(fault)
    }
}

impl<'a> Records<'a> {
    pub(crate) fn new(mappings: &'a Mappings, context: Context<'a>) -> Self {
        let sources = mappings.all.iter().filter(|it| it.is_json()).collect();
        Self { mappings, context, sources, last: None }
    }

    /// Takes the object that comes next.
    pub(super) fn take<'t>(
        &mut self,
        scanner: &mut Scanner<'t>,
        base: u64,
        fields: &mut Fields<'t>,
        output: &mut Output<'_>,
    ) -> Result<(), RecordFault>
    where
        'a: 't,
    {
        let start = scanner.at;
        let position = base + start as u64;
        let context = self.context;
        if self.row(scanner, fields, (position, &context), output)? {
            return Ok(());
        }
        scanner.at = start;
        scanner.value()?;
        let record = within_limit(scanner.since(start))?;
        self.unwrap(record, position, output)
    }

    /// Takes the object if a source recognises it.
    fn row<'t>(
        &mut self,
        scanner: &mut Scanner<'t>,
        fields: &mut Fields<'t>,
        (position, context): (u64, &Context<'t>),
        output: &mut Output<'_>,
    ) -> Result<bool, RecordFault> {
        let start = scanner.at;
        let Some(mapping) = self.source_of(scanner, fields)? else { return Ok(false) };
        context.put(mapping, fields);
        let record = within_limit(scanner.since(start))?;
        output.row(&Row { mapping, fields, record, position, layout: None })?;
        self.last = Some(mapping);
        Ok(true)
    }

    /// Returns the first source in the catalogue that recognises the object, with its fields: what
    /// came before the object must not decide whose it is.
    fn source_of<'t>(
        &self,
        scanner: &mut Scanner<'t>,
        fields: &mut Fields<'t>,
    ) -> Result<Option<&'a Mapping>, Fault> {
        let start = scanner.at;
        let mut is = |mapping: &Mapping, fields: &mut Fields<'t>| {
            scanner.at = start;
            fields.reset(mapping);
            walk(scanner, mapping, fields)?;
            Ok::<_, Fault>(mapping.recognises(fields))
        };
        if let Some(last) = self.last
            && is(last, fields)?
            && !last.is_forestalled(fields)
        {
            return Ok(Some(last));
        }
        for &mapping in &self.sources {
            if is(mapping, fields)? {
                return Ok(Some(mapping));
            }
        }
        Ok(None)
    }

    /// Looks for records inside an object that is no record itself.
    fn unwrap(
        &mut self,
        record: &str,
        position: u64,
        output: &mut Output<'_>,
    ) -> Result<(), RecordFault> {
        match envelope::inner(record)? {
            Inner::Object { offset } => {
                if self.inside(record, offset, position, output)? {
                    return Ok(());
                }
                self.other(record, position, output)
            }
            Inner::Messages(messages) => {
                let Context { account, region, .. } = self.context;
                for message in &messages {
                    let position = position + message.offset as u64;
                    let context = Context { account, region, ..message.context };
                    self.message(&message.text, &context, position, output)?;
                }
                Ok(())
            }
            Inner::Probe => Ok(()),
            Inner::None if self.list(record, 0, position, output)? => Ok(()),
            Inner::None => self.other(record, position, output),
        }
    }

    /// Takes what an envelope holds at that offset, and tells whether it holds records.
    fn inside(
        &mut self,
        record: &str,
        mut offset: usize,
        position: u64,
        output: &mut Output<'_>,
    ) -> Result<bool, RecordFault> {
        let context = self.context;
        let mut fields = Fields::default();
        for _ in 0..ENVELOPES_MAX {
            let mut scanner = Scanner::new(record, offset);
            let inner_position = position + offset as u64;
            if self.row(&mut scanner, &mut fields, (inner_position, &context), output)?
                || self.list(record, offset, position, output)?
            {
                return Ok(true);
            }
            let inner = envelope::inner(record.get(offset..).unwrap_or_default())?;
            let Inner::Object { offset: further } = inner else { break };
            offset += further;
        }
        Ok(false)
    }

    /// Takes the records of a list that is not the first member of its object, and tells whether
    /// there are any.
    fn list(
        &mut self,
        record: &str,
        offset: usize,
        position: u64,
        output: &mut Output<'_>,
    ) -> Result<bool, RecordFault> {
        let Some(offset) = envelope::list_in(record, offset)? else { return Ok(false) };
        let context = self.context;
        let mut fields = Fields::default();
        let mut scanner = Scanner::new(record, offset);
        let mut has_records = false;
        scanner.take(b'[', "an array")?;
        while scanner.peek() == Some(b'{') {
            let start = scanner.at;
            let position = position + start as u64;
            if self.row(&mut scanner, &mut fields, (position, &context), output)? {
                has_records = true;
            } else if !has_records {
                return Ok(false);
            } else {
                scanner.at = start;
                scanner.value()?;
                self.other(scanner.since(start), position, output)?;
            }
            scanner.take_if(b',');
        }
        Ok(has_records)
    }

    /// Takes a message that came as a string.
    pub(crate) fn message(
        &mut self,
        message: &str,
        context: &Context<'_>,
        position: u64,
        output: &mut Output<'_>,
    ) -> Result<(), SinkError> {
        let object = message.trim_ascii();
        let is_object = object.starts_with('{')
            && Scanner::new(object, 0).value().is_ok_and(|value| value.text == object);
        if is_object {
            let n_bytes_before = message.len() - message.trim_ascii_start().len();
            let position = position + n_bytes_before as u64;
            let mut scanner = Scanner::new(object, 0);
            let mut fields = Fields::default();
            match self.row(&mut scanner, &mut fields, (position, context), output) {
                Ok(true) => return Ok(()),
                Ok(false) | Err(RecordFault::Json(_)) => {}
                Err(RecordFault::Sink(error)) => return Err(error),
            }
        }
        text::message(message, context, position, self.mappings, output)
    }

    /// Tells whether the text is an object of a known source.
    pub(crate) fn knows(&self, text: &str) -> bool {
        let mut fields = Fields::default();
        text.starts_with('{')
            && self.sources.iter().any(|mapping| {
                fields.reset(mapping);
                walk(&mut Scanner::new(text, 0), mapping, &mut fields).is_ok()
                    && mapping.recognises(&fields)
            })
    }

    /// Takes an object as a record of no known source, if it looks like one.
    fn other(
        &mut self,
        record: &str,
        position: u64,
        output: &mut Output<'_>,
    ) -> Result<(), RecordFault> {
        let mut fields = Fields::default();
        if let Some(mapping) = self.mappings.of_the_rest() {
            fields.reset(mapping);
            walk(&mut Scanner::new(record, 0), mapping, &mut fields)?;
            if crate::rows::time_of(mapping, &fields).is_some() {
                let row = Row { mapping, fields: &fields, record, position, layout: None };
                return Ok(output.row(&row)?);
            }
        }
        let reason = "no log source recognises this record";
        Ok(output.strange(Reject::new(position, reason, record.as_bytes()))?)
    }
}

/// Refuses a record that is too long: one that was not all there would have been, too.
fn within_limit(record: &str) -> Result<&str, Fault> {
    if RECORD_BYTES_MAX < record.len() { Err(Fault::TooLong) } else { Ok(record) }
}
