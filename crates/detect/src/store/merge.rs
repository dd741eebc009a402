//! A finding that is there already and is found again: what is known of both is kept.

use std::collections::HashSet;

use haechi_model::Finding;

use super::StoredFinding;
use crate::limits::{EARLIER_EVIDENCE_MAX, RECORDS_MAX};

/// Returns the finding to be kept, and the queries that give what its own no longer does.
///
/// A run over the whole time knows everything and replaces what was there. A run over the last
/// day knows nothing of the time before: it adds to what was there and takes nothing away.
pub(super) fn merged(known: &StoredFinding, found: &Finding) -> (Finding, Vec<String>) {
    let (old, earlier) = (&known.finding, known.earlier_evidence.clone());
    let covers = |outer: &Finding, inner: &Finding| {
        outer.first_seen <= inner.first_seen && inner.last_seen <= outer.last_seen
    };
    if covers(found, old) {
        return (found.clone(), Vec::new());
    }
    if covers(old, found) {
        let mut kept = old.clone();
        // Words follow the page as it is now.
        kept.title.clone_from(&found.title);
        kept.title_ko.clone_from(&found.title_ko);
        kept.severity = found.severity;
        return (kept, earlier);
    }
    let met: HashSet<&String> = old.records.iter().collect();
    let new: Vec<String> = found.records.iter().filter(|id| !met.contains(id)).cloned().collect();
    let n_again = (found.records.len() - new.len()) as u64;
    let mut both = found.clone();
    both.count = old.count.saturating_add(found.count.saturating_sub(n_again));
    both.first_seen = old.first_seen.min(found.first_seen);
    both.last_seen = old.last_seen.max(found.last_seen);
    both.records = old.records.iter().cloned().chain(new).take(RECORDS_MAX).collect();
    let mut earlier = earlier;
    if !earlier.contains(&old.evidence) && earlier.len() < EARLIER_EVIDENCE_MAX {
        earlier.push(old.evidence.clone());
    }
    (both, earlier)
}
