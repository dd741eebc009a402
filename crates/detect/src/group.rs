//! Pages of one source that read their rows together: those that columns are enough for, or those
//! that reach into the record.

use std::collections::{BTreeSet, HashMap};

use haechi_model::{Finding, Window};

use crate::page::{Watcher, no_service_calls};
use crate::rows::{Row, Rows};
use crate::schema::Schema;
use crate::sql;

/// For each value of a column, the pages that ask for it.
type ByKey = HashMap<String, Vec<usize>, ahash::RandomState>;

/// Pages that one query feeds.
#[derive(Default)]
pub(crate) struct Group {
    pages: Vec<Watcher>,
    /// The column that most pages name the values of, such as `eventName`.
    key: Option<usize>,
    /// For each value of that column, the pages that ask for it.
    by_key: ByKey,
    /// The pages that must see every row.
    always: Vec<usize>,
}

impl Group {
    /// Puts pages together and indexes them.
    pub(crate) fn new(pages: Vec<Watcher>, schema: &Schema) -> Self {
        let n_naming = |slot: &usize| pages.iter().filter(|it| it.only(*slot).is_some()).count();
        // The first of the best, so that the choice does not depend on the order of pages.
        let best = (0..schema.slots.len()).rev().max_by_key(n_naming);
        let key = best.filter(|slot| 0 < n_naming(slot));
        let (by_key, always) = index_of(&pages, key);
        Self { pages, key, by_key, always }
    }

    /// Tells whether there is nothing to do.
    pub(crate) fn is_empty(&self) -> bool {
        self.pages.is_empty()
    }

    /// Looks at rows in time order.
    pub(crate) fn observe(&mut self, rows: &Rows<'_>) {
        for row in rows.iter() {
            self.observe_row(&row);
        }
    }

    fn observe_row(&mut self, row: &Row<'_>) {
        let value = self.key.and_then(|slot| row.text(slot));
        let keyed = value.and_then(|value| self.by_key.get(value)).map_or(&[] as &[usize], |it| it);
        if keyed.is_empty() && self.always.is_empty() {
            return;
        }
        let is_service_call = row.is_service_call();
        for index in keyed.iter().chain(&self.always) {
            if let Some(page) = self.pages.get_mut(*index) {
                page.observe(row, is_service_call);
            }
        }
    }

    /// Returns the slots that the pages read.
    pub(crate) fn slots(&self) -> BTreeSet<usize> {
        self.pages.iter().flat_map(|page| page.slots.iter().copied()).collect()
    }

    /// Returns how many days of rows before the window the pages want to see.
    pub(crate) fn history_days(&self) -> u32 {
        self.pages.iter().map(Watcher::history_days).max().unwrap_or(0)
    }

    /// Raises only what happens inside the window from here on.
    pub(crate) fn set_window(&mut self, window: Window) {
        self.pages.iter_mut().for_each(|page| page.set_window(window));
    }

    /// Returns SQL that holds for at least the rows that some page looks at.
    ///
    /// Pages that name values of the key share one list, which an engine looks up in one step
    /// however many pages there are.
    pub(crate) fn predicate(&self, schema: &Schema) -> String {
        let mut parts = Vec::new();
        if let Some(key) = self.key {
            let keyed = || self.by_key.values().flatten();
            let mut names: Vec<String> = self.by_key.keys().cloned().collect();
            names.sort();
            let mut part = format!("{} in {}", schema.quoted(key), sql::literals(&names));
            let includes =
                |index: &usize| self.pages.get(*index).is_some_and(Watcher::includes_service_calls);
            if !keyed().any(includes)
                && let Some(own) = no_service_calls(schema)
            {
                part = format!("{part} and {own}");
            }
            parts.push(part);
        }
        let always = self.always.iter().filter_map(|index| self.pages.get(*index));
        parts.extend(always.map(|page| page.predicate().to_owned()));
        parts.sort();
        parts.dedup();
        format!("(({}))", parts.join(") or ("))
    }

    /// Returns how many occurrences were not kept because there were too many findings.
    pub(crate) fn n_dropped(&self) -> u64 {
        self.pages.iter().map(Watcher::n_dropped).sum()
    }

    /// Ends the pages: their findings, in no order.
    pub(crate) fn into_findings(self) -> Vec<Finding> {
        self.pages.into_iter().flat_map(Watcher::into_findings).collect()
    }
}

/// Sorts pages by the values of the key that they ask for; the others must see every row.
fn index_of(pages: &[Watcher], key: Option<usize>) -> (ByKey, Vec<usize>) {
    let mut by_key = ByKey::with_hasher(ahash::RandomState::with_seeds(1, 2, 3, 4));
    let mut always = Vec::new();
    for (index, page) in pages.iter().enumerate() {
        let Some(values) = key.and_then(|slot| page.only(slot)) else {
            always.push(index);
            continue;
        };
        for value in values {
            by_key.entry(value).or_default().push(index);
        }
    }
    (by_key, always)
}
