//! A bin of five minutes, and the surge that it may belong to.

use serde::{Deserialize, Serialize};

use super::habit::Peak;
use super::{Surge, minutes};
use crate::limits::{BIN_MINUTES, DAY_MINUTES};
use crate::point::Point;

/// The calls of five minutes.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(super) struct Bin {
    pub number: i64,
    pub calls: u32,
    pub first: i64,
    pub last: i64,
}

/// A surge that has not ended.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(super) struct Open {
    pub surge: Surge,
    pub first_bin: i64,
    pub last_unusual: Bin,
    pub peak: Peak,
    /// Calls up to the last unusual bin.
    calls: u32,
    /// Calls since.
    calls_after: u32,
}

impl Bin {
    /// Returns the bin of this number before its first call.
    pub(super) fn starting(number: i64) -> Self {
        let first = number * BIN_MINUTES;
        Self { number, calls: 0, first, last: first }
    }

    /// Returns its day, counted from 1970.
    pub(super) fn day(self) -> i32 {
        i32::try_from(self.first.div_euclid(DAY_MINUTES)).unwrap_or(i32::MAX)
    }

    /// Returns its half hour of the day.
    pub(super) fn slot(self) -> usize {
        Point { seconds: self.first.saturating_mul(60), value: 0.0 }.slot().0
    }
}

impl Open {
    /// Opens with the first bin and the one that made it a surge; `calls` are those before that.
    pub(super) fn new(surge: Surge, (first, bin): (Bin, Bin), calls: u32) -> Self {
        Self {
            surge,
            first_bin: first.number,
            last_unusual: bin,
            peak: Peak::default(),
            calls,
            calls_after: 0,
        }
    }

    /// Takes in the next bin.
    pub(super) fn take(&mut self, bin: Bin, is_unusual: bool) {
        self.calls_after = self.calls_after.saturating_add(bin.calls);
        if is_unusual {
            self.calls = self.calls.saturating_add(self.calls_after);
            self.calls_after = 0;
            self.peak.bin = self.peak.bin.max(bin.calls);
            self.last_unusual = bin;
        }
    }

    /// Returns the surge as it ended.
    pub(super) fn closed(&self) -> Surge {
        let last = self.last_unusual.last;
        let average = f64::from(self.calls) / minutes(last - self.surge.first + 1);
        Surge { last: Some(last), average, ..self.surge }
    }
}
