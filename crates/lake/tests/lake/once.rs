//! Nothing is lost, nothing comes twice.

use super::support::{Bench, event, gzip, trail_file, truth};

#[test]
fn records_come_back_byte_for_byte() {
    let bench = Bench::new();
    let done = bench.ingest(&[bench.file("a.json.gz", &trail_file(0..50))]);
    assert_eq!((done.read, done.accepted, done.duplicate, done.rejected), (50, 50, 0, 0));
    assert_eq!(bench.records(), truth(0..50));
}

#[test]
fn a_second_run_adds_nothing() {
    let bench = Bench::new();
    let objects = [bench.file("a.json.gz", &trail_file(0..50))];
    bench.ingest(&objects);
    let again = bench.ingest(&objects);
    assert_eq!((again.read, again.accepted, again.duplicate), (50, 0, 50));
    assert_eq!(bench.records(), truth(0..50));
}

#[test]
fn an_event_that_comes_in_another_file_adds_nothing() {
    let bench = Bench::new();
    bench.ingest(&[bench.file("a.json.gz", &trail_file(0..50))]);
    let overlapping = bench.ingest(&[bench.file("b.json.gz", &trail_file(30..80))]);
    assert_eq!((overlapping.accepted, overlapping.duplicate), (30, 20));
    assert_eq!(bench.records(), truth(0..80));
}

#[test]
fn the_same_bytes_twice_in_one_run_add_nothing() {
    let bench = Bench::new();
    let line = "{\"time\":\"2026-03-01T00:00:00Z\"}\n";
    let objects = [bench.file("a.json", line.as_bytes()), bench.file("b.json", line.as_bytes())];
    let done = bench.ingest(&objects);
    assert_eq!(done.accepted + done.duplicate + done.rejected, done.read);
    assert!(done.accepted <= 1);
}

#[test]
fn threads_order_splitting_and_joining_change_nothing() {
    let split = |bench: &Bench| -> Vec<_> {
        let part = |i: u32| bench.file(&format!("{i}.json.gz"), &trail_file(i * 20..i * 20 + 30));
        (0..20).map(part).collect()
    };
    for threads in [1, 8] {
        let mut bench = Bench::new();
        bench.threads = threads;
        let mut objects = split(&bench);
        objects.reverse();
        bench.ingest(&objects);
        assert_eq!(bench.records(), truth(0..410), "{threads} threads");
    }
    let bench = Bench::new();
    let joined = [trail_file(0..300), trail_file(200..410)].concat();
    let done = bench.ingest(&[bench.file("joined.json.gz", &joined)]);
    assert_eq!((done.read, done.accepted), (510, 410));
    assert_eq!(bench.records(), truth(0..410));
}

#[test]
fn an_object_that_spans_batches_is_stored_once() {
    let mut bench = Bench::new();
    bench.gathered_bytes = 20_000;
    let objects = [bench.file("a.json.gz", &trail_file(0..500))];
    assert_eq!(bench.ingest(&objects).accepted, 500);
    assert!(1 < bench.open().version());
    assert_eq!(bench.ingest(&objects).accepted, 0);
    assert_eq!(bench.records(), truth(0..500));
}

#[test]
fn a_reject_is_a_row_that_names_its_place() {
    let bench = Bench::new();
    let text = format!("{}\n{{\"eventID\":}}\n{}\n", event(1), event(2));
    let objects = [bench.file("a.json", text.as_bytes())];
    let done = bench.ingest(&objects);
    assert_eq!((done.read, done.accepted, done.rejected), (3, 2, 1));
    assert_eq!(bench.column("reject_reason"), ["not JSON: expected a JSON value"]);
    assert_eq!(bench.column("reject_first_bytes").len(), 1);
    let again = bench.ingest(&objects);
    assert_eq!((again.read, again.accepted, again.duplicate, again.rejected), (3, 0, 2, 1));
    assert_eq!(bench.rows()["rejects"], 1);
}

#[test]
fn what_is_no_log_is_named() {
    let bench = Bench::new();
    let objects = [bench.file("NOTES.txt", b"just words\n"), bench.file("empty.gz", &gzip(b""))];
    let done = bench.ingest(&objects);
    assert_eq!((done.files, done.read), (0, 0));
    let names: Vec<&str> = done.skipped.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["NOTES.txt", "empty.gz"]);
}

#[test]
fn an_object_that_vanished_is_named_and_the_rest_goes_on() {
    let bench = Bench::new();
    let gone = bench.file("gone.json.gz", b"x");
    let here = bench.file("here.json.gz", &trail_file(0..5));
    std::fs::remove_file(bench.folder.path().join("logs/gone.json.gz")).unwrap();
    let done = bench.ingest(&[gone, here]);
    assert_eq!(done.accepted, 5);
    assert_eq!(done.unreadable.len(), 1);
}

#[test]
fn records_without_an_id_are_themselves_by_all_that_they_say() {
    let bench = Bench::new();
    let with_id = |number: u32, id: &str| {
        event(number).replace(&format!("\"{number:08x}-0000-4000-8000-000000000000\""), id)
    };
    // All in one hour of one account.
    let ids = ["null", "\"\"", r#""a\u0062c""#];
    let of_ids = |number: u32| ids.map(|id| with_id(number, id));
    let truth = [of_ids(0).as_slice(), of_ids(168).get(..2).unwrap()].concat();
    let text = truth.join("\n");
    let done = bench.ingest(&[bench.file("a.json", text.as_bytes())]);
    assert_eq!((done.accepted, done.duplicate), (5, 0));
    let done = bench.ingest(&[bench.file("b.json", format!("{text}\n").as_bytes())]);
    assert_eq!((done.accepted, done.duplicate), (0, 5));
    let mut sorted = truth;
    sorted.sort();
    assert_eq!(bench.records(), sorted);
}
