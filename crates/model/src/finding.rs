//! A finding: what happened, how bad, why we say so, and the query that shows it again.

use std::fmt;

use serde::Serialize;

use crate::{Severity, Timestamp};

/// The name of one finding: the same page and subject give the same name on every run.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct FindingId(pub String);

/// Why a finding was raised, in numbers and values that can be checked.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Explanation {
    /// One sentence in English.
    pub en: String,
    /// The same sentence in Korean.
    pub ko: String,
}

/// One finding: every occurrence of one page's pattern by one subject.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Finding {
    /// Its name.
    pub id: FindingId,
    /// The finding type, GuardDuty's own where it has one.
    #[serde(rename = "type")]
    pub kind: String,
    /// The page that raised it.
    pub page: String,
    /// The title in English.
    pub title: String,
    /// The title in Korean.
    pub title_ko: String,
    /// 1.0 to 10.0.
    pub severity: Severity,
    /// Who or what it is about.
    pub subject: String,
    /// The account it happened in.
    pub account: Option<String>,
    /// The Region it happened in.
    pub region: Option<String>,
    /// How many records speak for it.
    pub count: u64,
    /// The first of them.
    pub first_seen: Timestamp,
    /// The last of them.
    pub last_seen: Timestamp,
    /// The ids of the records, oldest first, up to the store's limit.
    pub records: Vec<String>,
    /// Why it was raised.
    pub why: Explanation,
    /// SQL that gives the records again.
    pub evidence: String,
    /// MITRE ATT&CK technique ids.
    pub techniques: Vec<String>,
}

impl fmt::Display for FindingId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
