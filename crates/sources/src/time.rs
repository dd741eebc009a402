//! Reads an event time in the way that its source writes it.

use haechi_catalog::TimeUnit;
use haechi_model::Timestamp;

use crate::rows::words::whole;

/// Returns the moment that the text stands for, if a calendar has it.
pub(crate) fn moment(text: &str, unit: TimeUnit) -> Option<Timestamp> {
    let moment = match unit {
        TimeUnit::Iso => Timestamp::parse(text).ok(),
        TimeUnit::Seconds => seconds(text),
        TimeUnit::Millis => text.parse().ok().map(Timestamp::from_millis),
        TimeUnit::Clf => clf(text),
        TimeUnit::Any => any(text),
    };
    moment.filter(|it| it.is_in_calendar())
}

fn seconds(text: &str) -> Option<Timestamp> {
    if let Some(whole) = whole(text).or_else(|| text.parse().ok()) {
        return Some(Timestamp::from_seconds(whole));
    }
    let value: f64 = text.parse().ok()?;
    let micros = (value * 1e6).round();
    // LIMIT: beyond ±2^53 a float has no microseconds; those are the years ±285,000.
    let is_exact = micros.abs() < 9_007_199_254_740_992.0;
    #[expect(clippy::cast_possible_truncation, reason = "the bound above keeps it exact")]
    is_exact.then_some(Timestamp(micros as i64))
}

/// Reads `06/Feb/2019:00:00:38 +0000`.
fn clf(text: &str) -> Option<Timestamp> {
    const MONTHS: &[&str] =
        &["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let (date, rest) = text.split_once(':')?;
    let (clock, zone) = rest.split_once(' ')?;
    let mut parts = date.split('/');
    let (day, month, year) = (parts.next()?, parts.next()?, parts.next()?);
    let month = MONTHS.iter().position(|name| *name == month)? + 1;
    Timestamp::parse(&format!("{year}-{month:02}-{day}T{clock}{}", zone_of(zone)?)).ok()
}

/// Writes `+0200` as ISO 8601 does.
fn zone_of(zone: &str) -> Option<String> {
    let (hours, minutes) = zone.split_at_checked(3)?;
    Some(if zone == "+0000" { "Z".to_owned() } else { format!("{hours}:{minutes}") })
}

/// Reads a time by its look.
fn any(text: &str) -> Option<Timestamp> {
    if text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
        return epoch(text);
    }
    if let Ok(time) = Timestamp::parse(text) {
        return Some(time);
    }
    // `2024-01-02 03:04:05,678` and `2019/04/04 16:23:00.321`.
    let plain = text.get(..10)?.replace('/', "-") + &text.get(10..)?.replace(',', ".");
    Timestamp::parse(plain.trim_end()).ok().or_else(|| clf(text))
}

/// Reads a time since 1970 in seconds, milliseconds, microseconds or nanoseconds, told apart by
/// its size: each is ten digits and more of seconds, so the years 2001 to 2286.
fn epoch(text: &str) -> Option<Timestamp> {
    let n_digits = text.split('.').next()?.len();
    let whole = || text.parse::<i64>().ok();
    match n_digits {
        10 => seconds(text),
        13 => whole().map(Timestamp::from_millis),
        16 => whole().map(Timestamp),
        19 => whole().map(|nanos| Timestamp(nanos / 1_000)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_unit_is_read() {
        let expected = Timestamp::parse("2019-02-06T00:00:38Z").ok();
        assert_eq!(moment("2019-02-06T00:00:38Z", TimeUnit::Iso), expected);
        assert_eq!(moment("1549411238", TimeUnit::Seconds), expected);
        assert_eq!(moment("1549411238000", TimeUnit::Millis), expected);
        assert_eq!(moment("06/Feb/2019:00:00:38 +0000", TimeUnit::Clf), expected);
        assert_eq!(moment("06/Feb/2019:02:00:38 +0200", TimeUnit::Clf), expected);
        for text in [
            "2019-02-06 00:00:38",
            "2019/02/06 00:00:38.000000",
            "2019-02-06 00:00:38,000",
            "2019-02-06T00:00:38+00:00",
            "06/Feb/2019:00:00:38 +0000",
            "1549411238",
            "1549411238.000",
            "1549411238000",
            "1549411238000000",
            "1549411238000000000",
        ] {
            assert_eq!(moment(text, TimeUnit::Any), expected, "{text}");
        }
        assert_eq!(moment("12", TimeUnit::Any), None);
        assert_eq!(moment("1e300", TimeUnit::Seconds), None);
        assert_eq!(moment("NaN", TimeUnit::Seconds), None);
    }

    #[test]
    fn what_no_calendar_has_is_no_time() {
        for (unit, last, after) in [
            (TimeUnit::Iso, "9999-12-31T23:59:59Z", "+010000-01-01T00:00:00Z"),
            (TimeUnit::Seconds, "253402300799", "253402300800"),
            (TimeUnit::Millis, "253402300799999", "253402300800000"),
            (TimeUnit::Seconds, "-62135596800", "-62135596801"),
            (TimeUnit::Iso, "0001-01-01T00:00:00Z", "0000-12-31T23:59:59Z"),
            (TimeUnit::Clf, "31/Dec/9999:23:59:59 +0000", "01/Jan/0000:00:00:00 +0000"),
            (TimeUnit::Seconds, "0", "9223372036854775807"),
            (TimeUnit::Millis, "0", "-9223372036854775808"),
        ] {
            assert!(moment(last, unit).is_some(), "{last}");
            assert_eq!(moment(after, unit), None, "{after}");
        }
    }
}
