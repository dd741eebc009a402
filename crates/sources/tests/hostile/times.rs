//! Event times that no calendar has: the row stays, its time is read or is none.

use crate::support::{event_at, read};

#[test]
fn a_row_stays_whatever_its_time() {
    for (time, is_read) in [
        ("9999-12-31T23:59:59Z", true),
        ("0001-01-01T00:00:00Z", true),
        ("0000-01-01T00:00:00Z", false),
        ("-000001-01-01T00:00:00Z", false),
        ("-1-01-01T00:00:00Z", false),
        ("99999-01-01T00:00:00Z", false),
        ("2024-02-30T00:00:00Z", false),
        ("2016-12-31T23:59:60Z", true),
        ("2024-05-01T10:00:00.123456789Z", true),
        ("2024-05-01T24:00:00Z", false),
        ("", false),
        ("yesterday", false),
        ("2024-05-01", true),
        ("２０２４-05-01T10:00:00Z", false),
        (r"2024-05-01T10:00:00\u005A", false),
    ] {
        let outcome = read(event_at(1, time));
        outcome.check(1, &[]);
        assert_eq!(outcome.times.first().map(Option::is_some), Some(is_read), "{time}");
    }
}

#[test]
fn a_time_that_is_no_text_is_none() {
    for time in ["1e400", "null", "[]", "{}", "-9223372036854775808", "true"] {
        let record = event_at(1, "T").replace(r#""T""#, time);
        let outcome = read(record);
        outcome.check(1, &[]);
        assert_eq!(outcome.times, [None], "{time}");
    }
}

#[test]
fn a_flow_record_of_no_calendar_has_no_time() {
    for (start, is_read) in [("9223372036854775807", false), ("253402300799", true)] {
        let header = "version account-id interface-id start";
        let outcome = read(format!("{header}\n2 111122223333 eni-0a1b2c3d {start}\n"));
        outcome.check(1, &[]);
        assert_eq!(outcome.times.first().map(Option::is_some), Some(is_read), "{start}");
    }
}
