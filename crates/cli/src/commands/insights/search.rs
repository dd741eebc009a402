//! Counts of calls and errors a minute, key by key, to insights.

use std::collections::BTreeMap;

use anyhow::Result;
use arrow::array::RecordBatch;
use futures::StreamExt;
use haechi_baseline::{Surge, Surges};
use haechi_query::Engine;

use super::season::{BIN, Counts, Season, season};
use crate::commands::columns::{numbers, texts};

/// Insight events are answers, not activity.
const ACTIVITY: &str = "\"insightType\" is null and \"eventName\" is not null \
    and \"eventSource\" is not null";

/// Who made a call: the role behind a session, so that its sessions count together.
pub(super) const PRINCIPAL: &str = "coalesce(\"sessionIssuer_arn\", \"userIdentity_arn\", \
    \"userIdentity_invokedBy\", \"userIdentity_principalId\", '')";

/// What an insight is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    CallRate,
    ErrorRate,
}

/// Which calls are counted together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Key {
    pub account: String,
    pub region: String,
    pub event_source: String,
    pub event_name: String,
    /// Empty when calls are counted whatever came of them.
    pub error_code: String,
    /// Empty when calls are counted whoever made them.
    pub principal: String,
}

/// A span of unusual activity of one key.
#[derive(Clone, Debug)]
pub(super) struct Insight {
    pub id: String,
    pub kind: Kind,
    pub key: Key,
    pub surge: Surge,
    /// First and last minute of the logs that it was found in.
    pub history: (i64, i64),
    /// What was expected; nothing in the first days of the logs.
    pub season: Option<Season>,
    pub origin: Origin,
}

/// Who found an insight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    Haechi,
    Aws,
}

/// First and last minute of the logs of each account and Region.
#[derive(Debug, Default)]
pub(super) struct Histories(BTreeMap<(String, String), (i64, i64)>);

impl Kind {
    /// Returns the kind of one of CloudTrail's names.
    pub(super) fn named(name: &str) -> Self {
        if name == Self::ErrorRate.name() { Self::ErrorRate } else { Self::CallRate }
    }

    /// CloudTrail's name for it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::CallRate => "ApiCallRateInsight",
            Self::ErrorRate => "ApiErrorRateInsight",
        }
    }
}

impl Origin {
    /// Returns its name in answers.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Haechi => "haechi",
            Self::Aws => "aws",
        }
    }
}

impl Histories {
    /// Returns the first and the last minute of the logs of a key's account and Region.
    pub(super) fn of(&self, key: &Key, otherwise: i64) -> (i64, i64) {
        let place = (key.account.clone(), key.region.clone());
        self.0.get(&place).copied().unwrap_or((otherwise, otherwise))
    }
}

impl Insight {
    fn new(kind: Kind, key: Key, surge: Surge, history: (i64, i64)) -> Self {
        let text = format!("{kind:?} {key:?} {}", surge.first);
        Self { id: uuid(&text), kind, key, surge, history, season: None, origin: Origin::Haechi }
    }

    /// Says how far the rate is from the baseline, in three steps.
    pub(super) fn severity(&self) -> &'static str {
        let Surge { average, baseline_average, .. } = self.surge;
        if average <= 0.0 || average < 10.0 * baseline_average {
            "low"
        } else if average < 100.0 * baseline_average {
            "medium"
        } else {
            "high"
        }
    }
}

/// Finds every insight in the lake, in the order of time.
pub(super) async fn all(
    engine: &dyn Engine,
    by_principal: bool,
    histories: &Histories,
) -> Result<Vec<Insight>> {
    let mut found = Vec::new();
    for kind in [Kind::CallRate, Kind::ErrorRate] {
        found.extend(of_kind(engine, kind, "''", histories).await?);
        if by_principal {
            found.extend(of_kind(engine, kind, PRINCIPAL, histories).await?);
        }
    }
    found.sort_by(|one, other| (one.surge.first, &one.id).cmp(&(other.surge.first, &other.id)));
    Ok(found)
}

/// Reads how far the logs of each account and Region reach.
pub(super) async fn histories(engine: &dyn Engine) -> Result<Histories> {
    let sql = format!(
        "select account, \"awsRegion\" as region, min(minute) as first, max(minute) as last \
         from (select account, \"awsRegion\", {} as minute from cloudtrail where {ACTIVITY}) \
         group by account, \"awsRegion\"",
        minute()
    );
    let mut histories = Histories::default();
    let mut batches = engine.query(&sql).await?.batches;
    while let Some(batch) = batches.next().await {
        let batch = batch?;
        let [account, region] = texts(&batch, ["account", "region"])?;
        let [first, last] = numbers(&batch, ["first", "last"])?;
        for (((account, region), first), last) in
            account.into_iter().zip(region).zip(first).zip(last)
        {
            histories.0.insert((account, region), (first, last));
        }
    }
    Ok(histories)
}

/// Reads the counts of one kind, which come key by key, so that one key is in memory at a time.
async fn of_kind(
    engine: &dyn Engine,
    kind: Kind,
    principal: &str,
    histories: &Histories,
) -> Result<Vec<Insight>> {
    let (error, only) = match kind {
        Kind::CallRate => ("''", ""),
        Kind::ErrorRate => ("\"errorCode\"", "and \"errorCode\" is not null"),
    };
    let sql = format!(
        "select account, \"awsRegion\" as region, \"eventSource\" as source, \
         \"eventName\" as name, {error} as error, {principal} as principal, \
         {} as minute, count(*) as calls from cloudtrail where {ACTIVITY} {only} \
         group by 1, 2, 3, 4, 5, 6, 7 order by 1, 2, 3, 4, 5, 6, 7",
        minute()
    );
    let mut found = Vec::new();
    let mut running: Option<Running> = None;
    let mut batches = engine.query(&sql).await?.batches;
    while let Some(batch) = batches.next().await {
        let counts = rows(&batch?)?;
        for (key, minute, calls) in counts {
            if running.as_ref().is_none_or(|it| it.key != key) {
                found.extend(running.take().into_iter().flat_map(|it| it.ended(kind)));
                let history = histories.of(&key, minute);
                running = Some(Running::new(key, history));
            }
            if let Some(running) = &mut running {
                running.add(minute, calls);
            }
        }
    }
    found.extend(running.into_iter().flat_map(|it| it.ended(kind)));
    Ok(found)
}

/// The key whose counts are coming.
struct Running {
    key: Key,
    history: (i64, i64),
    surges: Surges,
    counts: Counts,
}

impl Running {
    fn new(key: Key, history: (i64, i64)) -> Self {
        Self { key, history, surges: Surges::new(history.0), counts: Counts::new() }
    }

    fn add(&mut self, minute: i64, calls: u32) {
        self.surges.add(minute, calls);
        let bin = self.counts.entry(minute.div_euclid(BIN)).or_default();
        *bin = bin.saturating_add(calls);
    }

    fn ended(self, kind: Kind) -> Vec<Insight> {
        let Self { key, history, surges, counts } = self;
        let found = surges.finish(history.1 + 1).into_iter();
        found
            .map(|surge| {
                let season = season(&counts, history.0, &surge);
                Insight { season, ..Insight::new(kind, key.clone(), surge, history) }
            })
            .collect()
    }
}

/// Returns the rows of a batch.
fn rows(batch: &RecordBatch) -> Result<Vec<(Key, i64, u32)>> {
    let names = ["account", "region", "source", "name", "error", "principal"];
    let mut columns = texts(batch, names)?.map(Vec::into_iter);
    let [minutes, calls] = numbers(batch, ["minute", "calls"])?;
    let mut rows = Vec::with_capacity(batch.num_rows());
    for (minute, calls) in minutes.into_iter().zip(calls) {
        let [account, region, event_source, event_name, error_code, principal] =
            columns.each_mut().map(|column| column.next().unwrap_or_default());
        let key = Key { account, region, event_source, event_name, error_code, principal };
        rows.push((key, minute, u32::try_from(calls).unwrap_or(u32::MAX)));
    }
    Ok(rows)
}

/// Returns the SQL of the minute of an event, counted from 1970.
pub(super) fn minute() -> &'static str {
    "cast(floor(extract(epoch from time) / 60) as bigint)"
}

/// Returns an id that the same insight has in every run, in the form of a UUID.
pub(super) fn uuid(text: &str) -> String {
    let hex = blake3::hash(text.as_bytes()).to_hex();
    let part = |from, to| hex.get(from..to).unwrap_or_default();
    // Version 8 is for ids of one's own making.
    format!("{}-{}-8{}-8{}-{}", part(0, 8), part(8, 12), part(12, 15), part(15, 18), part(18, 30))
}
