//! Findings of rules: one for each rule, account and subject.

use std::collections::BTreeMap;

use haechi_model::{Explanation, Finding, FindingId, Severity, Timestamp};
use rsigma_eval::result::FieldMatch;

use crate::index::literal;
use crate::limits::{FIELDS_SHOWN_MAX, FINDINGS_MAX, RECORDS_MAX, VALUE_CHARACTERS_MAX};
use crate::rules::About;

/// The findings of all rules in the making.
#[derive(Default)]
pub(crate) struct Drafts {
    by_rule: BTreeMap<String, BTreeMap<(String, String), Draft>>,
    abouts: BTreeMap<String, About>,
}

/// One event that speaks for a finding.
pub(crate) struct Occurrence<'a> {
    pub(crate) id: &'a str,
    pub(crate) time: Timestamp,
    pub(crate) account: &'a str,
    pub(crate) region: &'a str,
    pub(crate) subject: &'a str,
}

struct Draft {
    count: u64,
    first: Timestamp,
    last: Timestamp,
    region: String,
    records: Vec<String>,
    why: String,
}

impl Drafts {
    /// Adds an event, and records that it brings with it.
    pub(crate) fn add(
        &mut self,
        about: &About,
        occurrence: &Occurrence<'_>,
        records: &[String],
        why: impl FnOnce() -> String,
    ) {
        let drafts = self.by_rule.entry(about.page.clone()).or_default();
        let key = (occurrence.account.to_owned(), occurrence.subject.to_owned());
        if FINDINGS_MAX <= drafts.len() && !drafts.contains_key(&key) {
            return;
        }
        if drafts.is_empty() {
            self.abouts.insert(about.page.clone(), about.clone());
        }
        let draft = drafts.entry(key).or_insert_with(|| Draft {
            count: 0,
            first: occurrence.time,
            last: occurrence.time,
            region: occurrence.region.to_owned(),
            records: Vec::new(),
            why: why(),
        });
        draft.count += 1;
        draft.last = draft.last.max(occurrence.time);
        let own = occurrence.id.to_owned();
        for record in records.iter().chain([&own]) {
            if draft.records.len() < RECORDS_MAX && !draft.records.contains(record) {
                draft.records.push(record.clone());
            }
        }
    }

    /// Ends the work: every finding, in the order of rules and subjects.
    pub(crate) fn finish(self) -> Vec<Finding> {
        let mut findings = Vec::new();
        for (page, drafts) in self.by_rule {
            let Some(about) = self.abouts.get(&page) else { continue };
            for ((account, subject), draft) in drafts {
                findings.extend(draft.finding(about, account, subject));
            }
        }
        findings
    }
}

impl Draft {
    fn finding(self, about: &About, account: String, subject: String) -> Option<Finding> {
        let severity = Severity::new(about.severity)?;
        let mut hasher = blake3::Hasher::new();
        for part in [about.page.as_str(), &account, &subject] {
            hasher.update(&(part.len() as u64).to_le_bytes());
            hasher.update(part.as_bytes());
        }
        let id: String = hasher.finalize().to_hex().chars().take(ID_LENGTH).collect();
        let ids: Vec<String> = self.records.iter().map(|id| literal(id)).collect();
        let mut conditions = vec![format!("\"eventID\" in ({})", ids.join(", "))];
        // A correlation's first records may lie a window before it speaks, so only the end is sure.
        conditions.extend(self.last.date().map(|day| format!("\"date\" <= '{day}'")));
        Some(Finding {
            id: FindingId(id),
            kind: kind_of(&about.title),
            page: about.page.clone(),
            title: about.title.clone(),
            title_ko: about.title.clone(),
            severity,
            subject,
            account: Some(account).filter(|account| !account.is_empty()),
            region: Some(self.region).filter(|region| !region.is_empty()),
            count: self.count,
            first_seen: self.first,
            last_seen: self.last,
            records: self.records,
            why: Explanation {
                en: format!("The Sigma rule “{}” fits: {}.", about.title, self.why),
                ko: format!("Sigma 규칙 “{}”에 맞습니다. {}", about.title, self.why),
            },
            evidence: format!(
                "select * from \"cloudtrail\" where {} order by \"time\"",
                conditions.join(" and ")
            ),
            techniques: about.techniques.clone(),
        })
    }
}

/// Returns a finding type in the form of GuardDuty's: `Sigma:CloudTrail/RootAccountUsage`.
fn kind_of(title: &str) -> String {
    let words = title.split(|letter: char| !letter.is_alphanumeric());
    let mut kind = "Sigma:CloudTrail/".to_owned();
    for word in words {
        let mut letters = word.chars();
        kind.extend(letters.next().into_iter().flat_map(char::to_uppercase));
        kind.push_str(letters.as_str());
    }
    kind
}

/// Returns the matched fields in words.
pub(crate) fn in_words(fields: &[FieldMatch]) -> String {
    let mut parts = Vec::new();
    for field in fields.iter().take(FIELDS_SHOWN_MAX) {
        let value = match &field.value {
            serde_json::Value::String(text) => text.clone(),
            value => value.to_string(),
        };
        parts.push(format!("{} = {}", field.field, shown(&value)));
    }
    if parts.is_empty() { "its condition holds".to_owned() } else { parts.join(", ") }
}

/// Returns text out of a log on one line, without what steers a terminal, cut.
pub(crate) fn shown(text: &str) -> String {
    let letters = text.chars().take(VALUE_CHARACTERS_MAX);
    letters.map(|letter| if letter.is_control() { '\u{fffd}' } else { letter }).collect()
}

/// The hexadecimal digits of a finding's id, as many as those of our own detections.
const ID_LENGTH: usize = 20;
