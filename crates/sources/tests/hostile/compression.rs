//! Cut, broken, doubled and exploding compression.

use haechi_sources::limits::RATIO_COUNTS_FROM;
use haechi_sources::{Opened, Summary};

use crate::support::{Counter, count, event, gzip, memory_peak, read, repeated, trail};

/// Enough for any build on any machine, far from what unpacking 10 GB takes.
const MEMORY_MAX: u64 = 400 << 20;

fn events(n: u64) -> Vec<String> {
    (0..n).map(event).collect()
}

#[test]
fn a_cut_gzip_keeps_the_rows_before_the_cut() {
    let plain = trail(&events(20_000));
    let mut stored = gzip(plain.as_bytes());
    stored.truncate(stored.len() / 2);
    let outcome = read(stored);
    assert!(1_000 < outcome.rows.len());
    assert_eq!(outcome.rejects.len(), 2, "{:?}", outcome.rejects);
    let [torn, cut] = &*outcome.rejects else { panic!() };
    assert_eq!(torn.reason, "the object ends inside this record");
    assert!(cut.reason.starts_with("the object cannot be read further: "));
    assert_eq!(cut.position, outcome.summary.n_bytes);
    assert!(plain.is_char_boundary(usize::try_from(cut.position).unwrap()));
}

#[test]
fn a_gzip_cut_at_any_byte_is_rows_and_rejects() {
    let stored = gzip(trail(&events(3)).as_bytes());
    for n_bytes in 3..stored.len() {
        let outcome = read(&stored[..n_bytes]);
        assert!(!outcome.rejects.is_empty(), "cut at {n_bytes}: {:?}", outcome.summary);
    }
}

#[test]
fn a_flipped_bit_is_told() {
    let stored = gzip(trail(&events(50)).as_bytes());
    for at in (10..stored.len()).step_by(7) {
        let mut flipped = stored.clone();
        flipped[at] ^= 0x10;
        let outcome = read(flipped);
        let is_told = !outcome.rejects.is_empty() || outcome.summary.skipped.is_some();
        assert!(is_told, "{at}: {} rows", outcome.rows.len());
    }
}

#[test]
fn members_one_behind_the_other_are_one_object() {
    let one = |number| gzip(format!("{}\n", event(number)).as_bytes());
    read([one(1), one(2), one(3)].concat()).check(3, &[]);
    read(gzip(&[one(1), one(2)].concat())).check(2, &[]);
    read([gzip(b""), one(1), gzip(b"")].concat()).check(1, &[]);
}

#[test]
fn rubbish_behind_the_last_member_is_one_reject() {
    let stored = [gzip(trail(&events(2)).as_bytes()), b"rubbish".to_vec()].concat();
    let outcome = read(stored);
    assert_eq!((outcome.rows.len(), outcome.rejects.len()), (2, 1));
}

#[test]
fn three_layers_are_too_many() {
    let thrice = gzip(&gzip(&gzip(event(1).as_bytes())));
    read(thrice).check_skipped("its gzip data cannot be read");
}

/// Opens about 10 GB, compressed to about 10 MB, and checks that little of it is read.
fn explode(member: &str) -> Counter {
    let n_bytes = 8 << 20;
    let member = gzip(member.repeat(n_bytes / member.len()).as_bytes());
    let n_members = (10 << 30) / n_bytes;
    assert!(member.len() * n_members < 16 << 20);
    let counter = count(Opened::of_bytes(member.repeat(n_members)));
    assert!(memory_peak().is_none_or(|peak| peak < MEMORY_MAX), "{:?}", memory_peak());
    assert!(counter.summary.n_bytes < 512 << 20, "{:?}", counter.summary);
    counter
}

const BOMB: &str = "the object cannot be read further: a decompression bomb: uncompressed it is \
     more than 500 times its size";

#[test]
fn a_bomb_of_records_is_stopped() {
    // One long string a record: few rows, much data.
    let record = event(1).replace("ListBuckets", &"a".repeat(1 << 20)) + "\n";
    let counter = explode(&record);
    assert!(32 < counter.n_rows);
    assert_eq!(counter.rejects.last().unwrap().reason, BOMB);
}

#[test]
fn a_bomb_of_zeros_is_no_log() {
    let counter = explode("\0\0\0\0");
    assert_eq!(counter.summary.skipped.unwrap().0, "it is binary");
}

#[test]
fn a_bomb_of_brackets_is_stopped() {
    let counter = explode("[");
    assert_eq!(counter.rejects.last().unwrap().reason, BOMB);
}

#[test]
fn a_bomb_in_one_string_is_stopped() {
    let member = gzip(&vec![b'a'; 8 << 20]);
    let stored = [gzip(br#"{"a":""#), member.repeat(1280)].concat();
    let counter = count(Opened::of_bytes(stored));
    assert_eq!(counter.rejects.last().unwrap().reason, BOMB);
}

#[test]
fn a_large_stream_of_unknown_size_is_no_bomb() {
    // More than is held in memory, at an ordinary ratio.
    let text = noise(1 << 18) + &"ab".repeat(1 << 17);
    let line = event(1).replace("ListBuckets", &text) + "\n";
    let member = gzip(line.as_bytes());
    let n_members = (33 << 20) / member.len() + 1;
    let opened = Opened::of_stream(repeated(&[], member, n_members, &[])).unwrap();
    let n_bytes = (line.len() * n_members) as u64;
    assert!(RATIO_COUNTS_FROM < n_bytes && n_bytes < 1 << 30, "{n_bytes}");
    let rows = n_members as u64;
    assert_eq!(count(opened).summary, Summary { rows, n_bytes, ..Summary::default() });
}

/// Returns digits that hardly compress.
fn noise(n_digits: usize) -> String {
    let mut state = 1_u64;
    let digits = (0..n_digits).map(|_| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        char::from(b"0123456789abcdef"[(state >> 60) as usize])
    });
    digits.collect()
}
