//! Rows and exchanges that a trusted list takes out of every page.
//!
//! A row is trusted when one of its addresses or domains is; an exchange when one of its ends is.

use std::sync::Arc;

use crate::exchanges::Exchange;
use crate::lists::Lists;
use crate::rows::Row;
use crate::schema::Schema;

/// What is trusted of one source.
pub(crate) struct Trust {
    lists: Arc<Lists>,
    /// The columns that hold addresses and domains.
    slots: Vec<usize>,
}

impl Trust {
    /// Begins to trust, when there is a trusted list.
    pub(crate) fn of(lists: &Arc<Lists>, schema: &Schema) -> Option<Self> {
        let slots = schema.ends.clone();
        lists.has_trusted().then(|| Self { lists: Arc::clone(lists), slots })
    }

    /// Returns the columns that are read.
    pub(crate) fn slots(&self) -> &[usize] {
        &self.slots
    }

    /// Tells whether a row is trusted.
    pub(crate) fn holds(&self, row: &Row<'_>) -> bool {
        let is_trusted = |slot: &usize| row.text(*slot).is_some_and(|text| self.lists.trusts(text));
        self.slots.iter().any(is_trusted)
    }

    /// Tells whether an exchange is trusted.
    pub(crate) fn holds_exchange(&self, exchange: &Exchange) -> bool {
        [exchange.peer, exchange.own].iter().any(|end| self.lists.trusts_address(*end))
    }
}
