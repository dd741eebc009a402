//! One value of one field, wherever it came from.

use std::borrow::Cow;

use crate::limits::VALUE_CHARACTERS_MAX;

/// A value of a column or of a place in a record.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value<'a> {
    /// Text.
    Text(Cow<'a, str>),
    /// A number as it is written.
    Number(Cow<'a, str>),
    /// A truth value.
    Bool(bool),
    /// The JSON text of an object or an array.
    Nested(Cow<'a, str>),
}

impl<'a> Value<'a> {
    /// Returns the text, or the spelling of what is not text.
    pub(crate) fn into_text(self) -> Cow<'a, str> {
        match self {
            Self::Text(text) | Self::Number(text) | Self::Nested(text) => text,
            Self::Bool(true) => Cow::Borrowed("true"),
            Self::Bool(false) => Cow::Borrowed("false"),
        }
    }

    /// Returns the text of a scalar.
    pub(crate) fn scalar(&self) -> Option<&str> {
        match self {
            Self::Text(text) | Self::Number(text) => Some(text),
            Self::Bool(true) => Some("true"),
            Self::Bool(false) => Some("false"),
            Self::Nested(_) => None,
        }
    }

    /// Returns the number, written as a number or as text.
    pub(crate) fn number(&self) -> Option<f64> {
        match self {
            Self::Text(text) | Self::Number(text) => text.trim().parse().ok(),
            Self::Bool(_) | Self::Nested(_) => None,
        }
    }
}

/// Returns the text as a sentence may show it: one line, no control or direction marks, cut.
///
/// Log text is in an attacker's hands; a terminal or a reader must not be.
pub(crate) fn shown(text: &str) -> String {
    let mut shown: String = text
        .chars()
        .take(VALUE_CHARACTERS_MAX)
        .map(|letter| if is_disruptive(letter) { '\u{fffd}' } else { letter })
        .collect();
    if text.chars().nth(VALUE_CHARACTERS_MAX).is_some() {
        shown.push('…');
    }
    shown
}

fn is_disruptive(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_that_would_steer_a_terminal_is_defused() {
        assert_eq!(shown("a\u{1b}[31mb\nc\u{202e}d"), "a\u{fffd}[31mb\u{fffd}c\u{fffd}d");
    }

    #[test]
    fn long_text_is_cut_between_characters() {
        let shown = shown(&"가".repeat(500));
        assert_eq!(shown.chars().count(), VALUE_CHARACTERS_MAX + 1);
    }
}
