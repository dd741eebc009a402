//! Several writers at once, each in its own process as far as the lake can tell.

use std::thread;

use haechi_sources::Object;

use super::support::{Bench, event, lake_folder, trail_file, truth};

/// Returns lines of which every third is no record: events, which have ids, or flows, which have
/// none.
fn broken_lines(numbers: std::ops::Range<u32>, has_ids: bool) -> String {
    let line = |number: u32| match (number % 3, has_ids) {
        (0, true) => format!("{{\"eventID\": }} {number}"),
        (0, false) => format!("2 {number}"),
        (_, true) => event(number),
        (_, false) => format!("2 111122223333 eni-0a1b2c3d {}", 1_717_200_000 + number),
    };
    let header = if has_ids { "" } else { "version account-id interface-id start\n" };
    header.to_owned() + &numbers.map(|number| line(number) + "\n").collect::<String>()
}

/// Asserts how many rows and rejects there are, and what a further look at the object says.
#[track_caller]
fn check(bench: &Bench, object: &Object, source: &str, (n_rows, n_rejects): (u64, u64)) {
    let counts = |rows: std::collections::BTreeMap<String, u64>| (rows[source], rows["rejects"]);
    assert_eq!(counts(bench.rows()), (n_rows, n_rejects), "{source}");
    let again = bench.ingest(std::slice::from_ref(object));
    let found = (again.read, again.accepted, again.duplicate, again.rejected);
    assert_eq!(found, (n_rows + n_rejects, 0, n_rows, n_rejects), "{source}");
    assert_eq!(counts(bench.rows()), (n_rows, n_rejects), "{source}");
}

#[test]
fn writers_that_read_one_object_store_its_rejects_once() {
    for (source, has_ids) in [("cloudtrail", true), ("vpc_flow", false)] {
        let mut bench = Bench::new();
        bench.gathered_bytes = 10_000;
        bench.open();
        let object = bench.file("log", broken_lines(1..91, has_ids).as_bytes());
        // Both look at the lake before the other has written.
        let lakes = [bench.open(), bench.open()];
        let [first, second] =
            lakes.map(|lake| bench.ingest_into(lake, std::slice::from_ref(&object)));
        assert_eq!((first.accepted, first.duplicate, first.rejected), (60, 0, 30), "{source}");
        assert_eq!((second.accepted, second.duplicate, second.rejected), (0, 60, 30), "{source}");
        check(&bench, &object, source, (60, 30));
    }
}

#[test]
fn a_writer_stores_what_another_did_not_reach() {
    for (source, has_ids) in [("cloudtrail", true), ("vpc_flow", false)] {
        let mut bench = Bench::new();
        bench.gathered_bytes = 10_000;
        bench.open();
        let object = bench.file("log", broken_lines(1..91, has_ids).as_bytes());
        let behind = bench.open();
        bench.ingest(std::slice::from_ref(&object));
        // The first writer dies after half of its commits.
        let log = lake_folder(&bench).join("_delta_log");
        let n_commits = bench.open().version();
        assert!(4 <= n_commits);
        for version in n_commits / 2 + 1..=n_commits {
            std::fs::remove_file(log.join(format!("{version:020}.json"))).unwrap();
        }
        let before = bench.rows();
        assert!(0 < before[source] && before[source] < 60 && 0 < before["rejects"]);
        let done = bench.ingest_into(behind, std::slice::from_ref(&object));
        assert_eq!((done.accepted, done.rejected), (60 - before[source], 30), "{source}");
        check(&bench, &object, source, (60, 30));
    }
}

#[test]
fn a_writer_that_was_killed_is_followed_by_one_that_counts_right() {
    let mut bench = Bench::new();
    bench.gathered_bytes = 10_000;
    let object = bench.file("log", broken_lines(1..91, false).as_bytes());
    bench.ingest(std::slice::from_ref(&object));
    let n_commits = bench.open().version();
    let last = lake_folder(&bench).join(format!("_delta_log/{n_commits:020}.json"));
    std::fs::remove_file(last).unwrap();
    let done = bench.ingest(std::slice::from_ref(&object));
    assert!(0 < done.accepted && done.accepted < 60, "{done:?}");
    check(&bench, &object, "vpc_flow", (60, 30));
}

#[test]
fn what_another_compacted_meanwhile_is_not_counted_again() {
    let mut bench = Bench::new();
    bench.gathered_bytes = 10_000;
    let object = bench.file("log", broken_lines(1..91, false).as_bytes());
    bench.ingest(std::slice::from_ref(&object));
    let behind = bench.open();
    let mut lake = bench.open();
    let now = haechi_model::Timestamp::parse("2026-01-01T00:00:00Z").unwrap();
    bench.runtime.block_on(haechi_lake::compact(&mut lake, "compact", now)).unwrap();
    // The first is new: its commit loses. What is known of the second is learnt anew.
    let other = bench.file("other", broken_lines(100..130, false).as_bytes());
    let done = bench.ingest_into(behind, &[other, object.clone()]);
    assert_eq!((done.read, done.accepted, done.rejected), (120, 20, 40));
    assert_eq!(done.duplicate, 60);
}

#[test]
fn writers_with_the_same_events_store_each_once() {
    let mut bench = Bench::new();
    bench.gathered_bytes = 30_000;
    bench.open();
    let part = |i: u32| bench.file(&format!("{i}.json.gz"), &trail_file(i * 20..i * 20 + 40));
    let objects: Vec<Object> = (0..12).map(part).collect();
    let mappings = haechi_sources::Mappings::new(bench.catalog.sources.values());
    let runs: Vec<_> = (0..4).map(|_| (bench.open(), bench.options())).collect();
    let accepted: u64 = thread::scope(|scope| {
        let run = |(lake, options)| {
            let (objects, mappings) = (&objects, &mappings);
            scope.spawn(move || {
                haechi_lake::ingest(lake, mappings, objects, &options, &|_| {}).unwrap().1.accepted
            })
        };
        let handles: Vec<_> = runs.into_iter().map(run).collect();
        handles.into_iter().map(|it| it.join().unwrap()).sum()
    });
    assert_eq!(bench.records(), truth(0..260));
    assert_eq!(accepted, 260);
}
