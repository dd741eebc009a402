//! Times: what is read can be written, and reads the same again.

use haechi_model::Timestamp;

/// Reads the bytes as a time, and as a number that is one.
pub fn time(data: &[u8]) {
    if let Some(bytes) = data.first_chunk::<8>() {
        let moment = Timestamp(i64::from_le_bytes(*bytes));
        assert!(moment.date().is_none_or(|date| date.len() == 10));
        let later = moment.plus_seconds(i64::from(bytes[0]));
        assert!(moment <= later && moment.day() <= later.day() && moment.hour() <= later.hour());
        let _ = moment.to_string();
    }
    let Ok(text) = std::str::from_utf8(data) else { return };
    if let Ok(moment) = Timestamp::parse(text) {
        let written = moment.to_string();
        // The last day of the year 9999 has no calendar that suits every zone.
        let again = Timestamp::parse(&written).ok();
        assert!(again == Some(moment) || written.ends_with(" µs"), "{text}: {written}");
    }
}
