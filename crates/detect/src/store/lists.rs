//! The lists that a lake is searched by at every scan: where they are, and what they last were.

use haechi_model::{FindingId, Timestamp};
use rusqlite::params;
use serde::Serialize;

use super::FindingStore;
use crate::StoreError;

/// A list that is looked at by every scan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SavedList {
    /// What stands on it: `threat`, `trusted`, `tor` and so on.
    pub name: String,
    /// The file.
    pub file: String,
    /// The form of the file, in GuardDuty's words.
    pub format: String,
    /// How many entries it had.
    pub entries: u64,
    /// A digest of its bytes when all of history was last searched by it.
    pub digest: String,
    /// When that was.
    pub searched: Timestamp,
}

/// What stands in place of a filter's name where a trusted list has archived a finding.
pub const BY_TRUSTED_LIST: &str = "(trusted list)";

impl FindingStore {
    /// Archives findings that rest on what is trusted, unless they are archived already; returns
    /// how many.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn retract(&mut self, ids: &[FindingId]) -> Result<u64, StoreError> {
        let sql = "update finding set archived = 1, suppressed_by = ?2 \
                   where id = ?1 and archived = 0";
        self.each_of(ids, sql)
    }

    /// Takes findings out again that trusted lists have archived; returns how many.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn restore(&mut self, ids: &[FindingId]) -> Result<u64, StoreError> {
        let sql = "update finding set archived = 0, suppressed_by = null \
                   where id = ?1 and suppressed_by = ?2";
        self.each_of(ids, sql)
    }

    fn each_of(&mut self, ids: &[FindingId], sql: &str) -> Result<u64, StoreError> {
        let transaction = self.connection.transaction()?;
        let mut n_changed = 0;
        for id in ids {
            n_changed += transaction.execute(sql, [id.0.as_str(), BY_TRUSTED_LIST])? as u64;
        }
        transaction.commit()?;
        Ok(n_changed)
    }

    /// Keeps a list, or what it has become.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn put_list(&mut self, list: &SavedList) -> Result<(), StoreError> {
        self.connection.execute(
            "insert or replace into list (name, file, format, entries, digest, searched) \
             values (?1, ?2, ?3, ?4, ?5, ?6)",
            params![
                list.name,
                list.file,
                list.format,
                i64::try_from(list.entries).unwrap_or(i64::MAX),
                list.digest,
                list.searched.0,
            ],
        )?;
        Ok(())
    }

    /// Returns the lists in the order of their names and files.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn lists(&self) -> Result<Vec<SavedList>, StoreError> {
        let mut statement =
            self.connection.prepare_cached("select * from list order by name, file")?;
        let mut rows = statement.query([])?;
        let mut lists = Vec::new();
        while let Some(row) = rows.next()? {
            let entries: i64 = row.get("entries")?;
            lists.push(SavedList {
                name: row.get("name")?,
                file: row.get("file")?,
                format: row.get("format")?,
                entries: u64::try_from(entries).unwrap_or(0),
                digest: row.get("digest")?,
                searched: Timestamp(row.get("searched")?),
            });
        }
        Ok(lists)
    }

    /// Forgets a list.
    ///
    /// # Errors
    /// There is no such list, or the file cannot be written.
    pub fn delete_list(&mut self, name: &str, file: &str) -> Result<(), StoreError> {
        let n = self
            .connection
            .execute("delete from list where name = ?1 and file = ?2", params![name, file])?;
        if n == 0 {
            let (name, file) = (name.to_owned(), file.to_owned());
            return Err(StoreError::UnknownList { name, file });
        }
        Ok(())
    }
}
