//! Findings of rules: one for each rule, account and subject.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use haechi_model::{Explanation, Finding, FindingId, Severity, Timestamp};
use rsigma_eval::result::FieldMatch;

use crate::index::literal;
use crate::limits::{FIELDS_SHOWN_MAX, FINDINGS_MAX, RECORDS_MAX, VALUE_CHARACTERS_MAX};
use crate::rules::About;

/// The findings of all rules in the making.
#[derive(Default)]
pub(crate) struct Drafts {
    by_rule: BTreeMap<String, OfRule>,
    /// The ids of records beyond those that findings hold, for somebody who takes them. What a
    /// correlation counts comes again with each event: once is enough.
    more: Option<BTreeMap<FindingId, BTreeSet<String>>>,
}

/// The findings of one rule.
struct OfRule {
    about: About,
    /// By account and subject, of which each is kept as a number of 128 bits.
    drafts: HashMap<u128, Draft, ahash::RandomState>,
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
    id: FindingId,
    account: String,
    subject: String,
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
        let Occurrence { account, subject, .. } = *occurrence;
        if !self.by_rule.contains_key(about.page.as_str()) {
            let drafts = HashMap::with_hasher(ahash::RandomState::with_seeds(1, 2, 3, 4));
            self.by_rule.insert(about.page.clone(), OfRule { about: about.clone(), drafts });
        }
        let Some(OfRule { drafts, .. }) = self.by_rule.get_mut(about.page.as_str()) else { return };
        let key = key_of(account, subject);
        if FINDINGS_MAX <= drafts.len() && !drafts.contains_key(&key) {
            return;
        }
        let draft = drafts.entry(key).or_insert_with(|| Draft {
            id: id_of(&about.page, account, subject),
            account: account.to_owned(),
            subject: subject.to_owned(),
            count: 0,
            first: occurrence.time,
            last: occurrence.time,
            region: occurrence.region.to_owned(),
            records: Vec::new(),
            why: why(),
        });
        draft.count += 1;
        draft.last = draft.last.max(occurrence.time);
        for record in records.iter().map(String::as_str).chain([occurrence.id]) {
            if RECORDS_MAX <= draft.records.len() {
                let Some(more) = &mut self.more else { break };
                more.entry(draft.id.clone()).or_default().insert(record.to_owned());
            } else if !draft.records.iter().any(|it| it == record) {
                draft.records.push(record.to_owned());
            }
        }
    }

    /// Notes the ids of all records, for somebody who takes them.
    pub(crate) fn keep_every_record(&mut self) {
        self.more = Some(BTreeMap::new());
    }

    /// Gives up the ids of records beyond those that findings hold.
    pub(crate) fn take_more(&mut self) -> Vec<(FindingId, Vec<String>)> {
        let more = self.more.as_mut().map(std::mem::take).unwrap_or_default();
        more.into_iter().map(|(id, records)| (id, records.into_iter().collect())).collect()
    }

    /// Ends the work: every finding, in the order of rules and subjects.
    pub(crate) fn finish(self) -> Vec<Finding> {
        let mut findings = Vec::new();
        for OfRule { about, drafts } in self.by_rule.into_values() {
            let mut drafts: Vec<Draft> = drafts.into_values().collect();
            drafts.sort_by(|one, other| {
                (&one.account, &one.subject).cmp(&(&other.account, &other.subject))
            });
            findings.extend(drafts.into_iter().filter_map(|draft| draft.finding(&about)));
        }
        findings
    }
}

/// Returns the number that stands for an account and a subject; it never leaves the process.
fn key_of(account: &str, subject: &str) -> u128 {
    // Fixed seeds: the same input takes the same path on every run.
    let half = |seed: u64| {
        let state = ahash::RandomState::with_seeds(seed, 2, 3, 4);
        u128::from(state.hash_one((account, subject)))
    };
    (half(1) << 64) | half(5)
}

/// Returns the id of a finding: the same on every run.
fn id_of(page: &str, account: &str, subject: &str) -> FindingId {
    let mut hasher = blake3::Hasher::new();
    for part in [page, account, subject] {
        hasher.update(&(part.len() as u64).to_le_bytes());
        hasher.update(part.as_bytes());
    }
    FindingId(hasher.finalize().to_hex().chars().take(ID_LENGTH).collect())
}

impl Draft {
    fn finding(self, about: &About) -> Option<Finding> {
        let Self { account, subject, .. } = self;
        let severity = Severity::new(about.severity)?;
        let ids: Vec<String> = self.records.iter().map(|id| literal(id)).collect();
        let mut conditions = vec![format!("\"eventID\" in ({})", ids.join(", "))];
        // A correlation's first records may lie a window before it speaks, so only the end is sure.
        conditions.extend(self.last.date().map(|day| format!("\"date\" <= '{day}'")));
        Some(Finding {
            id: self.id,
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
pub(crate) fn kind_of(title: &str) -> String {
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
