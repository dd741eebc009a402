//! Patterns over JSON messages: `{ $.eventName = "Delete*" && $.errorCode NOT EXISTS }`.

use memchr::memmem::Finder;
use serde_json::Value as Message;

use super::comparison::{Comparison, Value};
use super::cursor::Cursor;
use super::expression::Expression;
use super::selector::Selector;
use super::{Dialect, Extracted};
use crate::diagnostic::{Diagnostic, Outcome};
use crate::limits::{
    AWS_PATTERN_REGEXES_MAX, AWS_PATTERN_WILDCARDS_MAX, AWS_SELECTOR_WILDCARDS_MAX,
};
use crate::span::Span;

/// A condition over a JSON message.
#[derive(Debug)]
pub(super) struct Json {
    expression: Expression<Condition>,
    /// Texts of which a matching message has one: what has none need not be read as JSON.
    needed: Option<Vec<Finder<'static>>>,
}

#[derive(Debug)]
struct Condition {
    selector: Selector,
    test: Test,
}

#[derive(Debug)]
enum Test {
    Compares(Comparison),
    IsNull,
    IsBool(bool),
    NotExists,
}

impl Json {
    /// Reads `{ … }`; the opening brace comes next.
    pub(super) fn parse(cursor: &mut Cursor<'_>, dialect: Dialect) -> Outcome<Self> {
        let start = cursor.here();
        cursor.next();
        let mut counts = Counts { dialect, wildcards: 0, regexes: 0 };
        let expression = Expression::parse(cursor, &mut |cursor| condition(cursor, &mut counts))?;
        cursor.skip_spaces();
        if cursor.is_at_end() {
            return Err(Diagnostic::error(start, "this brace is never closed"));
        }
        if !cursor.eat("}") {
            return Err(Diagnostic::error(cursor.here(), "`&&`, `||` or `}` is expected here"));
        }
        let needed = needed_texts(&expression)
            .map(|texts| texts.iter().map(|it| Finder::new(it).into_owned()).collect());
        Ok(Self { expression, needed })
    }

    pub(super) fn matches(&self, message: &str) -> bool {
        self.read(message).is_some()
    }

    pub(super) fn extract(&self, message: &str) -> Option<Extracted> {
        let message = self.read(message)?;
        let mut extracted = Extracted::new();
        self.expression.visit(&mut |condition| {
            condition.selector.any(&message, &mut |value| {
                let Some(text) = scalar_text(value) else { return false };
                extracted.entry(condition.selector.text.clone()).or_insert(text);
                true
            });
        });
        Some(extracted)
    }

    /// Returns the message as JSON, if it matches.
    fn read(&self, message: &str) -> Option<Message> {
        if !self.may_match(message) {
            return None;
        }
        let message: Message = serde_json::from_str(message).ok()?;
        self.expression.holds(&|condition| condition.holds(&message)).then_some(message)
    }

    /// Tells in one look at the bytes whether reading them may be worth it.
    ///
    /// A backslash may hide any text, as in `\u0041`; without one, strings stand as they are.
    fn may_match(&self, message: &str) -> bool {
        let bytes = message.as_bytes();
        let Some(needed) = &self.needed else { return true };
        needed.iter().any(|it| it.find(bytes).is_some()) || memchr::memchr(b'\\', bytes).is_some()
    }
}

/// Returns texts of which every matching message has one, where there are such.
fn needed_texts(expression: &Expression<Condition>) -> Option<Vec<String>> {
    match expression {
        Expression::One(condition) => {
            let Test::Compares(comparison) = &condition.test else { return None };
            let text = comparison.needed_text().filter(|it| !it.is_empty())?;
            Some(vec![text.to_owned()])
        }
        Expression::All(parts) => parts.iter().find_map(needed_texts),
        Expression::Any(parts) => {
            let mut texts = Vec::new();
            for part in parts {
                texts.extend(needed_texts(part)?);
            }
            Some(texts)
        }
    }
}

impl Condition {
    fn holds(&self, message: &Message) -> bool {
        match &self.test {
            Test::NotExists => !self.selector.any(message, &mut |_| true),
            Test::IsNull => self.selector.any(message, &mut |it| it.is_null()),
            Test::IsBool(truth) => {
                self.selector.any(message, &mut |it| it.as_bool() == Some(*truth))
            }
            Test::Compares(comparison) => {
                self.selector.any(message, &mut |it| compares(comparison, it))
            }
        }
    }
}

/// Strings and numbers compare with something; nothing else does, not even as `!=`.
fn compares(comparison: &Comparison, value: &Message) -> bool {
    match value {
        Message::String(text) => comparison.holds(Value { text, number: None }),
        Message::Number(number) => {
            comparison.holds(Value { text: &number.to_string(), number: number.as_f64() })
        }
        _ => false,
    }
}

fn scalar_text(value: &Message) -> Option<String> {
    match value {
        Message::String(text) => Some(text.clone()),
        Message::Number(number) => Some(number.to_string()),
        Message::Bool(truth) => Some(truth.to_string()),
        Message::Null | Message::Array(_) | Message::Object(_) => None,
    }
}

/// What AWS counts.
struct Counts {
    dialect: Dialect,
    wildcards: usize,
    regexes: usize,
}

fn condition(cursor: &mut Cursor<'_>, counts: &mut Counts) -> Outcome<Condition> {
    cursor.skip_spaces();
    let start = cursor.position();
    let selector = Selector::parse(cursor)?;
    cursor.skip_spaces();
    let test = test(cursor, counts.dialect)?;
    counts.wildcards += selector.wildcards();
    counts.regexes += usize::from(matches!(&test, Test::Compares(it) if it.is_regular()));
    if counts.dialect == Dialect::Aws {
        let span = Span::new(start, cursor.position());
        let check = |is_kept: bool, message: String| {
            if is_kept { Ok(()) } else { Err(Diagnostic::error(span, message)) }
        };
        check(
            selector.wildcards() <= AWS_SELECTOR_WILDCARDS_MAX,
            format!("AWS takes at most {AWS_SELECTOR_WILDCARDS_MAX} wildcard in a selector"),
        )?;
        check(
            counts.wildcards <= AWS_PATTERN_WILDCARDS_MAX,
            format!(
                "AWS takes at most {AWS_PATTERN_WILDCARDS_MAX} wildcards in the selectors of a pattern"
            ),
        )?;
        check(
            counts.regexes <= AWS_PATTERN_REGEXES_MAX,
            format!("AWS takes at most {AWS_PATTERN_REGEXES_MAX} regular expressions in a pattern"),
        )?;
    }
    Ok(Condition { selector, test })
}

fn test(cursor: &mut Cursor<'_>, dialect: Dialect) -> Outcome<Test> {
    let start = cursor.position();
    if cursor.eat_word("NOT") {
        cursor.skip_spaces();
        if cursor.eat_word("EXISTS") {
            return Ok(Test::NotExists);
        }
        return Err(Diagnostic::error(
            Span::new(start, cursor.here().end),
            "`NOT` is followed by `EXISTS`",
        ));
    }
    if cursor.eat_word("IS") {
        cursor.skip_spaces();
        for (word, test) in
            [("NULL", Test::IsNull), ("TRUE", Test::IsBool(true)), ("FALSE", Test::IsBool(false))]
        {
            if cursor.eat_word(word) {
                return Ok(test);
            }
        }
        let message = "`IS` is followed by `NULL`, `TRUE` or `FALSE`";
        return Err(Diagnostic::error(Span::new(start, cursor.here().end), message)
            .with_hint("there is no `IS NOT`; for a field that is there, write `!= \"\"`"));
    }
    if cursor.eat_word("EXISTS") {
        return Err(Diagnostic::error(
            Span::new(start, cursor.position()),
            "there is only `NOT EXISTS`",
        )
        .with_hint("for a text or a number that is there, write `= \"*\"`"));
    }
    Comparison::parse(cursor, dialect).map(Test::Compares)
}
