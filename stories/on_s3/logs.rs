//! Logs that lie in a bucket.

use serde_json::Value;

use super::server::{Server, point};
use crate::support::Desk;

/// Leaves out of a report the time that it took and the names of files.
fn stable(mut report: Value) -> Value {
    let entries = report.as_object_mut().unwrap();
    entries.remove("elapsed_seconds");
    for file in entries["skipped"].as_array_mut().unwrap() {
        file["file"].take();
    }
    report
}

#[test]
fn a_bucket_gives_what_the_same_folder_gives() {
    let server = Server::start();
    let mut desk = Desk::new();
    point(&mut desk, &server.address);
    let (logs, _) = desk.simulate(&["--days", "3", "--scale", "0.02"]);
    std::fs::remove_file(logs.join("ground-truth.json")).unwrap();
    server.put_folder(&logs, "a prefix/");
    let scan = |logs: &str, lake: &str| -> Value {
        let lake = desk.path(lake);
        let lake = lake.to_str().unwrap();
        let said = stable(desk.json(&["scan", logs, "--lake", lake, "--format", "json"]));
        // Records without ids of their own are called by their place.
        serde_json::from_str(&said.to_string().replace(logs, "LOGS")).unwrap()
    };
    let of_folder = scan(logs.to_str().unwrap(), "from-folder");
    let of_bucket = scan("s3://logs/a prefix", "from-bucket");
    assert_ne!(of_folder["findings"], Value::Array(Vec::new()));
    assert!(of_bucket == of_folder, "{of_bucket}\n{of_folder}");
    let rows = "select \"eventID\", time, account, region, record, position, \
                array_to_string(entities, ' ') as entities from cloudtrail order by 1";
    let rows_of = |lake: &str| desk.sql(&desk.path(lake), rows);
    assert!(rows_of("from-bucket") == rows_of("from-folder"));
    let mut names = desk.sql(&desk.path("from-bucket"), "select distinct file from cloudtrail");
    let name = names[0]["file"].take();
    assert!(name.as_str().unwrap().starts_with("s3://logs/a prefix/"), "{name}");

    let again = scan("s3://logs/a prefix", "from-bucket");
    assert_eq!(again["records"]["accepted"], 0);
    assert_eq!(again["records"]["read"], of_bucket["records"]["read"]);
    let one_key = scan(name.as_str().unwrap(), "from-bucket");
    assert_eq!((&one_key["files"], &one_key["records"]["accepted"]), (&1.into(), &0.into()));
}
