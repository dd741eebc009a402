//! Findings, kept: one row each in a `SQLite` file, written again by every run that finds it again.

mod filters;
mod lists;
mod merge;
mod migrations;
mod occurrences;
mod opinions;
#[cfg(test)]
mod tests;

use std::path::Path;

use haechi_model::{Band, Explanation, Finding, FindingId, Severity, Timestamp};
use rusqlite::{Connection, OptionalExtension, Row, named_params, params};
use serde::Serialize;
use serde_json::Value;

pub use self::filters::{FilterAction, SavedFilter};
pub use self::lists::{BY_TRUSTED_LIST, SavedList};
pub use self::opinions::Feedback;
use crate::StoreError;

/// The findings of one lake.
pub struct FindingStore {
    connection: Connection,
}

/// A finding and what people have made of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StoredFinding {
    /// The finding.
    #[serde(flatten)]
    pub finding: Finding,
    /// Whether it has been put away.
    pub archived: bool,
    /// The suppression rule that put it away.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suppressed_by: Option<String>,
    /// What a person thinks of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub feedback: Option<Feedback>,
    /// What a person says of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comments: Option<String>,
    /// Whether it was made to try things out.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub is_sample: bool,
    /// The resource and the action, in GuardDuty's words, by its newest record.
    #[serde(skip_serializing_if = "is_empty")]
    pub details: Value,
    /// When it was first stored.
    pub created: Timestamp,
    /// When it was last stored with something new.
    pub updated: Timestamp,
    /// Queries of earlier runs, for what the newest no longer gives.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub earlier_evidence: Vec<String>,
}

/// Which findings to list.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Filter {
    /// Only findings of this band or a worse one.
    pub band_min: Option<Band>,
    /// Only findings that are, or are not, put away.
    pub archived: Option<bool>,
}

const COLUMNS: &str = "id, type, page, title, title_ko, severity, subject, account, region, count, \
    first_seen, last_seen, records, why_en, why_ko, evidence, techniques, archived, \
    suppressed_by, feedback, comments, is_sample, details, created, updated, earlier_evidence";

impl FindingStore {
    /// Opens the store, made new when the file is not there.
    ///
    /// # Errors
    /// The file is not a store, was written by a newer version, or cannot be opened.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let open_error = |source| StoreError::Open { path: path.to_owned(), source };
        let mut connection = Connection::open(path).map_err(open_error)?;
        connection.busy_timeout(BUSY_TIMEOUT).map_err(open_error)?;
        connection
            .pragma_update(None, "journal_mode", "wal")
            .and_then(|()| connection.pragma_update(None, "synchronous", "full"))
            .map_err(open_error)?;
        migrations::bring_up_to_date(&mut connection, path)?;
        Ok(Self { connection })
    }

    /// Writes findings, all or none; one that is there already keeps what it had and stays as
    /// archived as it was.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn put(&mut self, findings: &[Finding], now: Timestamp) -> Result<(), StoreError> {
        let mut known = Vec::new();
        for finding in findings {
            known.push(self.of_id(&finding.id.0)?);
        }
        let transaction = self.connection.transaction()?;
        {
            let mut statement = transaction.prepare_cached(PUT)?;
            for (found, known) in findings.iter().zip(known) {
                occurrences::put_first(&transaction, known.as_ref(), found)?;
                let (finding, earlier) = match &known {
                    Some(known) => merge::merged(known, found),
                    None => (found.clone(), Vec::new()),
                };
                let is_same = known.as_ref().is_some_and(|known| known.finding == finding);
                let updated = known.filter(|_| is_same).map_or(now, |known| known.updated);
                statement.execute(named_params! {
                    ":id": finding.id.0,
                    ":type": finding.kind,
                    ":page": finding.page,
                    ":title": finding.title,
                    ":title_ko": finding.title_ko,
                    ":severity": finding.severity.value(),
                    ":subject": finding.subject,
                    ":account": finding.account,
                    ":region": finding.region,
                    ":count": i64::try_from(finding.count).unwrap_or(i64::MAX),
                    ":first_seen": finding.first_seen.0,
                    ":last_seen": finding.last_seen.0,
                    ":records": json_of(&finding.records),
                    ":why_en": finding.why.en,
                    ":why_ko": finding.why.ko,
                    ":evidence": finding.evidence,
                    ":techniques": json_of(&finding.techniques),
                    ":now": now.0,
                    ":updated": updated.0,
                    ":earlier": json_of(&earlier),
                })?;
            }
        }
        transaction.commit()?;
        Ok(())
    }

    /// Returns findings, worst first, then oldest first.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn list(&self, filter: Filter) -> Result<Vec<StoredFinding>, StoreError> {
        let sql = format!(
            "select {COLUMNS} from finding where ?1 <= severity \
             and (?2 is null or archived = ?2) order by severity desc, first_seen, id"
        );
        let mut statement = self.connection.prepare_cached(&sql)?;
        let severity_min = filter.band_min.map_or(0.0, lowest_of);
        let mut rows = statement.query(params![severity_min, filter.archived])?;
        let mut findings = Vec::new();
        while let Some(row) = rows.next()? {
            findings.push(stored(row)?);
        }
        Ok(findings)
    }

    /// Returns the finding of that id, or the only one whose id begins so.
    ///
    /// # Errors
    /// There is none, there are several, or the file cannot be read.
    pub fn get(&self, prefix: &str) -> Result<StoredFinding, StoreError> {
        let sql = format!(
            "select {COLUMNS} from finding where id = ?1 or substr(id, 1, length(?1)) = ?1 \
             order by id = ?1 desc, id limit 2"
        );
        let mut statement = self.connection.prepare_cached(&sql)?;
        let mut rows = statement.query([prefix])?;
        let unknown = || StoreError::Unknown { id: prefix.to_owned() };
        let finding = match rows.next()? {
            Some(row) if !prefix.is_empty() => stored(row)?,
            _ => return Err(unknown()),
        };
        if finding.finding.id.0 != prefix && rows.next()?.is_some() {
            return Err(StoreError::Ambiguous { prefix: prefix.to_owned() });
        }
        Ok(finding)
    }

    /// Returns the finding of exactly that id.
    fn of_id(&self, id: &str) -> Result<Option<StoredFinding>, StoreError> {
        let sql = format!("select {COLUMNS} from finding where id = ?1");
        let mut statement = self.connection.prepare_cached(&sql)?;
        let mut rows = statement.query([id])?;
        rows.next()?.map(stored).transpose()
    }

    /// Returns how many findings there are.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn count(&self) -> Result<u64, StoreError> {
        let count: Option<i64> = self
            .connection
            .query_row("select count(*) from finding", [], |row| row.get(0))
            .optional()?;
        Ok(count.and_then(|count| u64::try_from(count).ok()).unwrap_or(0))
    }
}

/// LIMIT: how long one process waits for another that writes.
const BUSY_TIMEOUT: std::time::Duration = std::time::Duration::from_secs(10);

const PUT: &str = "insert into finding (id, type, page, title, title_ko, severity, subject, \
    account, region, count, first_seen, last_seen, records, why_en, why_ko, evidence, techniques, \
    created, updated, earlier_evidence) \
    values (:id, :type, :page, :title, :title_ko, :severity, :subject, :account, :region, :count, \
    :first_seen, :last_seen, :records, :why_en, :why_ko, :evidence, :techniques, :now, :updated, \
    :earlier) \
    on conflict (id) do update set type = excluded.type, page = excluded.page, \
    title = excluded.title, title_ko = excluded.title_ko, severity = excluded.severity, \
    subject = excluded.subject, account = excluded.account, region = excluded.region, \
    count = excluded.count, first_seen = excluded.first_seen, last_seen = excluded.last_seen, \
    records = excluded.records, why_en = excluded.why_en, why_ko = excluded.why_ko, \
    evidence = excluded.evidence, techniques = excluded.techniques, updated = excluded.updated, \
    earlier_evidence = excluded.earlier_evidence";

/// Returns the lowest severity of a band.
fn lowest_of(band: Band) -> f64 {
    match band {
        Band::Low => 1.0,
        Band::Medium => 4.0,
        Band::High => 7.0,
        Band::Critical => 9.0,
    }
}

/// Tells whether nothing is known.
fn is_empty(details: &Value) -> bool {
    details.as_object().is_none_or(serde_json::Map::is_empty)
}

fn json_of(texts: &[String]) -> String {
    serde_json::Value::from(texts).to_string()
}

fn stored(row: &Row<'_>) -> Result<StoredFinding, StoreError> {
    let id: String = row.get("id")?;
    let damaged = |reason: &str| StoreError::Damaged { id: id.clone(), reason: reason.to_owned() };
    let texts = |column: &str| -> Result<Vec<String>, StoreError> {
        let json: String = row.get(column)?;
        serde_json::from_str(&json).map_err(|_| damaged(column))
    };
    let severity = Severity::new(row.get("severity")?).ok_or_else(|| damaged("severity"))?;
    let count: i64 = row.get("count")?;
    let finding = Finding {
        id: FindingId(id.clone()),
        kind: row.get("type")?,
        page: row.get("page")?,
        title: row.get("title")?,
        title_ko: row.get("title_ko")?,
        severity,
        subject: row.get("subject")?,
        account: row.get("account")?,
        region: row.get("region")?,
        count: u64::try_from(count).map_err(|_| damaged("count"))?,
        first_seen: Timestamp(row.get("first_seen")?),
        last_seen: Timestamp(row.get("last_seen")?),
        records: texts("records")?,
        why: Explanation { en: row.get("why_en")?, ko: row.get("why_ko")? },
        evidence: row.get("evidence")?,
        techniques: texts("techniques")?,
    };
    let feedback: Option<String> = row.get("feedback")?;
    let details: String = row.get("details")?;
    Ok(StoredFinding {
        finding,
        archived: row.get("archived")?,
        suppressed_by: row.get("suppressed_by")?,
        feedback: feedback.as_deref().and_then(Feedback::named),
        comments: row.get("comments")?,
        is_sample: row.get("is_sample")?,
        details: serde_json::from_str(&details).map_err(|_| damaged("details"))?,
        created: Timestamp(row.get("created")?),
        updated: Timestamp(row.get("updated")?),
        earlier_evidence: texts("earlier_evidence")?,
    })
}
