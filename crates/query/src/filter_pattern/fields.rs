//! A message cut at its spaces; `"…"` and `[…]` hold fields with spaces.

/// One field: its value without brackets, and where it begins with them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Field<'a> {
    pub value: &'a str,
    pub start: usize,
}

/// Cuts a message into fields.
pub(super) fn split(message: &str) -> Vec<Field<'_>> {
    let mut fields = Vec::new();
    let mut position = 0;
    while let Some(rest) = message.get(position..) {
        let text = rest.trim_start_matches(' ');
        let start = position + rest.len() - text.len();
        if text.is_empty() {
            break;
        }
        let (value, length) = bracketed(text).unwrap_or_else(|| word(text));
        fields.push(Field { value, start });
        position = start + length;
    }
    fields
}

/// Returns the field in brackets or quotes and its length with them, if they are closed.
fn bracketed(text: &str) -> Option<(&str, usize)> {
    let close = match text.chars().next()? {
        '"' => '"',
        '[' => ']',
        _ => return None,
    };
    let inside = text.get(1..)?;
    let mut is_escaped = false;
    for (offset, character) in inside.char_indices() {
        if character == close && !is_escaped {
            return Some((inside.get(..offset)?, offset + 2));
        }
        is_escaped = character == '\\' && !is_escaped;
    }
    None
}

fn word(text: &str) -> (&str, usize) {
    let word = text.split(' ').next().unwrap_or_default();
    (word, word.len())
}
