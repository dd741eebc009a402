//! What a value is, as far as the text of a query tells.

use super::text;

/// What a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A text, such as a column of text.
    Text,
    /// A text out of JSON: it may have been a number, a truth value, a list or an object there.
    Dynamic,
    /// A number with a point.
    Number,
    /// A whole number.
    Integer,
    /// True or false.
    Boolean,
    /// A moment.
    Time,
    /// A list or an object, as JSON.
    Structure,
}

/// SQL, what it gives, and its value where that is written in the query.
#[derive(Debug, Clone)]
pub(super) struct Term {
    pub(super) sql: String,
    pub(super) kind: Kind,
    pub(super) literal: Option<Literal>,
}

/// A value that is written in the query.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Literal {
    Text(String),
    Number(f64),
    Integer(i64),
    Boolean(bool),
}

impl Term {
    pub(super) fn new(sql: impl Into<String>, kind: Kind) -> Self {
        Self { sql: sql.into(), kind, literal: None }
    }

    pub(super) fn of_text(text: &str) -> Self {
        let literal = Some(Literal::Text(text.to_owned()));
        Self { sql: text::string(text), kind: Kind::Text, literal }
    }

    pub(super) fn of_integer(number: i64) -> Self {
        let sql = if number < 0 { format!("({number})") } else { number.to_string() };
        Self { sql, kind: Kind::Integer, literal: Some(Literal::Integer(number)) }
    }

    pub(super) fn of_number(number: f64) -> Self {
        let literal = Some(Literal::Number(number));
        Self { sql: text::number(number), kind: Kind::Number, literal }
    }

    pub(super) fn of_boolean(value: bool) -> Self {
        let sql = if value { "TRUE" } else { "FALSE" };
        Self { sql: sql.to_owned(), kind: Kind::Boolean, literal: Some(Literal::Boolean(value)) }
    }

    pub(super) fn missing(kind: Kind) -> Self {
        Self::new(format!("CAST(NULL AS {})", kind.sql_type()), kind)
    }

    pub(super) fn is_text(&self) -> bool {
        matches!(self.kind, Kind::Text | Kind::Dynamic)
    }

    /// The value as a number with a point; missing where it is none.
    pub(super) fn as_number(&self) -> String {
        match (&self.literal, self.kind) {
            #[expect(clippy::cast_precision_loss, reason = "that is what a number with a point is")]
            (Some(Literal::Integer(number)), _) => text::number(*number as f64),
            (_, Kind::Number) => self.sql.clone(),
            (_, Kind::Integer | Kind::Boolean) => format!("CAST({} AS DOUBLE)", self.sql),
            (_, Kind::Time) => format!("CAST(time_millis({}) AS DOUBLE)", self.sql),
            (_, Kind::Text | Kind::Dynamic) => format!("number({})", self.sql),
            (_, Kind::Structure) => "CAST(NULL AS DOUBLE)".to_owned(),
        }
    }

    /// The value as a whole number, for arguments that count.
    pub(super) fn as_integer(&self) -> String {
        match self.kind {
            Kind::Integer => self.sql.clone(),
            _ => format!("number_integer({}, 64)", self.as_number()),
        }
    }

    /// The value as text, the way it is shown.
    pub(super) fn as_text(&self) -> String {
        match self.kind {
            Kind::Text | Kind::Dynamic | Kind::Structure => self.sql.clone(),
            Kind::Number => format!("number_text({})", self.sql),
            Kind::Integer => format!("CAST({} AS VARCHAR)", self.sql),
            Kind::Boolean => format!("CAST(CAST({} AS BIGINT) AS VARCHAR)", self.sql),
            Kind::Time => format!("time_text({})", self.sql),
        }
    }

    /// The value for functions of texts, for which maps and lists are missing.
    pub(super) fn as_plain_text(&self) -> String {
        if self.kind == Kind::Structure { "CAST(NULL AS VARCHAR)".into() } else { self.as_text() }
    }

    /// The value as a moment; numbers are milliseconds since 1970.
    pub(super) fn as_time(&self) -> String {
        match self.kind {
            Kind::Time => self.sql.clone(),
            _ => format!("time_of_millis({})", self.as_number()),
        }
    }

    /// The value as a condition; a number is true unless it is zero.
    pub(super) fn as_condition(&self) -> String {
        match self.kind {
            Kind::Boolean => self.sql.clone(),
            _ => format!("({} <> 0)", self.as_number()),
        }
    }

    /// What is compared to put values in order.
    pub(super) fn as_sort_key(&self) -> String {
        match self.kind {
            Kind::Text | Kind::Dynamic | Kind::Structure => format!("natural_key({})", self.sql),
            _ => self.sql.clone(),
        }
    }
}

impl Kind {
    pub(super) fn sql_type(self) -> &'static str {
        match self {
            Self::Text | Self::Dynamic | Self::Structure => "VARCHAR",
            Self::Number => "DOUBLE",
            Self::Integer => "BIGINT",
            Self::Boolean => "BOOLEAN",
            Self::Time => "TIMESTAMP",
        }
    }

    /// The kind that has the values of both.
    pub(super) fn common(self, other: Self) -> Self {
        match (self, other) {
            (a, b) if a == b => a,
            (Self::Integer, Self::Number) | (Self::Number, Self::Integer) => Self::Number,
            _ => Self::Dynamic,
        }
    }
}

impl Term {
    /// The value as one of that kind.
    pub(super) fn cast(&self, kind: Kind) -> String {
        match kind {
            _ if kind == self.kind => self.sql.clone(),
            Kind::Text | Kind::Dynamic | Kind::Structure => self.as_text(),
            Kind::Number => self.as_number(),
            Kind::Integer => self.as_integer(),
            Kind::Boolean => self.as_condition(),
            Kind::Time => self.as_time(),
        }
    }
}
