//! The smallest parts of a query: names, texts, numbers, periods.

use crate::span::Span;

/// A name that the query gives or refers to as a whole: an alias, a table, a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    /// The name without its backticks.
    pub text: String,
    /// Where it stands.
    pub span: Span,
}

/// A string in quotes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// The string without its quotes and escapes.
    pub text: String,
    /// Where it stands, with the quotes.
    pub span: Span,
}

/// A regular expression between slashes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Regex {
    /// The expression as the `regex` crate reads it: without the slashes, `\/` is `/`, and the
    /// flag `i` behind the last slash is `(?i)` in front.
    pub pattern: String,
    /// Where it stands, with the slashes.
    pub span: Span,
}

/// A number without sign.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Number {
    /// Written without point and exponent, and small enough.
    Integer(i64),
    /// Everything else; always finite.
    Float(f64),
}

/// A length of time, such as `5m`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// How many units.
    pub count: u64,
    /// Of what.
    pub unit: PeriodUnit,
}

/// A unit of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PeriodUnit {
    /// `ms`, `msec`, `millisecond`.
    Millisecond,
    /// `s`, `sec`, `second`.
    Second,
    /// `m`, `min`, `minute`.
    Minute,
    /// `h`, `hr`, `hour`.
    Hour,
    /// `d`, `day`.
    Day,
    /// `w`, `week`.
    Week,
    /// `mo`, `mon`, `month`.
    Month,
    /// `q`, `qtr`, `quarter`.
    Quarter,
    /// `y`, `yr`, `year`.
    Year,
}

/// Each unit: its name when printed, its other names (each also with `s`), and the largest count
/// that AWS honours.
const UNITS: &[(PeriodUnit, &str, &[&str], Option<u64>)] = &[
    (PeriodUnit::Millisecond, "ms", &["msec", "millisecond"], Some(1000)),
    (PeriodUnit::Second, "s", &["sec", "second"], Some(60)),
    (PeriodUnit::Minute, "m", &["min", "minute"], Some(60)),
    (PeriodUnit::Hour, "h", &["hr", "hour"], Some(24)),
    (PeriodUnit::Day, "d", &["day"], None),
    (PeriodUnit::Week, "w", &["week"], None),
    (PeriodUnit::Month, "mo", &["mon", "month"], None),
    (PeriodUnit::Quarter, "q", &["qtr", "quarter"], None),
    (PeriodUnit::Year, "y", &["yr", "year"], None),
];

impl PeriodUnit {
    /// Finds a unit by any of its names, in any case.
    #[must_use]
    pub fn by_name(name: &str) -> Option<Self> {
        let name = name.to_ascii_lowercase();
        let singular = name.strip_suffix('s').filter(|it| !it.is_empty());
        let is = |unit: &(PeriodUnit, &str, &[&str], Option<u64>)| {
            let long = |name: &str| unit.2.contains(&name);
            unit.1 == name || long(&name) || singular.is_some_and(long)
        };
        UNITS.iter().find(|unit| is(unit)).map(|unit| unit.0)
    }

    /// The short name.
    #[must_use]
    pub fn name(self) -> &'static str {
        UNITS.iter().find(|unit| unit.0 == self).map_or("", |unit| unit.1)
    }

    /// The largest count that AWS honours: it reads `300s` as `60s`.
    #[must_use]
    pub fn aws_count_max(self) -> Option<u64> {
        UNITS.iter().find(|unit| unit.0 == self).and_then(|unit| unit.3)
    }

    /// The length in milliseconds, unless it depends on the calendar (month, quarter, year).
    #[must_use]
    pub fn milliseconds(self) -> Option<u64> {
        match self {
            Self::Millisecond => Some(1),
            Self::Second => Some(1000),
            Self::Minute => Some(60 * 1000),
            Self::Hour => Some(60 * 60 * 1000),
            Self::Day => Some(24 * 60 * 60 * 1000),
            Self::Week => Some(7 * 24 * 60 * 60 * 1000),
            Self::Month | Self::Quarter | Self::Year => None,
        }
    }

    /// The length in months, if it depends on the calendar.
    #[must_use]
    pub fn months(self) -> Option<u64> {
        match self {
            Self::Month => Some(1),
            Self::Quarter => Some(3),
            Self::Year => Some(12),
            _ => None,
        }
    }
}
