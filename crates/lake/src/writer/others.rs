//! What other writers stored while this one ran, for the batches that were gathered meanwhile.

use std::collections::HashSet;

use arrow::array::{Array, AsArray};
use arrow::datatypes::Int64Type;
use haechi_sources::schema::POSITION;

use super::Table;
use crate::objects::{Known, KnownObjects, Piece};

/// What other writers stored, in the order in which it was learnt.
#[derive(Default)]
pub(super) struct Others {
    stored: Vec<Stored>,
}

/// The ids of one file.
struct Stored {
    /// The source's place among the mappings.
    source: usize,
    ids: HashSet<u128>,
}

impl Others {
    /// Returns how much there is; a batch remembers how much of it it has been compared with.
    pub(super) fn len(&self) -> usize {
        self.stored.len()
    }

    pub(super) fn push(&mut self, source: usize, ids: HashSet<u128>) {
        self.stored.push(Stored { source, ids });
    }

    /// Takes the mark off rows that others stored since the batch was compared last; tells whether
    /// there were any.
    ///
    /// Rows that are themselves by their place are compared every time: what the index said of
    /// their object when it was begun may be long ago.
    pub(super) fn drop_stored(
        &self,
        n_seen: &mut usize,
        pieces: &[Piece],
        objects: &KnownObjects,
        tables: &mut [Table<'_>],
    ) -> bool {
        let new = self.stored.get(*n_seen..).unwrap_or_default();
        *n_seen = self.stored.len();
        let known: Vec<Known> = pieces
            .iter()
            .map(|it| objects.get(&it.identity).copied().unwrap_or_default())
            .collect();
        let mut dropped = false;
        for table in tables {
            dropped |= match table.id_column() {
                Some(_) => table.drop_ids(new),
                None => table.drop_positions(&known),
            };
        }
        dropped
    }
}

impl Table<'_> {
    fn drop_ids(&mut self, new: &[Stored]) -> bool {
        let index = self.mapping.index;
        let new: Vec<_> = new.iter().filter(|it| it.source == index).collect();
        let is_stored = |id: &u128| new.iter().any(|it| it.ids.contains(id));
        let mut dropped = false;
        for (kept, id) in self.is_kept.iter_mut().zip(&self.rows.ids) {
            let drop = *kept && is_stored(id);
            *kept &= !drop;
            dropped |= drop;
        }
        dropped
    }

    /// Drops rows of objects that others read to the end, or further than those rows.
    fn drop_positions(&mut self, known: &[Known]) -> bool {
        let positions = self.rows.batch.column_by_name(POSITION);
        let positions = positions.and_then(|it| it.as_primitive_opt::<Int64Type>());
        let mut dropped = false;
        for (row, (kept, &object)) in self.is_kept.iter_mut().zip(&self.rows.objects).enumerate() {
            let known = usize::try_from(object).ok().and_then(|it| known.get(it));
            let Some(known) = known else { continue };
            let position = positions.filter(|it| it.is_valid(row)).map(|it| it.value(row));
            let position = position.and_then(|it| u64::try_from(it).ok());
            let is_behind = position.zip(known.reached).is_some_and(|(at, reached)| at <= reached);
            let drop = *kept && (known.is_complete && !known.is_skipped || is_behind);
            *kept &= !drop;
            dropped |= drop;
        }
        dropped
    }
}
