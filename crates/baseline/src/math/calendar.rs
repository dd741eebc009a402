//! Functions that say when a point was, in UTC as CloudWatch has it.

use jiff::tz::TimeZone;

use super::functions::{Call, Function};
use super::{MathError, Series, Value};

/// Those functions.
pub(super) const ALL: &[Function] = &[
    Function { name: "EPOCH", takes: "one series", give: |it| of(it, Part::Epoch) },
    Function { name: "MINUTE", takes: "one series", give: |it| of(it, Part::Minute) },
    Function { name: "HOUR", takes: "one series", give: |it| of(it, Part::Hour) },
    Function { name: "DAY", takes: "one series", give: |it| of(it, Part::Day) },
    Function { name: "DATE", takes: "one series", give: |it| of(it, Part::Date) },
    Function { name: "MONTH", takes: "one series", give: |it| of(it, Part::Month) },
    Function { name: "YEAR", takes: "one series", give: |it| of(it, Part::Year) },
];

#[derive(Clone, Copy)]
enum Part {
    Epoch,
    Minute,
    Hour,
    /// The day of the week: Monday is 1, Sunday 7.
    Day,
    Date,
    Month,
    Year,
}

fn of(call: &Call<'_>, part: Part) -> Result<Option<Value>, MathError> {
    call.over(|series: &Series| {
        series.keys().filter_map(|&at| Some((at, number(at, part)?))).collect()
    })
}

#[expect(clippy::cast_precision_loss, reason = "seconds, far below 2^52")]
fn number(at: i64, part: Part) -> Option<f64> {
    let moment = jiff::Timestamp::from_second(at).ok()?.to_zoned(TimeZone::UTC);
    Some(match part {
        Part::Epoch => at as f64,
        Part::Minute => f64::from(moment.minute()),
        Part::Hour => f64::from(moment.hour()),
        Part::Day => f64::from(moment.weekday().to_monday_one_offset()),
        Part::Date => f64::from(moment.day()),
        Part::Month => f64::from(moment.month()),
        Part::Year => f64::from(moment.year()),
    })
}
