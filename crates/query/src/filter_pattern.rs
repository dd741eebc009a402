//! Filter patterns: the small language of metric filters, subscription filters and live tail.
//!
//! A pattern is compiled once and then asked of many messages. It has one of three shapes: terms
//! (`ERROR -timeout`), JSON (`{ $.status >= 500 }`) or space-delimited fields
//! (`[ip, ..., status=5*]`). Where AWS's documentation is silent, `docs/src/filter-patterns.md`
//! says what we decided.

mod comparison;
mod cursor;
mod delimited;
mod expression;
mod fields;
mod json;
mod regular;
mod selector;
mod terms;
mod wildcard;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use self::cursor::Cursor;
use crate::diagnostic::{Diagnostic, Outcome};
use crate::span::Span;

/// A compiled filter pattern.
#[derive(Debug)]
pub struct FilterPattern {
    shape: Shape,
}

#[derive(Debug)]
enum Shape {
    Terms(terms::Terms),
    Json(json::Json),
    Delimited(delimited::Delimited),
}

/// Whose limits a pattern keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// Ours: what makes sense is allowed.
    Open,
    /// AWS's: what its service refuses is refused, so that a pattern that passes here passes there.
    Aws,
}

/// What a pattern takes out of a message: `$.path`, `$name` or `$1`, and the value.
pub type Extracted = BTreeMap<String, String>;

impl FilterPattern {
    /// Compiles a pattern.
    ///
    /// # Errors
    /// The text is not a pattern; the error says where and why.
    pub fn compile(text: &str, dialect: Dialect) -> Outcome<Self> {
        check_length(text, dialect)?;
        let mut cursor = Cursor::new(text);
        cursor.skip_spaces();
        let shape = match cursor.peek() {
            Some('{') => Shape::Json(json::Json::parse(&mut cursor, dialect)?),
            Some('[') => Shape::Delimited(delimited::Delimited::parse(&mut cursor, dialect)?),
            _ => return terms::Terms::parse(&mut cursor, dialect).map(Self::of_terms),
        };
        cursor.skip_spaces();
        if !cursor.is_at_end() {
            let span = Span::new(cursor.position(), text.len());
            return Err(Diagnostic::error(span, "the pattern goes on after its closing bracket")
                .with_hint("put a pattern of words that begins with a bracket in double quotes"));
        }
        Ok(Self { shape })
    }

    fn of_terms(terms: terms::Terms) -> Self {
        Self { shape: Shape::Terms(terms) }
    }

    /// Tells whether the message matches.
    #[must_use]
    pub fn matches(&self, message: &str) -> bool {
        match &self.shape {
            Shape::Terms(terms) => terms.matches(message),
            Shape::Json(json) => json.matches(message),
            Shape::Delimited(delimited) => delimited.matches(message),
        }
    }

    /// Returns what the pattern takes out of the message, or nothing when it does not match.
    #[must_use]
    pub fn extract(&self, message: &str) -> Option<Extracted> {
        match &self.shape {
            Shape::Terms(terms) => terms.matches(message).then(Extracted::new),
            Shape::Json(json) => json.extract(message),
            Shape::Delimited(delimited) => delimited.extract(message),
        }
    }

    /// Returns what is allowed but surely not meant.
    #[must_use]
    pub fn warnings(&self) -> &[Diagnostic] {
        match &self.shape {
            Shape::Terms(terms) => &terms.warnings,
            Shape::Json(_) | Shape::Delimited(_) => &[],
        }
    }
}

fn check_length(text: &str, dialect: Dialect) -> Outcome<()> {
    let (longest, whose) = match dialect {
        Dialect::Open => (crate::limits::PATTERN_CHARACTERS_MAX, "haechi"),
        Dialect::Aws => (crate::limits::AWS_PATTERN_CHARACTERS_MAX, "AWS"),
    };
    let Some((at, _)) = text.char_indices().nth(longest) else { return Ok(()) };
    let message = format!("a pattern has at most {longest} characters for {whose}");
    Err(Diagnostic::error(Span::new(at, text.len()), message))
}
