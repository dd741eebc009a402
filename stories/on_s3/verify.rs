//! Digest files in the trail's own bucket, with their signatures in the metadata.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use super::proxy::{Fate, Proxy};
use super::server::{BUCKET, Server, point, python};
use crate::support::{Desk, said};

/// A bucket with a trail of four hours, one log file each.
struct Trail {
    server: Server,
    desk: Desk,
    folder: PathBuf,
    digests: Vec<String>,
    logs: Vec<String>,
}

fn trail() -> Trail {
    let server = Server::start();
    let mut desk = Desk::new();
    point(&mut desk, &server.address);
    let folder = desk.path("trail");
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../stories/on_s3/digests.py");
    std::fs::create_dir(&folder).unwrap();
    let status = Command::new(python()).arg(script).arg(&folder).arg(BUCKET).status().unwrap();
    assert!(status.success());
    server.put_folder(&folder.join("objects"), "");
    let signatures = std::fs::read_to_string(folder.join("signatures.json")).unwrap();
    let signatures: Value = serde_json::from_str(&signatures).unwrap();
    let mut digests = Vec::new();
    for (key, signature) in signatures.as_object().unwrap() {
        let bytes = std::fs::read(folder.join("objects").join(key)).unwrap();
        let signature = signature.as_str().unwrap();
        let headers = format!(
            "x-amz-meta-signature: {signature}\r\nx-amz-meta-signature-algorithm: SHA256withRSA\r\n"
        );
        server.put_with(key, &headers, &bytes);
        digests.push(key.clone());
    }
    digests.sort();
    let digest = &digests[0];
    let logs = std::fs::read_dir(
        folder.join("objects").join("AWSLogs/111122223333/CloudTrail/eu-west-1/2026/03/02"),
    );
    assert!(digest.contains("CloudTrail-Digest"));
    let name = |entry: std::io::Result<std::fs::DirEntry>| {
        let name = entry.unwrap().file_name().into_string().unwrap();
        format!("AWSLogs/111122223333/CloudTrail/eu-west-1/2026/03/02/{name}")
    };
    let mut logs: Vec<String> = logs.unwrap().map(name).collect();
    logs.sort();
    Trail { server, desk, folder, digests, logs }
}

impl Trail {
    /// Verifies; returns the exit status and the report.
    #[track_caller]
    fn verify(&self, place: &str) -> (i32, Value) {
        let keys = self.folder.join("keys.json");
        let arguments = ["verify", place, "--keys", keys.to_str().unwrap(), "--format", "json"];
        let output = self.desk.command(&arguments).output().unwrap();
        let report = serde_json::from_slice(&output.stdout);
        (output.status.code().unwrap(), report.unwrap_or_else(|_| panic!("{}", said(&output))))
    }

    /// Returns the statuses of the log files, the newest first.
    fn log_statuses(report: &Value) -> Vec<&str> {
        let logs = report["report"]["chains"][0]["logs"].as_array().unwrap();
        logs.iter().map(|it| it["status"].as_str().unwrap()).collect()
    }
}

#[test]
fn a_trail_s_own_bucket_is_proven_to_the_newest_digest() {
    let trail = trail();
    let (status, report) = trail.verify("s3://logs");
    assert_eq!(status, 0, "{report}");
    let digests = &report["summary"]["digests"];
    // A copy without metadata leaves the newest one unproven.
    assert_eq!((&digests["n_valid"], &digests["n_unproven"]), (&4.into(), &0.into()));
    assert_eq!(Trail::log_statuses(&report), ["valid"; 4]);
    let copy = trail.folder.join("objects");
    let (_, of_copy) = trail.verify(copy.to_str().unwrap());
    assert_eq!(of_copy["summary"]["digests"]["n_unproven"], 1);
    let (_, of_prefix) = trail.verify("s3://logs/AWSLogs/111122223333");
    assert_eq!(of_prefix["summary"], report["summary"]);
}

#[test]
fn what_was_deleted_and_changed_in_the_bucket_is_named() {
    let trail = trail();
    trail.server.delete(&trail.logs[1]);
    trail.server.put(&trail.logs[2], b"{\"Records\":[]}");
    // Written anew, a digest has no signature any more.
    let digest = &trail.digests[3];
    let bytes = std::fs::read(trail.folder.join("objects").join(digest)).unwrap();
    trail.server.put(digest, &bytes);
    let (status, report) = trail.verify("s3://logs");
    assert_eq!(status, 1, "{report}");
    let statuses = Trail::log_statuses(&report);
    assert_eq!(statuses[1..], ["modified", "missing", "valid"], "{report}");
    let newest = &report["report"]["chains"][0]["digests"][0];
    assert_eq!(newest["status"], "signature_invalid", "{report}");
}

#[test]
fn a_bucket_out_of_reach_gives_no_verdict() {
    let mut trail = trail();
    let proxy =
        Proxy::before(
            &trail.server.address,
            |number, _| {
                if number < 3 { Fate::Pass } else { Fate::Gone }
            },
        );
    point(&mut trail.desk, &proxy.address);
    let keys = trail.folder.join("keys.json");
    let said = trail.desk.fail(&["verify", "s3://logs", "--keys", keys.to_str().unwrap()]);
    assert!(said.contains("no connection") && said.contains("hint: "), "{said}");
    let digests = "s3://logs/AWSLogs/111122223333/CloudTrail-Digest";
    let said = trail.desk.fail(&["verify", digests, "--keys", keys.to_str().unwrap()]);
    assert!(said.contains("name the folder above"), "{said}");
}

#[test]
fn coverage_shows_the_hours_of_files_that_failed_until_they_are_restored() {
    let trail = trail();
    let (keys, lake) = (trail.folder.join("keys.json"), "s3://logs/lake");
    let log = std::fs::read(trail.folder.join("objects").join(&trail.logs[1])).unwrap();
    trail.server.delete(&trail.logs[1]);
    trail.desk.run(&["ingest", "s3://logs/AWSLogs", "--lake", lake]);
    let failures = |desk: &Desk| {
        let sql = "select cast(extract(hour from hour) as bigint) as hour, records, \
                   digest_failures as failures, hours_without_records_before as before \
                   from coverage order by 1";
        let rows = desk.sql(Path::new(lake), sql);
        let number = |value: &Value| value.as_i64().map_or("-".to_owned(), |it| it.to_string());
        let shown = |row: &Value| row.as_object().unwrap().values().map(number).collect::<Vec<_>>();
        rows.as_array().unwrap().iter().map(|row| shown(row).join(" ")).collect::<Vec<_>>()
    };
    let verify = ["verify", "s3://logs/AWSLogs", "--keys", keys.to_str().unwrap(), "--lake", lake];
    for _ in 0..2 {
        assert_eq!(trail.desk.command(&verify).output().unwrap().status.code(), Some(1));
        assert_eq!(failures(&trail.desk), ["0 1 0 -", "1 0 1 -", "2 1 0 1", "3 1 0 0"]);
    }
    trail.server.put(&trail.logs[1], &log);
    trail.desk.run(&verify);
    assert_eq!(failures(&trail.desk), ["0 1 0 -", "2 1 0 1", "3 1 0 0"]);
    let sources = trail.desk.json(&["sources", "--lake", lake, "--format", "json"]);
    assert_eq!(sources[0]["records"], 3);
}
