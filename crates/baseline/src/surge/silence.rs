//! Whether there were unusually few calls: none for longer than ever.

use super::open::Bin;
use super::scale::SHAPE_MIN;
use super::{Direction, Surge, Surges, count, minutes};
use crate::limits::{
    BIN_MINUTES, SILENCE_BINS_MIN, SILENCE_BUSY_BINS_MIN, SILENCE_HISTORY_BINS_MIN,
};

/// From this surprise on, in nats, a silence is unusual: once in 22,000, if the tail is what it
/// seems.
const SURPRISE_MIN: f32 = 10.0;

/// A silence stands for this many calls that would have come at the baseline's rate.
const MISSING_CALLS_MIN: f64 = 50.0;

/// And for this many clumps of them: that none comes by chance is as rare as e to the minus this.
const MISSING_CLUMPS_MIN: f64 = 14.0;

impl Surges {
    /// Learns from the bins without calls between two with some, after judging them.
    pub(super) fn silence(&mut self, before: Bin, next: i64) {
        let length = next - before.number - 1;
        if length <= 0 {
            self.silences.skip(before.number, 1);
            return;
        }
        self.bins.skip(before.number + 1, length);
        let silence = self.unusual_silence(before, next);
        self.found.extend(silence);
        let length = u32::try_from(length).unwrap_or(u32::MAX);
        self.silences.add(before.number, count(length));
    }

    pub(super) fn unusual_silence(&self, before: Bin, next: i64) -> Option<Surge> {
        let length = next - before.number - 1;
        let history = self.history(before.number);
        let is_too_short = length < SILENCE_BINS_MIN || history < SILENCE_HISTORY_BINS_MIN;
        if is_too_short || self.week.before(before.number).0.n_bins < SILENCE_BUSY_BINS_MIN {
            return None;
        }
        let (baseline_average, baseline_minutes) = self.baseline(before.number, 0);
        let n_minutes = length * BIN_MINUTES;
        let missing = baseline_average * minutes(n_minutes);
        let clump = f64::from(self.rates.at(before.slot(), before.day()).clump);
        if missing < MISSING_CALLS_MIN || missing < MISSING_CLUMPS_MIN * clump {
            return None;
        }
        let tail = self.silences.at(before.number);
        let surprise = tail.surprise(count(u32::try_from(length).unwrap_or(u32::MAX)));
        if tail.has_shape(SHAPE_MIN) && surprise < SURPRISE_MIN {
            return None;
        }
        Some(Surge {
            direction: Direction::Below,
            first: before.last + 1,
            last: Some(next * BIN_MINUTES - 1),
            baseline_average,
            baseline_minutes,
            start_average: 0.0,
            average: 0.0,
        })
    }
}
