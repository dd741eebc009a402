//! What the lake holds, in the large: asked of the engine, told by the summary.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::{Int64Type, TimestampMicrosecondType};
use futures::TryStreamExt;
use haechi_lake::{Lake, schema};
use haechi_model::{Timestamp, Window};
use haechi_query::Engine;
use serde::Serialize;

/// How many principals a summary names in each list.
const PRINCIPALS: usize = 5;
/// How many bars a sparkline has.
const BARS: usize = 40;

/// What the lake holds, in the large.
#[derive(Debug, Default)]
pub struct Overview {
    /// By source, in the order of their names.
    pub sources: Vec<SourceOverview>,
    /// Principals with the most events.
    pub busiest: Vec<(String, u64)>,
    /// Principals that were seen last of all for the first time.
    pub newest: Vec<(String, Timestamp)>,
    /// Why records were rejected, and how many.
    pub rejects: Vec<(String, u64)>,
}

/// What the lake holds of one source.
#[derive(Debug, Default, Clone, PartialEq, Serialize)]
pub struct SourceOverview {
    /// The source's table.
    pub source: String,
    /// Records.
    pub records: u64,
    /// Accounts, in order.
    pub accounts: Vec<String>,
    /// Regions, in order.
    pub regions: Vec<String>,
    /// The first event time.
    pub first_seen: Option<Timestamp>,
    /// The last event time.
    pub last_seen: Option<Timestamp>,
    /// Days between the first and the last without a record.
    pub days_without_records: u64,
    /// Records that say that traffic was lost (`SKIPDATA`).
    pub lost: u64,
    /// Records by day, for the sparkline.
    #[serde(skip)]
    days: BTreeMap<i64, u64>,
}

impl Overview {
    /// Asks the lake.
    pub async fn of(engine: &dyn Engine, lake: &Lake, window: Window) -> Result<Self> {
        let mut overview = Self::default();
        let names: BTreeSet<String> =
            lake.files()?.into_iter().map(|file| file.partition.source).collect();
        let within = within(window);
        for name in names.iter().filter(|it| !schema::OWN.contains(&it.as_str())) {
            let lost = match name.as_str() {
                "vpc_flow" | "transit_gateway_flow" => {
                    "count(*) filter (where log_status = 'SKIPDATA')"
                }
                _ => "0",
            };
            let sql = format!(
                "select account, region, date, count(*) as n, min(time) as first, \
                 max(time) as last, {lost} as lost from {name} {within} \
                 group by account, region, date"
            );
            let mut source = SourceOverview { source: name.clone(), ..SourceOverview::default() };
            for batch in batches(engine, &sql).await? {
                source.add(&batch);
            }
            source.finish();
            if 0 < source.records {
                overview.sources.push(source);
            }
        }
        if names.contains("cloudtrail") {
            overview.principals(engine, &within).await?;
        }
        if names.contains("rejects") {
            let sql = "select reject_reason, count(*) as n from rejects group by reject_reason \
                       order by n desc, reject_reason limit 5";
            for batch in batches(engine, sql).await? {
                overview.rejects.extend(pairs(&batch));
            }
        }
        Ok(overview)
    }

    /// Finds the principals that are named, in one pass over all of them.
    async fn principals(&mut self, engine: &dyn Engine, within: &str) -> Result<()> {
        let sql = format!(
            "select \"userIdentity_arn\", count(*) as n, min(time) as first from cloudtrail \
             {within} group by \"userIdentity_arn\" having \"userIdentity_arn\" is not null"
        );
        let mut rows = engine.query(&sql).await?.batches;
        while let Some(batch) = rows.try_next().await? {
            self.busiest.extend(pairs(&batch));
            for row in 0..batch.num_rows() {
                let name = text(&batch, 0, row);
                self.newest.extend(name.zip(moment(&batch, 2, row)));
            }
            self.keep_named();
        }
        Ok(())
    }

    /// Keeps the principals that come first in each list; of equal ones, in the order of names.
    fn keep_named(&mut self) {
        self.busiest.sort_by(|one, other| (other.1, &one.0).cmp(&(one.1, &other.0)));
        self.newest.sort_by(|one, other| (other.1, &one.0).cmp(&(one.1, &other.0)));
        self.busiest.truncate(PRINCIPALS);
        self.newest.truncate(PRINCIPALS);
    }
}

impl SourceOverview {
    fn add(&mut self, batch: &RecordBatch) {
        for row in 0..batch.num_rows() {
            self.accounts.extend(text(batch, 0, row));
            self.regions.extend(text(batch, 1, row));
            let records = int(batch, 3, row).unwrap_or_default();
            self.records += records;
            self.lost += int(batch, 6, row).unwrap_or_default();
            let (first, last) = (moment(batch, 4, row), moment(batch, 5, row));
            self.first_seen = [self.first_seen, first].into_iter().flatten().min();
            self.last_seen = [self.last_seen, last].into_iter().flatten().max();
            if let Some(first) = first {
                *self.days.entry(first.day()).or_default() += records;
            }
        }
    }

    fn finish(&mut self) {
        for names in [&mut self.accounts, &mut self.regions] {
            names.sort();
            names.dedup();
        }
        let span = self.days.keys().next().zip(self.days.keys().next_back());
        let n_days = span.map_or(0, |(first, last)| last.saturating_sub(*first).saturating_add(1));
        self.days_without_records = u64::try_from(n_days).unwrap_or(0) - self.days.len() as u64;
    }

    /// Returns the records by day as bars.
    pub fn sparkline(&self) -> String {
        let Some((first, last)) = self.days.keys().next().zip(self.days.keys().next_back()) else {
            return String::new();
        };
        let n_days = usize::try_from(last - first).unwrap_or(0) + 1;
        let n_bars = n_days.min(BARS);
        let mut bars = vec![0_u64; n_bars];
        for (day, n) in &self.days {
            let index = usize::try_from(day - first).unwrap_or(0) * n_bars / n_days;
            if let Some(bar) = bars.get_mut(index) {
                *bar += n;
            }
        }
        let highest = bars.iter().copied().max().unwrap_or(1).max(1);
        bars.iter().map(|bar| level(*bar, highest)).collect()
    }
}

fn level(value: u64, highest: u64) -> char {
    const LEVELS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let index = usize::try_from(value.saturating_mul(7).div_ceil(highest)).unwrap_or(7);
    if value == 0 { ' ' } else { LEVELS.get(index).copied().unwrap_or('█') }
}

/// Returns the condition that keeps to the window.
fn within(window: Window) -> String {
    let bound = |sign: &str, time: Timestamp| format!("time {sign} timestamp '{time}'");
    let bounds: Vec<String> =
        [window.from.map(|from| bound(">=", from)), window.until.map(|until| bound("<", until))]
            .into_iter()
            .flatten()
            .collect();
    if bounds.is_empty() { String::new() } else { format!("where {}", bounds.join(" and ")) }
}

async fn batches(engine: &dyn Engine, sql: &str) -> Result<Vec<RecordBatch>> {
    Ok(engine.query(sql).await?.batches.try_collect().await?)
}

fn pairs(batch: &RecordBatch) -> Vec<(String, u64)> {
    let pair = |row| text(batch, 0, row).zip(int(batch, 1, row));
    (0..batch.num_rows()).filter_map(pair).collect()
}

fn text(batch: &RecordBatch, column: usize, row: usize) -> Option<String> {
    let values =
        arrow::compute::cast(batch.columns().get(column)?, &arrow::datatypes::DataType::Utf8);
    let values = values.ok()?;
    let values = values.as_string_opt::<i32>()?;
    values.is_valid(row).then(|| values.value(row).to_owned())
}

fn int(batch: &RecordBatch, column: usize, row: usize) -> Option<u64> {
    let values = batch.columns().get(column)?.as_primitive_opt::<Int64Type>()?;
    values.is_valid(row).then(|| u64::try_from(values.value(row)).ok()).flatten()
}

fn moment(batch: &RecordBatch, column: usize, row: usize) -> Option<Timestamp> {
    let values = batch.columns().get(column)?.as_primitive_opt::<TimestampMicrosecondType>()?;
    values.is_valid(row).then(|| Timestamp(values.value(row)))
}
