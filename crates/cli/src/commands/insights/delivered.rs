//! Insights that AWS delivered, as the lake holds them.

use anyhow::Result;
use futures::StreamExt;
use haechi_baseline::{Direction, Surge};
use haechi_query::Engine;
use serde_json::Value;

use crate::commands::columns::{numbers, texts};

use super::record::literal;
use super::search::{Histories, Insight, Key, Kind, Origin, minute};

/// Reads every insight that AWS delivered, in the order of time; ours, read back, are not among
/// them.
pub(super) async fn all(engine: &dyn Engine, histories: &Histories) -> Result<Vec<Insight>> {
    let mut batches = engine.query(&sql()).await?.batches;
    let mut found = Vec::new();
    while let Some(batch) = batches.next().await {
        let batch = batch?;
        let names = ["id", "kind", "account", "region", "source", "name", "error"];
        let mut columns = texts(&batch, names)?.map(Vec::into_iter);
        let averages = texts(&batch, ["baseline", "rate"])?;
        let mut averages = averages.map(|column| column.into_iter().map(|it| it.parse::<f64>()));
        let [firsts, lasts] = numbers(&batch, ["first", "last"])?;
        for (first, last) in firsts.into_iter().zip(lasts) {
            let [id, kind, account, region, event_source, event_name, error_code] =
                columns.each_mut().map(|column| column.next().unwrap_or_default());
            let [baseline_average, average] = averages
                .each_mut()
                .map(|column| column.next().and_then(Result::ok).unwrap_or_default());
            let surge = Surge {
                direction: if average < baseline_average {
                    Direction::Below
                } else {
                    Direction::Above
                },
                first,
                // A missing End reads as 0.
                last: Some(last).filter(|last| first <= *last),
                baseline_average,
                baseline_minutes: 0,
                start_average: average,
                average,
            };
            let principal = String::new();
            let key = Key { account, region, event_source, event_name, error_code, principal };
            let history = histories.of(&key, first);
            let (kind, origin) = (Kind::named(&kind), Origin::Aws);
            found.push(Insight { id, kind, key, surge, history, season: None, origin });
        }
    }
    Ok(found)
}

/// The id that a Start and its End have in common.
const SHARED_ID: &str = "json_get_str(record, 'sharedEventID')";

/// Reads the events of one, as they were delivered.
pub(super) async fn records(engine: &dyn Engine, id: &str) -> Result<Vec<Value>> {
    let sql = format!(
        "select record from cloudtrail where \"insightType\" is not null \
         and {SHARED_ID} = {} order by time, \"insightState\" desc",
        literal(id)
    );
    let mut batches = engine.query(&sql).await?.batches;
    let mut found = Vec::new();
    while let Some(batch) = batches.next().await {
        let [records] = texts(&batch?, ["record"])?;
        for record in records {
            found.push(serde_json::from_str(&record)?);
        }
    }
    Ok(found)
}

/// A Start and its End share an id; the End knows the rate of the whole span.
fn sql() -> String {
    let detail = |path: &str| format!("json_get_str(record, 'insightDetails.{path}')");
    let at = |state: &str| format!("case when \"insightState\" = '{state}' then {} end", minute());
    let average = |name: &str| {
        let value = detail(&format!("insightContext.statistics.{name}.average"));
        format!("try_cast({value} as double)")
    };
    format!(
        "select {SHARED_ID} as id, max(\"insightType\") as kind, max(account) as account, \
         max(\"awsRegion\") as region, max({source}) as source, max({name}) as name, \
         max({error}) as error, min({start}) as first, max({end}) as last, \
         max({baseline}) as baseline, \
         coalesce(max(case when \"insightState\" = 'End' then {rate} end), max({rate})) as rate \
         from cloudtrail where \"insightType\" is not null \
         and json_get_str(record, 'haechi.severity') is null and {start_or_end} is not null \
         group by {SHARED_ID} having min({start}) is not null order by first, id",
        source = detail("eventSource"),
        name = detail("eventName"),
        error = detail("errorCode"),
        start = at("Start"),
        end = at("End"),
        baseline = average("baseline"),
        rate = average("insight"),
        start_or_end = "\"insightState\"",
    )
}
