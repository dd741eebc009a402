//! The calls around an insight, as a chart.

use anyhow::Result;
use haechi_output::{ChartPoint, chart};
use haechi_query::Engine;

use super::record::moment;
use super::search::Insight;
use super::season::{self, BIN, verdicts};

/// Minutes that are shown before and behind the insight.
const BEFORE: i64 = 1_440;
const BEHIND: i64 = 120;

/// The rows of the chart.
const ROWS: usize = 14;

/// Draws calls a minute and the band of the usual; those of the insight are marked.
pub(super) async fn graph(
    engine: &dyn Engine,
    insight: &Insight,
    n_columns: usize,
) -> Result<String> {
    let surge = &insight.surge;
    let (first, last) = (surge.first, surge.last.unwrap_or(surge.first + BIN));
    let (from, to) = ((first - BEFORE).div_euclid(BIN), (last + BEHIND).div_euclid(BIN));
    let counts = season::counts(engine, insight, (from, to)).await?;
    let span = (first.div_euclid(BIN), last.div_euclid(BIN));
    let verdicts = verdicts(&counts, insight.history.0, (from, to), span);
    let points: Vec<ChartPoint> = (from..=to)
        .map(|bin| ChartPoint {
            at: bin * BIN,
            value: f64::from(counts.get(&bin).copied().unwrap_or_default()) / 5.0,
            band: verdicts.get(&bin).map(|it| (it.band.lower, it.band.upper)),
            is_marked: span.0 <= bin && bin <= span.1,
        })
        .collect();
    let key = &insight.key;
    let error = if key.error_code.is_empty() { "" } else { " with " };
    let observed = surge.average.max(surge.start_average);
    let season = insight.season.or_else(|| season::season(&counts, insight.history.0, surge));
    let expected = match season {
        Some(season) => season.words(observed),
        None => "less than two days of logs before it: no time of day is known".to_owned(),
    };
    let until = surge.last.map_or_else(|| "the end of the logs".to_owned(), moment);
    Ok(format!(
        "{} {}{error}{}\n{} to {until}, {} severity\n\
         {observed:.2} a minute, {:.4} in the days before\n{expected}\n\n{}",
        key.event_source,
        key.event_name,
        key.error_code,
        moment(surge.first),
        insight.severity(),
        surge.baseline_average,
        chart(&points, n_columns, ROWS, &moment),
    ))
}
