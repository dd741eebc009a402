//! What is usual for a series at a moment, and how far from it a point may lie.
//!
//! The expectation is a sum: a level that follows slowly, a trend, and what the minute of the
//! hour, the time of day and the hour of the week add. Each is learned point by point from what
//! the others leave over; a point that lies far out teaches no more than one at the edge.

use serde::{Deserialize, Serialize};

use crate::coverage::Edges;
use crate::limits::{HISTORY_POINTS_MIN, HISTORY_SECONDS_MIN, OPENING_POINTS};
use crate::point::Point;
use crate::season::{Period, Season};
use crate::verdict::{Band, Expectation, Verdict, share_below};

const DAY: f64 = 86_400.0;

/// What is left over counts up to this many strays when something is learned from it.
const LESSON_STRAYS_MAX: f64 = 3.0;

/// A season is learned by how far values lie apart until it was seen twice.
const EARLY_DAYS: f64 = 2.0;

/// A value counts as this much of the usual distance at most, so that outliers do not teach what
/// the usual distance is.
const EARLY_SPREADS_MAX: f64 = 10.0;

/// Beyond this many strays a point speaks for a new level.
const STRAIN_STRAYS: f64 = 2.0;

/// When points lie beyond on one side for most of the time, the level follows at once.
const STRAIN_MAX: f64 = 0.8;

/// How much faster the level follows then.
const STRAIN_HASTE: f64 = 4.0;

/// The mean distance of normal noise from its middle, in units of the median distance.
const STRAY_OF_MEDIAN: f64 = 1.183;

/// A gap counts as no more than this: one point after a long silence is still one point.
const GAP_SECONDS_MAX: f64 = 3_600.0;

/// How fast a baseline takes the new for the usual.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Adaptation {
    /// Within a day.
    Fast,
    /// Within days.
    #[default]
    Normal,
    /// Within weeks.
    Slow,
}

/// How a series is to be learned.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Options {
    /// How fast the new becomes the usual.
    pub adaptation: Adaptation,
    /// No value can be below this: a count is never negative.
    pub lowest: Option<f64>,
    /// No value can be above this: a share is never over a hundred.
    pub highest: Option<f64>,
    /// Moments that teach nothing, first and last second of each: a rehearsal, an outage.
    pub excluded: Vec<(i64, i64)>,
}

/// The memory of one series.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Baseline {
    options: Options,
    level: f64,
    trend_a_day: f64,
    /// The level when the day began, and that moment.
    day_began: Option<(f64, i64)>,
    hour: Season,
    day: Season,
    week: Season,
    stray: f64,
    /// How far values lie from the level, seasons and all: what the first days are learned by.
    spread: f64,
    strain: f64,
    above: Edges,
    below: Edges,
    first: Option<i64>,
    last: i64,
    /// The first values, until there are enough to tell the usual from the outliers among them.
    opening: Vec<(i64, f64)>,
    count: u32,
}

impl Adaptation {
    /// How many days the level remembers, and how many the seasons.
    fn days(self) -> (f64, f64) {
        match self {
            Self::Fast => (0.5, 7.0),
            Self::Normal => (2.0, 14.0),
            Self::Slow => (7.0, 28.0),
        }
    }
}

impl Baseline {
    /// Returns a baseline that has seen nothing.
    #[must_use]
    pub fn new(options: Options) -> Self {
        Self {
            options,
            level: 0.0,
            trend_a_day: 0.0,
            day_began: None,
            hour: Season::new(Period::Hour),
            day: Season::new(Period::Day),
            week: Season::new(Period::Week),
            stray: 0.0,
            spread: 0.0,
            strain: 0.0,
            above: Edges::default(),
            below: Edges::default(),
            first: None,
            last: i64::MIN,
            opening: Vec::new(),
            count: 0,
        }
    }

    /// Says how usual a point is, then learns from it.
    ///
    /// Nothing is said in the first two days, and about values that are missing.
    pub fn observe(&mut self, point: Point, width: f64) -> Option<Verdict> {
        let verdict = self.judge(point, width);
        self.learn(point);
        verdict
    }

    /// Says how usual a point is.
    #[must_use]
    pub fn judge(&self, point: Point, width: f64) -> Option<Verdict> {
        let band = self.band(point.seconds, width).filter(|_| point.value.is_finite())?;
        let expectation = self.expectation(point.seconds);
        let distance = (point.value - expectation.value()) / self.stray_at(point.seconds);
        let deviations =
            if 0.0 <= distance { self.above.width(distance) } else { -self.below.width(-distance) };
        Some(Verdict {
            band,
            expectation,
            deviations,
            percentile: 100.0 * share_below(deviations),
            is_outside: point.value < band.lower || band.upper < point.value,
            component: expectation.contradicted_by(point.value),
        })
    }

    /// Returns the usual values at a moment, `width` deviations to either side.
    #[must_use]
    pub fn band(&self, seconds: i64, width: f64) -> Option<Band> {
        let history = seconds.saturating_sub(self.first?);
        if history < HISTORY_SECONDS_MIN || self.count < HISTORY_POINTS_MIN {
            return None;
        }
        let expected = self.expectation(seconds).value();
        let stray = self.stray_at(seconds);
        let width = width.max(0.0);
        Some(Band {
            lower: self.possible(expected - stray * self.below.distance(width)),
            expected: self.possible(expected),
            upper: self.possible(expected + stray * self.above.distance(width)),
        })
    }

    /// Takes in a point, unless it is missing or excluded.
    pub fn learn(&mut self, point: Point) {
        let Point { seconds, value } = point;
        let excluded = |range: &(i64, i64)| range.0 <= seconds && seconds <= range.1;
        if !value.is_finite() || self.options.excluded.iter().any(excluded) {
            return;
        }
        // Sums of far larger numbers would not be finite.
        let value = value.clamp(-1e150, 1e150);
        let first = *self.first.get_or_insert(seconds);
        if self.count < OPENING_POINTS {
            self.open(seconds, value);
            return;
        }
        let left = value - self.expectation(seconds).value();
        self.judge_itself(seconds, left);
        let (level_days, season_days) = self.options.adaptation.days();
        let days = as_number(seconds.saturating_sub(first)) / DAY;
        let most = self.most_of_lesson(days, (value - self.level).abs());
        let gap = as_number(seconds.saturating_sub(self.last)).clamp(0.0, GAP_SECONDS_MAX);
        let share_of_memory = gap / DAY / level_days;
        let lesson = left.clamp(-most, most);
        let moved = if self.is_strained(left, share_of_memory) {
            (STRAIN_HASTE * share_of_memory).min(0.5) * left
        } else {
            // In the first day the level is the mean of all points.
            let share_of_points = if days < 1.0 { 1.0 / f64::from(self.count) } else { 1e-3 };
            share_of_memory.clamp(share_of_points, 0.5) * lesson
        };
        self.level += moved;
        #[expect(clippy::cast_possible_truncation, reason = "a share between 0 and 1")]
        let kept = (season_days / days.max(season_days)) as f32;
        let mut left_over = lesson - moved.clamp(-most, most);
        left_over -= self.day.learn(seconds, left_over, kept);
        left_over -= self.week.learn(seconds, left_over, kept);
        self.hour.learn(seconds, left_over, kept);
        self.learn_stray(seconds, left.abs().min(most), kept);
        self.learn_trend(seconds);
        self.last = self.last.max(seconds);
        self.count = self.count.saturating_add(1);
    }

    /// Returns the bytes that this series takes in memory.
    #[must_use]
    pub fn memory_bytes(&self) -> usize {
        size_of::<Self>()
            + self.hour.heap_bytes()
            + self.day.heap_bytes()
            + self.week.heap_bytes()
            + self.opening.capacity() * size_of::<(i64, f64)>()
            + self.options.excluded.capacity() * size_of::<(i64, i64)>()
    }

    fn expectation(&self, seconds: i64) -> Expectation {
        let (level_days, _) = self.options.adaptation.days();
        Expectation {
            level: self.level,
            trend: self.trend_a_day * level_days,
            hour: self.hour.offset(seconds),
            day: self.day.offset(seconds),
            week: self.week.offset(seconds),
        }
    }

    fn possible(&self, value: f64) -> f64 {
        let above = value.max(self.options.lowest.unwrap_or(f64::NEG_INFINITY));
        above.min(self.options.highest.unwrap_or(f64::INFINITY))
    }

    /// Returns the stray at a moment; never zero, so that distances stay numbers.
    fn stray_at(&self, seconds: i64) -> f64 {
        let least = 1e-9 * self.level.abs().max(f64::MIN_POSITIVE);
        self.day.stray(seconds, self.stray).max(least).max(f64::MIN_POSITIVE)
    }

    /// Moves the edges of the band, from the day on before there is a band: every time of day was
    /// seen once by then.
    fn judge_itself(&mut self, seconds: i64, left: f64) {
        let history = self.first.map_or(0, |first| seconds.saturating_sub(first));
        if HISTORY_SECONDS_MIN / 2 <= history {
            let distance = left / self.stray_at(seconds);
            self.above.learn(distance);
            self.below.learn(-distance);
        }
    }

    /// Gathers the first values, then starts at their median.
    fn open(&mut self, seconds: i64, value: f64) {
        self.opening.push((seconds, value));
        (self.last, self.count) = (seconds, self.count.saturating_add(1));
        if self.count < OPENING_POINTS {
            return;
        }
        let opening = std::mem::take(&mut self.opening);
        let mut values: Vec<f64> = opening.iter().map(|(_, value)| *value).collect();
        self.level = median(&mut values);
        let mut strays: Vec<f64> = values.iter().map(|each| (each - self.level).abs()).collect();
        let mean = strays.iter().sum::<f64>() / f64::from(OPENING_POINTS);
        self.stray = STRAY_OF_MEDIAN * median(&mut strays);
        if self.stray <= 0.0 {
            // More than half are equal: the mean is all there is.
            self.stray = mean;
        }
        // What lies farther out than a fifth of the points do may be an outlier.
        self.spread = strays.get(strays.len() * 4 / 5).copied().unwrap_or_default();
        for (seconds, value) in opening {
            self.learn_season(seconds, value);
        }
    }

    /// Learns the seasons from one of the first values.
    fn learn_season(&mut self, seconds: i64, value: f64) {
        let most = LESSON_STRAYS_MAX * self.stray.max(self.spread);
        let mut left_over = (value - self.level).clamp(-most, most);
        left_over -= self.day.learn(seconds, left_over, 1.0);
        left_over -= self.week.learn(seconds, left_over, 1.0);
        self.hour.learn(seconds, left_over, 1.0);
        // Outliers among the first must not stay in the band of their time of day.
        self.day.learn_stray(seconds, left_over.abs().min(LESSON_STRAYS_MAX * self.stray), 1.0);
    }

    /// Says whether points have been far out on one side for so long that this is a new level.
    fn is_strained(&mut self, left: f64, share_of_memory: f64) -> bool {
        let is_far = STRAIN_STRAYS * self.stray < left.abs();
        let side = if is_far { left.signum() } else { 0.0 };
        // A quarter of the level's memory, so that a shift is taken for one within hours or days.
        self.strain += (4.0 * share_of_memory).min(0.2) * (side - self.strain);
        STRAIN_MAX < self.strain.abs()
    }

    /// Returns how far what is left over counts at most, and in the first days learns how far
    /// values lie apart: until a season was seen twice, what is far from the level is not yet far
    /// from the usual.
    fn most_of_lesson(&mut self, days: f64, from_level: f64) -> f64 {
        let is_early = days < EARLY_DAYS;
        if is_early {
            let away = if self.spread <= 0.0 {
                from_level
            } else {
                from_level.min(EARLY_SPREADS_MAX * self.spread)
            };
            self.spread += (away - self.spread) / f64::from(self.count.max(1));
        }
        let scale = if is_early { self.stray.max(self.spread) } else { self.stray };
        if scale <= 0.0 { f64::MAX } else { LESSON_STRAYS_MAX * scale }
    }

    fn learn_stray(&mut self, seconds: i64, stray: f64, kept: f32) {
        let rate = 1.0 / (1.0 + f64::from(self.count) * f64::from(kept));
        self.stray += rate * (stray - self.stray);
        self.day.learn_stray(seconds, stray, kept);
    }

    /// Follows from day to day how far the level moved.
    fn learn_trend(&mut self, seconds: i64) {
        let Some((level, began)) = self.day_began else {
            self.day_began = Some((self.level, seconds));
            return;
        };
        let days = as_number(seconds.saturating_sub(began)) / DAY;
        if days < 1.0 {
            return;
        }
        let most = self.stray.max(f64::MIN_POSITIVE);
        let moved = ((self.level - level) / days).clamp(-most, most);
        self.trend_a_day += 0.2 * (moved - self.trend_a_day);
        self.day_began = Some((self.level, seconds));
    }
}

#[expect(clippy::cast_precision_loss, reason = "seconds; a lost last digit is no matter")]
fn as_number(seconds: i64) -> f64 {
    seconds as f64
}

/// Returns the middle one of the values, which it sorts.
fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests;
