//! Calls in time order to the spans in which there were unusually many, or unusually few.
//!
//! Calls are counted in bins of five minutes. A bin is unusual when so many calls are beyond what
//! the tail of the last weeks' bins lets expect; a silence is, when it is beyond the tail of the
//! last weeks' silences. Steady noise, however loud, is its own tail, and so is usual.

mod live;

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

pub use live::Surging;

use crate::envelope::Ceiling;
use crate::generations::Generations;
use crate::limits::{
    BASELINE_BINS, BIN_MINUTES, CALLS_MIN, CALM_BINS, HISTORY_BINS_MIN, HOUR_HISTORY_BINS_MIN,
    LEARN_AGAIN_BINS, SILENCE_BINS_MIN, SILENCE_BUSY_BINS_MIN, SILENCE_HISTORY_BINS_MIN,
};
use crate::point::Point;

/// From this surprise on, in nats, a bin or a silence is unusual: once in 22,000 bins, which is
/// eleven weeks, if the tail is what it seems and nothing else were asked.
const SURPRISE_MIN: f32 = 10.0;

/// A tail needs this many values, and that of the time of day more: it is a second question, and
/// what clumps is often early or late.
const SHAPE_MIN: usize = 3;
const EXCESSES_MIN: usize = 6;

/// A bin also has this many times the calls of the baseline: what is certain but small is no news.
const RATIO_MIN: f64 = 2.0;

/// And this many times the calls of the busiest bin that was usual.
const RATIO_TO_LARGEST_MIN: f32 = 1.5;

/// What has hardly been seen before needs this many times [`CALLS_MIN`]: there is no tail yet.
const FIRST_SEEN_FACTOR: u32 = 3;

/// A silence stands for this many calls that would have come at the baseline's rate.
const MISSING_CALLS_MIN: f64 = 50.0;

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
    /// Calls a minute in the week before.
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
    /// Bins with calls of the last week: number, calls.
    week: VecDeque<(i64, u32)>,
    counts: Generations,
    /// The busiest usual bins of each time of day, and by how much bins outdid them.
    hours: Ceiling,
    excesses: Generations,
    silences: Generations,
    current: Option<Bin>,
    open: Option<Open>,
    found: Vec<Surge>,
}

/// The calls of five minutes.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Bin {
    number: i64,
    calls: u32,
    first: i64,
    last: i64,
}

/// A surge that has not ended.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Open {
    surge: Surge,
    first_bin: i64,
    last_unusual: Bin,
    /// Calls up to the last unusual bin.
    calls: u32,
    /// Calls since.
    calls_after: u32,
}

impl Surges {
    /// Starts where the logs start, in minutes since 1970.
    #[must_use]
    pub fn new(from: i64) -> Self {
        let bin = from.div_euclid(BIN_MINUTES);
        Self {
            from,
            week: VecDeque::new(),
            counts: Generations::new(bin),
            hours: Ceiling::default(),
            excesses: Generations::new(bin),
            silences: Generations::new(bin),
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

    /// Judges a bin, then learns from it.
    fn take(&mut self, bin: Bin) {
        self.close_when_calm(bin.number);
        while self.week.front().is_some_and(|(number, _)| number + BASELINE_BINS < bin.number) {
            self.week.pop_front();
        }
        let is_unusual = self.is_unusual(bin);
        if is_unusual && self.open.is_none() {
            self.open = Some(self.opened(bin));
        }
        let mut learns = true;
        if let Some(open) = &mut self.open {
            open.take(bin, is_unusual);
            learns = open.first_bin + LEARN_AGAIN_BINS <= bin.number;
        }
        if learns {
            let (slot, calls) = (bin.slot(), count(bin.calls));
            // The first week's excesses are those over nothing.
            if HOUR_HISTORY_BINS_MIN <= self.history(bin.number) {
                self.excesses.add(bin.number, calls - self.hours.highest(slot));
            }
            self.hours.add(slot, calls);
            self.counts.add(bin.number, calls);
        }
        self.week.push_back((bin.number, bin.calls));
    }

    fn is_unusual(&self, bin: Bin) -> bool {
        if self.history(bin.number) < HISTORY_BINS_MIN || bin.calls < CALLS_MIN {
            return false;
        }
        let (average, _) = self.baseline(bin.number);
        if f64::from(bin.calls) < RATIO_MIN * average * minutes(BIN_MINUTES) {
            return false;
        }
        let (tail, calls) = (self.counts.at(bin.number), count(bin.calls));
        if !tail.has_shape(SHAPE_MIN) {
            return FIRST_SEEN_FACTOR * CALLS_MIN <= bin.calls;
        }
        let is_above_all = RATIO_TO_LARGEST_MIN * tail.largest() <= calls;
        is_above_all && SURPRISE_MIN <= tail.surprise(calls) || self.is_unusual_for_the_hour(bin)
    }

    /// Says whether a bin that would be usual at another time of day is not at this one.
    fn is_unusual_for_the_hour(&self, bin: Bin) -> bool {
        let is_known = HOUR_HISTORY_BINS_MIN <= self.history(bin.number);
        if !is_known || bin.calls < FIRST_SEEN_FACTOR * CALLS_MIN {
            return false;
        }
        let calls = count(bin.calls);
        let highest = self.hours.highest(bin.slot());
        let tail = self.excesses.at(bin.number);
        tail.has_shape(EXCESSES_MIN)
            && RATIO_TO_LARGEST_MIN * highest <= calls
            && SURPRISE_MIN <= tail.surprise(calls - highest)
    }

    /// Returns how many bins of logs there are before a bin.
    fn history(&self, number: i64) -> i64 {
        number - self.from.div_euclid(BIN_MINUTES)
    }

    fn opened(&self, bin: Bin) -> Open {
        let (baseline_average, baseline_minutes) = self.baseline(bin.number);
        let minutes_of_start = minutes(bin.last - bin.first + 1);
        let surge = Surge {
            direction: Direction::Above,
            first: bin.first,
            last: Some(bin.last),
            baseline_average,
            baseline_minutes,
            start_average: f64::from(bin.calls) / minutes_of_start,
            average: 0.0,
        };
        Open { surge, first_bin: bin.number, last_unusual: bin, calls: 0, calls_after: 0 }
    }

    /// Ends the open surge when enough calm bins lie between its last unusual one and this.
    fn close_when_calm(&mut self, number: i64) {
        let is_over = |open: &mut Open| CALM_BINS < number - open.last_unusual.number;
        if let Some(open) = self.open.take_if(is_over) {
            self.found.push(open.closed());
        }
    }

    /// Learns from the bins without calls between two with some, after judging them.
    fn silence(&mut self, before: Bin, next: i64) {
        let length = next - before.number - 1;
        if length <= 0 {
            self.silences.skip(before.number, 1);
            return;
        }
        self.counts.skip(before.number + 1, length);
        self.excesses.skip(before.number + 1, length);
        let silence = self.unusual_silence(before, next);
        self.found.extend(silence);
        let length = u32::try_from(length).unwrap_or(u32::MAX);
        self.silences.add(before.number, count(length));
    }

    fn unusual_silence(&self, before: Bin, next: i64) -> Option<Surge> {
        let length = next - before.number - 1;
        let history = self.history(before.number);
        let is_too_short = length < SILENCE_BINS_MIN || history < SILENCE_HISTORY_BINS_MIN;
        if is_too_short || self.week.len() < SILENCE_BUSY_BINS_MIN {
            return None;
        }
        let (baseline_average, baseline_minutes) = self.baseline(before.number);
        let n_minutes = length * BIN_MINUTES;
        if baseline_average * minutes(n_minutes) < MISSING_CALLS_MIN {
            return None;
        }
        let tail = self.silences.at(before.number);
        let surprise = tail.surprise(count(u32::try_from(length).unwrap_or(u32::MAX)));
        if tail.has_shape(SHAPE_MIN) && surprise < SURPRISE_MIN {
            return None;
        }
        Some(Surge {
            direction: Direction::Below,
            first: before.last + 1,
            last: Some(next * BIN_MINUTES - 1),
            baseline_average,
            baseline_minutes,
            start_average: 0.0,
            average: 0.0,
        })
    }

    /// Returns calls a minute over the week before a bin, and the minutes of it that have logs.
    fn baseline(&self, number: i64) -> (f64, i64) {
        let bins = self.history(number).clamp(1, BASELINE_BINS);
        let recent = self.week.iter().filter(|(bin, _)| number <= bin + BASELINE_BINS);
        let calls = recent.fold(0.0, |sum, (_, calls)| sum + f64::from(*calls));
        let n_minutes = bins * BIN_MINUTES;
        (calls / minutes(n_minutes), n_minutes)
    }
}

impl Bin {
    /// Returns its half hour of the day.
    fn slot(self) -> usize {
        Point { seconds: self.first.saturating_mul(60), value: 0.0 }.slot().0
    }
}

impl Open {
    fn take(&mut self, bin: Bin, is_unusual: bool) {
        self.calls_after = self.calls_after.saturating_add(bin.calls);
        if is_unusual {
            self.calls = self.calls.saturating_add(self.calls_after);
            self.calls_after = 0;
            self.last_unusual = bin;
        }
    }

    fn closed(&self) -> Surge {
        let last = self.last_unusual.last;
        let average = f64::from(self.calls) / minutes(last - self.surge.first + 1);
        Surge { last: Some(last), average, ..self.surge }
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
