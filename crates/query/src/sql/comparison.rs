//! Comparisons: what is compared as what is decided here, once, from what the text tells.
//!
//! A field that has a column is compared as it is, so that statistics and bloom filters can answer.
//! `status = 200` and `status = "200"` mean the same. Nothing compares with a list or an object,
//! and a comparison with a missing value is neither true nor false.

use super::kind::{Kind, Literal, Term};
use super::text;
use crate::ast::BinaryOperator;

/// Lowers a comparison.
pub(super) fn compare(operator: BinaryOperator, left: &Term, right: &Term) -> Term {
    Term::new(compared(operator, left, right), Kind::Boolean)
}

fn compared(operator: BinaryOperator, left: &Term, right: &Term) -> String {
    if left.literal.is_some() && right.literal.is_none() {
        return compared(turned(operator), right, left);
    }
    let sign = sign(operator);
    match (left.kind, &right.literal) {
        (Kind::Structure, _) => "FALSE".to_owned(),
        _ if right.kind == Kind::Structure => "FALSE".to_owned(),
        (Kind::Text | Kind::Dynamic, Some(Literal::Text(literal))) => {
            text_with_text(operator, left, literal)
        }
        (Kind::Integer, Some(Literal::Integer(_))) => {
            format!("({} {sign} {})", left.sql, right.sql)
        }
        (Kind::Integer | Kind::Number, Some(Literal::Text(literal))) => {
            match (literal.trim().parse::<i64>(), number_of(literal)) {
                (Ok(number), _) if left.kind == Kind::Integer => {
                    format!("({} {sign} {})", left.sql, Term::of_integer(number).sql)
                }
                (_, Some(number)) => {
                    format!("({} {sign} {})", left.as_number(), text::number(number))
                }
                // No number is the text; each number is something else than it.
                _ => with_other(operator, left),
            }
        }
        (Kind::Boolean, Some(literal)) => boolean_with(operator, left, literal),
        (Kind::Time, Some(literal)) => time_with(operator, left, literal, right),
        _ => with_value(operator, left, right),
    }
}

/// Two values of which none is written in the query, or a text and a number.
fn with_value(operator: BinaryOperator, left: &Term, right: &Term) -> String {
    let sign = sign(operator);
    let is_equality = matches!(operator, BinaryOperator::Equal | BinaryOperator::NotEqual);
    if left.kind == right.kind && !left.is_text() {
        return format!("({} {sign} {})", left.sql, right.sql);
    }
    if left.is_text() && right.is_text() {
        if is_equality {
            return format!("({} {sign} {})", left.sql, right.sql);
        }
        return format!("(natural_compare({}, {}) {sign} 0)", left.sql, right.sql);
    }
    format!("({} {sign} {})", left.as_number(), right.as_number())
}

fn text_with_text(operator: BinaryOperator, left: &Term, literal: &str) -> String {
    let sign = sign(operator);
    let is_equality = matches!(operator, BinaryOperator::Equal | BinaryOperator::NotEqual);
    if let (false, Some(number)) = (is_equality, number_of(literal)) {
        return format!("({} {sign} {})", left.as_number(), text::number(number));
    }
    // Truth values of JSON are shown as 1 and 0, and written `true` and `false` there.
    let shown = match literal {
        "true" => Some("1"),
        "false" => Some("0"),
        _ => None,
    };
    let literal = text::string(literal);
    match (shown, left.kind, operator) {
        (Some(shown), Kind::Dynamic, BinaryOperator::Equal) => {
            format!("({} IN ({literal}, '{shown}'))", left.sql)
        }
        (Some(shown), Kind::Dynamic, BinaryOperator::NotEqual) => {
            format!("({} NOT IN ({literal}, '{shown}'))", left.sql)
        }
        _ => format!("({} {sign} {literal})", left.sql),
    }
}

fn boolean_with(operator: BinaryOperator, left: &Term, literal: &Literal) -> String {
    let value = match literal {
        Literal::Boolean(value) => Some(*value),
        Literal::Integer(1) => Some(true),
        Literal::Integer(0) => Some(false),
        Literal::Text(text) => match text.as_str() {
            "true" | "1" => Some(true),
            "false" | "0" => Some(false),
            _ => None,
        },
        _ => None,
    };
    let is_equality = matches!(operator, BinaryOperator::Equal | BinaryOperator::NotEqual);
    match value {
        Some(value) if is_equality => {
            let value = if value { "TRUE" } else { "FALSE" };
            format!("({} {} {value})", left.sql, sign(operator))
        }
        None if is_equality => with_other(operator, left),
        _ => {
            let number = match literal {
                Literal::Text(text) => number_of(text),
                Literal::Number(number) => Some(*number),
                #[expect(clippy::cast_precision_loss, reason = "it is compared with 0 and 1")]
                Literal::Integer(number) => Some(*number as f64),
                Literal::Boolean(value) => Some(f64::from(u8::from(*value))),
            };
            match number {
                Some(number) => {
                    format!("({} {} {})", left.as_number(), sign(operator), text::number(number))
                }
                None => with_other(operator, left),
            }
        }
    }
}

/// Compares a moment with milliseconds since 1970, or with a time in quotes.
fn time_with(operator: BinaryOperator, left: &Term, literal: &Literal, right: &Term) -> String {
    let micros = match literal {
        Literal::Integer(millis) => millis.checked_mul(1_000),
        Literal::Text(written) => match written.trim().parse::<i64>() {
            Ok(millis) => millis.checked_mul(1_000),
            Err(_) => time_of(written),
        },
        _ => None,
    };
    match (micros, literal) {
        (Some(micros), _) => {
            format!("({} {} {})", left.sql, sign(operator), text::moment(micros))
        }
        (None, Literal::Text(_)) => with_other(operator, left),
        _ => format!("({} {} {})", left.as_number(), sign(operator), right.as_number()),
    }
}

fn time_of(written: &str) -> Option<i64> {
    let spaced = written.trim().replacen(' ', "T", 1);
    haechi_model::Timestamp::parse(&spaced).ok().map(|it| it.0)
}

/// Compares with something that no value of this kind is: `!=` is true, everything else false.
fn with_other(operator: BinaryOperator, left: &Term) -> String {
    let is_other = if operator == BinaryOperator::NotEqual { "TRUE" } else { "FALSE" };
    format!("(CASE WHEN {} IS NOT NULL THEN {is_other} END)", left.sql)
}

/// Lowers `value in [list]`.
pub(super) fn is_in(value: &Term, list: &[Term]) -> String {
    if list.is_empty() {
        return format!("(CASE WHEN {} IS NOT NULL THEN FALSE END)", value.sql);
    }
    let is_plain = |item: &Term| match (&item.literal, value.kind) {
        (Some(Literal::Text(text)), Kind::Text) => !text.is_empty() || item.is_text(),
        (Some(Literal::Text(text)), Kind::Dynamic) => !matches!(text.as_str(), "true" | "false"),
        (Some(Literal::Integer(_)), Kind::Integer) => true,
        _ => false,
    };
    let (plain, others): (Vec<&Term>, Vec<&Term>) = list.iter().partition(|it| is_plain(it));
    let mut found = Vec::new();
    if !plain.is_empty() {
        let items: Vec<&str> = plain.iter().map(|it| it.sql.as_str()).collect();
        found.push(format!("{} IN ({})", value.sql, items.join(", ")));
    }
    let numbers: Vec<f64> = if value.is_text() { numbers_of(&others) } else { Vec::new() };
    if !numbers.is_empty() {
        let items: Vec<String> = numbers.iter().map(|it| text::number(*it)).collect();
        found.push(format!("{} IN ({})", value.as_number(), items.join(", ")));
    }
    for item in others {
        let is_number = matches!(item.literal, Some(Literal::Integer(_) | Literal::Number(_)));
        if !(is_number && value.is_text()) {
            found.push(compared(BinaryOperator::Equal, value, item));
        }
    }
    format!("({})", found.join(" OR "))
}

fn numbers_of(terms: &[&Term]) -> Vec<f64> {
    let number = |term: &&Term| match &term.literal {
        #[expect(clippy::cast_precision_loss, reason = "texts are compared as such numbers")]
        Some(Literal::Integer(number)) => Some(*number as f64),
        Some(Literal::Number(number)) => Some(*number),
        _ => None,
    };
    terms.iter().filter_map(number).collect()
}

fn number_of(literal: &str) -> Option<f64> {
    let text = literal.trim();
    let is_plain = text.bytes().all(|it| it.is_ascii_digit() || b"+-.eE".contains(&it));
    text.parse().ok().filter(|number: &f64| is_plain && number.is_finite())
}

fn sign(operator: BinaryOperator) -> &'static str {
    match operator {
        BinaryOperator::NotEqual => "<>",
        BinaryOperator::Less => "<",
        BinaryOperator::LessOrEqual => "<=",
        BinaryOperator::Greater => ">",
        BinaryOperator::GreaterOrEqual => ">=",
        _ => "=",
    }
}

/// Returns the comparison that says the same with its sides exchanged.
fn turned(operator: BinaryOperator) -> BinaryOperator {
    match operator {
        BinaryOperator::Less => BinaryOperator::Greater,
        BinaryOperator::LessOrEqual => BinaryOperator::GreaterOrEqual,
        BinaryOperator::Greater => BinaryOperator::Less,
        BinaryOperator::GreaterOrEqual => BinaryOperator::LessOrEqual,
        other => other,
    }
}
