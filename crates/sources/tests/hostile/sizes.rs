//! Objects and records without end.

use haechi_sources::Opened;
use haechi_sources::limits::RECORD_BYTES_MAX;

use crate::support::{event, memory_peak, read, read_opened, repeated, trail};

const TOO_LONG: &str = "the record is longer than 16 MiB";
/// Half of what the whole product may take.
const MEMORY_MAX: u64 = 256 << 20;

#[test]
fn a_line_of_a_gigabyte_is_one_reject() {
    let first = format!("{}\n{{\"eventName\":\"", event(1));
    let last = format!("\"}}\n{}\n", event(2));
    let text = vec![b'a'; 1 << 20];
    let opened = Opened::of_stream(repeated(first.as_bytes(), text, 1 << 10, last.as_bytes()));
    read_opened(opened.unwrap()).check(2, &[TOO_LONG]);
    assert!(memory_peak().is_none_or(|peak| peak < MEMORY_MAX), "{:?}", memory_peak());
}

#[test]
fn a_list_with_one_endless_string_is_one_reject() {
    let first = format!("{{\"Records\":[{},{{\"eventName\":\"", event(1));
    let last = format!("\"}},{}]}}", event(2));
    let text = format!(r#"{}\"{{"#, "a".repeat(1 << 10)).repeat(1 << 10).into_bytes();
    let opened = Opened::of_stream(repeated(first.as_bytes(), text, 48, last.as_bytes()));
    read_opened(opened.unwrap()).check(2, &[TOO_LONG]);
    assert!(memory_peak().is_none_or(|peak| peak < MEMORY_MAX), "{:?}", memory_peak());
}

#[test]
fn the_longest_record_is_the_same_in_a_small_object_and_in_a_stream() {
    let base = event(1).len() - "ListBuckets".len();
    let long = |n_bytes: usize| event(1).replace("ListBuckets", &"a".repeat(n_bytes - base));
    let rest = vec![b'\n'; 40 << 20];
    for (n_bytes, n_rows, reasons) in
        [(RECORD_BYTES_MAX, 2, &[][..]), (RECORD_BYTES_MAX + 1, 1, &[TOO_LONG][..])]
    {
        let lines = format!("{}\n{}\n", long(n_bytes), event(2));
        read(lines.as_str()).check(n_rows, reasons);
        read(trail(&[long(n_bytes), event(2)])).check(n_rows, reasons);
        let stream = Opened::of_stream(repeated(lines.as_bytes(), rest.clone(), 1, &[]));
        read_opened(stream.unwrap()).check(n_rows, reasons);
    }
}

#[test]
fn nesting_without_end_is_one_reject() {
    let deep = |text: &str| format!(r#"{{"a":{}"#, text.repeat(10_000));
    let closed = format!("{}1{}}}", deep(r#"{"a":"#), "}".repeat(10_000));
    let reasons = ["nested more than 128 levels deep"];
    read(trail(&[event(1), closed.clone(), event(2)])).check(2, &reasons);
    read(format!("{}\n{closed}\n{}\n", event(1), event(2))).check(2, &reasons);
    read(format!("{}\n{}\n{}\n", event(1), deep("["), event(2))).check(2, &reasons);
    read("[".repeat(1 << 20)).check(0, &[]);
}

#[test]
fn many_faults_are_as_many_rejects() {
    const N_FAULTS: usize = 200_000;
    let header = "version account-id interface-id start\n";
    let flow = "2 111122223333 eni-0a1b2c3d 1717200000\n";
    for (first, fault) in [
        (event(1) + "\n", &b"{]\n"[..]),
        (event(1) + "\n", b"{\xff}\n"),
        (format!("{header}{flow}"), b"\xff\n"),
        (format!("{header}{flow}"), b"2 3\n"),
    ] {
        let outcome = read([first.as_bytes(), &fault.repeat(N_FAULTS)].concat());
        assert_eq!((outcome.rows.len(), outcome.rejects.len()), (1, N_FAULTS));
    }
}
