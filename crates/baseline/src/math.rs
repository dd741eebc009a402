//! Metric math: the expressions that CloudWatch computes series from series with.
//!
//! `RATE(m1) * 60`, `IF(m1 > 5, m1)`, `SUM(METRICS("err"))`, `ANOMALY_DETECTION_BAND(m1, 2)`.
//! What asks AWS something else (`SEARCH`, `INSIGHT_RULE_METRIC`, `SERVICE_QUOTA`, `LAMBDA`) is
//! not among them.

mod arrays;
mod calendar;
mod evaluate;
mod fill;
mod functions;
mod parse;
mod token;

use std::collections::BTreeMap;

use jiff::tz::TimeZone;

use crate::baseline::Options;

/// Numbers by their moment, in seconds since 1970.
pub type Series = BTreeMap<i64, f64>;

/// What an expression is computed over.
#[derive(Clone, Debug)]
pub struct Frame {
    /// The first moment of the answer.
    pub start: i64,
    /// The moment before which the answer ends.
    pub end: i64,
    /// Seconds from one point to the next.
    pub period: i64,
    /// How bands are learned.
    pub options: Options,
    /// The zone whose clock the seasons of bands follow.
    pub zone: TimeZone,
}

/// What an expression gives.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A number.
    Number(f64),
    /// A series.
    Series(Series),
    /// Several series, such as the lower and the upper edge of a band.
    Array(Vec<Series>),
}

/// Why an expression has no value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MathError {
    /// A character begins nothing.
    #[error("`{character}` at character {at} begins nothing")]
    Character {
        /// The character.
        character: char,
        /// Its place, counted from 1.
        at: usize,
    },
    /// Something else should stand here.
    #[error("expected {expected}, found {found}")]
    Expected {
        /// What should stand here.
        expected: &'static str,
        /// What stands here.
        found: String,
    },
    /// Brackets stand in brackets too often.
    #[error("the expression nests deeper than {0} levels")]
    TooDeep(usize),
    /// There is no such metric.
    #[error("there is no metric or expression `{0}`")]
    UnknownId(String),
    /// There is no such function.
    #[error("there is no function `{0}`")]
    UnknownFunction(String),
    /// The function does not take these arguments.
    #[error("`{function}` takes {takes}")]
    Arguments {
        /// The function.
        function: &'static str,
        /// What it takes.
        takes: &'static str,
    },
    /// Two arrays cannot be combined.
    #[error("two arrays of series cannot be combined: use SUM, AVG, MIN or MAX on one of them")]
    TwoArrays,
}

/// An expression, ready to be computed.
#[derive(Clone, Debug)]
pub struct Expression {
    root: parse::Node,
}

impl Expression {
    /// Reads an expression.
    ///
    /// # Errors
    /// When the text is no expression.
    pub fn parse(text: &str) -> Result<Self, MathError> {
        Ok(Self { root: parse::parse(text)? })
    }

    /// Computes the expression over series, and what other expressions gave, by their ids.
    ///
    /// # Errors
    /// When it names what is not there, or asks a function for what it does not do.
    pub fn value(
        &self,
        series: &BTreeMap<String, Value>,
        frame: &Frame,
    ) -> Result<Value, MathError> {
        evaluate::value(&self.root, series, frame)
    }
}

impl Frame {
    /// Returns every moment of the answer.
    pub fn moments(&self) -> impl Iterator<Item = i64> + use<> {
        let step = usize::try_from(self.period.max(1)).unwrap_or(1);
        (self.start..self.end).step_by(step)
    }
}

#[cfg(test)]
mod tests;
