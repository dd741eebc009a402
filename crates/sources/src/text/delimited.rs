//! Lines of fields in an order that is known. This is the hot path of flow logs: a line costs a
//! look at each of its bytes and one slot for each of its fields.

use haechi_catalog::Header;
use memchr::memchr;

use super::form::FieldForm;
use super::plan::{Ended, Run};
use super::split::{Split, split};
use super::{header, too_long};
use crate::joined::Joined;
use crate::json::Context;
use crate::limits::RECORD_BYTES_MAX;
use crate::mapping::{Fields, Mapping, Mappings, Target};
use crate::read::Output;
use crate::rows::time_of;
use crate::scan::{Shape, Value};
use crate::{Row, SinkError};

/// How lines of fields are taken apart.
pub(super) struct Delimited<'m> {
    pub mapping: &'m Mapping,
    /// Where each field goes.
    targets: Vec<Target>,
    split: Split,
    /// What of a row gives the line again, if anything does.
    layout: Option<Joined>,
    fewest: usize,
    most: usize,
    /// A line without a time is none of these.
    pub needs_time: bool,
    /// The header as it stands, for rows of no known source.
    pub header: Option<(String, Target)>,
}

impl<'m> Delimited<'m> {
    /// Returns how lines behind a header are taken apart.
    pub(super) fn with_header(mapping: &'m Mapping, targets: Vec<Target>, split: Split) -> Self {
        let n_fields = targets.len();
        let is_joined = split == Split::At(b' ');
        let layout = is_joined.then(|| Joined::new(mapping, &targets)).flatten();
        Self {
            mapping,
            targets,
            split,
            layout,
            fewest: n_fields,
            most: n_fields,
            needs_time: false,
            header: None,
        }
    }

    /// Returns how lines in the source's own order are taken apart.
    pub(super) fn in_order(mapping: &'m Mapping, form: &FieldForm) -> Self {
        Self {
            mapping,
            targets: form.targets.clone(),
            split: form.split,
            layout: form.layout.clone(),
            fewest: form.fewest,
            // New fields are appended at the end.
            most: usize::MAX,
            needs_time: true,
            header: None,
        }
    }

    /// Tells whether the source is known for sure, so that a line that does not fit is at fault.
    pub(super) fn is_certain(&self) -> bool {
        !self.mapping.source.fallback
    }

    /// Takes lines until one does not fit.
    pub(super) fn run(
        &self,
        text: &str,
        position: u64,
        (mappings, context): (&Mappings, &Context<'_>),
        output: &mut Output<'_>,
    ) -> Result<Run, SinkError> {
        let mut fields = Fields::default();
        fields.reset(self.mapping);
        context.put(self.mapping, &mut fields);
        if let Some((header, target)) = &self.header {
            fields.fill(*target, Value { text: header, shape: Shape::Plain });
        }
        let bytes = text.as_bytes();
        let mut at = 0;
        while at < bytes.len() {
            let rest = bytes.get(at..).unwrap_or_default();
            let end = at + memchr(b'\n', rest).unwrap_or(rest.len());
            let line = text.get(at..end).unwrap_or_default();
            let line = line.strip_suffix('\r').unwrap_or(line);
            let start = at;
            at = end + 1;
            if is_blank(line) {
                continue;
            }
            if self.is_no_record(line, mappings) {
                return Ok(Run { taken: start, ended: Ended::Misfit(None) });
            }
            let layout = match self.fill(line, &mut fields) {
                Ok(layout) => layout,
                Err(reason) => {
                    return Ok(Run { taken: start, ended: Ended::Misfit(Some(reason)) });
                }
            };
            let position = position + start as u64;
            let (mapping, fields) = (self.mapping, &fields);
            output.row(&Row { mapping, fields, record: line, position, layout })?;
        }
        Ok(Run { taken: bytes.len(), ended: Ended::Text })
    }

    /// Puts the line's fields to their slots, or says why it is none of these lines. Returns the
    /// layout if the line is those fields with one space between, and nothing else.
    #[inline]
    pub(super) fn fill<'t>(
        &self,
        line: &'t str,
        fields: &mut Fields<'t>,
    ) -> Result<Option<&Joined>, String> {
        if RECORD_BYTES_MAX < line.len() {
            return Err(too_long());
        }
        fields.entities.clear();
        let (n_fields, n_skipped) = split(line, self.split, &self.targets, fields);
        // What the last line had more than this one is none of its fields.
        let longer = self.targets.get(n_fields..fields.n_of_line.max(n_fields));
        for target in longer.or_else(|| self.targets.get(n_fields..)).unwrap_or_default() {
            fields.put_text(*target, "");
        }
        fields.n_of_line = n_fields;
        if n_fields < self.fewest || self.most < n_fields {
            let expected = self.fewest;
            return Err(format!("expected {expected} fields, found {n_fields}"));
        }
        if self.needs_time && time_of(self.mapping, fields).is_none() {
            return Err("no time can be read in this line".to_owned());
        }
        let gives_line = |layout: &&Joined| n_skipped == 0 && n_fields == layout.n_fields;
        Ok(self.layout.as_ref().filter(gives_line))
    }

    /// Tells whether the line is a header or a comment.
    #[inline]
    fn is_no_record(&self, line: &str, mappings: &Mappings) -> bool {
        let first = line.as_bytes().first();
        if first == Some(&b'#') {
            return self.has_header(Header::Directive);
        }
        let is_word = first.is_some_and(u8::is_ascii_lowercase);
        is_word && self.has_header(Header::Names) && self.is_header(line, mappings)
            || self.header.as_ref().is_some_and(|(header, _)| header == line)
    }

    fn has_header(&self, kind: Header) -> bool {
        self.mapping.form.with_header(kind).is_some() || self.header.is_some()
    }

    /// Tells whether the line names fields: that is looked at only when its first word does.
    fn is_header(&self, line: &str, mappings: &Mappings) -> bool {
        let first = line.split([' ', '\t', ',']).next().unwrap_or_default();
        let Some(form) = &self.mapping.form.fields else { return false };
        form.knows(first) && header::of_names(line, "", mappings).is_some()
    }
}

fn is_blank(line: &str) -> bool {
    line.as_bytes().first().is_none_or(u8::is_ascii_whitespace) && line.trim_ascii().is_empty()
}
