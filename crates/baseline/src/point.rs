//! One number at one moment.

use crate::limits::{DAY_SLOTS, SLOT_SECONDS};

/// One number at one moment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// Seconds on the clock that people live by: seconds since 1970 shifted into their time zone,
    /// so that a day starts at midnight whatever daylight saving does.
    pub seconds: i64,
    /// The number; one that is not finite counts as missing.
    pub value: f64,
}

impl Point {
    /// Returns the half hour of the day, and how far the moment lies from its middle (-0.5..0.5).
    pub(crate) fn slot(&self) -> (usize, f32) {
        let of_day = self.seconds.rem_euclid(SLOT_SECONDS * 48);
        let slot = usize::try_from(of_day / SLOT_SECONDS).unwrap_or(0).min(DAY_SLOTS - 1);
        #[expect(clippy::cast_precision_loss, reason = "less than half an hour in seconds")]
        let into = (of_day % SLOT_SECONDS) as f32 / SLOT_SECONDS as f32;
        (slot, into - 0.5)
    }
}

/// Returns the number in half the space, at most as large as fits.
#[expect(clippy::cast_possible_truncation, reason = "clamped, and the lost digits are noise")]
pub(crate) fn narrow(value: f64) -> f32 {
    value.clamp(-1e37, 1e37) as f32
}

/// Returns a count as a number.
#[expect(clippy::cast_precision_loss, reason = "counts only weigh; the last digit is no matter")]
pub(crate) fn weight(count: u32) -> f32 {
    count as f32
}

/// Returns the slots before, at and after a slot of the day.
pub(crate) fn neighbours(slot: usize) -> [usize; 3] {
    [(slot + DAY_SLOTS - 1) % DAY_SLOTS, slot, (slot + 1) % DAY_SLOTS]
}
