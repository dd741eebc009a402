//! What counts as unusually many calls, or few.

use super::*;

const DAY: i64 = 1440;

/// Numbers that are the same on every machine.
struct Dice(u64);

impl Dice {
    fn below(&mut self, sides: u32) -> u32 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        u32::try_from((self.0 >> 33) % u64::from(sides)).unwrap()
    }
}

/// Returns what is found in days of calls, given how many come in each minute.
fn found(days: i64, mut calls: impl FnMut(i64, &mut Dice) -> u32) -> Vec<Surge> {
    let mut dice = Dice(1);
    let mut surges = Surges::new(0);
    for minute in 0..days * DAY {
        let calls = calls(minute, &mut dice);
        if 0 < calls {
            surges.add(minute, calls);
        }
    }
    surges.finish(days * DAY)
}

/// About ten calls a minute by day, one by night.
fn office(minute: i64, dice: &mut Dice) -> u32 {
    let is_day = (480..1080).contains(&(minute % DAY));
    dice.below(if is_day { 20 } else { 3 })
}

#[test]
fn usual_days_hold_nothing() {
    assert_eq!(found(56, office), []);
}

#[test]
fn a_burst_has_a_start_an_end_and_its_averages() {
    let start = 20 * DAY + 600;
    let burst = |minute, dice: &mut Dice| {
        office(minute, dice) + if (start..start + 30).contains(&minute) { 200 } else { 0 }
    };
    let found = found(28, burst);
    let [surge] = found[..] else { panic!("{found:?}") };
    assert_eq!((surge.direction, surge.first), (Direction::Above, start));
    assert_eq!(surge.last, Some(start + 29));
    assert!((3.0..7.0).contains(&surge.baseline_average), "{surge:?}");
    assert_eq!(surge.baseline_minutes, 7 * DAY);
    assert!((200.0..220.0).contains(&surge.average), "{surge:?}");
    assert!((200.0..220.0).contains(&surge.start_average), "{surge:?}");
}

#[test]
fn a_storm_that_never_rests_is_usual() {
    assert_eq!(found(14, |_, dice| 300 + dice.below(100)), []);
}

#[test]
fn a_call_that_was_never_made_is_unusual_when_it_comes_in_a_burst() {
    let found =
        found(10, |minute, _| if (9 * DAY..9 * DAY + 60).contains(&minute) { 50 } else { 0 });
    let [surge] = found[..] else { panic!("{found:?}") };
    assert_eq!((surge.first, surge.last), (9 * DAY, Some(9 * DAY + 59)));
    assert!(surge.baseline_average <= 0.0);
}

#[test]
fn a_few_calls_are_never_unusual() {
    assert_eq!(found(28, |minute, _| u32::from(minute % (9 * DAY) < 9)), []);
}

#[test]
fn a_silence_is_found_with_its_end() {
    let quiet = 20 * DAY + 500;
    let silent = |minute, dice: &mut Dice| {
        if (quiet..quiet + 300).contains(&minute) { 0 } else { 1 + office(minute, dice) }
    };
    let found = found(28, silent);
    let [surge] = found[..] else { panic!("{found:?}") };
    assert_eq!((surge.direction, surge.first), (Direction::Below, quiet));
    assert_eq!(surge.last, Some(quiet + 299));
}

#[test]
fn what_goes_on_when_the_logs_end_has_no_end() {
    let start = 20 * DAY;
    let storm =
        |minute, dice: &mut Dice| office(minute, dice) + if start <= minute { 200 } else { 0 };
    let found = found(20, storm);
    assert_eq!(found, []);
    let mut surges = Surges::new(0);
    let mut dice = Dice(1);
    for minute in 0..start + 20 {
        surges.add(minute, storm(minute, &mut dice));
    }
    let found = surges.finish(start + 20);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].last, None);
}

#[test]
fn a_new_level_is_usual_after_a_day() {
    let shift = |minute: i64, dice: &mut Dice| {
        office(minute, dice) + if 20 * DAY <= minute { 200 } else { 0 }
    };
    let found = found(40, shift);
    let [surge] = found[..] else { panic!("{found:?}") };
    assert!(surge.last.is_some_and(|last| last < 22 * DAY), "{surge:?}");
}

/// The days on which something was found.
fn days_of(found: &[Surge]) -> Vec<i64> {
    found.iter().map(|surge| surge.first / DAY).collect()
}

/// 120 calls in six minutes from two o'clock on, some minutes earlier or later.
fn job(minute: i64) -> u32 {
    let start = 120 + minute / DAY * 7 % 11;
    if (start..start + 6).contains(&(minute % DAY)) { 20 } else { 0 }
}

#[test]
fn a_nightly_job_is_usual_from_the_third_night_on() {
    let found = found(60, |minute, _| if minute < 3 * DAY { 0 } else { job(minute) });
    assert_eq!(days_of(&found), [3, 4], "{found:?}");
}

#[test]
fn a_weekly_job_is_usual_from_the_third_week_on() {
    let found = found(70, |minute, _| if minute / DAY % 7 == 5 { job(minute) } else { 0 });
    assert_eq!(days_of(&found), [5, 12], "{found:?}");
}

#[test]
fn a_job_does_not_excuse_what_comes_at_another_hour() {
    let noon = 40 * DAY + 720;
    let is_burst = |minute| (noon..noon + 6).contains(&minute);
    let found = found(60, |minute, _| match minute {
        _ if minute < 3 * DAY => 0,
        _ if is_burst(minute) => 20,
        _ => job(minute),
    });
    assert_eq!(days_of(&found), [3, 4, 40], "{found:?}");
}

#[test]
fn a_job_that_grows_is_unusual_again() {
    let found = found(60, |minute, _| match minute {
        _ if minute < 3 * DAY => 0,
        _ if minute / DAY == 50 => 10 * job(minute),
        _ => job(minute),
    });
    assert_eq!(days_of(&found), [3, 4, 50], "{found:?}");
}

#[test]
fn a_size_that_was_reached_three_times_is_usual_at_any_hour() {
    let found = found(28, |minute, _| {
        let start = 60 + minute / DAY * 307 % 1_300;
        let is_deployment = 2 <= minute / DAY && (start..start + 5).contains(&(minute % DAY));
        if is_deployment { 20 } else { 0 }
    });
    assert_eq!(days_of(&found), [2, 3, 4], "{found:?}");
}

#[test]
fn clumps_are_usual_and_a_steady_burst_among_them_is_not() {
    let start = 20 * DAY + 600;
    for burst in [0, 20] {
        let found = found(28, |minute, dice| {
            let is_burst = (start..start + 30).contains(&minute);
            let clump = if dice.below(10) == 0 { 20 } else { 0 };
            clump + if is_burst { burst } else { 0 }
        });
        assert_eq!(found.len(), usize::from(0 < burst), "{found:?}");
    }
}

#[test]
fn a_slow_burst_adds_up_within_half_an_hour() {
    let start = 20 * DAY + 600;
    let found = found(28, |minute, dice| {
        dice.below(3) + if (start..start + 30).contains(&minute) { 3 } else { 0 }
    });
    let [surge] = found[..] else { panic!("{found:?}") };
    assert!((start - 5..start + 10).contains(&surge.first), "{surge:?}");
    assert!((3.0..5.0).contains(&surge.average), "{surge:?}");
}

#[test]
fn an_api_takes_less_than_eight_kibibytes_however_busy() {
    for calls in [0, 7, 100, 3_000] {
        let mut surges = Surges::new(0);
        (0..70 * DAY).filter(|_| 0 < calls).for_each(|minute| surges.add(minute, calls));
        assert!(surges.memory_bytes() < 8_192, "{calls}: {}", surges.memory_bytes());
    }
}

#[test]
fn odd_minutes_do_no_harm() {
    let mut surges = Surges::new(i64::MIN / 1_000);
    for (minute, calls) in [(-5, 3), (0, u32::MAX), (0, u32::MAX), (7, 0), (3, 9), (1 << 40, 50)] {
        surges.add(minute, calls);
    }
    assert!(surges.clone().finish(1 << 41).len() <= 3);
    assert!(surges.finish(0).len() <= 3);
}

/// Calls of ten days: one in each half hour, then a burst of ten minutes.
fn burst() -> impl Iterator<Item = (i64, u32)> {
    let quiet = (0..10 * 1_440).step_by(30).map(|minute| (minute, 1));
    quiet.chain((10 * 1_440..10 * 1_440 + 10).map(|minute| (minute, 20)))
}

#[test]
fn a_surge_is_known_while_it_goes_on_and_none_before() {
    let mut surges = Surges::new(0);
    let mut known = Vec::new();
    for (minute, calls) in burst() {
        surges.add(minute, calls);
        known.extend(surges.surging().map(|it| (minute, it.first, it.usual_a_day)));
    }
    let start = 10 * 1_440;
    let (first_known, first, usual) = known[0];
    assert!((start..start + 3).contains(&first_known), "{known:?}");
    assert_eq!(first, start);
    assert!((40.0..60.0).contains(&usual), "{usual}");
    assert_eq!(known.len(), usize::try_from(start + 10 - first_known).unwrap());
    assert_eq!(surges.finish(start + 60).len(), 1);
}
