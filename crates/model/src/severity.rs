//! How bad: GuardDuty's scale of 1.0 to 10.0 and its four bands.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A severity between 1.0 and 10.0, as GuardDuty counts it.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Serialize)]
#[serde(transparent)]
pub struct Severity(f64);

/// The four bands that people sort findings by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Band {
    /// 1.0 to 3.9.
    Low,
    /// 4.0 to 6.9.
    Medium,
    /// 7.0 to 8.9.
    High,
    /// 9.0 to 10.0.
    Critical,
}

/// The word is not a severity band.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is not a severity: use low, medium, high or critical")]
pub struct UnknownBand(pub String);

impl Severity {
    /// Returns the severity, or nothing when the number lies outside 1.0 to 10.0.
    #[must_use]
    pub fn new(value: f64) -> Option<Self> {
        (1.0..=10.0).contains(&value).then_some(Self(value))
    }

    /// Returns the number.
    #[must_use]
    pub fn value(self) -> f64 {
        self.0
    }

    /// Returns the band that GuardDuty puts the number in.
    #[must_use]
    pub fn band(self) -> Band {
        match self.0 {
            value if value < 4.0 => Band::Low,
            value if value < 7.0 => Band::Medium,
            value if value < 9.0 => Band::High,
            _ => Band::Critical,
        }
    }
}

impl Band {
    /// Every band, worst first.
    pub const WORST_FIRST: [Self; 4] = [Self::Critical, Self::High, Self::Medium, Self::Low];

    /// Returns the middle of the band's numbers, for pages that name only the band.
    #[must_use]
    pub fn typical(self) -> Severity {
        Severity(match self {
            Self::Low => 2.0,
            Self::Medium => 5.0,
            Self::High => 8.0,
            Self::Critical => 9.5,
        })
    }

    /// Returns the band's name in lower case.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}

impl fmt::Display for Band {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Band {
    type Err = UnknownBand;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        Self::WORST_FIRST
            .into_iter()
            .find(|band| band.name() == word)
            .ok_or_else(|| UnknownBand(word.to_owned()))
    }
}
