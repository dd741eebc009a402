//! The values of an aggregate, kept as they are while they are few, and counted by their size
//! beyond.
//!
//! Which of the two is decided by how many values there are and by nothing else: cutting the input
//! differently changes no answer.

use ahash::AHashMap;

use crate::limits::VALUES_EXACT_MAX;

/// The values, or how many there are of each size.
#[derive(Debug)]
pub(super) enum Values {
    Exact(Vec<f64>),
    Counted(AHashMap<i32, Class>),
}

/// The values of about one size.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Class {
    count: u64,
    /// The value, if all are the same: small whole numbers stay what they are.
    only: Option<f64>,
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
            Self::Counted(counts) => counts.entry(size_class(number)).or_default().add(number),
        }
    }

    /// Returns the value that so many percent of the values do not exceed.
    pub(super) fn at(&mut self, percent: f64) -> Option<f64> {
        match self {
            Self::Exact(values) => {
                values.sort_unstable_by(f64::total_cmp);
                let rank = rank(percent, values.len() as u64)?;
                values.get(usize::try_from(rank - 1).ok()?).copied()
            }
            Self::Counted(_) => {
                let counted = self.counted();
                let rank = rank(percent, counted.iter().map(|(_, count)| count).sum())?;
                let mut n_before = 0;
                let found = counted.iter().find(|(_, count)| {
                    n_before += *count;
                    rank <= n_before
                });
                found.map(|(value, _)| *value)
            }
        }
    }

    /// Writes the values: a byte that says which, then eight or twenty bytes for each.
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        match self {
            Self::Exact(values) => {
                std::iter::once(0).chain(values.iter().flat_map(|it| it.to_le_bytes())).collect()
            }
            Self::Counted(counts) => {
                let classes = sorted(counts).into_iter().flat_map(|(size, class)| {
                    let only = class.only.unwrap_or(f64::NAN);
                    let numbers = class.count.to_le_bytes().into_iter().chain(only.to_le_bytes());
                    size.to_le_bytes().into_iter().chain(numbers)
                });
                std::iter::once(1).chain(classes).collect()
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
            Some((_, classes)) => {
                self.count();
                let Self::Counted(counts) = self else { return };
                for [s0, s1, s2, s3, rest @ ..] in classes.as_chunks::<20>().0 {
                    let size = i32::from_le_bytes([*s0, *s1, *s2, *s3]);
                    let [count, only] = rest.as_chunks::<8>().0 else { continue };
                    let only = f64::from_le_bytes(*only);
                    let only = (!only.is_nan()).then_some(only);
                    let class = Class { count: u64::from_le_bytes(*count), only };
                    counts.entry(size).or_default().merge(class);
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
                let value = |(size, class): (i32, Class)| {
                    (class.only.unwrap_or_else(|| middle(size)), class.count)
                };
                sorted(counts).into_iter().map(value).collect()
            }
        }
    }

    /// Returns how many bytes they take.
    pub(super) fn size(&self) -> usize {
        match self {
            Self::Exact(values) => values.capacity() * size_of::<f64>(),
            Self::Counted(counts) => counts.capacity() * size_of::<(i32, Class)>(),
        }
    }

    /// Counts the values from now on.
    fn count(&mut self) {
        if let Self::Exact(values) = self {
            let mut counts = AHashMap::<i32, Class>::new();
            for number in std::mem::take(values) {
                counts.entry(size_class(number)).or_default().add(number);
            }
            *self = Self::Counted(counts);
        }
    }
}

impl Class {
    fn add(&mut self, number: f64) {
        self.merge(Self { count: 1, only: Some(number) });
    }

    fn merge(&mut self, other: Self) {
        let is_same = self.count == 0 || self.only == other.only;
        self.only = if is_same { other.only } else { None };
        self.count += other.count;
    }
}

/// Returns the classes from small values to large ones.
fn sorted(counts: &AHashMap<i32, Class>) -> Vec<(i32, Class)> {
    let mut sorted: Vec<_> = counts.iter().map(|(size, class)| (*size, *class)).collect();
    sorted.sort_unstable_by_key(|(size, _)| *size);
    sorted
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

/// How many bits of a number's fraction tell its class: 512 classes between a number and its
/// double, so that the middle of a class is at most 0.1 % off.
const FRACTION_BITS: u32 = 9;
/// The bits of an f64 behind those.
const DROPPED_BITS: u32 = f64::MANTISSA_DIGITS - 1 - FRACTION_BITS;
/// The smallest size that is told from zero.
const SMALLEST: f64 = 1e-9;

/// Returns the class of values of that size: exponent and first bits of the fraction; 0 is zero,
/// and negative classes are negative values.
fn size_class(number: f64) -> i32 {
    let size = number.abs();
    if size < SMALLEST {
        return 0;
    }
    let class = (size.to_bits() >> DROPPED_BITS) as i32;
    if number < 0.0 { -class } else { class }
}

/// Returns the value that is nearest to all values of the class.
fn middle(class: i32) -> f64 {
    let bits = u64::from(class.unsigned_abs()) << DROPPED_BITS;
    let size = f64::from_bits(bits | 1 << (DROPPED_BITS - 1));
    match class {
        0 => 0.0,
        1.. => size,
        _ => -size,
    }
}
