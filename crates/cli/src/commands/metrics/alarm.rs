//! `haechi metrics alarm`: when was a CloudWatch alarm in which state, on the lake's metrics?

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail};
use arrow::array::{ArrayRef, RecordBatch, StringArray};
use haechi_baseline::{Alarm, Change, Comparison, Frame, Missing, Series, State, Threshold, Value};
use haechi_output as output;
use haechi_query::Answer;
use serde::Deserialize;

use super::choice::MetricLake;
use super::get::{frame, moment};
use super::learning;
use super::queries::{self, Dimension, Metric, MetricStat, Query};
use crate::args::MetricsAlarm;
use crate::lake::{engine, open};
use crate::session::Session;

/// What `PutMetricAlarm` takes, as far as it decides the state; actions are nobody's here.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Definition {
    alarm_name: String,
    comparison_operator: String,
    evaluation_periods: usize,
    datapoints_to_alarm: Option<usize>,
    treat_missing_data: Option<String>,
    threshold: Option<f64>,
    threshold_metric_id: Option<String>,
    namespace: Option<String>,
    metric_name: Option<String>,
    #[serde(default)]
    dimensions: Vec<Dimension>,
    statistic: Option<String>,
    period: Option<i64>,
    #[serde(default)]
    metrics: Vec<Query>,
}

/// A definition, checked.
struct Checked {
    name: String,
    alarm: Alarm,
    threshold: Option<f64>,
    band_id: Option<String>,
    queries: Vec<Query>,
}

pub fn run(session: &Session, args: &MetricsAlarm) -> Result<()> {
    let checked = read(&args.file)?;
    let mut n_shown = None;
    loop {
        let changes = evaluate(session, args, &checked)?;
        if n_shown.is_none_or(|shown| shown < changes.len()) {
            let new = changes.iter().skip(n_shown.unwrap_or(0));
            session.runtime.block_on(output::answer(table(&checked, new)?, args.format, false))?;
            n_shown = Some(changes.len());
        }
        let Some(seconds) = args.watch else { return Ok(()) };
        std::thread::sleep(Duration::from_secs(seconds.max(1)));
    }
}

/// A change of state, and why.
struct Told {
    change: Change,
    why: String,
}

fn evaluate(session: &Session, args: &MetricsAlarm, checked: &Checked) -> Result<Vec<Told>> {
    let lake = open(session, &args.lake)?;
    let engine = engine(&lake, &session.catalog, &args.lake)?;
    let window = session.window(&args.window)?;
    let lake = MetricLake { engine: &engine, catalog: &session.catalog };
    let read = queries::metrics(&lake, &checked.queries, window);
    let mut values = session.runtime.block_on(read)?;
    let all = values.values().filter_map(as_series);
    let frame = Frame {
        options: learning::options(&args.learning)?,
        zone: learning::zone(&args.learning)?,
        ..frame(all, queries::period(&checked.queries)?, window)
    };
    queries::compute(&checked.queries, &mut values, &frame)?;
    let watched = watched(checked, &values)?;
    let band = checked.band_id.as_ref().map(|id| edges(id, &values)).transpose()?;
    let threshold = match (&band, checked.threshold) {
        (Some((lower, upper)), _) => Threshold::Band(lower, upper),
        (None, Some(number)) => Threshold::Number(number),
        (None, None) => bail!("the alarm has neither a Threshold nor a ThresholdMetricId"),
    };
    let changes = checked.alarm.changes(&watched, threshold, frame.moments());
    let verdicts = match band {
        Some(_) => learning::judged(&watched, &frame.options, &frame.zone, 2.0),
        None => BTreeMap::new(),
    };
    let told = |change: Change| {
        let n_breaching = change
            .points
            .iter()
            .filter(|(at, value)| checked.alarm.breaches(*value, *at, threshold) == Some(true));
        let last = change.points.first().map(|(at, value)| {
            let verdict = verdicts.get(at).filter(|_| change.to == State::Alarm);
            let verdict = verdict.map(|it| format!(", {it}")).unwrap_or_default();
            format!("; the last is {value}{verdict}")
        });
        let why = format!(
            "{} of {} points breach{}",
            n_breaching.count(),
            change.points.len(),
            last.unwrap_or_default()
        );
        Told { change, why }
    };
    Ok(changes.into_iter().map(told).collect())
}

fn as_series(value: &Value) -> Option<&Series> {
    match value {
        Value::Series(series) => Some(series),
        _ => None,
    }
}

/// Returns the series that the alarm looks at: the one whose data is wanted, and no band.
fn watched(checked: &Checked, values: &BTreeMap<String, Value>) -> Result<Series> {
    let is_band = |query: &&Query| checked.band_id.as_ref() == Some(&query.id);
    let mut wanted = checked.queries.iter().filter(|it| it.is_wanted() && !is_band(it));
    let (Some(query), None) = (wanted.next(), wanted.next()) else {
        bail!("an alarm looks at one series: set ReturnData to false for all others");
    };
    let series = values.get(&query.id).and_then(as_series);
    series.cloned().ok_or_else(|| anyhow!("query `{}` gives no single series", query.id))
}

/// Returns the lower and the upper edge of a band.
fn edges(id: &str, values: &BTreeMap<String, Value>) -> Result<(Series, Series)> {
    match values.get(id) {
        Some(Value::Array(edges)) => match edges.as_slice() {
            [lower, upper] => Ok((lower.clone(), upper.clone())),
            _ => bail!("`{id}` is no band: it has {} series", edges.len()),
        },
        _ => bail!("ThresholdMetricId `{id}` names no ANOMALY_DETECTION_BAND"),
    }
}

fn read(file: &Path) -> Result<Checked> {
    let name = file.display();
    let text = std::fs::read_to_string(file).with_context(|| format!("cannot read `{name}`"))?;
    let definition: Definition = serde_json::from_str(&text)
        .with_context(|| format!("`{name}` is no alarm as PutMetricAlarm takes it"))?;
    let comparison = match definition.comparison_operator.as_str() {
        "GreaterThanOrEqualToThreshold" => Comparison::GreaterOrEqual,
        "GreaterThanThreshold" | "GreaterThanUpperThreshold" => Comparison::Greater,
        "LessThanOrEqualToThreshold" => Comparison::LessOrEqual,
        "LessThanThreshold" | "LessThanLowerThreshold" => Comparison::Less,
        "LessThanLowerOrGreaterThanUpperThreshold" => Comparison::Outside,
        other => bail!("`{other}` is no ComparisonOperator"),
    };
    let missing = match definition.treat_missing_data.as_deref() {
        None | Some("missing") => Missing::Missing,
        Some("ignore") => Missing::Ignore,
        Some("breaching") => Missing::Breaching,
        Some("notBreaching") => Missing::NotBreaching,
        Some(other) => {
            bail!("TreatMissingData `{other}`: use missing, ignore, breaching, notBreaching")
        }
    };
    let evaluation_periods = definition.evaluation_periods;
    let datapoints_to_alarm = definition.datapoints_to_alarm.unwrap_or(evaluation_periods);
    if !(1..=evaluation_periods).contains(&datapoints_to_alarm) {
        bail!("DatapointsToAlarm lies between 1 and EvaluationPeriods, {evaluation_periods}");
    }
    let alarm = Alarm { comparison, evaluation_periods, datapoints_to_alarm, missing };
    let (threshold, band_id) = (definition.threshold, definition.threshold_metric_id.clone());
    let name = definition.alarm_name.clone();
    Ok(Checked { name, alarm, threshold, band_id, queries: queries_of(definition)? })
}

/// Returns the queries of an alarm; one on a single metric has none, but names it.
fn queries_of(definition: Definition) -> Result<Vec<Query>> {
    let Some(name) = definition.metric_name else { return Ok(definition.metrics) };
    let Definition { namespace, dimensions, statistic, period, .. } = definition;
    let (Some(stat), Some(period)) = (statistic, period) else {
        bail!("an alarm on a metric names its Statistic and its Period");
    };
    let metric = Metric { namespace, name, dimensions };
    Ok(vec![Query {
        id: "m1".to_owned(),
        expression: None,
        metric_stat: Some(MetricStat { metric, period, stat }),
        label: None,
        return_data: Some(true),
        period: None,
    }])
}

fn table<'a>(checked: &Checked, changes: impl Iterator<Item = &'a Told>) -> Result<Answer> {
    let changes: Vec<&Told> = changes.collect();
    let column = |cell: &dyn Fn(&Told) -> String| -> ArrayRef {
        let texts: StringArray = changes.iter().map(|it| Some(cell(it))).collect();
        Arc::new(texts)
    };
    let batch = RecordBatch::try_from_iter([
        ("alarm", column(&|_| checked.name.clone())),
        ("time", column(&|it| moment(it.change.at))),
        ("from", column(&|it| it.change.from.name().to_owned())),
        ("to", column(&|it| it.change.to.name().to_owned())),
        ("reason", column(&|it| it.why.clone())),
    ])?;
    let schema = batch.schema();
    Ok(Answer { schema, batches: Box::pin(futures::stream::iter([Ok(batch)])) })
}
