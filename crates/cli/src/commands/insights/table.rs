//! Insights as rows: all that is known of each, or what fits into a terminal.

use std::collections::BTreeSet;
use std::sync::Arc;

use anyhow::Result;
use arrow::array::{ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray};
use haechi_baseline::Direction;
use haechi_query::Answer;

use super::moment;
use super::search::{Insight, Origin};
use super::season::Season;

/// Where a column's cells come from; what is not known is empty.
#[derive(Clone, Copy)]
enum Cell {
    Text(fn(&Insight) -> Option<String>),
    Number(fn(&Insight) -> Option<f64>),
    Count(fn(&Insight) -> Option<i64>),
}

use Cell::{Count, Number, Text};

/// Every column, in order.
const WHOLE: &[(&str, Cell)] = &[
    ("id", Text(|it| Some(it.id.clone()))),
    ("insight_type", Text(|it| Some(it.kind.name().to_owned()))),
    ("severity", SEVERITY),
    ("account", Text(|it| Some(it.key.account.clone()))),
    ("region", Text(|it| Some(it.key.region.clone()))),
    ("event_source", Text(|it| Some(it.key.event_source.clone()))),
    ("event_name", Text(|it| Some(it.key.event_name.clone()))),
    ("error_code", Text(|it| Some(it.key.error_code.clone()))),
    ("principal", PRINCIPAL),
    ("start", Text(|it| Some(moment(it.surge.first)))),
    ("end", Text(|it| Some(it.surge.last.map(moment).unwrap_or_default()))),
    ("direction", Text(|it| Some(direction(it).to_owned()))),
    ("baseline_average", Number(|it| Some(it.surge.baseline_average))),
    ("insight_average", Number(|it| Some(it.surge.average))),
    ("expected_average", Number(|it| Some(it.season?.expected))),
    ("expected_lower", Number(|it| Some(it.season?.lower))),
    ("expected_upper", Number(|it| Some(it.season?.upper))),
    ("percentile", PERCENTILE),
    ("contradicts", Text(|it| Some(it.season?.contradicts.name().to_owned()))),
    ("rhythm", Text(|it| Some(it.season?.strongest()?.to_owned()))),
    ("history_days", Count(|it| Some((it.surge.first - it.history.0) / 1_440))),
    ("origin", ORIGIN),
];

/// What a person looks at first.
const BRIEF: &[(&str, Cell)] = &[
    ("id", Text(|it| Some(it.id.chars().take(8).collect()))),
    ("start", Text(|it| Some(moment(it.surge.first).chars().take(16).collect()))),
    ("minutes", Count(|it| Some(it.surge.last? - it.surge.first + 1))),
    ("severity", SEVERITY),
    ("event", Text(|it| Some(event(it)))),
    ("rate", Number(|it| Some(rounded(it.surge.average)))),
    ("before", Number(|it| Some(rounded(it.surge.baseline_average)))),
    ("expected", Number(|it| it.season.map(|season: Season| rounded(season.expected)))),
    ("percentile", PERCENTILE),
];

const SEVERITY: Cell = Text(|it| Some(it.severity().to_owned()));
const PRINCIPAL: Cell = Text(|it| Some(it.key.principal.clone()));
const PERCENTILE: Cell = Number(|it| Some(rounded(it.season?.percentile)));
const ORIGIN: Cell = Text(|it| Some(it.origin.name().to_owned()));

/// Returns a row for each insight, with all that is known of it.
pub(super) fn whole(all: &[Insight]) -> Result<Answer> {
    answer(all, WHOLE.to_vec())
}

/// Returns a row for each insight, with as many columns as a terminal takes; those that tell
/// nothing apart are left out.
pub(super) fn brief(all: &[Insight]) -> Result<Answer> {
    let mut columns = BRIEF.to_vec();
    let places: BTreeSet<_> = all.iter().map(|it| (&it.key.account, &it.key.region)).collect();
    if 1 < places.len() {
        columns.push(("account", Text(|it| Some(it.key.account.clone()))));
        columns.push(("region", Text(|it| Some(it.key.region.clone()))));
    }
    if all.iter().any(|it| !it.key.principal.is_empty()) {
        columns.push(("principal", PRINCIPAL));
    }
    if all.iter().any(|it| it.origin == Origin::Aws) {
        columns.push(("origin", ORIGIN));
    }
    answer(all, columns)
}

fn answer(all: &[Insight], columns: Vec<(&'static str, Cell)>) -> Result<Answer> {
    let arrays = columns.into_iter().map(|(name, cell)| {
        let array: ArrayRef = match cell {
            Text(cell) => Arc::new(all.iter().map(cell).collect::<StringArray>()),
            Number(cell) => Arc::new(all.iter().map(cell).collect::<Float64Array>()),
            Count(cell) => Arc::new(all.iter().map(cell).collect::<Int64Array>()),
        };
        (name, array, true)
    });
    let batch = RecordBatch::try_from_iter_with_nullable(arrays)?;
    let schema = batch.schema();
    Ok(Answer { schema, batches: Box::pin(futures::stream::iter([Ok(batch)])) })
}

fn direction(insight: &Insight) -> &'static str {
    match insight.surge.direction {
        Direction::Above => "above",
        Direction::Below => "below",
    }
}

/// Names the API, and the error or the silence.
fn event(insight: &Insight) -> String {
    let key = &insight.key;
    let service = key.event_source.trim_end_matches(".amazonaws.com");
    let silence = if insight.surge.direction == Direction::Below { " (silent)" } else { "" };
    let error = if key.error_code.is_empty() { "" } else { " " };
    format!("{service} {}{error}{}{silence}", key.event_name, key.error_code)
}

/// Leaves two digits behind the point.
fn rounded(number: f64) -> f64 {
    (number * 100.0).round() / 100.0
}
