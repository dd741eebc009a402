//! `threshold`: so many records, or so many different values, by one subject in a short time.
//!
//! The records that reach the threshold are the occurrences; those that follow in the same burst
//! make it longer and its number larger, but are not each an alarm of their own.

use std::collections::{HashSet, VecDeque};

use haechi_model::Timestamp;

use super::{Kind, Watch};
use crate::field::Field;
use crate::kept::{Part, kept};
use crate::limits::{BURST_VALUES_MAX, HITS_MAX, ROUTINE_HISTORY_DAYS, SCOPES_MAX, THRESHOLD_MAX};
use crate::raised::{Occurrence, Raised};
use crate::rows::Row;
use crate::sentence::Fact;
use crate::setup::{Fault, Setup};
use crate::state::{DistinctDays, Fading, Key};

pub(super) const KIND: Kind = Kind {
    name: "threshold",
    doc: "Raises a subject when `count` records that fit (or records with `count` different values \
          of the field `distinct`) lie within `window_seconds`. `counted_by` counts apart what a \
          subject does under different values of a field, such as its sessions. A subject that \
          has done so on `routine_days` different days does it as a matter of routine and is left \
          alone from then on. With `only_new`, values that the subject has shown on an earlier \
          day, of the last 30 before the window, do not count.",
    facts: &["count", "window", "value"],
    every_row_speaks: true,
    read,
};

struct Threshold {
    count: usize,
    window_seconds: u32,
    distinct: Option<Field>,
    counted_by: Option<Field>,
    routine_days: Option<usize>,
    only_new: bool,
    counts: Fading<Count>,
    /// The days on which a burst of a subject began.
    routines: Fading<DistinctDays>,
    /// The first day on which a subject has shown a value.
    shown: Fading<Option<i64>>,
}

/// What is counted of one subject, or of one of its sessions.
#[derive(Default)]
struct Count {
    /// The newest hits, oldest first: at most `count`, with different values, all in the window.
    hits: VecDeque<(Key, Occurrence)>,
    /// The burst that is going on.
    burst: Option<Burst>,
}

#[derive(Default)]
struct Burst {
    values: HashSet<Key>,
    n_records: u64,
}

fn read(setup: &mut Setup<'_>) -> Result<Box<dyn Watch>, Fault> {
    let count: usize = setup.require("count")?;
    if !(2..=THRESHOLD_MAX).contains(&count) {
        return Err(Fault::near("count", format!("`count` lies between 2 and {THRESHOLD_MAX}")));
    }
    Ok(Box::new(Threshold {
        count,
        window_seconds: setup.require("window_seconds")?,
        distinct: setup.take_field("distinct")?,
        counted_by: setup.take_field("counted_by")?,
        routine_days: setup.take("routine_days")?,
        only_new: setup.take("only_new")?.unwrap_or_default(),
        counts: Fading::new(HITS_MAX / count),
        routines: Fading::new(SCOPES_MAX),
        shown: Fading::new(SCOPES_MAX),
    }))
}

impl Watch for Threshold {
    fn state(&mut self) -> Vec<&mut dyn Part> {
        vec![&mut self.counts, &mut self.routines, &mut self.shown]
    }

    fn observe(&mut self, row: &Row<'_>, raised: &mut Raised) {
        let occurrence = Occurrence::of(row);
        let mut values = self.values_of(row, &occurrence);
        let identity = raised.identity(row);
        if self.only_new {
            values.retain(|value| self.is_new(identity.key(), *value, row.time()));
            if values.is_empty() {
                return;
            }
        }
        let session = self.counted_by.as_ref().and_then(|field| field.text(row));
        let counted = session.map_or(identity.key(), |session| identity.key().with(&session));
        let count = self.counts.entry(counted, row.time());
        let oldest = row.time().plus_seconds(-i64::from(self.window_seconds));
        for value in &values {
            count.add(*value, &occurrence, oldest, self.count);
        }
        if count.hits.len() < self.count {
            count.burst = None;
            return;
        }
        let begins = count.burst.is_none();
        let n_values = count.continue_burst(&values, self.distinct.is_some());
        if let Some(days) = self.routine_days {
            let routine = self.routines.entry(identity.key(), row.time());
            if begins {
                routine.note(row.time());
            }
            if routine.exceed(days) {
                return;
            }
        }
        let Some(draft) = raised.draft(row, &identity) else { return };
        if begins {
            count.hits_once().for_each(|hit| draft.occurs(hit.clone()));
        }
        draft.last = draft.last.max(row.time());
        draft.at_least("value", n_values);
        draft.fact("window", Fact::Seconds(self.window_seconds.into()));
    }

    fn history_days(&self) -> u32 {
        // A burst may have begun before the window, and routine shows only over weeks.
        let remembers = self.routine_days.is_some() || self.only_new;
        let routine = if remembers { ROUTINE_HISTORY_DAYS } else { 0 };
        routine.max(self.window_seconds.div_ceil(SECONDS_PER_DAY))
    }
}

const SECONDS_PER_DAY: u32 = 86_400;

impl Threshold {
    /// Tells whether a subject has not shown a value on an earlier day, and notes it.
    fn is_new(&mut self, subject: Key, value: Key, now: Timestamp) -> bool {
        let first = self.shown.entry(Key::hashed(&(subject, value)), now);
        *first.get_or_insert(now.day()) == now.day()
    }

    /// Returns what the row counts as: itself, or its values of the field that must differ.
    fn values_of(&self, row: &Row<'_>, occurrence: &Occurrence) -> Vec<Key> {
        let Some(field) = &self.distinct else { return vec![Key::of(&[&occurrence.id])] };
        let mut values = Vec::new();
        field.any(row, &mut |value| {
            values.push(Key::of(&[&value.into_text()]));
            false
        });
        values
    }
}

impl Count {
    /// Takes in a hit; forgets what is older than the window or beyond the count.
    fn add(&mut self, value: Key, occurrence: &Occurrence, oldest: Timestamp, count: usize) {
        while self.hits.front().is_some_and(|(_, hit)| hit.time < oldest) {
            self.hits.pop_front();
        }
        // A value seen again counts once, at its newest time.
        if let Some(at) = self.hits.iter().position(|(known, _)| *known == value) {
            self.hits.remove(at);
        }
        self.hits.push_back((value, occurrence.clone()));
        if count < self.hits.len() {
            self.hits.pop_front();
        }
    }

    /// Returns the records of the hits, each once: one record may hold several values.
    fn hits_once(&self) -> impl Iterator<Item = &Occurrence> {
        let mut known = HashSet::new();
        self.hits.iter().map(|(_, hit)| hit).filter(move |hit| known.insert(hit.id.as_str()))
    }

    /// Notes one more row of the burst, begun if need be; returns how much it amounts to.
    fn continue_burst(&mut self, values: &[Key], counts_values: bool) -> u64 {
        let burst = self.burst.get_or_insert_with(|| Burst {
            values: self.hits.iter().map(|(known, _)| *known).collect(),
            // The row at hand is among the hits and is counted below.
            n_records: self.hits.len().saturating_sub(1) as u64,
        });
        burst.n_records += 1;
        if burst.values.len() < BURST_VALUES_MAX {
            burst.values.extend(values);
        }
        if counts_values { burst.values.len() as u64 } else { burst.n_records }
    }
}

kept!(Count { hits, burst });
kept!(Burst { values, n_records });
