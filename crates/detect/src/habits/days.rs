//! On which of the last days something was seen, and how rare that makes it.

use crate::kept::kept;

/// How many days are remembered: a month's rhythm with room to spare.
pub(crate) const HISTORY_DAYS: u32 = 45;

/// The days before today that are looked at, one bit each: yesterday is the second.
const HISTORY: u64 = (1 << (HISTORY_DAYS + 1)) - 2;

/// What has been seen on no more than one day in so many is rare.
const RARE_IN: u32 = 10;
/// What has been seen on no more than one day in so many is infrequent.
const INFREQUENT_IN: u32 = 3;

/// The days on which something was seen.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Days {
    newest: i64,
    /// The newest day is the lowest bit, the day before it the next.
    seen: u64,
}

/// How often a value was seen, in GuardDuty's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Rarity {
    /// Never.
    Unseen,
    /// On one day, or on one of ten days at most.
    Rare,
    /// On one of three days at most.
    Infrequent,
    /// More often.
    Frequent,
}

impl Days {
    /// Notes that it was seen on a day.
    pub(super) fn note(&mut self, day: i64) {
        let ahead = day.saturating_sub(self.newest);
        if ahead < 0 {
            self.seen |= shifted(1, -ahead);
            return;
        }
        self.seen = shifted(self.seen, ahead) | 1;
        self.newest = day;
    }

    /// Returns on how many of the 45 days before a day it was seen.
    pub(super) fn before(self, day: i64) -> u32 {
        let ahead = day.saturating_sub(self.newest);
        let seen =
            if ahead < 0 { self.seen >> (-ahead).min(63) } else { shifted(self.seen, ahead) };
        (seen & HISTORY).count_ones()
    }
}

fn shifted(bits: u64, days: i64) -> u64 {
    u32::try_from(days).ok().and_then(|days| bits.checked_shl(days)).unwrap_or(0)
}

impl Rarity {
    /// Judges what was seen on some of the days that are known.
    pub(super) fn of(seen: u32, n_days: u32) -> Self {
        match seen {
            0 => Self::Unseen,
            1 => Self::Rare,
            _ if seen.saturating_mul(RARE_IN) <= n_days => Self::Rare,
            _ if seen.saturating_mul(INFREQUENT_IN) <= n_days => Self::Infrequent,
            _ => Self::Frequent,
        }
    }

    /// Returns the word.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Unseen => "UNSEEN",
            Self::Rare => "RARE",
            Self::Infrequent => "INFREQUENT",
            Self::Frequent => "FREQUENT",
        }
    }

    /// Returns how much it weighs.
    pub(crate) fn points(self) -> u32 {
        match self {
            Self::Unseen => 2,
            Self::Rare => 1,
            Self::Infrequent | Self::Frequent => 0,
        }
    }
}

kept!(Days { newest, seen });

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn today_and_what_is_long_ago_do_not_count() {
        let mut days = Days::default();
        for day in [100, 100, 101, 103] {
            days.note(day);
        }
        assert_eq!((days.before(103), days.before(104), days.before(145)), (2, 3, 3));
        assert_eq!((days.before(146), days.before(148), days.before(149)), (2, 1, 0));
        days.note(102);
        assert_eq!((days.before(104), days.before(102)), (4, 2));
        days.note(10_000);
        assert_eq!(days.before(10_001), 1);
    }

    #[test]
    fn the_words_of_rarity() {
        let words = [(0, 30), (1, 5), (3, 30), (4, 30), (10, 30), (11, 30)];
        let words = words.map(|(seen, of)| Rarity::of(seen, of).word());
        assert_eq!(words, ["UNSEEN", "RARE", "RARE", "INFREQUENT", "INFREQUENT", "FREQUENT"]);
    }
}
