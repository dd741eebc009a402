//! A set that stays small: it keeps some values and knows when there were more.

use std::collections::BTreeSet;

use crate::kept::Kept;
use crate::limits::FEW_MAX;

/// At most so many different values, in order.
#[derive(Debug, Clone)]
pub(crate) struct Few<T> {
    values: BTreeSet<T>,
    is_more: bool,
}

impl<T> Default for Few<T> {
    fn default() -> Self {
        Self { values: BTreeSet::new(), is_more: false }
    }
}

impl<T: Ord> Few<T> {
    /// Takes a value in.
    pub(crate) fn add(&mut self, value: T) {
        if self.values.len() < FEW_MAX || self.values.contains(&value) {
            self.values.insert(value);
        } else {
            self.is_more = true;
        }
    }

    /// Returns the values, in order; nothing when there were more than are kept.
    pub(crate) fn all(&self) -> Option<&BTreeSet<T>> {
        (!self.is_more).then_some(&self.values)
    }

    /// Tells whether there are none.
    pub(crate) fn is_empty(&self) -> bool {
        self.values.is_empty()
    }
}

impl<T: Ord + std::fmt::Display> Few<T> {
    /// Writes the first so many values as a list.
    pub(crate) fn shown(&self, n_max: usize) -> String {
        let shown: Vec<String> = self.values.iter().take(n_max).map(T::to_string).collect();
        let mut text = shown.join(", ");
        if self.is_more || n_max < self.values.len() {
            text.push_str(", …");
        }
        text
    }
}

impl<T: Kept + Ord> Kept for Few<T> {
    fn write(&self, out: &mut Vec<u8>) {
        self.values.write(out);
        self.is_more.write(out);
    }

    fn read(bytes: &mut &[u8]) -> Option<Self> {
        Some(Self { values: Kept::read(bytes)?, is_more: Kept::read(bytes)? })
    }
}
