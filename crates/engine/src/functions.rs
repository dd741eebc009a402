//! The scalar functions that haechi adds to SQL.
//!
//! One function is one entry in a slice: a file of its own, or a few lines in the file of its
//! family where the whole function is a few lines. A function holds no state: its name and its
//! arguments are all that travels when a plan is sent to another process.

mod by_row;
mod ip;
mod ip_in_cidr;
mod json;
mod json_at;
mod lists;
mod number;
mod origins;
mod regex_replace;
mod structures;
mod text;
mod texts;
mod time;

use datafusion::logical_expr::ScalarUDF;

use by_row::ByRow;

pub(crate) use json_at::{finder, json_text};
pub(crate) use origins::{Bind, Names};
pub(crate) use text::encoding::hash;

/// One scalar function.
pub struct Function {
    /// Its name in SQL.
    pub name: &'static str,
    /// How it is called.
    pub usage: &'static str,
    /// What it gives, in one sentence.
    pub doc: &'static str,
    /// A call that says more than the sentence.
    pub example: &'static str,
    /// Makes it for a session.
    pub(crate) make: Make,
}

/// How a function is made.
pub(crate) enum Make {
    /// It looks at columns itself.
    Own(fn() -> ScalarUDF),
    /// It looks at one row at a time.
    ByRow(ByRow),
}

/// Functions with a file of their own.
const SINGLE: &[&Function] = &[
    &json_at::TEXT,
    &json_at::JSON,
    &json_at::SHOWN,
    &regex_replace::FUNCTION,
    &text::natural::KEY,
    &text::pattern::VALUES,
];

/// Every function, by family, in the order of the manual.
const FAMILIES: &[&[&Function]] = &[
    SINGLE,
    structures::ALL,
    lists::ALL,
    ip_in_cidr::ALL,
    ip::ALL,
    origins::ALL,
    text::ALL,
    number::ALL,
    time::ALL,
];

/// Writes a number the way answers show it.
pub(crate) fn number_text(number: f64) -> String {
    number::written(number).unwrap_or_default()
}

/// Returns the number that a text shows.
pub(crate) fn read_number(text: &str) -> Option<f64> {
    number::read(text)
}

/// Returns every function, in the order of the manual.
pub fn all() -> impl Iterator<Item = &'static Function> {
    FAMILIES.iter().flat_map(|family| family.iter().copied())
}

impl Function {
    pub(crate) fn udf(&'static self) -> ScalarUDF {
        match &self.make {
            Make::Own(make) => make(),
            Make::ByRow(by_row) => by_row::udf(self.name, by_row),
        }
    }
}
