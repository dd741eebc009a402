//! A surge as it goes on, asked while calls come in.

use super::opinion::Opinion;
use super::{Surges, minutes};
use crate::limits::{BASELINE_BINS, BIN_MINUTES, CALM_BINS};

/// What goes on in a surge at this moment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Surging {
    /// Calls in the bin of five minutes that is being filled.
    pub calls: u32,
    /// Calls a day in the week before.
    pub usual_a_day: f64,
    /// The first minute of the surge, counted from 1970.
    pub first: i64,
}

impl Surges {
    /// Says whether the bin being filled belongs to a surge: because it is unusual already, or
    /// because one is open. More calls never make a bin less unusual, so that what is said of half
    /// of one holds for all of it.
    #[must_use]
    pub fn surging(&self) -> Option<Surging> {
        let bin = self.current?;
        let open = self.open.filter(|open| bin.number - open.last_unusual.number <= CALM_BINS);
        if open.is_none() && !matches!(self.opinion(bin), Opinion::Unusual { .. }) {
            return None;
        }
        let average = match open {
            Some(open) => open.surge.baseline_average,
            None => self.baseline(bin.number, 0).0,
        };
        Some(Surging {
            calls: bin.calls,
            usual_a_day: average * minutes(BASELINE_BINS * BIN_MINUTES) / 7.0,
            first: open.map_or(bin.first, |open| open.surge.first),
        })
    }

    /// Returns the calls in the bin that is being filled.
    #[must_use]
    pub fn calls_now(&self) -> u32 {
        self.current.map_or(0, |bin| bin.calls)
    }

    /// Returns the minute since which calls are counted.
    #[must_use]
    pub fn counted_from(&self) -> i64 {
        self.from
    }
}
