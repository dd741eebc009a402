//! Patterns made coarser, so that there are fewer of them.
//!
//! Each step builds on the one before, and taking a step twice is taking it once: it does not
//! matter when a pattern was made how coarse.

use std::borrow::Cow;

use super::words::TOKEN;

/// How coarse patterns can get; then there is only one.
pub(crate) const LEVEL_MAX: u32 = 5;
/// Keys of JSON whose values say what kind of thing it is: their endings, in small letters.
const TELLING: &[&str] = &[
    "name", "type", "code", "source", "level", "status", "action", "method", "severity", "category",
];
/// Keys that end so and name somebody.
const NAMING: &[&str] = &["username", "bucketname", "hostname", "filename", "domainname"];
/// What is left of a line at the last step but one.
const START_WORDS: usize = 3;
const START_BYTES: usize = 200;

/// Takes the steps from one level to another.
pub(crate) fn coarse(pattern: &str, from: u32, to: u32) -> Cow<'_, str> {
    let mut pattern = Cow::Borrowed(pattern);
    for level in from.saturating_add(1)..=to.min(LEVEL_MAX) {
        pattern = Cow::Owned(match level {
            1 => quoted(&pattern, |_, key| !key.is_some_and(tells)),
            2 => quoted(&pattern, |is_key, _| !is_key),
            3 => quoted(&pattern, |_, _| true),
            4 => start(&pattern),
            _ => "…".to_owned(),
        });
    }
    pattern
}

/// Tells whether the values of a key say what kind of thing it is.
fn tells(key: &str) -> bool {
    let key = key.to_ascii_lowercase();
    let ends = |known: &[&str]| known.iter().any(|ending| key.ends_with(ending));
    ends(TELLING) && !ends(NAMING)
}

/// Puts a token in the place of texts in quotes: those for which it is asked whether they are keys,
/// and what the last key was.
fn quoted(pattern: &str, is_replaced: impl Fn(bool, Option<&str>) -> bool) -> String {
    let mut text = String::with_capacity(pattern.len());
    let mut key = None;
    let mut rest = pattern;
    // Ends because every turn takes at least the quote.
    while let Some((before, from)) = rest.split_once('"') {
        text.push_str(before);
        text.push('"');
        let end = end_of_text(from);
        let (inner, after) = from.split_at_checked(end).unwrap_or((from, ""));
        let behind = after.get(1..).unwrap_or_default();
        let is_key = behind.trim_start().starts_with(':');
        let is_kept =
            if is_key { !is_replaced(true, Some("name")) } else { !is_replaced(false, key) };
        text.push_str(if is_kept { inner } else { TOKEN });
        if is_key {
            key = Some(inner);
        }
        if !after.is_empty() {
            text.push('"');
        }
        rest = behind;
    }
    text.push_str(rest);
    text
}

/// Returns where the quote is that ends a text, or the end of everything.
fn end_of_text(text: &str) -> usize {
    let mut is_escaped = false;
    for (place, byte) in text.bytes().enumerate() {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = true,
            b'"' => return place,
            _ => {}
        }
    }
    text.len()
}

/// Returns the first words.
fn start(pattern: &str) -> String {
    let mut words = pattern.split_whitespace();
    let mut start = words.by_ref().take(START_WORDS).collect::<Vec<_>>().join(" ");
    let mut is_cut = words.next().is_some();
    if START_BYTES < start.len() {
        let mut end = START_BYTES;
        // Ends at the start of the text, if not before.
        while !start.is_char_boundary(end) {
            end -= 1;
        }
        start.truncate(end);
        start.truncate(start.trim_end().len());
        is_cut = true;
    }
    if is_cut && !start.ends_with('…') { start + " …" } else { start }
}
