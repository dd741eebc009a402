//! Pages of one source that read their rows together: those that columns are enough for, or those
//! that reach into the record.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use haechi_model::{Finding, FindingId, Window};

use crate::attacks::{By, Ended, Outline as AttackOutline, Signal};
use crate::exchanges::{Assembler, Exchange, FlowSlots};
use crate::habits::{Habits, Outline};
use crate::kept::Part;
use crate::lineage::Lineage;
use crate::lists::Lists;
use crate::page::{Standing, Watcher, no_service_calls};
use crate::room::{Room, keep_within};
use crate::rows::{Row, Rows};
use crate::schema::Schema;
use crate::signals::Teller;
use crate::sql;
use crate::trust::Trust;

const SECONDS_PER_DAY: u32 = 86_400;

/// Pages that one query feeds.
#[derive(Default)]
pub(crate) struct Group {
    pages: Vec<Watcher>,
    /// Columns by whose value pages are found, the one that most pages name values of first.
    indexes: Vec<Index>,
    /// The pages that must see every row.
    always: Vec<usize>,
    /// The pages that look at exchanges, those with the same conditions together.
    shares: Vec<Share>,
    /// The pages that compare rows with habits, those with the same habits together.
    usual: Vec<Usual>,
    /// Whose credentials are used, when an attack sequence asks for it.
    lineage: Option<Lineage>,
    /// How many days of rows before the window attack sequences want to see.
    attack_days: u32,
    /// What no page raises, when there is a trusted list.
    trust: Option<Trust>,
    /// How much all of them may remember.
    pub(crate) room: Room,
}

/// What a group has come to.
#[derive(Default)]
pub(crate) struct Outcome {
    /// The findings, in no order.
    pub(crate) findings: Vec<Finding>,
    /// The moments of the findings that attack sequences ask for, in no order.
    pub(crate) signals: Vec<Signal>,
    /// The attack sequences that are yet to be judged.
    pub(crate) attacks: Vec<Ended>,
    /// Whose credentials were used.
    pub(crate) lineage: Option<Lineage>,
}

/// Pages that compare rows with the same habits, and the habits.
struct Usual {
    habits: Habits,
    indexes: Vec<Index>,
    always: Vec<usize>,
    /// SQL that holds for the rows that habits are learnt from.
    predicate: String,
}

/// Pages that look at the same exchanges.
struct Share {
    pages: Vec<usize>,
    assembler: Assembler,
}

/// The pages that name the values of one column, such as `eventName`.
struct Index {
    slot: usize,
    /// For each value, the pages that ask for it.
    by_value: HashMap<String, Vec<usize>, ahash::RandomState>,
}

impl Group {
    /// Puts pages together and indexes them, each by one column.
    pub(crate) fn new(pages: Vec<Watcher>, schema: &Schema) -> Self {
        let sees_exchanges = |index: &usize| pages.get(*index).is_some_and(Watcher::sees_exchanges);
        let (of_exchanges, left): (Vec<usize>, Vec<usize>) =
            (0..pages.len()).partition(sees_exchanges);
        let shares = shares_of(&pages, of_exchanges, schema);
        let has_habits =
            |index: &usize| pages.get(*index).is_some_and(|page| page.habits().is_some());
        let (of_habits, left): (Vec<usize>, Vec<usize>) = left.into_iter().partition(has_habits);
        let usual = usual_of(&pages, &of_habits, schema);
        let (indexes, always) = indexed(&pages, left, schema);
        Self {
            pages,
            indexes,
            always,
            shares,
            usual,
            lineage: None,
            attack_days: 0,
            trust: None,
            room: Room::default(),
        }
    }

    /// Returns the attack sequences that pages ask for.
    pub(crate) fn attacks(&self) -> impl Iterator<Item = &AttackOutline> {
        self.pages.iter().filter_map(Watcher::attack)
    }

    /// Notes from here on what attack sequences ask for; whoever sees most rows keeps the lineage.
    pub(crate) fn begin_signs(
        &mut self,
        outlines: &[AttackOutline],
        schema: &Schema,
        keeps_lineage: bool,
    ) {
        let teller = Teller::of(schema);
        self.pages.iter_mut().for_each(|page| page.begin_signs(outlines, &teller));
        let seconds = outlines.iter().map(|outline| outline.within_seconds).max().unwrap_or(0);
        self.attack_days = seconds.div_ceil(SECONDS_PER_DAY);
        let is_asked = outlines.iter().any(|outline| outline.by == By::Credentials);
        if is_asked && keeps_lineage && matches!(teller, Teller::Bearer(_)) {
            self.lineage = Some(Lineage::of(schema));
        }
    }

    /// Tells whether there is nothing to do.
    pub(crate) fn is_empty(&self) -> bool {
        self.pages.is_empty()
    }

    /// Looks at rows in time order.
    pub(crate) fn observe(&mut self, rows: &Rows<'_>) {
        for row in rows.iter() {
            self.observe_row(&row);
            if let Some(bytes_max) = self.room.after_row() {
                keep_within(bytes_max, self.parts());
            }
        }
    }

    fn observe_row(&mut self, row: &Row<'_>) {
        let is_service_call = row.is_service_call();
        let trust = self.trust.as_ref();
        let standing =
            Standing { is_service_call, is_trusted: trust.is_some_and(|trust| trust.holds(row)) };
        if let Some(lineage) = self.lineage.as_mut().filter(|_| !is_service_call) {
            lineage.note(row);
        }
        let indexed = self.indexes.iter().flat_map(|index| index.pages(row));
        for index in indexed.chain(&self.always) {
            if let Some(page) = self.pages.get_mut(*index) {
                page.observe(row, standing);
            }
        }
        for share in &mut self.shares {
            share.observe(row, &mut self.pages, trust);
        }
        for usual in self.usual.iter_mut().filter(|_| !is_service_call) {
            usual.observe(row, &mut self.pages, standing.is_trusted);
        }
    }

    /// Returns the slots that the pages read.
    pub(crate) fn slots(&self) -> BTreeSet<usize> {
        let of_lineage = self.lineage.iter().flat_map(Lineage::slots);
        let of_trust = self.trust.iter().flat_map(|trust| trust.slots().iter().copied());
        let of_pages = self.pages.iter().flat_map(|page| page.slots.iter().copied());
        of_pages.chain(of_lineage).chain(of_trust).collect()
    }

    /// Returns how many days of rows before the window the pages want to see.
    pub(crate) fn history_days(&self) -> u32 {
        let of_pages = self.pages.iter().map(Watcher::history_days).max().unwrap_or(0);
        of_pages.max(self.attack_days)
    }

    /// Raises only what happens inside the window from here on.
    pub(crate) fn set_window(&mut self, window: Window) {
        self.pages.iter_mut().for_each(|page| page.set_window(window));
    }

    /// Gives the pages the user's lists.
    pub(crate) fn set_lists(&mut self, lists: &Arc<Lists>, schema: &Schema) {
        self.trust = Trust::of(lists, schema);
        self.pages.iter_mut().for_each(|page| page.set_lists(lists));
    }

    /// Returns every state that outlives the process, by whose it is.
    pub(crate) fn states(&mut self) -> Vec<(String, Vec<&mut dyn Part>)> {
        let mut states = Vec::new();
        for share in &mut self.shares {
            let first = share.pages.first().and_then(|page| self.pages.get(*page));
            let conditions = first.map_or("", |page| page.conditions());
            states.push((format!("exchanges {conditions}"), share.assembler.state()));
        }
        for usual in &mut self.usual {
            states.push((format!("habits {:?}", usual.habits.outline), usual.habits.state()));
        }
        if let Some(lineage) = &mut self.lineage {
            states.push(("lineage".to_owned(), vec![lineage.state()]));
        }
        for page in &mut self.pages {
            let (definition, parts) = page.state();
            states.push((format!("page {definition}"), parts));
        }
        states.push(("room".to_owned(), vec![&mut self.room.n_rows]));
        states
    }

    /// Returns the parts of all states.
    pub(crate) fn parts(&mut self) -> Vec<&mut dyn Part> {
        self.states().into_iter().flat_map(|(_, parts)| parts).collect()
    }

    /// Returns conditions in SQL, one of which holds for each row that some page looks at.
    ///
    /// The pages of the first index share one list of values, which an engine looks up in one step
    /// however many pages there are; the few others say what they want one by one.
    pub(crate) fn wanted(&self, schema: &Schema) -> Vec<String> {
        let mut parts = Vec::new();
        let (first, others) =
            self.indexes.split_first().map_or((None, &[] as _), |(it, rest)| (Some(it), rest));
        if let Some(index) = first {
            parts.extend(self.wanted_by(index, schema));
        }
        let alone = others.iter().flat_map(|index| index.by_value.values().flatten());
        let of_exchanges = self.shares.iter().flat_map(|share| &share.pages);
        let rest = alone.chain(&self.always).chain(of_exchanges);
        for page in rest.filter_map(|index| self.pages.get(*index)) {
            parts.push(page.predicate().to_owned());
        }
        parts.extend(self.usual.iter().map(|usual| usual.predicate.clone()));
        parts.extend(self.lineage.as_ref().and_then(|lineage| lineage.predicate(schema)));
        parts
    }

    /// Tells whether the pages want rows whatever happened in them, and not those of a few names.
    pub(crate) fn is_wide(&self) -> bool {
        let Some(index) = self.indexes.first() else { return !self.pages.is_empty() };
        let learns_or_pairs = !self.usual.is_empty() || !self.shares.is_empty();
        learns_or_pairs || self.pages.iter().any(|page| !page.tests(index.slot))
    }

    /// Tells whether habits are learnt from all that is done, so that hardly a row is not wanted.
    pub(crate) fn learns_from_all(&self) -> bool {
        self.usual.iter().any(|usual| usual.habits.outline.only_from.is_none())
    }

    /// Asks for the values of an index: those that calls of AWS's services matter for, and all.
    fn wanted_by(&self, index: &Index, schema: &Schema) -> Vec<String> {
        let is_open = |pages: &Vec<usize>| {
            let mut pages = pages.iter().filter_map(|index| self.pages.get(*index));
            pages.any(Watcher::includes_service_calls)
        };
        let own = no_service_calls(schema);
        let (mut open, mut closed) = (Vec::new(), Vec::new());
        for (value, pages) in &index.by_value {
            let values = if own.is_none() || is_open(pages) { &mut open } else { &mut closed };
            values.push(value.clone());
        }
        let list = |mut values: Vec<String>| {
            values.sort();
            let list = || format!("{} in {}", schema.quoted(index.slot), sql::literals(&values));
            (!values.is_empty()).then(list)
        };
        let closed = list(closed).zip(own).map(|(list, own)| format!("{list} and {own}"));
        list(open).into_iter().chain(closed).collect()
    }

    /// Returns how many occurrences were not kept because there were too many findings.
    pub(crate) fn n_dropped(&self) -> u64 {
        self.pages.iter().map(Watcher::n_dropped).sum()
    }

    /// Notes the ids of all records, for somebody who takes them.
    pub(crate) fn keep_every_record(&mut self) {
        self.pages.iter_mut().for_each(Watcher::keep_every_record);
    }

    /// Takes the ids of records beyond those that findings hold.
    pub(crate) fn take_records(&mut self, records: &mut Vec<(FindingId, Vec<String>)>) {
        records.extend(self.pages.iter_mut().flat_map(Watcher::take_records));
    }

    /// Ends the pages: nothing is shown to them any more.
    pub(crate) fn end(&mut self) {
        for share in &mut self.shares {
            let rest = share.assembler.finish();
            share.show(&rest, &mut self.pages, self.trust.as_ref());
        }
        self.pages.iter_mut().for_each(Watcher::end);
    }

    /// Takes pages that have ended apart.
    pub(crate) fn into_outcome(self, source: &str) -> Outcome {
        let source = Arc::from(source);
        let mut outcome = Outcome { lineage: self.lineage, ..Outcome::default() };
        for page in self.pages {
            outcome.signals.extend(page.signals(&source));
            match page.into_result(&source) {
                Ok(findings) => outcome.findings.extend(findings),
                Err(attack) => outcome.attacks.push(*attack),
            }
        }
        outcome
    }
}

impl Share {
    fn observe(&mut self, row: &Row<'_>, pages: &mut [Watcher], trust: Option<&Trust>) {
        let first = self.pages.first().and_then(|index| pages.get(*index));
        if first.is_some_and(|page| page.admits(row)) {
            let ready = self.assembler.take(row);
            self.show(&ready, pages, trust);
        }
    }

    fn show(&self, exchanges: &[Exchange], pages: &mut [Watcher], trust: Option<&Trust>) {
        for exchange in exchanges {
            let is_trusted = trust.is_some_and(|trust| trust.holds_exchange(exchange));
            for index in &self.pages {
                if let Some(page) = pages.get_mut(*index) {
                    page.observe_exchange(exchange, is_trusted);
                }
            }
        }
    }
}

impl Usual {
    fn new(outline: &Outline, of_outline: Vec<usize>, pages: &[Watcher], schema: &Schema) -> Self {
        let first = of_outline.first().and_then(|index| pages.get(*index));
        let of_page = first.filter(|_| outline.only_from.is_some()).map(Watcher::predicate);
        let of_page = of_page.map(str::to_owned);
        let (indexes, always) = indexed(pages, of_outline, schema);
        let identity = outline.identity.sql(schema);
        let has_identity = identity.map(|column| format!("{column} is not null"));
        let parts: Vec<String> = has_identity.into_iter().chain(no_service_calls(schema)).collect();
        let all = if parts.is_empty() { "true".to_owned() } else { parts.join(" and ") };
        let predicate = of_page.unwrap_or(all);
        Self { habits: Habits::new(outline.clone()), indexes, always, predicate }
    }

    fn observe(&mut self, row: &Row<'_>, pages: &mut [Watcher], is_trusted: bool) {
        let indexed = self.indexes.iter().flat_map(|index| index.pages(row));
        let mut is_learnt_from = self.habits.outline.only_from.is_none();
        for index in indexed.chain(&self.always) {
            if let Some(page) = pages.get_mut(*index) {
                is_learnt_from |= page.observe_with_habits(row, &mut self.habits, is_trusted);
            }
        }
        if is_learnt_from {
            self.habits.learn(row);
        }
    }
}

/// Finds pages by the columns whose values they name; returns those that name none, too.
fn indexed(pages: &[Watcher], mut left: Vec<usize>, schema: &Schema) -> (Vec<Index>, Vec<usize>) {
    let mut indexes = Vec::new();
    // Ends because each index takes at least one page.
    while let Some(slot) = best_slot(pages, &left, schema) {
        let hasher = ahash::RandomState::with_seeds(1, 2, 3, 4);
        let mut index = Index { slot, by_value: HashMap::with_hasher(hasher) };
        left.retain(|page| !index.takes(*page, pages));
        indexes.push(index);
    }
    (indexes, left)
}

fn usual_of(pages: &[Watcher], of_habits: &[usize], schema: &Schema) -> Vec<Usual> {
    let mut together: Vec<(&Outline, Vec<usize>)> = Vec::new();
    for index in of_habits {
        let Some(outline) = pages.get(*index).and_then(Watcher::habits) else { continue };
        match together.iter_mut().find(|(known, _)| *known == outline) {
            Some((_, of_outline)) => of_outline.push(*index),
            None => together.push((outline, vec![*index])),
        }
    }
    let usual = |(outline, of_outline)| Usual::new(outline, of_outline, pages, schema);
    together.into_iter().map(usual).collect()
}

fn shares_of(pages: &[Watcher], of_exchanges: Vec<usize>, schema: &Schema) -> Vec<Share> {
    let Some(slots) = FlowSlots::of(schema) else { return Vec::new() };
    let mut shares: BTreeMap<&str, Share> = BTreeMap::new();
    for index in of_exchanges {
        let Some(page) = pages.get(index) else { continue };
        let new = || Share { pages: Vec::new(), assembler: Assembler::new(&slots) };
        shares.entry(page.conditions()).or_insert_with(new).pages.push(index);
    }
    shares.into_values().collect()
}

impl Index {
    /// Takes a page in, when it names values of the column.
    fn takes(&mut self, page: usize, pages: &[Watcher]) -> bool {
        let Some(values) = pages.get(page).and_then(|page| page.only(self.slot)) else {
            return false;
        };
        for value in values {
            self.by_value.entry(value).or_default().push(page);
        }
        true
    }

    /// Returns the pages that ask for the row's value.
    fn pages(&self, row: &Row<'_>) -> &[usize] {
        let found = row.text(self.slot).and_then(|value| self.by_value.get(value));
        found.map_or(&[], Vec::as_slice)
    }
}

/// Returns the column that most of the pages name values of; the first of several.
fn best_slot(pages: &[Watcher], left: &[usize], schema: &Schema) -> Option<usize> {
    let names = |page: &usize, slot| pages.get(*page).is_some_and(|it| it.only(slot).is_some());
    let n_naming = |slot: &usize| left.iter().filter(|page| names(page, *slot)).count();
    let text = |slot: &usize| {
        let kind = schema.slots.get(*slot).map(|slot| slot.kind);
        kind == Some(haechi_catalog::ColumnKind::String)
    };
    let best = (0..schema.slots.len()).rev().filter(text).max_by_key(n_naming);
    best.filter(|slot| 0 < n_naming(slot))
}

/// Returns SQL that holds for at least the rows that some part wants: where nearly all calls that
/// no AWS service made are wanted, for all of them, which is asked sooner than what else they are.
pub(crate) fn predicate(mut parts: Vec<String>, is_nearly_all: bool, schema: &Schema) -> String {
    parts.sort();
    parts.dedup();
    let Some(own) = no_service_calls(schema) else { return any_of(&parts) };
    let ending = format!(" and {own}");
    let (mut within, mut others) = (Vec::new(), Vec::new());
    for part in parts {
        match part.strip_suffix(&ending) {
            Some(rest) => within.push(rest.to_owned()),
            None => others.push(part),
        }
    }
    if is_nearly_all {
        others.push(own);
    } else if !within.is_empty() {
        others.push(format!("{own} and {}", any_of(&within)));
    }
    any_of(&others)
}

fn any_of(parts: &[String]) -> String {
    if parts.is_empty() { "false".to_owned() } else { format!("(({}))", parts.join(") or (")) }
}
