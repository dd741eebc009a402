//! What to verify.

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::limits::DIGEST_PERIOD;

/// What to verify: a time, accounts, regions. Empty is everything.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Log files delivered from here on.
    pub since: Option<Timestamp>,
    /// Log files delivered up to here.
    pub until: Option<Timestamp>,
    /// Only these accounts, unless empty.
    pub accounts: BTreeSet<String>,
    /// Only these regions, unless empty.
    pub regions: BTreeSet<String>,
}

impl Options {
    pub(crate) fn wants(&self, account: &str, region: &str) -> bool {
        let has_account = self.accounts.is_empty() || self.accounts.contains(account);
        let has_region = self.regions.is_empty() || self.regions.contains(region);
        has_account && has_region
    }

    /// Returns whether a digest that ends there is wholly before the time asked for.
    pub(crate) fn is_early(&self, end: Timestamp) -> bool {
        self.since.is_some_and(|since| end <= since)
    }

    /// Returns whether a digest that ends there is wholly after the time asked for.
    pub(crate) fn is_late(&self, end: Timestamp) -> bool {
        let last = self.until.map(|until| until.saturating_add(DIGEST_PERIOD));
        last.is_some_and(|last| last.is_ok_and(|last| last < end))
    }

    /// Returns whether a log file delivered then is asked for.
    pub(crate) fn is_asked_for(&self, delivered: Timestamp) -> bool {
        let not_early = self.since.is_none_or(|since| since <= delivered);
        let not_late = self.until.is_none_or(|until| delivered <= until);
        not_early && not_late
    }
}
