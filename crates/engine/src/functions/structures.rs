//! Maps and lists, which travel as JSON text: making them, asking about them.
//!
//! Each function is a line or two: they stand together in one file.

use std::collections::BTreeSet;

use sonic_rs::{JsonContainerTrait, JsonValueTrait, LazyValue};

use super::by_row::{ByRow, Given, Kind, Value};
use super::json::{as_shown, is_shallow};
use super::lists::leaf;
use super::{Function, Make};

mod list;
mod logfmt;

/// Every function of maps and lists.
pub(super) const ALL: &[&Function] = &[
    &PARSE,
    &SIZE,
    &KEYS,
    &NEW_KEYS,
    &LEAF,
    &CONTAINS,
    &SPLIT,
    &list::FUNCTION,
    &logfmt::FUNCTION,
];

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

const KEYS: Function = Function {
    name: "json_keys",
    usage: "json_keys(json)",
    doc: "Counts the keys of a JSON object; NULL for anything else.",
    example: "json_keys('{\"a\": 1, \"b\": 2}')",
    make: Make::ByRow(ByRow::new(&[Kind::Text], Kind::Integer, |values| {
        let keys = text_of(values).and_then(keys);
        keys.and_then(|keys| i64::try_from(keys.len()).ok()).into()
    })),
};

const NEW_KEYS: Function = Function {
    name: "json_new_keys",
    usage: "json_new_keys(json, earlier)",
    doc: "Lists the keys of a JSON object that another one has not; NULL when there are none.",
    example: "json_new_keys('{\"a\": 1, \"b\": 2}', '{\"a\": 5}')",
    make: Make::ByRow(ByRow::new(&[Kind::Text, Kind::Text], Kind::Text, |values| match *values {
        [Value::Text(json), Value::Text(earlier)] => new_keys(json, earlier).into(),
        _ => Given::Missing,
    })),
};

const LEAF: Function = Function {
    name: "json_leaf",
    usage: "json_leaf(json, path, n)",
    doc: "Gives the value at a path, if it is among the first n values; lists and objects are none.",
    example: "json_leaf('{\"a\": {\"b\": [1, 2]}}', 'a.b.1', 200)",
    make: Make::ByRow(ByRow::new(&[Kind::Text, Kind::Text, Kind::Integer], Kind::Text, |values| {
        match *values {
            [Value::Text(json), Value::Text(path), Value::Integer(n_first)] => {
                leaf(json, path, usize::try_from(n_first).unwrap_or(0)).into()
            }
            _ => Given::Missing,
        }
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

/// Returns the keys of an object, if the text is one.
fn keys(text: &str) -> Option<BTreeSet<String>> {
    let is_object = text.trim_start().starts_with('{') && is_shallow(text);
    let keys = || sonic_rs::to_object_iter(text).map(|pair| pair.map(|(key, _)| key.to_string()));
    is_object.then(|| keys().collect::<Result<_, _>>().ok()).flatten()
}

fn new_keys(json: &str, earlier: &str) -> Option<String> {
    let (keys, earlier) = (keys(json)?, keys(earlier)?);
    let new: Vec<String> = keys.difference(&earlier).map(|key| format!("`{key}`")).collect();
    (!new.is_empty()).then(|| new.join(", "))
}

/// Returns the items of a list, if the text is one.
fn items(text: &str) -> Option<Vec<LazyValue<'_>>> {
    let is_list = text.trim_start().starts_with('[') && is_shallow(text);
    is_list.then(|| sonic_rs::to_array_iter(text).collect::<Result<_, _>>().ok()).flatten()
}
