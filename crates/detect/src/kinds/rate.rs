//! `rate`: far more calls in five minutes than the weeks before let expect.

use haechi_baseline::Surges;
use haechi_model::Timestamp;

use super::{Kind, Watch};
use crate::field::Field;
use crate::limits::{RATES_MAX, RECORDS_MAX, SCOPES_MAX};
use crate::raised::{Occurrence, Raised};
use crate::rows::Row;
use crate::sentence::Fact;
use crate::setup::{Fault, Setup};
use crate::state::{Fading, Key};

pub(super) const KIND: Kind = Kind {
    name: "rate",
    doc: "Raises a subject that does something far more often in five minutes than in the weeks \
          before, at that time of day or at any. What it does under different values of the fields \
          `by` is counted apart. It must have been known for `history_days`, and do it at least \
          `calls` times.",
    facts: &["count", "value", "usual"],
    every_row_speaks: false,
    read,
};

struct Rate {
    by: Vec<Field>,
    calls: u32,
    history_days: u32,
    /// When the first row was seen: what has not been there since then was not there.
    since: Option<Timestamp>,
    subjects: Fading<Option<Timestamp>>,
    series: Fading<Series>,
}

/// What one subject does under one set of values.
#[derive(Default)]
struct Series {
    surges: Option<Surges>,
    current: Bin,
}

/// The five minutes that are going on.
#[derive(Default)]
struct Bin {
    number: i64,
    n_calls: u32,
    /// The records that will speak if it turns out unusual.
    waiting: Vec<Occurrence>,
    /// How many more there are.
    n_unkept: u64,
    is_unusual: bool,
}

fn read(setup: &mut Setup<'_>) -> Result<Box<dyn Watch>, Fault> {
    let by: Vec<String> = setup.require("by")?;
    let history_days: u32 = setup.require("history_days")?;
    if !(1..=HISTORY_DAYS).contains(&history_days) {
        let reason = format!("`history_days` lies between 1 and {HISTORY_DAYS}");
        return Err(Fault::near("history_days", reason));
    }
    Ok(Box::new(Rate {
        by: by.iter().map(|name| setup.field("by", name)).collect::<Result<_, _>>()?,
        calls: setup.require("calls")?,
        history_days,
        since: None,
        subjects: Fading::new(SCOPES_MAX),
        series: Fading::new(RATES_MAX),
    }))
}

impl Watch for Rate {
    fn observe(&mut self, row: &Row<'_>, raised: &mut Raised) {
        let identity = raised.identity(row);
        let since = *self.since.get_or_insert(row.time());
        let known = *self.subjects.entry(identity.key(), row.time()).get_or_insert(row.time());
        let text = |key: Key, field: &Field| key.with(&field.text(row).unwrap_or_default());
        let key = self.by.iter().fold(identity.key(), text);
        let series = self.series.entry(key, row.time());
        let minute = minute_of(row.time());
        let surges = series.surges.get_or_insert_with(|| Surges::new(minute_of(since)));
        surges.add(minute, 1);
        let is_known = known.plus_seconds(i64::from(self.history_days) * SECONDS_PER_DAY);
        if row.time() < is_known {
            return;
        }
        series.current.turn_to(minute.div_euclid(Surges::BIN_MINUTES));
        let is_unusual = series.current.takes(Occurrence::of(row), surges);
        if !is_unusual || series.current.n_calls < self.calls {
            return;
        }
        let waiting = std::mem::take(&mut series.current.waiting);
        let n_unkept = std::mem::take(&mut series.current.n_unkept);
        let Some(draft) = raised.draft(row, &identity) else { return };
        draft.at_least("value", series.current.n_calls.into());
        draft.fact("usual", Fact::Number(usual(surges)));
        for occurrence in waiting {
            draft.occurs(occurrence);
        }
        draft.count += n_unkept;
    }

    fn history_days(&self) -> u32 {
        HISTORY_DAYS
    }
}

/// What a window is preceded by: as long as a tail of [`Surges`] remembers.
const HISTORY_DAYS: u32 = 28;
const SECONDS_PER_DAY: i64 = 86_400;

impl Bin {
    fn turn_to(&mut self, number: i64) {
        if self.number != number {
            *self = Self { number, ..Self::default() };
        }
    }

    /// Counts a record; tells whether the five minutes are unusual by now.
    fn takes(&mut self, occurrence: Occurrence, surges: &Surges) -> bool {
        self.n_calls += 1;
        if self.waiting.len() < RECORDS_MAX {
            self.waiting.push(occurrence);
        } else {
            self.n_unkept += 1;
        }
        // More calls are never more usual, so that not every one need be judged.
        let is_judged = self.n_calls.is_multiple_of(JUDGED_CALLS);
        self.is_unusual |= is_judged && surges.is_unusual_now();
        self.is_unusual
    }
}

/// How many calls go by between two judgements.
const JUDGED_CALLS: u32 = 10;

/// Returns how many calls five minutes had in the last week, rounded up.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a mean of counts")]
fn usual(surges: &Surges) -> u64 {
    surges.calls_in_bin().ceil() as u64
}

fn minute_of(time: Timestamp) -> i64 {
    time.0.div_euclid(60_000_000)
}
