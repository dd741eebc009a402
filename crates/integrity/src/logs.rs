//! Log files: there, in place, and with the content their digest recorded.

use std::collections::BTreeSet;

use crate::{
    chain::Trust,
    content::{self, Hash},
    digest::{Digest, LogEntry},
    index::{Index, Located},
    limits::LOG_BYTES_MAX,
    objects::{Objects, ObjectsError},
    report::{LogOutcome, LogStatus},
};

/// Verifies log files, and remembers which ones a digest names.
pub(crate) struct Logs<'a> {
    objects: &'a dyn Objects,
    index: &'a Index<'a>,
    listed: BTreeSet<&'a str>,
}

impl<'a> Logs<'a> {
    pub(crate) fn new(objects: &'a dyn Objects, index: &'a Index<'a>) -> Self {
        Self { objects, index, listed: BTreeSet::new() }
    }

    /// Returns whether a digest names the object found at a key.
    pub(crate) fn is_listed(&self, found: &str) -> bool {
        self.listed.contains(found)
    }

    /// Verifies the log files that a digest names.
    pub(crate) fn named_by(
        &mut self,
        digest: &Digest,
        found: &str,
        trust: Trust,
    ) -> Vec<LogOutcome> {
        let mut outcomes = Vec::with_capacity(digest.logs.len());
        for entry in &digest.logs {
            let status = match self.status(entry) {
                LogStatus::Valid if trust != Trust::Proven => LogStatus::Unproven,
                status => status,
            };
            let key = entry.location.object.clone();
            outcomes.push(LogOutcome { key, digest: found.to_owned(), status });
        }
        outcomes
    }

    fn status(&mut self, entry: &LogEntry) -> LogStatus {
        match self.index.locate(&entry.location) {
            Located::Absent => LogStatus::Missing,
            Located::InPlace(found) => {
                self.listed.insert(found);
                match self.hash(found) {
                    Ok(hash) if hash == entry.hash => LogStatus::Valid,
                    Ok(_) => LogStatus::Modified,
                    Err(status) => status,
                }
            }
            Located::Elsewhere(found) => match self.hash(found) {
                Ok(hash) if hash == entry.hash => {
                    self.listed.insert(found);
                    LogStatus::Moved { to: found.to_owned() }
                }
                _ => LogStatus::Missing,
            },
        }
    }

    fn hash(&self, found: &str) -> Result<Hash, LogStatus> {
        let stored = self.objects.read(found).map_err(|error| match error {
            ObjectsError::NotFound { .. } => LogStatus::Missing,
            ObjectsError::Read { source, .. } => {
                LogStatus::Unreadable { reason: source.to_string() }
            }
            other @ ObjectsError::TooLarge { .. } => {
                LogStatus::Unreadable { reason: other.to_string() }
            }
        })?;
        content::plain_hash(&stored, LOG_BYTES_MAX)
            .map_err(|error| LogStatus::Unreadable { reason: error.to_string() })
    }
}
