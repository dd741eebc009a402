//! Times: cutting them to periods, writing them and reading them.
//!
//! Each function is a line or two: they stand together in one file.

use super::by_row::{ByRow, Given, Kind, Value};
use super::{Function, Make};

mod bins;
mod pattern;
mod period;

/// Every function of times.
pub(super) const ALL: &[&Function] =
    &[&FLOOR, &CEIL, &bins::FUNCTION, &TO_TEXT, &TO_MILLIS, &OF_MILLIS, &FORMAT, &PARSE];

const FLOOR: Function = Function {
    name: "time_floor",
    usage: "time_floor(time, count, unit)",
    doc: "Gives the start of the period that the time lies in; weeks begin on Mondays.",
    example: "time_floor(to_timestamp_micros(1717200123456789), 5, 'minute')",
    make: Make::ByRow(ByRow::new(&[Kind::Time, Kind::Integer, Kind::Text], Kind::Time, |values| {
        match *values {
            [Value::Time(time), Value::Integer(count), Value::Text(unit)] => {
                given(period::floor(time, count, unit))
            }
            _ => Given::Missing,
        }
    })),
};

const CEIL: Function = Function {
    name: "time_ceil",
    usage: "time_ceil(time, count, unit)",
    doc: "Gives the start of the first period that begins at the time or after it.",
    example: "time_ceil(to_timestamp_micros(1717200123456789), 5, 'minute')",
    make: Make::ByRow(ByRow::new(&[Kind::Time, Kind::Integer, Kind::Text], Kind::Time, |values| {
        match *values {
            [Value::Time(time), Value::Integer(count), Value::Text(unit)] => {
                given(period::ceil(time, count, unit))
            }
            _ => Given::Missing,
        }
    })),
};

const TO_TEXT: Function = Function {
    name: "time_text",
    usage: "time_text(time)",
    doc: "Writes the time as Logs Insights does: `YYYY-MM-DD HH:MM:SS.mmm`, UTC.",
    example: "time_text(to_timestamp_micros(1717200123456789))",
    make: Make::ByRow(ByRow::new(&[Kind::Time], Kind::Text, |values| {
        time_of(values).and_then(text_of).into()
    })),
};

const TO_MILLIS: Function = Function {
    name: "time_millis",
    usage: "time_millis(time)",
    doc: "Gives the milliseconds since 1970.",
    example: "time_millis(to_timestamp_micros(1717200123456789))",
    make: Make::ByRow(ByRow::new(&[Kind::Time], Kind::Integer, |values| {
        time_of(values).map(|time| time.div_euclid(1_000)).into()
    })),
};

const OF_MILLIS: Function = Function {
    name: "time_of_millis",
    usage: "time_of_millis(x)",
    doc: "Gives the time so many milliseconds after 1970.",
    example: "time_of_millis(1717200123456)",
    make: Make::ByRow(ByRow::new(&[Kind::Number], Kind::Time, |values| {
        given(values.first().and_then(|value| value.number()).and_then(of_millis))
    })),
};

const FORMAT: Function = Function {
    name: "time_format",
    usage: "time_format(time, format, zone)",
    doc: "Writes the time in a `strftime` format, in a time zone (UTC when left out).",
    example: "time_format(to_timestamp_micros(1717200123456789), '%Y-%m-%d')",
    make: Make::ByRow(
        ByRow::new(&[Kind::Time, Kind::Text, Kind::Text], Kind::Text, |values| match *values {
            [Value::Time(time), Value::Text(format)] => formatted(time, format, "UTC").into(),
            [Value::Time(time), Value::Text(format), Value::Text(zone)] => {
                formatted(time, format, zone).into()
            }
            _ => Given::Missing,
        })
        .optional(1),
    ),
};

const PARSE: Function = Function {
    name: "time_parse",
    usage: "time_parse(text, pattern, zone)",
    doc: "Reads a time by a pattern of Java's `DateTimeFormatter`, in a time zone (UTC when left out).",
    example: "time_parse('01/Jun/2024:09:02:03', 'dd/MMM/yyyy:HH:mm:ss', 'Asia/Seoul')",
    make: Make::ByRow(
        ByRow::new(&[Kind::Text, Kind::Text, Kind::Text], Kind::Time, |values| match *values {
            [Value::Text(text), Value::Text(java)] => given(pattern::read(text, java, "UTC")),
            [Value::Text(text), Value::Text(java), Value::Text(zone)] => {
                given(pattern::read(text, java, zone))
            }
            _ => Given::Missing,
        })
        .optional(1),
    ),
};

fn given(time: Option<i64>) -> Given<'static> {
    time.map_or(Given::Missing, Given::Time)
}

fn time_of(values: &[Value<'_>]) -> Option<i64> {
    values.first().and_then(|value| value.time())
}

fn text_of(time: i64) -> Option<String> {
    let moment = jiff::Timestamp::from_microsecond(time).ok()?;
    let civil = jiff::tz::Offset::UTC.to_datetime(moment);
    Some(format!(
        "{:04}-{:02}-{:02} {:02}:{:02}:{:02}.{:03}",
        civil.year(),
        civil.month(),
        civil.day(),
        civil.hour(),
        civil.minute(),
        civil.second(),
        civil.millisecond()
    ))
}

fn of_millis(millis: f64) -> Option<i64> {
    let micros = millis * 1_000.0;
    let is_time = micros.abs() < 9.0e18;
    #[expect(clippy::cast_possible_truncation, reason = "it fits, and parts of it are cut off")]
    is_time.then_some(micros as i64)
}

fn formatted(time: i64, format: &str, zone: &str) -> Option<String> {
    let zone = jiff::tz::TimeZone::get(zone).ok()?;
    let zoned = jiff::Timestamp::from_microsecond(time).ok()?.to_zoned(zone);
    jiff::fmt::strtime::format(format, &zoned).ok()
}
