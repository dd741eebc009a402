//! Expressions: what fields, filters, aggregates and sort keys are made of.

use super::{Name, Number, Period, Query, Regex, Text};
use crate::span::Span;

/// An expression and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Where it stands, without the parentheses around it.
    pub span: Span,
}

/// What an expression is.
#[derive(Debug, Clone, PartialEq)]
pub enum ExprKind {
    /// `"text"` or `'text'`.
    String(String),
    /// `12`, `1.5`, `1e6`; a minus in front is a [`UnaryOperator::Negate`].
    Number(Number),
    /// `true` or `false`.
    Boolean(bool),
    /// `5m`, only as an argument of a function.
    Period(Period),
    /// `/expression/`, only as an argument of a function; after `like` it is a [`LikePattern`].
    Regex(String),
    /// A field: `userIdentity.arn`, `users[1].action`, `` json.`user.id` ``.
    Field(Path),
    /// A part of what a call or a parenthesis gives: `split(f, ",")[0]`.
    Member {
        /// What it is a part of; never a [`ExprKind::Field`].
        base: Box<Expr>,
        /// The way to the part; at least one.
        segments: Vec<Segment>,
    },
    /// `-x` or `not x` (also written `!x`).
    Unary {
        /// What to do.
        operator: UnaryOperator,
        /// With what.
        operand: Box<Expr>,
    },
    /// `a + b`, `a = b`, `a and b` …
    Binary {
        /// What to do.
        operator: BinaryOperator,
        /// The left side.
        left: Box<Expr>,
        /// The right side.
        right: Box<Expr>,
    },
    /// `value like "part"`, `value like /expression/`, `value =~ /expression/`.
    Like {
        /// What is searched.
        value: Box<Expr>,
        /// What for.
        pattern: LikePattern,
        /// `not like`.
        negated: bool,
    },
    /// `value in [a, b]`.
    In {
        /// What is compared.
        value: Box<Expr>,
        /// With what; may be empty.
        list: Vec<Expr>,
        /// `not in`.
        negated: bool,
    },
    /// `value in (SOURCE … | fields f)`.
    InQuery {
        /// What is compared.
        value: Box<Expr>,
        /// The query whose one column is compared with.
        query: Box<Query>,
        /// `not in`.
        negated: bool,
    },
    /// `name(arguments)`.
    Call(Call),
}

/// A call of a function.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// The name as written.
    pub name: Name,
    /// What is between the parentheses.
    pub arguments: Vec<Expr>,
    /// `count(*)`; then there are no arguments.
    pub star: bool,
}

/// What `like` searches for.
#[derive(Debug, Clone, PartialEq)]
pub enum LikePattern {
    /// A part of the text, as it is: `%` and `_` mean themselves.
    Text(Text),
    /// A regular expression.
    Regex(Regex),
}

/// The way to a field: names and indexes.
///
/// A dot in a bare name separates segments, one inside backticks does not. Both spell the same
/// field of a log event, whose discovered fields are flat: [`Path::text`] is that flat name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Path {
    /// The segments; at least one, and the first is a name.
    pub segments: Vec<Segment>,
    /// Where it stands.
    pub span: Span,
}

/// One step into an object or a list.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Segment {
    /// `.name`, also `.0`.
    Name(String),
    /// `[0]`.
    Index(u32),
}

impl Path {
    /// The flat name of the field: segments joined with dots, an index as its number.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = String::new();
        for (i, segment) in self.segments.iter().enumerate() {
            if i != 0 {
                text.push('.');
            }
            match segment {
                Segment::Name(name) => text.push_str(name),
                Segment::Index(index) => text.push_str(&index.to_string()),
            }
        }
        text
    }
}

/// An operator with one operand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum UnaryOperator {
    /// `-x`.
    Negate,
    /// `not x`.
    Not,
}

/// An operator with two operands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BinaryOperator {
    /// `or`.
    Or,
    /// `and`.
    And,
    /// `=`.
    Equal,
    /// `!=`.
    NotEqual,
    /// `<`.
    Less,
    /// `<=`.
    LessOrEqual,
    /// `>`.
    Greater,
    /// `>=`.
    GreaterOrEqual,
    /// `+`.
    Add,
    /// `-`.
    Subtract,
    /// `*`.
    Multiply,
    /// `/`.
    Divide,
    /// `%`.
    Remainder,
    /// `^`: a power.
    Power,
}
