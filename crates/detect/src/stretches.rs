//! Rows in time order, asked for a stretch of time after the other.
//!
//! An engine that puts ten million rows in order writes them to disk, and reads them back with
//! many runs in memory at once. Stretches with as many rows as fit are put in order where they
//! are, and are there once.

use arrow::array::{Array, AsArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Int64Type};
use arrow::record_batch::RecordBatch;
use haechi_model::{Timestamp, Window};
use haechi_query::Engine;

use crate::DetectError;
use crate::limits::{BINS_MAX, BINS_PER_STRETCH, ROWS_AT_ONCE};
use crate::run::Batches;
use crate::sql;

/// A stretch of time with its rows; both moments are in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stretch {
    first: i64,
    last: i64,
    n_rows: u64,
}

/// Cuts a window into stretches with so many rows that an engine holds them at once, in time
/// order; only a single moment may have more. Where there are no rows, there is no stretch.
///
/// # Errors
/// The engine fails.
pub(crate) async fn stretches(
    engine: &dyn Engine,
    source: &str,
    window: Window,
) -> Result<Vec<Window>, DetectError> {
    let mut todo = asked(engine, source, None, window).await?;
    let mut done: Vec<Stretch> = Vec::new();
    // Ends because every part of a stretch is shorter than the stretch.
    while let Some(next) = todo.pop() {
        if ROWS_AT_ONCE < next.n_rows && next.first < next.last {
            let within = Window {
                from: Some(Timestamp(next.first)),
                until: Some(Timestamp(next.last.saturating_add(1))),
            };
            let mut parts = asked(engine, source, Some(next), within).await?;
            parts.reverse();
            todo.extend(parts);
            continue;
        }
        match done.last_mut().filter(|it| it.n_rows + next.n_rows <= ROWS_AT_ONCE) {
            Some(before) => {
                (before.last, before.n_rows) = (next.last, before.n_rows + next.n_rows);
            }
            None => done.push(next),
        }
    }
    Ok(windows(&done, window))
}

/// Returns the windows that begin where stretches do, and reach as far as the whole.
fn windows(stretches: &[Stretch], whole: Window) -> Vec<Window> {
    let starts = stretches.iter().skip(1).map(|stretch| Some(Timestamp(stretch.first)));
    let from = std::iter::once(whole.from).chain(starts.clone());
    let until = starts.chain(std::iter::once(whole.until));
    let windows = from.zip(until).map(|(from, until)| Window { from, until });
    windows.take(stretches.len()).collect()
}

impl Stretch {
    /// Returns SQL that numbers the parts into which the stretch is cut.
    fn part(&self, time: &str) -> String {
        let n_parts = (self.n_rows / ROWS_AT_ONCE).saturating_mul(BINS_PER_STRETCH);
        let n_parts = i64::try_from(n_parts.clamp(2, BINS_MAX)).unwrap_or(2);
        let width = (self.last.saturating_sub(self.first) / n_parts).saturating_add(1);
        format!("({time} - ({})) / {width}", self.first)
    }
}

/// Asks for the parts of a window that have rows, in time order; for the window whole, when it is
/// not known what stretch it is.
async fn asked(
    engine: &dyn Engine,
    source: &str,
    stretch: Option<Stretch>,
    window: Window,
) -> Result<Vec<Stretch>, DetectError> {
    let mut conditions = sql::within(window);
    conditions.push("\"time\" is not null".to_owned());
    let time = "cast(\"time\" as bigint)";
    let figures =
        format!("min({time}) as \"first\", max({time}) as \"last\", count(*) as \"rows\"");
    let rows = format!("from \"{source}\" where {}", conditions.join(" and "));
    let sql = match stretch {
        None => format!("select {figures} {rows}"),
        Some(stretch) => {
            let part = stretch.part(time);
            format!("select {figures} {rows} group by {part} order by \"first\"")
        }
    };
    let mut batches = Batches::open(engine, source, &sql).await?;
    let mut stretches = Vec::new();
    while let Some(batch) = batches.next().await? {
        stretches.extend(numbers(source, &batch)?);
    }
    Ok(stretches)
}

fn numbers(source: &str, batch: &RecordBatch) -> Result<Vec<Stretch>, DetectError> {
    let fault = |reason: String| DetectError::Rows { source_name: source.to_owned(), reason };
    let mut columns = Vec::new();
    for column in batch.columns() {
        let numbers = cast(column, &DataType::Int64).map_err(|error| fault(error.to_string()))?;
        columns.push(numbers.as_primitive::<Int64Type>().clone());
    }
    let [first, last, n_rows] = columns.as_slice() else {
        return Err(fault(format!("there are {} columns of numbers", columns.len())));
    };
    let stretch = |row: usize| Stretch {
        first: first.value(row),
        last: last.value(row),
        n_rows: n_rows.value(row).unsigned_abs(),
    };
    Ok((0..batch.num_rows()).filter(|row| first.is_valid(*row)).map(stretch).collect())
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use arrow::array::Int64Array;
    use futures::executor::block_on;
    use futures::stream;
    use haechi_query::{Answer, QueryError};

    use super::*;

    /// Answers what is asked here of rows with these times, and counts the questions.
    struct Times(Vec<i64>, Mutex<usize>);

    #[async_trait::async_trait]
    impl Engine for Times {
        async fn query(&self, sql: &str) -> Result<Answer, QueryError> {
            *self.1.lock().unwrap() += 1;
            let moment = |before: &str| {
                let text = sql.split_once(before)?.1.split_once('\'')?.0;
                Some(Timestamp::parse(text).unwrap().0)
            };
            let from = moment("\"time\" >= '").unwrap_or(i64::MIN);
            let until = moment("\"time\" < '").unwrap_or(i64::MAX);
            let number = |text: &str| text.trim_matches(['(', ')', ' ']).parse::<i64>().unwrap();
            let cut = sql.split_once("as bigint) - (").filter(|_| sql.contains("group by"));
            let (first, width) = cut.map_or((0, i64::MAX), |(_, cut)| {
                let (first, width) = cut.split_once(" / ").unwrap();
                (number(first), number(width.split_once(" order by").unwrap().0))
            });
            let times = self.0.iter().filter(|time| (from..until).contains(*time));
            let mut parts = std::collections::BTreeMap::new();
            for time in times {
                let part = parts.entry((time - first) / width).or_insert((*time, *time, 0_i64));
                *part = (part.0.min(*time), part.1.max(*time), part.2 + 1);
            }
            let rows: Vec<_> = parts.into_values().collect();
            let column = |of: fn(&(i64, i64, i64)) -> i64| {
                Arc::new(rows.iter().map(of).collect::<Int64Array>()) as _
            };
            let columns = [
                ("first", column(|row| row.0)),
                ("last", column(|row| row.1)),
                ("rows", column(|row| row.2)),
            ];
            let batch = RecordBatch::try_from_iter(columns).unwrap();
            Ok(Answer { schema: batch.schema(), batches: Box::pin(stream::iter([Ok(batch)])) })
        }
    }

    /// Cuts these times, and checks that each row lies in one window of few rows.
    #[track_caller]
    fn check(times: Vec<i64>, whole: Window) -> Vec<Window> {
        let engine = Times(times, Mutex::default());
        let windows = block_on(stretches(&engine, "vpc_flow", whole)).unwrap();
        for pair in windows.windows(2) {
            assert_eq!(pair[0].until, pair[1].from);
            assert!(pair[0].until.is_some());
        }
        assert_eq!(windows.first().map(|it| it.from), windows.first().map(|_| whole.from));
        assert_eq!(windows.last().map(|it| it.until), windows.last().map(|_| whole.until));
        let n_asked = *engine.1.lock().unwrap();
        for window in &windows {
            let times = engine.0.iter().filter(|time| window.contains(Timestamp(**time)));
            let n_rows = times.clone().count() as u64;
            let is_moment = times.clone().min() == times.max();
            assert!(n_rows <= ROWS_AT_ONCE || is_moment, "{n_rows} rows in {window:?}");
            assert!(0 < n_rows);
        }
        assert!(n_asked < 20, "{n_asked} questions");
        windows
    }

    #[test]
    fn steady_rows_are_cut_into_stretches_of_about_as_many() {
        let windows = check((0..1_000_000).map(|it| it * 20_000).collect(), Window::default());
        assert!((16..=20).contains(&windows.len()), "{}", windows.len());
    }

    #[test]
    fn few_rows_are_one_stretch_and_none_are_none() {
        assert_eq!(check(vec![5, 7], Window::default()), [Window::default()]);
        assert_eq!(check(Vec::new(), Window::default()), []);
    }

    #[test]
    fn a_burst_between_lone_rows_is_cut_where_it_is() {
        let burst = 1_700_000_000_000_000;
        let mut times: Vec<i64> = (0..300_000).map(|it| burst + it).collect();
        times.extend([-62_000_000_000_000_000, 0, 250_000_000_000_000_000]);
        assert_eq!(check(times, Window::default()).len(), 5);
    }

    #[test]
    fn a_moment_is_not_cut() {
        let mut times = vec![1_000_000; 200_000];
        times.extend(vec![2_000_000; 60_000]);
        times.extend(vec![3_000_000; 5_000]);
        assert_eq!(check(times, Window::default()).len(), 2);
    }

    #[test]
    fn a_window_stays_as_wide_as_it_is() {
        let whole = Window {
            from: Some(Timestamp::from_seconds(1_000)),
            until: Some(Timestamp::from_seconds(500_000)),
        };
        let windows = check((0..600_000).map(|it| it * 1_000_000).collect(), whole);
        assert!((7..=10).contains(&windows.len()), "{}", windows.len());
    }
}
