//! Examples to rows: JSON lines to a batch with the columns of a source.
//!
//! An example leaves out what it does not need. Two keys are the reader's own: `repeat` writes the
//! event so many times, one second apart, with `{n}` counted up; `after` waits so many seconds.

use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanArray, Int64Array, StringArray, TimestampMicrosecondArray};
use arrow::record_batch::RecordBatch;
use haechi_catalog::{ColumnKind, Source};
use haechi_model::Timestamp;
use serde_json::{Map, Value, json};

/// Monday, in the middle of a working day.
const BEGIN: &str = "2026-01-05T09:00:00Z";

/// Reads an example's events and fills in what they leave out.
pub(crate) fn events(text: &str) -> Vec<Value> {
    let mut events = Vec::new();
    let mut now = Timestamp::parse(BEGIN).unwrap();
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        let mut event: Map<String, Value> =
            serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        let n_times = event.remove("repeat").map_or(1, |times| times.as_u64().unwrap());
        let after = event.remove("after").map_or(0, |seconds| seconds.as_i64().unwrap());
        now = now.plus_seconds(after);
        let template = Value::Object(event).to_string();
        for n in 0..n_times {
            now = now.plus_seconds(1);
            let event: Value =
                serde_json::from_str(&template.replace("{n}", &n.to_string())).unwrap();
            events.push(completed(&event, now, events.len()));
        }
    }
    events
}

fn completed(event: &Value, now: Timestamp, index: usize) -> Value {
    let mut whole = json!({
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
    });
    for (key, value) in event.as_object().unwrap() {
        whole[key] = value.clone();
    }
    whole
}

/// Makes rows as the lake holds them.
pub(crate) fn batch(source: &Source, events: &[Value]) -> RecordBatch {
    let texts = |values: Vec<Option<String>>| Arc::new(StringArray::from(values)) as ArrayRef;
    let time = |event: &Value| Timestamp::parse(event["eventTime"].as_str().unwrap()).unwrap().0;
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
            ColumnKind::Int => {
                Arc::new(values.map(|it| it.and_then(Value::as_i64)).collect::<Int64Array>())
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
    let found = path.split('.').try_fold(event, |value, key| value.get(key))?;
    (!found.is_null()).then_some(found)
}

fn spelled(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
