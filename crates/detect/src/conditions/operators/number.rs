//! `at_least` and `at_most`: numbers, written as numbers or as text.

use haechi_catalog::ColumnKind;
use toml::Value as Toml;

use super::Operator;
use crate::conditions::{SqlColumn, Test};
use crate::rows::Row;
use crate::value::Value;

pub(super) const AT_LEAST: Operator = Operator {
    name: "at_least",
    doc: "The number is this or more.",
    read: |argument, _| Ok(Box::new(Bound { limit: number(argument)?, is_lower: true })),
};

pub(super) const AT_MOST: Operator = Operator {
    name: "at_most",
    doc: "The number is this or less.",
    read: |argument, _| Ok(Box::new(Bound { limit: number(argument)?, is_lower: false })),
};

struct Bound {
    limit: f64,
    is_lower: bool,
}

fn number(argument: &Toml) -> Result<f64, String> {
    let whole = argument.as_integer().and_then(|whole| i32::try_from(whole).ok()).map(f64::from);
    argument.as_float().or(whole).ok_or("a number".to_owned())
}

impl Test for Bound {
    fn holds(&self, value: &Value<'_>, _: &Row<'_>) -> bool {
        let Some(number) = value.number() else { return false };
        if self.is_lower { self.limit <= number } else { number <= self.limit }
    }

    fn sql(&self, column: &SqlColumn) -> Option<String> {
        let is_number = matches!(column.kind, ColumnKind::Int | ColumnKind::Float);
        let sign = if self.is_lower { ">=" } else { "<=" };
        is_number.then(|| format!("{} {sign} {}", column.expression, self.limit))
    }
}
