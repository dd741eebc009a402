//! What a baseline must do on any series, and on the usual ones.

use proptest::prelude::*;

use super::*;
use crate::verdict::Component;

const STEP: i64 = 300;
const DAY_STEPS: i64 = 288;

/// A sequence of numbers between 0 and 1, the same on every machine.
struct Noise(u64);

impl Noise {
    fn uniform(&mut self) -> f64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        #[expect(clippy::cast_precision_loss, reason = "53 bits")]
        let number = (self.0 >> 11) as f64;
        number / 9_007_199_254_740_992.0
    }

    fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.uniform()).sum::<f64>() - 6.0
    }
}

/// Two weeks and more of days with an evening peak, quieter at weekends.
fn season(seconds: i64) -> f64 {
    let hour = as_number(seconds.rem_euclid(86_400)) / 3600.0;
    let day = seconds.div_euclid(86_400).rem_euclid(7);
    let weekend = if day == 2 || day == 3 { 0.7 } else { 1.0 };
    100.0 + weekend * 40.0 * (std::f64::consts::TAU * (hour - 14.0) / 24.0).sin()
}

/// Returns the share of points outside the band in the weeks after the first two.
fn share_outside(width: f64, weeks: i64, mut value: impl FnMut(i64, &mut Noise) -> f64) -> f64 {
    let mut noise = Noise(7);
    let mut baseline = Baseline::new(Options::default());
    let (mut outside, mut judged) = (0, 0);
    for index in 0..weeks * 7 * DAY_STEPS {
        let seconds = index * STEP;
        let point = Point { seconds, value: value(seconds, &mut noise) };
        let verdict = baseline.observe(point, width);
        if 14 * DAY_STEPS <= index {
            judged += 1;
            outside += i32::from(verdict.unwrap().is_outside);
        }
    }
    f64::from(outside) / f64::from(judged)
}

#[track_caller]
fn check_coverage(value: impl Fn(i64, &mut Noise) -> f64) {
    for (width, nominal) in [(1.0, 0.3173), (2.0, 0.0455), (2.5, 0.0124), (3.0, 0.0027)] {
        let share = share_outside(width, 6, &value);
        assert!((share - nominal).abs() < 0.02, "width {width}: {share} outside, not {nominal}");
    }
}

#[test]
fn a_band_holds_what_it_promises_on_seasonal_noise() {
    check_coverage(|seconds, noise| season(seconds) + 5.0 * noise.normal());
}

#[test]
fn a_band_holds_what_it_promises_on_skewed_noise() {
    check_coverage(|seconds, noise| season(seconds) - 20.0 * (1.0 - noise.uniform()).ln());
}

#[test]
fn a_band_holds_what_it_promises_when_noise_follows_the_day() {
    check_coverage(|seconds, noise| season(seconds) * (1.0 + 0.1 * noise.normal()));
}

#[test]
fn a_trend_is_followed() {
    check_coverage(|seconds, noise| {
        season(seconds) + as_number(seconds) / 1e5 + 5.0 * noise.normal()
    });
}

/// Returns a baseline after four weeks of seasonal noise.
fn trained(options: Options) -> Baseline {
    let mut noise = Noise(7);
    let mut baseline = Baseline::new(options);
    for index in 0..28 * DAY_STEPS {
        let seconds = index * STEP;
        baseline.learn(Point { seconds, value: season(seconds) + 2.0 * noise.normal() });
    }
    baseline
}

const AFTER: i64 = 28 * 86_400;

#[test]
fn the_season_is_learned() {
    let baseline = trained(Options::default());
    for hour in 0..168 {
        let seconds = AFTER + hour * 3600;
        let expected = baseline.band(seconds, 2.0).unwrap().expected;
        assert!((expected - season(seconds)).abs() < 6.0, "hour {hour}: {expected}");
    }
}

#[test]
fn what_is_usual_in_the_evening_is_not_at_night() {
    let baseline = trained(Options::default());
    let night = AFTER + 8 * 3600;
    let verdict = baseline.judge(Point { seconds: night, value: 130.0 }, 3.0).unwrap();
    assert!(verdict.is_outside && verdict.component == Component::Day, "{verdict:?}");
    assert!(3.0 < verdict.deviations && 99.0 < verdict.percentile, "{verdict:?}");
}

#[test]
fn what_is_unusual_at_any_time_is_the_levels() {
    let verdict = trained(Options::default()).judge(Point { seconds: AFTER, value: 500.0 }, 3.0);
    assert_eq!(verdict.unwrap().component, Component::Level);
}

#[test]
fn outliers_in_training_do_not_widen_the_band() {
    let mut noise = Noise(7);
    let mut baseline = Baseline::new(Options::default());
    for index in 0..28 * DAY_STEPS {
        let seconds = index * STEP;
        let outlier = if index % 97 == 0 { 10_000.0 } else { 0.0 };
        baseline.learn(Point { seconds, value: season(seconds) + 2.0 * noise.normal() + outlier });
    }
    let band = baseline.band(AFTER, 2.0).unwrap();
    assert!((band.expected - season(AFTER)).abs() < 6.0, "{band:?}");
    assert!(band.upper - band.lower < 40.0, "{band:?}");
}

#[test]
fn excluded_moments_teach_nothing() {
    let mut with =
        Baseline::new(Options { excluded: vec![(86_400, 100_000)], ..Options::default() });
    let mut without =
        Baseline::new(Options { excluded: vec![(86_400, 100_000)], ..Options::default() });
    for index in 0..7 * DAY_STEPS {
        let point = Point { seconds: index * STEP, value: season(index * STEP) };
        with.learn(point);
        if !(86_400..=100_000).contains(&point.seconds) {
            without.learn(point);
        }
    }
    assert_eq!(with.band(7 * 86_400, 2.0), without.band(7 * 86_400, 2.0));
}

#[test]
fn bands_keep_to_what_is_possible() {
    let options = Options { lowest: Some(95.0), highest: Some(105.0), ..Options::default() };
    let band = trained(options).band(AFTER, 100.0).unwrap();
    assert_eq!((band.lower, band.upper), (95.0, 105.0));
}

#[test]
fn a_new_level_becomes_the_usual_one() {
    for (adaptation, days) in
        [(Adaptation::Fast, 1), (Adaptation::Normal, 3), (Adaptation::Slow, 8)]
    {
        let mut baseline = trained(Options { adaptation, ..Options::default() });
        for index in 0..days * DAY_STEPS {
            let seconds = AFTER + index * STEP;
            baseline.learn(Point { seconds, value: season(seconds) + 500.0 });
        }
        let seconds = AFTER + days * 86_400;
        let expected = baseline.band(seconds, 2.0).unwrap().expected;
        assert!((expected - season(seconds) - 500.0).abs() < 100.0, "{adaptation:?}: {expected}");
    }
}

#[test]
fn nothing_is_said_in_the_first_two_days() {
    let mut baseline = Baseline::new(Options::default());
    for index in 0..2 * DAY_STEPS {
        assert_eq!(baseline.observe(Point { seconds: index * STEP, value: 1.0 }, 2.0), None);
    }
    assert!(baseline.observe(Point { seconds: 2 * 86_400, value: 1.0 }, 2.0).is_some());
}

#[test]
fn an_hour_that_was_seen_twice_is_usual_on_the_third_day() {
    for step in [300, 900, 3_600] {
        let mut noise = Noise(7);
        let mut baseline = Baseline::new(Options::default());
        for seconds in (0..3 * 86_400_i64).step_by(step) {
            let is_work = (9..17).contains(&(seconds.rem_euclid(86_400) / 3_600));
            let value = if is_work { 100.0 } else { 10.0 } + 5.0 * noise.uniform();
            let verdict = baseline.observe(Point { seconds, value }, 8.0);
            assert!(!verdict.is_some_and(|it| it.is_outside), "step {step}: {verdict:?}");
        }
        let night = baseline.judge(Point { seconds: 3 * 86_400, value: 900.0 }, 8.0).unwrap();
        assert!(night.is_outside, "step {step}: {night:?}");
    }
}

#[test]
fn a_constant_series_holds_its_value_and_nothing_else() {
    let mut baseline = Baseline::new(Options::default());
    for index in 0..7 * DAY_STEPS {
        baseline.learn(Point { seconds: index * STEP, value: 45.0 });
    }
    let judge = |value| baseline.judge(Point { seconds: 7 * 86_400, value }, 2.0).unwrap();
    assert!(!judge(45.0).is_outside);
    assert!(judge(46.0).is_outside);
}

#[test]
fn a_series_takes_less_than_eight_kibibytes() {
    let bytes = trained(Options::default()).memory_bytes();
    assert!(bytes < 8192, "{bytes}");
}

#[test]
fn a_baseline_goes_on_after_it_was_written_down() {
    let mut baseline = trained(Options::default());
    let text = serde_json::to_string(&baseline).unwrap();
    let mut restored: Baseline = serde_json::from_str(&text).unwrap();
    for index in 0..DAY_STEPS {
        let seconds = AFTER + index * STEP;
        let point = Point { seconds, value: season(seconds) };
        let (one, other) = (restored.observe(point, 2.0), baseline.observe(point, 2.0));
        // serde_json reads the last digit of a number as it comes, so the last digit may differ.
        let (one, other) = (one.unwrap().band, other.unwrap().band);
        assert!((one.upper - other.upper).abs() < 1e-9, "{one:?} {other:?}");
        assert!((one.lower - other.lower).abs() < 1e-9, "{one:?} {other:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_series_gives_bands_in_order(
        values in prop::collection::vec(
            prop_oneof![4 => -100.0..100.0_f64, 1 => any::<f64>(), 1 => Just(f64::NAN)], 1..300,
        ),
        steps in prop::collection::vec(-7_200..40_000_i64, 300),
        width in 0.0..10.0_f64,
    ) {
        let mut baseline = Baseline::new(Options::default());
        let mut seconds = 0;
        for (value, step) in values.into_iter().zip(steps) {
            seconds += step;
            if let Some(verdict) = baseline.observe(Point { seconds, value }, width) {
                let Band { lower, expected, upper } = verdict.band;
                prop_assert!(lower <= expected && expected <= upper, "{:?}", verdict);
                prop_assert!((0.0..=100.0).contains(&verdict.percentile), "{:?}", verdict);
                prop_assert!(!verdict.deviations.is_nan());
            }
        }
    }
}
