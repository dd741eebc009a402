//! The kinds of detection: what a page's `kind` may be. One file each, one line in the list.

mod attack;
mod beacon;
mod brute_force;
mod created_key;
mod fan_out;
mod first_seen;
mod flood;
mod follows;
mod generated_names;
mod listed_caller;
mod listed_name;
mod listed_peer;
mod long_connection;
mod matches;
mod new_peer;
mod new_port;
mod probe;
mod rarity;
mod scan;
mod sequence;
mod surge;
mod threshold;
mod travel;
mod tunnel;
mod volume;

use std::sync::Arc;

use crate::attacks::{Outline as AttackOutline, Weak};
use crate::exchanges::Exchange;
use crate::habits::{Habits, Outline};
use crate::kept::Part;
use crate::lists::Lists;
use crate::raised::Raised;
use crate::rows::Row;
use crate::setup::{Fault, Setup};

/// A way of looking at rows in time order.
pub struct Kind {
    /// Its name on a page.
    pub name: &'static str,
    /// What it is for, for the manual.
    pub doc: &'static str,
    /// What it can say in `why`, beside the fields of the row.
    pub facts: &'static [&'static str],
    /// Whether every row that fits the page speaks for a finding, so that a plain query shows
    /// them again; otherwise the evidence names the records.
    every_row_speaks: bool,
    /// Makes a page's settings into something that looks at rows.
    read: fn(&mut Setup<'_>) -> Result<Box<dyn Watch>, Fault>,
}

/// Every kind, in the order of the manual.
pub const ALL: &[&Kind] = &[
    &matches::KIND,
    &threshold::KIND,
    &surge::KIND,
    &first_seen::KIND,
    &created_key::KIND,
    &follows::KIND,
    &sequence::KIND,
    &attack::KIND,
    &rarity::KIND,
    &travel::KIND,
    &scan::KIND,
    &probe::KIND,
    &brute_force::KIND,
    &long_connection::KIND,
    &beacon::KIND,
    &flood::KIND,
    &fan_out::KIND,
    &new_port::KIND,
    &new_peer::KIND,
    &volume::KIND,
    &tunnel::KIND,
    &generated_names::KIND,
    &listed_peer::KIND,
    &listed_name::KIND,
    &listed_caller::KIND,
];

/// What a kind does with rows. Its state is bounded by [`crate::limits`].
pub(crate) trait Watch: Send {
    /// Looks at the next row that fits the page, in time order, and raises what it has to.
    fn observe(&mut self, _row: &Row<'_>, _raised: &mut Raised) {}

    /// Tells whether it looks at exchanges, which are made of all rows that fit, and not at rows.
    fn sees_exchanges(&self) -> bool {
        false
    }

    /// Looks at the next exchange, in time order, and raises what it has to.
    fn observe_exchange(&mut self, _exchange: &Exchange, _raised: &mut Raised) {}

    /// Returns the parts of its state that outlive the process.
    fn state(&mut self) -> Vec<&mut dyn Part> {
        Vec::new()
    }

    /// Returns the habits that the rows are compared with; pages with the same share them.
    fn habits(&self) -> Option<&Outline> {
        None
    }

    /// Looks at the next row beside the habits of the days before it.
    fn observe_with_habits(&mut self, _row: &Row<'_>, _habits: &mut Habits, _raised: &mut Raised) {}

    /// Takes the user's lists, before the first row.
    fn set_lists(&mut self, _lists: &Arc<Lists>) {}

    /// Tells whether it learns what is usual from rows and exchanges that are trusted; others do
    /// not see them.
    fn learns_from_trusted(&self) -> bool {
        false
    }

    /// Returns the attack sequence that the page asks for, made of findings of other pages.
    fn attack(&self) -> Option<&AttackOutline> {
        None
    }

    /// Returns the steps of an attack that are no findings of other pages, at the end.
    fn weak_steps(&mut self) -> Vec<Weak> {
        Vec::new()
    }

    /// Raises what can only be said when everything has been seen.
    fn finish(&mut self, _raised: &mut Raised) {}

    /// Returns how many days of rows before the window it wants to see.
    fn history_days(&self) -> u32 {
        0
    }
}

impl Kind {
    /// Returns the kind of that name.
    pub(crate) fn named(name: &str) -> Result<&'static Self, Fault> {
        ALL.iter().copied().find(|kind| kind.name == name).ok_or_else(|| {
            let names: Vec<_> = ALL.iter().map(|kind| kind.name).collect();
            Fault::near(
                "kind",
                format!("there is no kind `{name}`; there are {}", names.join(", ")),
            )
        })
    }

    /// Reads the settings of a page of this kind.
    pub(crate) fn read(&self, setup: &mut Setup<'_>) -> Result<Box<dyn Watch>, Fault> {
        (self.read)(setup)
    }

    /// Tells whether every row that fits speaks for a finding.
    pub(crate) fn every_row_speaks(&self) -> bool {
        self.every_row_speaks
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_file_of_the_folder_is_in_the_list() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/kinds");
        let list = include_str!("kinds.rs");
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let stem = path.file_stem().unwrap().to_str().unwrap();
            assert!(list.contains(&format!("&{stem}::KIND")), "`{stem}` is not in ALL");
        }
        assert_eq!(super::ALL.len(), std::fs::read_dir(folder).unwrap().count());
    }

    #[test]
    fn names_are_unique() {
        let mut names: Vec<_> = super::ALL.iter().map(|kind| kind.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), super::ALL.len());
    }
}
