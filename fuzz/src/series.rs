//! Series of numbers as text: a line is a point or is refused.

use haechi_baseline::{Columns, Row};

/// Reads the bytes as a file of `timestamp,value`, with a header or without the one it has.
pub fn series(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let mut lines = text.lines();
    let header = lines.next().unwrap_or_default();
    let plain = || Columns::of_header("timestamp,value");
    let Ok(columns) = Columns::of_header(header).or_else(|_| plain()) else { return };
    for line in lines {
        match Row::parse(line, columns) {
            Ok(row) => assert!(line.contains(row.timestamp) && line.contains(row.value)),
            Err(error) => assert!(error.to_string().len() < 1_000, "{error}"),
        }
    }
}
