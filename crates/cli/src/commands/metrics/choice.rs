//! A metric of the lake as a series: which one, which statistic, at which period.

use anyhow::{Result, anyhow, bail};
use futures::StreamExt;
use haechi_baseline::Series;
use haechi_catalog::Catalog;
use haechi_model::Window;
use haechi_query::Engine;

use super::series::{self, OURS};
use crate::args::SeriesArgs;
use crate::commands::columns::{decimals, numbers};

/// A metric, and how its points are put together.
pub struct Choice {
    pub namespace: Option<String>,
    pub name: String,
    /// Only series with these values of these dimensions.
    pub dimensions: Vec<(String, String)>,
    pub statistic: Statistic,
    /// Seconds of a period.
    pub period: i64,
}

/// Where metrics are: in a lake, whose sources are known.
#[derive(Clone, Copy)]
pub struct MetricLake<'a> {
    pub engine: &'a dyn Engine,
    pub catalog: &'a Catalog,
}

/// What stands for the points of a period.
#[derive(Clone, Debug, PartialEq)]
pub enum Statistic {
    Average,
    Sum,
    Minimum,
    Maximum,
    SampleCount,
    /// A percentile, under the name that points are delivered with, such as `p99.9`.
    Percentile(String, f64),
    /// A trimmed mean or the like, which only the points themselves can tell.
    Delivered(String),
}

/// Periods are of a second and more, and of a year at most.
const PERIOD_SECONDS_MAX: i64 = 366 * 86_400;

impl Statistic {
    /// Returns the statistic of one of CloudWatch's names.
    pub fn named(name: &str) -> Result<Self> {
        Ok(match name.to_ascii_lowercase().as_str() {
            "average" | "avg" => Self::Average,
            "sum" => Self::Sum,
            "minimum" | "min" => Self::Minimum,
            "maximum" | "max" => Self::Maximum,
            "samplecount" | "count" => Self::SampleCount,
            lower => match extended(lower) {
                Some(("p", percent)) => Self::Percentile(lower.to_owned(), percent),
                Some(("tm" | "wm" | "tc" | "ts", _)) => Self::Delivered(lower.to_owned()),
                _ => bail!(
                    "`{name}` is no statistic: there are Average, Sum, Minimum, Maximum, \
                     SampleCount, percentiles as p99, and tm90, wm90, tc90, ts90 where delivered"
                ),
            },
        })
    }

    /// Returns the SQL of the statistic of a period.
    ///
    /// A percentile that came with the points counts first: the mean of several by how many samples
    /// each stands for. Else it is that of the points, where each is of one value.
    fn sql(&self) -> String {
        match self {
            Self::Average => "sum(value_sum) / sum(sample_count)".to_owned(),
            Self::Sum => "sum(value_sum)".to_owned(),
            Self::Minimum => "min(value_min)".to_owned(),
            Self::Maximum => "max(value_max)".to_owned(),
            Self::SampleCount => "sum(sample_count)".to_owned(),
            Self::Delivered(name) => delivered(name),
            Self::Percentile(name, percent) => format!(
                "coalesce({}, percentile(case when value_min = value_max then value_max end, \
                 {percent:?}))",
                delivered(name)
            ),
        }
    }
}

/// Splits the name of a statistic that CloudWatch calls extended: `p99.9` is `p` and 99.9.
fn extended(name: &str) -> Option<(&str, f64)> {
    let digits = name.find(|letter: char| letter.is_ascii_digit())?;
    let (kind, percent) = name.split_at_checked(digits)?;
    let percent: f64 = percent.parse().ok()?;
    (0.0..=100.0).contains(&percent).then_some((kind, percent))
}

/// Returns the SQL of a statistic that points were delivered with.
fn delivered(name: &str) -> String {
    let own = format!(
        "try_cast(json_get_str(value_others, {}) as double)",
        literal(&format!("\"{name}\""))
    );
    format!("sum({own} * sample_count) / sum(case when {own} is not null then sample_count end)")
}

impl Choice {
    /// Returns what the arguments choose.
    pub fn of(args: &SeriesArgs) -> Result<Self> {
        let (namespace, name) = match args.metric.rsplit_once(':') {
            Some((namespace, name)) => (Some(namespace.to_owned()), name.to_owned()),
            None => (None, args.metric.clone()),
        };
        let dimensions = args.dimensions.iter().map(|it| pair(it)).collect::<Result<Vec<_>>>()?;
        let is_ours = namespace.as_deref() == Some(OURS);
        let statistic = match &args.statistic {
            Some(name) => Statistic::named(name)?,
            None if is_ours => Statistic::Sum,
            None => Statistic::Average,
        };
        let choice = Self { namespace, name, dimensions, statistic, period: args.period };
        choice.checked()
    }

    /// Checks the period.
    pub fn checked(self) -> Result<Self> {
        if !(1..=PERIOD_SECONDS_MAX).contains(&self.period) {
            bail!("a period of {} seconds is none: use 1 to {PERIOD_SECONDS_MAX}", self.period);
        }
        Ok(self)
    }

    /// Reads the series up to the end of a window, with all that came before.
    ///
    /// What is counted from logs is 0 where nothing was counted; any other metric lacks a point.
    pub async fn read(&self, lake: &MetricLake<'_>, window: Window) -> Result<Series> {
        let MetricLake { engine, catalog } = *lake;
        let points_of = series::of(catalog, self.namespace.as_deref(), &self.name);
        let period = self.period;
        let at = format!("cast(floor(extract(epoch from time) / {period}) as bigint) * {period}");
        let mut metric = vec![format!("metric_name = {}", literal(&self.name))];
        if let Some(namespace) = &self.namespace {
            metric.push(format!("namespace = {}", literal(namespace)));
        }
        if let Some(until) = window.until {
            metric.push(format!("time < to_timestamp_micros({})", until.0));
        }
        let metric = metric.join(" and ");
        let mut terms = vec![metric.clone()];
        for (name, value) in &self.dimensions {
            let path = literal(&format!("\"{}\"", name.replace('"', "")));
            terms.push(format!("json_get_str(dimensions, {path}) = {}", literal(value)));
        }
        let sql = format!(
            "select {at} as at, {} as value from ({points_of}) where {} group by 1 order by 1",
            self.statistic.sql(),
            terms.join(" and ")
        );
        let mut series = points(engine, &sql).await?;
        if self.namespace.as_deref() == Some(OURS)
            && matches!(
                self.statistic,
                Statistic::Sum | Statistic::SampleCount | Statistic::Minimum | Statistic::Maximum
            )
        {
            let sql = format!(
                "select min({at}) as at, 0.0 as value from ({points_of}) where {metric} union all \
                 select max({at}) as at, 0.0 as value from ({points_of}) where {metric}"
            );
            let edges = points(engine, &sql).await?;
            let (first, last) = (edges.keys().next(), edges.keys().next_back());
            if let (Some(first), Some(last)) = (first, last) {
                let step = usize::try_from(period).unwrap_or(1);
                (*first..=*last).step_by(step).for_each(|at| {
                    series.entry(at).or_insert(0.0);
                });
            }
        }
        Ok(series)
    }
}

async fn points(engine: &dyn Engine, sql: &str) -> Result<Series> {
    let mut series = Series::new();
    let mut batches = engine.query(sql).await?.batches;
    while let Some(batch) = batches.next().await {
        let batch = batch?;
        let [moments] = numbers(&batch, ["at"])?;
        let [values] = decimals(&batch, ["value"])?;
        let points = moments.into_iter().zip(values);
        series.extend(points.filter_map(|(at, value)| Some((at, value?))));
    }
    Ok(series)
}

/// Splits `NAME=VALUE`.
pub fn pair(text: &str) -> Result<(String, String)> {
    let (name, value) = text
        .split_once('=')
        .ok_or_else(|| anyhow!("`{text}` is not NAME=VALUE, as --dimension wants it"))?;
    Ok((name.to_owned(), value.to_owned()))
}

/// Quotes text so that it stays text.
pub fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''").replace('\0', " "))
}
