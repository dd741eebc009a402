//! The scalar functions that haechi adds to SQL.
//!
//! One function is one file and one line in [`ALL`]. A function holds no state: its name and its
//! arguments are all that travels when a plan is sent to another process.

mod ip_in_cidr;
mod json;
mod json_get;
mod json_get_str;
mod texts;

use datafusion::logical_expr::ScalarUDF;

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
    pub(crate) make: fn() -> ScalarUDF,
}

/// Every function, in the order of the manual.
pub const ALL: &[&Function] =
    &[&json_get_str::FUNCTION, &json_get::FUNCTION, &ip_in_cidr::FUNCTION];
