//! Reading one page's settings: what is asked for is taken out, what is left over is a mistake.

use std::collections::BTreeSet;

use haechi_catalog::{Detection, Page};
use serde::de::DeserializeOwned;

use crate::DetectError;
use crate::conditions::AnyOf;
use crate::field::Field;
use crate::schema::Schema;

/// What is wrong with a page, and the word near which it stands.
#[derive(Debug)]
pub struct Fault {
    /// A word of the definition, to find the line by.
    near: String,
    /// What is wrong and what was expected.
    reason: String,
}

/// The settings of one page while it is made into a detector.
pub struct Setup<'a> {
    /// The source that the page looks at.
    pub(crate) schema: &'a Schema,
    settings: toml::Table,
    /// The page's conditions as they are written.
    conditions: String,
    /// The page's `match`, for kinds that must know such rows among others.
    matches: Option<toml::Value>,
    /// Rows that the kind must see beside those that fit `match`.
    also: AnyOf,
    slots: BTreeSet<usize>,
}

impl Fault {
    /// Makes a fault near a word of the definition.
    pub(crate) fn near(word: &str, reason: impl Into<String>) -> Self {
        Self { near: word.to_owned(), reason: reason.into() }
    }

    /// Names the page and the line.
    pub(crate) fn in_page(self, page: &Page) -> DetectError {
        let mut lines = page.definition.lines();
        let offset = lines.position(|line| names(line, &self.near)).unwrap_or(0);
        DetectError::Page {
            page: page.path.clone(),
            line: page.definition_line + offset,
            reason: self.reason,
        }
    }
}

/// Tells whether a line sets the key, alone or inside a table.
fn names(line: &str, key: &str) -> bool {
    let line = line.trim_start();
    let bare = line.strip_prefix('"').unwrap_or(line);
    bare.strip_prefix(key).is_some_and(|rest| rest.starts_with(['"', ' ', '=']))
        || line.contains(&format!("\"{key}\""))
        || line.contains(&format!("{key} ="))
}

impl<'a> Setup<'a> {
    /// Begins with everything that the page sets for its kind.
    pub(crate) fn new(schema: &'a Schema, detection: &Detection) -> Self {
        let mut settings = detection.settings.clone();
        let written = |key: &str| settings.get(key).map(ToString::to_string);
        let conditions = format!("{:?} {:?}", written("match"), written("unless"));
        let matches = settings.remove("match");
        Self {
            schema,
            settings,
            conditions,
            matches,
            also: AnyOf::default(),
            slots: BTreeSet::new(),
        }
    }

    /// Reads the page's `match`, as often as it is asked for.
    pub(crate) fn matches_again(&mut self) -> Result<AnyOf, Fault> {
        match self.matches.clone() {
            Some(toml) => AnyOf::read(&toml, self),
            None => Err(Fault::near("kind", "a detection needs `match`")),
        }
    }

    /// Reads the page's `match`, if it has one.
    pub(crate) fn matches_if_any(&mut self) -> Result<Option<AnyOf>, Fault> {
        self.matches.is_some().then(|| self.matches_again()).transpose()
    }

    /// Returns the page's conditions as they are written.
    pub(crate) fn conditions(&self) -> String {
        self.conditions.clone()
    }

    /// Lets more rows through to the kind than those that fit `match`.
    pub(crate) fn look_also_at(&mut self, rows: AnyOf) {
        self.also = rows;
    }

    /// Reads the name of a field and notes the columns that it needs.
    pub(crate) fn field(&mut self, near: &str, name: &str) -> Result<Field, Fault> {
        let field = Field::parse(name, self.schema).map_err(|reason| Fault::near(near, reason))?;
        self.slots.extend(field.slots());
        Ok(field)
    }

    /// Notes columns that the kind reads by itself.
    pub(crate) fn read_slots(&mut self, slots: impl IntoIterator<Item = usize>) {
        self.slots.extend(slots);
    }

    /// Takes a setting out, or nothing when the page does not set it.
    pub(crate) fn take<T: DeserializeOwned>(&mut self, key: &str) -> Result<Option<T>, Fault> {
        let Some(value) = self.settings.remove(key) else { return Ok(None) };
        match value.try_into() {
            Ok(value) => Ok(Some(value)),
            Err(error) => Err(Fault::near(key, format!("`{key}`: {}", error.message()))),
        }
    }

    /// Takes out a setting that the page must have.
    pub(crate) fn require<T: DeserializeOwned>(&mut self, key: &str) -> Result<T, Fault> {
        self.take(key)?.ok_or_else(|| Fault::near("kind", format!("this kind needs `{key}`")))
    }

    /// Takes out the name of a field that the page must have.
    pub(crate) fn require_field(&mut self, key: &str) -> Result<Field, Fault> {
        let name: String = self.require(key)?;
        self.field(key, &name)
    }

    /// Takes out the name of a field that the page may have.
    pub(crate) fn take_field(&mut self, key: &str) -> Result<Option<Field>, Fault> {
        let name: Option<String> = self.take(key)?;
        name.map(|name| self.field(key, &name)).transpose()
    }

    /// Ends the reading: returns the rows that the kind wants beside the page's own, and the
    /// slots that are read.
    pub(crate) fn finish(self) -> Result<(AnyOf, BTreeSet<usize>), Fault> {
        match self.settings.keys().next() {
            None => Ok((self.also, self.slots)),
            Some(key) => Err(Fault::near(key, format!("this kind has no setting `{key}`"))),
        }
    }
}
