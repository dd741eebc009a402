//! The clock that people live by.

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// Returns a moment, in seconds since 1970, on the clock of a time zone: what a series is learned
/// on, so that its days begin at midnight there, in summer as in winter.
///
/// Where clocks are put back an hour comes twice, and where they are put forward one is missing;
/// a baseline takes both like any other points and gaps.
#[must_use]
pub fn local_seconds(seconds: i64, zone: &TimeZone) -> i64 {
    let Ok(moment) = Timestamp::from_second(seconds) else { return seconds };
    seconds.saturating_add(i64::from(zone.to_offset(moment).seconds()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nine_in_the_morning_is_nine_in_summer_and_in_winter() {
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        for moment in ["2026-03-28T08:00:00Z", "2026-03-29T07:00:00Z", "2026-10-26T08:00:00Z"] {
            let moment: Timestamp = moment.parse().unwrap();
            let local = local_seconds(moment.as_second(), &zone);
            assert_eq!(local.rem_euclid(86_400), 9 * 3_600, "{moment}");
        }
    }

    #[test]
    fn what_no_calendar_has_stays_as_it_is() {
        assert_eq!(local_seconds(i64::MAX, &TimeZone::UTC), i64::MAX);
    }
}
