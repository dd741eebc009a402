//! Calls in time order to the spans in which there were unusually many, or unusually few.
//!
//! Calls are counted in bins of five minutes. A bin is unusual when it, or the half hour that it
//! ends, has more calls than the tail of the last weeks lets expect; a silence is, when it is
//! beyond the tail of the last weeks' silences. Steady noise, however loud, is its own tail, and
//! so is usual. What surges again and again, at the same time of day or by the same size, becomes
//! usual too.

mod habit;
mod live;
mod open;
mod opinion;
mod rates;
mod scale;
mod silence;
mod week;

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

pub use live::Surging;

use self::habit::{Habit, Sizes};
use self::open::{Bin, Open};
use self::opinion::Opinion;
use self::rates::Rates;
use self::scale::Scale;
use self::week::Week;
use crate::generations::Generations;
use crate::limits::{
    BASELINE_BINS, BIN_MINUTES, CALM_BINS, FIRST_SEEN_CALLS_MIN, HALF_HOUR_BINS, HISTORY_BINS_MIN,
    HOUR_HISTORY_BINS_MIN, LEARN_AGAIN_BINS,
};

/// Whether there were more calls than usual, or fewer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Direction {
    /// More.
    Above,
    /// Fewer: a silence.
    Below,
}

/// A span of unusual activity.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Surge {
    /// More or fewer calls than usual.
    pub direction: Direction,
    /// The first minute, counted from 1970.
    pub first: i64,
    /// The last minute; nothing while it goes on when the logs end.
    pub last: Option<i64>,
    /// Calls a minute in the week before, which may begin up to half an hour early.
    pub baseline_average: f64,
    /// How many minutes of that week there are logs for.
    pub baseline_minutes: i64,
    /// Calls a minute when it started.
    pub start_average: f64,
    /// Calls a minute from first to last.
    pub average: f64,
}

/// The memory of one kind of call.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Surges {
    from: i64,
    week: Week,
    bins: Scale,
    half_hours: Scale,
    /// The half hour that is being filled, and its usual calls.
    half_hour: Option<(i64, u32)>,
    rates: Rates,
    silences: Generations,
    habit: Habit,
    sizes: Sizes,
    /// The bins of the last half hour that no habit excuses.
    recent: VecDeque<Bin>,
    current: Option<Bin>,
    open: Option<Open>,
    found: Vec<Surge>,
}

impl Surges {
    /// Starts where the logs start, in minutes since 1970.
    #[must_use]
    pub fn new(from: i64) -> Self {
        let bin = from.div_euclid(BIN_MINUTES);
        Self {
            from,
            week: Week::default(),
            bins: Scale::new(bin),
            half_hours: Scale::new(bin),
            half_hour: None,
            rates: Rates::default(),
            silences: Generations::new(bin),
            habit: Habit::default(),
            sizes: Sizes::default(),
            recent: VecDeque::new(),
            current: None,
            open: None,
            found: Vec::new(),
        }
    }

    /// Takes in the calls of a minute; minutes come in order, those without calls may be left out.
    pub fn add(&mut self, minute: i64, calls: u32) {
        let number = minute.div_euclid(BIN_MINUTES);
        match &mut self.current {
            Some(bin) if bin.number == number => {
                bin.calls = bin.calls.saturating_add(calls);
                bin.last = minute;
            }
            current => {
                let bin = Bin { number, calls, first: minute, last: minute };
                if let Some(done) = current.replace(bin) {
                    self.take(done);
                    self.silence(done, number);
                }
                self.week.forget(number);
            }
        }
    }

    /// Ends with the logs, at this minute, and returns what was found.
    #[must_use]
    pub fn finish(mut self, to: i64) -> Vec<Surge> {
        let end = to.div_euclid(BIN_MINUTES);
        if let Some(done) = self.current.take() {
            self.take(done);
            if let Some(silence) = self.unusual_silence(done, end) {
                self.found.push(Surge { last: None, ..silence });
            }
        }
        self.close_when_calm(end);
        let open = self.open.take().map(|open| Surge { last: None, ..open.closed() });
        self.found.extend(open);
        self.found.sort_by_key(|surge| surge.first);
        self.found
    }

    /// Returns the bytes that this series takes in memory.
    #[must_use]
    pub fn memory_bytes(&self) -> usize {
        size_of::<Self>()
            + self.week.heap_bytes()
            + self.bins.heap_bytes()
            + self.half_hours.heap_bytes()
            + self.rates.heap_bytes()
            + self.silences.heap_bytes()
            + self.habit.heap_bytes()
            + self.sizes.heap_bytes()
            + self.recent.capacity() * size_of::<Bin>()
            + self.found.capacity() * size_of::<Surge>()
    }

    /// Judges a bin, then learns from it.
    fn take(&mut self, bin: Bin) {
        self.close_when_calm(bin.number);
        self.week.forget(bin.number);
        let opinion = self.opinion(bin);
        if let Opinion::Unusual { most } = opinion
            && self.open.is_none()
        {
            self.open = Some(self.opened(bin, most));
        }
        let mut learns = opinion != Opinion::Excused;
        if let Some(open) = &mut self.open {
            open.take(bin, matches!(opinion, Opinion::Unusual { .. }));
            learns = open.first_bin + LEARN_AGAIN_BINS <= bin.number;
        }
        self.remember(bin, opinion);
        if learns {
            self.learn(bin);
        }
        self.week.add(bin.number, bin.calls);
    }

    /// Keeps what the next bins and days ask for.
    fn remember(&mut self, bin: Bin, opinion: Opinion) {
        let is_first_day = self.history(bin.number) < HISTORY_BINS_MIN;
        let is_large = FIRST_SEEN_CALLS_MIN <= bin.calls;
        if opinion != Opinion::Usual || is_first_day && is_large {
            self.habit.add(bin.slot(), bin.day(), count(bin.calls));
        }
        while self.recent.front().is_some_and(|it| it.number + HALF_HOUR_BINS <= bin.number) {
            self.recent.pop_front();
        }
        if opinion != Opinion::Excused {
            self.recent.push_back(bin);
        }
        let half_hour = self.half_hour_until(bin.number);
        if let Some(open) = &mut self.open {
            open.peak.half_hour = open.peak.half_hour.max(half_hour);
        }
    }

    fn learn(&mut self, bin: Bin) {
        // The first week's excesses are those over nothing.
        let are_hours_known = HOUR_HISTORY_BINS_MIN <= self.history(bin.number);
        let place = (bin.number, bin.slot());
        self.bins.learn(place, bin.calls, are_hours_known);
        self.rates.learn(place, bin.day(), bin.calls);
        let number = bin.number.div_euclid(HALF_HOUR_BINS);
        match &mut self.half_hour {
            Some((current, calls)) if *current == number => {
                *calls = calls.saturating_add(bin.calls);
            }
            half_hour => {
                if let Some((done, calls)) = half_hour.replace((number, bin.calls)) {
                    let first = Bin::starting(done * HALF_HOUR_BINS);
                    let place = (first.number, first.slot());
                    self.half_hours.learn(place, calls, are_hours_known);
                    self.half_hours.skip(bin.number, (number - done - 1).max(0));
                }
            }
        }
    }

    /// Returns how many bins of logs there are before a bin.
    fn history(&self, number: i64) -> i64 {
        number - self.from.div_euclid(BIN_MINUTES)
    }

    /// Ends the open surge when enough calm bins lie between its last unusual one and this.
    fn close_when_calm(&mut self, number: i64) {
        let is_over = |open: &mut Open| CALM_BINS < number - open.last_unusual.number;
        let Some(open) = self.open.take_if(is_over) else { return };
        self.found.push(open.closed());
        self.recent.retain(|bin| open.last_unusual.number < bin.number);
        if let Some(usual) = self.sizes.reached(number, open.peak) {
            self.bins.learn_level(number, usual.bin);
            self.half_hours.learn_level(number, usual.half_hour);
        }
    }

    /// Returns calls a minute over the week before a bin but for some, and the minutes of it that
    /// have logs. The week begins up to half an hour early.
    fn baseline(&self, number: i64, without: u32) -> (f64, i64) {
        let history = self.history(number).max(1);
        let (week, n_bins) = self.week.before(number);
        #[expect(clippy::cast_precision_loss, reason = "calls of a week, far below 2^52")]
        let calls = week.calls.saturating_sub(without.into()) as f64;
        let average = calls / minutes(history.min(n_bins) * BIN_MINUTES);
        (average, history.min(BASELINE_BINS) * BIN_MINUTES)
    }
}

#[expect(clippy::cast_precision_loss, reason = "a tail needs no last digit")]
fn count(calls: u32) -> f32 {
    calls as f32
}

#[expect(clippy::cast_precision_loss, reason = "minutes, far below 2^52")]
fn minutes(number: i64) -> f64 {
    number.max(1) as f64
}

#[cfg(test)]
mod tests;
