//! Rules over a lake: one query, read in time order.

use std::collections::BTreeMap;
use std::error::Error;

use arrow::array::{
    Array, AsArray, BooleanArray, Int64Array, RecordBatch, StringArray, StringViewArray,
};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Int64Type, TimeUnit};
use futures::TryStreamExt;
use haechi_model::{Finding, FindingId, Timestamp, Window};
use haechi_query::{Engine, QueryError};
use rsigma_eval::compiler::eval_condition;
use rsigma_eval::{
    CorrelationConfig, CorrelationEngine, CorrelationEventMode, EvaluationResult, JsonEvent,
    TimestampFallback, evaluate_rule,
};
use serde_json::Value;

use crate::event::Wanted;
use crate::finding::{Drafts, Occurrence, in_words, shown};
use crate::index;
use crate::limits::{GROUP_EVENTS_MAX, GROUPS_MAX, RECORDS_MAX};
use crate::rules::{About, Rule, Rules};
use crate::seen::Seen;

/// Why rules cannot be run.
#[derive(Debug, thiserror::Error)]
pub enum SigmaError {
    /// The query failed.
    #[error("the events for the Sigma rules cannot be queried")]
    Query(#[from] QueryError),
    /// The answer has another form than the lake's tables.
    #[error("the events for the Sigma rules cannot be read")]
    Rows(#[from] arrow::error::ArrowError),
    /// The ids of records were not taken.
    #[error("the ids of the records that fit cannot be kept")]
    Keep(#[source] Box<dyn Error + Send + Sync>),
}

/// Takes the ids of records that speak for findings, beyond those that the findings hold.
pub type Keep<'a> =
    dyn FnMut(&[(FindingId, Vec<String>)]) -> Result<(), Box<dyn Error + Send + Sync>> + 'a;

/// The columns that are read.
pub const COLUMNS: [&str; 15] = [
    "time",
    "eventID",
    "eventName",
    "eventSource",
    "account",
    "region",
    "record",
    "userAgent",
    "errorCode",
    "userIdentity_type",
    "userIdentity_arn",
    "sessionIssuer_arn",
    "userIdentity_principalId",
    "userIdentity_invokedBy",
    "sourceIPAddress",
];

/// Where it stands whom an event is about: the role behind a session, the caller, or where it came
/// from.
const SUBJECTS: [&str; 5] = [
    "sessionIssuer_arn",
    "userIdentity_arn",
    "userIdentity_principalId",
    "userIdentity_invokedBy",
    "sourceIPAddress",
];

/// Runs rules over the CloudTrail events of a window.
///
/// # Errors
/// The engine fails.
pub async fn run(
    engine: &dyn Engine,
    rules: &Rules,
    window: Window,
) -> Result<Vec<Finding>, SigmaError> {
    run_without(engine, rules, window, &|_| false, None).await
}

/// Runs rules over the CloudTrail events of a window, but for those from a trusted address, which
/// the rules do not see; the ids of all records that fit are handed to whoever keeps them.
///
/// # Errors
/// The engine fails, or the ids cannot be kept.
pub async fn run_without(
    engine: &dyn Engine,
    rules: &Rules,
    window: Window,
    is_trusted: &(dyn Fn(&str) -> bool + Sync),
    mut keep: Option<&mut Keep<'_>>,
) -> Result<Vec<Finding>, SigmaError> {
    if rules.is_empty() {
        return Ok(Vec::new());
    }
    let mut conditions = vec!["\"time\" is not null".to_owned(), rules.index.predicate()];
    if let Some(from) = window.from {
        conditions.extend(from.date().map(|day| format!("\"date\" >= '{day}'")));
        conditions.push(format!("\"time\" >= '{from}'"));
    }
    if let Some(until) = window.until {
        conditions.extend(until.date().map(|day| format!("\"date\" <= '{day}'")));
        conditions.push(format!("\"time\" < '{until}'"));
    }
    let sql = format!(
        "select \"{}\" from \"cloudtrail\" where {} order by \"time\", \"eventID\"",
        COLUMNS.join("\", \""),
        conditions.join(" and ")
    );
    let mut batches = engine.query(&sql).await?.batches;
    let mut watch = Watch::new(rules);
    if keep.is_some() {
        watch.drafts.keep_every_record();
    }
    while let Some(batch) = batches.try_next().await? {
        watch.observe_without(&batch, is_trusted)?;
        let more = watch.drafts.take_more();
        if let Some(keep) = keep.as_mut().filter(|_| !more.is_empty()) {
            keep(&more).map_err(SigmaError::Keep)?;
        }
    }
    Ok(watch.finish())
}

/// Returns which rows of a batch some rule can fit: the others need not be shown to a [`Watch`],
/// and the query of [`run`] does not read them.
///
/// # Errors
/// The batch does not have the form of the lake's table.
pub fn fitting(rules: &Rules, batch: &RecordBatch) -> Result<BooleanArray, SigmaError> {
    let rows = Columns::of(batch)?;
    let mut candidates = Vec::new();
    let mut can_fit = |row: usize| {
        rules.index.candidates(rows.indexed.each_ref().map(|it| it.get(row)), &mut candidates);
        Some(!candidates.is_empty())
    };
    Ok((0..batch.num_rows()).map(&mut can_fit).collect())
}

/// Rules at work on rows in time order.
pub struct Watch<'a> {
    rules: &'a Rules,
    correlations: Option<CorrelationEngine>,
    abouts: BTreeMap<&'a str, &'a About>,
    drafts: Drafts,
    /// The rules that the row at hand can fit.
    candidates: Vec<usize>,
    /// The selections that have matched, which nobody asks for.
    matched: Vec<String>,
}

impl<'a> Watch<'a> {
    /// Begins without findings.
    #[must_use]
    pub fn new(rules: &'a Rules) -> Self {
        let correlations = (!rules.correlations.is_empty()).then(|| {
            let mut engine = CorrelationEngine::new(CorrelationConfig {
                max_state_entries: GROUPS_MAX,
                max_group_entries: Some(GROUP_EVENTS_MAX),
                timestamp_fallback: TimestampFallback::Skip,
                correlation_event_mode: CorrelationEventMode::Refs,
                max_correlation_events: RECORDS_MAX,
                ..CorrelationConfig::default()
            });
            for (correlation, _) in &rules.correlations {
                // They have been tried when they were read.
                let _ = engine.add_correlation(correlation);
            }
            engine
        });
        let abouts = rules.correlation_abouts();
        let (candidates, matched) = (Vec::new(), Vec::new());
        Self { rules, correlations, abouts, drafts: Drafts::default(), candidates, matched }
    }

    /// Looks at rows, in time order over all calls; they need the [`COLUMNS`].
    ///
    /// # Errors
    /// The batch does not have the form of the lake's table.
    pub fn observe(&mut self, batch: &RecordBatch) -> Result<(), SigmaError> {
        self.observe_without(batch, &|_| false)
    }

    fn observe_without(
        &mut self,
        batch: &RecordBatch,
        is_trusted: &dyn Fn(&str) -> bool,
    ) -> Result<(), SigmaError> {
        let rows = Columns::of(batch)?;
        let mut candidates = std::mem::take(&mut self.candidates);
        for row in 0..batch.num_rows() {
            let values = rows.indexed.each_ref().map(|column| column.get(row));
            self.rules.index.candidates(values, &mut candidates);
            if !candidates.is_empty() && !rows.address(row).is_some_and(is_trusted) {
                self.observe_row(&candidates, &rows, row);
            }
        }
        self.candidates = candidates;
        Ok(())
    }

    fn observe_row(&mut self, candidates: &[usize], rows: &Columns, row: usize) {
        let rules = candidates.iter().filter_map(|number| self.rules.single.get(*number));
        let wanted = rules.clone().fold(Wanted::NOTHING, |wanted, rule| wanted.and(rule.wanted));
        let record = rows.record.get(row).unwrap_or_default();
        let Some(event) = self.rules.parts.read(record, wanted) else { return };
        let place = rows.place(row);
        let seen = |rule: &Rule| Seen {
            event: JsonEvent::borrow(&event),
            id: place.id,
            is_flat: !rule.goes_through_members,
        };
        let mut fits = Vec::new();
        for rule in rules {
            if fit(rule, &seen(rule), &mut self.matched) {
                fits.push(rule);
            }
        }
        if fits.is_empty() {
            return;
        }
        if self.correlations.is_some() {
            self.correlate(&fits, record, &place);
        }
        let occurrence = place.about(rows.subject(row));
        for rule in fits.into_iter().filter(|rule| !rule.about.is_silent) {
            self.drafts.add(&rule.about, &occurrence, &[], || {
                let result = evaluate_rule(&rule.compiled, &seen(rule));
                let body = result.as_ref().and_then(EvaluationResult::as_detection);
                in_words(body.map_or(&[] as _, |it| it.matched_fields.as_slice()))
            });
        }
    }

    /// Shows an event that rules fit to the correlations, which may ask for any part of it.
    fn correlate(&mut self, fits: &[&Rule], record: &str, place: &Place<'_>) {
        let Some(correlations) = &mut self.correlations else { return };
        let Ok(event) = sonic_rs::from_str::<Value>(record) else { return };
        let seen = |is_flat| Seen { event: JsonEvent::borrow(&event), id: place.id, is_flat };
        let results = fits
            .iter()
            .filter_map(|rule| evaluate_rule(&rule.compiled, &seen(!rule.goes_through_members)))
            .collect();
        let seconds = place.time.0.div_euclid(1_000_000);
        for result in &correlations.process_with_detections(&seen(false), results, seconds) {
            self.correlated(result, place);
        }
    }

    /// Ends the work: every finding, in the order of rules and subjects.
    #[must_use]
    pub fn finish(self) -> Vec<Finding> {
        self.drafts.finish()
    }

    /// Adds what a correlation says.
    fn correlated(&mut self, result: &EvaluationResult, place: &Place<'_>) {
        let Some(body) = result.as_correlation() else { return };
        let header = &result.header;
        let by_id = header.rule_id.as_deref().and_then(|id| self.abouts.get(id));
        let Some(about) = by_id.or_else(|| self.abouts.get(header.rule_title.as_str())) else {
            return;
        };
        if about.is_silent {
            return;
        }
        let values: Vec<&str> = body.group_key.iter().map(|(_, value)| value.as_str()).collect();
        let subject = if values.is_empty() { "all".to_owned() } else { values.join(" ") };
        let refs = body.event_refs.iter().flatten();
        let records: Vec<String> = refs.filter_map(|it| it.id.clone()).collect();
        let why = || {
            let group = body.group_key.iter().map(|(name, value)| (name, shown(value)));
            let group: Vec<String> =
                group.map(|(name, value)| format!("{name} = {value}")).collect();
            let (number, seconds) = (body.aggregated_value, body.timespan_secs);
            let kind = body.correlation_type.as_str();
            let whose =
                if group.is_empty() { String::new() } else { format!(" for {}", group.join(", ")) };
            format!("{kind} is {number} within {seconds} seconds{whose}")
        };
        self.drafts.add(about, &place.about(&subject), &records, why);
    }
}

/// Tells whether an event fits a rule.
fn fit(rule: &Rule, event: &Seen<'_>, matched: &mut Vec<String>) -> bool {
    let Rule { compiled, .. } = rule;
    compiled.conditions.iter().any(|condition| {
        matched.clear();
        eval_condition(condition, &compiled.detections, event, matched)
    })
}

/// Where an event stands in the lake.
struct Place<'a> {
    id: &'a str,
    time: Timestamp,
    account: &'a str,
    region: &'a str,
}

impl<'a> Place<'a> {
    fn about<'b>(&'b self, subject: &'b str) -> Occurrence<'b>
    where
        'a: 'b,
    {
        let Self { id, time, account, region } = *self;
        Occurrence { id, time, account, region, subject }
    }
}

/// A column of texts, in one of the forms that engines give; one that is not there has none.
#[derive(Default)]
enum Texts {
    #[default]
    Nothing,
    Plain(StringArray),
    View(StringViewArray),
}

impl Texts {
    fn named(batch: &RecordBatch, name: &str) -> Result<Self, SigmaError> {
        let Some(column) = batch.column_by_name(name) else { return Ok(Self::Nothing) };
        Ok(match column.data_type() {
            DataType::Utf8View => Self::View(column.as_string_view().clone()),
            _ => Self::Plain(cast(column, &DataType::Utf8)?.as_string::<i32>().clone()),
        })
    }

    fn get(&self, row: usize) -> Option<&str> {
        match self {
            Self::Plain(texts) if texts.is_valid(row) => Some(texts.value(row)),
            Self::View(texts) if texts.is_valid(row) => Some(texts.value(row)),
            _ => None,
        }
    }
}

/// The columns of a batch: the time in microseconds, and texts.
struct Columns {
    time: Int64Array,
    id: Texts,
    account: Texts,
    region: Texts,
    record: Texts,
    indexed: [Texts; index::N_COLUMNS],
    subjects: [Texts; SUBJECTS.len()],
}

impl Columns {
    fn of(batch: &RecordBatch) -> Result<Self, SigmaError> {
        let texts = |name| Texts::named(batch, name);
        let mut indexed: [Texts; index::N_COLUMNS] = Default::default();
        for (into, column) in indexed.iter_mut().zip(index::COLUMNS) {
            *into = texts(column.name)?;
        }
        let mut subjects: [Texts; SUBJECTS.len()] = Default::default();
        for (into, name) in subjects.iter_mut().zip(SUBJECTS) {
            *into = texts(name)?;
        }
        let [id, account, region] = ["eventID", "account", "region"].map(texts);
        Ok(Self {
            time: micros(batch)?,
            id: id?,
            account: account?,
            region: region?,
            record: texts("record")?,
            indexed,
            subjects,
        })
    }

    fn place(&self, row: usize) -> Place<'_> {
        Place {
            id: self.id.get(row).unwrap_or_default(),
            time: Timestamp(self.time.value(row)),
            account: self.account.get(row).unwrap_or_default(),
            region: self.region.get(row).unwrap_or_default(),
        }
    }

    /// Returns where an event came from: the last of what it may be about.
    fn address(&self, row: usize) -> Option<&str> {
        self.subjects.last().and_then(|column| column.get(row))
    }

    fn subject(&self, row: usize) -> &str {
        self.subjects.iter().find_map(|column| column.get(row)).unwrap_or("unknown")
    }
}

/// Returns the times of a batch in microseconds.
fn micros(batch: &RecordBatch) -> Result<Int64Array, SigmaError> {
    let Some(time) = batch.column_by_name("time") else {
        return Ok(vec![0; batch.num_rows()].into());
    };
    let zone = match time.data_type() {
        DataType::Timestamp(_, zone) => zone.clone(),
        _ => None,
    };
    let micros = cast(time, &DataType::Timestamp(TimeUnit::Microsecond, zone))?;
    Ok(cast(&micros, &DataType::Int64)?.as_primitive::<Int64Type>().clone())
}
