//! Rules over a lake: one query, read in time order.

use std::collections::BTreeMap;

use arrow::array::{Array, AsArray, Int64Array, RecordBatch, StringArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Int64Type, TimeUnit};
use futures::TryStreamExt;
use haechi_model::{Finding, Timestamp, Window};
use haechi_query::{Engine, QueryError};
use rsigma_eval::{
    CorrelationConfig, CorrelationEngine, CorrelationEventMode, EvaluationResult, Event,
    EventValue, JsonEvent, TimestampFallback, evaluate_rule,
};
use serde_json::{Value, json};

use crate::finding::{Drafts, Occurrence, in_words, shown};
use crate::limits::{GROUP_EVENTS_MAX, GROUPS_MAX, RECORDS_MAX};
use crate::rules::{About, Rules};

/// Why rules cannot be run.
#[derive(Debug, thiserror::Error)]
pub enum SigmaError {
    /// The query failed.
    #[error("the events for the Sigma rules cannot be queried")]
    Query(#[from] QueryError),
    /// The answer has another form than the lake's tables.
    #[error("the events for the Sigma rules cannot be read")]
    Rows(#[from] arrow::error::ArrowError),
}

/// The columns that are read, in this order.
const COLUMNS: &str = "\"time\", \"eventID\", \"eventName\", \"eventSource\", \"account\", \
     \"region\", \"record\"";

/// Runs rules over the CloudTrail events of a window.
///
/// # Errors
/// The engine fails.
pub async fn run(
    engine: &dyn Engine,
    rules: &Rules,
    window: Window,
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
        "select {COLUMNS} from \"cloudtrail\" where {} order by \"time\", \"eventID\"",
        conditions.join(" and ")
    );
    let mut batches = engine.query(&sql).await?.batches;
    let mut watch = Watch::new(rules);
    while let Some(batch) = batches.try_next().await? {
        watch.observe(&batch)?;
    }
    Ok(watch.drafts.finish())
}

/// Rules at work.
struct Watch<'a> {
    rules: &'a Rules,
    correlations: Option<CorrelationEngine>,
    abouts: BTreeMap<&'a str, &'a About>,
    drafts: Drafts,
}

impl<'a> Watch<'a> {
    fn new(rules: &'a Rules) -> Self {
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
        Self { rules, correlations, abouts, drafts: Drafts::default() }
    }

    fn observe(&mut self, batch: &RecordBatch) -> Result<(), SigmaError> {
        let rows = Columns::of(batch)?;
        for row in 0..batch.num_rows() {
            let (name, service) = (rows.text(2, row), rows.text(3, row));
            let candidates: Vec<usize> = self.rules.index.candidates(name, service).collect();
            // Most rows that are read fit the name of some rule; the record is parsed for those.
            if candidates.is_empty() {
                continue;
            }
            let Ok(event) = sonic_rs::from_str::<Value>(rows.text(6, row)) else { continue };
            self.observe_event(&candidates, &event, &rows.place(row));
        }
        Ok(())
    }

    fn observe_event(&mut self, candidates: &[usize], event: &Value, place: &Place<'_>) {
        let json = JsonEvent::borrow(event);
        let subject = subject_of(event);
        let occurrence = place.about(&subject);
        let mut fits = Vec::new();
        for number in candidates {
            let Some(rule) = self.rules.single.get(*number) else { continue };
            let Some(result) = evaluate_rule(&rule.compiled, &json) else { continue };
            fits.push((&rule.about, result));
        }
        if fits.is_empty() {
            return;
        }
        if let Some(correlations) = &mut self.correlations {
            let marked = Marked { event: json, id: place.id };
            let results: Vec<EvaluationResult> = fits.iter().map(|it| it.1.clone()).collect();
            let seconds = place.time.0.div_euclid(1_000_000);
            for result in &correlations.process_with_detections(&marked, results, seconds) {
                self.correlated(result, place);
            }
        }
        for (about, result) in fits {
            let fields = result.as_detection().map_or(&[] as _, |it| it.matched_fields.as_slice());
            if !about.is_silent {
                self.drafts.add(about, &occurrence, &[], || in_words(fields));
            }
        }
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
            format!("{kind} is {number} within {seconds} seconds for {}", group.join(", "))
        };
        self.drafts.add(about, &place.about(&subject), &records, why);
    }
}

/// Returns whom an event is about: the role behind a session, the caller, or where it came from.
fn subject_of(event: &Value) -> String {
    const PLACES: [&str; 5] = [
        "/userIdentity/sessionContext/sessionIssuer/arn",
        "/userIdentity/arn",
        "/userIdentity/principalId",
        "/userIdentity/invokedBy",
        "/sourceIPAddress",
    ];
    let text = |place: &&str| event.pointer(place).and_then(Value::as_str).map(str::to_owned);
    PLACES.iter().find_map(text).unwrap_or_else(|| "unknown".to_owned())
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

/// An event that correlations keep by its id alone.
struct Marked<'a> {
    event: JsonEvent<'a>,
    id: &'a str,
}

impl Event for Marked<'_> {
    fn get_field(&self, path: &str) -> Option<EventValue<'_>> {
        self.event.get_field(path)
    }

    fn any_string_value(&self, test: &dyn Fn(&str) -> bool) -> bool {
        self.event.any_string_value(test)
    }

    fn all_string_values(&self) -> Vec<std::borrow::Cow<'_, str>> {
        self.event.all_string_values()
    }

    fn to_json(&self) -> Value {
        json!({"id": self.id})
    }
}

/// The columns of a batch as text, and the time in microseconds.
struct Columns {
    time: Int64Array,
    texts: Vec<StringArray>,
}

impl Columns {
    fn of(batch: &RecordBatch) -> Result<Self, SigmaError> {
        let mut texts = Vec::new();
        for column in batch.columns() {
            texts.push(cast(column, &DataType::Utf8)?.as_string::<i32>().clone());
        }
        let micros = match batch.columns().first() {
            Some(time) => {
                let zone = match time.data_type() {
                    DataType::Timestamp(_, zone) => zone.clone(),
                    _ => None,
                };
                let micros = cast(time, &DataType::Timestamp(TimeUnit::Microsecond, zone))?;
                cast(&micros, &DataType::Int64)?.as_primitive::<Int64Type>().clone()
            }
            None => Int64Array::from(Vec::<i64>::new()),
        };
        Ok(Self { time: micros, texts })
    }

    fn text(&self, column: usize, row: usize) -> &str {
        let column = self.texts.get(column).filter(|column| column.is_valid(row));
        column.map_or("", |column| column.value(row))
    }

    fn place(&self, row: usize) -> Place<'_> {
        Place {
            id: self.text(1, row),
            time: Timestamp(self.time.value(row)),
            account: self.text(4, row),
            region: self.text(5, row),
        }
    }
}
