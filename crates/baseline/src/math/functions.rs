//! The functions of metric math.

use std::collections::BTreeMap;

use super::evaluate::{each, finite, value};
use super::parse::Node;
use super::{Frame, MathError, Series, Value, arrays, calendar, fill};
use crate::clock::local_seconds;
use crate::{Baseline, Point};

/// A call: its arguments, and what they are computed over.
pub(super) struct Call<'a> {
    pub(super) arguments: &'a [Node],
    pub(super) series: &'a BTreeMap<String, Value>,
    pub(super) frame: &'a Frame,
}

/// A function: its name, what it takes in words, what it gives.
pub(super) struct Function {
    pub(super) name: &'static str,
    pub(super) takes: &'static str,
    pub(super) give: fn(&Call<'_>) -> Result<Option<Value>, MathError>,
}

const fn function(
    name: &'static str,
    takes: &'static str,
    give: fn(&Call<'_>) -> Result<Option<Value>, MathError>,
) -> Function {
    Function { name, takes, give }
}

/// Those that are no matter of arrays or of the calendar.
const OWN: &[Function] = &[
    function("ABS", "one value", |it| it.each(f64::abs)),
    function("CEIL", "one value", |it| it.each(f64::ceil)),
    function("FLOOR", "one value", |it| it.each(f64::floor)),
    function("LOG", "one value", |it| it.each(f64::ln)),
    function("LOG10", "one value", |it| it.each(f64::log10)),
    function("DIFF", "one series or array", |it| it.steps(|step| step.after - step.before)),
    function("DIFF_TIME", "one series or array", |it| it.steps(|step| step.seconds)),
    function("RATE", "one series or array", |it| {
        it.steps(|step| (step.after - step.before) / step.seconds)
    }),
    function("RUNNING_SUM", "one series or array", running_sum),
    function("PERIOD", "one metric", period),
    function("TIME_SERIES", "one number", time_series),
    function("IF", "a condition, a value, and perhaps another value", condition),
    function("FILL", "a series or array, and a number, REPEAT or LINEAR", fill::fill),
    function("ANOMALY_DETECTION_BAND", "a series, and perhaps a width in deviations", band),
];

/// Calls a function.
pub(super) fn call(
    name: &str,
    arguments: &[Node],
    series: &BTreeMap<String, Value>,
    frame: &Frame,
) -> Result<Value, MathError> {
    let all = OWN.iter().chain(arrays::ALL).chain(calendar::ALL);
    let Some(function) = all.into_iter().find(|it| it.name == name) else {
        return Err(MathError::UnknownFunction(name.to_owned()));
    };
    let given = (function.give)(&Call { arguments, series, frame })?;
    given.ok_or(MathError::Arguments { function: function.name, takes: function.takes })
}

/// From one point to the next.
struct Step {
    before: f64,
    after: f64,
    seconds: f64,
}

impl Call<'_> {
    /// Returns the value of an argument; nothing if it is not there.
    pub(super) fn value(&self, index: usize) -> Result<Option<Value>, MathError> {
        let node = self.arguments.get(index);
        node.map(|node| value(node, self.series, self.frame)).transpose()
    }

    /// Returns the value of the only argument.
    pub(super) fn only(&self) -> Result<Option<Value>, MathError> {
        if self.arguments.len() == 1 { self.value(0) } else { Ok(None) }
    }

    fn each(&self, number: impl Fn(f64) -> f64) -> Result<Option<Value>, MathError> {
        Ok(self.only()?.map(|it| each(it, number)))
    }

    fn steps(&self, number: impl Fn(&Step) -> f64) -> Result<Option<Value>, MathError> {
        self.over(|series| {
            let points = series.iter().zip(series.iter().skip(1));
            finite(points.map(|((from, before), (to, after))| {
                let step = Step { before: *before, after: *after, seconds: span(to - from) };
                (*to, number(&step))
            }))
        })
    }

    /// Computes with each series of the only argument.
    pub(super) fn over(&self, one: impl Fn(&Series) -> Series) -> Result<Option<Value>, MathError> {
        Ok(match self.only()? {
            Some(Value::Series(series)) => Some(Value::Series(one(&series))),
            Some(Value::Array(all)) => Some(Value::Array(all.iter().map(one).collect())),
            _ => None,
        })
    }
}

#[expect(clippy::cast_precision_loss, reason = "seconds, far below 2^52")]
fn span(seconds: i64) -> f64 {
    seconds as f64
}

fn running_sum(call: &Call<'_>) -> Result<Option<Value>, MathError> {
    call.over(|series| {
        let mut sum = 0.0;
        finite(series.iter().map(|(at, value)| {
            sum += value;
            (*at, sum)
        }))
    })
}

fn period(call: &Call<'_>) -> Result<Option<Value>, MathError> {
    Ok(call.only()?.map(|_| Value::Number(span(call.frame.period))))
}

fn time_series(call: &Call<'_>) -> Result<Option<Value>, MathError> {
    Ok(match call.only()? {
        Some(Value::Number(number)) => {
            Some(Value::Series(call.frame.moments().map(|at| (at, number)).collect()))
        }
        _ => None,
    })
}

/// `IF(condition, value[, value])`: without the second value, other moments are left out.
fn condition(call: &Call<'_>) -> Result<Option<Value>, MathError> {
    let (Some(condition), Some(then)) = (call.value(0)?, call.value(1)?) else { return Ok(None) };
    let (otherwise, has_more) = (call.value(2)?, 3 < call.arguments.len());
    let is_array = |it: &Value| matches!(it, Value::Array(_));
    let any_array = [Some(&condition), Some(&then), otherwise.as_ref()];
    if has_more || any_array.into_iter().flatten().any(is_array) {
        return Ok(None);
    }
    let at = |value: &Value, moment: i64| match value {
        Value::Number(number) => Some(*number),
        Value::Series(series) => series.get(&moment).copied(),
        Value::Array(_) => None,
    };
    let chosen = |is_true: bool| if is_true { Some(&then) } else { otherwise.as_ref() };
    Ok(Some(match &condition {
        Value::Number(number) => {
            chosen(*number != 0.0).cloned().unwrap_or(Value::Series(Series::new()))
        }
        Value::Series(series) => {
            let points = series.iter().filter_map(|(moment, is_true)| {
                Some((*moment, at(chosen(*is_true != 0.0)?, *moment)?))
            });
            Value::Series(points.collect())
        }
        Value::Array(_) => return Ok(None),
    }))
}

/// The band of usual values, each as it was before its moment: lower edges, upper edges.
fn band(call: &Call<'_>) -> Result<Option<Value>, MathError> {
    let width = match call.value(1)? {
        None => 2.0,
        Some(Value::Number(width)) if 0.0 <= width => width,
        Some(_) => return Ok(None),
    };
    let Some(Value::Series(series)) = call.value(0)? else { return Ok(None) };
    let frame = call.frame;
    let mut baseline = Baseline::new(frame.options.clone());
    let (mut lower, mut upper) = (Series::new(), Series::new());
    let mut points = series.iter().peekable();
    for moment in frame.moments() {
        while let Some((at, value)) = points.next_if(|(at, _)| **at < moment) {
            baseline.learn(Point { seconds: local_seconds(*at, &frame.zone), value: *value });
        }
        if let Some(band) = baseline.band(local_seconds(moment, &frame.zone), width) {
            lower.insert(moment, band.lower);
            upper.insert(moment, band.upper);
        }
    }
    Ok(Some(Value::Array(vec![lower, upper])))
}
