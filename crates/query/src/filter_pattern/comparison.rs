//! One comparison: an operator and what a value is held against.

use regex::bytes::Regex;

use super::cursor::Cursor;
use super::wildcard::Wildcard;
use super::{Dialect, regular};
use crate::diagnostic::{Diagnostic, Outcome};
use crate::span::Span;

/// An operator and its right side.
#[derive(Debug)]
pub(super) struct Comparison {
    operator: Operator,
    right: Right,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operator {
    Equal,
    NotEqual,
    LessOrEqual,
    GreaterOrEqual,
    Less,
    Greater,
}

/// Longer signs before those that they begin with. `==` is not AWS's, but what people write.
const SIGNS: &[(&str, Operator)] = &[
    ("==", Operator::Equal),
    ("=", Operator::Equal),
    ("!=", Operator::NotEqual),
    ("<=", Operator::LessOrEqual),
    (">=", Operator::GreaterOrEqual),
    ("<", Operator::Less),
    (">", Operator::Greater),
];

#[derive(Debug)]
enum Right {
    /// In quotes: text, whatever it looks like.
    Text(Wildcard),
    /// A bare number: equal to the text `404` and to the number 404.0.
    Number(Wildcard, f64),
    Expression(Regex),
}

/// A value that a comparison is asked of.
#[derive(Debug, Clone, Copy)]
pub(super) struct Value<'a> {
    /// How it is written.
    pub text: &'a str,
    /// What it amounts to, if it is a number.
    pub number: Option<f64>,
}

impl Comparison {
    /// Reads an operator and what it compares with.
    pub(super) fn parse(cursor: &mut Cursor<'_>, dialect: Dialect) -> Outcome<Self> {
        cursor.skip_spaces();
        let start = cursor.position();
        let Some((_, operator)) = SIGNS.iter().find(|(sign, _)| cursor.eat(sign)) else {
            let message = "an operator is expected here";
            return Err(Diagnostic::error(cursor.here(), message).with_hint(
                "use one of =, !=, <, <=, >, >=, IS NULL, IS TRUE, IS FALSE, NOT EXISTS",
            ));
        };
        cursor.skip_spaces();
        let right = Right::parse(cursor, dialect)?;
        let is_order = !matches!(operator, Operator::Equal | Operator::NotEqual);
        if is_order && !matches!(right, Right::Number(..)) {
            let span = Span::new(start, cursor.position());
            return Err(Diagnostic::error(span, "only a number is more or less than another")
                .with_hint("compare texts with = or !="));
        }
        Ok(Self { operator: *operator, right })
    }

    /// Tells whether the value passes.
    pub(super) fn holds(&self, value: Value<'_>) -> bool {
        match self.operator {
            Operator::Equal => self.right.is_equal(value),
            Operator::NotEqual => !self.right.is_equal(value),
            order => {
                let (Right::Number(_, right), Some(left)) = (&self.right, value.number) else {
                    return false;
                };
                match order {
                    Operator::Less => left < *right,
                    Operator::LessOrEqual => left <= *right,
                    Operator::Greater => *right < left,
                    _ => *right <= left,
                }
            }
        }
    }

    /// Returns a text that a value must hold to pass, where there is one.
    pub(super) fn needed_text(&self) -> Option<&str> {
        match (&self.operator, &self.right) {
            (Operator::Equal, Right::Text(text)) => Some(text.longest_piece()),
            _ => None,
        }
    }

    /// Tells whether it holds a regular expression.
    pub(super) fn is_regular(&self) -> bool {
        matches!(self.right, Right::Expression(_))
    }
}

impl Right {
    fn parse(cursor: &mut Cursor<'_>, dialect: Dialect) -> Outcome<Self> {
        match cursor.peek() {
            Some('"') => Ok(Self::Text(Wildcard::new(&cursor.quoted()?))),
            Some('%') => Ok(Self::Expression(regular::parse(cursor, dialect)?)),
            _ => {
                let word = cursor.take_while(is_bare);
                if word.is_empty() {
                    let message = "a value is expected here";
                    return Err(Diagnostic::error(cursor.here(), message)
                        .with_hint("write a number, a word, \"a text\" or %an expression%"));
                }
                let text = Wildcard::new(word);
                Ok(number(word).map_or(Self::Text(text.clone()), |it| Self::Number(text, it)))
            }
        }
    }

    fn is_equal(&self, value: Value<'_>) -> bool {
        match self {
            Self::Text(text) => text.matches(value.text),
            Self::Number(text, number) => {
                let is_same = value.number.is_some_and(|it| it.total_cmp(number).is_eq());
                is_same || text.matches(value.text)
            }
            Self::Expression(expression) => expression.is_match(value.text.as_bytes()),
        }
    }
}

/// Tells whether a character may stand in a value without quotes.
fn is_bare(character: char) -> bool {
    !character.is_whitespace() && !"&|(){}[],\"%<>=!".contains(character)
}

/// Reads a number as JSON and AWS write them; no `inf`, no `nan`.
pub(super) fn number(text: &str) -> Option<f64> {
    let begins = text.trim_start_matches(['+', '-']).starts_with(|it: char| it.is_ascii_digit());
    if begins { text.parse().ok() } else { None }
}
