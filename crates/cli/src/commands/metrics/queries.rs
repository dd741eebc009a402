//! `MetricDataQueries` as CloudWatch takes them: metrics of the lake, and expressions over them.

use std::collections::BTreeMap;

use anyhow::{Context, Result, anyhow, bail};
use haechi_baseline::{Expression, Frame, MathError, Value};
use haechi_model::Window;
use serde::Deserialize;

use super::choice::{Choice, MetricLake, Statistic};

/// One of `MetricDataQueries`.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Query {
    pub id: String,
    pub expression: Option<String>,
    pub metric_stat: Option<MetricStat>,
    pub label: Option<String>,
    pub return_data: Option<bool>,
    pub period: Option<i64>,
}

/// A metric, its statistic and its period.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct MetricStat {
    pub metric: Metric,
    pub period: i64,
    pub stat: String,
}

/// A metric as CloudWatch names it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Metric {
    pub namespace: Option<String>,
    #[serde(rename = "MetricName")]
    pub name: String,
    #[serde(default)]
    pub dimensions: Vec<Dimension>,
}

/// A dimension as CloudWatch names it.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Dimension {
    pub name: String,
    pub value: String,
}

impl Query {
    /// Returns whether its values are wanted, and not only a step to others.
    pub fn is_wanted(&self) -> bool {
        self.return_data.unwrap_or(true)
    }

    fn choice(stat: &MetricStat) -> Result<Choice> {
        let MetricStat { metric, period, stat } = stat;
        let dimensions = metric.dimensions.iter();
        let choice = Choice {
            namespace: metric.namespace.clone(),
            name: metric.name.clone(),
            dimensions: dimensions.map(|it| (it.name.clone(), it.value.clone())).collect(),
            statistic: Statistic::named(stat)?,
            period: *period,
        };
        choice.checked()
    }
}

/// Returns the shortest period of the queries.
pub fn period(queries: &[Query]) -> Result<i64> {
    let own = |it: &Query| it.metric_stat.as_ref().map(|stat| stat.period).or(it.period);
    let shortest = queries.iter().filter_map(own).min();
    shortest.ok_or_else(|| anyhow!("no query names a `Period`"))
}

/// Returns the metrics of the queries, by their ids.
pub async fn metrics(
    lake: &MetricLake<'_>,
    queries: &[Query],
    window: Window,
) -> Result<BTreeMap<String, Value>> {
    let mut found = BTreeMap::new();
    for query in queries {
        let Some(stat) = &query.metric_stat else { continue };
        let choice = Query::choice(stat).with_context(|| format!("query `{}`", query.id))?;
        let series = choice.read(lake, window).await?;
        if found.insert(query.id.clone(), Value::Series(series)).is_some() {
            bail!("two queries have the id `{}`", query.id);
        }
    }
    Ok(found)
}

/// Adds what the expressions give, whatever order they stand in.
pub fn compute(
    queries: &[Query],
    values: &mut BTreeMap<String, Value>,
    frame: &Frame,
) -> Result<()> {
    let mut open: Vec<&Query> = queries.iter().filter(|it| it.metric_stat.is_none()).collect();
    while !open.is_empty() {
        let n_before = open.len();
        let mut waiting = Vec::new();
        let mut reason = None;
        for query in open {
            let text = query.expression.as_deref().unwrap_or_default();
            let value = Expression::parse(text).and_then(|it| it.value(values, frame));
            match value {
                Ok(value) => {
                    values.insert(query.id.clone(), value);
                }
                // It may stand behind.
                Err(error @ MathError::UnknownId(_)) => {
                    reason.get_or_insert((query.id.clone(), error));
                    waiting.push(query);
                }
                Err(error) => return Err(error).with_context(|| format!("query `{}`", query.id)),
            }
        }
        if let Some((id, error)) = reason.filter(|_| waiting.len() == n_before) {
            return Err(error).with_context(|| format!("query `{id}`"));
        }
        open = waiting;
    }
    Ok(())
}
