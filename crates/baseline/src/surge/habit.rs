//! Surges that come again: at the same time of day, or at the same size.

use serde::{Deserialize, Serialize};

use crate::limits::{DAY_SLOTS, GENERATION_BINS, HABIT_DAYS_MAX};
use crate::point::neighbours;

/// What has surged twice at a time of day may be half as large again.
const RATIO_OF_HABIT: f32 = 1.5;

/// So many days of each time of day are kept: two that prove a habit, and today.
const DAYS_KEPT: usize = 3;

/// How busy each half hour was on the days on which it surged.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Habit {
    /// Day and busiest bin, busiest first.
    slots: Vec<[(i32, f32); DAYS_KEPT]>,
}

impl Habit {
    /// Says whether a bin is as busy as its time of day was on two earlier days.
    pub(super) fn excuses(&self, slot: usize, day: i32, calls: f32) -> bool {
        let Some(days) = self.slots.get(slot) else { return false };
        let earlier =
            |(of, _): &&(i32, f32)| *of < day && day.saturating_sub(*of) <= HABIT_DAYS_MAX;
        let second = days.iter().filter(earlier).nth(1);
        second.is_some_and(|(_, usual)| 0.0 < *usual && calls <= RATIO_OF_HABIT * usual)
    }

    /// Remembers a bin that surged, or that was excused.
    pub(super) fn add(&mut self, slot: usize, day: i32, calls: f32) {
        if self.slots.is_empty() {
            self.slots = vec![[(i32::MIN, 0.0); DAYS_KEPT]; DAY_SLOTS];
        }
        // A job starts a little earlier or later each day.
        for near in neighbours(slot) {
            let Some(days) = self.slots.get_mut(near) else { continue };
            for kept in days.iter_mut().filter(|kept| HABIT_DAYS_MAX < day.saturating_sub(kept.0)) {
                *kept = (i32::MIN, 0.0);
            }
            match days.iter_mut().find(|kept| kept.0 == day) {
                Some(today) => today.1 = today.1.max(calls),
                None => {
                    if let [.., least] = days
                        && least.1 < calls
                    {
                        *least = (day, calls);
                    }
                }
            }
            days.sort_by(|one, other| other.1.total_cmp(&one.1));
        }
    }

    /// Returns the bytes on the heap.
    pub(super) fn heap_bytes(&self) -> usize {
        self.slots.capacity() * size_of::<[(i32, f32); DAYS_KEPT]>()
    }
}

/// The last surges that were not usual, for the size that they have in common.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Sizes {
    /// When each ended, and its busiest bin and half hour.
    kept: Vec<(i64, Peak)>,
}

/// The busiest of a surge.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub(super) struct Peak {
    /// Calls of its busiest bin.
    pub bin: u32,
    /// Calls of its busiest half hour.
    pub half_hour: u32,
}

impl Sizes {
    /// Remembers a surge; returns the size that was reached three times within four weeks.
    pub(super) fn reached(&mut self, bin: i64, peak: Peak) -> Option<Peak> {
        self.kept.retain(|(ended, _)| bin - ended < GENERATION_BINS);
        self.kept.push((bin, peak));
        if self.kept.len() < 3 {
            return None;
        }
        let least = self.kept.iter().map(|(_, peak)| peak.bin).min()?;
        let place = self.kept.iter().position(|(_, peak)| peak.bin == least)?;
        Some(self.kept.remove(place).1)
    }

    /// Returns the bytes on the heap.
    pub(super) fn heap_bytes(&self) -> usize {
        self.kept.capacity() * size_of::<(i64, Peak)>()
    }
}
