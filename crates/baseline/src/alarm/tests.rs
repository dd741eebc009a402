//! The tables of CloudWatch's guide, and series that misbehave.

use jiff::tz::TimeZone;
use proptest::prelude::*;

use super::*;
use crate::{Baseline, Options, Point, local_seconds};

const ALL: [Missing; 4] =
    [Missing::Missing, Missing::Ignore, Missing::Breaching, Missing::NotBreaching];

/// Checks the state behind five periods: `0` is well, `X` breaches, `-` is missing. `=` stands for
/// the state that was there before.
#[track_caller]
fn check(needed: usize, periods: &str, expected: [&str; 4]) {
    for (missing, expected) in ALL.into_iter().zip(expected) {
        let alarm = Alarm {
            comparison: Comparison::Greater,
            evaluation_periods: 3,
            datapoints_to_alarm: needed,
            missing,
        };
        let marks = periods.split(' ').enumerate();
        let points: Vec<(i64, f64, bool)> = marks
            .filter(|(_, mark)| *mark != "-")
            .map(|(at, mark)| (i64::try_from(at).unwrap(), 0.0, mark == "X"))
            .collect();
        let newest: Vec<_> = points.into_iter().rev().take(3).collect();
        for before in [State::Ok, State::Alarm, State::InsufficientData] {
            let expected = if expected == "=" { before.name() } else { expected };
            assert_eq!(alarm.state(&newest, 3, before).name(), expected, "{missing:?} {periods}");
        }
    }
}

#[test]
fn three_of_three_is_decided_as_in_the_guide() {
    check(3, "0 - X - X", ["OK"; 4]);
    check(3, "0 - - - -", ["OK"; 4]);
    check(3, "- - - - -", ["INSUFFICIENT_DATA", "=", "ALARM", "OK"]);
    check(3, "0 X X - X", ["ALARM"; 4]);
    check(3, "- - X - -", ["ALARM", "=", "ALARM", "OK"]);
}

#[test]
fn two_of_three_is_decided_as_in_the_guide() {
    check(2, "0 - X - X", ["ALARM"; 4]);
    check(2, "0 0 X 0 X", ["ALARM"; 4]);
    check(2, "0 - X - -", ["OK", "OK", "ALARM", "OK"]);
    check(2, "- - - - 0", ["OK", "OK", "ALARM", "OK"]);
    check(2, "- - - X -", ["ALARM", "=", "ALARM", "OK"]);
}

fn alarm(comparison: Comparison, needed: usize, n_periods: usize) -> Alarm {
    Alarm {
        comparison,
        evaluation_periods: n_periods,
        datapoints_to_alarm: needed,
        missing: Missing::default(),
    }
}

fn series(values: &[f64]) -> Series {
    values.iter().enumerate().map(|(at, value)| (i64::try_from(at).unwrap(), *value)).collect()
}

#[test]
fn an_alarm_begins_with_its_last_point_and_ends_with_the_first_that_is_well() {
    let series = series(&[1.0, 9.0, 9.0, 9.0, 1.0, 1.0]);
    let changes = alarm(Comparison::Greater, 2, 2).changes(&series, Threshold::Number(5.0), 0..6);
    let said: Vec<_> = changes.iter().map(|it| (it.at, it.to)).collect();
    assert_eq!(said, [(0, State::Ok), (2, State::Alarm), (4, State::Ok)]);
    assert_eq!(changes[1].points, [(2, 9.0), (1, 9.0)]);
}

#[test]
fn every_comparison_knows_its_edge() {
    let (lower, upper) = (series(&[1.0]), series(&[3.0]));
    let band = Threshold::Band(&lower, &upper);
    let breaching = |comparison, threshold| -> Vec<f64> {
        let all = [0.0, 1.0, 2.0, 3.0, 4.0];
        let alarm = alarm(comparison, 1, 1);
        all.into_iter().filter(|it| alarm.breaches(*it, 0, threshold).unwrap()).collect()
    };
    assert_eq!(breaching(Comparison::Greater, Threshold::Number(2.0)), [3.0, 4.0]);
    assert_eq!(breaching(Comparison::GreaterOrEqual, Threshold::Number(2.0)), [2.0, 3.0, 4.0]);
    assert_eq!(breaching(Comparison::Less, Threshold::Number(2.0)), [0.0, 1.0]);
    assert_eq!(breaching(Comparison::LessOrEqual, Threshold::Number(2.0)), [0.0, 1.0, 2.0]);
    assert_eq!(breaching(Comparison::Outside, band), [0.0, 4.0]);
    assert_eq!(breaching(Comparison::Greater, band), [4.0]);
    assert_eq!(breaching(Comparison::Less, band), [0.0]);
    assert_eq!(alarm(Comparison::Outside, 1, 1).breaches(f64::NAN, 0, band), None);
    assert_eq!(alarm(Comparison::Outside, 1, 1).breaches(9.0, 1, band), None);
}

/// Returns the moments at which a band of eight deviations sounds an alarm on a series by the
/// clock of a zone: quarter hours from a moment on, some without a value.
fn alarms(
    zone: &TimeZone,
    from: &str,
    n_days: i64,
    value: impl Fn(i64) -> Option<f64>,
) -> Vec<i64> {
    let from = from.parse::<jiff::Timestamp>().unwrap().as_second();
    let mut baseline = Baseline::new(Options::default());
    let (mut points, mut lower, mut upper) = (Series::new(), Series::new(), Series::new());
    let moments = || (0..n_days * 96).map(|index| from + index * 900);
    for at in moments() {
        let seconds = local_seconds(at, zone);
        if let Some(band) = baseline.band(seconds, 8.0) {
            lower.insert(at, band.lower);
            upper.insert(at, band.upper);
        }
        if let Some(value) = value(at) {
            points.insert(at, value);
            baseline.learn(Point { seconds, value });
        }
    }
    let band = Threshold::Band(&lower, &upper);
    let changes = alarm(Comparison::Outside, 3, 3).changes(&points, band, moments());
    changes.into_iter().filter(|it| it.to == State::Alarm).map(|it| it.at).collect()
}

/// People who work from nine to five by their own clock, and a little noise.
fn office(at: i64, zone: &TimeZone) -> f64 {
    let hour = local_seconds(at, zone).rem_euclid(86_400) / 3_600;
    let noise = f64::from(u8::try_from((at / 900 * 7_919).rem_euclid(97)).unwrap()) / 97.0;
    if (9..17).contains(&hour) { 100.0 + 5.0 * noise } else { 10.0 + 5.0 * noise }
}

#[test]
fn daylight_saving_sounds_no_alarm_by_local_time_and_one_by_utc() {
    let zone = TimeZone::get("Europe/Berlin").unwrap();
    let spring = jiff::civil::date(2026, 3, 29).to_zoned(TimeZone::UTC).unwrap().timestamp();
    let work = |at| Some(office(at, &zone));
    let after = |alarms: Vec<i64>| alarms.into_iter().filter(|at| spring.as_second() < *at).count();
    assert_eq!(after(alarms(&zone, "2026-03-01T00:00:00Z", 42, work)), 0);
    assert_ne!(after(alarms(&TimeZone::UTC, "2026-03-01T00:00:00Z", 42, work)), 0);
    // In autumn an hour of the night comes twice.
    assert_eq!(alarms(&zone, "2026-10-01T00:00:00Z", 42, work).len(), 0);
}

#[test]
fn a_gap_of_two_days_sounds_no_alarm() {
    let zone = TimeZone::UTC;
    let from = "2026-03-02T00:00:00Z";
    let start = from.parse::<jiff::Timestamp>().unwrap().as_second();
    let is_gap = |at: i64| (14..16).contains(&((at - start) / 86_400));
    let value = |at| Some(office(at, &zone)).filter(|_| !is_gap(at));
    // What the first days teach is little; what counts here is what comes behind the gap.
    let after: Vec<i64> =
        alarms(&zone, from, 28, value).into_iter().filter(|at| start + 14 * 86_400 < *at).collect();
    assert_eq!(after, [] as [i64; 0]);
}

#[test]
fn the_rate_of_a_counter_that_starts_anew_sounds_one_alarm_at_most() {
    let mut counter = 0.0;
    let counts: Series = (0..28 * 96)
        .map(|index| {
            counter = if index == 2_000 { 0.0 } else { counter + 30.0 };
            (index * 900, counter)
        })
        .collect();
    let frame = crate::Frame {
        start: 0,
        end: 28 * 86_400,
        period: 900,
        options: Options::default(),
        zone: TimeZone::UTC,
    };
    let all = [("m1".to_owned(), crate::Value::Series(counts))].into();
    // A counter that fell was set back: what it counted since is its rate.
    let rate = crate::Expression::parse("IF(DIFF(m1) >= 0, RATE(m1))").unwrap();
    let crate::Value::Series(rate) = rate.value(&all, &frame).unwrap() else { panic!() };
    let changes =
        alarm(Comparison::Greater, 1, 1).changes(&rate, Threshold::Number(0.1), frame.moments());
    assert!(changes.iter().all(|it| it.to != State::Alarm), "{changes:?}");
    let plain = crate::Expression::parse("RATE(m1)").unwrap().value(&all, &frame).unwrap();
    let crate::Value::Series(plain) = plain else { panic!() };
    let changes =
        alarm(Comparison::Less, 1, 1).changes(&plain, Threshold::Number(0.0), frame.moments());
    assert_eq!(changes.iter().filter(|it| it.to == State::Alarm).count(), 1);
}

#[test]
fn a_constant_series_and_a_single_point_sound_no_alarm() {
    let zone = TimeZone::UTC;
    assert_eq!(alarms(&zone, "2026-03-02T00:00:00Z", 21, |_| Some(45.0)), [] as [i64; 0]);
    let first = "2026-03-02T00:00:00Z".parse::<jiff::Timestamp>().unwrap().as_second();
    let single = |at| Some(45.0).filter(|_| at == first);
    assert_eq!(alarms(&zone, "2026-03-02T00:00:00Z", 21, single), [] as [i64; 0]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_value_breaks_an_alarm_or_its_states_order(
        values in prop::collection::vec(
            prop_oneof![4 => -1e9..1e9_f64, 1 => any::<f64>(), 1 => Just(f64::NAN)], 1..200,
        ),
        needed in 0..9_usize,
        n_periods in 0..6_usize,
        missing in prop::sample::select(ALL.to_vec()),
    ) {
        let alarm = Alarm { missing, ..alarm(Comparison::Outside, needed, n_periods) };
        let series = series(&values);
        let n_values = i64::try_from(values.len()).unwrap();
        let changes = alarm.changes(&series, Threshold::Number(1.0), 0..n_values);
        let mut state = State::InsufficientData;
        for change in changes {
            prop_assert_eq!(change.from, state);
            prop_assert_ne!(change.from, change.to);
            state = change.to;
        }
    }
}
