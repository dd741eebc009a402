//! `surge`: far more records, or a far larger amount, than this subject is used to.

use haechi_baseline::Surges;
use haechi_model::Timestamp;

use super::{Kind, Watch};
use crate::field::Field;
use crate::kept::{Kept, Part, kept};
use crate::limits::{RATES_MAX, RECORDS_MAX};
use crate::raised::{Occurrence, Raised};
use crate::rows::Row;
use crate::sentence::Fact;
use crate::setup::{Fault, Setup};
use crate::state::Fading;

pub(super) const KIND: Kind = Kind {
    name: "surge",
    doc: "Raises records that come far faster than usual, as CloudTrail Insights would: counted \
          for each subject, and for each value of the field `counted_by`, in bins of five minutes \
          against the last weeks and the time of day. With `amount`, a field, what it holds is \
          summed up instead, in units of `unit`. There must be `count` in a bin, half as \
          many again as in any bin of an earlier day, and the subject must have been known for \
          `history_days`.",
    facts: &["count", "value", "usual"],
    every_row_speaks: false,
    read,
};

struct Surge {
    counted_by: Option<Field>,
    amount: Option<Field>,
    unit: f64,
    least: Least,
    rates: Fading<Rate>,
}

/// What a surge has at least.
#[derive(Clone, Copy)]
struct Least {
    /// So much in five minutes.
    count: u32,
    /// So many days of history.
    history_days: u32,
}

/// A surge has so many times what the busiest five minutes of the days before had.
const RATIO_TO_BUSIEST: f64 = 1.5;

/// The rate of one kind of call.
#[derive(Default)]
struct Rate {
    surges: Option<Surges>,
    today: i64,
    /// The busiest five minutes of today, and of the days before.
    busiest_today: u32,
    busiest_before: u32,
    /// The part of a unit that is not counted yet.
    rest: f64,
    /// The records of the last minutes, oldest first: those that began what turns out a surge.
    recent: std::collections::VecDeque<Occurrence>,
    is_surging: bool,
}

kept!(Rate { surges, today, busiest_today, busiest_before, rest, recent, is_surging });

impl Kept for Surges {
    fn write(&self, out: &mut Vec<u8>) {
        serde_json::to_string(self).unwrap_or_default().write(out);
    }

    fn read(bytes: &mut &[u8]) -> Option<Self> {
        serde_json::from_str(&String::read(bytes)?).ok()
    }
}

/// How long a record may have begun a surge.
const RECENT_SECONDS: i64 = 300;

fn read(setup: &mut Setup<'_>) -> Result<Box<dyn Watch>, Fault> {
    let history_days: u32 = setup.require("history_days")?;
    if !(1..=60).contains(&history_days) {
        return Err(Fault::near("history_days", "`history_days` lies between 1 and 60"));
    }
    let amount = setup.take_field("amount")?;
    let unit: u32 = setup.take("unit")?.unwrap_or(1);
    if unit == 0 {
        return Err(Fault::near("unit", "`unit` is at least 1"));
    }
    Ok(Box::new(Surge {
        counted_by: setup.take_field("counted_by")?,
        amount,
        unit: f64::from(unit),
        least: Least { count: setup.require("count")?, history_days },
        rates: Fading::new(RATES_MAX),
    }))
}

impl Watch for Surge {
    fn state(&mut self) -> Vec<&mut dyn Part> {
        vec![&mut self.rates]
    }

    fn observe(&mut self, row: &Row<'_>, raised: &mut Raised) {
        let identity = raised.identity(row);
        let apart = self.counted_by.as_ref().and_then(|field| field.text(row));
        let key = apart.map_or(identity.key(), |apart| identity.key().with(&apart));
        let amount = match &self.amount {
            None => 1.0,
            Some(field) => match field.text(row).and_then(|text| text.parse::<f64>().ok()) {
                Some(amount) if 0.0 < amount => amount / self.unit,
                _ => return,
            },
        };
        let rate = self.rates.entry(key, row.time());
        let Some((value, usual)) = rate.take(row.time(), amount, self.least) else {
            rate.note(row);
            return;
        };
        let begins = !std::mem::replace(&mut rate.is_surging, true);
        let before = std::mem::take(&mut rate.recent);
        let Some(draft) = raised.draft(row, &identity) else { return };
        if begins {
            for occurrence in before {
                draft.occurs(occurrence);
            }
        }
        draft.occurs(Occurrence::of(row));
        draft.at_least("value", value);
        draft.fact("usual", Fact::Number(usual));
    }

    fn history_days(&self) -> u32 {
        HISTORY_DAYS.max(self.least.history_days.saturating_add(7))
    }
}

/// A rate is judged by the last four weeks.
const HISTORY_DAYS: u32 = 28;

impl Rate {
    /// Counts a row; returns how much there is in these minutes and how much is usual in a day, if
    /// that is a surge.
    fn take(&mut self, time: Timestamp, amount: f64, least: Least) -> Option<(u64, u64)> {
        let minute = time.0.div_euclid(60_000_000);
        let surges = self.surges.get_or_insert_with(|| Surges::new(minute));
        let whole = (self.rest + amount).floor().min(f64::from(u32::MAX));
        self.rest = (self.rest + amount - whole).clamp(0.0, 1.0);
        surges.add(minute, whole_number(whole));
        let now = surges.calls_now();
        if self.today != time.day() {
            self.busiest_before = self.busiest_before.max(self.busiest_today);
            (self.today, self.busiest_today) = (time.day(), 0);
        }
        self.busiest_today = self.busiest_today.max(now);
        let is_known = i64::from(least.history_days) * 1_440 <= minute - surges.counted_from();
        let is_more = RATIO_TO_BUSIEST * f64::from(self.busiest_before) <= f64::from(now);
        let is_surge = is_known && is_more && least.count <= now;
        let surging = surges.surging().filter(|_| is_surge);
        self.is_surging &= surging.is_some();
        surging.map(|it| (it.calls.into(), whole_number(it.usual_a_day.round()).into()))
    }

    /// Keeps a record for as long as it may turn out to have begun a surge.
    fn note(&mut self, row: &Row<'_>) {
        let oldest = row.time().plus_seconds(-RECENT_SECONDS);
        while self.recent.front().is_some_and(|it| it.time < oldest) {
            self.recent.pop_front();
        }
        if self.recent.len() < RECORDS_MAX {
            self.recent.push_back(Occurrence::of(row));
        }
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped")]
fn whole_number(number: f64) -> u32 {
    number.clamp(0.0, f64::from(u32::MAX)) as u32
}
