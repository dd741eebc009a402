//! `equals` and `same_as`: the value is one of a list, or what another field says.

use haechi_catalog::ColumnKind;
use toml::Value as Toml;

use super::{Operator, quoted};
use crate::conditions::{SqlColumn, Test};
use crate::field::Field;
use crate::rows::Row;
use crate::setup::Setup;
use crate::value::Value;

pub(super) const EQUALS: Operator = Operator {
    name: "equals",
    doc: "The value is this, or one of these. `field = value` says the same.",
    read: |argument, _| equals(argument),
};

pub(super) const SAME_AS: Operator = Operator {
    name: "same_as",
    doc: "The value is also a value of the field named here.",
    read: same_as,
};

struct Equals(Vec<String>);

struct SameAs(Field);

/// Reads a value or a list of values.
pub(in crate::conditions) fn equals(argument: &Toml) -> Result<Box<dyn Test>, String> {
    let one = std::slice::from_ref(argument);
    let items = argument.as_array().map_or(one, Vec::as_slice);
    let mut values = items.iter().map(spelled).collect::<Result<Vec<_>, _>>()?;
    values.sort();
    Ok(Box::new(Equals(values)))
}

fn spelled(item: &Toml) -> Result<String, String> {
    match item {
        Toml::String(text) => Ok(text.clone()),
        Toml::Integer(number) => Ok(number.to_string()),
        Toml::Boolean(truth) => Ok(truth.to_string()),
        _ => Err("a value is a text, a whole number, true or false".to_owned()),
    }
}

impl Test for Equals {
    fn holds(&self, value: &Value<'_>, _: &Row<'_>) -> bool {
        let Some(text) = value.scalar() else { return false };
        self.0.iter().any(|each| each == text)
    }

    fn sql(&self, column: &SqlColumn) -> Option<String> {
        let values: Vec<String> = match column.kind {
            ColumnKind::String => self.0.iter().map(|each| quoted(each)).collect(),
            ColumnKind::Bool if self.0.iter().all(|it| it == "true" || it == "false") => {
                self.0.clone()
            }
            ColumnKind::Int if self.0.iter().all(|each| each.parse::<i64>().is_ok()) => {
                self.0.clone()
            }
            _ => return None,
        };
        match values.as_slice() {
            // What is none of nothing: an attack sequence looks at no rows itself.
            [] => Some("false".to_owned()),
            [value] => Some(format!("{} = {value}", column.expression)),
            several => Some(format!("{} in ({})", column.expression, several.join(", "))),
        }
    }

    fn only(&self) -> Option<&[String]> {
        Some(&self.0)
    }
}

fn same_as(argument: &Toml, setup: &mut Setup<'_>) -> Result<Box<dyn Test>, String> {
    let name = argument.as_str().ok_or("the name of a field")?;
    let field = setup.field(name, name).map_err(|_| format!("there is no field `{name}`"))?;
    Ok(Box::new(SameAs(field)))
}

impl Test for SameAs {
    fn holds(&self, value: &Value<'_>, row: &Row<'_>) -> bool {
        let Some(text) = value.scalar() else { return false };
        self.0.any(row, &mut |other| other.scalar() == Some(text))
    }
}
