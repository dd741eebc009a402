//! What the detector must do on any series, and on the invented ones it was made for.

use proptest::prelude::*;

use super::*;

/// A noise that is the same on every machine: the fraction of a multiple of the golden ratio.
fn noise(index: u32) -> f64 {
    (f64::from(index) * 0.618_033_988_749 * f64::from(index % 97 + 1)).fract() - 0.5
}

/// Two weeks of five-minute points with a working day in them.
fn working_days(index: u32) -> f64 {
    let hour = f64::from(index % 288) / 12.0;
    let is_day = (9.0..17.0).contains(&hour);
    (if is_day { 80.0 } else { 20.0 }) + 2.0 * noise(index)
}

fn scores(values: impl IntoIterator<Item = f64>) -> Vec<f64> {
    let mut detector = Detector::default();
    let points = values.into_iter().zip(0..);
    points
        .map(|(value, index)| detector.observe(Point { seconds: index * 300, value }).score)
        .collect()
}

/// Returns the points at which an alarm is raised after the first days.
fn alarms(value: impl Fn(u32) -> f64) -> Vec<usize> {
    let scores = scores((0..4032).map(value));
    let alarmed = scores.iter().enumerate().skip(604).filter(|(_, score)| ALARM_SCORE <= **score);
    alarmed.map(|(index, _)| index).collect()
}

#[test]
fn usual_days_raise_an_alarm_a_week_at_most() {
    let alarms = alarms(working_days);
    assert!(alarms.len() <= 2, "{alarms:?}");
}

#[test]
fn a_spike_is_reported_when_it_starts() {
    let spike = |index| if (3000..3003).contains(&index) { 400.0 } else { working_days(index) };
    let alarms = alarms(spike);
    assert!(alarms.contains(&3000), "{alarms:?}");
    assert!(!alarms.iter().any(|index| (3001..3100).contains(index)), "{alarms:?}");
}

#[test]
fn a_working_day_that_does_not_come_is_missed_within_the_hour() {
    // Day 10 stays as quiet as the night.
    let holiday = |index| if index / 288 == 10 { 20.0 } else { working_days(index) };
    let alarms = alarms(holiday);
    let opening = 10 * 288 + 9 * 12;
    let is_soon = |index: &usize| (opening..=opening + 12).contains(index);
    assert!(alarms.iter().any(is_soon), "{alarms:?}");
}

#[test]
fn a_level_shift_is_reported_once_not_at_every_point() {
    let shift = |index| working_days(index) + if 2900 <= index { 200.0 } else { 0.0 };
    let alarms = alarms(shift);
    let after: Vec<usize> = alarms.into_iter().filter(|index| 2900 <= *index).collect();
    assert_eq!(after.first(), Some(&2900));
    assert!(after.len() <= 3, "{after:?}");
}

#[test]
fn the_reason_names_what_surprised() {
    let mut detector = Detector::default();
    let mut reasons = Vec::new();
    for index in 0..11 * 288 {
        let value = if index / 288 == 10 { 20.0 } else { working_days(index) };
        let anomaly = detector.observe(Point { seconds: i64::from(index) * 300, value });
        if 10 * 288 <= index && ALARM_SCORE <= anomaly.score {
            reasons.extend(anomaly.reason);
        }
    }
    let is_low =
        |reason: &Reason| matches!(reason, Reason::BelowTheDay | Reason::LowForTheHour { .. });
    assert!(reasons.first().is_some_and(is_low), "{reasons:?}");
}

#[test]
fn a_constant_series_is_never_unusual() {
    assert!(scores(std::iter::repeat_n(45.0, 5000)).iter().all(|score| *score <= 0.0));
}

#[test]
fn a_series_takes_less_than_eight_kibibytes() {
    let mut detector = Detector::default();
    for index in 0..20_000_u32 {
        let value = working_days(index) * noise(index);
        detector.observe(Point { seconds: i64::from(index) * 300, value });
    }
    assert!(detector.memory_bytes() < 8192, "{} bytes", detector.memory_bytes());
}

#[test]
fn a_detector_goes_on_after_it_was_written_down() {
    let point = |index: u32| Point { seconds: i64::from(index) * 300, value: working_days(index) };
    let mut detector = Detector::default();
    for index in 0..1000 {
        detector.observe(point(index));
    }
    let text = serde_json::to_string(&detector).unwrap();
    let mut restored: Detector = serde_json::from_str(&text).unwrap();
    for index in 1000..2000 {
        assert_eq!(restored.observe(point(index)), detector.observe(point(index)));
    }
}

/// Any number that a file may hold.
fn any_value() -> impl Strategy<Value = f64> {
    prop_oneof![
        4 => -100.0..100.0_f64,
        1 => Just(0.0),
        1 => Just(f64::NAN),
        1 => any::<f64>(),
        1 => Just(f64::INFINITY),
        1 => Just(f64::MAX),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_scores_of_a_prefix_are_the_prefix_of_the_scores(
        values in prop::collection::vec(any_value(), 0..600),
        cut in 0.0..1.0_f64,
    ) {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "a small index")]
        let cut = (cut * values.len() as f64) as usize;
        let whole = scores(values.iter().copied());
        let prefix = scores(values[..cut].iter().copied());
        prop_assert_eq!(&whole[..cut], prefix.as_slice());
    }

    #[test]
    fn every_score_lies_between_zero_and_one(
        values in prop::collection::vec(any_value(), 0..600),
        steps in prop::collection::vec(-10_000..10_000_i64, 600),
    ) {
        let mut detector = Detector::default();
        let mut seconds = 0_i64;
        for (value, step) in values.into_iter().zip(steps) {
            seconds += step;
            let score = detector.observe(Point { seconds, value }).score;
            prop_assert!((0.0..=1.0).contains(&score), "{}", score);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(6))]

    #[test]
    fn units_do_not_matter(
        seed in 0..1000_u32,
        factor in prop::sample::select(vec![0.25, 8.0, 1024.0]),
    ) {
        let plain = scores((0..1200).map(|index| working_days(index + seed)));
        let scaled = scores((0..1200).map(|index| working_days(index + seed) * factor));
        for (one, other) in plain.iter().zip(&scaled) {
            prop_assert!((one - other).abs() < 1e-3, "{} and {}", one, other);
        }
    }
}
