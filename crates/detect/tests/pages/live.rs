//! History and the present give the same findings, for every page.

use std::collections::BTreeMap;

use arrow::array::{RecordBatch, UInt32Array};
use arrow::compute::take_record_batch;
use haechi_catalog::{Catalog, Detection};
use haechi_detect::{DetectError, Detector, Live};
use haechi_model::Finding;

use crate::{examples, reader};

/// How late rows come, in seconds.
const LATENESS: u32 = 600;

/// Numbers that look like chance and are the same on every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }
}

/// Returns rows as they arrive: each late by less than the lateness, every third one twice.
fn arrivals(rows: &RecordBatch, seed: u64) -> Vec<RecordBatch> {
    let mut dice = Dice(seed);
    let times = examples::times(rows);
    let mut order: Vec<(i64, u32)> = Vec::new();
    for (index, time) in (0..).zip(times) {
        let late =
            |dice: &mut Dice| i64::try_from(dice.below(u64::from(LATENESS) * 1_000_000)).unwrap();
        order.push((time + late(&mut dice), index));
        if dice.below(3) == 0 {
            order.push((time + late(&mut dice), index));
        }
    }
    order.sort_unstable();
    let mut left: Vec<u32> = order.into_iter().map(|(_, index)| index).collect();
    let mut batches = Vec::new();
    while !left.is_empty() {
        let n_rows = usize::try_from(1 + dice.below(60)).unwrap().min(left.len());
        let indexes: Vec<u32> = left.drain(..n_rows).collect();
        batches.push(take_record_batch(rows, &UInt32Array::from(indexes)).unwrap());
    }
    batches
}

fn seen_live(alone: &Catalog, source: &str, batches: &[RecordBatch]) -> Vec<Finding> {
    let mut live = Live::new(examples::detector(alone), LATENESS);
    for batch in batches {
        live.take(source, batch).unwrap();
    }
    live.finish().unwrap()
}

/// Stops after each few batches and goes on from a snapshot.
fn seen_with_stops(alone: &Catalog, source: &str, batches: &[RecordBatch]) -> Vec<Finding> {
    let mut live = Live::new(examples::detector(alone), LATENESS);
    for (at, batch) in batches.iter().enumerate() {
        live.take(source, batch).unwrap();
        if at % 4 != 3 {
            continue;
        }
        let (resumed, anew) =
            Live::resume(examples::detector(alone), LATENESS, &live.snapshot()).unwrap();
        assert!(anew.is_empty(), "{anew:?}");
        live = resumed;
        // The rows that waited come again, and with them some that did not.
        for earlier in &batches[..=at] {
            live.take(source, earlier).unwrap();
        }
    }
    live.finish().unwrap()
}

fn first_example(detection: &Detection, heading: &str) -> bool {
    detection.page.examples.first().is_some_and(|example| example.heading == heading)
}

#[test]
fn a_stream_gives_what_a_replay_gives() {
    examples::for_each_example(|alone, detection, example, rows| {
        let source = &detection.source;
        let replayed = examples::found_in(alone, source, std::slice::from_ref(rows));
        for seed in [1, 2] {
            let live = seen_live(alone, source, &arrivals(rows, seed));
            assert_eq!(live, replayed, "{}: `{}`", detection.name, example.heading);
        }
    });
}

#[test]
fn a_run_that_stops_and_goes_on_finds_the_same() {
    examples::for_each_example(|alone, detection, example, rows| {
        // One example a page: earlier rows are given again at each stop.
        if !first_example(detection, &example.heading) {
            return;
        }
        let source = &detection.source;
        let replayed = examples::found_in(alone, source, std::slice::from_ref(rows));
        let stopped = seen_with_stops(alone, source, &arrivals(rows, 3));
        assert_eq!(stopped, replayed, "{}: `{}`", detection.name, example.heading);
    });
}

#[test]
fn a_snapshot_between_any_two_rows_changes_nothing() {
    examples::for_each_example(|alone, detection, example, rows| {
        let source = &detection.source;
        let n_pieces = rows.num_rows().min(12);
        let mut detector = examples::detector(alone);
        let mut start = 0;
        for piece in 1..=n_pieces {
            let end = rows.num_rows() * piece / n_pieces;
            detector.observe(source, &rows.slice(start, end - start)).unwrap();
            start = end;
            let snapshot = detector.snapshot();
            detector = examples::detector(alone);
            assert_eq!(detector.restore(&snapshot).unwrap(), Vec::<String>::new());
            assert_eq!(detector.snapshot(), snapshot, "equal states are equal bytes");
        }
        let whole = examples::found_in(alone, source, std::slice::from_ref(rows));
        assert_eq!(detector.finish(), whole, "{}: `{}`", detection.name, example.heading);
    });
}

#[test]
fn rows_are_counted_by_what_became_of_them() {
    let catalog = examples::catalog();
    let source = &catalog.sources["cloudtrail"];
    let event = |time: &str, id: &str| {
        format!("{{\"eventName\":\"A\",\"eventTime\":\"{time}\",\"eventID\":\"{id}\"}}\n")
    };
    let rows = |text: &str| reader::batch(source, &reader::events(source, text));
    let mut live = Live::new(Detector::new(&catalog).unwrap(), LATENESS);
    let first = event("2026-01-05T10:00:00Z", "a") + &event("2026-01-05T09:59:00Z", "b");
    let passed = live.take("cloudtrail", &rows(&(first.clone() + &first))).unwrap();
    assert_eq!((passed.looked_at, passed.duplicate, passed.late), (0, 2, 0));
    let passed = live.take("cloudtrail", &rows(&event("2026-01-05T10:09:30Z", "c"))).unwrap();
    assert_eq!((passed.looked_at, passed.duplicate, passed.late), (1, 0, 0));
    let passed = live.take("cloudtrail", &rows(&first)).unwrap();
    assert_eq!((passed.looked_at, passed.duplicate, passed.late), (0, 1, 1));
    let until = live.resumes_at();
    assert_eq!(until["cloudtrail"].to_string(), "2026-01-05T09:59:30Z");
}

#[test]
fn a_snapshot_that_does_not_fit_is_refused_or_named() {
    let catalog = examples::catalog();
    let mut fewer = examples::catalog();
    fewer.detections.remove("recon/denied-calls").unwrap();
    let mut snapshot = Detector::new(&fewer).unwrap().snapshot();
    let anew = Detector::new(&catalog).unwrap().restore(&snapshot).unwrap();
    assert_eq!(anew, ["recon/denied-calls"]);
    let refused = |bytes: &[u8]| {
        matches!(Detector::new(&fewer).unwrap().restore(bytes), Err(DetectError::Snapshot { .. }))
    };
    assert!(refused(b"") && refused(b"nonsense") && refused(&snapshot[..snapshot.len() - 1]));
    let middle = snapshot.len() / 2;
    snapshot[middle] ^= 1;
    assert!(refused(&snapshot));
    assert!(Live::resume(Detector::new(&fewer).unwrap(), LATENESS, &snapshot).is_err());
}

#[test]
fn what_is_remembered_of_a_flood_of_names_is_bounded() {
    let catalog = examples::catalog();
    let source = &catalog.sources["cloudtrail"];
    let mut sizes = BTreeMap::new();
    let mut detector = Detector::new(&catalog).unwrap();
    for round in 1..=4 {
        let text = format!(
            "{{\"repeat\":3000,\"eventName\":\"ListUsers\",\"userAgent\":\"x\",\"sourceIPAddress\":\"192.0.2.{round}\",\"userIdentity\":{{\"type\":\"IAMUser\",\"arn\":\"arn:aws:iam::111122223333:user/u\"}},\"eventSource\":\"s{{n}}-{round}\"}}"
        );
        detector
            .observe("cloudtrail", &reader::batch(source, &reader::events(source, &text)))
            .unwrap();
        sizes.insert(round, detector.snapshot().len());
    }
    // Three thousand calls more of one identity add hardly anything.
    assert!(sizes[&4] < sizes[&1] + 200_000, "{sizes:?}");
}
