//! Questions in the language of Logs Insights, asked of a lake and of files as they lie.

mod files;

use std::path::PathBuf;

use serde_json::json;

use crate::support::{Desk, said};

const TRAIL: &str = r#"{"Records":[
{"eventVersion":"1.09","eventTime":"2024-06-01T10:00:00Z","awsRegion":"us-east-1","eventID":"00000000-0000-4000-8000-000000000001","eventName":"GetObject","eventSource":"s3.amazonaws.com","sourceIPAddress":"203.0.113.7","recipientAccountId":"111122223333","requestParameters":{"key":"plans.pdf"}},
{"eventVersion":"1.09","eventTime":"2024-06-01T10:05:00Z","awsRegion":"us-east-1","eventID":"00000000-0000-4000-8000-000000000002","eventName":"GetObject","eventSource":"s3.amazonaws.com","sourceIPAddress":"198.51.100.9","recipientAccountId":"111122223333","requestParameters":{"key":"=cmd()"}},
{"eventVersion":"1.09","eventTime":"2024-06-01T10:06:00Z","awsRegion":"us-east-1","eventID":"00000000-0000-4000-8000-000000000003","eventName":"StopLogging","eventSource":"cloudtrail.amazonaws.com","sourceIPAddress":"203.0.113.7","recipientAccountId":"111122223333"}
]}"#;

/// Writes logs; returns their folder.
fn logs(desk: &Desk) -> PathBuf {
    let folder = desk.path("logs");
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(folder.join("trail.json"), TRAIL).unwrap();
    // The same events once more: each counts once.
    std::fs::write(folder.join("again.json"), TRAIL).unwrap();
    folder
}

/// Asks a lake and the files; both must answer the same.
#[track_caller]
fn ask(desk: &Desk, query: &str, format: &str) -> String {
    let (folder, lake) = (desk.path("logs"), desk.path("lake"));
    if !folder.exists() {
        logs(desk);
        desk.run(&["ingest", folder.to_str().unwrap(), "--lake", lake.to_str().unwrap()]);
    }
    let of_lake = desk.run(&["query", query, "--lake", lake.to_str().unwrap(), "--format", format]);
    let of_files = desk.run(&["query", query, "--format", format, "-f", folder.to_str().unwrap()]);
    assert_eq!(of_lake, of_files);
    of_lake
}

#[test]
fn a_lake_and_the_files_themselves_answer_the_same() {
    let desk = Desk::new();
    let counted = ask(&desk, "stats count(*) as n by eventName | sort n desc", "jsonl");
    assert_eq!(
        counted,
        "{\"eventName\":\"GetObject\",\"n\":2}\n{\"eventName\":\"StopLogging\",\"n\":1}\n"
    );
    let newest = ask(&desk, "fields eventTime, eventName | limit 1", "csv");
    assert_eq!(newest, "eventTime,eventName\n2024-06-01T10:06:00Z,StopLogging\n");
    let deep =
        ask(&desk, "filter requestParameters.key like /^plans/ | display sourceIPAddress", "md");
    assert_eq!(deep, "| sourceIPAddress |\n| --- |\n| 203.0.113.7 |\n");
    // Values inside records, of records that a text chooses, beside the record itself.
    let chosen = r#"filter eventName = "StopLogging" | display eventTime, requestParameters, requestParameters.none"#;
    let chosen = ask(&desk, chosen, "json");
    assert!(chosen.contains("2024-06-01T10:06:00Z"), "{chosen}");
    ask(&desk, r#"filter eventName = "GetObject" | display eventID, @message, eventName"#, "json");
    let renamed =
        "display eventName as requestParameters, requestParameters.key as record | sort record";
    ask(&desk, renamed, "json");
}

#[test]
fn times_bound_what_is_asked() {
    let desk = Desk::new();
    ask(&desk, "limit 1", "json");
    let lake = desk.path("lake");
    let (query, lake) = ("stats count(*) as n", lake.to_str().unwrap());
    let window = ["--since", "2024-06-01T10:01Z", "--until", "2024-06-01T10:06Z"];
    let arguments = [&["query", query, "--lake", lake, "--format", "json"][..], &window].concat();
    assert_eq!(desk.json(&arguments), json!([{ "n": 1 }]));
}

#[test]
fn what_was_read_is_said_beside_the_answer() {
    let desk = Desk::new();
    ask(&desk, "limit 1", "json");
    let lake = desk.path("lake");
    let query = r#"filter eventName = "GetObject" | stats count(*)"#;
    let output =
        desk.command(&["query", query, "--lake", lake.to_str().unwrap()]).output().unwrap();
    assert!(
        said(&output).starts_with("recordsMatched 2, recordsScanned 3, bytesScanned "),
        "{}",
        said(&output)
    );
}

#[test]
fn a_wrong_query_is_shown_where_it_is_wrong() {
    let desk = Desk::new();
    let words = desk.fail(&["query", "--check", "stats cout(*) by eventName"]);
    assert!(words.contains("stats cout(*) by eventName") && words.contains("^^^^"), "{words}");
    assert!(words.contains("did you mean `count`?"), "{words}");
    desk.run(&["query", "--check", "stats count(*) by eventName"]);
}

#[test]
fn an_unknown_group_is_named_beside_the_known_ones() {
    let desk = Desk::new();
    ask(&desk, "limit 1", "json");
    let lake = desk.path("lake");
    let arguments = ["query", "limit 1", "--group", "cloudtrial", "--lake", lake.to_str().unwrap()];
    let words = desk.fail(&arguments);
    assert!(
        words.contains("there is no log group `cloudtrial` here; there are cloudtrail"),
        "{words}"
    );
}

#[test]
fn the_fields_of_a_group_are_listed_with_their_share() {
    let desk = Desk::new();
    ask(&desk, "limit 1", "json");
    let lake = desk.path("lake");
    let fields =
        desk.json(&["fields", "cloudtrail", "--lake", lake.to_str().unwrap(), "--format", "json"]);
    let share = |name: &str| {
        let all = fields.as_array().unwrap();
        all.iter().find(|it| it["name"] == name).map(|it| it["percent"].as_i64().unwrap())
    };
    assert_eq!(share("eventName"), Some(100));
    assert_eq!(share("requestParameters.key"), Some(67));
    assert_eq!(share("@message"), Some(100));
}

#[test]
fn a_misspelt_field_is_told_when_nothing_matches() {
    let desk = Desk::new();
    ask(&desk, "limit 1", "json");
    let lake = desk.path("lake");
    let asked = |query: &str| {
        said(&desk.command(&["query", query, "--lake", lake.to_str().unwrap()]).output().unwrap())
    };
    let misspelt = asked("filter eventname = 'GetObject' | stats count(*)");
    assert!(misspelt.contains("no column is called `eventname`"), "{misspelt}");
    assert!(misspelt.contains("did you mean `eventName`?"), "{misspelt}");
    let matched = asked("filter requestParameters.key = 'plans.pdf'");
    assert!(!matched.contains("no column"), "{matched}");
}
