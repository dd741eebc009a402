//! What the newest record of each finding tells: asked of the lake for many findings at once.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use arrow::array::RecordBatch;
use futures::TryStreamExt;
use haechi_detect::limits::RECORDS_MAX;
use haechi_detect::{details, source_of};
use haechi_model::{Finding, FindingId, Timestamp};
use haechi_origins::{Clients, Tables};
use haechi_query::Engine;
use serde_json::{Map, Value};

/// LIMIT: how many records one query asks for; a longer list would be slow to plan.
pub const RECORDS_PER_QUERY: usize = 500;

/// The sources whose records tell something, and what is read of them.
const COLUMNS: &[(&str, &str)] = &[
    ("cloudtrail", "\"eventID\" as haechi_id, record"),
    ("vpc_flow", FLOW),
    ("transit_gateway_flow", FLOW),
    (
        "route53_resolver",
        "file || ':' || cast(position as varchar) as haechi_id, query_name, transport, \
         instance_id, vpc_id, firewall_rule_action",
    ),
];

const FLOW: &str = "file || ':' || cast(position as varchar) as haechi_id, srcaddr, dstaddr, \
     pkt_srcaddr, pkt_dstaddr, srcport, dstport, protocol, action, instance_id, interface_id, \
     subnet_id, vpc_id";

/// Returns the details of the findings whose newest record is there and tells something.
pub async fn of(
    engine: &dyn Engine,
    findings: &[Finding],
    known: (&Tables, &Clients),
) -> Result<Vec<(FindingId, Value)>> {
    let mut told = Vec::new();
    for (source, columns) in COLUMNS {
        let mut of_source = Vec::new();
        for finding in findings {
            if source_of(finding) == Some(source)
                && let Some(record) = finding.records.last()
            {
                of_source.push((finding, record));
            }
        }
        for some in of_source.chunks(RECORDS_PER_QUERY) {
            let ids: Vec<&str> = some.iter().map(|(_, record)| record.as_str()).collect();
            let days = days_of_newest(some.iter().map(|(finding, _)| *finding));
            let sql = query(source, columns, &ids, &days);
            let records = records(engine, &sql).await?;
            for (finding, id) in some {
                if let Some(record) = records.get(*id) {
                    told.push((finding.id.clone(), details(finding, source, record, known)));
                }
            }
        }
    }
    Ok(told)
}

/// Returns the condition for the days that the newest known records of findings may be of.
fn days_of_newest<'a>(findings: impl Iterator<Item = &'a Finding>) -> String {
    let (mut days, mut crowded) = (BTreeSet::new(), Vec::new());
    for finding in findings {
        if RECORDS_MAX <= finding.records.len() {
            crowded.push(finding);
            continue;
        }
        // A record that was seen last may have begun the day before.
        let day = finding.last_seen.start_of_day();
        let before = Timestamp(day.0.saturating_sub(1));
        days.extend([before, day].into_iter().filter_map(Timestamp::date));
    }
    let days: Vec<String> = days.into_iter().map(|day| format!("'{day}'")).collect();
    match (days.is_empty(), crowded.is_empty()) {
        (false, true) => format!("date in ({})", days.join(", ")),
        (true, _) => days_of_all(crowded.into_iter()),
        (false, false) => {
            let all = days_of_all(crowded.into_iter());
            format!("(date in ({}) or {all})", days.join(", "))
        }
    }
}

/// Returns the condition for the days of all records of findings.
pub fn days_of_all<'a>(findings: impl Iterator<Item = &'a Finding> + Clone) -> String {
    let first = findings.clone().map(|it| it.first_seen).min();
    let last = findings.map(|it| it.last_seen).max();
    first.zip(last).and_then(|(first, last)| span(first, last)).unwrap_or("true".to_owned())
}

fn span(first: Timestamp, last: Timestamp) -> Option<String> {
    Some(format!("date between '{}' and '{}'", first.date()?, last.date()?))
}

/// Returns the query that gives some records of findings, each with its name as `haechi_id`.
pub fn query(source: &str, columns: &str, ids: &[&str], days: &str) -> String {
    let literal = |text: &str| format!("'{}'", text.replace('\'', "''").replace('\0', " "));
    let named = if source == "cloudtrail" {
        let ids: Vec<String> = ids.iter().map(|id| literal(id)).collect();
        format!("\"eventID\" in ({})", ids.join(", "))
    } else {
        // A pair for each would be more conditions than a query may have; what else stands at one
        // of the positions in one of the files is nobody's record, and is passed over.
        let (mut files, mut positions) = (BTreeSet::new(), BTreeSet::new());
        for id in ids {
            let (file, position) = id.rsplit_once(':').unwrap_or((id, "0"));
            files.insert(literal(file));
            positions.insert(position.parse::<u64>().unwrap_or(0).to_string());
        }
        let joined = |values: BTreeSet<String>| values.into_iter().collect::<Vec<_>>().join(", ");
        format!("file in ({}) and position in ({})", joined(files), joined(positions))
    };
    format!("select {columns} from {source} where {days} and {named}")
}

/// Returns the rows of a query as JSON, by their ids; a verbatim record in place of its row.
pub async fn records(engine: &dyn Engine, sql: &str) -> Result<BTreeMap<String, Value>> {
    let batches: Vec<RecordBatch> = engine.query(sql).await?.batches.try_collect().await?;
    let mut writer = arrow::json::LineDelimitedWriter::new(Vec::new());
    for batch in &batches {
        writer.write(batch)?;
    }
    writer.finish()?;
    let mut records = BTreeMap::new();
    for line in writer.into_inner().split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
        let mut row: Map<String, Value> = serde_json::from_slice(line)?;
        let Some(Value::String(id)) = row.remove("haechi_id") else { continue };
        let verbatim = row.get("record").and_then(Value::as_str);
        let verbatim = verbatim.and_then(|text| serde_json::from_str(text).ok());
        records.insert(id, verbatim.unwrap_or_else(|| row.into()));
    }
    Ok(records)
}
