//! Patterns over fields between spaces: `[ip, user, ..., status=4*, bytes > 1000]`.

use super::comparison::{Comparison, Value, number};
use super::cursor::Cursor;
use super::expression::Expression;
use super::fields::{Field, split};
use super::{Dialect, Extracted};
use crate::diagnostic::{Diagnostic, Outcome};
use crate::limits::AWS_PATTERN_REGEXES_MAX;
use crate::span::Span;

/// Fields in order, with conditions on them.
#[derive(Debug)]
pub(super) struct Delimited {
    /// The names before `...`; all of them without one.
    before: Vec<Option<String>>,
    /// The names after `...`, where there is one.
    after: Option<Vec<Option<String>>>,
    conditions: Vec<Expression<Condition>>,
}

#[derive(Debug)]
struct Condition {
    name: String,
    comparison: Comparison,
}

impl Delimited {
    /// Reads `[ … ]`; the opening bracket comes next.
    pub(super) fn parse(cursor: &mut Cursor<'_>, dialect: Dialect) -> Outcome<Self> {
        let start = cursor.here();
        cursor.next();
        let mut pattern = Self { before: Vec::new(), after: None, conditions: Vec::new() };
        cursor.skip_spaces();
        if cursor.eat("]") {
            // `[]` takes any number of fields and names none.
            pattern.after = Some(Vec::new());
            return Ok(pattern);
        }
        let mut named = Vec::new();
        loop {
            pattern.field(cursor, dialect, &mut named)?;
            cursor.skip_spaces();
            if cursor.eat("]") {
                break;
            }
            if cursor.is_at_end() {
                return Err(Diagnostic::error(start, "this bracket is never closed"));
            }
            if !cursor.eat(",") {
                let message = "`,`, `&&`, `||` or `]` is expected here";
                return Err(Diagnostic::error(cursor.here(), message));
            }
        }
        pattern.check(named, Span::new(start.start, cursor.position()), dialect)?;
        Ok(pattern)
    }

    /// Reads one field: nothing, `...`, a name, or a name with its conditions.
    fn field(
        &mut self,
        cursor: &mut Cursor<'_>,
        dialect: Dialect,
        named: &mut Vec<(String, Span)>,
    ) -> Outcome<()> {
        cursor.skip_spaces();
        let start = cursor.here();
        if cursor.eat("...") {
            if self.after.is_some() {
                let span = Span::new(start.start, cursor.position());
                return Err(Diagnostic::error(span, "`...` may stand only once")
                    .with_hint("with two of them, no one could tell where a field stands"));
            }
            self.after = Some(Vec::new());
            return Ok(());
        }
        let fields = self.after.as_mut().unwrap_or(&mut self.before);
        if matches!(cursor.peek(), Some(',' | ']')) {
            fields.push(None);
            return Ok(());
        }
        let mut ahead = cursor.clone();
        ahead.take_while(|it| it == '(' || it.is_whitespace());
        let name = field_name(&mut ahead)?.to_owned();
        ahead.skip_spaces();
        let is_alone = matches!(ahead.peek(), Some(',' | ']') | None);
        fields.push(Some(name));
        if is_alone {
            *cursor = ahead;
            return Ok(());
        }
        let expression = Expression::parse(cursor, &mut |cursor| {
            cursor.skip_spaces();
            let start = cursor.position();
            let name = field_name(cursor)?.to_owned();
            named.push((name.clone(), Span::new(start, cursor.position())));
            Ok(Condition { name, comparison: Comparison::parse(cursor, dialect)? })
        })?;
        self.conditions.push(expression);
        Ok(())
    }

    fn names(&self) -> impl Iterator<Item = &str> {
        self.before.iter().chain(self.after.iter().flatten()).flatten().map(String::as_str)
    }

    /// Checks that conditions speak of fields that are there, and AWS's limit.
    fn check(&self, named: Vec<(String, Span)>, whole: Span, dialect: Dialect) -> Outcome<()> {
        for (name, span) in named {
            if !self.names().any(|it| it == name) {
                return Err(Diagnostic::error(span, format!("no field has the name `{name}`"))
                    .with_hint("a condition speaks of a field of the same pattern"));
            }
        }
        let mut n_regexes = 0;
        for expression in &self.conditions {
            expression.visit(&mut |it| n_regexes += usize::from(it.comparison.is_regular()));
        }
        if dialect == Dialect::Aws && AWS_PATTERN_REGEXES_MAX < n_regexes {
            let message = format!(
                "AWS takes at most {AWS_PATTERN_REGEXES_MAX} regular expressions in a pattern"
            );
            return Err(Diagnostic::error(whole, message));
        }
        Ok(())
    }

    pub(super) fn matches(&self, message: &str) -> bool {
        let fields = split(message);
        let Some(values) = self.assign(message, &fields) else { return false };
        self.holds(&values)
    }

    pub(super) fn extract(&self, message: &str) -> Option<Extracted> {
        let fields = split(message);
        let values = self.assign(message, &fields)?;
        if !self.holds(&values) {
            return None;
        }
        let key = |(index, (name, value)): (usize, &(Option<&str>, &str))| {
            let name = name.map_or_else(|| (index + 1).to_string(), str::to_owned);
            (format!("${name}"), (*value).to_owned())
        };
        Some(values.iter().enumerate().map(key).collect())
    }

    fn holds(&self, values: &[(Option<&str>, &str)]) -> bool {
        let holds_one = |condition: &Condition| {
            let is_meant = |(name, _): &&(Option<&str>, &str)| *name == Some(&*condition.name);
            let value = values.iter().find(is_meant);
            value.is_some_and(|(_, text)| {
                condition.comparison.holds(Value { text, number: number(text) })
            })
        };
        self.conditions.iter().all(|it| it.holds(&holds_one))
    }

    /// Gives each field of the message the name that the pattern has for it.
    ///
    /// Without `...` the last name takes the rest of the message.
    fn assign<'p, 'm>(
        &'p self,
        message: &'m str,
        fields: &[Field<'m>],
    ) -> Option<Vec<(Option<&'p str>, &'m str)>> {
        let n_after = self.after.as_ref().map_or(0, Vec::len);
        let n_between = fields.len().checked_sub(self.before.len() + n_after)?;
        let mut values: Vec<_> = fields.iter().map(|field| (None, field.value)).collect();
        for (value, name) in values.iter_mut().zip(&self.before) {
            value.0 = name.as_deref();
        }
        if let Some(after) = &self.after {
            let tail = values.iter_mut().skip(self.before.len() + n_between);
            for (value, name) in tail.zip(after) {
                value.0 = name.as_deref();
            }
        } else if 0 < n_between {
            values.truncate(self.before.len());
            let last = fields.get(self.before.len().checked_sub(1)?)?;
            values.last_mut()?.1 = message.get(last.start..)?.trim_end_matches(' ');
        }
        Some(values)
    }
}

fn field_name<'a>(cursor: &mut Cursor<'a>) -> Outcome<&'a str> {
    let name = cursor.take_while(|it| !it.is_whitespace() && !",[](){}=!<>&|\"%*".contains(it));
    if name.is_empty() {
        return Err(Diagnostic::error(cursor.here(), "the name of a field is expected here")
            .with_hint("name every field, or write `...` for any number of them"));
    }
    Ok(name)
}
