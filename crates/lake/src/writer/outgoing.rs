//! A batch on its way into the lake, and what of it is new.

use std::collections::HashMap;

use arrow::array::AsArray;
use arrow::datatypes::Int64Type;
use haechi_model::Timestamp;
use haechi_sources::schema::POSITION;
use haechi_sources::{Mapping, Reject, Rows};

use crate::batch::Gathered;
use crate::keys::Hour;
use crate::objects::{Known, KnownObjects, Piece};

/// A batch on its way into the lake.
pub(super) struct Outgoing<'a> {
    pub(super) tables: Vec<Table<'a>>,
    pub(super) pieces: Vec<Piece>,
    /// What the lake has of each piece's object without this batch.
    known: Vec<Known>,
    /// The rejects, each with the number of its piece.
    rejects: Vec<(usize, Reject)>,
}

/// A source's rows on their way into the lake.
pub(super) struct Table<'a> {
    pub(super) mapping: &'a Mapping,
    pub(super) rows: Rows,
    /// For each row, whether it is new.
    pub(super) is_kept: Vec<bool>,
    /// The hours that the rows lie in, for a source whose records have ids.
    pub(super) hours: Vec<Hour>,
}

impl<'a> Outgoing<'a> {
    /// Takes what was gathered, all of it as new.
    pub(super) fn new(gathered: Gathered<'a>) -> Self {
        let Gathered { tables, pieces, rejects } = gathered;
        let tables = tables.into_iter().map(|it| Table::new(it.0, it.1)).collect();
        let known = vec![Known::default(); pieces.len()];
        Self { tables, pieces, known, rejects }
    }

    /// Looks up what the lake has of each object, and takes the mark off rows that it has by their
    /// place; tells whether there is anything new.
    pub(super) fn look_up(&mut self, objects: &KnownObjects) -> bool {
        let known = |piece: &Piece| objects.get(&piece.identity).copied().unwrap_or_default();
        let known: Vec<Known> = self.pieces.iter().map(known).collect();
        if known == self.known {
            return false;
        }
        self.known = known;
        for table in self.tables.iter_mut().filter(|it| it.id_column().is_none()) {
            table.drop_positions(&self.known);
        }
        true
    }

    /// Returns the rejects that are new, each with its object's name.
    pub(super) fn rejects(&self) -> Vec<(&str, &Reject)> {
        let is_new = |(piece, reject): &&(usize, Reject)| self.is_first(*piece, reject.position);
        let name = |piece: usize| self.pieces.get(piece).map(|it| it.name.as_str());
        let new = self.rejects.iter().filter(is_new);
        new.filter_map(|(piece, reject)| Some((name(*piece)?, reject))).collect()
    }

    /// Tells whether no earlier piece of the object has that record.
    fn is_first(&self, piece: usize, position: u64) -> bool {
        self.known.get(piece).is_some_and(|known| !known.has(position))
    }

    /// Counts, for each object, the records that no earlier piece of it has.
    pub(super) fn count(&mut self) {
        for piece in &mut self.pieces {
            (piece.accepted, piece.duplicate, piece.rejected) = (0, 0, 0);
        }
        for table in &self.tables {
            for ((object, at), &is_kept) in table.places().zip(&table.is_kept) {
                let is_first = self.is_first(object, at);
                let Some(piece) = self.pieces.get_mut(object) else { continue };
                piece.accepted += u64::from(is_kept);
                piece.duplicate += u64::from(!is_kept && is_first);
            }
            for &(object, at) in &table.rows.repeated {
                let object = usize::try_from(object).unwrap_or(usize::MAX);
                let is_first = self.is_first(object, at);
                let Some(piece) = self.pieces.get_mut(object) else { continue };
                piece.duplicate += u64::from(is_first);
            }
        }
        for (piece, reject) in &self.rejects {
            let is_first = self.is_first(*piece, reject.position);
            if let Some(piece) = self.pieces.get_mut(*piece) {
                piece.rejected += u64::from(is_first);
            }
        }
        for piece in &mut self.pieces {
            piece.read = piece.accepted + piece.duplicate + piece.rejected;
        }
    }
}

impl<'a> Table<'a> {
    fn new(mapping: &'a Mapping, rows: Rows) -> Self {
        let is_kept = vec![true; rows.times.len()];
        Self { mapping, rows, is_kept, hours: Vec::new() }
    }

    /// Returns the column that makes a record itself.
    pub(super) fn id_column(&self) -> Option<&'a str> {
        id_column(self.mapping)
    }

    /// Returns the hours that the rows lie in, and for each row its hour and id.
    pub(super) fn hours(&self) -> (Vec<Hour>, Vec<(usize, u128)>) {
        let mut hours = Vec::new();
        let mut places: HashMap<(Option<u32>, Option<i64>), usize> = HashMap::new();
        let mut rows = Vec::with_capacity(self.rows.ids.len());
        let all = self.rows.accounts.iter().zip(&self.rows.times).zip(&self.rows.ids);
        for ((&account, &time), &id) in all {
            let hour = time.map(|time| Timestamp(time).hour());
            let place = *places.entry((account, hour)).or_insert_with(|| {
                let known = &self.rows.known_accounts;
                let account = account.and_then(|number| known.get(number as usize));
                hours.push(Hour::of(self.mapping.index, account.map(String::as_str), time));
                hours.len() - 1
            });
            rows.push((place, id));
        }
        (hours, rows)
    }

    /// Returns for each row the number of its piece and its position in the object.
    fn places(&self) -> impl Iterator<Item = (usize, u64)> {
        let positions = self.rows.batch.column_by_name(POSITION);
        let positions = positions.and_then(|it| it.as_primitive_opt::<Int64Type>());
        let positions = positions.map(|it| it.values().iter()).unwrap_or_default();
        let place = |(&object, &position): (&i32, &i64)| {
            (usize::try_from(object).unwrap_or(usize::MAX), position.cast_unsigned())
        };
        self.rows.objects.iter().zip(positions).map(place)
    }

    /// Drops rows of objects that were read to the end, or further than those rows.
    fn drop_positions(&mut self, known: &[Known]) {
        let is_stored = |(object, at)| known.get(object).is_some_and(|known: &Known| known.has(at));
        let stored: Vec<bool> = self.places().map(is_stored).collect();
        for (kept, is_stored) in self.is_kept.iter_mut().zip(stored) {
            *kept &= !is_stored;
        }
    }
}

/// Returns the column that makes a record of the source itself.
pub(super) fn id_column(mapping: &Mapping) -> Option<&str> {
    let path = mapping.source.id.as_ref()?;
    mapping.source.columns.iter().find(|it| it.path == *path).map(|it| it.name.as_str())
}
