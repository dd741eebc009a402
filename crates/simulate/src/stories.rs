//! Attacks: each is one file that tells its steps, and one line in [`Story::ALL`].

mod exposed_snapshot;
mod leaked_key;
mod script;

use crate::{
    moment::{DAY, Moment},
    organisation::Organisation,
    traces::Traces,
    truth::StoryTruth,
};

/// An attack that can be part of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Story {
    /// A developer's access key is used by somebody else.
    LeakedKey,
    /// A web server gives its role away, and a snapshot leaves the house.
    ExposedSnapshot,
}

impl Story {
    /// Every story, in the order of the manual.
    pub const ALL: &[Self] = &[Self::LeakedKey, Self::ExposedSnapshot];

    /// Returns the name that options and the ground truth use.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::LeakedKey => "leaked-key",
            Self::ExposedSnapshot => "exposed-snapshot",
        }
    }

    /// Finds a story by its name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|story| story.name() == name)
    }
}

/// Tells a story within a run; it starts late, so that there is a past to compare with.
pub(crate) fn tell(
    story: Story,
    organisation: &Organisation,
    start: Moment,
    days: i64,
) -> (StoryTruth, Traces) {
    match story {
        Story::LeakedKey => {
            let night = start.plus(days * 3 / 5 * DAY + leaked_key::OFFSET);
            leaked_key::tell(organisation, night)
        }
        Story::ExposedSnapshot => {
            let morning = start.plus(days * 3 / 4 * DAY + exposed_snapshot::OFFSET);
            exposed_snapshot::tell(organisation, morning)
        }
    }
}
