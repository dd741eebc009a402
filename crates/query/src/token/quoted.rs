//! Strings and regular expressions.

use super::{Token, TokenKind, rest};
use crate::ast::Regex;
use crate::diagnostic::{Diagnostic, Outcome};
use crate::span::Span;

/// The byte behind the quote that closes the string at `start`, or nothing.
pub(super) fn string_end(source: &str, start: usize) -> Option<usize> {
    let mut characters = rest(source, start).char_indices();
    let (_, quote) = characters.next()?;
    while let Some((at, character)) = characters.next() {
        if character == '\\' {
            characters.next();
        } else if character == quote {
            return Some(start + at + 1);
        }
    }
    None
}

/// Reads the string at `start`.
pub(super) fn string(source: &str, start: usize) -> Outcome<Token> {
    let Some(end) = string_end(source, start) else {
        let span = Span::new(start, start + 1);
        let hint = "a quote inside the string is written `\\\"`";
        return Err(Diagnostic::error(span, "this string is never closed").with_hint(hint));
    };
    let span = Span::new(start, end);
    let inner = source.get(start + 1..end - 1).unwrap_or_default();
    Ok(Token { kind: TokenKind::String(unescaped(inner)), span })
}

/// The string without escapes. A backslash in front of anything but a quote, a backslash, `n`,
/// `r` or `t` stays, so that `"\d+"` needs no doubling.
fn unescaped(inner: &str) -> String {
    let mut text = String::with_capacity(inner.len());
    let mut characters = inner.chars();
    while let Some(character) = characters.next() {
        if character != '\\' {
            text.push(character);
            continue;
        }
        match characters.next() {
            Some('n') => text.push('\n'),
            Some('r') => text.push('\r'),
            Some('t') => text.push('\t'),
            Some(it @ ('"' | '\'' | '\\')) => text.push(it),
            Some(it) => text.extend(['\\', it]),
            None => text.push('\\'),
        }
    }
    text
}

/// Reads the regular expression whose first slash is at `start`.
pub(crate) fn regex(source: &str, start: usize) -> Outcome<Regex> {
    let mut pattern = String::new();
    let mut class = Class::Outside;
    let mut characters = rest(source, start + 1).char_indices();
    while let Some((at, character)) = characters.next() {
        class = class.behind(character);
        match character {
            '/' if class == Class::Outside => {
                let mut end = start + 1 + at + 1;
                if has_flag(source, end) {
                    pattern.insert_str(0, "(?i)");
                    end += 1;
                }
                return Ok(Regex { pattern, span: Span::new(start, end) });
            }
            '\\' => match characters.next() {
                Some((_, '/')) => pattern.push('/'),
                Some((_, it)) => pattern.extend(['\\', it]),
                None => break,
            },
            it => pattern.push(it),
        }
    }
    let span = Span::new(start, start + 1);
    let hint = "a slash inside the expression is written `\\/`";
    Err(Diagnostic::error(span, "this regular expression is never closed").with_hint(hint))
}

/// Where in `[…]` a regular expression is: a slash in there does not end it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Outside,
    /// Behind `[` or `[^`, where `]` means itself.
    Start,
    Inside,
}

impl Class {
    fn behind(self, character: char) -> Self {
        match (self, character) {
            (Self::Outside, '[') | (Self::Start, '^') => Self::Start,
            (Self::Outside, _) | (Self::Inside, ']') => Self::Outside,
            _ => Self::Inside,
        }
    }
}

/// Whether the word behind the last slash is `i`.
fn has_flag(source: &str, end: usize) -> bool {
    let mut behind = rest(source, end).chars();
    behind.next() == Some('i') && !behind.next().is_some_and(super::is_word_character)
}
