//! What other writers stored while this one ran, for the batches that were gathered meanwhile.

use std::collections::{BTreeMap, HashSet, VecDeque};

use super::outgoing::{Outgoing, Table};

/// What other writers stored, in the order in which it was learnt, as far as a batch in flight has
/// not been compared with it.
#[derive(Default)]
pub(super) struct Others {
    stored: VecDeque<Stored>,
    /// How many were forgotten before the first of `stored`.
    n_forgotten: usize,
    /// With how many each batch in flight has been compared.
    in_flight: BTreeMap<Ticket, usize>,
    next: Ticket,
}

/// A batch in flight.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Ticket(u64);

/// The ids of one file that batches in flight may have claimed.
struct Stored {
    /// The source's place among the mappings.
    source: usize,
    ids: HashSet<u128>,
}

impl Others {
    /// Begins a batch: it will be compared with all that is learnt from now on.
    pub(super) fn begin(&mut self) -> Ticket {
        let ticket = self.next;
        self.next = Ticket(ticket.0 + 1);
        self.in_flight.insert(ticket, self.n_learnt());
        ticket
    }

    /// Ends a batch.
    pub(super) fn end(&mut self, ticket: Ticket) {
        self.in_flight.remove(&ticket);
        self.forget();
    }

    /// Learns ids that another writer stored.
    pub(super) fn push(&mut self, source: usize, ids: HashSet<u128>) {
        if !ids.is_empty() {
            self.stored.push_back(Stored { source, ids });
            self.forget();
        }
    }

    /// Takes the mark off rows whose ids others stored since the batch was compared last; tells
    /// whether there were any.
    pub(super) fn drop_stored(&mut self, ticket: Ticket, outgoing: &mut Outgoing<'_>) -> bool {
        let n_learnt = self.n_learnt();
        let n_seen = self.in_flight.insert(ticket, n_learnt).unwrap_or_default();
        let n_skipped = n_seen.saturating_sub(self.n_forgotten);
        let new: Vec<&Stored> = self.stored.iter().skip(n_skipped).collect();
        let mut dropped = false;
        for table in outgoing.tables.iter_mut().filter(|it| it.id_column().is_some()) {
            dropped |= table.drop_ids(&new);
        }
        self.forget();
        dropped
    }

    fn n_learnt(&self) -> usize {
        self.n_forgotten + self.stored.len()
    }

    /// Forgets what every batch in flight has been compared with.
    fn forget(&mut self) {
        let n_seen = self.in_flight.values().min().copied().unwrap_or(self.n_learnt());
        let n_done = n_seen.saturating_sub(self.n_forgotten);
        self.stored.drain(..n_done);
        self.n_forgotten += n_done;
    }
}

impl Table<'_> {
    fn drop_ids(&mut self, new: &[&Stored]) -> bool {
        let index = self.mapping.index;
        let is_stored = |id: &u128| new.iter().any(|it| it.source == index && it.ids.contains(id));
        let mut dropped = false;
        for (kept, id) in self.is_kept.iter_mut().zip(&self.rows.ids) {
            let drop = *kept && is_stored(id);
            *kept &= !drop;
            dropped |= drop;
        }
        dropped
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::batch::Gathered;

    fn learn(others: &mut Others, n_files: usize) {
        for number in 0..n_files {
            others.push(0, HashSet::from([number as u128]));
        }
    }

    #[test]
    fn what_every_batch_in_flight_was_compared_with_is_forgotten() {
        let gathered = || Gathered { tables: vec![], pieces: vec![], rejects: vec![] };
        let mut others = Others::default();
        learn(&mut others, 3);
        assert_eq!(others.stored.len(), 0, "no batch is in flight");
        let first = others.begin();
        learn(&mut others, 2);
        let second = others.begin();
        learn(&mut others, 4);
        assert_eq!(others.stored.len(), 6);
        others.drop_stored(second, &mut Outgoing::new(gathered()));
        assert_eq!(others.stored.len(), 6, "the first batch has seen none of it");
        others.drop_stored(first, &mut Outgoing::new(gathered()));
        assert_eq!(others.stored.len(), 0);
        learn(&mut others, 5);
        others.end(first);
        assert_eq!(others.stored.len(), 5);
        others.end(second);
        assert_eq!((others.stored.len(), others.n_learnt()), (0, 14));
    }
}
