//! How many calls a time of day usually has, and how much they clump.

use serde::{Deserialize, Serialize};

use super::count;
use crate::limits::{DAY_SLOTS, HALF_HOUR_BINS};
use crate::point::neighbours;

/// A day counts for so much of the one after it: two weeks are remembered.
const SHARE_KEPT: f32 = 1.0 - 1.0 / 14.0;

/// Where nothing was ever called, half a call may come.
const USUAL_CALLS_MIN: f32 = 0.5;

/// Calls that clumping has to prove itself against.
const PRIOR_CALLS: f32 = 10.0;

/// The calls of each half hour of the day.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Rates {
    slots: Vec<Slot>,
    first_day: Option<i32>,
    /// Number and calls of the last bin.
    last: (i64, f32),
}

/// How many calls come at a time of day, and how.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rate {
    /// Calls in a bin of five minutes.
    pub mean: f32,
    /// How many calls come together.
    pub clump: f32,
}

/// One half hour of the day; old days fade.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
struct Slot {
    day: i32,
    calls: f32,
    /// Squares of the steps from bin to bin.
    steps: f32,
    /// What they would be if each call came by itself.
    lone_steps: f32,
}

impl Default for Rates {
    fn default() -> Self {
        Self { slots: Vec::new(), first_day: None, last: (i64::MIN, 0.0) }
    }
}

impl Rates {
    /// Learns the calls of a bin; bins without calls may be left out.
    pub(super) fn learn(&mut self, (bin, slot): (i64, usize), day: i32, calls: u32) {
        let calls = count(calls);
        if self.slots.is_empty() {
            self.slots = vec![Slot::default(); DAY_SLOTS];
            self.first_day = Some(day);
        }
        let (before, last) = self.last;
        self.last = (bin, calls);
        let Some(kept) = self.slots.get_mut(slot) else { return };
        kept.fade(day);
        kept.calls += calls;
        if before + 1 == bin {
            kept.steps += (calls - last).powi(2);
            kept.lone_steps += calls + last;
        } else {
            // Down to nothing, and up from nothing.
            kept.steps += last.powi(2) + calls.powi(2);
            kept.lone_steps += calls + last;
        }
    }

    /// Returns the bytes on the heap.
    pub(super) fn heap_bytes(&self) -> usize {
        self.slots.capacity() * size_of::<Slot>()
    }

    /// Returns the rate at a time of day.
    pub(super) fn at(&self, slot: usize, day: i32) -> Rate {
        let Some(first_day) = self.first_day else { return Rate { mean: 0.0, clump: 1.0 } };
        let n_days = day.saturating_sub(first_day).clamp(1, 1_000);
        let weight = (1.0 - SHARE_KEPT.powi(n_days)) / (1.0 - SHARE_KEPT);
        let (mut most, mut steps, mut lone) = (0.0_f32, PRIOR_CALLS, PRIOR_CALLS);
        for near in neighbours(slot) {
            let Some(kept) = self.slots.get(near) else { continue };
            let mut kept = *kept;
            kept.fade(day);
            most = most.max(kept.calls);
            steps += kept.steps;
            lone += kept.lone_steps;
        }
        #[expect(clippy::cast_precision_loss, reason = "six")]
        let bins = HALF_HOUR_BINS as f32;
        Rate { mean: most / (weight * bins), clump: (steps / lone).max(1.0) }
    }
}

impl Rate {
    /// Says how surprising so many calls in so many bins are, in nats, if clumps of calls come
    /// independently of each other: the bound of Chernoff.
    pub(super) fn surprise(self, calls: u32, n_bins: f32) -> f32 {
        let (usual, calls) = ((self.mean * n_bins).max(USUAL_CALLS_MIN), count(calls));
        let clumps = (calls * (calls / usual).ln() - (calls - usual)) / self.clump;
        if calls <= usual { 0.0 } else { clumps }
    }
}

impl Slot {
    fn fade(&mut self, day: i32) {
        let share = SHARE_KEPT.powi(day.saturating_sub(self.day).clamp(0, 1_000));
        self.day = self.day.max(day);
        self.calls *= share;
        self.steps *= share;
        self.lone_steps *= share;
    }
}
