//! The main job on an invented organisation: what was read adds up, the attacks are found, the
//! quiet twin is quiet.

use std::collections::BTreeSet;

use crate::support::{Desk, unique_records};

const SMALL: [&str; 4] = ["--days", "7", "--scale", "0.1"];

#[test]
fn a_scan_tells_what_was_read_and_what_happened() {
    let desk = Desk::new();
    let (logs, truth) = desk.simulate(&SMALL);
    let (logs, lake) = (logs.to_str().unwrap(), desk.path("lake"));
    let scan = ["scan", logs, "--lake", lake.to_str().unwrap(), "--format", "json"];
    let report = desk.json(&scan);
    let records = &report["records"];
    let count = |name: &str| records[name].as_u64().unwrap();
    assert_eq!(count("read"), count("accepted") + count("duplicate") + count("rejected"));
    assert_eq!(count("rejected"), 0);
    for source in ["cloudtrail", "vpc_flow", "route53_resolver", "s3_access"] {
        let stored = desk.number(&lake, &format!("select count(*) as n from {source}"));
        assert_eq!(stored, unique_records(&truth, source), "{source}");
    }
    for finding in report["findings"].as_array().unwrap() {
        let evidence = finding["evidence"].as_str().unwrap();
        let rows = desk.sql(&lake, evidence);
        assert!(!rows.as_array().unwrap().is_empty(), "{evidence}");
    }
    let again = desk.json(&scan);
    assert_eq!(again["records"]["accepted"], 0);
    assert_eq!(again["findings"], report["findings"]);
}

#[test]
fn both_attacks_are_among_the_findings() {
    let desk = Desk::new();
    let (logs, truth) = desk.simulate(&SMALL);
    let lake = desk.path("lake");
    let (logs, lake) = (logs.to_str().unwrap(), lake.to_str().unwrap());
    let report = desk.json(&["scan", logs, "--lake", lake, "--format", "json"]);
    let found: BTreeSet<&str> = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|finding| 4.0 <= finding["severity"].as_f64().unwrap())
        .flat_map(|finding| finding["records"].as_array().unwrap())
        .filter_map(|record| record.as_str())
        .collect();
    for story in truth["stories"].as_array().unwrap() {
        let steps = story["steps"].as_array().unwrap().iter();
        let ids = steps.flat_map(|step| step["cloudtrail_ids"].as_array().unwrap());
        let n_found = ids.filter(|id| found.contains(id.as_str().unwrap())).count();
        assert!(2 < n_found, "{}: {n_found} of its records are in findings", story["name"]);
    }
    let listed = desk.json(&["findings", "list", "--lake", lake, "--format", "json"]);
    assert_eq!(listed.as_array().unwrap().len(), report["findings"].as_array().unwrap().len());
    let id = listed[0]["id"].as_str().unwrap();
    let shown = desk.run(&["findings", "show", id, "--lake", lake]);
    assert!(shown.contains("evidence"), "{shown}");
}

#[test]
fn thirty_days_of_the_quiet_twin_have_no_finding_at_medium_or_above() {
    let desk = Desk::new();
    let (logs, _) = desk.simulate(&["--days", "30", "--scale", "0.05", "--quiet"]);
    let lake = desk.path("lake");
    let report = desk.json(&[
        "scan",
        logs.to_str().unwrap(),
        "--lake",
        lake.to_str().unwrap(),
        "--format",
        "json",
    ]);
    let loud: Vec<_> = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|finding| 4.0 <= finding["severity"].as_f64().unwrap())
        .map(|finding| format!("{} {}", finding["type"], finding["why"]["en"]))
        .collect();
    assert!(loud.is_empty(), "{loud:#?}");
}

#[test]
fn every_listing_and_format_works() {
    let desk = Desk::new();
    let (logs, _) = desk.simulate(&["--days", "2", "--scale", "0.05"]);
    let lake = desk.path("lake");
    let (logs, lake) = (logs.to_str().unwrap(), lake.to_str().unwrap());
    let summary = desk.run(&["scan", logs, "--lake", lake]);
    for word in ["accepted", "cloudtrail", "next"] {
        assert!(summary.contains(word), "{summary}");
    }
    for command in ["sources", "rejects", "coverage"] {
        for format in ["table", "json", "jsonl", "csv"] {
            desk.run(&[command, "--lake", lake, "--format", format]);
        }
    }
    let stats = desk.json(&["lake", "stats", "--lake", lake, "--format", "json"]);
    assert!(0 < stats["sources"]["cloudtrail"]["rows"].as_u64().unwrap());
    desk.run(&["lake", "compact", "--lake", lake]);
    desk.run(&["lake", "expire", "--before", "2026-03-03", "--lake", lake]);
    let left = desk.sql(&desk.path("lake"), "select min(date) as first from cloudtrail");
    assert_eq!(left[0]["first"], "2026-03-03");
    desk.run(&["completions", "bash"]);
    desk.run(&["man", desk.path("man").to_str().unwrap()]);
    assert!(desk.path("man/haechi-scan.1").exists());
}
