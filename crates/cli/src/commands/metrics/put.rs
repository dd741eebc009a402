//! `haechi metrics put`: points into the lake, from the command line, from CSV, or from logs.
//!
//! Whatever they come from, points are written as a metric stream has them and go the ordinary way
//! of a record. The same points twice are one object twice, and add nothing.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use anyhow::{Context, Result, anyhow, bail};
use futures::StreamExt;
use haechi_baseline::Point;
use haechi_lake::{IngestOptions, Lake};
use haechi_query::Engine;
use haechi_query::filter_pattern::{Dialect, Extracted, FilterPattern};
use haechi_sources::{Object, Place};
use serde_json::{Map, Value, json};

use super::Lines;
use super::choice::{literal, pair};
use crate::args::{MetricsFilter, MetricsPut};
use crate::commands::columns::{numbers, texts};
use crate::lake::{engine, location, open, threads};
use crate::session::Session;
use crate::talk;

/// The statistics of one minute.
#[derive(Clone, Copy)]
struct Minute {
    count: f64,
    sum: f64,
    min: f64,
    max: f64,
}

pub fn run(session: &Session, args: &MetricsPut) -> Result<()> {
    let dimensions = args.dimensions.iter().map(|it| pair(it)).collect::<Result<Vec<_>>>()?;
    let path = std::env::temp_dir().join(format!("haechi-put-{}.jsonl", session.run_name()));
    let file =
        File::create(&path).context("cannot write points to the folder for passing files")?;
    let mut out = Points { out: BufWriter::new(file), args, count: 0 };
    let written = write(session, args, &dimensions, &mut out);
    let stored = written.and_then(|()| store(session, args, &path, out));
    std::fs::remove_file(&path).context("cannot remove a passing file")?;
    talk::note(&format!("{} points were stored", stored?));
    Ok(())
}

fn write(
    session: &Session,
    args: &MetricsPut,
    dimensions: &[(String, String)],
    out: &mut Points<'_>,
) -> Result<()> {
    let fixed: Map<String, Value> =
        dimensions.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
    match (&args.filter.filter, args.value, args.paths.as_slice()) {
        (Some(pattern), None, []) => {
            let lake = open(session, &args.lake)?;
            let engine = engine(&lake, &session.catalog, &args.lake)?;
            let filter = (pattern.as_str(), dimensions);
            session.runtime.block_on(filtered(session, &engine, args, filter, out))
        }
        (None, Some(value), []) => {
            let now = session.now.0.div_euclid(1_000_000);
            let at = args.timestamp.as_deref().map(haechi_baseline::seconds).transpose()?;
            out.write(at.unwrap_or(now), &fixed, &json!(value))
        }
        (None, None, paths) if !paths.is_empty() => {
            paths.iter().try_for_each(|path| lines(path, &fixed, out))
        }
        _ => bail!("points come from one of: --value, files of `timestamp,value`, --filter"),
    }
}

/// Writes the points of a CSV file.
fn lines(path: &Path, dimensions: &Map<String, Value>, out: &mut Points<'_>) -> Result<()> {
    let mut lines = Lines::open(path)?;
    let columns = lines.columns()?;
    while lines.advance()? {
        let Point { seconds, value } = lines.row(columns)?.point;
        if value.is_finite() {
            out.write(seconds, dimensions, &json!(value))?;
        }
    }
    Ok(())
}

/// Writes what a metric filter makes of the logs, minute by minute.
async fn filtered(
    session: &Session,
    engine: &dyn Engine,
    args: &MetricsPut,
    (pattern, dimensions): (&str, &[(String, String)]),
    out: &mut Points<'_>,
) -> Result<()> {
    let MetricsFilter { group, metric_value, default_value, .. } = &args.filter;
    let Some(group) = group else { bail!("`--filter` needs the logs to look at: --group NAME") };
    if default_value.is_some() && dimensions.iter().any(|(_, value)| value.starts_with('$')) {
        bail!("a default value and dimensions from the logs exclude each other, as in CloudWatch");
    }
    let pattern = FilterPattern::compile(pattern, Dialect::Open)
        .map_err(|error| anyhow!("{}", error.render(pattern).trim_end()))?;
    let source = session.catalog.sources.get(group);
    let (table, condition) = match source {
        Some(source) => (source.name.as_str(), String::new()),
        None => ("cloudwatch_logs", format!("and \"logGroup\" = {}", literal(group))),
    };
    let is_messages = table == "cloudwatch_logs";
    let message = if is_messages { "coalesce(message, record)" } else { "record" };
    let sql = format!(
        "select cast(floor(extract(epoch from time) / 60) as bigint) as minute, \
         {message} as message from {table} where time is not null {condition}"
    );
    let mut minutes: BTreeMap<(i64, String), Minute> = BTreeMap::new();
    let mut quiet = std::collections::BTreeSet::new();
    let mut batches = engine.query(&sql).await?.batches;
    while let Some(batch) = batches.next().await {
        let batch = batch?;
        let ([messages], [at]) = (texts(&batch, ["message"])?, numbers(&batch, ["minute"])?);
        for (message, minute) in messages.iter().zip(at) {
            quiet.insert(minute);
            let Some(found) = pattern.extract(message) else { continue };
            let Some(value) = number(metric_value, &found) else { continue };
            let Some(dimensions) = object(dimensions, &found, message) else { continue };
            let new = Minute { count: 0.0, sum: 0.0, min: value, max: value };
            minutes.entry((minute, dimensions)).or_insert(new).add(value);
        }
    }
    for ((minute, dimensions), it) in minutes {
        quiet.remove(&minute);
        let dimensions: Map<String, Value> = serde_json::from_str(&dimensions)?;
        let value = json!({ "count": it.count, "sum": it.sum, "min": it.min, "max": it.max });
        out.write(minute * 60, &dimensions, &value)?;
    }
    let fixed = object(dimensions, &Extracted::new(), "{}").unwrap_or_else(|| "{}".to_owned());
    let fixed: Map<String, Value> = serde_json::from_str(&fixed)?;
    for (minute, value) in quiet.into_iter().filter_map(|it| Some((it, (*default_value)?))) {
        out.write(minute * 60, &fixed, &json!(value))?;
    }
    Ok(())
}

/// Returns the value of a matching message: a number, or what a field of it holds.
fn number(metric_value: &str, found: &Extracted) -> Option<f64> {
    let text = match metric_value.strip_prefix('$') {
        Some(_) => found.get(metric_value)?.as_str(),
        None => metric_value,
    };
    text.parse().ok().filter(|value: &f64| value.is_finite())
}

/// Returns the dimensions of a matching message as JSON; nothing when it lacks one of them.
fn object(dimensions: &[(String, String)], found: &Extracted, message: &str) -> Option<String> {
    let mut members = Map::new();
    for (name, value) in dimensions {
        let value = match value.strip_prefix('$') {
            None => value.clone(),
            Some(path) => match found.get(value) {
                Some(text) => text.clone(),
                None => field(message, path.strip_prefix('.')?)?,
            },
        };
        members.insert(name.clone(), json!(value));
    }
    Some(Value::Object(members).to_string())
}

/// Returns a field of a JSON message that the pattern does not name.
fn field(message: &str, path: &str) -> Option<String> {
    let whole: Value = serde_json::from_str(message).ok()?;
    let value = path.split('.').try_fold(&whole, |value, name| value.get(name))?;
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
        _ => None,
    }
}

impl Minute {
    fn add(&mut self, value: f64) {
        self.count += 1.0;
        self.sum += value;
        (self.min, self.max) = (self.min.min(value), self.max.max(value));
    }
}

/// Points on their way.
struct Points<'a> {
    out: BufWriter<File>,
    args: &'a MetricsPut,
    count: u64,
}

impl Points<'_> {
    fn write(&mut self, at: i64, dimensions: &Map<String, Value>, value: &Value) -> Result<()> {
        let MetricsPut { namespace, metric, unit, account, region, .. } = self.args;
        let moment = jiff::Timestamp::from_second(at).context("a time is outside the calendar")?;
        let mut point = json!({
            "namespace": namespace,
            "metric_name": metric,
            "dimensions": dimensions,
            "timestamp": moment.to_string(),
            "value": value,
            "unit": unit.as_deref().unwrap_or("None"),
        });
        if let Some(map) = point.as_object_mut() {
            let known = [("account_id", account), ("region", region)];
            let known = known.into_iter().filter_map(|(name, it)| Some((name, it.as_ref()?)));
            map.extend(known.map(|(name, it)| (name.to_owned(), json!(it))));
        }
        self.count += 1;
        Ok(writeln!(self.out, "{point}")?)
    }
}

/// Reads the points into the lake, and returns how many were new to it.
fn store(session: &Session, args: &MetricsPut, path: &Path, points: Points<'_>) -> Result<u64> {
    points.out.into_inner().map_err(std::io::IntoInnerError::into_error)?.sync_data()?;
    if points.count == 0 {
        return Ok(0);
    }
    let location = location(&args.lake)?;
    let lake = session.runtime.block_on(Lake::open_or_create(&location, &session.catalog))?;
    let name = format!("metrics put {}:{}", args.namespace, args.metric);
    let object = Object { name, size: None, place: Place::File(PathBuf::from(path)) };
    let options = IngestOptions {
        threads: threads(&args.lake),
        gathered_bytes: 32 << 20,
        now: session.now,
        run: session.run_name(),
        runtime: session.runtime.handle().clone(),
        stop: Arc::new(AtomicBool::new(false)),
    };
    let mappings = crate::commands::mappings(&session.catalog);
    let (_, ingested) = haechi_lake::ingest(lake, &mappings, &vec![object], &options, &|_| {})?;
    Ok(ingested.accepted)
}
