//! Which records were met already, in memory that has a bound.

use std::collections::HashSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use crate::limits::{ID_BYTES, ID_SHARDS, IDS_GROWN};

/// The ids of the records that were met, shared by the threads of one reading.
pub(super) struct Ids {
    shards: Vec<Mutex<Shard>>,
    may_grow: Box<dyn Fn(usize) -> bool + Send + Sync>,
    n_unchecked: AtomicU64,
}

#[derive(Default)]
struct Shard {
    ids: HashSet<u64, ahash::RandomState>,
    /// How many more it may take.
    room: usize,
    is_full: bool,
}

impl Ids {
    pub(super) fn new(may_grow: Box<dyn Fn(usize) -> bool + Send + Sync>) -> Self {
        let shards = (0..ID_SHARDS).map(|_| Mutex::default()).collect();
        Self { shards, may_grow, n_unchecked: AtomicU64::new(0) }
    }

    /// Tells whether the record is met for the first time, as far as that is still known.
    pub(super) fn is_new(&self, id: u128) -> bool {
        // LIMIT: half of an id stands for it. Among ten million records two that differ are taken
        // for one once in 400,000 queries.
        #[expect(clippy::cast_possible_truncation, reason = "both halves count")]
        let half = (id >> 64) as u64 ^ id as u64;
        let shard = usize::try_from(half % ID_SHARDS as u64).unwrap_or_default();
        let Some(shard) = self.shards.get(shard) else { return true };
        let mut shard = shard.lock().unwrap_or_else(PoisonError::into_inner);
        if shard.room == 0 && !shard.is_full {
            let n_more = IDS_GROWN.max(shard.ids.len());
            shard.is_full = !(self.may_grow)(n_more * ID_BYTES);
            shard.room = if shard.is_full { 0 } else { n_more };
        }
        if shard.is_full {
            self.n_unchecked.fetch_add(1, Ordering::Relaxed);
            return !shard.ids.contains(&half);
        }
        let is_new = shard.ids.insert(half);
        shard.room -= usize::from(is_new);
        is_new
    }

    /// Returns for how many records it is not known whether their like comes later.
    pub(super) fn n_unchecked(&self) -> u64 {
        self.n_unchecked.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_new_once() {
        let ids = Ids::new(Box::new(|_| true));
        assert!((0..100_000_u128).all(|id| ids.is_new(id)));
        assert!((0..100_000_u128).all(|id| !ids.is_new(id)));
        assert_eq!(ids.n_unchecked(), 0);
    }

    #[test]
    fn without_more_memory_what_is_known_stays_known() {
        let ids = Ids::new(Box::new({
            let left = AtomicU64::new(ID_SHARDS as u64);
            move |_| {
                left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |it| it.checked_sub(1))
                    .is_ok()
            }
        }));
        let n_ids = (2 * ID_SHARDS * IDS_GROWN) as u128;
        assert!((0..n_ids).all(|id| ids.is_new(id)));
        assert!(!ids.is_new(0));
        assert!(0 < ids.n_unchecked());
    }
}
