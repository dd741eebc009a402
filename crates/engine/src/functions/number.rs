//! Numbers: reading them out of text, writing them, and what Logs Insights computes of them.
//!
//! Each function is a line or two: they stand together in one file.

use super::by_row::{ByRow, Given, Kind, Value};
use super::{Function, Make};

/// Every function of numbers.
pub(super) const ALL: &[&Function] = &[
    &OF_TEXT, &TO_TEXT, &ABS, &CEIL, &FLOOR, &ROUND, &SQRT, &LOG, &POWER, &INTEGER, &HAVERSINE,
    &FROM_HEX, &TO_HEX,
];

const OF_TEXT: Function = Function {
    name: "number",
    usage: "number(text)",
    doc: "Reads a number; a text that is none gives NULL, `true` and `false` give 1 and 0.",
    example: "number('1.5e3')",
    make: Make::ByRow(ByRow::new(&[Kind::Text], Kind::Number, |values| {
        first(values).text().and_then(read).into()
    })),
};

const TO_TEXT: Function = Function {
    name: "number_text",
    usage: "number_text(x)",
    doc: "Writes a number as people do: no point behind a whole number, at most 15 digits.",
    example: "number_text(3.0)",
    make: Make::ByRow(ByRow::new(&[Kind::Number], Kind::Text, |values| {
        first(values).number().and_then(written).into()
    })),
};

const ABS: Function = Function {
    name: "number_abs",
    usage: "number_abs(x)",
    doc: "Gives the number without its sign.",
    example: "number_abs(-2.5)",
    make: Make::ByRow(of_one(|values| first(values).number().map(f64::abs).into())),
};

const CEIL: Function = Function {
    name: "number_ceil",
    usage: "number_ceil(x)",
    doc: "Gives the smallest whole number that is not smaller.",
    example: "number_ceil(2.1)",
    make: Make::ByRow(of_one(|values| first(values).number().map(f64::ceil).into())),
};

const FLOOR: Function = Function {
    name: "number_floor",
    usage: "number_floor(x)",
    doc: "Gives the largest whole number that is not larger.",
    example: "number_floor(2.9)",
    make: Make::ByRow(of_one(|values| first(values).number().map(f64::floor).into())),
};

const ROUND: Function = Function {
    name: "number_round",
    usage: "number_round(x, digits)",
    doc: "Rounds to so many digits behind the point (0 when left out), halves away from zero.",
    example: "number_round(2.345, 2)",
    make: Make::ByRow(
        ByRow::new(&[Kind::Number, Kind::Integer], Kind::Number, |values| match *values {
            [Value::Number(number)] => Some(number.round()).into(),
            [Value::Number(number), Value::Integer(digits)] => Some(rounded(number, digits)).into(),
            _ => Given::Missing,
        })
        .optional(1),
    ),
};

const SQRT: Function = Function {
    name: "number_sqrt",
    usage: "number_sqrt(x)",
    doc: "Gives the square root; a negative number has none.",
    example: "number_sqrt(16)",
    make: Make::ByRow(of_one(|values| first(values).number().map(f64::sqrt).into())),
};

const LOG: Function = Function {
    name: "number_log",
    usage: "number_log(x)",
    doc: "Gives the natural logarithm; zero and negative numbers have none.",
    example: "number_log(1)",
    make: Make::ByRow(of_one(|values| first(values).number().map(f64::ln).into())),
};

const POWER: Function =
    Function {
        name: "number_power",
        usage: "number_power(x, y)",
        doc: "Gives x to the power of y.",
        example: "number_power(2, 10)",
        make: Make::ByRow(ByRow::new(&[Kind::Number, Kind::Number], Kind::Number, |values| {
            match *values {
                [Value::Number(base), Value::Number(exponent)] => Some(base.powf(exponent)).into(),
                _ => Given::Missing,
            }
        })),
    };

const INTEGER: Function = Function {
    name: "number_integer",
    usage: "number_integer(x, bits)",
    doc: "Cuts what is behind the point; a number that does not fit into 32 or 64 bits gives NULL.",
    example: "number_integer(2.9, 32)",
    make: Make::ByRow(ByRow::new(&[Kind::Number, Kind::Integer], Kind::Integer, |values| {
        match *values {
            [Value::Number(number), Value::Integer(bits)] => integer(number, bits).into(),
            _ => Given::Missing,
        }
    })),
};

const HAVERSINE: Function = Function {
    name: "number_haversine",
    usage: "number_haversine(latitude, longitude, latitude, longitude)",
    doc: "Gives the kilometres between two places on the Earth, taken as a ball of 6,371 km.",
    example: "number_haversine(37.57, 126.98, 35.68, 139.69)",
    make: Make::ByRow(ByRow::new(&[Kind::Number; 4], Kind::Number, |values| match *values {
        [Value::Number(a), Value::Number(b), Value::Number(c), Value::Number(d)] => {
            Some(kilometres((a, b), (c, d))).into()
        }
        _ => Given::Missing,
    })),
};

const FROM_HEX: Function = Function {
    name: "number_of_hex",
    usage: "number_of_hex(text)",
    doc: "Reads a whole number in hexadecimal digits, with or without `0x`.",
    example: "number_of_hex('ff')",
    make: Make::ByRow(ByRow::new(&[Kind::Text], Kind::Integer, |values| {
        first(values).text().and_then(of_hex).into()
    })),
};

const TO_HEX: Function = Function {
    name: "number_hex",
    usage: "number_hex(x)",
    doc: "Writes a whole number in hexadecimal digits.",
    example: "number_hex(255)",
    make: Make::ByRow(ByRow::new(&[Kind::Integer], Kind::Text, |values| {
        first(values).integer().map(|number| format!("{number:x}")).into()
    })),
};

const fn of_one(call: for<'a> fn(&[Value<'a>]) -> Given<'a>) -> ByRow {
    ByRow::new(&[Kind::Number], Kind::Number, call)
}

fn first<'a>(values: &[Value<'a>]) -> Value<'a> {
    values.first().copied().unwrap_or(Value::Missing)
}

/// Reads a number as logs write it.
pub(super) fn read(text: &str) -> Option<f64> {
    let text = text.trim();
    // `inf`, `nan` and the like are words, whatever Rust thinks of them.
    let is_plain = text.bytes().all(|it| it.is_ascii_digit() || b"+-.eE".contains(&it));
    match text {
        "true" => Some(1.0),
        "false" => Some(0.0),
        _ if is_plain => text.parse().ok().filter(|number: &f64| number.is_finite()),
        _ => None,
    }
}

/// Writes a number: fifteen digits are those that every sum of the same numbers agrees in,
/// whatever order they were added in.
pub(super) fn written(number: f64) -> Option<String> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if !number.is_finite() {
        return None;
    }
    if number.fract() == 0.0 && number.abs() <= EXACT {
        // Adding zero takes the sign off a negative zero.
        return Some(format!("{:.0}", number + 0.0));
    }
    let rounded: f64 = format!("{number:.14e}").parse().unwrap_or(number);
    Some(format!("{rounded}"))
}

fn rounded(number: f64, digits: i64) -> f64 {
    let digits = i32::try_from(digits.clamp(-300, 15)).unwrap_or(0);
    let scale = 10_f64.powi(digits);
    let scaled = (number * scale).round() / scale;
    // A number too large to be scaled has no digits to round.
    if scaled.is_finite() { scaled } else { number }
}

fn integer(number: f64, bits: i64) -> Option<i64> {
    let cut = number.trunc();
    let limit = if bits == 32 { 2_147_483_648.0 } else { 9_223_372_036_854_775_808.0 };
    if cut < -limit || limit <= cut {
        return None;
    }
    #[expect(clippy::cast_possible_truncation, reason = "it is whole and within the limits")]
    Some(cut as i64)
}

fn kilometres(from: (f64, f64), to: (f64, f64)) -> f64 {
    const RADIUS: f64 = 6_371.0;
    let (latitude_from, latitude_to) = (from.0.to_radians(), to.0.to_radians());
    let (north, east) = ((to.0 - from.0).to_radians(), (to.1 - from.1).to_radians());
    let part = (north / 2.0).sin().powi(2)
        + latitude_from.cos() * latitude_to.cos() * (east / 2.0).sin().powi(2);
    2.0 * RADIUS * part.sqrt().min(1.0).asin()
}

fn of_hex(text: &str) -> Option<i64> {
    let text = text.trim();
    let digits = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")).unwrap_or(text);
    i64::from_str_radix(digits, 16).ok().filter(|_| !digits.starts_with(['+', '-']))
}
