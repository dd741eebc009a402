//! What a baseline says about a point, and why.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What a value is expected to be, part by part.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Expectation {
    /// The level of the last days.
    pub level: f64,
    /// What the level lags behind its trend.
    pub trend: f64,
    /// What the minute of the hour adds.
    pub hour: f64,
    /// What the time of day adds.
    pub day: f64,
    /// What the hour of the week adds.
    pub week: f64,
}

/// The values that are usual at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Band {
    /// Below this is unusual.
    pub lower: f64,
    /// The middle.
    pub expected: f64,
    /// Above this is unusual.
    pub upper: f64,
}

/// What a baseline says about a point, and why.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Verdict {
    /// The usual values.
    pub band: Band,
    /// Where the middle comes from.
    pub expectation: Expectation,
    /// How far the point lies from the middle: 2 stands for the edge that 95.4 % of points keep
    /// within, below 0 for points under the middle.
    pub deviations: f64,
    /// The share of points that lie below, in percent.
    pub percentile: f64,
    /// Whether the point lies outside the band.
    pub is_outside: bool,
    /// What makes it unusual, or nearest to it.
    pub component: Component,
}

/// The part of the expectation that a value contradicts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Component {
    /// It would be unusual at any time.
    Level,
    /// It would be usual at another minute of the hour.
    Hour,
    /// It would be usual at another time of day.
    Day,
    /// It would be usual on another day of the week.
    Week,
}

/// In words: what was expected, how far the point lies from it, and what it contradicts.
impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Band { lower, expected, upper } = self.band;
        let side = if self.deviations < 0.0 { "below" } else { "above" };
        write!(f, "expected {} ({} to {}); ", brief(expected), brief(lower), brief(upper))?;
        write!(f, "{:.1} deviations {side}, ", self.deviations.abs())?;
        let share = if self.deviations < 0.0 { 100.0 - self.percentile } else { self.percentile };
        let than = if self.deviations < 0.0 { "lower" } else { "higher" };
        write!(f, "{than} than {share:.2} % of points; {}", self.component.words())
    }
}

/// Writes a number as people read it.
fn brief(number: f64) -> String {
    if number.abs() < 1e6 && (number == 0.0 || 1e-3 <= number.abs()) {
        let text = format!("{number:.3}");
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        format!("{number:.3e}")
    }
}

impl Component {
    /// Says in words what the value contradicts.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Level => "unusual at any time",
            Self::Hour => "usual at other minutes of the hour",
            Self::Day => "usual at other times of day",
            Self::Week => "usual on other days of the week",
        }
    }

    /// Returns its name in answers.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Level => "level",
            Self::Hour => "hour",
            Self::Day => "day",
            Self::Week => "week",
        }
    }
}

impl Expectation {
    /// Returns the sum of the parts.
    #[must_use]
    pub fn value(&self) -> f64 {
        self.level + self.trend + self.hour + self.day + self.week
    }

    /// Returns the part that the value would agree with if it were not for the season.
    pub(crate) fn contradicted_by(&self, value: f64) -> Component {
        let seasons = [
            (Component::Hour, self.hour),
            (Component::Day, self.day),
            (Component::Week, self.week),
        ];
        let largest =
            seasons.into_iter().max_by(|one, other| one.1.abs().total_cmp(&other.1.abs()));
        let without_season = self.level + self.trend;
        match largest {
            Some((season, _)) if (value - without_season).abs() < (value - self.value()).abs() => {
                season
            }
            _ => Component::Level,
        }
    }
}

/// Returns the share of normal deviates below a width: a logistic fit that errs by 0.0002 at most.
pub(crate) fn share_below(width: f64) -> f64 {
    1.0 / (1.0 + (-(0.070_56 * width.powi(3) + 1.597_6 * width)).exp())
}
