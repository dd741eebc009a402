//! Is this point unlike everything before it?
//!
//! Simple questions are asked of every point (is it above what came before, is it outside what
//! this time of day has ever been, …), each with its own memory of the largest answers. How rare
//! the answers are together is the surprise. Only a surprise that outdoes the fading memory of the
//! last one scores, so that an event is reported once, when it starts.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::activity::{Comparison, Recent};
use crate::envelope::{Ceiling, Envelope, Visits};
use crate::limits::WINDOWS;
use crate::point::{Point, narrow};
use crate::profile::Profile;
use crate::tail::Tail;

/// The score from which a point deserves an alarm: the same for every series.
pub const ALARM_SCORE: f64 = 0.68;

/// Surprise in nats that a score of 1 - 1/e stands for.
const SCORE_NATS: f32 = 10.0;

/// How many points the memory of the last surprise needs to fade to a third.
const HOLD_POINTS: f32 = 150.0;

/// What the detector says about a point.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Anomaly {
    /// From 0 (usual, or part of what was reported already) to 1.
    pub score: f64,
    /// What surprised most, if anything did.
    pub reason: Option<Reason>,
}

/// What is unusual about a point.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// The mean of the last points rose above what came before.
    Rise {
        /// How many points the mean is taken over.
        points: usize,
    },
    /// The value fell below what came before.
    Fall,
    /// The values move more than they did before.
    Restless {
        /// How many points the movement is taken over.
        points: usize,
    },
    /// Higher than this time of day has ever been.
    HighForTheHour {
        /// How many points the mean is taken over.
        points: usize,
    },
    /// Lower than this time of day has ever been.
    LowForTheHour {
        /// How many points the mean is taken over.
        points: usize,
    },
    /// More movement than this time of day has ever had.
    RestlessForTheHour {
        /// How many points the movement is taken over.
        points: usize,
    },
    /// Above what is usual at this time of day.
    AboveTheDay,
    /// Below what is usual at this time of day.
    BelowTheDay,
}

impl fmt::Display for Reason {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rise { points: 1 } => write!(out, "above what came before"),
            Self::Rise { points } => write!(out, "mean of {points} above what came before"),
            Self::Fall => write!(out, "below what came before"),
            Self::Restless { points: 1 } => write!(out, "step larger than before"),
            Self::Restless { points } => write!(out, "more movement in {points} than before"),
            Self::HighForTheHour { points } => {
                write!(out, "mean of {points} higher than this time of day has been")
            }
            Self::LowForTheHour { points } => {
                write!(out, "mean of {points} lower than this time of day has been")
            }
            Self::RestlessForTheHour { points } => {
                write!(out, "more movement in {points} than this time of day has had")
            }
            Self::AboveTheDay => write!(out, "above what is usual at this time of day"),
            Self::BelowTheDay => write!(out, "below what is usual at this time of day"),
        }
    }
}

/// The memory of one series.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Detector {
    /// Values are kept relative to the first one, where small differences keep their digits.
    origin: Option<f64>,
    recent: Recent,
    visits: Visits,
    windows: [Watch; WINDOWS.len()],
    fall: Tail,
    profile: Profile,
    above: Tail,
    below: Tail,
    hold: f32,
}

/// The memory of one window.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Watch {
    means: Envelope,
    activities: Ceiling,
    rise: Tail,
    restless: Tail,
    high: Tail,
    low: Tail,
    restless_for_the_hour: Tail,
}

/// The answers about one point, added up.
#[derive(Default)]
struct Surprises {
    cubes: f32,
    largest: f32,
    reason: Option<Reason>,
}

impl Detector {
    /// Takes in the next point of the series and says how unusual it is.
    ///
    /// Only points before it count. A value that is not finite scores 0 and changes nothing.
    pub fn observe(&mut self, point: Point) -> Anomaly {
        if !point.value.is_finite() {
            return Anomaly { score: 0.0, reason: None };
        }
        let origin = *self.origin.get_or_insert(point.value);
        let value = narrow(point.value - origin);
        let (slot, from_middle) = point.slot();
        let mut surprises = Surprises::default();
        let comparisons = self.recent.add(value);
        for comparison in &comparisons {
            if let Some(watch) = self.windows.get_mut(comparison.number) {
                watch.ask(comparison, slot, &self.visits, &mut surprises);
            }
        }
        self.visits.add(slot);
        if let Some(first) = comparisons.first() {
            surprises.ask(&mut self.fall, first.before.mean - first.now.mean, Reason::Fall);
        }
        if let Some(deviation) = self.profile.deviation(slot, from_middle, value) {
            surprises.ask(&mut self.above, deviation, Reason::AboveTheDay);
            surprises.ask(&mut self.below, -deviation, Reason::BelowTheDay);
        }
        self.profile.add(slot, value);
        self.report(&surprises)
    }

    /// Returns the bytes that this series takes in memory.
    #[must_use]
    pub fn memory_bytes(&self) -> usize {
        let windows: usize = self.windows.iter().map(Watch::heap_bytes).sum();
        let tails = [&self.fall, &self.above, &self.below].map(Tail::heap_bytes);
        size_of::<Self>()
            + windows
            + tails.iter().sum::<usize>()
            + self.recent.heap_bytes()
            + self.visits.heap_bytes()
            + self.profile.heap_bytes()
    }

    fn report(&mut self, surprises: &Surprises) -> Anomaly {
        let surprise = surprises.cubes.cbrt();
        let is_news = self.hold < surprise;
        self.hold = surprise.max(self.hold * (1.0 - 1.0 / HOLD_POINTS));
        if !is_news {
            return Anomaly { score: 0.0, reason: None };
        }
        let score = 1.0 - f64::from(-surprise / SCORE_NATS).exp();
        Anomaly { score, reason: surprises.reason }
    }
}

impl Watch {
    fn ask(
        &mut self,
        comparison: &Comparison,
        slot: usize,
        visits: &Visits,
        surprises: &mut Surprises,
    ) {
        let Comparison { number, now, before } = *comparison;
        let points = WINDOWS.get(number).copied().unwrap_or(1);
        surprises.ask(&mut self.rise, now.mean - before.mean, Reason::Rise { points });
        let more_active = now.activity - before.activity;
        surprises.ask(&mut self.restless, more_active, Reason::Restless { points });
        if let Some(usual) = self.means.around(slot, visits) {
            let high = now.mean - usual.highest;
            surprises.ask(&mut self.high, high, Reason::HighForTheHour { points });
            let low = usual.lowest - now.mean;
            surprises.ask(&mut self.low, low, Reason::LowForTheHour { points });
        }
        if let Some(highest) = self.activities.around(slot, visits) {
            let excess = now.activity - highest;
            let reason = Reason::RestlessForTheHour { points };
            surprises.ask(&mut self.restless_for_the_hour, excess, reason);
        }
        self.means.add(slot, now.mean);
        self.activities.add(slot, now.activity);
    }

    fn heap_bytes(&self) -> usize {
        let tails =
            [&self.rise, &self.restless, &self.high, &self.low, &self.restless_for_the_hour];
        tails.map(Tail::heap_bytes).iter().sum::<usize>()
            + self.means.heap_bytes()
            + self.activities.heap_bytes()
    }
}

impl Surprises {
    /// Asks how rare an answer is, and remembers it.
    fn ask(&mut self, tail: &mut Tail, answer: f32, reason: Reason) {
        let surprise = tail.surprise(answer);
        tail.add(answer);
        self.cubes += surprise.powi(3);
        if self.largest < surprise {
            self.largest = surprise;
            self.reason = Some(reason);
        }
    }
}

#[cfg(test)]
mod tests;
