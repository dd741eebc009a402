//! What there is to say about objects beside their rows.

use std::collections::BTreeMap;

/// What there is to say about the objects that were read. An object that was read several times
/// is told once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Told {
    /// Bytes that were read, as they are stored; an object that was read twice counts twice.
    pub bytes_stored: u64,
    /// Objects that are no logs, each with the reason.
    pub skipped: Vec<(String, String)>,
    /// Objects that could not be read, each with the reason.
    pub unreadable: Vec<(String, String)>,
    /// Records that came twice and were left out the second time.
    pub n_duplicates: u64,
    /// Records whose like was not looked for any more: there were too many before them.
    pub n_unchecked: u64,
    /// Records of sources that nobody expected in their objects: such a query has to name them.
    pub strays: BTreeMap<String, u64>,
    /// Rejects by object.
    rejects: BTreeMap<usize, u64>,
}

impl Told {
    /// Returns how many records could not be read.
    #[must_use]
    pub fn n_rejects(&self) -> u64 {
        self.rejects.values().sum()
    }

    pub(super) fn reject(&mut self, object: usize, n_rejects: u64) {
        if 0 < n_rejects {
            self.rejects.insert(object, n_rejects);
        }
    }

    pub(super) fn skip(&mut self, name: &str, reason: &str) {
        told_once(&mut self.skipped, name, reason);
    }

    pub(super) fn lose(&mut self, name: &str, reason: &str) {
        told_once(&mut self.unreadable, name, reason);
    }
}

fn told_once(list: &mut Vec<(String, String)>, name: &str, reason: &str) {
    let at = list.binary_search_by(|(known, _)| known.as_str().cmp(name));
    if let Err(at) = at {
        list.insert(at, (name.to_owned(), reason.to_owned()));
    }
}
