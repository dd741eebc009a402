//! Functions that put series together, or choose among them.

use std::cmp::Ordering;

use super::functions::{Call, Function};
use super::parse::Node;
use super::{MathError, Series, Value};

/// Those functions.
pub(super) const ALL: &[Function] = &[
    Function { name: "AVG", takes: "one series or array", give: |it| together(it, mean) },
    Function { name: "MAX", takes: "one series or array", give: |it| together(it, highest) },
    Function { name: "MIN", takes: "one series or array", give: |it| together(it, lowest) },
    Function { name: "SUM", takes: "one series or array", give: |it| together(it, sum) },
    Function { name: "STDDEV", takes: "one series or array", give: |it| together(it, deviation) },
    Function {
        name: "DATAPOINT_COUNT",
        takes: "one series or array",
        give: |it| together(it, count),
    },
    Function { name: "METRIC_COUNT", takes: "one array", give: metric_count },
    Function { name: "METRICS", takes: "nothing, or a part of an id", give: |it| Ok(metrics(it)) },
    Function { name: "FIRST", takes: "one array", give: |it| chosen(it, true) },
    Function { name: "LAST", takes: "one array", give: |it| chosen(it, false) },
    Function { name: "REMOVE_EMPTY", takes: "one array", give: remove_empty },
    Function { name: "SLICE", takes: "an array, a first place, and perhaps an end", give: slice },
    Function {
        name: "SORT",
        takes: "an array, AVG, MIN, MAX or SUM, ASC or DESC, and perhaps how many",
        give: sort,
    },
];

/// Makes many numbers one; of none it may be no number, which is left out wherever it goes.
type Fold = fn(&[f64]) -> f64;

/// A series becomes a number, an array a series.
fn together(call: &Call<'_>, fold: Fold) -> Result<Option<Value>, MathError> {
    Ok(match call.only()? {
        Some(Value::Series(series)) => Some(Value::Number(of_series(&series, fold))),
        Some(Value::Array(all)) => {
            let mut columns = std::collections::BTreeMap::<i64, Vec<f64>>::new();
            for (at, value) in all.iter().flatten() {
                columns.entry(*at).or_default().push(*value);
            }
            let points = columns.into_iter().map(|(at, values)| (at, fold(&values)));
            Some(Value::Series(super::evaluate::finite(points)))
        }
        _ => None,
    })
}

fn of_series(series: &Series, fold: Fold) -> f64 {
    let values: Vec<f64> = series.values().copied().collect();
    fold(&values)
}

fn sum(values: &[f64]) -> f64 {
    values.iter().sum()
}

#[expect(clippy::cast_precision_loss, reason = "counts of points, far below 2^52")]
fn count(values: &[f64]) -> f64 {
    values.len() as f64
}

fn mean(values: &[f64]) -> f64 {
    sum(values) / count(values)
}

fn highest(values: &[f64]) -> f64 {
    values.iter().copied().fold(f64::NEG_INFINITY, f64::max)
}

fn lowest(values: &[f64]) -> f64 {
    values.iter().copied().fold(f64::INFINITY, f64::min)
}

fn deviation(values: &[f64]) -> f64 {
    let mean = mean(values);
    let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    (squares / count(values)).sqrt()
}

fn array(call: &Call<'_>) -> Result<Option<Vec<Series>>, MathError> {
    Ok(match call.value(0)? {
        Some(Value::Array(all)) => Some(all),
        Some(Value::Series(series)) => Some(vec![series]),
        _ => None,
    })
}

#[expect(clippy::cast_precision_loss, reason = "counts of series, far below 2^52")]
fn metric_count(call: &Call<'_>) -> Result<Option<Value>, MathError> {
    Ok(array(call)?.map(|all| Value::Number(all.len() as f64)))
}

fn metrics(call: &Call<'_>) -> Option<Value> {
    let part = match call.arguments {
        [] => "",
        [Node::Text(part)] => part.as_str(),
        _ => return None,
    };
    let fitting = call.series.iter().filter(|(id, _)| id.contains(part));
    let series = fitting.filter_map(|(_, value)| match value {
        Value::Series(series) => Some(series.clone()),
        _ => None,
    });
    Some(Value::Array(series.collect()))
}

fn chosen(call: &Call<'_>, is_first: bool) -> Result<Option<Value>, MathError> {
    let Some(mut all) = array(call)?.map(Vec::into_iter) else { return Ok(None) };
    let series = if is_first { all.next() } else { all.next_back() };
    Ok(Some(Value::Series(series.unwrap_or_default())))
}

fn remove_empty(call: &Call<'_>) -> Result<Option<Value>, MathError> {
    let full = |mut all: Vec<Series>| {
        all.retain(|series| !series.is_empty());
        Value::Array(all)
    };
    Ok(array(call)?.map(full))
}

/// Returns an argument as a place in an array.
fn place(call: &Call<'_>, index: usize) -> Result<Option<usize>, MathError> {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "cut and clamped")]
    Ok(match call.value(index)? {
        Some(Value::Number(number)) if 0.0 <= number => Some(number.min(1e6) as usize),
        _ => None,
    })
}

fn slice(call: &Call<'_>) -> Result<Option<Value>, MathError> {
    let (Some(all), Some(first)) = (array(call)?, place(call, 1)?) else { return Ok(None) };
    let some: Vec<Series> = match place(call, 2)? {
        None => all.into_iter().skip(first).take(1).collect(),
        Some(end) => all.into_iter().take(end).skip(first).collect(),
    };
    Ok(Some(match (call.arguments.len(), some) {
        (2, some) => Value::Series(some.into_iter().next().unwrap_or_default()),
        (_, some) => Value::Array(some),
    }))
}

fn sort(call: &Call<'_>) -> Result<Option<Value>, MathError> {
    let [_, Node::Name(by), Node::Name(order), ..] = call.arguments else { return Ok(None) };
    let fold: Fold = match by.to_ascii_uppercase().as_str() {
        "AVG" => mean,
        "MIN" => lowest,
        "MAX" => highest,
        "SUM" => sum,
        _ => return Ok(None),
    };
    let is_falling = order.eq_ignore_ascii_case("DESC");
    if !is_falling && !order.eq_ignore_ascii_case("ASC") {
        return Ok(None);
    }
    let Some(mut all) = array(call)? else { return Ok(None) };
    let ordered = |one: &Series, other: &Series| -> Ordering {
        of_series(one, fold).total_cmp(&of_series(other, fold))
    };
    all.sort_by(
        |one, other| {
            if is_falling { ordered(one, other).reverse() } else { ordered(one, other) }
        },
    );
    all.truncate(place(call, 3)?.unwrap_or(usize::MAX));
    Ok(Some(Value::Array(all)))
}
