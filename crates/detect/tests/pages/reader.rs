//! Examples to rows: JSON lines to a batch with the columns of a source.
//!
//! An example leaves out what it does not need. Some keys are the reader's own: `repeat` writes the
//! event so many times, one second apart or `every` so many, with `{n}` counted up,
//! `{nnn}` in three digits; `after` waits so many seconds; `answer` adds the flow record of the other direction, with what it holds.

use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanArray, Float64Array, Int64Array, StringArray, TimestampMicrosecondArray,
};
use arrow::record_batch::RecordBatch;
use haechi_catalog::{ColumnKind, Source};
use haechi_model::Timestamp;
use serde_json::{Map, Value, json};

/// Monday, in the middle of a working day.
const BEGIN: &str = "2026-01-05T09:00:00Z";

/// Reads an example's events and fills in what they leave out.
pub(crate) fn events(source: &Source, text: &str) -> Vec<Value> {
    let mut events = Vec::new();
    let mut now = Timestamp::parse(BEGIN).unwrap();
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        let mut event: Map<String, Value> =
            serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        let mut number = |key: &str| event.remove(key).map(|number| number.as_i64().unwrap());
        let n_times = number("repeat").unwrap_or(1);
        let every = number("every").unwrap_or(1);
        now = now.plus_seconds(number("after").unwrap_or(0));
        let answer = event.remove("answer");
        let template = Value::Object(event).to_string();
        for n in 0..n_times {
            now = now.plus_seconds(every);
            let event: Value = serde_json::from_str(&counted(&template, n)).unwrap();
            let event = completed(source, &event, now, events.len());
            let answered = answer.as_ref().map(|answer| answered(&event, answer));
            events.push(event);
            events.extend(answered);
        }
    }
    events
}

fn counted(template: &str, n: i64) -> String {
    template.replace("{nnn}", &format!("{n:03}")).replace("{n}", &n.to_string())
}

fn completed(source: &Source, event: &Value, now: Timestamp, index: usize) -> Value {
    let mut whole = match source.name.as_str() {
        "vpc_flow" => flow(now),
        "zeek" => connection(now),
        "route53_resolver" => query(now),
        "eks_audit" => request(now, index),
        _ => call(now, index),
    };
    for (key, value) in event.as_object().unwrap() {
        whole[key] = value.clone();
    }
    whole
}

fn call(now: Timestamp, index: usize) -> Value {
    json!({
        "eventVersion": "1.11",
        "eventTime": now.to_string(),
        "awsRegion": "eu-west-1",
        "eventID": format!("00000000-0000-4000-8000-{index:012}"),
        "recipientAccountId": "111122223333",
        "sourceIPAddress": "198.51.100.7",
        "userIdentity": {
            "type": "IAMUser",
            "arn": "arn:aws:iam::111122223333:user/eve",
            "accountId": "111122223333",
            "userName": "eve",
        },
    })
}

/// A connection of an instance to a web server.
fn flow(now: Timestamp) -> Value {
    let start = now.0 / 1_000_000;
    json!({
        "version": "5", "account-id": "111122223333", "interface-id": "eni-0a1b2c3d",
        "instance-id": "i-0a1b2c3d4e5f60718", "srcaddr": "10.0.0.5", "dstaddr": "203.0.113.9",
        "srcport": 40_000, "dstport": 443, "protocol": 6, "packets": 12, "bytes": 2_400,
        "start": start, "end": start + 50, "action": "ACCEPT", "log-status": "OK",
    })
}

/// The same, as Zeek has it.
fn connection(now: Timestamp) -> Value {
    json!({
        "ts": now.0 / 1_000_000, "uid": "CExample1", "proto": "tcp", "id.orig_h": "10.0.0.5",
        "id.orig_p": 40_000, "id.resp_h": "203.0.113.9", "id.resp_p": 443, "duration": 1.5,
        "orig_pkts": 12, "orig_ip_bytes": 2_400, "resp_pkts": 9, "resp_ip_bytes": 4_000,
        "history": "ShADadFf", "local_orig": "T", "local_resp": "F",
    })
}

fn query(now: Timestamp) -> Value {
    json!({
        "version": "1.100000", "account_id": "111122223333", "region": "eu-west-1",
        "vpc_id": "vpc-0a1b2c3d", "query_timestamp": now.to_string(),
        "query_name": "www.example.com.", "query_type": "A", "query_class": "IN",
        "rcode": "NOERROR", "answers": [], "srcaddr": "10.0.0.5", "srcport": "48701",
        "transport": "UDP", "srcids": { "instance": "i-0a1b2c3d4e5f60718" },
    })
}

/// What the API server of a cluster was asked.
fn request(now: Timestamp, index: usize) -> Value {
    json!({
        "kind": "Event", "apiVersion": "audit.k8s.io/v1", "level": "RequestResponse",
        "auditID": format!("00000000-0000-4000-8000-{index:012}"), "stage": "ResponseComplete",
        "requestURI": "/", "stageTimestamp": now.to_string(), "@owner": "111122223333",
        "@region": "eu-west-1",
    })
}

/// The record of the other direction.
fn answered(event: &Value, answer: &Value) -> Value {
    let mut whole = event.clone();
    for (one, other) in [("srcaddr", "dstaddr"), ("srcport", "dstport")] {
        whole[one] = event[other].clone();
        whole[other] = event[one].clone();
    }
    for (key, value) in answer.as_object().unwrap() {
        whole[key] = value.clone();
    }
    whole
}

/// Makes rows as the lake holds them.
pub(crate) fn batch(source: &Source, events: &[Value]) -> RecordBatch {
    let texts = |values: Vec<Option<String>>| Arc::new(StringArray::from(values)) as ArrayRef;
    let time = |event: &Value| {
        if let Some(start) = event.get("start").or_else(|| event.get("ts")) {
            return Timestamp::from_seconds(start.as_i64().unwrap()).0;
        }
        let text = ["eventTime", "query_timestamp", "stageTimestamp"]
            .iter()
            .find_map(|key| event.get(key));
        Timestamp::parse(text.unwrap().as_str().unwrap()).unwrap().0
    };
    let times: TimestampMicrosecondArray = events.iter().map(|event| Some(time(event))).collect();
    let first = |paths: &[String], event: &Value| {
        paths.iter().find_map(|path| at(event, path)).map(spelled)
    };
    let accounts = events.iter().map(|event| first(&source.accounts, event)).collect();
    let regions = events.iter().map(|event| first(&source.regions, event)).collect();
    let date = |event: &Value| Timestamp(time(event)).date();
    let positions: Int64Array = (0_i64..).take(events.len()).map(Some).collect();
    let mut columns: Vec<(String, ArrayRef)> = vec![
        ("time".to_owned(), Arc::new(times.with_timezone("UTC"))),
        ("account".to_owned(), texts(accounts)),
        ("region".to_owned(), texts(regions)),
        ("record".to_owned(), texts(events.iter().map(|event| Some(event.to_string())).collect())),
        (
            "file".to_owned(),
            texts(events.iter().map(|_| Some("example.json".to_owned())).collect()),
        ),
        ("position".to_owned(), Arc::new(positions)),
        ("date".to_owned(), texts(events.iter().map(date).collect())),
    ];
    for column in &source.columns {
        let values = events.iter().map(|event| at(event, &column.path));
        let array: ArrayRef = match column.kind {
            ColumnKind::Bool => {
                Arc::new(values.map(|it| it.and_then(Value::as_bool)).collect::<BooleanArray>())
            }
            ColumnKind::Float => {
                Arc::new(values.map(|it| it.and_then(Value::as_f64)).collect::<Float64Array>())
            }
            ColumnKind::Int => {
                Arc::new(values.map(|it| it.and_then(whole)).collect::<Int64Array>())
            }
            _ => texts(values.map(|value| value.map(spelled)).collect()),
        };
        columns.push((column.name.clone(), array));
    }
    RecordBatch::try_from_iter_with_nullable(
        columns.into_iter().map(|(name, array)| (name, array, true)),
    )
    .unwrap()
}

fn at<'a>(event: &'a Value, path: &str) -> Option<&'a Value> {
    // A dot behind a backslash is part of a key.
    let path = path.replace("\\.", "\u{0}");
    let mut keys = path.split('.').map(|key| key.replace('\u{0}', "."));
    let found = keys.try_fold(event, |value, key| value.get(key))?;
    (!found.is_null()).then_some(found)
}

/// A whole number, written as one or as text.
fn whole(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_str()?.parse().ok())
}

fn spelled(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
