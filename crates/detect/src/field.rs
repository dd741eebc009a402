//! A field of a row: a column, a place in the record, or the first of several that has a value.

use std::borrow::Cow;

use crate::origins::{LOOK_UPS, LookUp};
use crate::record::Path;
use crate::rows::Row;
use crate::schema::Schema;
use crate::value::Value;

/// A field as a page names it.
///
/// `eventName` and `userIdentity.type` are columns of the source, by name or by path;
/// `requestParameters.items[].name` is a place in the record; `a | b` is both, in that order.
/// `country(sourceIPAddress)` looks the address up in the tables at hand, and
/// `user_agent_kind(userAgent)` asks the rules of clients; see [`LOOK_UPS`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Field {
    places: Vec<Place>,
}

/// Where a value stands.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Place {
    Column(usize),
    Record(Box<Path>),
    /// What is looked up of the value of a field.
    Looked(LookUp, Box<Field>),
}

impl Field {
    /// Reads a field's name.
    ///
    /// A bare word must be a column: otherwise a misspelt column would be looked for in the record
    /// for ever and never be found.
    pub(crate) fn parse(text: &str, schema: &Schema) -> Result<Self, String> {
        let mut places = Vec::new();
        for name in text.split('|').map(str::trim) {
            let place = match schema.slot(name) {
                Some(slot) => Place::Column(slot),
                None if name.ends_with(')') => looked(name, schema)?,
                None if !name.contains(['.', '[']) => {
                    return Err(format!("`{}` has no column `{name}`", schema.source));
                }
                None => {
                    let path = Path::parse(name);
                    let path = path.ok_or_else(|| format!("`{name}` is not a field's path"))?;
                    Place::Record(Box::new(path))
                }
            };
            places.push(place);
        }
        Ok(Self { places })
    }

    /// Visits the field's values until one visit returns true; tells whether one did.
    pub(crate) fn any(&self, row: &Row<'_>, visit: &mut dyn FnMut(Value<'_>) -> bool) -> bool {
        for place in &self.places {
            let found = match place {
                Place::Column(slot) => row.value(*slot).is_some_and(&mut *visit),
                Place::Record(path) => {
                    row.record().is_some_and(|record| path.any(record, &mut *visit))
                }
                Place::Looked(what, field) => told(*what, field, row).is_some_and(&mut *visit),
            };
            if found {
                return true;
            }
        }
        false
    }

    /// Returns the first value as text.
    pub(crate) fn text<'a>(&self, row: &Row<'a>) -> Option<Cow<'a, str>> {
        for place in &self.places {
            let found = match place {
                Place::Column(slot) => row.value(*slot).map(Value::into_text),
                Place::Record(path) => row.record().and_then(|record| first_text(path, record)),
                Place::Looked(what, field) => told(*what, field, row).map(Value::into_text),
            };
            if found.is_some() {
                return found;
            }
        }
        None
    }

    /// Returns the slots of the columns that the field reads.
    pub(crate) fn slots(&self) -> Vec<usize> {
        let slots_of = |place: &Place| match place {
            Place::Column(slot) => vec![*slot],
            Place::Record(_) => vec![crate::schema::RECORD],
            Place::Looked(_, field) => field.slots(),
        };
        self.places.iter().flat_map(slots_of).collect()
    }

    /// Returns the column, when the field is one column and nothing else.
    pub(crate) fn column(&self) -> Option<usize> {
        match self.places.as_slice() {
            [Place::Column(slot)] => Some(*slot),
            _ => None,
        }
    }

    /// Returns the field as an SQL expression, when it stands in columns alone.
    pub(crate) fn sql(&self, schema: &Schema) -> Option<String> {
        let mut columns = Vec::new();
        for place in &self.places {
            let Place::Column(slot) = place else { return None };
            columns.push(schema.quoted(*slot));
        }
        match columns.as_slice() {
            [column] => Some(column.clone()),
            several => Some(format!("coalesce({})", several.join(", "))),
        }
    }
}

/// Reads `country(field)` and its like.
fn looked(name: &str, schema: &Schema) -> Result<Place, String> {
    let call = name.strip_suffix(')').and_then(|call| call.split_once('('));
    let known = call.and_then(|(function, field)| {
        LOOK_UPS.iter().find(|(name, _)| *name == function).map(|(_, what)| (*what, field))
    });
    let Some((what, field)) = known else {
        let names = LOOK_UPS.map(|(name, _)| format!("`{name}`")).join(", ");
        return Err(format!("`{name}`: what can be looked up is {names}"));
    };
    Ok(Place::Looked(what, Box::new(Field::parse(field, schema)?)))
}

/// Returns what is looked up of a field's value.
fn told<'a>(what: LookUp, field: &Field, row: &Row<'a>) -> Option<Value<'a>> {
    let text = field.text(row)?;
    row.told(what, &text).map(|text| Value::Text(text.into()))
}

fn first_text<'a>(path: &Path, record: &str) -> Option<Cow<'a, str>> {
    let mut first = None;
    path.any(record, &mut |value| {
        first = Some(Cow::Owned(value.into_text().into_owned()));
        true
    });
    first
}
