//! Tails that forget: what happened weeks ago is no longer usual.

use serde::{Deserialize, Serialize};

use crate::limits::GENERATION_BINS;
use crate::tail::Tail;

/// Two tails that take turns: one is full, the other fills; so old weeks are forgotten.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Generations {
    full: Option<Tail>,
    filling: Tail,
    began: i64,
}

impl Generations {
    /// Starts with a bin.
    pub(crate) fn new(began: i64) -> Self {
        Self { began, ..Self::default() }
    }

    /// Returns the tail that knows most.
    pub(crate) fn at(&self, number: i64) -> &Tail {
        let is_stale = self.began + 2 * GENERATION_BINS <= number;
        self.full.as_ref().filter(|_| !is_stale).unwrap_or(&self.filling)
    }

    /// Remembers a value.
    pub(crate) fn add(&mut self, number: i64, value: f32) {
        self.turn(number);
        self.filling.add(value);
    }

    /// Remembers zeros.
    pub(crate) fn skip(&mut self, number: i64, n_zeros: i64) {
        self.turn(number);
        self.filling.skip(u32::try_from(n_zeros).unwrap_or(u32::MAX));
    }

    fn turn(&mut self, number: i64) {
        if self.began + GENERATION_BINS <= number {
            self.full = Some(std::mem::take(&mut self.filling));
            self.began = number;
        }
    }

    /// Returns the bytes on the heap.
    pub(crate) fn heap_bytes(&self) -> usize {
        self.filling.heap_bytes() + self.full.as_ref().map_or(0, Tail::heap_bytes)
    }
}
