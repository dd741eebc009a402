//! What sums of calls over one length of time have been, and whether another is beyond them.

use serde::{Deserialize, Serialize};

use super::count;
use crate::envelope::Ceiling;
use crate::generations::Generations;
use crate::limits::GENERATION_BINS;

/// A tail needs this many values, and that of the time of day more: it is a second question, and
/// what clumps is often early or late.
pub(super) const SHAPE_MIN: usize = 3;
const EXCESSES_MIN: usize = 6;

/// How far a sum must lie beyond the usual ones.
#[derive(Clone, Copy, Debug)]
pub(super) struct Demands {
    /// So surprising, in nats, for the tail of all sums, or for that of its time of day.
    pub surprise: f32,
    /// And so surprising for the rate of its time of day, however much calls clump.
    pub surprise_of_clumps: f32,
    /// So many times the largest usual sum.
    pub ratio: f32,
}

/// The usual sums of one length.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Scale {
    counts: Generations,
    /// The largest usual sums of each time of day, of these weeks and of those before.
    hours: Ceiling,
    hours_before: Ceiling,
    hours_began: i64,
    /// By how much sums outdid those of their time of day.
    excesses: Generations,
}

impl Scale {
    pub(super) fn new(bin: i64) -> Self {
        Self {
            counts: Generations::new(bin),
            hours: Ceiling::default(),
            hours_before: Ceiling::default(),
            hours_began: bin,
            excesses: Generations::new(bin),
        }
    }

    /// Says whether there were enough sums to judge another.
    pub(super) fn has_shape(&self, bin: i64) -> bool {
        self.counts.at(bin).has_shape(SHAPE_MIN)
    }

    /// Returns the largest usual sum, if this one is beyond all of them.
    pub(super) fn beyond(&self, bin: i64, calls: u32, demands: &Demands) -> Option<f32> {
        let (tail, sum) = (self.counts.at(bin), count(calls));
        let largest = tail.largest();
        let is_beyond = demands.ratio * largest <= sum && demands.surprise <= tail.surprise(sum);
        is_beyond.then_some(largest)
    }

    /// Returns the largest usual sum of a time of day, if this one is beyond all of them.
    pub(super) fn beyond_the_hour(
        &self,
        (bin, slot): (i64, usize),
        calls: u32,
        demands: &Demands,
    ) -> Option<f32> {
        let (tail, sum) = (self.excesses.at(bin), root(calls));
        let highest = self.highest(slot);
        let is_beyond = tail.has_shape(EXCESSES_MIN)
            && demands.ratio.sqrt() * highest <= sum
            && demands.surprise <= tail.surprise(sum - highest);
        is_beyond.then_some(highest * highest)
    }

    /// Learns a usual sum; excesses count once times of day are known.
    pub(super) fn learn(&mut self, (bin, slot): (i64, usize), calls: u32, are_hours_known: bool) {
        if self.hours_began + GENERATION_BINS <= bin {
            self.hours_before = std::mem::take(&mut self.hours);
            self.hours_began = bin;
        }
        let sum = root(calls);
        if are_hours_known {
            self.excesses.add(bin, sum - self.highest(slot));
        }
        self.hours.add(slot, sum);
        self.counts.add(bin, count(calls));
    }

    /// Learns that sums of this size are usual, whenever they come.
    pub(super) fn learn_level(&mut self, bin: i64, calls: u32) {
        for _ in 0..SHAPE_MIN {
            self.counts.add(bin, count(calls));
        }
    }

    /// Learns that there were no calls so many times.
    pub(super) fn skip(&mut self, bin: i64, n_times: i64) {
        self.counts.skip(bin, n_times);
        self.excesses.skip(bin, n_times);
    }

    /// Returns the bytes on the heap.
    pub(super) fn heap_bytes(&self) -> usize {
        self.counts.heap_bytes()
            + self.hours.heap_bytes()
            + self.hours_before.heap_bytes()
            + self.excesses.heap_bytes()
    }

    fn highest(&self, slot: usize) -> f32 {
        self.hours.highest(slot).max(self.hours_before.highest(slot))
    }
}

/// Counts vary by as much as they are large, their roots all alike: so the busy hours teach what
/// to expect of the quiet ones.
fn root(calls: u32) -> f32 {
    count(calls).sqrt()
}
