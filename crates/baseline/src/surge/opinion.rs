//! Whether a bin has unusually many calls.

use super::open::{Bin, Open};
use super::scale::Demands;
use super::{Direction, Surge, Surges, count, minutes};
use crate::limits::{
    BIN_MINUTES, CALLS_MIN, FIRST_SEEN_CALLS_MIN, HALF_HOUR_BINS, HISTORY_BINS_MIN,
    HOUR_HISTORY_BINS_MIN,
};

/// What is asked of a bin, and of a half hour: once in 22,000 bins, which is eleven weeks, by the
/// tails alone. The figures were chosen by measurement (docs/decisions/0014).
const BIN_DEMANDS: Demands = Demands { surprise: 10.0, surprise_of_clumps: 12.0, ratio: 1.5 };
const HALF_HOUR_DEMANDS: Demands =
    Demands { surprise: 10.0, surprise_of_clumps: 14.0, ratio: 1.25 };

/// A bin also has this many times the calls of the baseline: what is certain but small is no news.
const RATIO_MIN: f64 = 2.0;

/// What is said of a bin.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Opinion {
    Usual,
    /// As busy as this time of day was when it surged on other days: nothing to report, and
    /// nothing that other hours should be judged by.
    Excused,
    /// So many calls in a bin are the most that is usual.
    Unusual {
        most: f32,
    },
}

impl Surges {
    pub(super) fn opinion(&self, bin: Bin) -> Opinion {
        if self.history(bin.number) < HISTORY_BINS_MIN || bin.calls < CALLS_MIN {
            return Opinion::Usual;
        }
        let (average, _) = self.baseline(bin.number, 0);
        let least = RATIO_MIN * average * minutes(BIN_MINUTES);
        if f64::from(bin.calls) < least {
            return Opinion::Usual;
        }
        if self.habit.excuses(bin.slot(), bin.day(), count(bin.calls)) {
            return Opinion::Excused;
        }
        let most = self.most_of_bins(bin).or_else(|| self.most_of_half_hours(bin, least));
        most.map_or(Opinion::Usual, |most| Opinion::Unusual { most })
    }

    /// Returns the most calls that are usual in five minutes, if there are more.
    fn most_of_bins(&self, bin: Bin) -> Option<f32> {
        let is_large = FIRST_SEEN_CALLS_MIN <= bin.calls;
        if !self.bins.has_shape(bin.number) {
            return is_large.then_some(0.0);
        }
        if self.surprise(bin, bin.calls, 1) < BIN_DEMANDS.surprise_of_clumps {
            return None;
        }
        let for_the_hour = || {
            let is_known = is_large && HOUR_HISTORY_BINS_MIN <= self.history(bin.number);
            let place = (bin.number, bin.slot());
            is_known.then(|| self.bins.beyond_the_hour(place, bin.calls, &BIN_DEMANDS))?
        };
        self.bins.beyond(bin.number, bin.calls, &BIN_DEMANDS).or_else(for_the_hour)
    }

    /// Returns the most calls that are usual in five minutes of a half hour, if the one that ends
    /// with this bin has more, and the bin is among those that make it so.
    fn most_of_half_hours(&self, bin: Bin, least: f64) -> Option<f32> {
        let calls = self.half_hour_until(bin.number).saturating_add(bin.calls);
        let is_large =
            FIRST_SEEN_CALLS_MIN <= calls && least * minutes(HALF_HOUR_BINS) <= f64::from(calls);
        if !is_large || !self.half_hours.has_shape(bin.number) {
            return None;
        }
        if self.surprise(bin, calls, HALF_HOUR_BINS) < HALF_HOUR_DEMANDS.surprise_of_clumps {
            return None;
        }
        let for_the_hour = || {
            let is_known = HOUR_HISTORY_BINS_MIN <= self.history(bin.number);
            let place = (bin.number, bin.slot());
            is_known.then(|| self.half_hours.beyond_the_hour(place, calls, &HALF_HOUR_DEMANDS))?
        };
        let most = self.half_hours.beyond(bin.number, calls, &HALF_HOUR_DEMANDS);
        let most = most.or_else(for_the_hour)? / bins(HALF_HOUR_BINS);
        (HALF_HOUR_DEMANDS.ratio * most <= count(bin.calls)).then_some(most)
    }

    /// Says how surprising so many calls are for the rate of this time of day, and its clumps.
    fn surprise(&self, bin: Bin, calls: u32, n_bins: i64) -> f32 {
        self.rates.at(bin.slot(), bin.day()).surprise(calls, bins(n_bins))
    }

    /// Returns the calls of the bins before this one that belong to the same half hour.
    pub(super) fn half_hour_until(&self, number: i64) -> u32 {
        let near = self.recent.iter().filter(|it| number < it.number + HALF_HOUR_BINS);
        near.fold(0, |sum: u32, it| sum.saturating_add(it.calls))
    }

    /// Opens a surge with a bin, or with those before it that had more calls than is usual too.
    pub(super) fn opened(&self, bin: Bin, most: f32) -> Open {
        let (mut first, mut calls) = (bin, 0_u32);
        let earlier = self.recent.iter().rev().skip_while(|it| bin.number <= it.number);
        for before in earlier {
            let is_next = before.number + 1 == first.number;
            if !is_next || most <= 0.0 || count(before.calls) < HALF_HOUR_DEMANDS.ratio * most {
                break;
            }
            first = *before;
            calls = calls.saturating_add(before.calls);
        }
        // The week has those earlier bins already, and they are no part of the baseline.
        let (baseline_average, baseline_minutes) = self.baseline(first.number, calls);
        let surge = Surge {
            direction: Direction::Above,
            first: first.first,
            last: Some(bin.last),
            baseline_average,
            baseline_minutes,
            start_average: f64::from(calls.saturating_add(bin.calls))
                / minutes(bin.last - first.first + 1),
            average: 0.0,
        };
        Open::new(surge, (first, bin), calls)
    }
}

#[expect(clippy::cast_precision_loss, reason = "a handful")]
fn bins(number: i64) -> f32 {
    number as f32
}
