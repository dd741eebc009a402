//! What one page has raised so far: a draft of a finding for each subject.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::hash::Hash;

use haechi_model::{Timestamp, Window};

use crate::exchanges::{Aspect, Exchange, Hit, Owner, Trace};
use crate::field::Field;
use crate::kept::{Part, kept};
use crate::limits::{BURST_VALUES_MAX, FINDINGS_MAX, RECORDS_MAX, VALUE_CHARACTERS_MAX};
use crate::rows::Row;
use crate::schema::{ACCOUNT, REGION, Schema};
use crate::sentence::{Fact, Facts, Sentence, Shown};
use crate::signals::{Sign, Teller, Trail};
use crate::state::Key;

/// The drafts of one page.
pub(crate) struct Raised {
    /// Whom findings are about, and what makes findings of their own beside that.
    about: Subject,
    /// Why they are raised.
    pub(crate) sentence: Sentence,
    /// When something must happen to be raised; what lies before is history.
    pub(crate) window: Window,
    /// The number of different days after which what a subject does is routine, and its finding
    /// is taken back.
    pub(crate) withdraw_after_days: Option<u32>,
    /// How attack sequences are told whose a finding is, when one asks for this page.
    signing: Option<Signing>,
    /// Whether what is shown is trusted: it is learnt from, and raises nothing.
    pub(crate) is_muted: bool,
    /// Whether something that is trusted was among what the page looks at.
    pub(crate) has_trusted: bool,
    /// Whether somebody takes the ids of all records.
    pub(crate) keeps_every_record: bool,
    drafts: HashMap<Key, Draft>,
    n_dropped: u64,
}

/// What of a row or of an exchange says whom a finding is about.
pub(crate) enum Subject {
    /// A field of a row, and the fields that make findings of their own.
    Row(Field, Vec<Field>),
    /// The host behind the interface, and the aspects that make findings of their own.
    Host(Vec<Aspect>),
}

/// What is needed to sign for attack sequences.
struct Signing {
    teller: Teller,
    /// How long before the window a sequence may begin.
    seconds: u32,
}

/// What is raised: a row, or what is kept of a host's exchange.
enum Cause<'a, 'b> {
    Row(&'a Row<'b>),
    Hit(&'a str, &'a Hit),
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
    /// The ids of the first occurrences' records.
    pub(crate) records: Vec<String>,
    /// The ids of the others until somebody takes them, when somebody does.
    pub(crate) more: Option<Vec<String>>,
    /// What the kind has to say.
    pub(crate) facts: Facts,
    /// What the rows show.
    pub(crate) shown: Shown,
    /// Between whom it happened, when it is about exchanges.
    pub(crate) trace: Trace,
    /// SQL that gives the records, when the kind can say it.
    pub(crate) evidence: Option<String>,
    /// When it happened and who was behind it, for attack sequences.
    pub(crate) trail: Trail,
    /// Whether something has happened inside the window.
    is_begun: bool,
    /// Those who have been met, for kinds that tell how many.
    met: HashSet<Key>,
    /// The different days on which it happened, and the last of them.
    n_days: u32,
    last_day: Option<i64>,
}

/// What stands between the texts of a list.
const LIST_BREAK: &str = ", ";

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

impl Subject {
    /// Returns the subject and the groups in SQL, when they all stand in columns.
    pub(crate) fn sql(&self, schema: &Schema) -> Option<Vec<String>> {
        match self {
            Self::Row(subject, group) => {
                std::iter::once(subject).chain(group).map(|field| field.sql(schema)).collect()
            }
            Self::Host(_) => None,
        }
    }
}

impl Raised {
    /// Returns what outlives the process.
    pub(crate) fn state(&mut self) -> [&mut dyn Part; 3] {
        [&mut self.drafts, &mut self.n_dropped, &mut self.has_trusted]
    }

    /// Begins without drafts.
    pub(crate) fn new(about: Subject, sentence: Sentence) -> Self {
        let drafts = HashMap::new();
        Self {
            about,
            sentence,
            window: Window::default(),
            withdraw_after_days: None,
            signing: None,
            is_muted: false,
            has_trusted: false,
            keeps_every_record: false,
            drafts,
            n_dropped: 0,
        }
    }

    /// Notes from here on whose findings are, for sequences that may begin so long before the
    /// window.
    pub(crate) fn begin_signs(&mut self, teller: Teller, seconds: u32) {
        self.signing = Some(Signing { teller, seconds });
    }

    /// Tells whether a sequence may ask for what happens at this moment.
    pub(crate) fn is_signed(&self, time: Timestamp) -> bool {
        let Some(signing) = &self.signing else { return false };
        let Window { from, until } = self.window;
        let oldest = from.map(|from| from.plus_seconds(-i64::from(signing.seconds)));
        oldest.is_none_or(|oldest| oldest <= time) && until.is_none_or(|until| time < until)
    }

    /// Returns the signs of every draft, with its account and Region, in no order.
    pub(crate) fn trails(&self) -> impl Iterator<Item = (&Draft, &Sign)> {
        self.drafts.values().flat_map(|draft| draft.trail.signs.iter().map(move |it| (draft, it)))
    }

    /// Tells whom a row is about.
    pub(crate) fn identity<'a>(&self, row: &Row<'a>) -> Identity<'a> {
        let text = |field: &Field| field.text(row).unwrap_or(Cow::Borrowed("unknown"));
        let (subject, group) = match &self.about {
            Subject::Row(subject, group) => (text(subject), group.iter().map(text).collect()),
            Subject::Host(_) => (Cow::Borrowed("unknown"), Vec::new()),
        };
        Identity { account: row.text(ACCOUNT), subject, group }
    }

    fn identity_of<'a>(&self, owner: &'a Owner, hit: &Hit) -> Identity<'a> {
        let aspects = match &self.about {
            Subject::Host(aspects) => aspects.as_slice(),
            Subject::Row(..) => &[],
        };
        let text = |aspect: &Aspect| {
            Cow::Owned(match aspect {
                Aspect::Peer => hit.peer.to_string(),
                Aspect::Port => hit.port.to_string(),
            })
        };
        Identity {
            account: owner.account.as_deref(),
            subject: Cow::Borrowed(owner.host.as_str()),
            group: aspects.iter().map(text).collect(),
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
        self.open(identity, (row.time(), row.text(REGION)), &Cause::Row(row))
    }

    /// Returns the draft that an exchange belongs to, as [`Raised::draft`] does for a row.
    pub(crate) fn draft_of(&mut self, exchange: &Exchange) -> Option<&mut Draft> {
        self.draft_at(&exchange.owner, &Hit::of(exchange))
    }

    /// Returns the draft that what is kept of an exchange belongs to.
    pub(crate) fn draft_at(&mut self, owner: &Owner, hit: &Hit) -> Option<&mut Draft> {
        let identity = self.identity_of(owner, hit);
        let cause = Cause::Hit(&owner.host, hit);
        self.open(&identity, (hit.first, owner.region.as_deref()), &cause)
    }

    /// Takes back what was raised of the subject of an exchange.
    pub(crate) fn withdraw(&mut self, owner: &Owner, hit: &Hit) {
        let key = self.identity_of(owner, hit).key();
        if let Some(draft) = self.drafts.get_mut(&key) {
            draft.withdraw();
        }
    }

    fn open(
        &mut self,
        identity: &Identity<'_>,
        (time, region): (Timestamp, Option<&str>),
        cause: &Cause<'_, '_>,
    ) -> Option<&mut Draft> {
        if self.is_muted {
            return None;
        }
        let is_history = !self.window.contains(time);
        let is_signed = self.is_signed(time);
        if is_history && self.withdraw_after_days.is_none() && !is_signed {
            return None;
        }
        let key = identity.key();
        if FINDINGS_MAX <= self.drafts.len() && !self.drafts.contains_key(&key) {
            self.n_dropped += 1;
            return None;
        }
        let new = || Draft::new(time, region, identity);
        let draft = self.drafts.entry(key).or_insert_with(new);
        if self.keeps_every_record && draft.more.is_none() {
            draft.more = Some(Vec::new());
        }
        draft.note_day(time);
        if self.withdraw_after_days.is_some_and(|days| days < draft.n_days) {
            draft.withdraw();
            return None;
        }
        if let Some(signing) = self.signing.as_ref().filter(|_| is_signed) {
            draft.trail.note(match cause {
                Cause::Row(row) => signing.teller.sign(row, &draft.subject),
                Cause::Hit(host, hit) => Sign::of_host(host, hit),
            });
        }
        if is_history {
            return None;
        }
        draft.begin(time, region);
        if let Cause::Row(row) = cause {
            self.sentence.note(row, &mut draft.shown);
        }
        Some(draft)
    }

    /// Visits the drafts with ids that somebody is to take, in no order.
    pub(crate) fn with_more(&mut self) -> impl Iterator<Item = &mut Draft> {
        let has_more = |draft: &&mut Draft| draft.more.as_ref().is_some_and(|it| !it.is_empty());
        self.drafts.values_mut().filter(has_more)
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
    /// Adds something that makes a finding of its own.
    pub(crate) fn with(mut self, part: &str) -> Self {
        self.group.push(Cow::Owned(part.to_owned()));
        self
    }

    /// Returns the key of this identity in state.
    pub(crate) fn key(&self) -> Key {
        let subject = Key::of(&[self.account.unwrap_or_default(), &self.subject]);
        self.group.iter().fold(subject, |key, part| key.with(part))
    }
}

impl Draft {
    fn new(time: Timestamp, region: Option<&str>, identity: &Identity<'_>) -> Self {
        Self {
            subject: identity.subject.clone().into_owned(),
            group: identity.group.iter().map(|text| text.clone().into_owned()).collect(),
            account: identity.account.map(str::to_owned),
            region: region.map(str::to_owned),
            count: 0,
            first: time,
            last: time,
            records: Vec::new(),
            more: None,
            facts: Facts::new(),
            shown: Shown::default(),
            trace: Trace::default(),
            evidence: None,
            trail: Trail::default(),
            is_begun: false,
            met: HashSet::new(),
            n_days: 0,
            last_day: None,
        }
    }

    /// Makes a draft of a subject by itself, as sequences of findings are about.
    pub(crate) fn of_subject(time: Timestamp, subject: &str, account: Option<&str>) -> Self {
        let subject = Cow::Borrowed(subject);
        Self::new(time, None, &Identity { account, subject, group: Vec::new() })
    }

    /// Begins at the first moment inside the window, whatever was noted before it.
    fn begin(&mut self, time: Timestamp, region: Option<&str>) {
        if !self.is_begun {
            (self.is_begun, self.first, self.last) = (true, time, time);
            self.region = region.map(str::to_owned);
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
        self.trail = Trail::default();
        self.more = None;
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
        } else if let Some(more) = &mut self.more {
            more.push(occurrence.id);
        }
    }

    /// Adds an exchange as an occurrence.
    pub(crate) fn hit(&mut self, hit: &Hit, is_outbound: bool) {
        self.trace.add(hit, is_outbound);
        match &hit.place {
            Some(place) => self.occurs(Occurrence { id: place.id(), time: hit.first }),
            None => self.count += 1,
        }
        self.last = self.last.max(hit.last);
    }

    /// Sets a fact.
    pub(crate) fn fact(&mut self, name: &'static str, fact: Fact) {
        self.facts.insert(name, fact);
    }

    /// Raises a number to at least this.
    pub(crate) fn at_least(&mut self, name: &'static str, number: u64) {
        let known = self.known(name);
        self.fact(name, Fact::Number(known.max(number)));
    }

    /// Adds one text to those that a fact lists, unless it is there.
    pub(crate) fn lists(&mut self, name: &'static str, text: &str) {
        let known = match self.facts.get(name) {
            Some(Fact::Text(known)) => known.as_str(),
            _ => "",
        };
        let is_full = VALUE_CHARACTERS_MAX < known.len();
        if is_full || known.split(LIST_BREAK).any(|each| each == text) {
            return;
        }
        let all = [known, text].iter().filter(|it| !it.is_empty()).copied().collect::<Vec<_>>();
        self.fact(name, Fact::Text(all.join(LIST_BREAK)));
    }

    /// Counts one more of something.
    pub(crate) fn one_more(&mut self, name: &'static str) {
        self.fact(name, Fact::Number(self.known(name) + 1));
    }

    /// Returns the number or the seconds that a fact stands at, and else nothing.
    pub(crate) fn known(&self, name: &'static str) -> u64 {
        match self.facts.get(name) {
            Some(Fact::Number(known) | Fact::Seconds(known)) => *known,
            _ => 0,
        }
    }

    /// Notes one of those whose number is told; returns how many different ones there are.
    pub(crate) fn meets(&mut self, who: &impl Hash) -> u64 {
        if self.met.len() < BURST_VALUES_MAX {
            self.met.insert(Key::hashed(who));
        }
        self.met.len() as u64
    }
}

kept!(Draft {
    subject,
    group,
    account,
    region,
    count,
    first,
    last,
    records,
    more,
    facts,
    shown,
    trace,
    evidence,
    trail,
    is_begun,
    met,
    n_days,
    last_day
});
kept!(Occurrence { id, time });
