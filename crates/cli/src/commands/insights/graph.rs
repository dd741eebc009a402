//! The calls around an insight, as a chart.

use anyhow::Result;
use futures::StreamExt;
use haechi_output::{ChartPoint, chart};
use haechi_query::Engine;

use super::record::{condition, moment};
use super::search::{Insight, minute};
use crate::commands::columns::{decimals, numbers};

/// Minutes of a bin, and how many are shown before and behind the insight.
const BIN: i64 = 5;
const BEFORE: i64 = 1_440;
const BEHIND: i64 = 120;

/// The rows of the chart.
const ROWS: usize = 14;

/// Draws calls a minute; those of the insight are marked.
pub(super) async fn graph(
    engine: &dyn Engine,
    insight: &Insight,
    n_columns: usize,
) -> Result<String> {
    let surge = &insight.surge;
    let (first, last) = (surge.first, surge.last.unwrap_or(surge.first + BIN));
    let (from, to) = ((first - BEFORE).div_euclid(BIN), (last + BEHIND).div_euclid(BIN));
    let sql = format!(
        "select bin, cast(count(*) as double) / {BIN} as calls \
         from (select cast(floor({minute} / {BIN}.0) as bigint) as bin from cloudtrail \
         where to_timestamp_seconds({}) <= time and time < to_timestamp_seconds({}) and {}) \
         group by bin order by bin",
        from * BIN * 60,
        (to + 1) * BIN * 60,
        condition(insight),
        minute = minute(),
    );
    let mut rates = haechi_baseline::Series::new();
    let mut batches = engine.query(&sql).await?.batches;
    while let Some(batch) = batches.next().await {
        let batch = batch?;
        let ([bins], [calls]) = (numbers(&batch, ["bin"])?, decimals(&batch, ["calls"])?);
        rates.extend(bins.into_iter().zip(calls).filter_map(|(bin, calls)| Some((bin, calls?))));
    }
    let is_within = |bin: i64| first.div_euclid(BIN) <= bin && bin <= last.div_euclid(BIN);
    let points: Vec<ChartPoint> = (from..=to)
        .map(|bin| ChartPoint {
            at: bin * BIN,
            value: rates.get(&bin).copied().unwrap_or_default(),
            band: None,
            is_marked: is_within(bin),
        })
        .collect();
    let key = &insight.key;
    let error = if key.error_code.is_empty() { "" } else { " with " };
    Ok(format!(
        "{} {}{error}{}: {:.2} a minute from {} to {}, {:.4} in the days before\n\n{}",
        key.event_source,
        key.event_name,
        key.error_code,
        surge.average.max(surge.start_average),
        moment(surge.first),
        surge.last.map_or_else(|| "the end of the logs".to_owned(), moment),
        surge.baseline_average,
        chart(&points, n_columns, ROWS, &moment),
    ))
}
