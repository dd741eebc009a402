//! Places in a JSON message: `$.a.b[0]`, `$.a[*].b`, `$.*`, `$.['a.b']`.

use serde_json::Value;

use super::cursor::Cursor;
use crate::diagnostic::{Diagnostic, Outcome};
use crate::span::Span;

/// A place in a JSON message, or several with wildcards.
#[derive(Debug)]
pub(super) struct Selector {
    /// As it is written.
    pub text: String,
    steps: Vec<Step>,
}

#[derive(Debug, PartialEq, Eq)]
enum Step {
    Key(String),
    Index(usize),
    AnyKey,
    AnyElement,
}

impl Selector {
    pub(super) fn parse(cursor: &mut Cursor<'_>) -> Outcome<Self> {
        cursor.skip_spaces();
        let start = cursor.position();
        if !cursor.eat("$") {
            return Err(Diagnostic::error(cursor.here(), "a selector is expected here")
                .with_hint("a selector begins with `$.`, such as `$.errorCode`"));
        }
        let mut steps = Vec::new();
        loop {
            match cursor.peek() {
                Some('.') => {
                    cursor.next();
                    steps.push(after_point(cursor)?);
                }
                Some('[') => steps.push(in_brackets(cursor)?),
                _ => break,
            }
        }
        if steps.is_empty() {
            let span = Span::new(start, cursor.position());
            return Err(Diagnostic::error(span, "the selector names no field")
                .with_hint("a selector begins with `$.`, such as `$.errorCode`"));
        }
        Ok(Self { text: cursor.since(start).to_owned(), steps })
    }

    /// Returns how many wildcards it has.
    pub(super) fn wildcards(&self) -> usize {
        let is_wild = |step: &&Step| matches!(step, Step::AnyKey | Step::AnyElement);
        self.steps.iter().filter(is_wild).count()
    }

    /// Tells whether a value that it points to is as wanted; visits no value twice.
    pub(super) fn any(&self, message: &Value, is_wanted: &mut dyn FnMut(&Value) -> bool) -> bool {
        any(&self.steps, message, is_wanted)
    }
}

/// Recursion goes only as deep as the message, whose reader bounds it.
fn any(steps: &[Step], value: &Value, is_wanted: &mut dyn FnMut(&Value) -> bool) -> bool {
    let Some((step, rest)) = steps.split_first() else { return is_wanted(value) };
    match (step, value) {
        (Step::Key(key), Value::Object(fields)) => {
            fields.get(key).is_some_and(|it| any(rest, it, is_wanted))
        }
        (Step::Index(index), Value::Array(elements)) => {
            elements.get(*index).is_some_and(|it| any(rest, it, is_wanted))
        }
        (Step::AnyKey, Value::Object(fields)) => fields.values().any(|it| any(rest, it, is_wanted)),
        (Step::AnyElement, Value::Array(elements)) => {
            elements.iter().any(|it| any(rest, it, is_wanted))
        }
        _ => false,
    }
}

fn after_point(cursor: &mut Cursor<'_>) -> Outcome<Step> {
    match cursor.peek() {
        Some('[') => return in_brackets(cursor),
        Some('*') => {
            cursor.next();
            return Ok(Step::AnyKey);
        }
        _ => {}
    }
    let key = cursor.take_while(is_key);
    if key.is_empty() {
        return Err(Diagnostic::error(cursor.here(), "a field is expected after the point")
            .with_hint("a field with points in its name is written `['a.b']`"));
    }
    Ok(Step::Key(key.to_owned()))
}

fn is_key(character: char) -> bool {
    !character.is_whitespace() && !".[](){}=!<>&|,\"'*%".contains(character)
}

fn in_brackets(cursor: &mut Cursor<'_>) -> Outcome<Step> {
    let start = cursor.position();
    cursor.next();
    cursor.skip_spaces();
    let step = match cursor.peek() {
        Some('*') => {
            cursor.next();
            Step::AnyElement
        }
        Some(quote @ ('\'' | '"')) => {
            cursor.next();
            let key = cursor.take_while(|it| it != quote).to_owned();
            cursor.next();
            Step::Key(key)
        }
        _ => {
            let digits = cursor.take_while(|it| it.is_ascii_digit());
            let Ok(index) = digits.parse() else {
                let span = Span::new(start, cursor.here().end);
                return Err(Diagnostic::error(span, "brackets hold no index")
                    .with_hint("write [0], [*] or ['a.b']"));
            };
            Step::Index(index)
        }
    };
    cursor.skip_spaces();
    if !cursor.eat("]") {
        let span = Span::new(start, cursor.position());
        return Err(Diagnostic::error(span, "this bracket is never closed"));
    }
    Ok(step)
}
