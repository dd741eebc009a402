//! Text that cannot speak to the terminal.
//!
//! Control characters move cursors, set titles and answer for the user; bidirectional overrides
//! show text in another order than it has; invisible characters make two names look like one. All
//! of them are shown by their numbers. The Unicode Consortium's UTS #55 tells the attacks.

use std::borrow::Cow;
use std::fmt::Write;

/// Returns the text in one line.
pub(super) fn printable(text: &str) -> Cow<'_, str> {
    escaped(text, is_harmful)
}

/// Returns the text with its line breaks.
#[must_use]
pub fn printable_lines(text: &str) -> Cow<'_, str> {
    escaped(text, |letter| letter != '\n' && is_harmful(letter))
}

/// Tells whether the letter does something else than stand there.
pub(super) fn is_harmful(letter: char) -> bool {
    let is_invisible = matches!(
        letter,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{180e}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{3164}' | '\u{feff}' | '\u{ffa0}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}'
    );
    letter.is_control() || is_invisible
}

fn escaped(text: &str, is_escaped: impl Fn(char) -> bool) -> Cow<'_, str> {
    if !text.chars().any(&is_escaped) {
        return text.into();
    }
    let mut safe = String::with_capacity(text.len() + 16);
    for letter in text.chars() {
        match letter {
            _ if !is_escaped(letter) => safe.push(letter),
            '\n' => safe.push_str("\\n"),
            '\r' => safe.push_str("\\r"),
            '\t' => safe.push_str("\\t"),
            // Writing to a string cannot fail.
            _ => _ = write!(safe, "\\u{{{:x}}}", u32::from(letter)),
        }
    }
    safe.into()
}
