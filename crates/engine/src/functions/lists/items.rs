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

pub(super) const LEAVES: Function = Function {
    name: "json_values",
    usage: "json_values(json)",
    doc: "Gives the values at the paths that `json_paths` gives, in the same order.",
    example: "json_values('{\"a\": {\"b\": [1, 2]}}')",
    make: Make::Own(|| udf(LEAVES.name, 1, &Leaves)),
};

#[derive(Debug)]
struct Items;

#[derive(Debug)]
struct Paths;

#[derive(Debug)]
struct Leaves;

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

impl Lister for Leaves {
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
            add_leaves(text, &mut path, &mut |path, _| lists.values().append_value(path));
        }
        lists.append(true);
    }
}

impl Lists for Leaves {
    fn add(&mut self, text: &str, lists: &mut Lines) {
        if is_shallow(text) {
            let mut path = String::new();
            let add = &mut |_: &str, value: &LazyValue<'_>| {
                lists.values().append_option(as_shown(value));
            };
            add_leaves(text, &mut path, add);
        }
        lists.append(true);
    }
}

/// Returns the value at a path, if it is among so many first values of a JSON text.
pub(in crate::functions) fn leaf(json: &str, path: &str, n_first: usize) -> Option<String> {
    let (mut n_before, mut found) = (0, None);
    let mut look = |at: &str, value: &LazyValue<'_>| {
        if n_before < n_first && at == path && found.is_none() {
            found = as_shown(value).map(std::borrow::Cow::into_owned);
        }
        n_before += 1;
    };
    if is_shallow(json) {
        add_leaves(json, &mut String::new(), &mut look);
    }
    found
}

/// Adds the leaves below a value; as deep as the text was found to be.
fn add_leaves(text: &str, path: &mut String, add: &mut dyn FnMut(&str, &LazyValue<'_>)) {
    let text = text.trim_start();
    let length = path.len();
    let mut step = |name: &str, value: &LazyValue<'_>, path: &mut String| {
        if !path.is_empty() {
            path.push('.');
        }
        path.push_str(name);
        if value.is_object() || value.is_array() {
            add_leaves(value.as_raw_str(), path, add);
        } else if !value.is_null() {
            add(path, value);
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
