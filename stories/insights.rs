//! Unusual API activity, found in the lake and told in CloudTrail's words.

use serde_json::{Value, json};

use crate::support::Desk;

const DAY: i64 = 1440;

/// The first minute of the logs: 2026-03-01T00:00:00Z.
const FROM: i64 = 29_538_720;

fn record(number: usize, minute: i64, user: &str, name: &str, error: Option<&str>) -> Value {
    let moment = jiff::Timestamp::from_second((FROM + minute) * 60).unwrap();
    let mut record = json!({
        "eventVersion": "1.11",
        "userIdentity": {
            "type": "IAMUser",
            "arn": format!("arn:aws:iam::111122223333:user/{user}"),
            "accountId": "111122223333",
            "userName": user,
        },
        "eventTime": moment.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        "eventSource": "iam.amazonaws.com",
        "eventName": name,
        "awsRegion": "us-east-1",
        "sourceIPAddress": "192.0.2.10",
        "userAgent": "aws-cli/2.15",
        "eventID": format!("00000000-0000-4000-8000-{number:012}"),
        "readOnly": true,
        "eventType": "AwsApiCall",
        "managementEvent": true,
        "recipientAccountId": "111122223333",
        "eventCategory": "Management",
    });
    if let Some(error) = error {
        record["errorCode"] = json!(error);
    }
    record
}

/// Ten days in which alice reads a user now and then, and a job is denied again and again; on the
/// tenth, mallory tries every role for half an hour.
fn ten_days() -> Vec<Value> {
    let mut records = Vec::new();
    for minute in 0..10 * DAY {
        if minute % 30 == 0 {
            records.push(record(records.len(), minute, "alice", "GetUser", None));
        }
        if minute % 5 == 0 {
            let denied = record(records.len(), minute, "job", "ListKeys", Some("AccessDenied"));
            records.push(denied);
        }
        let is_attack = (9 * DAY + 600..9 * DAY + 630).contains(&minute);
        for _ in 0..if is_attack { 20 } else { 0 } {
            let denied = record(records.len(), minute, "mallory", "GetRole", Some("AccessDenied"));
            records.push(denied);
        }
    }
    records
}

fn lake(desk: &Desk, records: &[Value]) -> String {
    let logs = desk.path("logs");
    std::fs::create_dir_all(&logs).unwrap();
    std::fs::write(logs.join("trail.json"), json!({ "Records": records }).to_string()).unwrap();
    let lake = desk.path("lake").to_str().unwrap().to_owned();
    desk.run(&["ingest", logs.to_str().unwrap(), "--lake", &lake]);
    lake
}

#[test]
fn a_burst_is_an_insight_and_a_storm_that_never_rests_is_none() {
    let desk = Desk::new();
    let lake = lake(&desk, &ten_days());
    let found = desk.json(&["insights", "list", "--lake", &lake, "--format", "json"]);
    let found = found.as_array().unwrap();
    let kinds: Vec<&str> = found.iter().map(|it| it["insight_type"].as_str().unwrap()).collect();
    assert_eq!(kinds.len(), 2, "{found:?}");
    assert!(kinds.contains(&"ApiCallRateInsight") && kinds.contains(&"ApiErrorRateInsight"));
    for insight in found {
        assert_eq!(insight["event_name"], "GetRole");
        assert_eq!(insight["start"], "2026-03-10T10:00:00Z");
        assert_eq!(insight["end"], "2026-03-10T10:29:00Z");
        assert_eq!(insight["insight_average"], 20.0);
        assert_eq!(insight["severity"], "high");
        assert_eq!((&insight["percentile"], &insight["history_days"]), (&json!(100.0), &json!(9)));
        assert_eq!(insight["contradicts"], "level");
        assert!(insight["expected_average"].as_f64().unwrap() < 0.01, "{insight}");
    }
    let again = desk.json(&["insights", "list", "--lake", &lake, "--format", "json"]);
    assert_eq!(again.as_array().unwrap(), found);
}

#[test]
fn an_export_has_the_events_that_cloudtrail_would_have_delivered() {
    let desk = Desk::new();
    let lake = lake(&desk, &ten_days());
    let exported = desk.json(&["insights", "export", "--lake", &lake]);
    let records = exported["Records"].as_array().unwrap();
    assert_eq!(records.len(), 4, "a Start and an End for each");
    for pair in records.chunks(2) {
        let [start, end] = pair else { panic!("a record alone") };
        assert_eq!(start["sharedEventID"], end["sharedEventID"]);
        assert_ne!(start["eventID"], end["eventID"]);
        assert_eq!(start["insightDetails"]["state"], "Start");
        assert_eq!(end["insightDetails"]["state"], "End");
    }
    let error = records
        .iter()
        .map(|record| &record["insightDetails"])
        .find(|details| {
            details["insightType"] == "ApiErrorRateInsight" && details["state"] == "End"
        })
        .unwrap();
    assert_eq!(error["errorCode"], "AccessDenied");
    let context = &error["insightContext"];
    let statistics = json!({
        "baseline": { "average": 0.0 },
        "insight": { "average": 20.0 },
        "baselineDuration": 10080,
        "insightDuration": 30,
    });
    assert_eq!(context["statistics"], statistics);
    let who = &context["attributions"][0];
    assert_eq!(who["attribute"], "userIdentityArn");
    let mallory = json!({ "value": "arn:aws:iam::111122223333:user/mallory", "average": 20.0 });
    assert_eq!(who["insight"], json!([mallory]));
    assert_eq!(who["baseline"], json!([]));
}

#[test]
fn an_export_can_be_read_again_and_one_is_shown_by_its_id() {
    let desk = Desk::new();
    let lake = lake(&desk, &ten_days());
    let exported = desk.run(&["insights", "export", "--lake", &lake]);
    let logs = desk.path("CloudTrail-Insight");
    std::fs::create_dir_all(&logs).unwrap();
    std::fs::write(logs.join("insights.json"), exported).unwrap();
    desk.run(&["ingest", logs.to_str().unwrap(), "--lake", &lake]);
    let sql = "select count(*) as n from cloudtrail where \"insightState\" = 'End'";
    let rows = desk.json(&["sql", sql, "--lake", &lake, "--format", "json"]);
    assert_eq!(rows[0]["n"], 2);

    let found = desk.json(&["insights", "list", "--lake", &lake, "--format", "json"]);
    assert_eq!(found.as_array().unwrap().len(), 2, "what was exported counts as no activity");
    let id = found[0]["id"].as_str().unwrap();
    let shown = desk.json(&["insights", "show", id, "--lake", &lake]);
    assert_eq!(shown["Records"][0]["sharedEventID"], id);
    let said = desk.fail(&["insights", "show", "ffffffff-none", "--lake", &lake]);
    assert!(said.contains("ffffffff-none"), "{said}");
}

#[test]
fn insights_that_aws_delivered_stand_beside_ours() {
    let desk = Desk::new();
    let event = |state: &str, number: usize, minute: i64, average: f64| {
        let mut event = record(number, minute, "nobody", "unused", None);
        event["eventType"] = json!("AwsCloudTrailInsight");
        event["eventCategory"] = json!("Insight");
        event["sharedEventID"] = json!("00000000-aaaa-4000-8000-000000000001");
        let statistics =
            json!({ "baseline": { "average": 0.5 }, "insight": { "average": average } });
        event["insightDetails"] = json!({
            "state": state,
            "eventSource": "ec2.amazonaws.com",
            "eventName": "RunInstances",
            "insightType": "ApiCallRateInsight",
            "insightContext": { "statistics": statistics },
        });
        event.as_object_mut().unwrap().remove("eventName");
        event.as_object_mut().unwrap().remove("eventSource");
        event
    };
    let mut records = ten_days();
    records.push(event("Start", 900_001, 5 * DAY, 8.0));
    records.push(event("End", 900_002, 5 * DAY + 12, 9.0));
    let lake = lake(&desk, &records);
    let found = desk.json(&["insights", "list", "--lake", &lake, "--format", "json"]);
    let found = found.as_array().unwrap();
    assert_eq!(found.len(), 3, "{found:?}");
    let delivered = found.iter().find(|it| it["origin"] == "aws").unwrap();
    assert_eq!(delivered["id"], "00000000-aaaa-4000-8000-000000000001");
    assert_eq!(delivered["event_name"], "RunInstances");
    assert_eq!(delivered["insight_average"], 9.0);
    assert_eq!(delivered["end"], "2026-03-06T00:12:00Z");

    let shown = desk.json(&["insights", "show", "00000000-aaaa", "--lake", &lake]);
    let states = shown["Records"].as_array().unwrap().iter();
    let states: Vec<_> = states.map(|it| it["insightDetails"]["state"].clone()).collect();
    assert_eq!(states, ["Start", "End"], "{shown}");
    let drawn = desk.run(&["insights", "graph", "00000000-aaaa", "--lake", &lake]);
    assert!(drawn.contains("RunInstances") && drawn.contains('×'), "{drawn}");
}

#[test]
fn an_insight_says_what_its_hour_lets_expect() {
    let desk = Desk::new();
    let mut records = Vec::new();
    for minute in 0..10 * DAY {
        let is_busy = (480..1080).contains(&(minute % DAY));
        let is_burst = (9 * DAY + 120..9 * DAY + 140).contains(&minute);
        for _ in 0..if is_burst { 12 } else { usize::from(is_busy && minute % 2 == 0) * 6 } {
            records.push(record(records.len(), minute, "job", "ListKeys", None));
        }
    }
    let lake = lake(&desk, &records);
    let found = desk.json(&["insights", "list", "--lake", &lake, "--format", "json"]);
    let [insight] = found.as_array().unwrap().as_slice() else { panic!("{found:#}") };
    assert_eq!(insight["start"], "2026-03-10T02:00:00Z");
    assert_eq!(
        (&insight["rhythm"], &insight["percentile"]),
        (&json!("time of day"), &json!(100.0))
    );
    // At night, there are usually no calls at all.
    assert!(insight["expected_average"].as_f64().unwrap() < 0.2, "{insight}");
    assert!(1.0 < insight["baseline_average"].as_f64().unwrap(), "{insight}");

    let id = insight["id"].as_str().unwrap();
    let shown = desk.json(&["insights", "show", id, "--lake", &lake]);
    let season = &shown["Records"][1]["haechi"]["seasonality"];
    assert_eq!((&season["observed"], &season["historyDays"]), (&json!(12.0), &json!(8)));
    assert!(season["day"].as_f64().unwrap() < -0.5, "{season}");
    let drawn = desk.run(&["insights", "graph", id, "--lake", &lake]);
    assert!(drawn.contains("expected at this time of day: 0."), "{drawn}");
    assert!(drawn.contains('░') && drawn.lines().all(|line| line.chars().count() <= 80), "{drawn}");
    let listed = desk.run(&["insights", "list", "--lake", &lake]);
    assert!(listed.lines().all(|line| line.chars().count() <= 100), "{listed}");
    let csv = desk.run(&["insights", "export", "--format", "csv", "--lake", &lake]);
    assert!(csv.contains("expected_average") && csv.contains("time of day"), "{csv}");
}

#[test]
fn a_principal_whose_calls_drown_in_those_of_others_is_seen_by_itself() {
    let desk = Desk::new();
    let mut records = ten_days();
    let mut add = |minute, user, n_calls| {
        for _ in 0..n_calls {
            records.push(record(records.len(), minute, user, "ListKeys", None));
        }
    };
    for minute in 0..10 * DAY {
        let is_nightly = (60..70).contains(&(minute % DAY));
        add(minute, "batch", if is_nightly { 60 } else { 0 });
        let is_attack = (9 * DAY + 700..9 * DAY + 720).contains(&minute);
        add(minute, "eve", if is_attack { 8 } else { 0 });
    }
    let lake = lake(&desk, &records);
    let list = ["insights", "list", "--lake", &lake, "--format", "json", "--by-principal"];
    let found = desk.json(&list);
    let is_eve = |it: &&Value| it["principal"] == "arn:aws:iam::111122223333:user/eve";
    let eve = found.as_array().unwrap().iter().find(is_eve);
    assert_eq!(eve.map(|it| it["event_name"].clone()), Some(json!("ListKeys")), "{found:?}");
    let is_hidden = |it: &Value| it["principal"] != "" || it["event_name"] != "ListKeys";
    assert!(found.as_array().unwrap().iter().all(is_hidden), "{found:?}");
}

/// Checks that an object has the members that CloudTrail documents, and no others.
#[track_caller]
fn check_members(value: &Value, always: &[&str], sometimes: &[&str]) {
    let members: Vec<&str> = value.as_object().unwrap().keys().map(String::as_str).collect();
    assert!(always.iter().all(|name| members.contains(name)), "{always:?} of {value:#}");
    let is_known = |name: &&&str| !always.contains(name) && !sometimes.contains(name);
    assert_eq!(members.iter().find(is_known), None, "{value:#}");
}

#[test]
fn every_event_has_the_fields_that_cloudtrail_documents_and_every_start_its_end() {
    let desk = Desk::new();
    let lake = lake(&desk, &ten_days());
    let exported = desk.json(&["insights", "export", "--lake", &lake, "--by-principal"]);
    let records = exported["Records"].as_array().unwrap();
    let mut states = std::collections::BTreeMap::<String, Vec<String>>::new();
    for record in records {
        let own = [
            "eventVersion",
            "eventTime",
            "awsRegion",
            "eventID",
            "eventType",
            "recipientAccountId",
            "sharedEventID",
            "insightDetails",
            "eventCategory",
        ];
        check_members(record, &own, &["haechi"]);
        let ours = ["severity", "principal", "historyDays", "seasonality"];
        check_members(&record["haechi"], &ours, &[]);
        assert_eq!(record["eventType"], "AwsCloudTrailInsight");
        assert_eq!(record["eventCategory"], "Insight");
        assert!(record["eventTime"].as_str().unwrap().parse::<jiff::Timestamp>().is_ok());
        let details = &record["insightDetails"];
        let own = ["state", "eventSource", "eventName", "insightType", "insightContext"];
        check_members(details, &own, &["errorCode"]);
        check_members(&details["insightContext"], &["statistics", "attributions"], &[]);
        let statistics = &details["insightContext"]["statistics"];
        let is_end = details["state"] == "End";
        let duration: &[&str] = if is_end { &["insightDuration"] } else { &[] };
        let always = [&["baseline", "insight", "baselineDuration"], duration].concat();
        check_members(statistics, &always, &[]);
        check_members(&statistics["baseline"], &["average"], &[]);
        check_members(&statistics["insight"], &["average"], &[]);
        for attribution in details["insightContext"]["attributions"].as_array().unwrap() {
            check_members(attribution, &["attribute", "insight", "baseline"], &[]);
            for side in ["insight", "baseline"] {
                let values = attribution[side].as_array().unwrap();
                assert!(values.len() <= 5, "{attribution:#}");
                for value in values {
                    check_members(value, &["value", "average"], &[]);
                }
                let average = |value: &Value| value["average"].as_f64().unwrap();
                assert!(values.is_sorted_by(|one, other| average(other) <= average(one)));
            }
        }
        let id = record["sharedEventID"].as_str().unwrap().to_owned();
        states.entry(id).or_default().push(details["state"].as_str().unwrap().to_owned());
    }
    assert!(states.values().all(|it| *it == ["Start", "End"]), "{states:?}");
}

#[test]
fn a_graph_marks_the_insight_and_a_series_counts_its_calls() {
    let desk = Desk::new();
    let lake = lake(&desk, &ten_days());
    let found = desk.json(&["insights", "list", "--lake", &lake, "--format", "json"]);
    let id = found[0]["id"].as_str().unwrap();
    let drawn = desk.run(&["insights", "graph", id, "--lake", &lake]);
    assert!(drawn.contains("GetRole") && drawn.contains("20.00 a minute"), "{drawn}");
    assert!(drawn.contains('×') && drawn.contains('•'), "{drawn}");

    let ask = ["insights", "series", "iam.amazonaws.com", "GetRole", "--lake", &lake];
    let series = desk.json(&[&ask[..], &["--period", "3600", "--non-zero"]].concat());
    assert_eq!(series["InsightType"], "ApiCallRateInsight");
    assert_eq!(series["Timestamps"], json!(["2026-03-10T10:00:00Z"]));
    assert_eq!(series["Values"], json!([600.0]));
    for (period, n_points) in [("60", 14_400), ("300", 2_880), ("3600", 240)] {
        let all = desk.run(&[&ask[..], &["--period", period, "--format", "csv"]].concat());
        // The last minute of the ten days has a call only at its start.
        let n_lines = all.lines().count() - 1;
        assert!((n_points - 5..=n_points).contains(&n_lines), "{period}: {n_lines}");
    }
    let failed = [&ask[..], &["--error-code", "AccessDenied", "--period", "300", "--non-zero"]];
    assert_eq!(desk.json(&failed.concat())["Values"], json!(vec![100.0; 6]));
}

/// The bulk read of a bucket on the third day of the logs of a real account is an insight; calls
/// that fail all the time, whoever makes them, are none.
#[test]
fn corpus_a_bulk_read_and_a_storm_of_denied_deliveries_are_told_apart() {
    let desk = Desk::new();
    let logs = crate::corpus::corpus().join("cloudtrail-sans504-s3-ransomware");
    let lake = desk.path("lake").to_str().unwrap().to_owned();
    desk.run(&["ingest", logs.to_str().unwrap(), "--lake", &lake]);
    let found = desk.json(&["insights", "list", "--lake", &lake, "--format", "json"]);
    let found = found.as_array().unwrap();
    let named = |name: &str, day: &str| {
        let is_it = |it: &&Value| {
            it["event_name"] == name && it["start"].as_str().unwrap().starts_with(day)
        };
        found.iter().filter(is_it).count()
    };
    assert_eq!(named("GetObject", "2021-07-30T16"), 1, "{found:#?}");
    assert_eq!(named("Decrypt", "2021-07-30T16"), 1, "{found:#?}");
    let is_read = |it: &&Value| it["event_name"] == "GetObject";
    let read = found.iter().find(is_read).unwrap();
    assert_eq!((&read["severity"], &read["history_days"]), (&json!("high"), &json!(2)), "{read}");
    // The logs are five days long: the baseline is what there is, and says so.
    let id = read["id"].as_str().unwrap();
    let shown = desk.json(&["insights", "show", id, "--lake", &lake]);
    let statistics = &shown["Records"][0]["insightDetails"]["insightContext"]["statistics"];
    let minutes = statistics["baselineDuration"].as_i64().unwrap();
    assert!((2 * DAY..3 * DAY).contains(&minutes), "{statistics}");
    // What comes every hour at the same size is reported three times and then no more.
    assert!(named("PutObject", "2021-07-30") <= 3, "{found:#?}");
    let denied =
        |it: &&Value| it["event_name"] == "PutObject" && it["error_code"] == "AccessDenied";
    let storm = "select count(*) as n from cloudtrail where \"eventName\" = 'PutObject' \
                 and \"errorCode\" = 'AccessDenied'";
    assert!(1_000 < desk.number(std::path::Path::new(&lake), storm));
    assert_eq!(found.iter().filter(denied).count(), 0, "{found:#?}");
}
