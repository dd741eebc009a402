//! Calls of aggregates to SQL.

use super::kind::{Kind, Term};
use super::{Lowering, call, text};
use crate::ast::{Call, Expr};
use crate::diagnostic::Outcome;

/// Lowers a call if it is one of an aggregate; the name is in small letters.
pub(super) fn call(
    lowering: &mut Lowering<'_, '_>,
    name: &str,
    call: &Call,
) -> Outcome<Option<Term>> {
    let term = match (name, call.arguments.as_slice()) {
        ("count", []) => Term::new("count(*)", Kind::Integer),
        ("count" | "countovertime", [value]) => {
            Term::new(format!("count({})", lowering.term(value)?.sql), Kind::Integer)
        }
        ("countdistinct", [value]) => {
            let value = lowering.term(value)?.sql;
            Term::new(format!("count(DISTINCT {value})"), Kind::Integer)
        }
        ("sum" | "sumovertime", [value]) => number(lowering, "sum", value)?,
        ("avg", [value]) => number(lowering, "avg", value)?,
        ("stddev", [value]) => number(lowering, "stddev_pop", value)?,
        ("variance", [value]) => number(lowering, "var_pop", value)?,
        ("pct" | "percentile", [value, percent]) => {
            let value = lowering.term(value)?.as_number();
            let percent = lowering.term(percent)?.as_number();
            Term::new(format!("percentile({value}, {percent})"), Kind::Number)
        }
        ("median", [value]) => {
            let value = lowering.term(value)?.as_number();
            Term::new(format!("percentile({value}, 50.0)"), Kind::Number)
        }
        ("min" | "sortsfirst", [value]) => extreme(lowering, "min", value)?,
        ("max" | "sortslast", [value]) => extreme(lowering, "max", value)?,
        ("earliest", [value]) => by_time(lowering, "first_value", value)?,
        ("latest", [value]) => by_time(lowering, "last_value", value)?,
        ("rate", [value, period]) => rate(lowering, value, period)?,
        ("histogram", [value, buckets]) => {
            let value = lowering.term(value)?.as_number();
            let buckets = lowering.term(buckets)?.as_number();
            Term::new(format!("histogram({value}, {buckets})"), Kind::Structure)
        }
        ("values" | "collectvalues", [value]) => {
            let value = lowering.term(value)?;
            let text = value.as_text();
            let sql = format!(
                "json_list(array_agg(DISTINCT {text} ORDER BY {text}) \
                 FILTER (WHERE {text} IS NOT NULL))"
            );
            Term::new(sql, Kind::Structure)
        }
        _ => return Ok(None),
    };
    Ok(Some(term))
}

fn number(lowering: &mut Lowering<'_, '_>, sql: &str, value: &Expr) -> Outcome<Term> {
    let value = lowering.term(value)?.as_number();
    Ok(Term::new(format!("{sql}({value})"), Kind::Number))
}

/// The smallest or largest value in natural order.
fn extreme(lowering: &mut Lowering<'_, '_>, sql: &str, value: &Expr) -> Outcome<Term> {
    let value = lowering.term(value)?;
    if !value.is_text() {
        return Ok(Term::new(format!("{sql}({})", value.sql), value.kind));
    }
    let function = if sql == "min" { "first_value" } else { "last_value" };
    let order = format!("natural_key({})", value.sql);
    Ok(Term::new(picked(function, &value.sql, &order), value.kind))
}

/// The value of the first or last event by time; of events of one time, by natural order.
fn by_time(lowering: &mut Lowering<'_, '_>, function: &str, value: &Expr) -> Outcome<Term> {
    let time = call::event_time(lowering)?.sql;
    let value = lowering.term(value)?;
    // A key that stands twice in an order is more than DataFusion bears.
    let key = value.as_sort_key();
    let order = if key == time { time } else { format!("{time}, {key}") };
    Ok(Term::new(picked(function, &value.sql, &order), value.kind))
}

/// How much the value grows in each period: from its first event by time to its last.
fn rate(lowering: &mut Lowering<'_, '_>, value: &Expr, period: &Expr) -> Outcome<Term> {
    let period = call::millis(period)?;
    let time = call::event_time(lowering)?.sql;
    let value = lowering.term(value)?.as_number();
    let order = format!("{time}, {value}");
    let growth = format!(
        "({} - {})",
        picked("last_value", &value, &order),
        picked("first_value", &value, &order)
    );
    let moment = |extreme: &str| {
        format!("{extreme}(time_millis({time})) FILTER (WHERE {value} IS NOT NULL)")
    };
    let passed = format!("CAST({} - {} AS DOUBLE)", moment("max"), moment("min"));
    let periods = text::number(period);
    Ok(Term::new(format!("({growth} * {periods} / NULLIF({passed}, 0))"), Kind::Number))
}

fn picked(function: &str, value: &str, order: &str) -> String {
    format!("{function}({value} ORDER BY {order}) FILTER (WHERE {value} IS NOT NULL)")
}
