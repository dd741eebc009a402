//! Seconds since 1970 and the ways AWS writes them.

use jiff::Timestamp;

pub(crate) const MINUTE: i64 = 60;
pub(crate) const HOUR: i64 = 3600;
pub(crate) const DAY: i64 = 86_400;

/// A second in time; `simulate` has checked that the whole run fits into the calendar.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Moment(pub(crate) i64);

impl Moment {
    pub(crate) fn plus(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds))
    }

    /// The full hour that this moment lies in.
    pub(crate) fn hour_start(self) -> Self {
        Self(self.0.div_euclid(HOUR) * HOUR)
    }

    /// The last second of the hour that this moment lies in.
    pub(crate) fn last_second(self) -> Self {
        self.hour_start().plus(HOUR - 1)
    }

    /// The next mark of a clock that ticks every so many seconds.
    pub(crate) fn next_mark(self, seconds: i64) -> Self {
        Self((self.0.div_euclid(seconds) + 1) * seconds)
    }

    pub(crate) fn hour_of_day(self) -> i64 {
        self.0.rem_euclid(DAY) / HOUR
    }

    pub(crate) fn day(self) -> i64 {
        self.0.div_euclid(DAY)
    }

    /// The day of the week, Monday being 0. The first of January 1970 was a Thursday.
    pub(crate) fn weekday(self) -> i64 {
        (self.day() + 3).rem_euclid(7)
    }

    /// Says whether it is Saturday or Sunday.
    pub(crate) fn is_weekend(self) -> bool {
        5 <= self.weekday()
    }

    /// `2026-03-02T08:15:00Z`
    pub(crate) fn iso(self) -> String {
        self.timestamp().to_string()
    }

    /// `20260302T0815Z`, as in file names.
    pub(crate) fn stamp(self) -> String {
        self.timestamp().strftime("%Y%m%dT%H%MZ").to_string()
    }

    /// `2026/03/02`, as in folder names.
    pub(crate) fn folders(self) -> String {
        self.timestamp().strftime("%Y/%m/%d").to_string()
    }

    /// `2026-03-02-08-15-00`, as in names of S3 access logs.
    pub(crate) fn dashed(self) -> String {
        self.timestamp().strftime("%Y-%m-%d-%H-%M-%S").to_string()
    }

    /// `02/Mar/2026:08:15:00 +0000`, as in lines of S3 access logs.
    pub(crate) fn apache(self) -> String {
        self.timestamp().strftime("%d/%b/%Y:%H:%M:%S +0000").to_string()
    }

    /// `Mar 2, 2026, 8:15:00 AM`, as in answers of IAM and STS.
    pub(crate) fn american(self) -> String {
        self.timestamp().strftime("%b %-d, %Y, %-I:%M:%S %p").to_string()
    }

    fn timestamp(self) -> Timestamp {
        Timestamp::from_second(self.0).unwrap_or_default()
    }
}
