//! How rare a value is among those before it, from the largest of them alone.

use serde::{Deserialize, Serialize};

use crate::limits::{SURPRISE_MAX, TAIL_COUNT_MIN, TAIL_VALUES};
use crate::point::weight;

/// The shape that a tail has before data says otherwise, and how much the data may say.
/// Metrics have heavier tails than an exponential; with few values the moments underrate that.
const SHAPE_PRIOR: f32 = 0.2;
const SHAPE_TRUST: f32 = 0.7;

/// A tail falls over a tenth of where it begins at least: equal values are no proof that the next
/// one will be equal.
const SCALE_SHARE_MIN: f32 = 0.1;

/// The largest values of one feature.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Tail {
    /// Largest first.
    values: Vec<f32>,
    /// How many values were seen in all.
    count: u32,
}

/// A generalised Pareto distribution above a threshold.
struct Excess {
    threshold: f32,
    scale: f32,
    shape: f32,
}

impl Tail {
    /// Returns minus the logarithm of the chance of a value as large as this.
    ///
    /// Up to the largest value seen, the rank bounds it; beyond, the fitted tail continues.
    pub(crate) fn surprise(&self, value: f32) -> f32 {
        if self.count < TAIL_COUNT_MIN || value <= 0.0 {
            return 0.0;
        }
        let n = weight(self.count);
        let rank = self.values.partition_point(|each| value <= *each);
        let by_rank = ((n + 1.0) / (ordinal(rank) + 1.0)).ln();
        let kept = self.values.len().min((self.count / 10).max(2) as usize);
        let (Some(excess), Some(&largest)) = (self.excess(kept), self.values.first()) else {
            return if rank == 0 { by_rank } else { ((n + 1.0) / (ordinal(kept) + 1.0)).ln() };
        };
        if value < excess.threshold {
            return 0.0;
        }
        let fitted = (n / ordinal(kept)).ln() + excess.beyond(excess.threshold, value);
        let ranked = if rank == 0 { by_rank + excess.beyond(largest, value) } else { by_rank };
        fitted.min(ranked).min(SURPRISE_MAX)
    }

    /// Remembers a value.
    pub(crate) fn add(&mut self, value: f32) {
        self.count = self.count.saturating_add(1);
        if value <= 0.0 || !value.is_finite() {
            return;
        }
        let place = self.values.partition_point(|each| value <= *each);
        if place < TAIL_VALUES {
            self.values.truncate(TAIL_VALUES - 1);
            if self.values.capacity() == 0 {
                self.values.reserve_exact(TAIL_VALUES);
            }
            self.values.insert(place, value);
        }
    }

    /// Remembers values of zero, which are no part of a tail.
    pub(crate) fn skip(&mut self, n_values: u32) {
        self.count = self.count.saturating_add(n_values);
    }

    /// Returns the largest value.
    pub(crate) fn largest(&self) -> f32 {
        self.values.first().copied().unwrap_or_default()
    }

    /// Says whether this many values above zero were seen.
    pub(crate) fn has_shape(&self, n_values: usize) -> bool {
        n_values <= self.values.len() && TAIL_COUNT_MIN <= self.count
    }

    /// Returns the bytes on the heap.
    pub(crate) fn heap_bytes(&self) -> usize {
        self.values.capacity() * size_of::<f32>()
    }

    /// Fits the tail above the smallest of the kept values by its first two moments.
    fn excess(&self, kept: usize) -> Option<Excess> {
        let (&threshold, above) = self.values.get(..kept)?.split_last()?;
        if above.len() < 2 {
            return None;
        }
        let n = ordinal(above.len());
        let mean = above.iter().map(|each| each - threshold).sum::<f32>() / n;
        // Relative to the mean, so that squares of huge numbers stay finite.
        let squares = above.iter().map(|each| ((each - threshold) / mean).powi(2)).sum::<f32>() / n;
        let variance = squares - 1.0;
        let moments = if f32::EPSILON < variance { 0.5 * (1.0 - 1.0 / variance) } else { -0.2 };
        let shape = (SHAPE_TRUST * moments.clamp(-0.2, 0.5) + SHAPE_PRIOR).max(0.02);
        let scale = (mean * (1.0 - shape)).max(threshold * SCALE_SHARE_MIN).max(f32::MIN_POSITIVE);
        Some(Excess { threshold, scale, shape })
    }
}

impl Excess {
    /// Returns minus the logarithm of the chance to get from one value to another.
    fn beyond(&self, from: f32, to: f32) -> f32 {
        (1.0 + self.shape * ((to - from) / self.scale)).ln() / self.shape
    }
}

#[expect(clippy::cast_precision_loss, reason = "at most the values a tail keeps")]
fn ordinal(number: usize) -> f32 {
    number as f32
}
