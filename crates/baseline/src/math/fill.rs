//! `FILL`: points where a series has none.

use super::evaluate::value;
use super::functions::Call;
use super::parse::Node;
use super::{Frame, MathError, Series, Value};

/// What stands in for a point that is not there.
#[derive(Clone, Copy)]
enum Filling {
    Number(f64),
    /// The last point before.
    Repeat,
    /// On the line from the point before to the one behind.
    Linear,
}

pub(super) fn fill(call: &Call<'_>) -> Result<Option<Value>, MathError> {
    let [first, second] = call.arguments else { return Ok(None) };
    let filling = match second {
        Node::Name(name) if name.eq_ignore_ascii_case("REPEAT") => Filling::Repeat,
        Node::Name(name) if name.eq_ignore_ascii_case("LINEAR") => Filling::Linear,
        node => match value(node, call.series, call.frame)? {
            Value::Number(number) => Filling::Number(number),
            _ => return Ok(None),
        },
    };
    Ok(match value(first, call.series, call.frame)? {
        Value::Series(series) => Some(Value::Series(filled(&series, filling, call.frame))),
        Value::Array(all) => Some(Value::Array(
            all.iter().map(|series| filled(series, filling, call.frame)).collect(),
        )),
        Value::Number(_) => None,
    })
}

fn filled(series: &Series, filling: Filling, frame: &Frame) -> Series {
    let mut filled = series.clone();
    for moment in frame.moments() {
        if series.contains_key(&moment) {
            continue;
        }
        let before = || series.range(..moment).next_back();
        let number = match filling {
            Filling::Number(number) => Some(number),
            Filling::Repeat => before().map(|(_, value)| *value),
            Filling::Linear => {
                let behind = series.range(moment..).next();
                before().zip(behind).map(|(from, to)| on_line(from, to, moment))
            }
        };
        if let Some(number) = number {
            filled.insert(moment, number);
        }
    }
    filled
}

#[expect(clippy::cast_precision_loss, reason = "seconds, far below 2^52")]
fn on_line(from: (&i64, &f64), to: (&i64, &f64), moment: i64) -> f64 {
    let share = (moment - from.0) as f64 / (to.0 - from.0) as f64;
    from.1 + share * (to.1 - from.1)
}
