//! Metrics in the lake: delivered, put, made from logs; computed with, and alarms on them.

use std::fmt::Write;
use std::path::Path;

use serde_json::{Value, json};

use crate::support::Desk;

/// The first moment: 2026-03-01T00:00:00Z, a Sunday.
const FROM: i64 = 1_772_323_200;

fn moment(seconds: i64) -> String {
    jiff::Timestamp::from_second(FROM + seconds).unwrap().to_string()
}

/// Returns a point as a metric stream has it.
fn point(name: &str, instance: &str, seconds: i64, values: &[f64]) -> Value {
    json!({
        "metric_stream_name": "all",
        "account_id": "111122223333",
        "region": "us-east-1",
        "namespace": "AWS/EC2",
        "metric_name": name,
        "dimensions": { "InstanceId": instance },
        "timestamp": (FROM + seconds) * 1000,
        "value": {
            "count": values.len(),
            "sum": values.iter().sum::<f64>(),
            "min": values.iter().copied().fold(f64::INFINITY, f64::min),
            "max": values.iter().copied().fold(f64::NEG_INFINITY, f64::max),
        },
        "unit": "Percent",
    })
}

fn ingest(desk: &Desk, name: &str, text: &str) -> String {
    let file = desk.path(name);
    std::fs::write(&file, text).unwrap();
    let lake = desk.path("lake").to_str().unwrap().to_owned();
    desk.run(&["ingest", file.to_str().unwrap(), "--lake", &lake]);
    lake
}

fn lines<'a>(points: impl IntoIterator<Item = &'a Value>) -> String {
    points.into_iter().map(Value::to_string).collect::<Vec<_>>().join("\n")
}

/// Returns the points of a metric as (time, value).
fn points(desk: &Desk, lake: &str, arguments: &[&str]) -> Vec<(String, f64)> {
    let command = [&["metrics", "get"], arguments, &["--lake", lake, "--format", "json"]].concat();
    let rows = desk.json(&command);
    let rows = rows.as_array().unwrap().iter();
    rows.map(|row| (row["timestamp"].as_str().unwrap().to_owned(), row["value"].as_f64().unwrap()))
        .collect()
}

#[test]
fn a_metric_stream_answers_for_each_statistic() {
    let desk = Desk::new();
    let all = [
        point("CPUUtilization", "i-1", 0, &[10.0, 20.0]),
        point("CPUUtilization", "i-2", 0, &[60.0]),
        point("CPUUtilization", "i-1", 60, &[30.0]),
        point("CPUUtilization", "i-1", 300, &[50.0]),
    ];
    let lake = ingest(&desk, "stream.json", &lines(&all));
    let listed = desk.json(&["metrics", "list", "--lake", &lake, "--format", "json"]);
    assert_eq!(listed[0]["metric_name"], "CPUUtilization");
    assert_eq!((&listed[0]["series"], &listed[0]["points"]), (&json!(2), &json!(4)));

    let get = |more: &[&str]| -> Vec<f64> {
        let arguments = [&["AWS/EC2:CPUUtilization"], more].concat();
        points(&desk, &lake, &arguments).into_iter().map(|(_, value)| value).collect()
    };
    assert_eq!(get(&[]), [30.0, 50.0]);
    assert_eq!(get(&["--dimension", "InstanceId=i-1"]), [20.0, 50.0]);
    assert_eq!(get(&["--statistic", "Maximum"]), [60.0, 50.0]);
    assert_eq!(get(&["--statistic", "SampleCount", "--period", "60"]), [3.0, 1.0, 1.0]);
    assert_eq!(get(&["--since", "2026-03-01T00:05Z"]), [50.0]);
    assert_eq!(get(&["--math", "m1 * 2 + 1"]), [61.0, 101.0]);
    let said =
        desk.fail(&["metrics", "get", "CPUUtilization", "--lake", &lake, "--math", "AVG(m1)"]);
    assert!(said.contains("TIME_SERIES(AVG(m1))"), "{said}");
    let said = desk.fail(&["metrics", "get", "x", "--lake", &lake, "--statistic", "q99"]);
    assert!(said.contains("`q99` is no statistic"), "{said}");
}

#[test]
fn percentiles_are_those_of_the_stream_or_else_of_lone_values() {
    let desk = Desk::new();
    let mut slow = point("Latency", "i-1", 0, &[1.0, 2.0, 9.0]);
    slow["value"]["p99"] = json!(8.5);
    slow["value"]["p99.9"] = json!(8.9);
    slow["value"]["tm90"] = json!(1.5);
    let mut slower = point("Latency", "i-1", 60, &[4.0]);
    slower["value"]["p99"] = json!(4.5);
    let mut all = vec![slow, slower];
    let lone =
        |index: i64| point("Queue", "i-1", index, &[f64::from(u8::try_from(index).unwrap())]);
    all.extend((1..=100).map(lone));
    let lake = ingest(&desk, "stream.json", &lines(&all));
    let get = |name: &str, statistic: &str, period: &str| -> Vec<f64> {
        let arguments = [name, "--statistic", statistic, "--period", period];
        points(&desk, &lake, &arguments).into_iter().map(|(_, value)| value).collect()
    };
    assert_eq!(get("Latency", "p99", "60"), [8.5, 4.5]);
    assert_eq!(get("Latency", "p99", "300"), [7.5], "three samples of 8.5, one of 4.5");
    assert_eq!(get("Latency", "p99.9", "60"), [8.9, 4.0]);
    assert_eq!(get("Latency", "tm90", "60"), [1.5]);
    assert_eq!(get("Queue", "p90", "300"), [90.0]);

    let plot = ["metrics", "plot", "Queue", "--statistic", "p50", "--period", "1", "--lake", &lake];
    assert!(desk.run(&plot).contains("of 100 points"));
    let queries = json!([{ "Id": "m1", "MetricStat": {
        "Metric": { "Namespace": "AWS/EC2", "MetricName": "Latency" }, "Period": 60, "Stat": "p99",
    }}]);
    let file = desk.path("queries.json");
    std::fs::write(&file, queries.to_string()).unwrap();
    let answer = desk.json(&["metrics", "answer", file.to_str().unwrap(), "--lake", &lake]);
    assert_eq!(answer["MetricDataResults"][0]["Values"], json!([4.5, 8.5]));
}

#[test]
fn of_a_point_that_comes_again_the_last_counts() {
    let desk = Desk::new();
    ingest(&desk, "1.json", &lines(&[point("Requests", "i-1", 0, &[1.0])]));
    let lake = ingest(&desk, "2.json", &lines(&[point("Requests", "i-1", 0, &[1.0, 2.0])]));
    let sum = ["Requests", "--statistic", "Sum"];
    assert_eq!(points(&desk, &lake, &sum), [(moment(0), 3.0)]);
    ingest(&desk, "2.json", &lines(&[point("Requests", "i-1", 0, &[1.0, 2.0])]));
    assert_eq!(desk.number(Path::new(&lake), "select count(*) as n from metric"), 2);
}

#[test]
fn values_and_files_are_put_once() {
    let desk = Desk::new();
    let lake = desk.path("lake").to_str().unwrap().to_owned();
    let file = desk.path("orders.csv");
    std::fs::write(&file, "timestamp,value\n2026-03-01 00:00:00,5\n2026-03-01 00:05:00,7\n")
        .unwrap();
    let put = ["metrics", "put", "--namespace", "shop", "--metric", "orders", "--lake", &lake];
    for _ in 0..2 {
        desk.run(&[&put[..], &[file.to_str().unwrap(), "-d", "site=kr"]].concat());
    }
    desk.run(&[&put[..], &["--value", "9", "--timestamp", "2026-03-01T00:10:00Z"]].concat());
    let found = points(&desk, &lake, &["shop:orders"]);
    assert_eq!(found, [(moment(0), 5.0), (moment(300), 7.0), (moment(600), 9.0)]);
    let only = points(&desk, &lake, &["shop:orders", "-d", "site=kr"]);
    assert_eq!(only.len(), 2);
    let asked = desk.run(&[
        "query",
        "fields metric_name, value | sort @timestamp | limit 1",
        "--group",
        "metric",
        "--lake",
        &lake,
        "--format",
        "csv",
    ]);
    assert!(asked.contains("orders,5"), "{asked}");
    let said = desk.fail(&put);
    assert!(said.contains("--value") && said.contains("--filter"), "{said}");
}

/// A trail of two hours: one call a minute, denied for eve from the second hour on.
fn trail() -> String {
    let records: Vec<Value> = (0..120)
        .map(|minute| {
            let mut record = json!({
                "eventVersion": "1.11",
                "userIdentity": {
                    "type": "IAMUser",
                    "arn": "arn:aws:iam::111122223333:user/eve",
                    "accountId": "111122223333",
                },
                "eventTime": moment(minute * 60),
                "eventSource": "iam.amazonaws.com",
                "eventName": "GetRole",
                "awsRegion": "us-east-1",
                "sourceIPAddress": "192.0.2.10",
                "eventID": format!("00000000-0000-4000-8000-{minute:012}"),
                "recipientAccountId": "111122223333",
            });
            if 60 <= minute {
                record["errorCode"] = json!("AccessDenied");
            }
            record
        })
        .collect();
    json!({ "Records": records }).to_string()
}

#[test]
fn logs_become_metrics_by_themselves_and_by_a_filter() {
    let desk = Desk::new();
    let lake = ingest(&desk, "trail.json", &trail());
    let hourly = |metric: &str, more: &[&str]| -> Vec<f64> {
        let arguments = [&[metric, "--period", "3600"], more].concat();
        points(&desk, &lake, &arguments).into_iter().map(|(_, value)| value).collect()
    };
    assert_eq!(hourly("haechi:calls", &["-d", "eventName=GetRole"]), [60.0, 60.0]);
    assert_eq!(hourly("haechi:errors", &["-d", "errorCode=AccessDenied"]), [60.0]);
    assert_eq!(hourly("haechi:calls", &["-d", "eventName=PutRole"]), [0.0, 0.0]);
    assert_eq!(hourly("haechi:log_records", &["-d", "source=cloudtrail"]), [60.0, 60.0]);
    assert!(hourly("haechi:log_bytes", &[]).iter().all(|bytes| 60.0 * 300.0 < *bytes));

    let put = [
        "metrics",
        "put",
        "--namespace",
        "security",
        "--metric",
        "denied",
        "--unit",
        "Count",
        "--filter",
        "{ $.errorCode = \"AccessDenied\" }",
        "--group",
        "cloudtrail",
        "--lake",
        &lake,
    ];
    desk.run(&[&put[..], &["--default-value", "0"]].concat());
    assert_eq!(hourly("security:denied", &["--statistic", "Sum"]), [0.0, 60.0]);
    let mut by_user = put.to_vec();
    by_user[5] = "denied_by_user";
    desk.run(&[&by_user[..], &["-d", "user=$.userIdentity.arn"]].concat());
    let eve = ["--statistic", "Sum", "-d", "user=arn:aws:iam::111122223333:user/eve"];
    assert_eq!(hourly("security:denied_by_user", &eve), [60.0]);
    let refused = [&by_user[..], &["-d", "user=$.userIdentity.arn", "--default-value", "0"]];
    assert!(desk.fail(&refused.concat()).contains("exclude each other"));
}

/// Four weeks of a working day in Berlin, with one spike on the last evening.
fn office() -> String {
    let zone = jiff::tz::TimeZone::get("Europe/Berlin").unwrap();
    let mut text = "timestamp,namespace,metric_name,value\n".to_owned();
    for index in 0..28 * 96 {
        let at = jiff::Timestamp::from_second(FROM + index * 900).unwrap();
        let hour = at.to_zoned(zone.clone()).hour();
        let noise = f64::from(u8::try_from(index * 7_919 % 97).unwrap()) / 20.0;
        let usual = if (9..17).contains(&hour) { 100.0 } else { 10.0 };
        let value = if index == 27 * 96 + 92 { 130.0 } else { usual + noise };
        writeln!(text, "{at},office,visits,{value}").unwrap();
    }
    text
}

#[test]
fn a_plot_shows_the_band_and_explains_what_lies_outside() {
    let desk = Desk::new();
    let lake = ingest(&desk, "office.csv", &office());
    let said = desk.run(&[
        "metrics",
        "plot",
        "office:visits",
        "--period",
        "900",
        "--since",
        "2026-03-27",
        "--width",
        "6",
        "--time-zone",
        "Europe/Berlin",
        "--lake",
        &lake,
    ]);
    assert!(said.contains('×') && said.contains('░') && said.contains('•'), "{said}");
    assert!(said.contains("1 of 192 points lie outside of the band"), "{said}");
    assert!(said.contains("2026-03-28T23:00:00Z  130: expected"), "{said}");
    assert!(said.contains("usual at other times of day"), "{said}");
}

#[test]
fn an_alarm_on_a_band_tells_when_and_why() {
    let desk = Desk::new();
    let lake = ingest(&desk, "office.csv", &office());
    let stat = json!({
        "Metric": { "Namespace": "office", "MetricName": "visits" },
        "Period": 900,
        "Stat": "Average",
    });
    let mut alarm = json!({
        "AlarmName": "visits",
        "ComparisonOperator": "LessThanLowerOrGreaterThanUpperThreshold",
        "EvaluationPeriods": 3,
        "DatapointsToAlarm": 1,
        "ThresholdMetricId": "band",
        "AlarmActions": ["arn:aws:sns:us-east-1:111122223333:nobody"],
        "Metrics": [
            { "Id": "band", "Expression": "ANOMALY_DETECTION_BAND(m1, 6)" },
            { "Id": "m1", "MetricStat": stat },
        ],
    });
    let file = desk.path("alarm.json");
    std::fs::write(&file, alarm.to_string()).unwrap();
    let file = file.to_str().unwrap();
    let arguments = [
        "metrics",
        "alarm",
        file,
        "--since",
        "2026-03-20",
        "--time-zone",
        "Europe/Berlin",
        "--lake",
        &lake,
        "--format",
        "json",
    ];
    let changes = desk.json(&arguments);
    let said: Vec<_> =
        changes.as_array().unwrap().iter().map(|it| (&it["time"], &it["to"])).collect();
    let [first, spike, last] = said.as_slice() else { panic!("{changes:#}") };
    assert_eq!(*first, (&json!("2026-03-20T00:00:00Z"), &json!("OK")));
    assert_eq!(*spike, (&json!("2026-03-28T23:00:00Z"), &json!("ALARM")));
    assert_eq!(*last, (&json!("2026-03-28T23:45:00Z"), &json!("OK")));
    let reason = changes[1]["reason"].as_str().unwrap();
    assert!(
        reason.contains("the last is 130, expected") && reason.contains("deviations above"),
        "{reason}"
    );

    alarm["TreatMissingData"] = json!("perhaps");
    std::fs::write(file, alarm.to_string()).unwrap();
    assert!(desk.fail(&arguments).contains("TreatMissingData `perhaps`"));
}

#[test]
fn queries_are_answered_as_cloudwatch_answers_them_and_the_answer_is_read_again() {
    let desk = Desk::new();
    let all = [
        point("Errors", "i-1", 0, &[1.0]),
        point("Errors", "i-1", 300, &[4.0]),
        point("Requests", "i-1", 0, &[10.0]),
        point("Requests", "i-1", 300, &[10.0]),
    ];
    let lake = ingest(&desk, "stream.json", &lines(&all));
    let stat = |name: &str| {
        json!({
            "Metric": {
                "Namespace": "AWS/EC2",
                "MetricName": name,
                "Dimensions": [{ "Name": "InstanceId", "Value": "i-1" }],
            },
            "Period": 300,
            "Stat": "Sum",
        })
    };
    let queries = json!({ "MetricDataQueries": [
        { "Id": "rate", "Expression": "100 * share", "Label": "Error rate" },
        { "Id": "share", "Expression": "errors / requests", "ReturnData": false },
        { "Id": "errors", "MetricStat": stat("Errors"), "ReturnData": false },
        { "Id": "requests", "MetricStat": stat("Requests"), "ReturnData": false },
    ]});
    let file = desk.path("queries.json");
    std::fs::write(&file, queries.to_string()).unwrap();
    let answer = desk.run(&["metrics", "answer", file.to_str().unwrap(), "--lake", &lake]);
    let expected = json!({
        "MetricDataResults": [{
            "Id": "rate",
            "Label": "Error rate",
            "Timestamps": [moment(300), moment(0)],
            "Values": [40.0, 10.0],
            "StatusCode": "Complete",
        }],
        "Messages": [],
    });
    assert_eq!(serde_json::from_str::<Value>(&answer).unwrap(), expected);
    ingest(&desk, "answer.json", &answer);
    assert_eq!(points(&desk, &lake, &["Error rate"]), [(moment(0), 10.0), (moment(300), 40.0)]);

    let lost = json!([{ "Id": "e1", "Expression": "e2 + 1", "Period": 60 }]);
    std::fs::write(&file, lost.to_string()).unwrap();
    let said = desk.fail(&["metrics", "answer", file.to_str().unwrap(), "--lake", &lake]);
    assert!(said.contains("no metric or expression `e2`"), "{said}");
}
