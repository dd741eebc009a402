//! Which days an object may be about, by the key that AWS gives it: listing then saves reading.

use haechi_model::{Timestamp, Window};

use crate::limits::LATENESS_DAYS;

/// Tells whether an object of that name may hold events of the window.
pub(super) fn may_hold(name: &str, window: &Window) -> bool {
    if *window == Window::default() {
        return true;
    }
    let Some(day) = day_of(name) else { return true };
    let last_moment = window.until.map(|until| Timestamp(until.0.saturating_sub(1)));
    window.from.is_none_or(|from| from.day() - LATENESS_DAYS <= day)
        && last_moment.is_none_or(|last| day <= last.day() + LATENESS_DAYS)
}

/// Returns the day that the name tells, counted from 1970-01-01.
///
/// Only AWS's own layout is believed: a date in any other path may mean anything.
fn day_of(name: &str) -> Option<i64> {
    let in_folders = name.split_once("AWSLogs/").and_then(|(_, key)| day_of_folders(key));
    in_folders.or_else(|| day_of_file(name.rsplit('/').next()?))
}

/// Reads `…/2021/07/29/…` and `…/year=2021/month=07/day=29/…`.
fn day_of_folders(key: &str) -> Option<i64> {
    let parts: Vec<&str> = key.split('/').collect();
    parts.windows(3).find_map(|parts| {
        let &[year, month, day] = parts else { return None };
        let year = year.strip_prefix("year=").unwrap_or(year);
        let month = month.strip_prefix("month=").unwrap_or(month);
        day_number(year, month, day.strip_prefix("day=").unwrap_or(day))
    })
}

/// Reads `111122223333_CloudTrail_us-east-1_20210729T0000Z_….json.gz` and its like.
fn day_of_file(name: &str) -> Option<i64> {
    let (account, rest) = name.split_once('_')?;
    if account.len() != 12 || !is_digits(account) {
        return None;
    }
    let is_moment = |part: &&str| part.len() == 14 && part.get(8..9) == Some("T");
    let moment = rest.split('_').filter(|part| part.ends_with('Z')).find(is_moment)?;
    day_number(moment.get(..4)?, moment.get(4..6)?, moment.get(6..8)?)
}

fn day_number(year: &str, month: &str, day: &str) -> Option<i64> {
    let is_date = year.len() == 4 && month.len() == 2 && day.len() == 2;
    if !is_date || ![year, month, day].into_iter().all(is_digits) {
        return None;
    }
    let moment = Timestamp::parse(&format!("{year}-{month}-{day}T00:00:00Z")).ok()?;
    Some(moment.day())
}

fn is_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window(from: &str, until: &str) -> Window {
        let moment = |text: &str| Timestamp::parse(text).ok();
        Window { from: moment(from), until: moment(until) }
    }

    #[track_caller]
    fn check(name: &str, expected: bool) {
        let one_day = window("2021-07-29T10:00:00Z", "2021-07-30T00:00:00Z");
        assert_eq!(may_hold(name, &one_day), expected, "{name}");
        assert!(may_hold(name, &Window::default()));
    }

    #[test]
    fn the_day_and_its_neighbours_are_kept() {
        for (day, expected) in [(27, false), (28, true), (29, true), (30, true), (31, false)] {
            let trail = "logs/AWSLogs/o-1/111122223333/CloudTrail/us-east-1";
            check(&format!("{trail}/2021/07/{day}/x.json.gz"), expected);
            check(
                &format!("copy/111122223333_CloudTrail_eu-west-1_202107{day}T0005Z_a.json.gz"),
                expected,
            );
            check(
                &format!("111122223333_vpcflowlogs_eu-west-1_fl-1_202107{day}T0005Z_a.log.gz"),
                expected,
            );
            let hive = "s3://b/AWSLogs/aws-account-id=111122223333/aws-service=vpcflowlogs";
            check(&format!("{hive}/aws-region=x/year=2021/month=07/day={day}/x.parquet"), expected);
        }
    }

    #[test]
    fn a_name_that_tells_no_day_is_kept() {
        for name in [
            "cases/2020/01/01/everything.json",
            "AWSLogs/111122223333/CloudTrail/us-east-1/2020/13/45/x.json.gz",
            "1111_CloudTrail_20200101T0000Z_a.json.gz",
            "111122223333_CloudTrail_ééééééTé_Z.json",
            "-",
            "",
        ] {
            check(name, true);
        }
    }

    #[test]
    fn an_open_end_keeps_all_on_its_side() {
        let old = "AWSLogs/111122223333/CloudTrail/us-east-1/2020/01/01/x.json.gz";
        let since = Window { until: None, ..window("2021-07-29T00:00:00Z", "") };
        let until = Window { from: None, ..window("", "2021-07-29T00:00:00Z") };
        assert!(!may_hold(old, &since) && may_hold(old, &until));
    }
}
