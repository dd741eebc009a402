//! The columns of one source as the lake presents them, each with a number: its slot.

use std::collections::HashMap;

use haechi_catalog::{ColumnKind, Source};

/// The columns of a source that pages may speak of.
#[derive(Debug)]
pub(crate) struct Schema {
    /// The source's name, which is its table's name.
    pub(crate) source: String,
    /// The columns.
    pub(crate) slots: Vec<Slot>,
    /// The column that makes a record itself, when the source has one.
    pub(crate) id: Option<usize>,
    /// The columns that tell calls which an AWS service made, when the source has them.
    pub(crate) service: Option<ServiceSlots>,
    /// The columns that hold addresses and domains.
    pub(crate) ends: Vec<usize>,
    by_name: HashMap<String, usize>,
}

/// One column.
#[derive(Debug)]
pub(crate) struct Slot {
    /// Its name in SQL.
    pub(crate) name: String,
    /// Its type.
    pub(crate) kind: ColumnKind,
}

/// Where it stands that AWS itself made a call.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ServiceSlots {
    /// The type of the caller; `AWSService` for a service's own calls.
    pub(crate) identity_type: usize,
    /// The service that made the call for somebody.
    pub(crate) invoked_by: usize,
}

/// The slot of the account that a record belongs to.
pub(crate) const ACCOUNT: usize = 0;
/// The slot of the Region.
pub(crate) const REGION: usize = 1;
/// The slot of the object that a record came from.
pub(crate) const FILE: usize = 2;
/// The slot of the record's place in its object.
pub(crate) const POSITION: usize = 3;
/// The slot of the verbatim record.
pub(crate) const RECORD: usize = 4;

/// What every table of the lake has, in the order of the constants above.
const EVERYWHERE: [(&str, ColumnKind); 5] = [
    ("account", ColumnKind::String),
    ("region", ColumnKind::String),
    ("file", ColumnKind::String),
    ("position", ColumnKind::Int),
    ("record", ColumnKind::String),
];

impl Schema {
    /// Numbers the columns of a source.
    pub(crate) fn of(source: &Source) -> Self {
        let mut slots: Vec<Slot> = EVERYWHERE
            .iter()
            .map(|(name, kind)| Slot { name: (*name).to_owned(), kind: *kind })
            .collect();
        let mut by_name: HashMap<String, usize> =
            EVERYWHERE.iter().enumerate().map(|(at, (name, _))| ((*name).to_owned(), at)).collect();
        let mut ends = Vec::new();
        let of_source: Vec<&str> = source.ends().map(|column| column.name.as_str()).collect();
        for column in &source.columns {
            if of_source.contains(&column.name.as_str()) {
                ends.push(slots.len());
            }
            by_name.insert(column.name.clone(), slots.len());
            by_name.insert(column.path.clone(), slots.len());
            slots.push(Slot { name: column.name.clone(), kind: column.kind });
        }
        let slot = |name: &str| by_name.get(name).copied();
        let service = slot("userIdentity.type").zip(slot("userIdentity.invokedBy"));
        Self {
            source: source.name.clone(),
            id: source.id.as_deref().and_then(slot),
            service: service
                .map(|(identity_type, invoked_by)| ServiceSlots { identity_type, invoked_by }),
            slots,
            ends,
            by_name,
        }
    }

    /// Returns the slot of a column, asked for by its name or by its path in the record.
    pub(crate) fn slot(&self, name: &str) -> Option<usize> {
        self.by_name.get(name).copied()
    }

    /// Returns the column's name as SQL writes it.
    pub(crate) fn quoted(&self, slot: usize) -> String {
        let name = self.slots.get(slot).map_or("", |slot| slot.name.as_str());
        format!("\"{}\"", name.replace('"', "\"\""))
    }

    /// Returns the columns that name a record: its id, or its object and its place in it.
    pub(crate) fn id_slots(&self) -> Vec<usize> {
        self.id.map_or_else(|| vec![FILE, POSITION], |id| vec![id])
    }
}
