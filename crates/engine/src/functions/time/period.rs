//! Where periods begin: counted from 1970, weeks from the first Monday, months by the calendar.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;

const SECOND: i64 = 1_000_000;
const DAY: i64 = 86_400 * SECOND;
/// 5 January 1970 was a Monday.
const FIRST_MONDAY: i64 = 4 * DAY;

/// A period: so many microseconds from a moment on, or so many months.
enum Period {
    Fixed { micros: i64, origin: i64 },
    Months(i64),
}

impl Period {
    fn of(count: i64, unit: &str) -> Option<Self> {
        let count = Some(count).filter(|count| 0 < *count)?;
        let fixed =
            |micros: i64, origin| Some(Self::Fixed { micros: count.checked_mul(micros)?, origin });
        match unit {
            "millisecond" => fixed(1_000, 0),
            "second" => fixed(SECOND, 0),
            "minute" => fixed(60 * SECOND, 0),
            "hour" => fixed(3_600 * SECOND, 0),
            "day" => fixed(DAY, 0),
            "week" => fixed(7 * DAY, FIRST_MONDAY),
            "month" => Some(Self::Months(count)),
            "quarter" => count.checked_mul(3).map(Self::Months),
            "year" => count.checked_mul(12).map(Self::Months),
            _ => None,
        }
    }
}

/// Returns the start of the period that the time lies in.
pub(super) fn floor(time: i64, count: i64, unit: &str) -> Option<i64> {
    match Period::of(count, unit)? {
        Period::Fixed { micros, origin } => fixed_floor(time, micros, origin),
        Period::Months(months) => month_start(month_of(time)?.div_euclid(months) * months),
    }
}

/// Returns the start of the first period that begins at the time or after it.
pub(super) fn ceil(time: i64, count: i64, unit: &str) -> Option<i64> {
    let start = floor(time, count, unit)?;
    if start == time {
        return Some(start);
    }
    match Period::of(count, unit)? {
        Period::Fixed { micros, .. } => start.checked_add(micros),
        Period::Months(months) => month_start(month_of(start)?.checked_add(months)?),
    }
}

fn fixed_floor(time: i64, micros: i64, origin: i64) -> Option<i64> {
    time.checked_sub(origin)?.div_euclid(micros).checked_mul(micros)?.checked_add(origin)
}

/// Returns the number of the month, counted from January 1970.
fn month_of(time: i64) -> Option<i64> {
    let moment = jiff::Timestamp::from_microsecond(time).ok()?;
    let date = jiff::tz::Offset::UTC.to_datetime(moment);
    Some((i64::from(date.year()) - 1970) * 12 + i64::from(date.month()) - 1)
}

fn month_start(month: i64) -> Option<i64> {
    let year = i16::try_from(1970 + month.div_euclid(12)).ok()?;
    let in_year = i8::try_from(month.rem_euclid(12) + 1).ok()?;
    let start = DateTime::new(year, in_year, 1, 0, 0, 0, 0).ok()?;
    Some(start.to_zoned(TimeZone::UTC).ok()?.timestamp().as_microsecond())
}
