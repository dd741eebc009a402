//! What a person does wrong is answered with what and where, and nothing is half done.

use std::process::Command;

use crate::support::{Desk, said, unique_records};

#[test]
fn a_path_that_is_not_there_is_named() {
    let desk = Desk::new();
    let said = desk.fail(&["scan", "/no/such/logs"]);
    assert!(said.contains("/no/such/logs") && said.contains("hint: "), "{said}");
}

#[test]
fn a_lake_that_is_not_there_is_named() {
    let desk = Desk::new();
    let lake = desk.path("nowhere");
    for command in [&["sql", "select 1"][..], &["findings", "list"], &["findings", "show", "0"]] {
        let said = desk.fail(&[command, &["--lake", lake.to_str().unwrap()]].concat());
        assert!(said.contains("is not a lake") && said.contains("hint: "), "{said}");
    }
    assert!(!lake.exists());
}

#[test]
fn a_lake_that_cannot_be_written_is_named() {
    let desk = Desk::new();
    let (logs, _) = desk.simulate(&["--days", "1", "--scale", "0.01"]);
    let file = desk.path("file");
    std::fs::write(&file, "").unwrap();
    let lake = file.join("lake");
    let said = desk.fail(&["ingest", logs.to_str().unwrap(), "--lake", lake.to_str().unwrap()]);
    assert!(said.contains("cannot hold a lake"), "{said}");
}

#[test]
fn a_wrong_name_in_sql_is_answered_with_the_nearest() {
    let desk = Desk::new();
    let (logs, _) = desk.simulate(&["--days", "1", "--scale", "0.01"]);
    let lake = desk.path("lake");
    let lake = lake.to_str().unwrap();
    desk.run(&["ingest", logs.to_str().unwrap(), "--lake", lake]);
    let said = desk.fail(&["sql", "select eventname from cloudtrail", "--lake", lake]);
    assert!(said.contains("hint: ") && said.contains("eventName"), "{said}");
    desk.fail(&["sql", "drop table cloudtrail", "--lake", lake]);
}

#[test]
fn a_severity_asked_for_decides_the_exit_status() {
    let desk = Desk::new();
    let (logs, _) = desk.simulate(&["--days", "7", "--scale", "0.02"]);
    let lake = desk.path("lake");
    let scan = ["scan", logs.to_str().unwrap(), "--lake", lake.to_str().unwrap()];
    let mut arguments = scan.to_vec();
    arguments.extend(["--fail-on", "high"]);
    let output = desk.command(&arguments).output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    assert!(desk.command(&scan).status().unwrap().success());
}

#[test]
fn a_full_disk_leaves_nothing_half_committed() {
    let desk = Desk::new();
    let (logs, truth) = desk.simulate(&["--days", "2", "--scale", "0.1"]);
    let lake = desk.path("lake");
    let ingest = ["ingest", logs.to_str().unwrap(), "--lake", lake.to_str().unwrap()];
    // Files may have no more than 16 blocks, which fails a write just as a full disk does.
    let shell = r#"trap '' XFSZ; ulimit -f 16; exec "$0" "$@""#;
    let binary = desk.command(&ingest);
    let output = Command::new("sh")
        .arg("-c")
        .arg(shell)
        .arg(binary.get_program())
        .args(ingest)
        .env("HOME", desk.path("."))
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2), "{}", said(&output));
    assert!(said(&output).contains("because: "), "{}", said(&output));
    let report = desk.json(&[&ingest[..], &["--format", "json"]].concat());
    assert_eq!(report["records"]["rejected"], 0);
    let stored = desk.number(&lake, "select count(*) as n from cloudtrail");
    assert_eq!(stored, unique_records(&truth, "cloudtrail"));
    let n =
        desk.number(&lake, "select count(*) - count(distinct \"eventID\") as n from cloudtrail");
    assert_eq!(n, 0);
}
