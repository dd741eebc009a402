//! Inputs that would fill the memory of a reader that trusts them.

use std::fs;
use std::io::{Read, Write};
use std::path::Path;
use std::process::{ChildStdin, Stdio};
use std::thread;

use serde_json::Value;

use super::{event, gzip, write};
use crate::support::{Desk, said};

/// The most memory that an ingest may ever hold, whatever it reads.
const MEMORY_MAX: u64 = 512 << 20;

/// More empty files than a report that names them can get into a pipe: the process then waits
/// with its work done, and its peak can be read.
const N_EMPTY: usize = 1_000;

#[test]
fn a_bomb_of_ten_gigabytes_is_stopped_and_told() {
    let desk = Desk::new();
    let logs = desk.path("logs");
    // Each member is 8 MiB of records without ids, so all are kept; the file is about 10 MB.
    let text = "a".repeat(1 << 20);
    let record = format!("{{\"time\":\"2026-03-01T00:00:00Z\",\"text\":\"{text}\"}}\n");
    let member = gzip(record.repeat(8).as_bytes());
    write(&logs, "bomb.json.gz", member.repeat(1_280));
    assert!(fs::metadata(logs.join("bomb.json.gz")).unwrap().len() < 16 << 20);
    write(&logs, "log.json", event(1));
    let report = ingest(&desk, logs.to_str().unwrap(), |_| {});
    let rejected = report["records"]["rejected"].as_u64().unwrap();
    assert!(32 < report["records"]["accepted"].as_u64().unwrap(), "{}", report["records"]);
    let lake = desk.path("lake");
    let last = "select reject_reason as why from rejects order by position desc";
    let rejects = desk.sql(&lake, last);
    assert_eq!(rejects.as_array().unwrap().len() as u64, rejected);
    assert!(rejects[0]["why"].as_str().unwrap().contains("a decompression bomb"), "{rejects}");
    assert_eq!(desk.number(&lake, "select count(*) as n from cloudtrail"), 1);
}

#[test]
fn a_line_of_a_gigabyte_is_one_reject() {
    let desk = Desk::new();
    fs::create_dir(desk.path("logs")).unwrap();
    let report = ingest(&desk, "-", |mut input| {
        write!(input, "{}\n{{\"eventName\":\"", event(1)).unwrap();
        let text = vec![b'a'; 1 << 20];
        for _ in 0..1 << 10 {
            input.write_all(&text).unwrap();
        }
        write!(input, "\"}}\n{}\n", event(2)).unwrap();
    });
    assert_eq!(report["records"]["accepted"], 2);
    assert_eq!(report["records"]["rejected"], 1);
    let reasons = desk.sql(&desk.path("lake"), "select reject_reason as why from rejects");
    assert_eq!(reasons[0]["why"], "the record is longer than 16 MiB");
}

#[test]
fn a_hundred_thousand_tiny_files_are_each_read_once() {
    const N_FILES: usize = 100_000;
    let desk = Desk::new();
    let logs = desk.path("logs");
    for number in 0..N_FILES {
        let folder = logs.join(format!("{:03}", number % 500));
        if number < 500 {
            fs::create_dir_all(&folder).unwrap();
        }
        fs::write(folder.join(format!("{number}.json")), event(number)).unwrap();
    }
    let report = ingest(&desk, logs.to_str().unwrap(), |_| {});
    assert_eq!(report["files"], N_FILES);
    assert_eq!(report["records"]["accepted"], N_FILES);
    let n =
        desk.number(&desk.path("lake"), "select count(distinct \"eventID\") as n from cloudtrail");
    assert_eq!(n, N_FILES as u64);
}

/// Ingests the input, and asserts that memory stayed within its limit.
fn ingest(desk: &Desk, input: &str, feed: impl FnOnce(ChildStdin) + Send) -> Value {
    let (empty, lake) = (desk.path("empty"), desk.path("lake"));
    for number in 0..N_EMPTY {
        write(&empty, &format!("{}{number}", "empty".repeat(20)), "");
    }
    let arguments = [
        "ingest",
        input,
        empty.to_str().unwrap(),
        "--lake",
        lake.to_str().unwrap(),
        "--format",
        "json",
    ];
    let mut command = desk.command(&arguments);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let stdin = child.stdin.take().unwrap();
    let mut stdout = child.stdout.take().unwrap();
    let mut report = vec![0];
    let mut peak = None;
    thread::scope(|scope| {
        scope.spawn(move || feed(stdin));
        if stdout.read_exact(&mut report).is_ok() {
            peak = memory_peak(&Path::new("/proc").join(child.id().to_string()));
            stdout.read_to_end(&mut report).unwrap();
        }
    });
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", said(&output));
    assert!(64 << 10 < report.len(), "the process may have ended before it was looked at");
    assert!(peak.is_none_or(|peak| peak < MEMORY_MAX), "{peak:?}");
    serde_json::from_slice(&report).unwrap()
}

/// Returns the most memory that a process ever held, in bytes, where the system tells.
fn memory_peak(process: &Path) -> Option<u64> {
    let status = fs::read_to_string(process.join("status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kilobytes: u64 = line.trim().trim_end_matches(" kB").parse().ok()?;
    Some(kilobytes << 10)
}
