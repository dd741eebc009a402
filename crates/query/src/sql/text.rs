//! Names and texts in SQL.

/// Writes a name.
pub(super) fn name(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// Writes a text.
pub(super) fn string(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// Writes a number, so that it is read as one with a point.
pub(super) fn number(number: f64) -> String {
    let text = format!("{number:?}");
    if number < 0.0 { format!("({text})") } else { text }
}

/// Writes a moment, in microseconds since 1970.
pub(super) fn moment(micros: i64) -> String {
    format!("to_timestamp_micros({micros})")
}
