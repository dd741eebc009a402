//! Conditions joined by `&&` and `||`.

use super::cursor::Cursor;
use crate::diagnostic::{Diagnostic, Outcome};
use crate::limits::PATTERN_NESTING_MAX;

/// Conditions joined by `&&` and `||`; `&&` binds more tightly.
#[derive(Debug)]
pub(super) enum Expression<Condition> {
    One(Condition),
    All(Vec<Self>),
    Any(Vec<Self>),
}

/// Reads one condition.
pub(super) type ReadOne<'f, Condition> = &'f mut dyn FnMut(&mut Cursor<'_>) -> Outcome<Condition>;

impl<Condition> Expression<Condition> {
    /// Reads as far as the expression goes.
    pub(super) fn parse(
        cursor: &mut Cursor<'_>,
        read_one: ReadOne<'_, Condition>,
    ) -> Outcome<Self> {
        Self::any(cursor, read_one, 0)
    }

    fn any(
        cursor: &mut Cursor<'_>,
        read_one: ReadOne<'_, Condition>,
        depth: usize,
    ) -> Outcome<Self> {
        let mut parts = vec![Self::all(cursor, read_one, depth)?];
        while has_next(cursor, "||") {
            parts.push(Self::all(cursor, read_one, depth)?);
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { Self::Any(parts) })
    }

    fn all(
        cursor: &mut Cursor<'_>,
        read_one: ReadOne<'_, Condition>,
        depth: usize,
    ) -> Outcome<Self> {
        let mut parts = vec![Self::one(cursor, read_one, depth)?];
        while has_next(cursor, "&&") {
            parts.push(Self::one(cursor, read_one, depth)?);
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { Self::All(parts) })
    }

    fn one(
        cursor: &mut Cursor<'_>,
        read_one: ReadOne<'_, Condition>,
        depth: usize,
    ) -> Outcome<Self> {
        cursor.skip_spaces();
        let start = cursor.here();
        if !cursor.eat("(") {
            return read_one(cursor).map(Self::One);
        }
        if PATTERN_NESTING_MAX <= depth {
            let message = format!("parentheses stand more than {PATTERN_NESTING_MAX} deep");
            return Err(Diagnostic::error(start, message));
        }
        let inner = Self::any(cursor, read_one, depth + 1)?;
        cursor.skip_spaces();
        if !cursor.eat(")") {
            return Err(Diagnostic::error(start, "this parenthesis is never closed"));
        }
        Ok(inner)
    }

    /// Tells whether the expression holds, given how to tell it of one condition.
    pub(super) fn holds(&self, holds_one: &dyn Fn(&Condition) -> bool) -> bool {
        match self {
            Self::One(condition) => holds_one(condition),
            Self::All(parts) => parts.iter().all(|part| part.holds(holds_one)),
            Self::Any(parts) => parts.iter().any(|part| part.holds(holds_one)),
        }
    }

    /// Visits every condition, in the order of the text.
    pub(super) fn visit(&self, visitor: &mut dyn FnMut(&Condition)) {
        match self {
            Self::One(condition) => visitor(condition),
            Self::All(parts) | Self::Any(parts) => {
                for part in parts {
                    part.visit(visitor);
                }
            }
        }
    }
}

fn has_next(cursor: &mut Cursor<'_>, sign: &str) -> bool {
    cursor.skip_spaces();
    cursor.eat(sign)
}
