//! What people make of findings: put away or not, useful or not.

use haechi_model::{FindingId, Timestamp};
use serde::Serialize;
use serde_json::Value;

use super::FindingStore;
use crate::StoreError;

/// What a person thinks of a finding, in GuardDuty's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Feedback {
    /// It was worth the reading.
    Useful,
    /// It was not.
    NotUseful,
}

impl Feedback {
    /// Returns GuardDuty's word.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Useful => "USEFUL",
            Self::NotUseful => "NOT_USEFUL",
        }
    }

    /// Reads GuardDuty's word.
    pub(super) fn named(name: &str) -> Option<Self> {
        [Self::Useful, Self::NotUseful].into_iter().find(|it| it.name() == name)
    }
}

impl FindingStore {
    /// Puts findings away, or takes them out again.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn set_archived(&mut self, ids: &[FindingId], archived: bool) -> Result<(), StoreError> {
        let transaction = self.connection.transaction()?;
        for id in ids {
            // By hand is by no rule.
            transaction.execute(
                "update finding set archived = ?2, suppressed_by = null where id = ?1",
                rusqlite::params![id.0, archived],
            )?;
        }
        transaction.commit()?;
        Ok(())
    }

    /// Notes what a person thinks of findings.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn set_feedback(
        &mut self,
        ids: &[FindingId],
        feedback: Feedback,
        comments: &str,
    ) -> Result<(), StoreError> {
        let transaction = self.connection.transaction()?;
        for id in ids {
            transaction.execute(
                "update finding set feedback = ?2, comments = ?3 where id = ?1",
                [&id.0, feedback.name(), comments],
            )?;
        }
        transaction.commit()?;
        Ok(())
    }

    /// Notes what records tell of findings.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn put_details(&mut self, details: &[(FindingId, Value)]) -> Result<(), StoreError> {
        let transaction = self.connection.transaction()?;
        for (id, details) in details {
            transaction.execute(
                "update finding set details = ?2 where id = ?1",
                [&id.0, &details.to_string()],
            )?;
        }
        transaction.commit()?;
        Ok(())
    }

    /// Marks findings as samples, made at that time to try things out.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn mark_samples(&mut self, ids: &[FindingId], now: Timestamp) -> Result<(), StoreError> {
        let transaction = self.connection.transaction()?;
        for id in ids {
            transaction.execute(
                "update finding set is_sample = 1, updated = ?2 where id = ?1",
                rusqlite::params![id.0, now.0],
            )?;
        }
        transaction.commit()?;
        Ok(())
    }
}
