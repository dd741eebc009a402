//! Moments in microseconds since 1970, UTC: the unit of every time column in the lake.

use std::fmt;

use serde::{Serialize, Serializer};

/// A moment: microseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(pub i64);

/// The text is not a moment that can be read.
#[derive(Debug, thiserror::Error)]
#[error("`{text}` is not a time")]
pub struct UnreadableTime {
    /// The text as given.
    pub text: String,
}

/// A stretch of time: `from` is in it, `until` is the first moment after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Window {
    /// The first moment, or open.
    pub from: Option<Timestamp>,
    /// The first moment after, or open.
    pub until: Option<Timestamp>,
}

/// The first moment of the year 1, and the first after the year 9999: what SQL engines and calendars
/// can show.
const YEARS: std::ops::Range<i64> = -62_135_596_800_000_000..253_402_300_800_000_000;
const MICROS_PER_SECOND: i64 = 1_000_000;
/// Microseconds of a day.
const MICROS_PER_DAY: i64 = 86_400 * MICROS_PER_SECOND;

impl Timestamp {
    /// Returns the moment so many seconds after 1970 (saturating).
    #[must_use]
    pub fn from_seconds(seconds: i64) -> Self {
        Self(seconds.saturating_mul(MICROS_PER_SECOND))
    }

    /// Returns the moment so many milliseconds after 1970 (saturating).
    #[must_use]
    pub fn from_millis(millis: i64) -> Self {
        Self(millis.saturating_mul(1_000))
    }

    /// Reads an ISO 8601 moment; one without a zone is UTC.
    ///
    /// # Errors
    /// The text is not ISO 8601, or lies outside the years −9999 to 9999.
    pub fn parse(text: &str) -> Result<Self, UnreadableTime> {
        if let Some(quick) = parse_plain_utc(text.as_bytes()) {
            return Ok(quick);
        }
        let zoned = text.parse::<jiff::Timestamp>();
        let moment = zoned.or_else(|_| {
            let civil: jiff::civil::DateTime = text.parse()?;
            civil.to_zoned(jiff::tz::TimeZone::UTC).map(|zoned| zoned.timestamp())
        });
        match moment {
            Ok(moment) => Ok(Self(moment.as_microsecond())),
            Err(_) => Err(UnreadableTime { text: text.to_owned() }),
        }
    }

    /// Tells whether the moment lies in the years 1 to 9999: what is outside them is no event time.
    #[must_use]
    pub fn is_in_calendar(self) -> bool {
        YEARS.contains(&self.0)
    }

    /// Returns the day as `YYYY-MM-DD`, or nothing outside the years 1 to 9999.
    #[must_use]
    pub fn date(self) -> Option<String> {
        let (year, month, day) = civil_from_days(self.day());
        self.is_in_calendar().then(|| format!("{year:04}-{month:02}-{day:02}"))
    }

    /// Returns the number of the day, counted from 1970-01-01.
    #[must_use]
    pub fn day(self) -> i64 {
        self.0.div_euclid(MICROS_PER_DAY)
    }

    /// Returns the first moment of the day.
    #[must_use]
    pub fn start_of_day(self) -> Self {
        Self(self.day().saturating_mul(MICROS_PER_DAY))
    }

    /// Returns the number of the hour, counted from 1970-01-01T00.
    #[must_use]
    pub fn hour(self) -> i64 {
        self.0.div_euclid(3_600 * MICROS_PER_SECOND)
    }

    /// Returns the moment so many seconds later (saturating).
    #[must_use]
    pub fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds.saturating_mul(MICROS_PER_SECOND)))
    }
}

impl Window {
    /// Tells whether the moment lies inside.
    #[must_use]
    pub fn contains(&self, moment: Timestamp) -> bool {
        self.from.is_none_or(|from| from <= moment) && self.until.is_none_or(|until| moment < until)
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match jiff::Timestamp::from_microsecond(self.0) {
            Ok(moment) => write!(f, "{moment}"),
            Err(_) => write!(f, "{} µs", self.0),
        }
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Reads `YYYY-MM-DDTHH:MM:SS[.fraction]Z`, what nearly every AWS record carries, without a parser.
fn parse_plain_utc(text: &[u8]) -> Option<Timestamp> {
    let (date, fraction) = match text {
        [date @ .., b'Z'] if date.len() == 19 => (date, 0),
        [rest @ .., b'Z'] if 20 < rest.len() => {
            let (date, fraction) = rest.split_at_checked(19)?;
            (date, micros_of_fraction(fraction)?)
        }
        _ => return None,
    };
    let &[y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2, b'T', h1, h2, b':', n1, n2, b':', s1, s2] =
        date
    else {
        return None;
    };
    let year = two(y1, y2)? * 100 + two(y3, y4)?;
    let (month, day) = (two(m1, m2)?, two(d1, d2)?);
    let (hour, minute, second) = (two(h1, h2)?, two(n1, n2)?, two(s1, s2)?);
    let valid_date = (1..=12).contains(&month) && (1..=days_in_month(year, month)).contains(&day);
    if !valid_date || 23 < hour || 59 < minute || 59 < second {
        return None;
    }
    let seconds = days_from_civil(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second;
    Some(Timestamp(seconds * MICROS_PER_SECOND + fraction))
}

/// Reads `.123`: one to six digits after a point, as microseconds.
fn micros_of_fraction(text: &[u8]) -> Option<i64> {
    let [b'.', digits @ ..] = text else { return None };
    if digits.is_empty() || 6 < digits.len() {
        return None;
    }
    let mut micros = 0;
    for place in 0..6 {
        let digit = digits.get(place).map_or(Some(0), |&byte| digit(byte))?;
        micros = micros * 10 + digit;
    }
    Some(micros)
}

fn two(tens: u8, ones: u8) -> Option<i64> {
    Some(digit(tens)? * 10 + digit(ones)?)
}

fn digit(byte: u8) -> Option<i64> {
    byte.is_ascii_digit().then(|| i64::from(byte - b'0'))
}

fn days_in_month(year: i64, month: i64) -> i64 {
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    match month {
        2 if is_leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days since 1970-01-01 of a proleptic Gregorian date (Howard Hinnant, “chrono-compatible
/// low-level date algorithms”).
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// The inverse of [`days_from_civil`].
fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_index = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_index + 2) / 5 + 1;
    let month = if month_index < 10 { month_index + 3 } else { month_index - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_quick_reader_agrees_with_the_library() {
        for text in ["2021-07-29T13:01:02Z", "2024-02-29T23:59:59.123Z", "1969-12-31T23:59:59Z"] {
            let library: jiff::Timestamp = text.parse().unwrap();
            assert_eq!(Timestamp::parse(text).unwrap().0, library.as_microsecond(), "{text}");
        }
    }

    #[test]
    fn odd_spellings_are_read_by_the_library() {
        assert_eq!(
            Timestamp::parse("2024-01-02T03:04:05+02:00").unwrap(),
            Timestamp::parse("2024-01-02T01:04:05Z").unwrap()
        );
        assert!(Timestamp::parse("2024-13-02T03:04:05Z").is_err());
        assert!(Timestamp::parse("yesterday").is_err());
    }

    #[test]
    fn the_calendar_has_the_years_1_to_9999() {
        let date = |micros| Timestamp(micros).date();
        assert_eq!(date(YEARS.start).unwrap(), "0001-01-01");
        assert_eq!(date(YEARS.end - 1).unwrap(), "9999-12-31");
        for outside in [YEARS.start - 1, YEARS.end, i64::MIN, i64::MAX] {
            assert!(!Timestamp(outside).is_in_calendar() && date(outside).is_none(), "{outside}");
        }
    }

    #[test]
    fn dates_are_calendar_dates() {
        let late = Timestamp::parse("9999-12-31T23:59:59Z").ok().and_then(Timestamp::date);
        assert!(late.is_none_or(|date| date == "9999-12-31"));
        assert_eq!(Timestamp(-1).date().unwrap(), "1969-12-31");
        assert_eq!(Timestamp::parse("2024-02-29T00:00:00Z").unwrap().date().unwrap(), "2024-02-29");
    }
}
