//! Mean and activity of the last points, in windows of several lengths, beside what came before.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use crate::limits::{RECENT_POINTS, REFERENCE_WINDOWS, WINDOWS};
use crate::point::weight;

/// The last points, and for each window the means of what has left it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Recent {
    /// Newest first.
    values: VecDeque<f32>,
    before: [Window; WINDOWS.len()],
    count: u32,
}

/// Mean of the values, and mean step from one value to the next.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Window {
    pub mean: f32,
    pub activity: f32,
}

/// A window that is full, beside what came before it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Comparison {
    /// The number of the window.
    pub number: usize,
    pub now: Window,
    pub before: Window,
}

impl Default for Recent {
    fn default() -> Self {
        Self {
            values: VecDeque::with_capacity(RECENT_POINTS),
            before: [Window::default(); WINDOWS.len()],
            count: 0,
        }
    }
}

impl Recent {
    /// Takes in a value and returns every window that has been filled three times over.
    pub(crate) fn add(&mut self, value: f32) -> Vec<Comparison> {
        self.values.truncate(RECENT_POINTS - 1);
        self.values.push_front(value);
        self.count = self.count.saturating_add(1);
        let mut comparisons = Vec::with_capacity(WINDOWS.len());
        let mut sum = Window::default();
        let mut n_summed = 0;
        for (number, length) in WINDOWS.into_iter().enumerate() {
            self.extend(&mut sum, n_summed, length);
            n_summed = length;
            let now = sum.over(length);
            let before = self.remember(number, length);
            if 3 * length <= self.count as usize {
                comparisons.push(Comparison { number, now, before });
            }
        }
        comparisons
    }

    /// Returns the bytes on the heap.
    pub(crate) fn heap_bytes(&self) -> usize {
        self.values.capacity() * size_of::<f32>()
    }

    /// Adds the values `from..to`, counted back from the newest, to a sum.
    fn extend(&self, sum: &mut Window, from: usize, to: usize) {
        let newer = self.values.iter().skip(from).take(to - from);
        let older = self.values.iter().skip(from + 1).map(Some).chain(std::iter::repeat(None));
        for (value, earlier) in newer.zip(older) {
            sum.mean += value;
            sum.activity += earlier.map_or(0.0, |earlier| (value - earlier).abs());
        }
    }

    /// Takes in the value that has just left a window; returns the means of all that have left it.
    fn remember(&mut self, number: usize, length: usize) -> Window {
        let left = self.values.get(length).copied();
        let earlier = self.values.get(length + 1).copied();
        let Some(before) = self.before.get_mut(number) else {
            return Window::default();
        };
        if let Some(left) = left {
            let seen = u32::try_from(length).map_or(1, |length| self.count.saturating_sub(length));
            let memory = u32::try_from(REFERENCE_WINDOWS * length).unwrap_or(u32::MAX);
            let rate = 1.0 / weight(seen.clamp(1, memory));
            let step = earlier.map_or(0.0, |earlier| (left - earlier).abs());
            before.mean += rate * (left - before.mean);
            before.activity += rate * (step - before.activity);
        }
        *before
    }
}

impl Window {
    #[expect(clippy::cast_precision_loss, reason = "at most the longest window")]
    fn over(self, length: usize) -> Self {
        Self { mean: self.mean / length as f32, activity: self.activity / length as f32 }
    }
}
