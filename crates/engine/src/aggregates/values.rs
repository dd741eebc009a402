//! The values of an aggregate, kept as they are while they are few, and counted by their size
//! beyond.
//!
//! Which of the two is decided by how many values there are and by nothing else: cutting the input
//! differently changes no answer.

use std::collections::BTreeMap;

use crate::limits::VALUES_EXACT_MAX;

/// The values, or how many there are of each size.
#[derive(Debug)]
pub(super) enum Values {
    Exact(Vec<f64>),
    Counted(BTreeMap<i32, u64>),
}

impl Default for Values {
    fn default() -> Self {
        Self::Exact(Vec::new())
    }
}

impl Values {
    pub(super) fn add(&mut self, number: f64) {
        match self {
            Self::Exact(values) => {
                values.push(number);
                if VALUES_EXACT_MAX < values.len() {
                    self.count();
                }
            }
            Self::Counted(counts) => *counts.entry(size_class(number)).or_default() += 1,
        }
    }

    pub(super) fn at(&mut self, percent: f64) -> Option<f64> {
        match self {
            Self::Exact(values) => {
                values.sort_unstable_by(f64::total_cmp);
                let rank = rank(percent, values.len() as u64)?;
                values.get(usize::try_from(rank - 1).ok()?).copied()
            }
            Self::Counted(counts) => {
                let rank = rank(percent, counts.values().sum())?;
                let mut n_before = 0;
                let class = counts.iter().find(|(_, count)| {
                    n_before += **count;
                    rank <= n_before
                });
                class.map(|(class, _)| middle(*class))
            }
        }
    }

    /// Writes the values: a byte that says which, then eight or twelve bytes for each.
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        match self {
            Self::Exact(values) => {
                std::iter::once(0).chain(values.iter().flat_map(|it| it.to_le_bytes())).collect()
            }
            Self::Counted(counts) => {
                let pairs = counts.iter().flat_map(|(class, count)| {
                    class.to_le_bytes().into_iter().chain(count.to_le_bytes())
                });
                std::iter::once(1).chain(pairs).collect()
            }
        }
    }

    pub(super) fn merge(&mut self, bytes: &[u8]) {
        match bytes.split_first() {
            Some((0, values)) => {
                for value in values.as_chunks::<8>().0 {
                    self.add(f64::from_le_bytes(*value));
                }
            }
            Some((_, pairs)) => {
                self.count();
                let Self::Counted(counts) = self else { return };
                for pair in pairs.as_chunks::<12>().0 {
                    let (class, count) = pair.split_at(4);
                    let class = class.first_chunk().map_or(0, |it| i32::from_le_bytes(*it));
                    let count = count.first_chunk().map_or(0, |it| u64::from_le_bytes(*it));
                    *counts.entry(class).or_default() += count;
                }
            }
            None => {}
        }
    }

    /// Returns the values from small to large, and how many there are of each.
    pub(super) fn counted(&self) -> Vec<(f64, u64)> {
        match self {
            Self::Exact(values) => {
                let mut values = values.clone();
                values.sort_unstable_by(f64::total_cmp);
                values.into_iter().map(|value| (value, 1)).collect()
            }
            Self::Counted(counts) => {
                counts.iter().map(|(class, count)| (middle(*class), *count)).collect()
            }
        }
    }

    /// Returns how many bytes they take.
    pub(super) fn size(&self) -> usize {
        match self {
            Self::Exact(values) => values.capacity() * size_of::<f64>(),
            // A node of the tree is about half full.
            Self::Counted(counts) => counts.len() * 2 * size_of::<(i32, u64)>(),
        }
    }

    /// Counts the values from now on.
    fn count(&mut self) {
        if let Self::Exact(values) = self {
            let mut counts = BTreeMap::new();
            for number in std::mem::take(values) {
                *counts.entry(size_class(number)).or_default() += 1;
            }
            *self = Self::Counted(counts);
        }
    }
}

/// Returns which of the sorted values it is, counted from 1.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "it is clamped to the number of values"
)]
fn rank(percent: f64, n_values: u64) -> Option<u64> {
    let rank = (percent / 100.0 * n_values as f64).ceil() as u64;
    (0 < n_values).then(|| rank.clamp(1, n_values))
}

/// How much larger the values of a class are than those of the class before.
const STEP: f64 = 1.002;
/// The smallest size that is told from zero.
const SMALLEST: f64 = 1e-9;

/// Returns the class of values of that size; 0 is zero, and negative classes are negative values.
#[expect(clippy::cast_possible_truncation, reason = "the logarithm of an f64 is small")]
fn size_class(number: f64) -> i32 {
    let size = number.abs();
    if size < SMALLEST {
        return 0;
    }
    let class = ((size / SMALLEST).ln() / STEP.ln()).floor() as i32 + 1;
    if number < 0.0 { -class } else { class }
}

/// Returns the value that is nearest to all values of the class.
fn middle(class: i32) -> f64 {
    let size = SMALLEST * STEP.powi(class.abs() - 1) * (1.0 + STEP) / 2.0;
    match class {
        0 => 0.0,
        1.. => size,
        _ => -size,
    }
}
