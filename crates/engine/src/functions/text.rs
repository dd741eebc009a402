//! Texts: cutting, replacing, comparing and encoding them, as Logs Insights does.
//!
//! Each function is a line or two: they stand together in one file.

use std::borrow::Cow;

use super::by_row::{ByRow, Given, Kind, Value};
use super::{Function, Make};

pub(crate) mod encoding;
pub(super) mod natural;
pub(super) mod pattern;

/// Every function of texts.
pub(super) const ALL: &[&Function] = &[
    &PART,
    &CONTAINS,
    &LENGTH,
    &BYTES,
    &TRIM,
    &TRIM_START,
    &TRIM_END,
    &encoding::URL_ENCODE,
    &encoding::URL_DECODE,
    &encoding::BASE64_ENCODE,
    &encoding::BASE64_DECODE,
    &encoding::OF_HEX,
    &encoding::MD5,
    &encoding::SHA256,
    &encoding::HASH,
    &natural::COMPARE,
    &pattern::PATTERN,
    &pattern::COARSE,
];

const PART: Function = Function {
    name: "text_part",
    usage: "text_part(text, start, length)",
    doc: "Gives so many characters from a place on, the first place being 0; all when no length is given.",
    example: "text_part('abcdef', 2, 3)",
    make: Make::ByRow(
        ByRow::new(
            &[Kind::Text, Kind::Integer, Kind::Integer],
            Kind::Text,
            |values| match *values {
                [Value::Text(text), Value::Integer(start)] => part(text, start, i64::MAX),
                [Value::Text(text), Value::Integer(start), Value::Integer(length)] => {
                    part(text, start, length)
                }
                _ => Given::Missing,
            },
        )
        .optional(1),
    ),
};

const CONTAINS: Function = Function {
    name: "text_contains",
    usage: "text_contains(text, part, ignores_case)",
    doc: "Tells whether the text has the part in it; the last argument, when true, ignores case.",
    example: "text_contains('AccessDenied', 'denied', true)",
    make: Make::ByRow(
        ByRow::new(
            &[Kind::Text, Kind::Text, Kind::Boolean],
            Kind::Boolean,
            |values| match *values {
                [Value::Text(text), Value::Text(part), Value::Boolean(true)] => {
                    Given::Boolean(text.to_lowercase().contains(&part.to_lowercase()))
                }
                [Value::Text(text), Value::Text(part), ..] => Given::Boolean(text.contains(part)),
                _ => Given::Missing,
            },
        )
        .optional(1),
    ),
};

const LENGTH: Function = Function {
    name: "text_length",
    usage: "text_length(text)",
    doc: "Counts the characters (Unicode code points).",
    example: "text_length('한글')",
    make: Make::ByRow(ByRow::new(&[Kind::Text], Kind::Integer, |values| {
        first(values).map(|text| count(text.chars().count())).into()
    })),
};

const BYTES: Function = Function {
    name: "text_bytes",
    usage: "text_bytes(text)",
    doc: "Counts the bytes of the text in UTF-8.",
    example: "text_bytes('한글')",
    make: Make::ByRow(ByRow::new(&[Kind::Text], Kind::Integer, |values| {
        first(values).map(|text| count(text.len())).into()
    })),
};

const TRIM: Function = Function {
    name: "text_trim",
    usage: "text_trim(text, characters)",
    doc: "Takes these characters (white space when left out) off both ends.",
    example: "text_trim('--a--', '-')",
    make: Make::ByRow(trimming(|values| {
        trimmed(values, |text, off| text.trim_matches(|letter| is_off(letter, off)))
    })),
};

const TRIM_START: Function = Function {
    name: "text_trim_start",
    usage: "text_trim_start(text, characters)",
    doc: "Takes these characters (white space when left out) off the start.",
    example: "text_trim_start('--a--', '-')",
    make: Make::ByRow(trimming(|values| {
        trimmed(values, |text, off| text.trim_start_matches(|letter| is_off(letter, off)))
    })),
};

const TRIM_END: Function = Function {
    name: "text_trim_end",
    usage: "text_trim_end(text, characters)",
    doc: "Takes these characters (white space when left out) off the end.",
    example: "text_trim_end('--a--', '-')",
    make: Make::ByRow(trimming(|values| {
        trimmed(values, |text, off| text.trim_end_matches(|letter| is_off(letter, off)))
    })),
};

const fn trimming(call: for<'a> fn(&[Value<'a>]) -> Given<'a>) -> ByRow {
    ByRow::new(&[Kind::Text, Kind::Text], Kind::Text, call).optional(1)
}

fn trimmed<'a>(
    values: &[Value<'a>],
    trim: for<'b> fn(&'b str, Option<&str>) -> &'b str,
) -> Given<'a> {
    match *values {
        [Value::Text(text)] => Given::Text(trim(text, None).into()),
        [Value::Text(text), Value::Text(off)] => Given::Text(trim(text, Some(off)).into()),
        _ => Given::Missing,
    }
}

fn is_off(letter: char, off: Option<&str>) -> bool {
    off.map_or(letter.is_whitespace(), |off| off.contains(letter))
}

fn part(text: &str, start: i64, length: i64) -> Given<'_> {
    let (Ok(start), Ok(length)) = (usize::try_from(start), usize::try_from(length)) else {
        return Given::Missing;
    };
    let at =
        |place: usize| text.char_indices().nth(place).map_or(text.len(), |(position, _)| position);
    let (from, to) = (at(start), at(start.saturating_add(length)));
    Given::Text(Cow::Borrowed(text.get(from..to).unwrap_or_default()))
}

fn first<'a>(values: &[Value<'a>]) -> Option<&'a str> {
    values.first().copied().unwrap_or(Value::Missing).text()
}

fn count(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}
