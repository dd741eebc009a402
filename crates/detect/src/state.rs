//! State that stays bounded: what has been quiet longest is forgotten first.

use std::collections::HashMap;
use std::hash::Hash;

use crate::kept::{Arriving, Kept, Part, Pieces, kept};
use haechi_model::Timestamp;

/// The name of a subject, scope or value in state: 128 bits of hash in place of its text.
///
/// It never leaves the process: ids of findings are made by a cryptographic hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Key(u128);

impl Key {
    /// Makes the key of a list of parts; no two lists run together.
    pub(crate) fn of(parts: &[&str]) -> Self {
        parts.iter().fold(Self(0), |key, part| key.with(part))
    }

    /// Returns the key of the same list with one part more.
    pub(crate) fn with(self, part: &str) -> Self {
        Self::hashed(&(self.0, part))
    }

    /// Returns half of the key, where many are kept and a mistake in 2^64 does not matter.
    pub(crate) fn short(self) -> u64 {
        let [half @ .., _, _, _, _, _, _, _, _] = self.0.to_le_bytes();
        u64::from_le_bytes(half)
    }

    /// Makes the key of anything.
    pub(crate) fn hashed(value: &impl Hash) -> Self {
        // Fixed seeds: the same input takes the same path on every run.
        let half = |seed: u64| {
            let state = ahash::RandomState::with_seeds(seed, 2, 3, 4);
            u128::from(state.hash_one(value))
        };
        Self((half(1) << 64) | half(5))
    }
}

/// The different days on which something was done; rows come in time order.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct DistinctDays {
    count: usize,
    last: Option<i64>,
}

impl DistinctDays {
    /// Notes the day of a moment.
    pub(crate) fn note(&mut self, now: Timestamp) {
        if self.last != Some(now.day()) {
            self.last = Some(now.day());
            self.count += 1;
        }
    }

    /// Tells whether there were more days than these.
    pub(crate) fn exceed(self, days: usize) -> bool {
        days < self.count
    }
}

/// Below so many entries nothing is gained by looking for what is over.
const ROOM_MIN: usize = 1_024;

/// The share of its places that a map has to get back for looking through all of them.
const ROOM_SHARE: usize = 4;

/// A map that holds at most so many entries.
#[derive(Debug)]
pub(crate) struct Fading<V> {
    entries: HashMap<Key, (Timestamp, V), ahash::RandomState>,
    n_max: usize,
    n_forgotten: u64,
    /// How many entries were let go for want of room.
    n_let_go: u64,
}

impl<V: Default> Fading<V> {
    /// Makes an empty map for at most so many entries, and at least one.
    pub(crate) fn new(n_max: usize) -> Self {
        let hasher = ahash::RandomState::with_seeds(1, 2, 3, 4);
        Self {
            entries: HashMap::with_hasher(hasher),
            n_max: n_max.max(1),
            n_forgotten: 0,
            n_let_go: 0,
        }
    }

    /// Returns the entry, made new when it is not there, and notes that it is in use.
    pub(crate) fn entry(&mut self, key: Key, now: Timestamp) -> &mut V {
        if self.n_max <= self.entries.len() && !self.entries.contains_key(&key) {
            self.forget_older_half();
        }
        let (last, value) = self.entries.entry(key).or_insert_with(|| (now, V::default()));
        *last = now;
        value
    }

    /// Returns the entry as [`Fading::entry`] does, made new when what it holds is over: nothing
    /// can come of it any more. What is over makes room before the map grows.
    pub(crate) fn entry_unless(
        &mut self,
        key: Key,
        now: Timestamp,
        is_over: impl Fn(&V) -> bool,
    ) -> &mut V {
        let is_full = self.entries.len() == self.entries.capacity().min(self.n_max);
        if is_full && ROOM_MIN <= self.entries.len() && !self.entries.contains_key(&key) {
            self.let_go(&is_over);
        }
        let value = self.entry(key, now);
        if is_over(value) {
            *value = V::default();
        }
        value
    }

    /// Lets go of what is over, where that makes room enough for the map not to grow soon.
    fn let_go(&mut self, is_over: impl Fn(&V) -> bool) {
        let n_over = self.entries.values().filter(|(_, value)| is_over(value)).count();
        if n_over < self.entries.capacity() / ROOM_SHARE {
            return;
        }
        // Taken out and put back: a table from which entries are removed one by one keeps their
        // places taken, and grows all the same.
        let left = self.entries.drain().filter(|(_, (_, value))| !is_over(value));
        let left: Vec<_> = left.collect();
        self.entries.extend(left);
    }

    /// Returns how often entries were forgotten.
    pub(crate) fn n_forgotten(&self) -> u64 {
        self.n_forgotten
    }

    /// Returns the entry, if it is there.
    pub(crate) fn get_mut(&mut self, key: Key) -> Option<&mut V> {
        self.entries.get_mut(&key).map(|(_, value)| value)
    }

    /// Ends the map: everything that it holds, in the order of the keys.
    pub(crate) fn into_ordered(self) -> Vec<V> {
        let mut entries: Vec<(Key, V)> =
            self.entries.into_iter().map(|(key, (_, value))| (key, value)).collect();
        entries.sort_unstable_by_key(|(key, _)| *key);
        entries.into_iter().map(|(_, value)| value).collect()
    }

    /// Forgets half of the entries, so that the cost of choosing is spread over many rows.
    fn forget_older_half(&mut self) {
        self.n_forgotten += 1;
        let mut order: Vec<(Timestamp, Key)> =
            self.entries.iter().map(|(key, (last, _))| (*last, *key)).collect();
        order.sort_unstable();
        let n_older = order.len().div_ceil(2);
        self.n_let_go += n_older as u64;
        for (_, key) in order.iter().take(n_older) {
            self.entries.remove(key);
        }
    }
}

kept!(DistinctDays { count, last });

impl Kept for Key {
    fn write(&self, out: &mut Vec<u8>) {
        self.0.write(out);
    }

    fn read(bytes: &mut &[u8]) -> Option<Self> {
        u128::read(bytes).map(Self)
    }
}

impl<V: Kept + Default> Part for Fading<V> {
    fn save(&self, out: &mut Pieces<'_>) {
        let mut entries: Vec<_> = self.entries.iter().collect();
        entries.sort_unstable_by_key(|(key, _)| **key);
        out.add(|piece| entries.len().write(piece));
        for (key, (last, value)) in entries {
            out.add(|piece| {
                key.write(piece);
                last.write(piece);
                value.write(piece);
            });
        }
    }

    fn load(&mut self, from: &mut Arriving<'_>) -> Option<()> {
        self.entries.clear();
        for _ in 0..from.take(usize::read)? {
            let (key, entry) = from.take(<(Key, (Timestamp, V))>::read)?;
            self.entries.insert(key, entry);
        }
        Some(())
    }

    fn bytes(&self) -> usize {
        // A table is half to seven eighths full, and has a byte for each place.
        let place_bytes = (size_of::<(Key, (Timestamp, V))>() + 1) * 3 / 2;
        let held: usize = self.entries.values().map(|(_, value)| value.held_bytes()).sum();
        self.entries.len() * place_bytes + held
    }

    fn let_go_of_half(&mut self) {
        self.forget_older_half();
        self.entries.shrink_to_fit();
    }

    fn n_let_go(&self) -> u64 {
        self.n_let_go
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_do_not_run_together() {
        let key = Key::of;
        assert_ne!(key(&["ab", "c"]), key(&["a", "bc"]));
        assert_ne!(key(&["a"]), key(&["a", ""]));
        assert_eq!(key(&["a", "b"]), key(&["a", "b"]));
    }

    #[test]
    fn the_quiet_are_forgotten_first() {
        let key = |name: usize| Key::of(&[name.to_string().as_str()]);
        let mut map: Fading<u32> = Fading::new(4);
        for name in 0..4 {
            *map.entry(key(name), Timestamp(0)) = 1;
        }
        map.entry(key(0), Timestamp(9));
        map.entry(key(7), Timestamp(10));
        assert_eq!(map.get_mut(key(0)), Some(&mut 1));
        assert_eq!(map.entries.len(), 3);
    }

    #[test]
    fn what_is_over_makes_room_and_begins_anew() {
        let n_max = 50_000;
        let (mut map, mut never): (Fading<i64>, Fading<i64>) =
            (Fading::new(n_max), Fading::new(n_max));
        let mut capacity_max = 0;
        for now in 0..200_000_i64 {
            // Nine of ten are over after a thousand moments.
            let is_over = |last: &i64| *last % 10 != 0 && *last < now - 1_000;
            let key = Key::of(&[&(now % 70_000).to_string()]);
            let value = map.entry_unless(key, Timestamp(now), is_over);
            assert!(*value == 0 || *value == now - 70_000, "{now}: {value}");
            assert!(*value == 0 || now % 10 == 0, "{now} goes on with what is over");
            *value = now;
            capacity_max = capacity_max.max(map.entries.capacity());
            *never.entry(key, Timestamp(now)) = now;
        }
        assert!(capacity_max <= 16_384, "{capacity_max} places for some 8,000");
        assert!(32_768 <= never.entries.capacity());
        assert_eq!(map.n_forgotten, 0);
        assert!(0 < never.n_forgotten);
    }
}
