//! A place in a pattern that only moves forward.

use crate::diagnostic::{Diagnostic, Outcome};
use crate::span::Span;

/// A text and how far it has been read.
#[derive(Debug, Clone)]
pub(super) struct Cursor<'a> {
    text: &'a str,
    position: usize,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, position: 0 }
    }

    /// Returns how many bytes have been read.
    pub(super) fn position(&self) -> usize {
        self.position
    }

    /// Returns what has not been read.
    pub(super) fn rest(&self) -> &'a str {
        self.text.get(self.position..).unwrap_or_default()
    }

    /// Returns what was read from a position on.
    pub(super) fn since(&self, start: usize) -> &'a str {
        self.text.get(start..self.position).unwrap_or_default()
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.rest().is_empty()
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    pub(super) fn next(&mut self) -> Option<char> {
        let next = self.peek()?;
        self.position += next.len_utf8();
        Some(next)
    }

    /// Reads exactly this text, if it comes next.
    pub(super) fn eat(&mut self, expected: &str) -> bool {
        let is_next = self.rest().starts_with(expected);
        if is_next {
            self.position += expected.len();
        }
        is_next
    }

    /// Reads this word, in any case, if it comes next and ends there.
    pub(super) fn eat_word(&mut self, expected: &str) -> bool {
        let rest = self.rest();
        let Some(head) = rest.get(..expected.len()) else { return false };
        let goes_on = |it: char| it.is_alphanumeric() || it == '_';
        let is_longer = rest.get(expected.len()..).is_some_and(|it| it.starts_with(goes_on));
        let is_next = head.eq_ignore_ascii_case(expected) && !is_longer;
        if is_next {
            self.position += expected.len();
        }
        is_next
    }

    pub(super) fn skip_spaces(&mut self) {
        self.take_while(char::is_whitespace);
    }

    /// Reads as long as the characters are of a kind.
    pub(super) fn take_while(&mut self, is_of_kind: impl Fn(char) -> bool) -> &'a str {
        let rest = self.rest();
        let length = rest.find(|it| !is_of_kind(it)).unwrap_or(rest.len());
        self.position += length;
        rest.get(..length).unwrap_or_default()
    }

    /// Returns the span of the next character, or of nothing at the end.
    pub(super) fn here(&self) -> Span {
        let length = self.peek().map_or(0, char::len_utf8);
        Span::new(self.position, self.position + length)
    }

    /// Reads `"…"`, in which `\"` and `\\` stand for themselves; the opening quote comes next.
    pub(super) fn quoted(&mut self) -> Outcome<String> {
        let start = self.position;
        self.next();
        let mut text = String::new();
        while let Some(character) = self.next() {
            match character {
                '"' => return Ok(text),
                '\\' if self.eat("\"") => text.push('"'),
                '\\' if self.eat("\\") => text.push('\\'),
                other => text.push(other),
            }
        }
        let span = Span::new(start, self.position);
        Err(Diagnostic::error(span, "this quote is never closed")
            .with_hint("end the phrase with a double quote"))
    }
}
