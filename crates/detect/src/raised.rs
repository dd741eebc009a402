//! What one page has raised so far: a draft of a finding for each subject.

use std::borrow::Cow;
use std::collections::HashMap;

use haechi_model::{Timestamp, Window};

use crate::field::Field;
use crate::limits::{FINDINGS_MAX, RECORDS_MAX};
use crate::rows::Row;
use crate::schema::{ACCOUNT, REGION};
use crate::sentence::{Fact, Facts, Sentence, Shown};
use crate::state::Key;

/// The drafts of one page.
pub(crate) struct Raised {
    /// Whom findings are about.
    pub(crate) subject: Field,
    /// Fields that make findings of their own beside the subject.
    pub(crate) group: Vec<Field>,
    /// Why they are raised.
    pub(crate) sentence: Sentence,
    /// When something must happen to be raised; what lies before is history.
    pub(crate) window: Window,
    /// The number of different days after which what a subject does is routine, and its finding
    /// is taken back.
    pub(crate) withdraw_after_days: Option<u32>,
    drafts: HashMap<Key, Draft>,
    n_dropped: u64,
}

/// Whom a row is about.
pub(crate) struct Identity<'a> {
    account: Option<&'a str>,
    subject: Cow<'a, str>,
    group: Vec<Cow<'a, str>>,
}

/// A finding in the making.
pub(crate) struct Draft {
    /// Whom it is about.
    pub(crate) subject: String,
    /// The values of the grouping fields.
    pub(crate) group: Vec<String>,
    /// The account.
    pub(crate) account: Option<String>,
    /// The Region of the first occurrence.
    pub(crate) region: Option<String>,
    /// How many occurrences.
    pub(crate) count: u64,
    /// The first of them.
    pub(crate) first: Timestamp,
    /// The last moment that belongs to it.
    pub(crate) last: Timestamp,
    /// The ids of the occurrences' records.
    pub(crate) records: Vec<String>,
    /// What the kind has to say.
    pub(crate) facts: Facts,
    /// What the rows show.
    pub(crate) shown: Shown,
    /// The different days on which it happened, and the last of them.
    n_days: u32,
    last_day: Option<i64>,
}

/// One record that speaks for a finding.
#[derive(Debug, Clone)]
pub(crate) struct Occurrence {
    /// The record's id.
    pub(crate) id: String,
    /// When it happened.
    pub(crate) time: Timestamp,
}

impl Occurrence {
    /// Takes down a row.
    pub(crate) fn of(row: &Row<'_>) -> Self {
        Self { id: row.id(), time: row.time() }
    }
}

impl Raised {
    /// Begins without drafts.
    pub(crate) fn new(subject: Field, group: Vec<Field>, sentence: Sentence) -> Self {
        let drafts = HashMap::new();
        let (window, withdraw_after_days) = (Window::default(), None);
        Self { subject, group, sentence, window, withdraw_after_days, drafts, n_dropped: 0 }
    }

    /// Tells whom a row is about.
    pub(crate) fn identity<'a>(&self, row: &Row<'a>) -> Identity<'a> {
        let text = |field: &Field| field.text(row).unwrap_or(Cow::Borrowed("unknown"));
        Identity {
            account: row.text(ACCOUNT),
            subject: text(&self.subject),
            group: self.group.iter().map(text).collect(),
        }
    }

    /// Raises a row: it is one more occurrence of its subject's finding.
    pub(crate) fn add(&mut self, row: &Row<'_>) -> Option<&mut Draft> {
        let identity = self.identity(row);
        let draft = self.draft(row, &identity)?;
        draft.occurs(Occurrence::of(row));
        Some(draft)
    }

    /// Returns the draft that a row belongs to, made new if need be; nothing when the row lies
    /// outside the window, is routine, or there are too many drafts.
    pub(crate) fn draft(&mut self, row: &Row<'_>, identity: &Identity<'_>) -> Option<&mut Draft> {
        let is_history = !self.window.contains(row.time());
        if is_history && self.withdraw_after_days.is_none() {
            return None;
        }
        let key = identity.key();
        if FINDINGS_MAX <= self.drafts.len() && !self.drafts.contains_key(&key) {
            self.n_dropped += 1;
            return None;
        }
        let draft = self.drafts.entry(key).or_insert_with(|| Draft::new(row, identity));
        draft.note_day(row.time());
        if self.withdraw_after_days.is_some_and(|days| days < draft.n_days) {
            draft.withdraw();
            return None;
        }
        if is_history {
            return None;
        }
        self.sentence.note(row, &mut draft.shown);
        Some(draft)
    }

    /// Returns how many occurrences were not kept because there were too many findings.
    pub(crate) fn n_dropped(&self) -> u64 {
        self.n_dropped
    }

    /// Ends the page: returns its sentence and the drafts, in no order.
    pub(crate) fn into_drafts(self) -> (Sentence, impl Iterator<Item = Draft>) {
        let spoken = |draft: &Draft| 0 < draft.count;
        (self.sentence, self.drafts.into_values().filter(spoken))
    }
}

impl Identity<'_> {
    /// Returns the key of this identity in state.
    pub(crate) fn key(&self) -> Key {
        let subject = Key::of(&[self.account.unwrap_or_default(), &self.subject]);
        self.group.iter().fold(subject, |key, part| key.with(part))
    }
}

impl Draft {
    fn new(row: &Row<'_>, identity: &Identity<'_>) -> Self {
        Self {
            subject: identity.subject.clone().into_owned(),
            group: identity.group.iter().map(|text| text.clone().into_owned()).collect(),
            account: identity.account.map(str::to_owned),
            region: row.text(REGION).map(str::to_owned),
            count: 0,
            first: row.time(),
            last: row.time(),
            records: Vec::new(),
            facts: Facts::new(),
            shown: Shown::default(),
            n_days: 0,
            last_day: None,
        }
    }

    /// Counts the different days; rows come in time order.
    fn note_day(&mut self, time: Timestamp) {
        if self.last_day != Some(time.day()) {
            self.last_day = Some(time.day());
            self.n_days += 1;
        }
    }

    /// Takes everything back: without occurrences there is no finding.
    fn withdraw(&mut self) {
        self.count = 0;
        self.records = Vec::new();
    }

    /// Adds an occurrence.
    pub(crate) fn occurs(&mut self, occurrence: Occurrence) {
        if self.count == 0 {
            self.first = occurrence.time;
        }
        self.count += 1;
        self.first = self.first.min(occurrence.time);
        self.last = self.last.max(occurrence.time);
        if self.records.len() < RECORDS_MAX {
            self.records.push(occurrence.id);
        }
    }

    /// Sets a fact.
    pub(crate) fn fact(&mut self, name: &'static str, fact: Fact) {
        self.facts.insert(name, fact);
    }

    /// Raises a number to at least this.
    pub(crate) fn at_least(&mut self, name: &'static str, number: u64) {
        let known = match self.facts.get(name) {
            Some(Fact::Number(known)) => *known,
            _ => 0,
        };
        self.fact(name, Fact::Number(known.max(number)));
    }
}
