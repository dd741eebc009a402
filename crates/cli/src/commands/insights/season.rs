//! What the rhythm of an API lets expect while an insight lasts: the band of metrics, over calls.

use std::collections::BTreeMap;

use anyhow::Result;
use futures::StreamExt;
use haechi_baseline::{Baseline, Component, Direction, Options, Point, Surge, Verdict};
use haechi_query::Engine;
use serde_json::{Value, json};

use super::record::condition;
use super::search::{Insight, minute};
use crate::commands::columns::numbers;

/// Minutes of a bin.
pub(super) const BIN: i64 = 5;

/// The rhythm is learned from four weeks, as CloudTrail does it.
const HISTORY_BINS_MAX: i64 = 28 * 288;

/// An insight that goes on for longer is judged by its first day.
const SPAN_BINS_MAX: i64 = 288;

/// The width of the band, in standard deviations.
const WIDTH: f64 = 2.0;

/// Calls of bins, by number; bins without calls may be missing.
pub(super) type Counts = BTreeMap<i64, u32>;

/// What was expected of the minutes of an insight, in calls a minute.
#[derive(Clone, Copy, Debug)]
pub(super) struct Season {
    /// The usual rate, and the edges of its band.
    pub expected: f64,
    pub lower: f64,
    pub upper: f64,
    /// What the minute of the hour, the time of day and the hour of the week add to the level.
    pub hour: f64,
    pub day: f64,
    pub week: f64,
    /// The share of five minutes, in percent, that have fewer calls than its busiest one; of a
    /// silence, than none.
    pub percentile: f64,
    /// What it contradicts.
    pub contradicts: Component,
    /// Days that the rhythm was learned from.
    pub history_days: i64,
    is_silence: bool,
}

/// Returns what was expected of a surge; nothing before there are two days of logs.
pub(super) fn season(counts: &Counts, from: i64, surge: &Surge) -> Option<Season> {
    let first = surge.first.div_euclid(BIN);
    let last = surge.last.map_or(first, |last| last.div_euclid(BIN));
    let last = last.min(first + SPAN_BINS_MAX - 1);
    let verdicts = verdicts(counts, from, (first, last), (first, last));
    let is_further = |one: &&Verdict, other: &&Verdict| match surge.direction {
        Direction::Above => one.deviations.total_cmp(&other.deviations),
        Direction::Below => other.deviations.total_cmp(&one.deviations),
    };
    let furthest = verdicts.values().max_by(is_further)?;
    let n_bins = verdicts.values().fold(0.0, |n, _| n + 1.0);
    let mean = |part: fn(&Verdict) -> f64| verdicts.values().map(part).sum::<f64>() / n_bins;
    Some(Season {
        expected: mean(|it| it.band.expected),
        lower: mean(|it| it.band.lower),
        upper: mean(|it| it.band.upper),
        hour: mean(|it| it.expectation.hour),
        day: mean(|it| it.expectation.day),
        week: mean(|it| it.expectation.week),
        percentile: furthest.percentile,
        contradicts: furthest.component,
        history_days: (first - began(from, first)) / 288,
        is_silence: surge.direction == Direction::Below,
    })
}

/// Returns what is said of each bin of a span, from what came before it; the bins of the insight
/// itself teach nothing.
pub(super) fn verdicts(
    counts: &Counts,
    from: i64,
    (first, last): (i64, i64),
    insight: (i64, i64),
) -> BTreeMap<i64, Verdict> {
    let mut baseline = Baseline::new(Options { lowest: Some(0.0), ..Options::default() });
    let mut found = BTreeMap::new();
    for bin in began(from, first)..=last {
        let calls = counts.get(&bin).copied().unwrap_or_default();
        let point = Point { seconds: bin * BIN * 60, value: f64::from(calls) / 5.0 };
        if first <= bin {
            found.extend(baseline.judge(point, WIDTH).map(|verdict| (bin, verdict)));
        }
        if bin < insight.0 || insight.1 < bin {
            baseline.learn(point);
        }
    }
    found
}

/// Reads the calls of an insight's key from four weeks before a bin on, up to another.
pub(super) async fn counts(
    engine: &dyn Engine,
    insight: &Insight,
    (first, last): (i64, i64),
) -> Result<Counts> {
    let sql = format!(
        "select bin, count(*) as calls \
         from (select cast(floor({minute} / {BIN}.0) as bigint) as bin from cloudtrail \
         where to_timestamp_seconds({}) <= time and time < to_timestamp_seconds({}) and {}) \
         group by bin order by bin",
        (first - HISTORY_BINS_MAX) * BIN * 60,
        (last + 1) * BIN * 60,
        condition(insight),
        minute = minute(),
    );
    let mut counts = Counts::new();
    let mut batches = engine.query(&sql).await?.batches;
    while let Some(batch) = batches.next().await {
        let [bins, calls] = numbers(&batch?, ["bin", "calls"])?;
        let calls = calls.into_iter().map(|calls| u32::try_from(calls).unwrap_or(u32::MAX));
        counts.extend(bins.into_iter().zip(calls));
    }
    Ok(counts)
}

/// Returns the bin in which learning begins for a bin: where the logs do, four weeks back at most.
fn began(from: i64, first: i64) -> i64 {
    from.div_euclid(BIN).max(first - HISTORY_BINS_MAX).min(first)
}

impl Season {
    /// Returns it as the members of an object.
    pub(super) fn json(&self, observed: f64) -> Value {
        json!({
            "expected": self.expected,
            "lower": self.lower,
            "upper": self.upper,
            "observed": observed,
            "percentile": self.percentile,
            "contradicts": self.contradicts.name(),
            "hour": self.hour,
            "day": self.day,
            "week": self.week,
            "historyDays": self.history_days,
        })
    }

    /// Says in words what was expected and how far the insight lies from that.
    pub(super) fn words(&self, observed: f64) -> String {
        let rhythm = match self.strongest() {
            Some(name) => format!("at this {name}"),
            None => "at any time".to_owned(),
        };
        let (share, than) = if self.is_silence {
            (100.0 - self.percentile, "lower")
        } else {
            (self.percentile, "higher")
        };
        format!(
            "expected {rhythm}: {:.2} a minute ({:.2} to {:.2}), observed {observed:.2};\n\
             {than} than {share:.2} % of its five minutes; {}",
            self.expected,
            self.lower,
            self.upper,
            self.contradicts.words()
        )
    }

    /// Names the rhythm that moves the expectation most, if any moves it by a tenth.
    pub(super) fn strongest(&self) -> Option<&'static str> {
        let level = (self.expected - self.hour - self.day - self.week).abs();
        let parts = [
            ("minute of the hour", self.hour),
            ("time of day", self.day),
            ("hour of the week", self.week),
        ];
        let strongest =
            parts.into_iter().max_by(|one, other| one.1.abs().total_cmp(&other.1.abs()));
        strongest
            .filter(|(_, adds)| 0.1 * level <= adds.abs() && 0.005 <= adds.abs())
            .map(|it| it.0)
    }
}
