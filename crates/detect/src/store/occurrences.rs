//! The ids of every record that speaks for a finding, where it has more than it holds itself.

use haechi_model::{Finding, FindingId};
use rusqlite::Transaction;

use super::FindingStore;
use crate::limits::RECORDS_MAX;
use crate::{Evidence, StoreError, StoredFinding};

const PUT: &str = "insert or ignore into occurrence (finding, record) values (?1, ?2)";

impl Evidence for FindingStore {
    fn keep(&mut self, records: &[(FindingId, Vec<String>)]) -> Result<(), StoreError> {
        let transaction = self.connection.transaction()?;
        for (finding, records) in records {
            put(&transaction, finding, records)?;
        }
        transaction.commit()?;
        Ok(())
    }
}

impl FindingStore {
    /// Returns the ids of all records that speak for a finding: the first ones, then the others.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn records(&self, finding: &Finding) -> Result<Vec<String>, StoreError> {
        let mut statement = self
            .connection
            .prepare_cached("select record from occurrence where finding = ?1 order by record")?;
        let mut rows = statement.query([&finding.id.0])?;
        let mut records = finding.records.clone();
        let first: std::collections::HashSet<&String> = finding.records.iter().collect();
        while let Some(row) = rows.next()? {
            let record: String = row.get(0)?;
            if !first.contains(&record) {
                records.push(record);
            }
        }
        Ok(records)
    }
}

/// Keeps the first ids too, of a finding that has more: another run begins with others.
pub(super) fn put_first(
    transaction: &Transaction<'_>,
    known: Option<&StoredFinding>,
    found: &Finding,
) -> Result<(), StoreError> {
    let known = known.map_or(&[] as &[_], |known| known.finding.records.as_slice());
    if known.len() + found.records.len() < RECORDS_MAX {
        return Ok(());
    }
    put(transaction, &found.id, known)?;
    put(transaction, &found.id, &found.records)
}

fn put(
    transaction: &Transaction<'_>,
    finding: &FindingId,
    records: &[String],
) -> Result<(), StoreError> {
    let mut statement = transaction.prepare_cached(PUT)?;
    for record in records {
        statement.execute([&finding.0, record])?;
    }
    Ok(())
}
