//! Which logs to read.

use crate::ast::{Period, Text};

/// `SOURCE selector … [start=…] [end=…]`.
#[derive(Debug, Clone, PartialEq)]
pub struct Source {
    /// Which log groups; at least one. Several `'group'`s add up; the others narrow each other.
    pub selectors: Vec<Selector>,
    /// Where to begin, if the query says so itself.
    pub start: Option<TimeBound>,
    /// Where to end.
    pub end: Option<TimeBound>,
}

/// One way to choose log groups.
#[derive(Debug, Clone, PartialEq)]
pub enum Selector {
    /// A log group by its name or ARN.
    Group(Text),
    /// `logGroups(namePrefix: […], accountIdentifier: […], class: […])`; all empty means every
    /// group.
    LogGroups {
        /// Prefixes of names.
        name_prefixes: Vec<Text>,
        /// Accounts.
        accounts: Vec<Text>,
        /// Log classes: `STANDARD`, `INFREQUENT_ACCESS`.
        classes: Vec<Text>,
    },
    /// `dataSource(['amazon_vpc.flow'])`.
    DataSource(Vec<Text>),
    /// `logGroupTags([{"key": "team", "values": ["a*", "!b"]}])`.
    LogGroupTags(Vec<TagFilter>),
}

/// A tag, and the values of which it has one.
#[derive(Debug, Clone, PartialEq)]
pub struct TagFilter {
    /// The tag's key.
    pub key: Text,
    /// Values, each with `*` as wildcard and `!` in front as negation.
    pub values: Vec<Text>,
}

/// An end of a time range.
#[derive(Debug, Clone, PartialEq)]
pub enum TimeBound {
    /// `now`.
    Now,
    /// `-1d`: that long before now.
    Ago(Period),
    /// Seconds since 1970.
    Epoch(i64),
    /// A time in quotes.
    Text(Text),
}
