//! Answers of CloudWatch's metric calls, taken apart into points.
//!
//! They hold points in parallel lists, or without the metric's name, so that a point has no bytes
//! of its own: each is written as a metric stream would have it.

use std::borrow::Cow;

use super::envelope::{Context, Member, Message, members};
use crate::scan::{Fault, Scanner, Shape, Value};

/// What CloudWatch calls a statistic, and what a metric stream does.
const STATISTICS: &[(&str, &str)] = &[
    ("SampleCount", "count"),
    ("Sum", "sum"),
    ("Minimum", "min"),
    ("Maximum", "max"),
    ("Average", "average"),
];

/// What else stands in a point.
const BESIDE_THEM: &[(&str, &str)] =
    &[("Timestamp", "timestamp"), ("Unit", "unit"), ("ExtendedStatistics", "percentiles")];

/// Returns the points of an answer, if it is one.
pub(super) fn points<'a>(
    record: &'a str,
    answer: &[Member<'a>],
) -> Result<Option<Vec<Message<'a>>>, Fault> {
    if let Some(results) = list(answer, "MetricDataResults") {
        return of_results(record, results.offset).map(Some);
    }
    match (list(answer, "Datapoints"), find(answer, "Label")) {
        (Some(points), Some(label)) => {
            of_datapoints(record, points.offset, &written(label.value)).map(Some)
        }
        _ => Ok(None),
    }
}

fn find<'m, 'a>(members: &'m [Member<'a>], name: &str) -> Option<&'m Member<'a>> {
    members.iter().find(|it| it.name == name)
}

fn list<'m, 'a>(members: &'m [Member<'a>], name: &str) -> Option<&'m Member<'a>> {
    find(members, name).filter(|it| it.is_array())
}

/// Takes `GetMetricData`: a list of times and a list of values for each query.
fn of_results(record: &str, offset: usize) -> Result<Vec<Message<'_>>, Fault> {
    let mut messages = Vec::new();
    for (result, _) in objects(record, offset)? {
        let [Some(times), Some(values)] = ["Timestamps", "Values"].map(|name| list(&result, name))
        else {
            continue;
        };
        let name = |name| find(&result, name).map_or("null".into(), |it| written(it.value));
        let (label, id) = (name("Label"), name("Id"));
        let (times, values) = (items(record, times.offset)?, items(record, values.offset)?);
        for ((time, _), (value, position)) in times.into_iter().zip(values) {
            let text = format!(
                "{{\"metric_name\":{label},\"query_id\":{id},\"timestamp\":{},\"value\":{}}}",
                written(time),
                written(value),
            );
            messages.push(message(text, position));
        }
    }
    Ok(messages)
}

/// Takes `GetMetricStatistics`: an object of statistics for each time.
fn of_datapoints<'a>(
    record: &'a str,
    offset: usize,
    label: &str,
) -> Result<Vec<Message<'a>>, Fault> {
    let mut messages = Vec::new();
    for (point, position) in objects(record, offset)? {
        let named = |(theirs, name): &(&str, &str)| {
            find(&point, theirs).map(|it| format!(",\"{name}\":{}", written(it.value)))
        };
        let values: String = STATISTICS.iter().filter_map(named).collect();
        let values = values.trim_start_matches(',');
        let beside: String = BESIDE_THEM.iter().filter_map(named).collect();
        let text = format!("{{\"metric_name\":{label}{beside},\"value\":{{{values}}}}}");
        messages.push(message(text, position));
    }
    Ok(messages)
}

fn message<'a>(text: String, offset: usize) -> Message<'a> {
    Message { text: Cow::Owned(text), offset, context: Context::default() }
}

/// Returns a value as it stands in the answer.
fn written(value: Value<'_>) -> Cow<'_, str> {
    match value.shape {
        Shape::Plain | Shape::Escaped => Cow::Owned(format!("\"{}\"", value.text)),
        _ => Cow::Borrowed(value.text),
    }
}

/// An object's members, and where it begins.
type Object<'a> = (Vec<Member<'a>>, usize);

/// Returns the objects of the array at that offset.
fn objects(record: &str, offset: usize) -> Result<Vec<Object<'_>>, Fault> {
    let mut found = Vec::new();
    array(record, offset, |scanner| {
        let at = scanner.at;
        found.push((members(scanner)?, at));
        Ok(())
    })?;
    Ok(found)
}

/// Returns the values of the array at that offset, and where each begins.
fn items(record: &str, offset: usize) -> Result<Vec<(Value<'_>, usize)>, Fault> {
    let mut found = Vec::new();
    array(record, offset, |scanner| {
        let at = scanner.at;
        found.push((scanner.value()?, at));
        Ok(())
    })?;
    Ok(found)
}

fn array<'a>(
    record: &'a str,
    offset: usize,
    mut item: impl FnMut(&mut Scanner<'a>) -> Result<(), Fault>,
) -> Result<(), Fault> {
    let mut scanner = Scanner::new(record, offset);
    scanner.take(b'[', "an array")?;
    if scanner.take_if(b']') {
        return Ok(());
    }
    loop {
        scanner.peek();
        item(&mut scanner)?;
        if !scanner.take_if(b',') {
            return scanner.take(b']', "`,` or `]`");
        }
    }
}
