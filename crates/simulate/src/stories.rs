//! Attacks and their quiet twins: each pair is one file, and one line in [`Story::ALL`].

mod calling_home;
mod crypto_mining;
mod dns_tunnel;
mod exposed_snapshot;
mod foothold;
mod generated_names;
mod inside_scan;
mod leaked_key;
mod logs_stopped;
mod odd_sign_in;
mod open_cluster;
mod ransomed_bucket;
mod scenes;
mod script;
mod shared_backups;
mod ssh_break_in;
mod stolen_role;

use crate::{
    moment::{DAY, Moment},
    organisation::Organisation,
    stories::script::Script,
    traces::Traces,
    truth::StoryTruth,
};

/// One sentence in the languages of the product.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Words {
    /// English.
    pub en: &'static str,
    /// Korean.
    pub ko: &'static str,
}

/// An attack that can be part of a run, and the innocent life that most resembles it.
#[derive(Clone, Copy, Debug)]
pub struct Story {
    /// The name that options and the ground truth use.
    pub name: &'static str,
    /// What the intruder does.
    pub attack: Words,
    /// What people do who are no intruders.
    pub twin: Words,
    /// After which part of the run the attack begins, so that there is a past to compare with.
    part: (i64, i64),
    /// The second of the day at which the attack begins; it ends on the same day.
    offset: i64,
    tell: fn(&mut Script<'_>, Moment),
    /// Lives one day of the twin. Days are told one after the other, so that a long run needs no
    /// more memory than a short one.
    live: fn(&mut Script<'_>, Day),
}

/// A day of a twin.
#[derive(Clone, Copy, Debug)]
struct Day {
    /// Counted from the first day of the run, which is 0.
    number: i64,
    start: Moment,
}

impl Day {
    /// Says whether it is Saturday or Sunday.
    fn is_weekend(self) -> bool {
        self.start.is_weekend()
    }
}

impl Story {
    /// Every story, in the order of the manual; the first two are the demo.
    pub const ALL: &[&Self] = &[
        &leaked_key::STORY,
        &exposed_snapshot::STORY,
        &stolen_role::STORY,
        &ransomed_bucket::STORY,
        &crypto_mining::STORY,
        &dns_tunnel::STORY,
        &calling_home::STORY,
        &generated_names::STORY,
        &ssh_break_in::STORY,
        &inside_scan::STORY,
        &logs_stopped::STORY,
        &shared_backups::STORY,
        &odd_sign_in::STORY,
        &foothold::STORY,
        &open_cluster::STORY,
    ];

    /// The stories of the demo.
    pub const DEMO: &[&Self] = &[&leaked_key::STORY, &exposed_snapshot::STORY];

    /// Finds a story by its name.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        Self::ALL.iter().copied().find(|story| story.name == name)
    }
}

/// Tells an attack within a run.
pub(crate) fn tell(
    story: &'static Story,
    organisation: &Organisation,
    start: Moment,
    days: i64,
) -> (StoryTruth, Traces) {
    let (numerator, denominator) = story.part;
    let begin = start.plus(days * numerator / denominator * DAY + story.offset);
    let mut script = Script::open(organisation, story, None);
    (story.tell)(&mut script, begin);
    script.close()
}

/// Lives one day of a quiet twin.
pub(crate) fn live(
    story: &'static Story,
    organisation: &Organisation,
    (number, start): (i64, Moment),
) -> Traces {
    let mut script = Script::open(organisation, story, Some(number));
    (story.live)(&mut script, Day { number, start });
    let (_, traces) = script.close();
    traces
}
