//! What has been learnt today already: most records say again what others of the day have said.

use std::collections::HashSet;
use std::hash::{BuildHasher, Hash, Hasher};

use crate::limits::LEARNT_MAX;

/// What of today need not be learnt again. It is no state: what it skips would change nothing.
#[derive(Debug)]
pub(super) struct Learnt {
    day: i64,
    n_forgotten: u64,
    rows: HashSet<u128, ahash::RandomState>,
}

/// Names what a row says, as it grows.
pub(super) struct Saying([ahash::AHasher; 2]);

impl Default for Learnt {
    fn default() -> Self {
        let hasher = ahash::RandomState::with_seeds(1, 2, 3, 4);
        Self { day: i64::MIN, n_forgotten: 0, rows: HashSet::with_hasher(hasher) }
    }
}

impl Default for Saying {
    fn default() -> Self {
        // Fixed seeds: the same input takes the same path on every run.
        Self([1, 5].map(|seed| ahash::RandomState::with_seeds(seed, 2, 3, 4).build_hasher()))
    }
}

impl Saying {
    /// Adds a value, or that there is none.
    pub(super) fn add(&mut self, value: Option<&str>) {
        self.0.iter_mut().for_each(|hasher| value.hash(hasher));
    }
}

impl Learnt {
    /// Tells whether a row says something that has not been learnt on that day, and notes it.
    ///
    /// When something was forgotten since, nothing counts as learnt.
    pub(super) fn is_new(&mut self, saying: &Saying, day: i64, n_forgotten: u64) -> bool {
        let is_full = LEARNT_MAX <= self.rows.len();
        if day != self.day || n_forgotten != self.n_forgotten || is_full {
            self.rows.clear();
            (self.day, self.n_forgotten) = (day, n_forgotten);
        }
        let [one, other] = &saying.0;
        self.rows.insert((u128::from(one.finish()) << 64) | u128::from(other.finish()))
    }
}
