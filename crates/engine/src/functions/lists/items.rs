//! The items of a JSON list.

use datafusion::common::DataFusionError;
use sonic_rs::{JsonValueTrait, LazyValue};

use super::{Lines, Lister, Lists, udf};
use crate::functions::json::{as_shown, is_shallow};
use crate::functions::{Function, Make};

pub(super) const FUNCTION: Function = Function {
    name: "json_items",
    usage: "json_items(json)",
    doc: "Gives the items of a JSON list as texts; anything else is a list of itself.",
    example: "json_items('[1, \"a\", {\"b\": 2}]')",
    make: Make::Own(|| udf(FUNCTION.name, 1, &Items)),
};

pub(super) const KEYS: Function = Function {
    name: "json_paths",
    usage: "json_paths(json)",
    doc: "Gives the paths of all values in a JSON text that are neither lists, objects nor null.",
    example: "json_paths('{\"a\": {\"b\": [1, 2]}}')",
    make: Make::Own(|| udf(KEYS.name, 1, &Paths)),
};

#[derive(Debug)]
struct Items;

#[derive(Debug)]
struct Paths;

impl Lister for Items {
    fn with(&self, _: &str) -> Result<Box<dyn Lists>, DataFusionError> {
        Ok(Box::new(Self))
    }
}

impl Lister for Paths {
    fn with(&self, _: &str) -> Result<Box<dyn Lists>, DataFusionError> {
        Ok(Box::new(Self))
    }
}

impl Lists for Items {
    fn add(&mut self, text: &str, lists: &mut Lines) {
        let is_list = text.trim_start().starts_with('[') && is_shallow(text);
        let items: Option<Vec<LazyValue<'_>>> =
            is_list.then(|| sonic_rs::to_array_iter(text).collect::<Result<_, _>>().ok()).flatten();
        match items {
            Some(items) => {
                for item in &items {
                    lists.values().append_option(as_shown(item));
                }
            }
            None => lists.values().append_value(text),
        }
        lists.append(true);
    }
}

impl Lists for Paths {
    fn add(&mut self, text: &str, lists: &mut Lines) {
        if is_shallow(text) {
            let mut path = String::new();
            add_paths(text, &mut path, lists);
        }
        lists.append(true);
    }
}

/// Adds the paths of the leaves below a value; as deep as the text was found to be.
fn add_paths(text: &str, path: &mut String, lists: &mut Lines) {
    let text = text.trim_start();
    let length = path.len();
    let mut step = |name: &str, value: &LazyValue<'_>, path: &mut String| {
        if !path.is_empty() {
            path.push('.');
        }
        path.push_str(name);
        if value.is_object() || value.is_array() {
            add_paths(value.as_raw_str(), path, lists);
        } else if !value.is_null() {
            lists.values().append_value(&*path);
        }
        path.truncate(length);
    };
    if text.starts_with('{') {
        for (key, value) in sonic_rs::to_object_iter(text).flatten() {
            step(&key, &value, path);
        }
    } else if text.starts_with('[') {
        for (index, value) in sonic_rs::to_array_iter(text).flatten().enumerate() {
            step(&index.to_string(), &value, path);
        }
    }
}
