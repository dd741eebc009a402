//! Which rows a page looks at: fields and tests, all of which must hold.
//!
//! ```toml
//! match = { eventName = ["StopLogging", "DeleteTrail"], errorCode = { exists = false } }
//! unless = [{ userAgent = { prefix = "terraform" } }]
//! ```
//! A list of tables holds when one of them does.

mod operators;
mod policy;

use haechi_catalog::ColumnKind;
use toml::Value as Toml;

use crate::field::Field;
use crate::rows::Row;
use crate::schema::Schema;
use crate::setup::{Fault, Setup};
use crate::value::Value;

pub use operators::{ALL as OPERATORS, Operator};

/// Tells something about one value of a field.
pub(crate) trait Test: Send + Sync {
    /// Tells whether the value passes.
    fn holds(&self, value: &Value<'_>, row: &Row<'_>) -> bool;

    /// Returns the same test in SQL, when it can be said exactly.
    fn sql(&self, _column: &SqlColumn) -> Option<String> {
        None
    }

    /// Returns the values that alone can pass, when the test is a list of them.
    fn only(&self) -> Option<&[String]> {
        None
    }
}

/// A field in SQL.
pub(crate) struct SqlColumn {
    /// The expression that gives its value.
    pub(crate) expression: String,
    /// The type of the value.
    pub(crate) kind: ColumnKind,
}

/// Alternatives: holds when one of them does. Without any, it never holds.
#[derive(Default)]
pub(crate) struct AnyOf(Vec<AllOf>);

/// Conditions that hold together. Without any, they hold always.
struct AllOf(Vec<Condition>);

/// What must be true of one field.
struct Condition {
    field: Field,
    /// The column, when the field is nothing else.
    column: Option<usize>,
    /// Whether the field must have a value, or must not.
    exists: Option<bool>,
    /// Tests that some value passes.
    some: Vec<Box<dyn Test>>,
    /// Tests that no value passes; true of a field without values.
    none: Vec<Box<dyn Test>>,
}

impl AnyOf {
    /// Reads a table of conditions, or a list of such tables.
    pub(crate) fn read(toml: &Toml, setup: &mut Setup<'_>) -> Result<Self, Fault> {
        let one = std::slice::from_ref(toml);
        let tables = toml.as_array().map_or(one, Vec::as_slice);
        let mut alternatives = Vec::new();
        for table in tables {
            alternatives.push(AllOf::read(table, setup)?);
        }
        Ok(Self(alternatives))
    }

    /// Adds alternatives.
    pub(crate) fn or(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        self
    }

    /// Tells whether the row fits.
    pub(crate) fn holds(&self, row: &Row<'_>) -> bool {
        self.0.iter().any(|conditions| conditions.0.iter().all(|condition| condition.holds(row)))
    }

    /// Returns SQL that holds for at least these rows, and whether it holds for no others.
    pub(crate) fn sql(&self, schema: &Schema) -> (String, bool) {
        let mut is_exact = true;
        let mut alternatives = Vec::new();
        for conditions in &self.0 {
            let mut said = Vec::new();
            for condition in &conditions.0 {
                is_exact &= condition.say(schema, &mut said);
            }
            alternatives.push(if said.is_empty() { "true".to_owned() } else { said.join(" and ") });
        }
        match alternatives.as_slice() {
            [] => ("false".to_owned(), is_exact),
            [alone] => (alone.clone(), is_exact),
            several => (format!("(({}))", several.join(") or (")), is_exact),
        }
    }

    /// Returns the only values that the column can have in a row that fits.
    pub(crate) fn only(&self, slot: usize) -> Option<Vec<String>> {
        let mut values = Vec::new();
        for conditions in &self.0 {
            let mut on_column = conditions.0.iter().filter(|it| it.column == Some(slot));
            let only = on_column.find_map(|it| it.some.iter().find_map(|test| test.only()))?;
            values.extend_from_slice(only);
        }
        values.sort();
        values.dedup();
        Some(values)
    }

    /// Tells whether every row that fits has a value in the column that passes some test.
    pub(crate) fn tests(&self, slot: usize) -> bool {
        let is_test = |it: &Condition| it.column == Some(slot) && !it.some.is_empty();
        self.0.iter().all(|conditions| conditions.0.iter().any(is_test))
    }
}

impl AllOf {
    fn read(toml: &Toml, setup: &mut Setup<'_>) -> Result<Self, Fault> {
        let Some(table) = toml.as_table() else {
            return Err(Fault::near("match", "conditions are tables of fields: { field = … }"));
        };
        let mut conditions = Vec::new();
        for (name, toml) in table {
            let field = setup.field(name, name)?;
            let column = field.column();
            let mut condition =
                Condition { field, column, exists: None, some: vec![], none: vec![] };
            condition.add(toml, setup).map_err(|reason| Fault::near(name, reason))?;
            conditions.push(condition);
        }
        // Columns are cheaper than places in the record: what they rule out is never parsed.
        conditions.sort_by_key(|condition| condition.column.is_none());
        Ok(Self(conditions))
    }
}

impl Condition {
    /// Adds what a page says of a field: a value, a list of values, or a table of operators.
    fn add(&mut self, toml: &Toml, setup: &mut Setup<'_>) -> Result<(), String> {
        let Some(table) = toml.as_table() else {
            self.some.push(operators::equals(toml)?);
            return Ok(());
        };
        for (name, argument) in table {
            match name.as_str() {
                "exists" => {
                    let exists = argument.as_bool().ok_or("`exists` is true or false")?;
                    self.exists = Some(exists);
                }
                "not" => self.none.extend(tests_of(argument, setup)?),
                _ => self.some.push(operators::read(name, argument, setup)?),
            }
        }
        Ok(())
    }

    fn holds(&self, row: &Row<'_>) -> bool {
        // Most fields are one column: there is one value to look at, or none.
        if let Some(slot) = self.column {
            let value = row.value(slot);
            let passes = |test: &dyn Test| value.as_ref().is_some_and(|it| test.holds(it, row));
            return self.fits(value.is_some(), passes);
        }
        let passes = |test: &dyn Test| self.field.any(row, &mut |value| test.holds(&value, row));
        self.fits(self.exists.is_some() && self.field.any(row, &mut |_| true), passes)
    }

    fn fits(&self, has_value: bool, passes: impl Fn(&dyn Test) -> bool) -> bool {
        self.exists.is_none_or(|exists| exists == has_value)
            && self.some.iter().all(|test| passes(test.as_ref()))
            && !self.none.iter().any(|test| passes(test.as_ref()))
    }

    /// Says in SQL what can be said of the condition; returns whether that is all of it.
    fn say(&self, schema: &Schema, parts: &mut Vec<String>) -> bool {
        let Some(expression) = self.field.sql(schema) else { return false };
        let column = SqlColumn { expression, kind: self.kind(schema) };
        let expression = &column.expression;
        match self.exists {
            Some(true) => parts.push(format!("{expression} is not null")),
            Some(false) => parts.push(format!("{expression} is null")),
            None => {}
        }
        let mut is_exact = true;
        for test in &self.some {
            let said = test.sql(&column);
            is_exact &= said.is_some();
            parts.extend(said);
        }
        for test in &self.none {
            let said = test.sql(&column);
            is_exact &= said.is_some();
            parts.extend(said.map(|said| format!("({expression} is null or not ({said}))")));
        }
        is_exact
    }

    fn kind(&self, schema: &Schema) -> ColumnKind {
        let slot = self.column.and_then(|slot| schema.slots.get(slot));
        slot.map_or(ColumnKind::String, |slot| slot.kind)
    }
}

/// Reads what stands after `not`: a value, a list, or a table of operators.
fn tests_of(toml: &Toml, setup: &mut Setup<'_>) -> Result<Vec<Box<dyn Test>>, String> {
    let Some(table) = toml.as_table() else { return Ok(vec![operators::equals(toml)?]) };
    table.iter().map(|(name, argument)| operators::read(name, argument, setup)).collect()
}
