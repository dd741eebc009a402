//! The usual value of each time of day, and how far it usually strays.

use serde::{Deserialize, Serialize};

use crate::limits::DAY_SLOTS;
use crate::point::{neighbours, weight};

/// Visits to a slot before its mean means anything.
const VISITS_MIN: u32 = 3;

/// A slot forgets the days before at this rate at least: about a week of memory.
const DAY_RATE_MIN: f32 = 0.15;

/// The rate at which the series' own stray follows.
const STRAY_RATE_MIN: f32 = 0.02;

/// Mean and stray of each half hour of the day.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Profile {
    slots: Vec<Slot>,
    /// How far a slot's mean strays from the days before, over all slots.
    stray: f32,
    /// How many times a slot was learned that had been learned before.
    n_strays: u32,
    current: Option<Current>,
}

#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
struct Slot {
    mean: f32,
    stray: f32,
    visits: u32,
}

/// The half hour that is being gathered.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Current {
    slot: usize,
    sum: f32,
    count: u32,
}

impl Default for Profile {
    fn default() -> Self {
        Self { slots: vec![Slot::default(); DAY_SLOTS], stray: 0.0, n_strays: 0, current: None }
    }
}

impl Profile {
    /// Takes in a value; what it belongs to is learned when its half hour is over.
    pub(crate) fn add(&mut self, slot: usize, value: f32) {
        match &mut self.current {
            Some(current) if current.slot == slot => {
                current.sum += value;
                current.count = current.count.saturating_add(1);
            }
            finished => {
                let done = finished.replace(Current { slot, sum: value, count: 1 });
                if let Some(done) = done {
                    self.learn(done);
                }
            }
        }
    }

    /// Returns how many strays a value lies above what is usual at this moment.
    ///
    /// `from_middle` says where in the slot the moment lies; the mean is read off the line between
    /// the middles of neighbouring slots, and a steep line is trusted less.
    pub(crate) fn deviation(&self, slot: usize, from_middle: f32, value: f32) -> Option<f32> {
        let here = self.known(slot)?;
        let [before, _, after] = neighbours(slot);
        let near = self.known(if from_middle < 0.0 { before } else { after });
        let (mean, stray) = near.map_or((here.mean, here.stray), |near| {
            let share = from_middle.abs();
            let mean = here.mean * (1.0 - share) + near.mean * share;
            (mean, here.stray.max(near.stray) + 0.5 * (here.mean - near.mean).abs())
        });
        let least = 1e-6 * mean.abs().max(value.abs()).max(f32::MIN_POSITIVE);
        Some((value - mean) / (stray + self.stray).max(least))
    }

    /// Returns the bytes on the heap.
    pub(crate) fn heap_bytes(&self) -> usize {
        self.slots.capacity() * size_of::<Slot>()
    }

    fn known(&self, slot: usize) -> Option<Slot> {
        self.slots.get(slot).copied().filter(|slot| VISITS_MIN <= slot.visits)
    }

    fn learn(&mut self, done: Current) {
        let Some(slot) = self.slots.get_mut(done.slot) else {
            return;
        };
        let value = done.sum / weight(done.count);
        if 0 < slot.visits {
            let stray = (value - slot.mean).abs();
            slot.stray += (1.0 / weight(slot.visits)).max(DAY_RATE_MIN) * (stray - slot.stray);
            self.stray +=
                (1.0 / (weight(self.n_strays) + 1.0)).max(STRAY_RATE_MIN) * (stray - self.stray);
            self.n_strays = self.n_strays.saturating_add(1);
        }
        slot.mean += (1.0 / (weight(slot.visits) + 1.0)).max(DAY_RATE_MIN) * (value - slot.mean);
        slot.visits = slot.visits.saturating_add(1);
    }
}
