//! Log files that no digest names, and whether one should have.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::{
    index::Index,
    limits::UNLISTED_NAMES_MAX,
    logs::Logs,
    names::{is_digest, log_name},
    options::Options,
    report::Unlisted,
};

/// The times that proven digests cover, by account and region.
#[derive(Default)]
pub(crate) struct Coverage {
    spans: BTreeMap<(String, String), Vec<Span>>,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Span {
    start: Timestamp,
    end: Timestamp,
}

impl Span {
    /// Grows by a later span that touches this one; returns whether it does.
    fn absorbs(&mut self, next: &Self) -> bool {
        if self.end < next.start {
            return false;
        }
        self.end = self.end.max(next.end);
        true
    }
}

impl Coverage {
    pub(crate) fn add(&mut self, account: &str, region: &str, start: Timestamp, end: Timestamp) {
        let place = (account.to_owned(), region.to_owned());
        self.spans.entry(place).or_default().push(Span { start, end });
    }

    /// Joins spans that touch, so that looking up is a binary search.
    fn joined(mut self) -> Self {
        for spans in self.spans.values_mut() {
            spans.sort_unstable();
            spans.dedup_by(|next, last| last.absorbs(next));
        }
        self
    }

    fn has(&self, account: String, region: String, time: Timestamp) -> bool {
        let Some(spans) = self.spans.get(&(account, region)) else { return false };
        let n_begun = spans.partition_point(|span| span.start <= time);
        let last_begun = n_begun.checked_sub(1).and_then(|place| spans.get(place));
        last_begun.is_some_and(|span| time < span.end)
    }
}

/// Counts the log files that no digest names.
pub(crate) fn unlisted(
    index: &Index<'_>,
    logs: &Logs<'_>,
    coverage: Coverage,
    options: &Options,
) -> Unlisted {
    let coverage = coverage.joined();
    let mut unlisted = Unlisted::default();
    for key in index.keys().filter(|key| !is_digest(key) && !logs.is_listed(key)) {
        let Some(name) = log_name(key) else { continue };
        if !options.wants(&name.account, &name.region) || !options.is_asked_for(name.delivered) {
            continue;
        }
        unlisted.n_files += 1;
        if coverage.has(name.account, name.region, name.delivered) {
            unlisted.n_in_covered_time += 1;
        }
        if unlisted.keys.len() < UNLISTED_NAMES_MAX {
            unlisted.keys.push(key.to_owned());
        }
    }
    unlisted
}
