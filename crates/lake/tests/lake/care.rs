//! Compaction, retention, orphans.

use haechi_catalog::Catalog;
use haechi_lake::{compact, expire, repair, stats};
use haechi_model::Timestamp;

use super::support::{Bench, lake_folder, trail_file, truth};

const NOW: &str = "2026-03-10T00:00:00Z";

fn now() -> Timestamp {
    Timestamp::parse(NOW).unwrap()
}

#[test]
fn compaction_changes_files_and_no_rows() {
    let bench = Bench::new();
    for i in 0..5 {
        bench.ingest(&[bench.file(&format!("{i}.json.gz"), &trail_file(i * 30..i * 30 + 30))]);
    }
    let n_files = bench.open().files().unwrap().len();
    let mut lake = bench.open();
    let done = bench.runtime.block_on(compact(&mut lake, "compact", now())).unwrap();
    assert!(bench.open().files().unwrap().len() < n_files);
    assert!(0 < done.written);
    assert_eq!(bench.records(), truth(0..150));
    // What was compacted is still known.
    assert_eq!(bench.ingest(&[bench.file("again.json.gz", &trail_file(10..140))]).accepted, 0);
    let second = bench.runtime.block_on(compact(&mut bench.open(), "second", now())).unwrap();
    assert!(second.merged <= 2, "only the objects of the last run are left to merge: {second:?}");
}

#[test]
fn files_of_before_a_column_stay_without_it() {
    let mut bench = Bench::new();
    let source = bench.catalog.sources.get_mut("cloudtrail").unwrap();
    source.columns.retain(|column| column.name != "userAgent");
    for i in 0..4 {
        if i == 2 {
            bench.catalog = Catalog::built_in().unwrap();
        }
        bench.ingest(&[bench.file(&format!("{i}.json.gz"), &trail_file(i * 30..i * 30 + 30))]);
    }
    bench.runtime.block_on(compact(&mut bench.open(), "compact", now())).unwrap();
    let files = bench.open().files().unwrap();
    let days: Vec<_> = files
        .iter()
        .filter(|file| file.partition.source == "cloudtrail")
        .map(|file| file.partition.date.as_deref().unwrap())
        .collect();
    assert_eq!(days.len(), 6, "for each of three days a file with the column, and one without");
    assert_eq!(bench.records(), truth(0..120));
}

#[test]
fn expiry_removes_old_days_and_only_those() {
    let bench = Bench::new();
    bench.ingest(&[bench.file("a.json.gz", &trail_file(0..90))]);
    let mut lake = bench.open();
    let done = bench.runtime.block_on(expire(&mut lake, "2026-03-02", now())).unwrap();
    assert_eq!(done.rows, 30);
    assert_eq!(bench.records(), truth((0..90).filter(|number| number % 3 != 0)));
}

#[test]
fn files_of_no_commit_are_named_and_removed_on_demand() {
    let bench = Bench::new();
    bench.ingest(&[bench.file("a.json.gz", &trail_file(0..10))]);
    let orphan = lake_folder(&bench).join("source=cloudtrail/account=1/date=2026-03-01/x.parquet");
    std::fs::create_dir_all(orphan.parent().unwrap()).unwrap();
    std::fs::write(&orphan, b"half a file").unwrap();
    let lake = bench.open();
    let found = bench.runtime.block_on(stats(&lake, now())).unwrap().orphans;
    assert_eq!(found.len(), 1);
    assert_eq!(bench.runtime.block_on(repair(&lake, now(), true)).unwrap().len(), 1);
    assert!(!orphan.exists());
    assert_eq!(bench.records(), truth(0..10));
}
