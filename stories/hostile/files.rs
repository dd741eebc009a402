//! Files that are damaged, that are no files, and places that cannot be written.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::{Value, json};

use super::{event, event_at, gzip, write};
use crate::support::{Desk, said};

/// Somebody who is not the administrator.
const NOBODY: u32 = 65_534;

/// Runs the command as somebody whom permissions mean something to; gives nothing where that
/// cannot be had.
fn as_nobody(desk: &Desk, mut command: Command) -> Option<Output> {
    let secret = desk.path("secret");
    write(&desk.path("."), "secret", "");
    fs::set_permissions(&secret, fs::Permissions::from_mode(0o000)).unwrap();
    if fs::read(&secret).is_ok() {
        fs::set_permissions(desk.path("."), fs::Permissions::from_mode(0o777)).unwrap();
        command.uid(NOBODY).gid(NOBODY);
    }
    command.output().ok()
}

#[test]
fn hostile_files_cost_no_record_beside_them() {
    let desk = Desk::new();
    let logs = desk.path("logs");
    let events = |numbers: std::ops::Range<usize>| -> Vec<String> { numbers.map(event).collect() };
    write(&logs, "a.json", events(0..3).join("\n"));
    let mut cut = gzip(events(10_000..12_000).join("\n").as_bytes());
    cut.truncate(cut.len() / 2);
    write(&logs, "cut.json.gz", cut);
    let deep = format!("{{\"a\":{}1{}}}", r#"{"a":"#.repeat(10_000), "}".repeat(10_000));
    write(&logs, "deep.json", [event(3), deep, event(4)].join("\n"));
    let bad =
        [event(5).into_bytes(), b"{\"eventName\":\"\xff\xfe\"}".to_vec(), event(6).into_bytes()];
    write(&logs, "bytes.json", bad.join(&b'\n'));
    write(&logs, "nul.json", [event(7), "{\"eventName\":\"\0".to_owned(), event(8)].join("\n"));
    let no_year = [event_at(9, "9999-12-31T23:59:59Z"), event_at(10, "99999-01-01T00:00:00Z")];
    write(&logs, "late.json", no_year.join("\n"));
    write(&logs, "zeros", vec![0; 10_000]);
    symlink("..", logs.join("loop")).unwrap();
    symlink("loop/logs", logs.join("again")).unwrap();
    let has_pipe =
        Command::new("mkfifo").arg(logs.join("pipe")).status().is_ok_and(|it| it.success());

    let lake = desk.path("lake");
    let ingest =
        ["ingest", logs.to_str().unwrap(), "--lake", lake.to_str().unwrap(), "--format", "json"];
    let report = desk.json(&ingest);
    let count = |name: &str| report["records"][name].as_u64().unwrap();
    assert_eq!(
        report["records"]["read"],
        count("accepted") + count("duplicate") + count("rejected")
    );
    let skipped = names(&report["skipped"]);
    assert_eq!(skipped, if has_pipe { vec!["pipe", "zeros"] } else { vec!["zeros"] });
    let n_events = |which: &str| {
        let query =
            format!("select count(*) as n from cloudtrail where file {which} '%/cut.json.gz'");
        desk.number(&lake, &query)
    };
    assert_eq!(n_events("not like"), 11);
    let n_cut = n_events("like");
    assert!(0 < n_cut && n_cut < 2_000, "{n_cut}");
    let by_file = "select regexp_replace(file, '.*/', '') as file, count(*) as n from rejects \
                   group by 1 order by 1";
    let rejects = desk.sql(&lake, by_file);
    let n_rejects = |file: &str| {
        let of_file = rejects.as_array().unwrap().iter().find(|it| it["file"] == file);
        of_file.map_or(0, |it| it["n"].as_u64().unwrap())
    };
    let files = ["bytes.json", "cut.json.gz", "deep.json", "late.json", "nul.json"];
    assert_eq!(files.map(n_rejects), [1, 2, 1, 0, 1], "{rejects}");
    let times = "select time from cloudtrail where file like '%/late.json' order by position";
    let times = desk.sql(&lake, times);
    assert_eq!(times, json!([{"time": "9999-12-31T23:59:59Z"}, {"time": null}]));
    let again = desk.json(&ingest);
    assert_eq!(again["records"]["accepted"], 0);
    assert_eq!(desk.sql(&lake, by_file), rejects);
}

#[test]
fn a_time_that_no_calendar_has_is_no_time_and_no_error_in_a_table() {
    let desk = Desk::new();
    let header = "version account-id interface-id start";
    let line = "2 111122223333 eni-0a1b2c3d";
    let log = format!("{header}\n{line} 9223372036854775807\n{line} 1772359200\n");
    write(&desk.path("logs"), "flow.log", log);
    let (logs, lake) = (desk.path("logs"), desk.path("lake"));
    let place = lake.to_str().unwrap();
    desk.run(&["ingest", logs.to_str().unwrap(), "--lake", place]);
    let times = desk.sql(&lake, "select time from vpc_flow order by position");
    assert_eq!(times, json!([{"time": null}, {"time": "2026-03-01T10:00:00Z"}]));
    let last = "to_timestamp_micros(9223372036854775807)";
    let made = format!("select {last} as t, [{last}] as list, named_struct('t', {last}) as one");
    for query in ["select * from vpc_flow", &made] {
        for format in ["table", "json", "csv"] {
            let text = desk.run(&["sql", query, "--lake", place, "--format", format, "--wide"]);
            assert!(!text.contains("ERROR"), "{text}");
        }
    }
}

/// Returns the names of the files that a report lists.
fn names(list: &Value) -> Vec<String> {
    let name = |it: &Value| it["file"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
    let mut names: Vec<String> = list.as_array().unwrap().iter().map(name).collect();
    names.sort();
    names
}

#[test]
fn a_file_that_may_not_be_read_is_named_and_the_rest_is_read() {
    let desk = Desk::new();
    let logs = desk.path("logs");
    write(&logs, "log.json", event(1));
    write(&logs, "closed.json", event(2));
    fs::set_permissions(logs.join("closed.json"), fs::Permissions::from_mode(0o000)).unwrap();
    let lake = desk.path("lake");
    let command =
        desk.command(&["ingest", logs.to_str().unwrap(), "--lake", lake.to_str().unwrap()]);
    let Some(output) = as_nobody(&desk, command) else { return };
    assert!(output.status.success(), "{}", said(&output));
    let words = String::from_utf8(output.stdout).unwrap();
    assert!(words.contains("unreadable 1 files") && words.contains("closed.json"), "{words}");
    assert!(words.contains("accepted  1 "), "{words}");
}

#[test]
fn a_lake_that_may_not_be_written_is_named_and_stays_as_it_is() {
    let desk = Desk::new();
    let logs = desk.path("logs");
    write(&logs, "1.json", event(1));
    let lake = desk.path("lake");
    let place = lake.to_str().unwrap();
    let ingest = ["ingest", logs.to_str().unwrap(), "--lake", place];
    desk.run(&ingest);
    write(&logs, "2.json", event(2));
    set_modes(&lake, 0o555);
    let Some(output) = as_nobody(&desk, desk.command(&ingest)) else { return };
    assert_eq!(output.status.code(), Some(2), "{}", said(&output));
    assert!(said(&output).contains("Permission denied"), "{}", said(&output));
    let sql = ["sql", "select count(*) from cloudtrail", "--lake", place, "--format", "csv"];
    let output = as_nobody(&desk, desk.command(&sql)).unwrap();
    assert!(output.status.success(), "{}", said(&output));
    assert!(String::from_utf8(output.stdout).unwrap().ends_with("\n1\n"));
    set_modes(&lake, 0o755);
    desk.run(&ingest);
    assert_eq!(desk.number(&lake, "select count(*) as n from cloudtrail"), 2);
}

/// Sets the mode of a folder and all folders below it.
fn set_modes(folder: &Path, mode: u32) {
    fs::set_permissions(folder, fs::Permissions::from_mode(mode)).unwrap();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            set_modes(&path, mode);
        }
    }
}
