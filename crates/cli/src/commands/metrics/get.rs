//! `haechi metrics list` and `get`: what metrics there are, and their points.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result, bail};
use haechi_baseline::{Expression, Frame, Series, Value};
use haechi_model::Window;
use haechi_output as output;
use haechi_query::Engine;
use serde_json::json;

use super::choice::{Choice, MetricLake, literal};
use super::learning;
use super::queries::{self, Query};
use crate::args::{MetricsGet, MetricsList};
use crate::lake::{engine, open};
use crate::session::Session;

/// Lists every metric with its dimensions' names, number of series, points and span.
pub fn list(session: &Session, args: &MetricsList) -> Result<()> {
    let lake = open(session, &args.lake)?;
    let engine = engine(&lake, &session.catalog, &args.lake)?;
    let only = match &args.namespace {
        Some(namespace) => format!("where namespace = {}", literal(namespace)),
        None => String::new(),
    };
    let sql = format!(
        "select coalesce(namespace, '') as namespace, metric_name, unit, \
         count(distinct dimensions) as series, count(*) as points, min(time) as first, \
         max(time) as last from series {only} group by 1, 2, 3 order by 1, 2, 3"
    );
    session
        .runtime
        .block_on(async { output::answer(engine.query(&sql).await?, args.format, false).await })
}

/// Prints the points of a metric, of math over it, or of a file of queries.
pub fn get(session: &Session, args: &MetricsGet) -> Result<()> {
    let lake = open(session, &args.series.lake)?;
    let engine = engine(&lake, &session.catalog, &args.series.lake)?;
    let window = session.window(&args.series.window)?;
    session.runtime.block_on(async {
        let choice = Choice::of(&args.series)?;
        let series =
            choice.read(&MetricLake { engine: &engine, catalog: &session.catalog }, window).await?;
        let Some(text) = &args.math else {
            return rows(&[("value", from(series, window))], args).await;
        };
        let frame = Frame {
            options: learning::options(&args.learning)?,
            zone: learning::zone(&args.learning)?,
            ..frame([&series], choice.period, window)
        };
        let all = [("m1".to_owned(), Value::Series(series))].into();
        match Expression::parse(text)?.value(&all, &frame)? {
            Value::Number(number) => {
                bail!("`{text}` is the number {number}: TIME_SERIES({text}) is a series of it")
            }
            Value::Series(series) => rows(&[("value", from(series, window))], args).await,
            Value::Array(all) => {
                let names: Vec<String> =
                    (1..=all.len()).map(|number| format!("value_{number}")).collect();
                let names = names.iter().map(String::as_str);
                let all = all.into_iter().map(|series| from(series, window));
                rows(&names.zip(all).collect::<Vec<_>>(), args).await
            }
        }
    })
}

/// Answers a file of `MetricDataQueries` as `GetMetricData` would.
pub fn answer(session: &Session, file: &Path, args: &crate::args::MetricsAnswer) -> Result<()> {
    let queries = read_queries(file)?;
    let lake = open(session, &args.lake)?;
    let engine = engine(&lake, &session.catalog, &args.lake)?;
    let window = session.window(&args.window)?;
    let values = session.runtime.block_on(values(
        &MetricLake { engine: &engine, catalog: &session.catalog },
        &queries,
        window,
        args,
    ))?;
    let mut results = Vec::new();
    for query in queries.iter().filter(|it| it.is_wanted()) {
        let all = match values.get(&query.id) {
            Some(Value::Series(series)) => vec![series.clone()],
            Some(Value::Array(all)) => all.clone(),
            Some(Value::Number(_)) => bail!("query `{}` gives a number, not a series", query.id),
            None => Vec::new(),
        };
        for series in all {
            let series = from(series, window);
            // CloudWatch's own order: the newest first.
            let times: Vec<String> = series.keys().rev().map(|at| moment(*at)).collect();
            let values: Vec<f64> = series.values().rev().copied().collect();
            results.push(json!({
                "Id": query.id,
                "Label": query.label.as_ref().unwrap_or(&query.id),
                "Timestamps": times,
                "Values": values,
                "StatusCode": "Complete",
            }));
        }
    }
    output::json(&json!({ "MetricDataResults": results, "Messages": [] }))
}

async fn values(
    lake: &MetricLake<'_>,
    queries: &[Query],
    window: Window,
    args: &crate::args::MetricsAnswer,
) -> Result<BTreeMap<String, Value>> {
    let mut values = queries::metrics(lake, queries, window).await?;
    let all = values.values().filter_map(|value| match value {
        Value::Series(series) => Some(series),
        _ => None,
    });
    let frame = Frame {
        options: learning::options(&args.learning)?,
        zone: learning::zone(&args.learning)?,
        ..frame(all, queries::period(queries)?, window)
    };
    queries::compute(queries, &mut values, &frame)?;
    Ok(values)
}

/// Reads `MetricDataQueries`, by themselves or inside of a request.
fn read_queries(file: &Path) -> Result<Vec<Query>> {
    let name = file.display();
    let text = std::fs::read_to_string(file).with_context(|| format!("cannot read `{name}`"))?;
    let whole: serde_json::Value =
        serde_json::from_str(&text).with_context(|| format!("`{name}` is not JSON"))?;
    let queries = whole.get("MetricDataQueries").unwrap_or(&whole).clone();
    serde_json::from_value(queries).with_context(|| format!("`{name}` holds no MetricDataQueries"))
}

/// Returns the frame from the first of the window, or of the series, to their end.
pub fn frame<'a>(all: impl IntoIterator<Item = &'a Series>, period: i64, window: Window) -> Frame {
    let mut span: Option<(i64, i64)> = None;
    for at in
        all.into_iter().flat_map(|it| it.keys().next().into_iter().chain(it.keys().next_back()))
    {
        let (first, last) = span.unwrap_or((*at, *at));
        span = Some((first.min(*at), last.max(*at)));
    }
    let (first, last) = span.unwrap_or((0, -period));
    let from = window.from.map_or(first, |from| (from.0.div_euclid(1_000_000)).max(first));
    Frame {
        start: from.div_euclid(period) * period,
        end: last + period,
        period,
        options: haechi_baseline::Options::default(),
        zone: jiff::tz::TimeZone::UTC,
    }
}

/// Returns the points within the window.
pub fn from(mut series: Series, window: Window) -> Series {
    if let Some(from) = window.from {
        series.retain(|at, _| from.0 <= at.saturating_mul(1_000_000));
    }
    series
}

/// Prints series side by side, a line for each moment.
async fn rows(columns: &[(&str, Series)], args: &MetricsGet) -> Result<()> {
    use arrow::array::{ArrayRef, Float64Array, RecordBatch, StringArray};
    use std::sync::Arc;

    let moments: std::collections::BTreeSet<i64> =
        columns.iter().flat_map(|(_, series)| series.keys().copied()).collect();
    let times: StringArray = moments.iter().map(|at| Some(moment(*at))).collect();
    let mut arrays: Vec<(&str, ArrayRef)> = vec![("timestamp", Arc::new(times))];
    for (name, series) in columns {
        let values: Float64Array = moments.iter().map(|at| series.get(at).copied()).collect();
        arrays.push((name, Arc::new(values)));
    }
    let batch = RecordBatch::try_from_iter(arrays)?;
    let schema = batch.schema();
    let batches = Box::pin(futures::stream::iter([Ok(batch)]));
    output::answer(haechi_query::Answer { schema, batches }, args.format, false).await
}

/// Writes seconds since 1970 as a moment.
pub fn moment(seconds: i64) -> String {
    jiff::Timestamp::from_second(seconds).map(|it| it.to_string()).unwrap_or_default()
}
