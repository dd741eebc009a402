//! Which objects there are, found again by their file names.

use std::collections::BTreeMap;

use crate::{
    digest::Location,
    names::{file_name, in_place},
};

/// The listed objects by file name.
///
/// INVARIANT: only keys that were listed are ever read; a key that a digest names is attacker's
/// text until it is found here.
pub(crate) struct Index<'a> {
    bucket: Option<&'a str>,
    by_name: BTreeMap<&'a str, Vec<&'a str>>,
}

/// Where an object is that a digest names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Located<'a> {
    /// Where the digest says.
    InPlace(&'a str),
    /// Only a file of that name in another place.
    Elsewhere(&'a str),
    /// Nowhere.
    Absent,
}

impl<'a> Index<'a> {
    pub(crate) fn of(keys: &'a [String], bucket: Option<&'a str>) -> Self {
        let mut by_name: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for key in keys {
            by_name.entry(file_name(key)).or_default().push(key);
        }
        Self { bucket, by_name }
    }

    /// Returns every key, in the order of file names.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &'a str> {
        self.by_name.values().flatten().copied()
    }

    /// Looks for the object at a location.
    pub(crate) fn locate(&self, claimed: &Location) -> Located<'a> {
        let Some(found) = self.by_name.get(file_name(&claimed.object)) else {
            return Located::Absent;
        };
        // The same key may come from several prefixes of one copy: the whole key decides first.
        let whole = found.iter().find(|key| **key == claimed.object && self.is_place(key, claimed));
        let placed = || found.iter().find(|key| self.is_place(key, claimed));
        match (whole.or_else(placed), found.first()) {
            (Some(key), _) => Located::InPlace(key),
            (None, Some(key)) => Located::Elsewhere(key),
            (None, None) => Located::Absent,
        }
    }

    /// Returns whether an object found at a key stands where it says.
    pub(crate) fn is_place(&self, found: &str, claimed: &Location) -> bool {
        match self.bucket {
            Some(bucket) => bucket == claimed.bucket && found == claimed.object,
            None => in_place(found, &claimed.object),
        }
    }

    /// Returns whether a bucket is certainly not the one at hand, when that was `other`'s.
    pub(crate) fn is_foreign(&self, bucket: &str, other: &str) -> bool {
        self.bucket.unwrap_or(other) != bucket
    }
}
