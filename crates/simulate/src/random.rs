//! Chance from a seed: splitmix64, one independent stream for each label.
//!
//! Every actor and every hour has a stream of its own, so leaving a story out or adding a day
//! changes nothing else. Only integers are used: the same seed gives the same bytes everywhere.

use crate::moment::Moment;

const FNV_OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
const FNV_PRIME: u64 = 0x0000_0100_0000_01b3;

/// One stream of numbers.
#[derive(Clone, Debug)]
pub(crate) struct Random(u64);

impl Random {
    /// Opens the stream that belongs to a label and a number (an hour, a day, a file).
    pub(crate) fn stream(seed: u64, label: &str, number: i64) -> Self {
        let seed_bytes = seed.to_le_bytes();
        let number_bytes = number.to_le_bytes();
        let bytes = seed_bytes.iter().chain(label.as_bytes()).chain(&number_bytes);
        Self(bytes.fold(FNV_OFFSET, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(FNV_PRIME)))
    }

    /// Gives the next 64 bits (splitmix64).
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ (bits >> 31)
    }

    /// Gives a number from zero up to, but not including, `bound`.
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound.max(1)
    }

    /// Gives a number between two others, both included.
    pub(crate) fn between(&mut self, lower: i64, upper: i64) -> i64 {
        let width = upper.saturating_sub(lower).unsigned_abs().saturating_add(1);
        lower.saturating_add(i64::try_from(self.below(width)).unwrap_or_default())
    }

    /// Gives a moment between two others, both included.
    pub(crate) fn moment_between(&mut self, lower: Moment, upper: Moment) -> Moment {
        Moment(self.between(lower.0, upper.0))
    }

    /// Says yes so many times in a hundred.
    pub(crate) fn percent(&mut self, chance: u64) -> bool {
        self.below(100) < chance
    }

    /// Says yes so many times in a thousand.
    pub(crate) fn permille(&mut self, chance: u64) -> bool {
        self.below(1000) < chance
    }

    /// Picks one item; the default one when there is nothing to pick from.
    pub(crate) fn pick<T: Copy + Default>(&mut self, items: &[T]) -> T {
        let bound = u64::try_from(items.len()).unwrap_or_default();
        let index = usize::try_from(self.below(bound)).unwrap_or_default();
        items.get(index).copied().unwrap_or_default()
    }

    /// Picks one item by weight; the default one when there is nothing to pick from.
    pub(crate) fn pick_weighted<T: Copy + Default>(&mut self, items: &[(u64, T)]) -> T {
        let total = items.iter().map(|(weight, _)| weight).sum();
        let mut point = self.below(total);
        for (weight, item) in items {
            if point < *weight {
                return *item;
            }
            point -= weight;
        }
        T::default()
    }
}
