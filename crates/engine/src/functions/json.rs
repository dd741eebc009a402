//! Values inside JSON text, by path, without building a tree.

use std::borrow::Cow;

use arrow::array::StringViewBuilder;
use arrow::datatypes::DataType;
use datafusion::common::{DataFusionError, exec_err};
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs, Signature, Volatility};
use haechi_sources::Make;
use memchr::memmem::Finder;
use sonic_rs::{JsonValueTrait, LazyValue, PointerNode};
use std::sync::Arc;

use super::texts::Texts;
use crate::limits::JSON_DEPTH_MAX;

/// What a JSON function makes of the value that it found.
pub(super) type Render = for<'a> fn(&'a LazyValue<'a>) -> Option<Cow<'a, str>>;

/// Returns the signature `(text, text)`.
pub(super) fn signature() -> Signature {
    Signature::string(2, Volatility::Immutable)
}

/// Returns the type of the result.
pub(super) fn result_type() -> DataType {
    DataType::Utf8View
}

/// Finds the value at the path in every row's JSON.
pub(super) fn invoke(
    args: &ScalarFunctionArgs,
    render: Render,
) -> Result<ColumnarValue, DataFusionError> {
    let [json, path] = args.args.as_slice() else {
        return exec_err!("two arguments are needed: the JSON text and a path");
    };
    let (json, path) = (Texts::of(json)?, Texts::of(path)?);
    let fixed = match &path {
        Texts::One(path) => Some(path.as_deref().map(Way::of).transpose()?),
        Texts::Each(_) => None,
    };
    let mut found = StringViewBuilder::with_capacity(args.number_rows);
    for row in 0..args.number_rows {
        let own = match &fixed {
            Some(_) => None,
            None => path.at(row).and_then(|path| Way::of(path).ok()),
        };
        let way = fixed.as_ref().map_or(own.as_ref(), Option::as_ref);
        let value = json.at(row).zip(way).and_then(|(json, way)| way.value_in(json));
        found.append_option(value.as_ref().and_then(render));
    }
    Ok(ColumnarValue::Array(Arc::new(found.finish())))
}

/// Returns what finds the value at a path in one JSON text after the other.
///
/// # Errors
/// The path is none.
pub(super) fn finder(path: &str, render: Render) -> Result<Box<Make>, DataFusionError> {
    let way = Way::of(path)?;
    Ok(Box::new(move |json: &str, found: &mut dyn FnMut(&str)| {
        let value = way.value_in(json);
        if let Some(text) = value.as_ref().and_then(render) {
            found(&text);
        }
    }))
}

/// A path that is ready to be walked in many texts.
struct Way {
    steps: Vec<PointerNode>,
    /// Find its keys, the deepest first: most texts lack one, and need not be walked.
    keys: Vec<Finder<'static>>,
    /// Finds a letter in another spelling.
    spelled: Finder<'static>,
}

impl Way {
    fn of(path: &str) -> Result<Self, DataFusionError> {
        let steps = steps(path)?;
        let keys = steps.iter().rev().filter_map(|step| match step {
            PointerNode::Key(key) => Some(key.as_str()),
            PointerNode::Index(_) => None,
        });
        // Other characters may be written in more ways than one.
        let is_plain = |key: &&str| key.bytes().all(|byte| byte.is_ascii_alphanumeric());
        let keys = keys.filter(is_plain);
        let keys = keys.map(|key| Finder::new(&format!("\"{key}\"")).into_owned()).collect();
        Ok(Self { steps, keys, spelled: Finder::new(b"\\u") })
    }

    /// Finds the value, unless the text is no JSON up to there or nests too deep to be walked.
    fn value_in<'a>(&self, json: &'a str) -> Option<LazyValue<'a>> {
        if !self.may_lead_into(json.as_bytes()) || !is_shallow(json) {
            return None;
        }
        sonic_rs::get(json, &self.steps).ok()
    }

    /// Tells whether the text has every key. Where letters are spelled by number, one may be a
    /// key's.
    fn may_lead_into(&self, json: &[u8]) -> bool {
        let has_all = self.keys.iter().all(|key| key.find(json).is_some());
        has_all || self.spelled.find(json).is_some()
    }
}

/// Reads a path: keys divided by points, indexes in brackets or as numbers, keys with points in
/// quotes: `items[0].tags."kubernetes.io/name"`.
fn steps(path: &str) -> Result<Vec<PointerNode>, DataFusionError> {
    let mut rest = path.strip_prefix("$.").unwrap_or(path);
    let mut steps = Vec::new();
    // Ends because every turn takes at least one character from `rest`.
    while !rest.is_empty() {
        let Some((step, after)) = step(rest) else {
            return exec_err!("`{path}` is not a path such as `items[0].name`");
        };
        steps.push(step);
        rest = match after.strip_prefix('.') {
            Some("") => return exec_err!("the path `{path}` ends with a point"),
            Some(next) => next,
            None => after,
        };
    }
    Ok(steps)
}

/// Takes one step from the front of the path.
fn step(rest: &str) -> Option<(PointerNode, &str)> {
    if let Some(quoted) = rest.strip_prefix('"') {
        let (key, after) = quoted.split_once('"')?;
        let is_end = after.is_empty() || after.starts_with(['.', '[']);
        return is_end.then(|| (key_node(key), after));
    }
    if let Some(bracket) = rest.strip_prefix('[') {
        let (index, after) = bracket.split_once(']')?;
        let is_end = after.is_empty() || after.starts_with(['.', '[']);
        return index
            .parse()
            .ok()
            .filter(|_| is_end)
            .map(|index| (PointerNode::Index(index), after));
    }
    let end = rest.find(['.', '[']).unwrap_or(rest.len());
    let (name, after) = rest.split_at_checked(end)?;
    if name.is_empty() {
        return None;
    }
    let node = name.parse().map_or_else(|_| key_node(name), PointerNode::Index);
    Some((node, after))
}

fn key_node(key: &str) -> PointerNode {
    PointerNode::Key(key.to_owned().into())
}

/// Tells whether the JSON nests less deep than the limit.
pub(super) fn is_shallow(json: &str) -> bool {
    let openings = memchr::memchr2_iter(b'{', b'[', json.as_bytes()).take(JSON_DEPTH_MAX).count();
    openings < JSON_DEPTH_MAX || depth(json.as_bytes()) < JSON_DEPTH_MAX
}

/// Returns how deep the text nests, brackets in strings not counted.
fn depth(json: &[u8]) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    let (mut in_text, mut escaped) = (false, false);
    for &byte in json {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_text => escaped = true,
            b'"' => in_text = !in_text,
            b'{' | b'[' if !in_text => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b'}' | b']' if !in_text => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

/// Returns the text of a string without its quotes and escapes, anything else as JSON, `null` as
/// nothing.
pub(super) fn as_text<'a>(value: &'a LazyValue<'a>) -> Option<Cow<'a, str>> {
    if value.is_null() {
        return None;
    }
    let raw = value.as_raw_str();
    let Some(quoted) = raw.strip_prefix('"') else { return Some(raw.into()) };
    // A string whose escapes are broken (half a surrogate pair) is given as it is written: the
    // reader of a log must not be told that there was nothing.
    let inner = quoted.strip_suffix('"').unwrap_or(quoted);
    Some(value.as_str().unwrap_or(inner).into())
}

/// Returns the value as JSON.
#[expect(clippy::unnecessary_wraps, reason = "it is one of the `Render` functions")]
pub(super) fn as_json<'a>(value: &'a LazyValue<'a>) -> Option<Cow<'a, str>> {
    Some(value.as_raw_str().into())
}

/// Returns the value as Logs Insights shows it: as [`as_text`] does, but true as 1 and false as 0.
pub(super) fn as_shown<'a>(value: &'a LazyValue<'a>) -> Option<Cow<'a, str>> {
    match value.as_raw_str() {
        "true" => Some("1".into()),
        "false" => Some("0".into()),
        _ => as_text(value),
    }
}
