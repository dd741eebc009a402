//! Bytes that are missing, or that cannot be text.

use crate::support::{event, read, trail};

const NOT_UTF8: &str = "the record is not UTF-8";
const CUT: &str = "the object ends inside this record";

fn broken(number: u64) -> Vec<u8> {
    let text = event(number);
    let (before, after) = text.split_once("ListBuckets").unwrap();
    [before.as_bytes(), b"List\xff\xfeBuckets", after.as_bytes()].concat()
}

#[test]
fn a_record_of_a_list_that_is_not_utf8_leaves_its_neighbours() {
    let list = [
        br#"{"Records":["#.to_vec(),
        event(1).into_bytes(),
        b",".to_vec(),
        broken(2),
        b",".to_vec(),
        event(3).into_bytes(),
        b"]}".to_vec(),
    ]
    .concat();
    let outcome = read(list);
    outcome.check(2, &[NOT_UTF8]);
    assert!(outcome.rejects[0].first_bytes.contains("List\u{fffd}"), "{:?}", outcome.rejects);
}

#[test]
fn a_line_that_is_not_utf8_leaves_its_neighbours() {
    let lines = [event(1).into_bytes(), broken(2), event(3).into_bytes()].join(&b'\n');
    read(lines).check(2, &[NOT_UTF8]);
    let glued = [event(1).into_bytes(), broken(2), event(3).into_bytes()].concat();
    read(glued).check(2, &[NOT_UTF8]);
}

#[test]
fn a_pretty_record_that_is_not_utf8_leaves_its_neighbours() {
    let pretty = |record: Vec<u8>| {
        let bytes = record.iter().flat_map(|&byte| match byte {
            b',' | b'{' => vec![byte, b'\n', b' '],
            other => vec![other],
        });
        bytes.collect::<Vec<u8>>()
    };
    let records = [event(1).into_bytes(), broken(2), event(3).into_bytes()].map(pretty);
    read(records.join(&b'\n')).check(2, &[NOT_UTF8]);
}

#[test]
fn nul_bytes_in_a_record_are_kept_or_told() {
    let record = event(1).replace("ListBuckets", "List\0Buckets");
    let outcome = read(format!("{record}\n{}\n", event(2)));
    assert_eq!(outcome.rows.len() + outcome.rejects.len(), 2);
    let outcome = read(format!("{}\n\0\0\0\0{}\n", event(1), event(2)));
    assert_eq!(outcome.rows[0].1, event(1));
    read(vec![0; 100_000]).check_skipped("it is binary");
}

#[test]
fn a_list_cut_at_any_byte_is_rows_and_rejects() {
    let whole = trail(&[event(1), event(2), event(3)]);
    for n_bytes in 1..whole.len() {
        let outcome = read(&whole.as_bytes()[..n_bytes]);
        let expected =
            (1..=3).filter(|it| whole.find(&event(*it)).unwrap() + event(*it).len() <= n_bytes);
        assert_eq!(outcome.rows.len(), expected.count(), "cut at {n_bytes}");
        assert_eq!(outcome.rejects.len(), 1, "cut at {n_bytes}: {:?}", outcome.summary);
    }
}

#[test]
fn a_line_cut_short_is_one_reject_wherever_it_stands() {
    let half = event(2).get(..90).unwrap().to_owned();
    read(format!("{}\n{half}", event(1))).check(1, &[CUT]);
    let outcome = read(format!("{}\n{half}\n{}\n{}\n", event(1), event(3), event(4)));
    assert_eq!((outcome.rows.len(), outcome.rejects.len()), (3, 1), "{:?}", outcome.rejects);
}

#[test]
fn any_byte_replaced_in_a_list_leaves_the_records_before_it() {
    let whole = trail(&[event(1), event(2), event(3)]).into_bytes();
    for at in 0..whole.len() {
        for byte in [b'\0', b'"', b'{', b'}', b'[', b']', b',', b'\\', b'\n', 0xff] {
            let mut replaced = whole.clone();
            replaced[at] = byte;
            let outcome = read(replaced);
            let n_before = at.saturating_sub(12) / (event(1).len() + 1);
            assert!(n_before.min(3) <= outcome.rows.len(), "{at} {byte}");
        }
    }
}
