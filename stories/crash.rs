//! Killed at any moment, haechi loses nothing and stores nothing twice.

use std::path::Path;
use std::process::Stdio;
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::support::{Desk, unique_records};

/// How often a run is killed.
const ROUNDS: u64 = 200;
/// How many kills a lake survives before it is checked and the next one is begun.
const ROUNDS_PER_LAKE: u64 = 10;

/// Killed during ingest and during compaction, two hundred times.
#[test]
fn two_hundred_kills_lose_and_double_nothing() {
    let desk = Desk::new();
    let (logs, truth) = desk.simulate(&["--days", "2", "--scale", "0.05"]);
    let logs = logs.to_str().unwrap();
    let full_ms = full_run_ms(&desk, logs);
    let mut seed = 7;
    for lake_number in 0..ROUNDS / ROUNDS_PER_LAKE {
        let lake = desk.path(&format!("lake{lake_number}"));
        let place = lake.to_str().unwrap();
        let compacts = lake_number % 2 == 1;
        for round in 0..ROUNDS_PER_LAKE {
            let arguments: Vec<&str> = if compacts && 4 < round {
                vec!["lake", "compact", "--lake", place]
            } else {
                vec!["ingest", logs, "--lake", place, "--batch", "1", "--threads", "2"]
            };
            seed = next(seed);
            run_and_kill(&desk, &arguments, Duration::from_millis(seed % full_ms));
        }
        desk.run(&["ingest", logs, "--lake", place]);
        check(&desk, &lake, &truth);
        std::fs::remove_dir_all(&lake).unwrap();
    }
}

/// Returns how long a run takes that nobody kills, in milliseconds.
fn full_run_ms(desk: &Desk, logs: &str) -> u64 {
    let lake = desk.path("whole");
    let start = Instant::now();
    let place = lake.to_str().unwrap();
    desk.run(&["ingest", logs, "--lake", place, "--batch", "1", "--threads", "2"]);
    u64::try_from(start.elapsed().as_millis()).unwrap().max(1)
}

fn run_and_kill(desk: &Desk, arguments: &[&str], after: Duration) {
    let mut command = desk.command(arguments);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    // The moment is what this test is about: anywhere between the first and the last instruction.
    sleep(after);
    child.kill().unwrap();
    child.wait().unwrap();
}

fn check(desk: &Desk, lake: &Path, truth: &serde_json::Value) {
    let sql = "select count(*) as n, count(distinct \"eventID\") as ids from cloudtrail";
    let rows = desk.sql(lake, sql);
    let expected = unique_records(truth, "cloudtrail");
    assert_eq!(rows[0]["n"], expected, "{}", lake.display());
    assert_eq!(rows[0]["ids"], expected, "{}", lake.display());
    for source in ["vpc_flow", "route53_resolver", "s3_access"] {
        let places = "count(distinct concat(file, ':', cast(position as varchar)))";
        let rows = desk.sql(lake, &format!("select count(*) as n, {places} as p from {source}"));
        assert_eq!(rows[0]["n"], unique_records(truth, source), "{source} {}", lake.display());
        assert_eq!(rows[0]["n"], rows[0]["p"], "{source} {}", lake.display());
    }
    let place = lake.to_str().unwrap();
    desk.run(&["lake", "stats", "--repair", "--now", "--lake", place]);
    let stats = desk.json(&["lake", "stats", "--lake", place, "--format", "json"]);
    assert_eq!(stats["orphans"].as_array().unwrap().len(), 0);
}

/// Returns the next of a fixed series of numbers that look like chance.
fn next(seed: u64) -> u64 {
    let mut next = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    next = (next ^ (next >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    (next ^ (next >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb) >> 20
}
