//! Which records the lake has already: their ids, by hour of the event time.
//!
//! Two deliveries of one record have one event time, so a duplicate can only be in the same hour.
//! An hour's ids are read from the lake's own files when the hour is first touched, and forgotten
//! when memory is short and no batch in flight has touched it.

use std::collections::{HashMap, HashSet};

use haechi_model::Timestamp;

use crate::limits::KEYS_MAX;

/// An hour of one source in one account.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Hour {
    /// The source's place among the mappings.
    pub source: usize,
    /// The account.
    pub account: Option<String>,
    /// Its number since 1970, or nothing for records without a time.
    pub number: Option<i64>,
}

/// An id that the lake has, and the hour that it lies in.
pub(crate) struct Stored {
    pub(crate) hour: Hour,
    pub(crate) id: u128,
}

#[derive(Default)]
struct Ids {
    known: HashSet<u128, ahash::RandomState>,
    /// How many batches that touched the hour are not committed yet.
    n_in_flight: usize,
    last_touched: u64,
}

/// The ids of the hours that were touched lately.
#[derive(Default)]
pub(crate) struct Keys {
    hours: HashMap<Hour, Ids, ahash::RandomState>,
    n_ids: usize,
    clock: u64,
}

impl Keys {
    /// Tells whether the hour's ids are here.
    pub(crate) fn has(&self, hour: &Hour) -> bool {
        self.hours.contains_key(hour)
    }

    /// Makes the hour known, with these ids; ids that it has stay.
    pub(crate) fn add(&mut self, hour: Hour, ids: impl IntoIterator<Item = u128>) {
        let known = self.hours.entry(hour).or_default();
        for id in ids {
            self.n_ids += usize::from(known.known.insert(id));
        }
    }

    /// Makes an id that another writer stored known, if its hour is; tells whether a batch may have
    /// claimed it.
    pub(crate) fn learn(&mut self, stored: &Stored) -> bool {
        let Some(known) = self.hours.get_mut(&stored.hour) else { return false };
        let is_new = known.known.insert(stored.id);
        self.n_ids += usize::from(is_new);
        !is_new
    }

    /// Marks the hours as touched by a batch that is not committed yet.
    pub(crate) fn hold<'a>(&mut self, hours: impl IntoIterator<Item = &'a Hour>) {
        self.clock += 1;
        for hour in hours {
            if let Some(ids) = self.hours.get_mut(hour) {
                ids.n_in_flight += 1;
                ids.last_touched = self.clock;
            }
        }
    }

    /// Takes the mark off, and forgets hours while too many ids are remembered.
    pub(crate) fn release<'a>(&mut self, hours: impl IntoIterator<Item = &'a Hour>) {
        for hour in hours {
            if let Some(ids) = self.hours.get_mut(hour) {
                ids.n_in_flight = ids.n_in_flight.saturating_sub(1);
            }
        }
        if self.n_ids <= KEYS_MAX {
            return;
        }
        let mut idle: Vec<(u64, Hour)> = self
            .hours
            .iter()
            .filter(|(_, ids)| ids.n_in_flight == 0)
            .map(|(hour, ids)| (ids.last_touched, hour.clone()))
            .collect();
        idle.sort_unstable();
        for (_, hour) in idle {
            if self.n_ids <= KEYS_MAX / 2 {
                return;
            }
            let forgotten = self.hours.remove(&hour).map_or(0, |ids| ids.known.len());
            self.n_ids -= forgotten;
        }
    }

    /// Claims the ids, hour by hour; tells for each whether it is new.
    ///
    /// Every hour must have been made known and held.
    pub(crate) fn claim(&mut self, hours: &[Hour], rows: &[(usize, u128)]) -> Vec<bool> {
        let take = |hour| self.hours.get_mut(hour).map(|known| std::mem::take(&mut known.known));
        let mut sets: Vec<_> = hours.iter().map(take).map(Option::unwrap_or_default).collect();
        let mut is_new = Vec::with_capacity(rows.len());
        for &(hour, id) in rows {
            let new = sets.get_mut(hour).is_some_and(|ids| ids.insert(id));
            self.n_ids += usize::from(new);
            is_new.push(new);
        }
        for (hour, ids) in hours.iter().zip(sets) {
            if let Some(known) = self.hours.get_mut(hour) {
                known.known = ids;
            }
        }
        is_new
    }
}

impl Hour {
    /// Returns the hour of a row.
    pub(crate) fn of(source: usize, account: Option<&str>, time: Option<i64>) -> Self {
        let number = time.map(|time| Timestamp(time).hour());
        Self { source, account: account.map(str::to_owned), number }
    }
}
