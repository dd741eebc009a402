//! What a page says of every finding it makes, and the SQL that gives the records again.

use haechi_model::{Finding, FindingId, Severity};

use crate::exchanges::TraceSql;
use crate::raised::Draft;
use crate::sentence::{Fact, Sentence};
use crate::sql;

/// What the page says of every finding it makes.
pub(crate) struct About {
    /// The page.
    pub(crate) page: String,
    /// The source, where it is not the one that the page names first.
    pub(crate) other_source: Option<String>,
    /// What has happened, in English.
    pub(crate) title: String,
    /// The same in Korean.
    pub(crate) title_ko: String,
    /// The finding's type.
    pub(crate) finding_type: String,
    /// How bad.
    pub(crate) severity: Severity,
    /// MITRE ATT&CK technique ids.
    pub(crate) techniques: Vec<String>,
    /// The SQL that begins every evidence.
    pub(crate) select: String,
    /// The subject and the groups in SQL, when they all stand in columns and every row speaks.
    pub(crate) identity: Option<Vec<String>>,
    /// The subject alone in SQL.
    pub(crate) subject: Option<String>,
    /// What names a record in SQL, when its source gives it an id.
    pub(crate) id: Option<String>,
    /// The columns of flows, when the source has them.
    pub(crate) flows: Option<TraceSql>,
}

impl About {
    /// Makes a draft into a finding.
    pub(crate) fn finding(
        &self,
        sentence: &Sentence,
        exact: Option<&str>,
        mut draft: Draft,
    ) -> Finding {
        if !draft.trace.is_empty() {
            for (name, text) in draft.trace.shown() {
                draft.fact(name, Fact::Text(text));
            }
            draft.fact("host", Fact::Text(draft.subject.clone()));
        }
        draft.fact("count", Fact::Number(draft.count));
        Finding {
            id: self.id_of(&draft),
            kind: self.finding_type.clone(),
            page: self.page.clone(),
            title: self.title.clone(),
            title_ko: self.title_ko.clone(),
            severity: self.severity,
            evidence: self.evidence(exact, &draft),
            why: sentence.spoken(&draft.shown, &draft.facts),
            subject: draft.subject,
            account: draft.account,
            region: draft.region,
            count: draft.count,
            first_seen: draft.first,
            last_seen: draft.last,
            records: draft.records,
            techniques: self.techniques.clone(),
        }
    }

    /// Names the finding after its page and its subject; lengths keep the parts apart.
    pub(crate) fn id_of(&self, draft: &Draft) -> FindingId {
        let mut hasher = blake3::Hasher::new();
        let account = draft.account.as_deref().unwrap_or_default();
        let parts = [self.page.as_str(), account, draft.subject.as_str()];
        let more = draft.group.iter().chain(&self.other_source).map(String::as_str);
        for part in parts.into_iter().chain(more) {
            hasher.update(&(part.len() as u64).to_le_bytes());
            hasher.update(part.as_bytes());
        }
        FindingId(hasher.finalize().to_hex().chars().take(ID_LENGTH).collect())
    }

    /// Returns SQL that gives the finding's records again: by what the page says, where SQL can
    /// say it exactly, and else by their ids.
    fn evidence(&self, exact: Option<&str>, draft: &Draft) -> String {
        let mut parts = Vec::new();
        let said = self.said(draft);
        match (exact, &self.identity) {
            _ if said.is_some() => {
                parts.extend(said);
                if let Some(account) = &draft.account {
                    parts.push(format!("\"account\" = {}", sql::literal(account)));
                }
                parts.push(format!("\"time\" >= '{}'", draft.first));
                parts.push(format!("\"time\" <= '{}'", draft.last));
            }
            (Some(predicate), Some(columns)) if draft.subject != "unknown" => {
                parts.push(predicate.to_owned());
                let values = std::iter::once(&draft.subject).chain(&draft.group);
                for (column, value) in columns.iter().zip(values) {
                    parts.push(format!("{column} = {}", sql::literal(value)));
                }
                if let Some(account) = &draft.account {
                    parts.push(format!("\"account\" = {}", sql::literal(account)));
                }
                parts.push(format!("\"time\" >= '{}'", draft.first));
                parts.push(format!("\"time\" <= '{}'", draft.last));
            }
            _ => parts.push(sql::by_id(self.id.as_deref(), &draft.records)),
        }
        parts.extend(sql::days(draft.first, draft.last));
        format!("{}{} order by \"time\"", self.select, parts.join(" and "))
    }

    /// Returns what the kind itself can say of the records in SQL.
    fn said(&self, draft: &Draft) -> Option<String> {
        let flows = self.flows.as_ref().filter(|_| !draft.trace.is_empty());
        let Some(said) = &draft.evidence else {
            return flows.map(|columns| draft.trace.sql(columns));
        };
        let subject = self.subject.as_ref()?;
        Some(format!("{said} and {subject} = {}", sql::literal(&draft.subject)))
    }
}

/// The hexadecimal digits of a finding's id: 80 bits, short enough to be read out.
const ID_LENGTH: usize = 20;
