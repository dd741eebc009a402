//! The tree of an expression to its value.

use std::collections::BTreeMap;

use super::functions;
use super::parse::Node;
use super::{Frame, MathError, Series, Value};

/// Computes a part of an expression.
///
/// A point that a series lacks is lacking in whatever is computed with it, and so is one that no
/// number stands for, such as a division by zero.
pub(super) fn value(
    node: &Node,
    series: &BTreeMap<String, Value>,
    frame: &Frame,
) -> Result<Value, MathError> {
    match node {
        Node::Number(number) => Ok(Value::Number(*number)),
        Node::Text(text) => {
            let found = format!("`\"{text}\"`");
            Err(MathError::Expected { expected: "a number, a metric or a function", found })
        }
        Node::Name(name) => match series.get(name) {
            Some(found) => Ok(found.clone()),
            None => Err(MathError::UnknownId(name.clone())),
        },
        Node::Negative(inner) => Ok(each(value(inner, series, frame)?, |number| -number)),
        Node::Pair(sign, left, right) => {
            let (left, right) = (value(left, series, frame)?, value(right, series, frame)?);
            combined(left, right, |left, right| number_of(sign, left, right))
        }
        Node::Array(nodes) => {
            let mut all = Vec::new();
            for node in nodes {
                all.extend(value(node, series, frame)?.into_array(frame));
            }
            Ok(Value::Array(all))
        }
        Node::Call(name, arguments) => functions::call(name, arguments, series, frame),
    }
}

fn number_of(sign: &str, left: f64, right: f64) -> f64 {
    let truth = |is_true| if is_true { 1.0 } else { 0.0 };
    #[expect(clippy::float_cmp, reason = "`==` asks for equal numbers")]
    match sign {
        "||" => truth(left != 0.0 || right != 0.0),
        "&&" => truth(left != 0.0 && right != 0.0),
        "==" => truth(left == right),
        "!=" => truth(left != right),
        "<=" => truth(left <= right),
        ">=" => truth(right <= left),
        "<" => truth(left < right),
        ">" => truth(right < left),
        "+" => left + right,
        "-" => left - right,
        "*" => left * right,
        "/" => left / right,
        _ => left.powf(right),
    }
}

/// Computes with each number by itself.
pub(super) fn each(value: Value, number: impl Fn(f64) -> f64) -> Value {
    let over = |series: Series| finite(series.into_iter().map(|(at, it)| (at, number(it))));
    match value {
        Value::Number(it) => Value::Number(number(it)),
        Value::Series(series) => Value::Series(over(series)),
        Value::Array(all) => Value::Array(all.into_iter().map(over).collect()),
    }
}

/// Computes with two values, moment by moment.
fn combined(
    left: Value,
    right: Value,
    number: impl Fn(f64, f64) -> f64,
) -> Result<Value, MathError> {
    let both = |left: &Series, right: &Series| {
        let pairs = left.iter().filter_map(|(at, one)| Some((*at, number(*one, *right.get(at)?))));
        finite(pairs)
    };
    Ok(match (left, right) {
        (Value::Number(left), Value::Number(right)) => Value::Number(number(left, right)),
        (left, Value::Number(right)) => each(left, |left| number(left, right)),
        (Value::Number(left), right) => each(right, |right| number(left, right)),
        (Value::Series(left), Value::Series(right)) => Value::Series(both(&left, &right)),
        (Value::Array(all), Value::Series(right)) => {
            Value::Array(all.iter().map(|left| both(left, &right)).collect())
        }
        (Value::Series(left), Value::Array(all)) => {
            Value::Array(all.iter().map(|right| both(&left, right)).collect())
        }
        (Value::Array(_), Value::Array(_)) => return Err(MathError::TwoArrays),
    })
}

/// Leaves out what is no number.
pub(super) fn finite(points: impl Iterator<Item = (i64, f64)>) -> Series {
    points.filter(|(_, value)| value.is_finite()).collect()
}

impl Value {
    /// Returns the series that it stands for; a number is the same at every moment.
    pub(super) fn into_array(self, frame: &Frame) -> Vec<Series> {
        match self {
            Self::Number(number) => vec![frame.moments().map(|at| (at, number)).collect()],
            Self::Series(series) => vec![series],
            Self::Array(all) => all,
        }
    }
}
