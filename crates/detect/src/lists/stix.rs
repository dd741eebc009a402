//! STIX: bundles of version 2 as JSON, packages of version 1 as XML.

use serde_json::Value;

use super::formats::{Visit, entry_of, line_of};

/// What patterns and observables of STIX call an address or a domain.
const OBJECTS: &[&str] = &["ipv4-addr:value", "ipv6-addr:value", "domain-name:value", "url:value"];
const TYPES: &[&str] = &["ipv4-addr", "ipv6-addr", "domain-name"];
/// The elements of STIX 1 that hold an address or a domain.
const ELEMENTS: &[&str] = &["Address_Value", "DomainNameObj:Value", "URIObj:Value"];

/// Tells whether a file is STIX.
pub(super) fn fits(text: &str) -> bool {
    let start: String = text.chars().take(4_096).collect();
    let start = start.trim_start();
    start.starts_with('<') || start.starts_with(['{', '['])
}

/// Visits the addresses and domains that indicators speak of.
pub(super) fn each(text: &str, visit: &mut Visit<'_>) {
    if text.trim_start().starts_with('<') {
        return each_element(text, visit);
    }
    let value: Value = match serde_json::from_str(text) {
        Ok(value) => value,
        Err(error) => return visit(error.line(), Err(format!("it is not JSON: {error}"))),
    };
    let bundled = value.get("objects").and_then(Value::as_array).or_else(|| value.as_array());
    let alone = std::slice::from_ref(&value);
    for object in bundled.map_or(alone, Vec::as_slice) {
        let said = |name: &str| object.get(name).and_then(Value::as_str).unwrap_or_default();
        if said("type") == "indicator" {
            let pattern = said("pattern");
            let line = line_of(text, said("id"));
            each_of_pattern(pattern, &mut |entry| visit(line, entry));
        } else if TYPES.contains(&said("type")) {
            let value = said("value");
            visit(line_of(text, value), Ok(value.to_ascii_lowercase()));
        }
    }
}

/// Visits the values that a pattern compares with `=`, `IN` or `ISSUBSET`.
fn each_of_pattern(pattern: &str, visit: &mut dyn FnMut(Result<String, String>)) {
    for object in OBJECTS {
        for (at, _) in pattern.match_indices(object) {
            let rest = pattern.get(at + object.len()..).unwrap_or_default().trim_start();
            let operators = ["=", "IN", "ISSUBSET"];
            let Some(rest) = operators.iter().find_map(|it| rest.strip_prefix(it)) else {
                visit(Err(format!("`{object}` is compared by other than =, IN and ISSUBSET")));
                continue;
            };
            let rest = rest.trim_start();
            let end = if rest.starts_with('(') { ")" } else { "]" };
            let values = rest.split(end).next().unwrap_or_default();
            let n_values = if end == ")" { usize::MAX } else { 1 };
            for value in values.split('\'').skip(1).step_by(2).take(n_values) {
                if let Some(entry) = entry_of(value) {
                    visit(Ok(entry));
                }
            }
        }
    }
}

/// Visits what stands in the elements of STIX 1 that hold addresses.
fn each_element(text: &str, visit: &mut Visit<'_>) {
    for (index, line) in text.lines().enumerate() {
        for part in line.split('<').skip(1) {
            let Some((tag, value)) = part.split_once('>') else { continue };
            let name = tag.split_whitespace().next().unwrap_or_default();
            if !ELEMENTS.iter().any(|element| name.ends_with(element)) {
                continue;
            }
            for value in value.split("##comma##") {
                if let Some(entry) = entry_of(value) {
                    visit(index + 1, Ok(entry));
                }
            }
        }
    }
}
