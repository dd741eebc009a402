//! Which source the lines belong to: decided at the first line, and again at any that does not fit.

use super::delimited::Delimited;
use super::timed::{Export, Timed};
use super::{header, line_of};
use crate::json::{Context, Records};
use crate::key::context_of;
use crate::mapping::{Fields, Mapping, Mappings};
use crate::read::Output;
use crate::{Reject, Row, SinkError};

/// Takes lines apart as their source asks for.
pub(super) struct Reader<'m> {
    /// The object's name.
    name: &'m str,
    mappings: &'m Mappings,
    /// What the name says about the records.
    context: Context<'m>,
    records: Records<'m>,
    plan: Plan<'m>,
}

/// How lines are taken apart.
enum Plan<'m> {
    /// No line has told it yet.
    Unknown,
    /// Fields in a known order.
    Delimited(Delimited<'m>),
    /// An expression.
    Pattern(&'m Mapping),
    /// Messages of CloudWatch Logs behind their times.
    Export(Export<'m>),
    /// Lines of no known source, with a time.
    Timed(Timed<'m>),
}

/// What became of a run of lines.
pub(super) struct Run {
    /// How many bytes were taken.
    pub taken: usize,
    /// Why it ended.
    pub ended: Ended,
}

/// Why a run of lines ended.
pub(super) enum Ended {
    /// There are no more, or the last needs more text.
    Text,
    /// The next line is a header or a comment, or it does not fit for this reason.
    Misfit(Option<String>),
}

impl<'m> Reader<'m> {
    pub(super) fn new(name: &'m str, mappings: &'m Mappings) -> Self {
        let context = context_of(name);
        let records = Records::new(mappings, context);
        Self { name, mappings, context, records, plan: Plan::Unknown }
    }

    /// Takes as many records as the text holds and returns how many bytes they have. All lines
    /// are whole; `is_end` says that no other line can belong to the last record.
    pub(super) fn take(
        &mut self,
        text: &str,
        is_end: bool,
        position: u64,
        output: &mut Output<'_>,
    ) -> Result<usize, SinkError> {
        let mut at = 0;
        while at < text.len() && !output.is_over {
            let rest = text.get(at..).unwrap_or_default();
            let position = position + at as u64;
            let run = match &self.plan {
                Plan::Unknown => Run { taken: 0, ended: Ended::Misfit(None) },
                Plan::Delimited(plan) => {
                    plan.run(rest, position, (self.mappings, &self.context), output)?
                }
                Plan::Pattern(mapping) => pattern(mapping, rest, position, output)?,
                Plan::Export(plan) => {
                    plan.run(rest, is_end, position, (&mut self.records, output))?
                }
                Plan::Timed(plan) => plan.run(rest, is_end, position, output)?,
            };
            at += run.taken;
            let Ended::Misfit(reason) = run.ended else { break };
            let rest = rest.get(run.taken..).unwrap_or_default();
            at += self.misfit(rest, position + run.taken as u64, reason, output)?;
        }
        Ok(at)
    }

    /// Takes a line that is at fault, or that shows the object to be no log.
    pub(super) fn refuse(
        &self,
        mut reject: Reject,
        output: &mut Output<'_>,
    ) -> Result<(), SinkError> {
        let known = match &self.plan {
            Plan::Delimited(plan) => plan.is_certain().then_some(plan.mapping),
            Plan::Pattern(mapping) => Some(*mapping),
            Plan::Export(plan) => Some(plan.mapping),
            Plan::Timed(_) | Plan::Unknown => None,
        };
        reject.origin = known.map(|mapping| mapping.source.name.clone());
        if known.is_some() { output.reject(reject) } else { output.strange(reject) }
    }

    /// Looks at a line that the plan does not take, and returns how many of its bytes are done.
    fn misfit(
        &mut self,
        text: &str,
        position: u64,
        reason: Option<String>,
        output: &mut Output<'_>,
    ) -> Result<usize, SinkError> {
        let line = str::from_utf8(line_of(text.as_bytes())).unwrap_or_default();
        let n_bytes = text.len().min(text.find('\n').map_or(text.len(), |at| at + 1));
        let is_known = !matches!(self.plan, Plan::Unknown);
        if line.trim_ascii().is_empty() {
            return Ok(n_bytes);
        }
        if let Some(plan) = self.by_header(line, is_known) {
            self.plan = Plan::Delimited(plan);
            return Ok(n_bytes);
        }
        if line.starts_with('#') && (!is_known || reason.is_none()) {
            return Ok(n_bytes);
        }
        if reason.is_none() && is_known {
            // A repeated header of no known source.
            return Ok(n_bytes);
        }
        if let Some(plan) = self.by_line(line, is_known) {
            self.plan = plan;
            return Ok(0);
        }
        let reason = reason.unwrap_or_else(|| "no log source recognises this line".to_owned());
        self.refuse(Reject::new(position, reason, line.as_bytes()), output)?;
        Ok(n_bytes)
    }

    /// Returns how lines are taken apart behind this line, if it is a header.
    fn by_header(&self, line: &str, is_known: bool) -> Option<Delimited<'m>> {
        if line.starts_with('#') {
            return header::of_directive(line, self.mappings);
        }
        header::of_names(line, self.name, self.mappings)
            .or_else(|| (!is_known).then(|| header::of_time(line, self.mappings)).flatten())
    }

    /// Returns how the line is taken apart, if that is another way than now.
    fn by_line(&self, line: &str, is_known: bool) -> Option<Plan<'m>> {
        if let Some((mapping, form)) = of_line(line, self.name, self.mappings) {
            let is_same = self.mapping().is_some_and(|known| known.index == mapping.index);
            return (!is_same).then(|| Plan::Delimited(Delimited::in_order(mapping, form)));
        }
        if is_known {
            return None;
        }
        let mut all = self.mappings.all.iter().filter(|it| !it.source.fallback);
        let by_pattern = all.find(|it| {
            it.form.pattern.as_ref().is_some_and(|pattern| pattern.regex.is_match(line))
        });
        by_pattern
            .map(Plan::Pattern)
            .or_else(|| {
                Export::of(line, self.name, (self.mappings, &self.context), &self.records)
                    .map(Plan::Export)
            })
            .or_else(|| Timed::of(line, self.mappings).map(Plan::Timed))
    }

    fn mapping(&self) -> Option<&'m Mapping> {
        match &self.plan {
            Plan::Delimited(plan) => Some(plan.mapping),
            Plan::Pattern(mapping) => Some(mapping),
            Plan::Export(_) | Plan::Timed(_) | Plan::Unknown => None,
        }
    }
}

/// Returns the source that has such lines without a header; where there are several, one whose
/// objects have such names.
pub(super) fn of_line<'m>(
    line: &str,
    name: &str,
    mappings: &'m Mappings,
) -> Option<(&'m Mapping, &'m super::form::FieldForm)> {
    let all = mappings.all.iter();
    let fitting = all.filter_map(|mapping| Some((mapping, mapping.form.of_line(line)?)));
    fitting.min_by_key(|(mapping, _)| !mapping.form.is_named(name))
}

/// Takes lines that an expression takes apart, until one does not fit.
fn pattern(
    mapping: &Mapping,
    text: &str,
    position: u64,
    output: &mut Output<'_>,
) -> Result<Run, SinkError> {
    let mut fields = Fields::default();
    let mut taken = 0;
    for whole in text.split_inclusive('\n') {
        let line = str::from_utf8(line_of(whole.as_bytes())).unwrap_or_default();
        let position = position + taken as u64;
        if !line.trim_ascii().is_empty() {
            fields.reset(mapping);
            if !put_groups(mapping, line, &mut fields) {
                let reason = "the line does not match its source's pattern".to_owned();
                return Ok(Run { taken, ended: Ended::Misfit(Some(reason)) });
            }
            output.row(&Row { mapping, fields: &fields, record: line, position, layout: None })?;
        }
        taken += whole.len();
    }
    Ok(Run { taken, ended: Ended::Text })
}

/// Puts what the mapping's expression finds to its place, and tells whether it matches.
pub(super) fn put_groups<'t>(mapping: &Mapping, line: &'t str, fields: &mut Fields<'t>) -> bool {
    let Some(pattern) = &mapping.form.pattern else { return false };
    let Some(captures) = pattern.regex.captures(line) else { return false };
    for &(index, target) in &pattern.groups {
        if let Some(group) = captures.get(index) {
            fields.put_text(target, group.as_str());
        }
    }
    true
}
