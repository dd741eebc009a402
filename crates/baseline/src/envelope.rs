//! The lowest and highest that a number has been at each time of day.

use serde::{Deserialize, Serialize};

use crate::limits::DAY_SLOTS;
use crate::point::neighbours;

/// Visits to a slot and its neighbours before their extremes mean anything.
const VISITS_MIN: u32 = 3;

/// The lowest and highest values of each half hour of the day.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Envelope {
    slots: Vec<Extremes>,
}

/// Lowest and highest.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Extremes {
    pub lowest: f32,
    pub highest: f32,
}

impl Extremes {
    const NONE: Self = Self { lowest: f32::MAX, highest: f32::MIN };

    fn is_empty(self) -> bool {
        self.highest < self.lowest
    }
}

impl Default for Envelope {
    fn default() -> Self {
        Self { slots: vec![Extremes::NONE; DAY_SLOTS] }
    }
}

impl Envelope {
    /// Returns the extremes around a time of day, once it has been visited.
    pub(crate) fn around(&self, slot: usize, visits: &Visits) -> Option<Extremes> {
        if self.slots.get(slot)?.is_empty() || visits.around(slot) < VISITS_MIN {
            return None;
        }
        let mut all = Extremes::NONE;
        for each in neighbours(slot).iter().filter_map(|near| self.slots.get(*near)) {
            all.lowest = all.lowest.min(each.lowest);
            all.highest = all.highest.max(each.highest);
        }
        Some(all)
    }

    /// Widens a slot to hold a value.
    pub(crate) fn add(&mut self, slot: usize, value: f32) {
        if let Some(extremes) = self.slots.get_mut(slot) {
            extremes.lowest = extremes.lowest.min(value);
            extremes.highest = extremes.highest.max(value);
        }
    }

    /// Returns the bytes on the heap.
    pub(crate) fn heap_bytes(&self) -> usize {
        self.slots.capacity() * size_of::<Extremes>()
    }
}

/// The highest values of each half hour of the day.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Ceiling {
    slots: Vec<f32>,
}

impl Default for Ceiling {
    fn default() -> Self {
        Self { slots: vec![f32::MIN; DAY_SLOTS] }
    }
}

impl Ceiling {
    /// Returns the highest value around a time of day, once it has been visited.
    pub(crate) fn around(&self, slot: usize, visits: &Visits) -> Option<f32> {
        if *self.slots.get(slot)? <= f32::MIN || visits.around(slot) < VISITS_MIN {
            return None;
        }
        let near = neighbours(slot);
        near.iter().filter_map(|near| self.slots.get(*near)).copied().reduce(f32::max)
    }

    /// Returns the highest value around a time of day, 0 where there was none above.
    pub(crate) fn highest(&self, slot: usize) -> f32 {
        let near = neighbours(slot);
        near.iter().filter_map(|near| self.slots.get(*near)).copied().fold(0.0, f32::max)
    }

    /// Raises a slot to hold a value.
    pub(crate) fn add(&mut self, slot: usize, value: f32) {
        if let Some(highest) = self.slots.get_mut(slot) {
            *highest = highest.max(value);
        }
    }

    /// Returns the bytes on the heap.
    pub(crate) fn heap_bytes(&self) -> usize {
        self.slots.capacity() * size_of::<f32>()
    }
}

/// How often each slot of the day was visited, up to what matters.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Visits {
    counts: Vec<u8>,
}

impl Default for Visits {
    fn default() -> Self {
        Self { counts: vec![0; DAY_SLOTS] }
    }
}

impl Visits {
    /// Counts a visit.
    pub(crate) fn add(&mut self, slot: usize) {
        if let Some(count) = self.counts.get_mut(slot) {
            *count = count.saturating_add(1);
        }
    }

    /// Returns the bytes on the heap.
    pub(crate) fn heap_bytes(&self) -> usize {
        self.counts.capacity()
    }

    fn around(&self, slot: usize) -> u32 {
        neighbours(slot)
            .iter()
            .filter_map(|near| self.counts.get(*near))
            .map(|n| u32::from(*n))
            .sum()
    }
}
