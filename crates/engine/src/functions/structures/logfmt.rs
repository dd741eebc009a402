//! `key=value key="value with spaces"`, as many programs log.

use sonic_rs::{Object, Value as Json};

use super::super::by_row::{ByRow, Given, Kind, Value};
use super::super::{Function, Make};

pub(super) const FUNCTION: Function = Function {
    name: "logfmt_map",
    usage: "logfmt_map(text)",
    doc: "Gives the keys and values of a logfmt line as a JSON object; NULL when there are none.",
    example: "logfmt_map('level=info msg=\"it works\"')",
    make: Make::ByRow(ByRow::new(&[Kind::Text], Kind::Text, |values| match *values {
        [Value::Text(text)] => map(text).into(),
        _ => Given::Missing,
    })),
};

fn map(text: &str) -> Option<String> {
    let mut map = Object::new();
    let mut rest = text.trim_start();
    // Ends because every turn takes a word.
    while !rest.is_empty() {
        let end = rest.find(|it: char| it == '=' || it.is_whitespace()).unwrap_or(rest.len());
        let (key, after) = rest.split_at_checked(end)?;
        let (value, after) = match after.strip_prefix('=') {
            Some(after) => value(after),
            None => (String::new(), after),
        };
        if !key.is_empty() && rest.len() != after.len() && rest.get(end..=end) == Some("=") {
            map.insert(&key, Json::from(value.as_str()));
        }
        rest = after.trim_start();
    }
    if map.is_empty() { None } else { sonic_rs::to_string(&map).ok() }
}

/// Takes a value, quoted or up to the next space.
fn value(text: &str) -> (String, &str) {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find(char::is_whitespace).unwrap_or(text.len());
        let (value, after) = text.split_at_checked(end).unwrap_or((text, ""));
        return (value.to_owned(), after);
    };
    let mut value = String::new();
    let mut letters = quoted.char_indices();
    // Ends with the text.
    while let Some((position, letter)) = letters.next() {
        match letter {
            '"' => return (value, quoted.get(position + 1..).unwrap_or_default()),
            '\\' => value.extend(letters.next().map(|(_, letter)| match letter {
                'n' => '\n',
                't' => '\t',
                other => other,
            })),
            other => value.push(other),
        }
    }
    (value, "")
}
