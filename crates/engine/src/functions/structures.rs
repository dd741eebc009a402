//! Maps and lists, which travel as JSON text: making them, asking about them.
//!
//! Each function is a line or two: they stand together in one file.

use sonic_rs::{JsonContainerTrait, JsonValueTrait, LazyValue};

use super::by_row::{ByRow, Given, Kind, Value};
use super::json::{as_shown, is_shallow};
use super::{Function, Make};

mod list;
mod logfmt;

/// Every function of maps and lists.
pub(super) const ALL: &[&Function] =
    &[&PARSE, &SIZE, &CONTAINS, &SPLIT, &list::FUNCTION, &logfmt::FUNCTION];

const PARSE: Function = Function {
    name: "json_parse",
    usage: "json_parse(text)",
    doc: "Gives the text back when it is a JSON object or list, and NULL otherwise.",
    example: "json_parse('{\"a\": 1}')",
    make: Make::ByRow(ByRow::new(&[Kind::Text], Kind::Text, |values| match *values {
        [Value::Text(text)] if is_structure(text) => Given::Text(text.trim().into()),
        _ => Given::Missing,
    })),
};

const SIZE: Function = Function {
    name: "json_size",
    usage: "json_size(json)",
    doc: "Counts the items of a JSON list; NULL for anything else.",
    example: "json_size('[1, 2, 3]')",
    make: Make::ByRow(ByRow::new(&[Kind::Text], Kind::Integer, |values| {
        let items = text_of(values).and_then(items);
        items.and_then(|items| i64::try_from(items.len()).ok()).into()
    })),
};

const CONTAINS: Function =
    Function {
        name: "json_contains",
        usage: "json_contains(json, value)",
        doc: "Tells whether a JSON list has an item that is the value; NULL for anything else.",
        example: "json_contains('[\"a\", \"b\"]', 'b')",
        make: Make::ByRow(ByRow::new(&[Kind::Text, Kind::Text], Kind::Boolean, |values| {
            match *values {
                [Value::Text(json), Value::Text(value)] => {
                    let is_there = |item: &LazyValue<'_>| as_shown(item).as_deref() == Some(value);
                    items(json).map(|items| items.iter().any(is_there)).into()
                }
                _ => Given::Missing,
            }
        })),
    };

const SPLIT: Function = Function {
    name: "text_split",
    usage: "text_split(text, separator)",
    doc: "Gives the parts of a text between separators, as a JSON list.",
    example: "text_split('a,b', ',')",
    make: Make::ByRow(ByRow::new(&[Kind::Text, Kind::Text], Kind::Text, |values| match *values {
        [Value::Text(text), Value::Text("")] => {
            let parts: Vec<String> = text.chars().map(String::from).collect();
            sonic_rs::to_string(&parts).ok().into()
        }
        [Value::Text(text), Value::Text(separator)] => {
            let parts: Vec<&str> = text.split(separator).collect();
            sonic_rs::to_string(&parts).ok().into()
        }
        _ => Given::Missing,
    })),
};

fn text_of<'a>(values: &[Value<'a>]) -> Option<&'a str> {
    values.first().and_then(|value| value.text())
}

fn is_structure(text: &str) -> bool {
    let is_begun = text.trim_start().starts_with(['{', '[']);
    let value = (is_begun && is_shallow(text)).then(|| sonic_rs::from_str::<sonic_rs::Value>(text));
    value.is_some_and(|value| {
        value.is_ok_and(|value| value.as_object().is_some() || value.is_array())
    })
}

/// Returns the items of a list, if the text is one.
fn items(text: &str) -> Option<Vec<LazyValue<'_>>> {
    let is_list = text.trim_start().starts_with('[') && is_shallow(text);
    is_list.then(|| sonic_rs::to_array_iter(text).collect::<Result<_, _>>().ok()).flatten()
}
