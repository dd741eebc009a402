//! Every operator that a condition may use: one file for each family, one line in the list.

mod account;
mod equality;
mod network;
mod number;
mod policies;
mod ports;
mod text;

use toml::Value as Toml;

use super::Test;
use crate::setup::Setup;

/// A test by name, such as `prefix` in `{ prefix = "arn:" }`.
pub struct Operator {
    /// Its name on a page.
    pub name: &'static str,
    /// What it is for, for the manual.
    pub doc: &'static str,
    read: Read,
}

/// Makes an operator's argument into a test.
type Read = fn(&Toml, &mut Setup<'_>) -> Result<Box<dyn Test>, String>;

/// Every operator, in the order of the manual.
pub const ALL: &[&Operator] = &[
    &equality::EQUALS,
    &equality::SAME_AS,
    &text::PREFIX,
    &text::SUFFIX,
    &text::CONTAINS,
    &text::REGEX,
    &number::AT_LEAST,
    &number::AT_MOST,
    &network::IN_NETWORK,
    &network::IS_ADDRESS,
    &account::IS_OTHER_ACCOUNT,
    &policies::POLICY_IS_PUBLIC,
    &policies::POLICY_IS_ADMIN,
    &policies::POLICY_TRUSTS_OTHERS,
    &ports::OPENS_PORT_TO_WORLD,
];

pub(super) use equality::equals;

/// Reads an operator and its argument.
pub(super) fn read(
    name: &str,
    argument: &Toml,
    setup: &mut Setup<'_>,
) -> Result<Box<dyn Test>, String> {
    let Some(operator) = ALL.iter().find(|operator| operator.name == name) else {
        let names: Vec<_> = ALL.iter().map(|operator| operator.name).collect();
        return Err(format!("there is no operator `{name}`; there are {}", names.join(", ")));
    };
    (operator.read)(argument, setup).map_err(|reason| format!("`{name}`: {reason}"))
}

/// Reads one text, or a list of them.
fn texts(argument: &Toml) -> Result<Vec<String>, String> {
    let one = std::slice::from_ref(argument);
    let items = argument.as_array().map_or(one, Vec::as_slice);
    items
        .iter()
        .map(|item| item.as_str().map(str::to_owned).ok_or("a text or a list of texts".to_owned()))
        .collect()
}

/// Reads `true`: what a test without an argument is given.
fn only_true(argument: &Toml) -> Result<(), String> {
    match argument.as_bool() {
        Some(true) => Ok(()),
        _ => Err("this is `true` or stands after `not`".to_owned()),
    }
}

/// Returns the text as an SQL literal.
fn quoted(text: &str) -> String {
    crate::sql::literal(text)
}
