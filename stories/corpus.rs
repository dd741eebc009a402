//! The main job on real logs that lie beside the checkout.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::support::Desk;

pub(crate) fn corpus() -> PathBuf {
    let default = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data");
    let folder = std::env::var_os("HAECHI_CORPUS").map_or_else(|| default.into(), PathBuf::from);
    assert!(folder.is_dir(), "the corpus is not at `{}`", folder.display());
    folder
}

fn scan(desk: &Desk, logs: &Path, lake: &Path, threads: &str) -> Value {
    desk.json(&[
        "scan",
        logs.to_str().unwrap(),
        "--lake",
        lake.to_str().unwrap(),
        "--threads",
        threads,
        "--format",
        "json",
    ])
}

#[test]
fn corpus_sans_counts_are_exact_whatever_the_threads() {
    let desk = Desk::new();
    let logs = corpus().join("cloudtrail-sans504-s3-ransomware");
    for threads in ["1", "8"] {
        let lake = desk.path(threads);
        let report = scan(&desk, &logs, &lake, threads);
        let expected = serde_json::json!({
            "read": 30_477, "accepted": 23_981, "duplicate": 6_496, "rejected": 0,
        });
        assert_eq!(report["records"], expected);
        let again = scan(&desk, &logs, &lake, threads);
        assert_eq!(again["records"]["accepted"], 0);
        assert_eq!(again["records"]["read"], 30_477);
        let ids = "select count(distinct \"eventID\") as n from cloudtrail";
        assert_eq!(desk.number(&lake, ids), 23_981);
    }
}

#[test]
fn corpus_other_engines_read_the_lake() {
    let Some(python) = std::env::var_os("HAECHI_PYTHON") else {
        // `cargo xtask test` sets it, and says so loudly when it could not set Python up.
        return;
    };
    let desk = Desk::new();
    let lake = desk.path("lake");
    scan(&desk, &corpus().join("cloudtrail-sans504-s3-ransomware"), &lake, "2");
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../bench/read_lake.py");
    let output = std::process::Command::new(python).arg(script).arg(&lake).output().unwrap();
    assert!(output.status.success(), "{}", crate::support::said(&output));
    let read: Value = serde_json::from_slice(&output.stdout).unwrap();
    let expected = serde_json::json!({
        "delta_rows": 23_981, "delta_ids": 23_981, "duckdb_rows": 23_981, "duckdb_ids": 23_981,
        "records_are_whole": true,
    });
    assert_eq!(read, expected);
}
