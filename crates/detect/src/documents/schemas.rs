//! Documents beside their schemas: names, types, what is required, and the values of enumerations.
//!
//! A schema is a list of paths; `[]` stands for every item of a list.

use std::collections::BTreeMap;

use serde_json::Value;

pub(super) const GUARDDUTY: &str = include_str!("schemas/guardduty.txt");
pub(super) const ASFF: &str = include_str!("schemas/asff.txt");
pub(super) const OCSF: &str = include_str!("schemas/ocsf.txt");

/// What a schema says of one path.
struct Place<'a> {
    kind: &'a str,
    is_required: bool,
    values: Option<Vec<&'a str>>,
}

/// Returns what is wrong with a document.
pub(super) fn faults(schema: &str, document: &Value) -> Vec<String> {
    let lines = schema.lines().filter(|line| !line.starts_with('#'));
    let places: BTreeMap<&str, Place<'_>> = lines.map(place).collect();
    let mut faults = Vec::new();
    look(&places, "", document, &mut faults);
    faults
}

fn place(line: &str) -> (&str, Place<'_>) {
    let (path, rest) = line.split_once(' ').unwrap();
    let (kind, rest) = rest.split_once(' ').unwrap_or((rest, ""));
    let (is_required, rest) = match rest.strip_prefix("required") {
        Some(rest) => (true, rest.trim_start()),
        None => (false, rest),
    };
    let values = (!rest.is_empty()).then(|| rest.split('|').collect());
    (path, Place { kind, is_required, values })
}

fn look(places: &BTreeMap<&str, Place<'_>>, path: &str, value: &Value, faults: &mut Vec<String>) {
    if !path.is_empty() {
        let Some(place) = places.get(path) else {
            faults.push(format!("`{path}` is not in the schema"));
            return;
        };
        if !is_of(place.kind, value) {
            faults.push(format!("`{path}` is no {}: {value}", place.kind));
        }
        let spelled = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        if place.values.as_ref().is_some_and(|values| !values.contains(&spelled.as_str())) {
            faults.push(format!("`{path}` cannot be {spelled}"));
        }
        if place.kind == "map" {
            return;
        }
    }
    match value {
        Value::Object(members) => {
            for name in required_in(places, path) {
                if !members.contains_key(name) {
                    faults.push(format!("`{path}` has no `{name}`"));
                }
            }
            for (name, value) in members {
                let below = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                look(places, &below, value, faults);
            }
        }
        Value::Array(items) => {
            for item in items {
                look(places, &format!("{path}[]"), item, faults);
            }
        }
        _ => {}
    }
}

/// Returns the members that an object at that path must have.
fn required_in<'a>(
    places: &'a BTreeMap<&str, Place<'_>>,
    path: &'a str,
) -> impl Iterator<Item = &'a str> {
    let required = places.iter().filter(|(_, place)| place.is_required);
    required.filter_map(move |(name, _)| {
        let below =
            if path.is_empty() { name } else { name.strip_prefix(path)?.strip_prefix('.')? };
        (!below.contains(['.', '['])).then_some(below)
    })
}

fn is_of(kind: &str, value: &Value) -> bool {
    match kind {
        "text" => value.is_string(),
        "bool" => value.is_boolean(),
        "int" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "list" => value.is_array(),
        _ => value.is_object(),
    }
}

#[test]
fn every_fault_is_seen() {
    let schema = "a int required\nb object\nb.c text required x|y\nb.d list\nb.d[] int\ne map";
    let seen = |document: Value| faults(schema, &document).join("; ");
    assert_eq!(seen(serde_json::json!({"a": 1, "b": {"c": "x", "d": [1]}, "e": {"f": 1}})), "");
    let wrong = serde_json::json!({"b": {"c": "z", "d": ["t"], "g": 1}});
    let expected = "`` has no `a`; `b.c` cannot be z; `b.d[]` is no int: \"t\"; \
                    `b.g` is not in the schema";
    assert_eq!(seen(wrong), expected);
    assert_eq!(
        seen(serde_json::json!({"a": "1", "b": {}})),
        "`a` is no int: \"1\"; `b` has no `c`"
    );
}
