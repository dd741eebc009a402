//! A series as lines of text: `timestamp,value`.

use jiff::civil::DateTime;

use crate::point::Point;

/// Which fields of a line hold the time and the number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Columns {
    timestamp: usize,
    value: usize,
}

/// One line, taken apart.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Row<'line> {
    /// The time as it was written.
    pub timestamp: &'line str,
    /// The number as it was written.
    pub value: &'line str,
    /// What they mean.
    pub point: Point,
}

/// Why a line is not a point.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RowError {
    /// The first line names no such column.
    #[error("the first line names no column `{0}`")]
    NoColumn(&'static str),
    /// The line ends before the field.
    #[error("the line has no field for `{0}`")]
    NoField(&'static str),
    /// The time is in no form that we read.
    #[error(
        "`{0}` is no time: write `2026-03-01 12:00:00`, `2026-03-01T12:00:00Z` or seconds since 1970"
    )]
    Time(String),
    /// The number is none.
    #[error("`{0}` is no number")]
    Number(String),
}

/// The most of a field that an error repeats.
const QUOTED_CHARS: usize = 60;

/// Whole numbers from here on are milliseconds since 1970, not seconds: as seconds, this is the
/// year 5138.
const MILLISECONDS_FROM: i64 = 100_000_000_000;

impl Columns {
    /// Finds the columns `timestamp` and `value` in the first line of a file.
    ///
    /// # Errors
    /// When the line lacks one of them.
    pub fn of_header(line: &str) -> Result<Self, RowError> {
        let find = |name| fields(line).position(|field| field.eq_ignore_ascii_case(name));
        Ok(Self {
            timestamp: find("timestamp").ok_or(RowError::NoColumn("timestamp"))?,
            value: find("value").ok_or(RowError::NoColumn("value"))?,
        })
    }
}

impl<'line> Row<'line> {
    /// Takes a line apart. An empty value, or one that says `NaN`, is a missing one.
    ///
    /// # Errors
    /// When a field is missing, or is not what its column holds.
    pub fn parse(line: &'line str, columns: Columns) -> Result<Self, RowError> {
        let timestamp = fields(line).nth(columns.timestamp).unwrap_or_default();
        if timestamp.is_empty() {
            return Err(RowError::NoField("timestamp"));
        }
        let value = fields(line).nth(columns.value).ok_or(RowError::NoField("value"))?;
        let point = Point { seconds: seconds(timestamp)?, value: number(value)? };
        Ok(Self { timestamp, value, point })
    }
}

/// Splits a line at its commas; neither times nor numbers hold one.
fn fields(line: &str) -> impl Iterator<Item = &str> {
    let line = line.trim_start_matches('\u{feff}');
    line.split(',').map(|field| field.trim().trim_matches('"'))
}

fn number(text: &str) -> Result<f64, RowError> {
    if text.is_empty() {
        return Ok(f64::NAN);
    }
    text.parse().map_err(|_| RowError::Number(quoted(text)))
}

/// Returns the seconds on the clock that the text shows, whatever its zone.
///
/// # Errors
/// When the text is no time.
pub fn seconds(text: &str) -> Result<i64, RowError> {
    if let Ok(number) = text.parse::<i64>() {
        let is_milliseconds = MILLISECONDS_FROM <= number.saturating_abs();
        return Ok(if is_milliseconds { number.div_euclid(1000) } else { number });
    }
    let civil: DateTime =
        text.trim_end_matches(['Z', 'z']).parse().map_err(|_| RowError::Time(quoted(text)))?;
    Ok(civil.duration_since(DateTime::constant(1970, 1, 1, 0, 0, 0, 0)).as_secs())
}

fn quoted(text: &str) -> String {
    text.chars().take(QUOTED_CHARS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: Columns = Columns { timestamp: 0, value: 1 };

    #[track_caller]
    fn check(line: &str, seconds: i64, value: f64) {
        let row = Row::parse(line, COLUMNS).unwrap();
        assert_eq!(row.point.seconds, seconds);
        assert_eq!(row.point.value.to_bits(), value.to_bits());
    }

    #[test]
    fn times_are_read_in_the_usual_forms() {
        check("1970-01-02 00:00:01,1", 86_401, 1.0);
        check("1970-01-01T00:05:00Z,2.5", 300, 2.5);
        check("1970-01-01 00:05:00.123456,-3e2", 300, -300.0);
        check("1700000000,0", 1_700_000_000, 0.0);
        check("1700000000500,0", 1_700_000_000, 0.0);
        check("1969-12-31 23:59:59,0", -1, 0.0);
    }

    #[test]
    fn a_time_with_an_offset_counts_as_its_clock_shows() {
        check("1970-01-01T09:00:00+09:00,0", 32_400, 0.0);
    }

    #[test]
    fn a_missing_value_is_not_a_number() {
        check("1970-01-01 00:00:00,", 0, f64::NAN);
        check("1970-01-01 00:00:00,NaN", 0, f64::NAN);
    }

    #[test]
    fn columns_are_found_by_name() {
        let columns = Columns::of_header("\u{feff}\"label\",Value,timestamp\r").unwrap();
        let row = Row::parse("x, 7 ,60", columns).unwrap();
        assert_eq!((row.timestamp, row.value), ("60", "7"));
        assert_eq!(Columns::of_header("time,value"), Err(RowError::NoColumn("timestamp")));
    }

    #[test]
    fn a_line_that_is_no_point_says_why() {
        let error = |line| Row::parse(line, COLUMNS).unwrap_err().to_string();
        assert_eq!(error("60"), "the line has no field for `value`");
        assert_eq!(error(""), "the line has no field for `timestamp`");
        assert_eq!(error("60,many"), "`many` is no number");
        assert!(error("yesterday,1").starts_with("`yesterday` is no time"));
    }
}
