//! A lake that lies in a bucket.

use std::path::Path;
use std::process::Stdio;
use std::sync::Mutex;

use serde_json::Value;

use super::proxy::{Fate, Proxy};
use super::server::{Server, point};
use crate::support::{Desk, said, unique_records};

const LAKE: &str = "s3://logs/lakes/one";
const SOURCES: [&str; 4] = ["cloudtrail", "vpc_flow", "route53_resolver", "s3_access"];

/// Checks that a lake has every record of the truth, each once.
#[track_caller]
pub(super) fn check_rows(desk: &Desk, lake: &str, truth: &Value) {
    for source in SOURCES {
        let places = "count(distinct concat(file, ':', cast(position as varchar)))";
        let sql = format!("select count(*) as n, {places} as p from {source}");
        let rows = desk.sql(Path::new(lake), &sql);
        assert_eq!(rows[0]["n"], unique_records(truth, source), "{source}");
        assert_eq!(rows[0]["n"], rows[0]["p"], "{source}");
    }
}

/// Tells whether the line of a request writes a commit.
fn is_commit(line: &str) -> bool {
    line.starts_with("PUT ") && line.contains("/_delta_log/") && line.contains(".json ")
}

#[test]
fn a_lake_in_a_bucket_is_like_one_in_a_folder() {
    let server = Server::start();
    let mut desk = Desk::new();
    point(&mut desk, &server.address);
    let (logs, truth) = desk.simulate(&["--days", "3", "--scale", "0.02"]);
    let (logs, folder) = (logs.to_str().unwrap(), desk.path("lake"));
    let folder = folder.to_str().unwrap();
    let same = |arguments: &[&str]| {
        let of = |lake| {
            let mut said = desk.json(&[arguments, &["--lake", lake, "--format", "json"]].concat());
            // When a finding was stored depends on the clock.
            for row in said.as_array_mut().into_iter().flatten().filter_map(Value::as_object_mut) {
                row.retain(|name, _| name != "created" && name != "updated");
            }
            said
        };
        let (bucket, folder) = (of(LAKE), of(folder));
        assert!(bucket == folder, "{arguments:?}: {bucket}\n{folder}");
        bucket
    };
    for lake in [LAKE, folder] {
        desk.run(&["scan", logs, "--lake", lake, "--batch", "1"]);
    }
    check_rows(&desk, LAKE, &truth);
    let rows = ["sql", "select \"eventID\", time, record from cloudtrail order by 1"];
    let before = same(&rows);
    assert!(!same(&["findings", "list"]).as_array().unwrap().is_empty());
    assert!(!same(&["coverage"]).as_array().unwrap().is_empty());
    same(&["sources"]);
    let again = desk.json(&["ingest", logs, "--lake", LAKE, "--format", "json"]);
    assert_eq!(again["records"]["accepted"], 0);

    let stats = || desk.json(&["lake", "stats", "--lake", LAKE, "--format", "json"]);
    let files = |stats: &Value| stats["sources"]["cloudtrail"]["files"].as_u64().unwrap();
    let scattered = stats();
    desk.run(&["lake", "compact", "--lake", LAKE]);
    let compacted = stats();
    assert!(files(&compacted) < files(&scattered), "{compacted}");
    assert_eq!(
        compacted["sources"]["cloudtrail"]["rows"],
        scattered["sources"]["cloudtrail"]["rows"]
    );
    assert_eq!(same(&rows), before);
    desk.run(&["lake", "stats", "--repair", "--now", "--lake", LAKE]);
    assert_eq!(stats()["orphans"], Value::Array(Vec::new()));
    assert_eq!(same(&rows), before);
    for lake in [LAKE, folder] {
        desk.run(&["lake", "expire", "--before", "2026-03-03", "--lake", lake]);
    }
    let left = same(&["sql", "select min(date) as first, count(*) as n from cloudtrail"]);
    assert_eq!(left[0]["first"], "2026-03-03");
}

#[test]
fn two_writers_at_once_store_each_record_once() {
    let server = Server::start();
    let mut desk = Desk::new();
    point(&mut desk, &server.address);
    let (logs, truth) = desk.simulate(&["--days", "1", "--scale", "0.05"]);
    // The lake is the bucket itself.
    let ingest = ["ingest", logs.to_str().unwrap(), "--lake", "s3://logs", "--batch", "1"];
    let start = || {
        let mut command = desk.command(&ingest);
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    };
    for writer in [start(), start(), start()] {
        let output = writer.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", said(&output));
    }
    check_rows(&desk, "s3://logs", &truth);
}

#[test]
fn a_writer_that_loses_the_race_stores_nothing_twice() {
    let server = Server::start();
    let mut desk = Desk::new();
    let (logs, truth) = desk.simulate(&["--days", "1", "--scale", "0.02"]);
    point(&mut desk, &server.address);
    let ingest =
        ["ingest", logs.to_str().unwrap(), "--lake", LAKE, "--batch", "1", "--format", "json"];
    let other = Mutex::new(Some(desk.command(&ingest)));
    // While the first writer's rows are on their way into the log, another writes all of them.
    let proxy = Proxy::before(&server.address, move |_, line| {
        if is_commit(line)
            && !line.contains("00000000000000000000.json")
            && let Some(mut other) = other.lock().unwrap().take()
        {
            assert!(other.output().unwrap().status.success());
        }
        Fate::Pass
    });
    point(&mut desk, &proxy.address);
    let report = desk.json(&ingest);
    assert_eq!(report["records"]["accepted"], 0, "{}", report["records"]);
    point(&mut desk, &server.address);
    check_rows(&desk, LAKE, &truth);
}

#[test]
fn a_commit_that_was_taken_without_a_word_counts_once() {
    let server = Server::start();
    let mut desk = Desk::new();
    let (logs, truth) = desk.simulate(&["--days", "1", "--scale", "0.05"]);
    let seen = Mutex::new(Vec::new());
    let proxy = Proxy::before(&server.address, move |_, line| {
        let mut seen = seen.lock().unwrap();
        let is_first = is_commit(line) && !seen.contains(&line.to_owned());
        if is_first {
            seen.push(line.to_owned());
        }
        if is_first { Fate::DoneButDenied } else { Fate::Pass }
    });
    point(&mut desk, &proxy.address);
    let arguments = ["ingest", logs.to_str().unwrap(), "--lake", LAKE, "--batch", "1"];
    let report = desk.json(&[&arguments[..], &["--format", "json"]].concat());
    point(&mut desk, &server.address);
    check_rows(&desk, LAKE, &truth);
    let n_accepted = "select sum(object_accepted) as n from objects";
    assert_eq!(report["records"]["accepted"], desk.number(Path::new(LAKE), n_accepted));
    let n_duplicate: u64 = truth["sources"]
        .as_object()
        .unwrap()
        .values()
        .map(|it| it["duplicate_records"].as_u64().unwrap())
        .sum();
    assert_eq!(report["records"]["duplicate"], n_duplicate);
}
