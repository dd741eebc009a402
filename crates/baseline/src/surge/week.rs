//! The calls of the last seven days, half hour by half hour, in few bytes.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use crate::limits::{BASELINE_BINS, HALF_HOUR_BINS};

/// Half hours of a week.
const WEEK: i64 = BASELINE_BINS / HALF_HOUR_BINS;

/// The half hours with calls of one week: for each how many after the one before, its calls, and
/// how many of its bins had any.
///
/// Numbers are written seven bits a byte, so that an API that is always busy takes a kilobyte or
/// two, and a silent one nothing.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Week {
    bytes: VecDeque<u8>,
    /// The half hours that the first and the last entry stand for.
    first: i64,
    last: i64,
    n_entries: usize,
    current: Entry,
    total: Entry,
}

/// Calls, and how many bins had any.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Entry {
    half_hour: i64,
    pub calls: u64,
    pub n_bins: u64,
}

impl Week {
    /// Remembers the calls of a bin, later than all before it.
    pub(super) fn add(&mut self, bin: i64, calls: u32) {
        let half_hour = bin.div_euclid(HALF_HOUR_BINS);
        if self.current.half_hour != half_hour {
            self.keep();
            self.current = Entry { half_hour, ..Entry::default() };
        }
        for entry in [&mut self.current, &mut self.total] {
            entry.calls += u64::from(calls);
            entry.n_bins += 1;
        }
    }

    /// Forgets the half hours that ended more than a week before that of a bin began.
    pub(super) fn forget(&mut self, bin: i64) {
        let oldest = bin.div_euclid(HALF_HOUR_BINS).saturating_sub(WEEK);
        if self.current.half_hour < oldest {
            self.keep();
        }
        while 0 < self.n_entries && self.first < oldest {
            self.read();
            let (calls, n_bins) = (self.read(), self.read());
            self.total.calls = self.total.calls.saturating_sub(calls);
            self.total.n_bins = self.total.n_bins.saturating_sub(n_bins);
            self.n_entries -= 1;
            let gap = peeked(self.bytes.iter().copied());
            self.first = self.first.saturating_add(i64::try_from(gap).unwrap_or(i64::MAX));
        }
    }

    /// Returns what the week has, and how many bins before this one that is.
    pub(super) fn before(&self, bin: i64) -> (Entry, i64) {
        (self.total, BASELINE_BINS + bin.rem_euclid(HALF_HOUR_BINS))
    }

    /// Returns the bytes on the heap.
    pub(super) fn heap_bytes(&self) -> usize {
        self.bytes.capacity()
    }

    /// Writes the current half hour down.
    fn keep(&mut self) {
        let Entry { half_hour, calls, n_bins } = std::mem::take(&mut self.current);
        if n_bins == 0 {
            return;
        }
        if self.n_entries == 0 {
            (self.first, self.last) = (half_hour, half_hour);
        }
        self.write(u64::try_from(half_hour.saturating_sub(self.last)).unwrap_or_default());
        self.write(calls);
        self.write(n_bins);
        self.last = half_hour;
        self.n_entries += 1;
    }

    fn write(&mut self, mut number: u64) {
        if self.bytes.len() + 10 > self.bytes.capacity() {
            // A quarter more, where growing by itself would double it.
            self.bytes.reserve_exact(32 + self.bytes.len() / 4);
        }
        loop {
            let [low, ..] = (number & 0x7f).to_le_bytes();
            number >>= 7;
            if number == 0 {
                self.bytes.push_back(low);
                return;
            }
            self.bytes.push_back(low | 0x80);
        }
    }

    /// Takes the first number.
    fn read(&mut self) -> u64 {
        let number = peeked(self.bytes.iter().copied());
        while self.bytes.pop_front().is_some_and(|byte| 0x80 <= byte) {}
        number
    }
}

/// Returns the number that begins here.
fn peeked(bytes: impl Iterator<Item = u8>) -> u64 {
    let mut number = 0;
    for (byte, shift) in bytes.zip((0..64).step_by(7)) {
        number |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            break;
        }
    }
    number
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_week_holds_the_calls_of_its_bins_and_no_older_ones() {
        let mut week = Week::default();
        let counts = |bin: i64| match bin % 5 {
            0 => 0,
            1 => 3,
            2 => 200,
            3 => 20_000,
            _ => u32::MAX,
        };
        for bin in 0..5_000 {
            if 0 < counts(bin) {
                week.add(bin, counts(bin));
            }
            week.forget(bin);
            let (entry, n_bins) = week.before(bin);
            let kept = (bin - n_bins).max(0)..=bin;
            let calls: u64 = kept.clone().map(|bin| u64::from(counts(bin))).sum();
            let n_busy = kept.filter(|bin| 0 < counts(*bin)).count();
            assert_eq!((entry.calls, entry.n_bins), (calls, n_busy as u64), "bin {bin}");
        }
        week.forget(50_000);
        assert_eq!(week.before(50_000).0.calls, 0);
        week.add(60_000, 7);
        assert_eq!(week.before(60_000).0.calls, 7);
    }

    #[test]
    fn an_api_that_is_always_busy_takes_two_kilobytes() {
        let mut week = Week::default();
        for bin in 0..10_000 {
            week.add(bin, 16_000);
            week.forget(bin);
        }
        assert!(week.heap_bytes() < 2_200, "{}", week.heap_bytes());
    }
}
