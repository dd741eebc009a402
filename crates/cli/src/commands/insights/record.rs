//! Insights as the events that CloudTrail would have delivered.

use anyhow::Result;
use futures::StreamExt;
use haechi_query::Engine;
use serde_json::{Map, Value, json};

use crate::commands::columns::{numbers, texts};

use super::search::{Insight, Kind, PRINCIPAL, minute, uuid};

/// CloudTrail names no more values of an attribute than this.
const VALUES_MAX: usize = 5;

/// The version whose fields these are.
const EVENT_VERSION: &str = "1.08";

/// Returns the Start event, and the End event if it ended.
pub(super) async fn records(engine: &dyn Engine, insight: &Insight) -> Result<Vec<Value>> {
    let attributions = attributions(engine, insight).await?;
    let start = record(insight, "Start", insight.surge.first, &attributions);
    let end = insight.surge.last.map(|last| record(insight, "End", last, &attributions));
    Ok(std::iter::once(start).chain(end).collect())
}

fn record(insight: &Insight, state: &str, at: i64, attributions: &[Value]) -> Value {
    let Insight { id, kind, key, surge, .. } = insight;
    let rate = if state == "Start" { surge.start_average } else { surge.average };
    let mut statistics = json!({
        "baseline": { "average": surge.baseline_average },
        "insight": { "average": rate },
        "baselineDuration": surge.baseline_minutes,
    });
    if let (Some(last), "End", Some(map)) = (surge.last, state, statistics.as_object_mut()) {
        map.insert("insightDuration".to_owned(), json!(last - surge.first + 1));
    }
    let mut details = Map::new();
    details.insert("state".to_owned(), json!(state));
    details.insert("eventSource".to_owned(), json!(key.event_source));
    details.insert("eventName".to_owned(), json!(key.event_name));
    details.insert("insightType".to_owned(), json!(kind.name()));
    if *kind == Kind::ErrorRate {
        details.insert("errorCode".to_owned(), json!(key.error_code));
    }
    let context = json!({ "statistics": statistics, "attributions": attributions });
    details.insert("insightContext".to_owned(), context);
    let mut record = json!({
        "eventVersion": EVENT_VERSION,
        "eventTime": moment(at),
        "awsRegion": key.region,
        "eventID": uuid(&format!("{id} {state}")),
        "eventType": "AwsCloudTrailInsight",
        "recipientAccountId": key.account,
        "sharedEventID": id,
        "insightDetails": details,
        "eventCategory": "Insight",
    });
    if let Some(map) = record.as_object_mut() {
        // What CloudTrail does not say stands apart, under a name that it does not have.
        map.insert("haechi".to_owned(), ours(insight, rate));
    }
    record
}

/// Returns what CloudTrail does not say.
fn ours(insight: &Insight, rate: f64) -> Value {
    json!({
        "severity": insight.severity(),
        "principal": insight.key.principal,
        "historyDays": (insight.surge.first - insight.history.0) / 1_440,
        "seasonality": insight.season.map(|season| season.json(rate)),
    })
}

/// Returns who and what made the calls, now and in the baseline.
async fn attributions(engine: &dyn Engine, insight: &Insight) -> Result<Vec<Value>> {
    let mut attributes =
        vec![("userIdentityArn", "\"userIdentity_arn\""), ("userAgent", "\"userAgent\"")];
    if insight.kind == Kind::CallRate {
        attributes.push(("errorCode", "\"errorCode\""));
    }
    let mut attributions = Vec::new();
    for (name, column) in attributes {
        let values = values(engine, insight, column).await?;
        let surge = &insight.surge;
        let last = surge.last.unwrap_or(surge.first + 5);
        attributions.push(json!({
            "attribute": name,
            "insight": top(&values, last - surge.first + 1, |value| value.during),
            "baseline": top(&values, surge.baseline_minutes, |value| value.before),
        }));
    }
    Ok(attributions)
}

/// One value of an attribute: calls during the insight and in its baseline.
struct Calls {
    value: String,
    during: i64,
    before: i64,
}

async fn values(engine: &dyn Engine, insight: &Insight, column: &str) -> Result<Vec<Calls>> {
    let surge = &insight.surge;
    let (first, from) = (surge.first, surge.first - surge.baseline_minutes);
    let last = surge.last.unwrap_or(first + 5);
    let sql = format!(
        "select value, sum(case when {first} <= minute then 1 else 0 end) as during, \
         sum(case when minute < {first} then 1 else 0 end) as before \
         from (select coalesce({column}, 'null') as value, {} as minute from cloudtrail \
         where to_timestamp_seconds({}) <= time and time < to_timestamp_seconds({}) and {}) \
         group by value order by during desc, before desc, value",
        minute(),
        from * 60,
        (last + 1) * 60,
        condition(insight),
    );
    let mut found = Vec::new();
    let mut batches = engine.query(&sql).await?.batches;
    while let Some(batch) = batches.next().await {
        let batch = batch?;
        let [names] = texts(&batch, ["value"])?;
        let [during, before] = numbers(&batch, ["during", "before"])?;
        for ((value, during), before) in names.into_iter().zip(during).zip(before) {
            found.push(Calls { value, during, before });
        }
    }
    Ok(found)
}

/// Returns the SQL that finds the calls of a key.
pub(super) fn condition(insight: &Insight) -> String {
    let key = &insight.key;
    let mut terms = vec![
        format!("account = {}", literal(&key.account)),
        format!("\"awsRegion\" = {}", literal(&key.region)),
        format!("\"eventSource\" = {}", literal(&key.event_source)),
        format!("\"eventName\" = {}", literal(&key.event_name)),
    ];
    if insight.kind == Kind::ErrorRate {
        terms.push(format!("\"errorCode\" = {}", literal(&key.error_code)));
    }
    if !key.principal.is_empty() {
        terms.push(format!("{PRINCIPAL} = {}", literal(&key.principal)));
    }
    terms.join(" and ")
}

/// Quotes text that comes from logs, so that it stays text.
pub(super) fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''").replace('\0', " "))
}

/// Returns the values with the highest rates.
fn top(values: &[Calls], minutes: i64, calls: fn(&Calls) -> i64) -> Vec<Value> {
    let mut some: Vec<&Calls> = values.iter().filter(|value| 0 < calls(value)).collect();
    some.sort_by_key(|value| std::cmp::Reverse(calls(value)));
    some.truncate(VALUES_MAX);
    #[expect(clippy::cast_precision_loss, reason = "calls and minutes, far below 2^52")]
    let rate = |value: &Calls| calls(value) as f64 / minutes.max(1) as f64;
    some.into_iter().map(|value| json!({ "value": value.value, "average": rate(value) })).collect()
}

/// Returns a minute counted from 1970 as CloudTrail writes times.
pub(super) fn moment(minute: i64) -> String {
    jiff::Timestamp::from_second(minute.saturating_mul(60))
        .map(|moment| moment.strftime("%Y-%m-%dT%H:%M:%SZ").to_string())
        .unwrap_or_default()
}
