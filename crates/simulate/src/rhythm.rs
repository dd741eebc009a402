//! When people and programs are busy: office hours, lunch, nights, weekends.

use crate::{limits, moment::Moment, random::Random};

/// The daily course of an activity.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Rhythm {
    /// A person at so many hours east of Greenwich.
    Office(i64),
    /// A program that does not know what day it is.
    Steady,
    /// Customers: busy evenings, also at weekends.
    Shop,
}

/// How much of everything there is, in thousandths; 1000 is the small organisation as designed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scale(u64);

impl Scale {
    /// Reads a scale within its limits.
    pub(crate) fn new(scale: f64) -> Option<Self> {
        if !(limits::SCALE_MIN..=limits::SCALE_MAX).contains(&scale) {
            return None;
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "the limits above keep it positive and far below 2^53"
        )]
        Some(Self((scale * 1000.0).round() as u64))
    }
}

/// Draws how often something happens in one hour, given how often it does in a busy one.
pub(crate) fn times(
    per_hour: u64,
    rhythm: Rhythm,
    hour: Moment,
    scale: Scale,
    random: &mut Random,
) -> u64 {
    let mood = 60 + random.below(81);
    let thousandths = per_hour * scale.0 * percent(rhythm, hour) * mood / 10_000;
    thousandths / 1000 + u64::from(random.permille(thousandths % 1000))
}

fn percent(rhythm: Rhythm, hour: Moment) -> u64 {
    match rhythm {
        Rhythm::Steady => 100,
        Rhythm::Office(offset) => office(hour.plus(offset * crate::moment::HOUR)),
        Rhythm::Shop => match hour.hour_of_day() {
            0..=5 => 30,
            6..=11 => 80,
            12..=16 => 110,
            _ => 150,
        },
    }
}

fn office(local: Moment) -> u64 {
    let weekday: u64 = match local.hour_of_day() {
        9..=11 | 13..=17 => 100,
        12 => 50,
        8 | 18..=20 => 20,
        _ => 1,
    };
    if local.is_weekend() { weekday.div_ceil(20) } else { weekday }
}
