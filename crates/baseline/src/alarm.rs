//! Alarms on history: when did a series cross its threshold, and when was it well again?
//!
//! An alarm asks whether at least M of the last N points breach. It looks a little further back
//! than N periods, and takes the newest N points that are there. Only where there are fewer does
//! the way in which missing points count matter, as in CloudWatch.

use crate::limits::{EVALUATION_PERIODS_MAX, LATE_PERIODS};
use crate::math::Series;

/// How a point is compared with the threshold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// At the threshold or above it.
    GreaterOrEqual,
    /// Above the threshold, or above the upper edge of the band.
    Greater,
    /// At the threshold or below it.
    LessOrEqual,
    /// Below the threshold, or below the lower edge of the band.
    Less,
    /// Outside of the band.
    Outside,
}

/// How points count that are not there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Missing {
    /// Not at all: without any point there is insufficient data.
    #[default]
    Missing,
    /// The state stays what it is.
    Ignore,
    /// As points that breach.
    Breaching,
    /// As points that do not.
    NotBreaching,
}

/// What an alarm asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Alarm {
    /// How points are compared.
    pub comparison: Comparison,
    /// How many points are looked at: N.
    pub evaluation_periods: usize,
    /// How many of them must breach: M.
    pub datapoints_to_alarm: usize,
    /// How points count that are not there.
    pub missing: Missing,
}

/// What points are compared with.
#[derive(Clone, Copy, Debug)]
pub enum Threshold<'a> {
    /// A number.
    Number(f64),
    /// The edges of a band, lower and upper. A point at a moment without a band is missing.
    Band(&'a Series, &'a Series),
}

/// The state of an alarm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Too few points to say.
    InsufficientData,
    /// Below the threshold.
    Ok,
    /// Beyond it.
    Alarm,
}

/// A change of state.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// The first moment of the period whose point changed it.
    pub at: i64,
    /// The state before.
    pub from: State,
    /// The state from then on.
    pub to: State,
    /// The points that decided, newest first.
    pub points: Vec<(i64, f64)>,
}

impl State {
    /// Returns CloudWatch's name for it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::InsufficientData => "INSUFFICIENT_DATA",
            Self::Ok => "OK",
            Self::Alarm => "ALARM",
        }
    }
}

impl Alarm {
    /// Returns every change of state, looking at each of the moments in order; all begins with
    /// insufficient data.
    pub fn changes(
        &self,
        series: &Series,
        threshold: Threshold<'_>,
        moments: impl Iterator<Item = i64>,
    ) -> Vec<Change> {
        let n_periods = self.evaluation_periods.clamp(1, EVALUATION_PERIODS_MAX);
        let reach = n_periods + LATE_PERIODS;
        // Whether the point of each of the last periods breaches; nothing where there is none.
        let mut recent = std::collections::VecDeque::with_capacity(reach + 1);
        let mut changes = Vec::new();
        let mut state = State::InsufficientData;
        for at in moments {
            let value = series.get(&at).copied();
            let breach = value.and_then(|it| self.breaches(it, at, threshold).map(|is| (it, is)));
            recent.push_front((at, breach));
            recent.truncate(reach);
            let points: Vec<(i64, f64, bool)> = recent
                .iter()
                .filter_map(|(at, breach)| breach.map(|(value, is)| (*at, value, is)))
                .take(n_periods)
                .collect();
            let next = self.state(&points, n_periods, state);
            if next != state {
                let points = points.iter().map(|(at, value, _)| (*at, *value)).collect();
                changes.push(Change { at, from: state, to: next, points });
                state = next;
            }
        }
        changes
    }

    /// Says whether a point breaches; nothing where there is no band, or no number.
    #[must_use]
    pub fn breaches(&self, value: f64, at: i64, threshold: Threshold<'_>) -> Option<bool> {
        if !value.is_finite() {
            return None;
        }
        let (lower, upper) = match threshold {
            Threshold::Number(number) => (number, number),
            Threshold::Band(lower, upper) => (*lower.get(&at)?, *upper.get(&at)?),
        };
        Some(match self.comparison {
            Comparison::GreaterOrEqual => upper <= value,
            Comparison::Greater => upper < value,
            Comparison::LessOrEqual => value <= lower,
            Comparison::Less => value < lower,
            Comparison::Outside => value < lower || upper < value,
        })
    }

    fn state(&self, points: &[(i64, f64, bool)], n_periods: usize, before: State) -> State {
        let needed = self.datapoints_to_alarm.clamp(1, n_periods);
        let n_breaching = points.iter().filter(|(_, _, is_breaching)| *is_breaching).count();
        let n_missing = n_periods - points.len();
        let alarm_if = |is_alarm| if is_alarm { State::Alarm } else { State::Ok };
        if n_missing == 0 {
            return alarm_if(needed <= n_breaching);
        }
        match self.missing {
            Missing::Breaching => alarm_if(needed <= n_breaching + n_missing),
            Missing::NotBreaching => alarm_if(needed <= n_breaching),
            Missing::Missing if points.is_empty() => State::InsufficientData,
            // Points that are there and all breach are enough: no other speaks against them.
            Missing::Missing => alarm_if(needed.min(points.len()) <= n_breaching),
            Missing::Ignore if needed <= n_breaching => State::Alarm,
            Missing::Ignore if n_breaching < points.len() => State::Ok,
            Missing::Ignore => before,
        }
    }
}

#[cfg(test)]
mod tests;
