//! Reaching into a verbatim record: a path of keys and `[]`, followed without parsing the rest.

use memchr::memchr;
use memchr::memmem::Finder;
use sonic_rs::{JsonType, JsonValueTrait, LazyValue};

use crate::limits::NESTING_MAX;
use crate::value::Value;

/// A place in a record, such as `requestParameters.items[].name`.
#[derive(Debug, Clone)]
pub(crate) struct Path {
    stretches: Vec<Stretch>,
    /// The last key in its quotes: a record without it has no value here.
    last: Finder<'static>,
}

impl PartialEq for Path {
    fn eq(&self, other: &Self) -> bool {
        self.stretches == other.stretches
    }
}

impl Eq for Path {}

/// Keys that lead down, and whether what stands there is taken item by item.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Stretch {
    keys: Vec<String>,
    is_each: bool,
}

impl Path {
    /// Reads a path; nothing when it has an empty key.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut stretches = Vec::new();
        let mut keys = Vec::new();
        for part in text.split('.') {
            let (key, is_each) = part.strip_suffix("[]").map_or((part, false), |key| (key, true));
            if key.is_empty() || key.contains(['[', ']']) {
                return None;
            }
            keys.push(key.to_owned());
            if is_each {
                stretches.push(Stretch { keys: std::mem::take(&mut keys), is_each });
            }
        }
        if !keys.is_empty() {
            stretches.push(Stretch { keys, is_each: false });
        }
        let last = stretches.last().and_then(|stretch| stretch.keys.last())?;
        let last = Finder::new(format!("\"{last}\"").as_bytes()).into_owned();
        Some(Self { stretches, last })
    }

    /// Visits the values at the path until one visit returns true; tells whether one did.
    ///
    /// Null counts as absent. Where the path says `[]` and there is no array, the value itself is
    /// the only item: AWS writes a list of one both ways.
    pub(crate) fn any(&self, record: &str, visit: &mut dyn FnMut(Value<'_>) -> bool) -> bool {
        self.may_lead_into(record)
            && is_shallow(record)
            && any_below(record, &self.stretches, visit)
    }

    /// Tells whether the record may have a value here: most have no such key, and need not be
    /// taken apart to know. A key may also be written in escapes.
    fn may_lead_into(&self, record: &str) -> bool {
        let bytes = record.as_bytes();
        self.last.find(bytes).is_some() || memchr(b'\\', bytes).is_some()
    }
}

/// Tells whether the record nests no deeper than the limit.
///
/// The parser skips what it does not need by recursion, so that a record of a hundred thousand
/// brackets would end the process.
fn is_shallow(record: &str) -> bool {
    // Counted in bytes, as many at once as the processor can.
    let opening =
        |part: &[u8]| -> u8 { part.iter().map(|byte| u8::from(matches!(byte, b'[' | b'{'))).sum() };
    let n_opening: usize = record.as_bytes().chunks(255).map(|it| usize::from(opening(it))).sum();
    if n_opening <= NESTING_MAX {
        return true;
    }
    let (mut depth, mut is_in_text, mut is_escaped) = (0_usize, false, false);
    for byte in record.bytes() {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' if is_in_text => is_escaped = true,
            b'"' => is_in_text = !is_in_text,
            b'[' | b'{' if !is_in_text => depth += 1,
            b']' | b'}' if !is_in_text => depth = depth.saturating_sub(1),
            _ => {}
        }
        if NESTING_MAX < depth {
            return false;
        }
    }
    true
}

// The recursion ends because each step takes one stretch off the path.
fn any_below(json: &str, path: &[Stretch], visit: &mut dyn FnMut(Value<'_>) -> bool) -> bool {
    let Some((stretch, rest)) = path.split_first() else { return any_of_json(json, visit) };
    let Ok(found) = sonic_rs::get(json, &stretch.keys) else { return false };
    if stretch.is_each && found.get_type() == JsonType::Array {
        let Some(items) = found.into_array_iter() else { return false };
        return items.map_while(Result::ok).any(|item| any_below(item.as_raw_str(), rest, visit));
    }
    any_below(found.as_raw_str(), rest, visit)
}

fn any_of_json(json: &str, visit: &mut dyn FnMut(Value<'_>) -> bool) -> bool {
    let no_keys: [&str; 0] = [];
    let Ok(lazy) = sonic_rs::get(json, &no_keys) else { return false };
    value_of(&lazy).is_some_and(visit)
}

fn value_of<'a>(lazy: &'a LazyValue<'_>) -> Option<Value<'a>> {
    match lazy.get_type() {
        JsonType::String => lazy.as_str().map(|text| Value::Text(text.into())),
        JsonType::Number => Some(Value::Number(lazy.as_raw_str().into())),
        JsonType::Boolean => lazy.as_bool().map(Value::Bool),
        JsonType::Object | JsonType::Array => Some(Value::Nested(lazy.as_raw_str().into())),
        JsonType::Null => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(record: &str, path: &str, expected: &[&str]) {
        let mut found = Vec::new();
        Path::parse(path).unwrap().any(record, &mut |value| {
            found.push(value.into_text().into_owned());
            false
        });
        assert_eq!(found, expected, "{path} in {record}");
    }

    #[test]
    fn keys_lead_down_and_brackets_lead_through_items() {
        let record = r#"{"a":{"b":[{"c":[1,2]},{"c":["x\n"]},{"d":3}]}}"#;
        check(record, "a.b[].c[]", &["1", "2", "x\n"]);
        check(record, "a.b[].d", &["3"]);
        check(record, "a.z", &[]);
    }

    #[test]
    fn a_lone_object_is_a_list_of_one_and_null_is_nothing() {
        check(r#"{"a":{"c":true}}"#, "a[].c", &["true"]);
        check(r#"{"a":null}"#, "a", &[]);
        check(r#"{"a":{"c":{"d":1}}}"#, "a.c", &[r#"{"d":1}"#]);
    }

    #[test]
    fn a_key_may_be_written_in_escapes() {
        check(r#"{"a":{"\u0062":1}}"#, "a.b", &["1"]);
        check(r#"{"a":{"b":1}}"#, "a.b", &["1"]);
        check(r#"{"a":{"bb":1},"x":"b"}"#, "a.b", &[]);
    }

    #[test]
    fn broken_records_have_no_values() {
        for record in ["", "{", "[1,2", r#"{"a":"#, r#"{"a":tru}"#, "\u{0}", "nonsense"] {
            check(record, "a.b[].c", &[]);
        }
        let deep = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
        check(&deep, "a", &[]);
        check(&format!(r#"{{"x":{deep},"a":1}}"#), "a", &[]);
    }

    #[test]
    fn brackets_in_texts_do_not_nest() {
        let text = "[".repeat(1_000);
        check(&format!(r#"{{"x":"{text}\"{text}","a":1}}"#), "a", &["1"]);
        let wide = vec!["{}"; 1_000].join(",");
        check(&format!(r#"{{"x":[{wide}],"a":1}}"#), "a", &["1"]);
    }

    #[test]
    fn an_empty_key_is_not_a_path() {
        assert!(Path::parse("a..b").is_none() && Path::parse("a[0].b").is_none());
    }
}
