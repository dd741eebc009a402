//! Bursts planted into invented calls: how many are found, how soon, and what is found besides.

use haechi_baseline::{Direction, Surges};

use crate::compare::print;

const DAY: i64 = 1440;

/// How long each series is, and when its burst may come.
const DAYS: i64 = 28;
const BURST_DAYS: std::ops::Range<i64> = 14..28;

/// How long a burst lasts.
const BURST_MINUTES: i64 = 30;

/// Series of each kind and factor.
const SERIES: u64 = 200;

/// A kind of API: calls expected in a minute of a series, and how much they clump.
struct Rhythm {
    name: &'static str,
    calls: fn(i64, u64) -> f64,
    /// How many calls come together, on average.
    clump: f64,
}

const RHYTHMS: &[Rhythm] = &[
    Rhythm { name: "steady, 5 a minute", calls: |_, _| 5.0, clump: 1.0 },
    Rhythm { name: "steady, 1 a minute", calls: |_, _| 1.0, clump: 1.0 },
    Rhythm { name: "office hours, 10 a minute", calls: office, clump: 2.0 },
    Rhythm { name: "clumps of 5, 1 a minute", calls: |_, _| 1.0, clump: 5.0 },
    Rhythm { name: "clumps of 20, 2 a minute", calls: |_, _| 2.0, clump: 20.0 },
    Rhythm { name: "nightly job beside 0.2 a minute", calls: nightly, clump: 1.0 },
    Rhythm { name: "nightly job and nothing else", calls: rare_job, clump: 1.0 },
    Rhythm { name: "weekly job beside 0.2 a minute", calls: weekly, clump: 1.0 },
    Rhythm { name: "two deployments a working day", calls: deployments, clump: 1.0 },
];

fn is_working(minute: i64) -> bool {
    let is_weekend = matches!(minute / DAY % 7, 5 | 6);
    (480..1080).contains(&(minute % DAY)) && !is_weekend
}

fn office(minute: i64, _: u64) -> f64 {
    if is_working(minute) { 10.0 } else { 0.5 }
}

fn nightly(minute: i64, _: u64) -> f64 {
    if (120..135).contains(&(minute % DAY)) { 60.0 } else { 0.2 }
}

fn rare_job(minute: i64, seed: u64) -> f64 {
    // A few minutes earlier or later each night.
    let start = 120 + draw(minute / DAY, seed) % 8;
    if (start..start + 7).contains(&(minute % DAY)) { 12.0 } else { 0.0 }
}

fn weekly(minute: i64, _: u64) -> f64 {
    if minute / DAY % 7 == 6 && (180..200).contains(&(minute % DAY)) { 40.0 } else { 0.2 }
}

/// Ten minutes each, at any time of the working day, some of them four times as large as others.
fn deployments(minute: i64, seed: u64) -> f64 {
    let day = minute / DAY;
    let is_one = |nth: i64| {
        let start = 480 + draw(day * 2 + nth, seed) % 590;
        (start..start + 10).contains(&(minute % DAY)) && is_working(minute)
    };
    let size = |nth: i64| [5.0, 8.0, 12.0, 20.0].get(usize::from(nth % 4 == 0) * 3).copied();
    [0, 1]
        .into_iter()
        .filter(|nth| is_one(*nth))
        .filter_map(|nth| size(draw(day, seed) + nth))
        .sum()
}

/// Returns a number below 1,000 that is the same in every run.
fn draw(number: i64, seed: u64) -> i64 {
    let mut dice = Dice(seed.wrapping_mul(31).wrapping_add(number.unsigned_abs()) + 1);
    (0..3).for_each(|_| {
        dice.uniform();
    });
    dice.minute(0, 1_000)
}

/// What was found in many series.
#[derive(Default)]
struct Tally {
    found: u32,
    delays: i64,
    false_alarms: u32,
}

/// Prints a line for each rhythm and factor.
pub(crate) fn run() {
    print(&format!("{SERIES} series of {DAYS} days each, one burst of {BURST_MINUTES} minutes"));
    print(
        "rhythm                            factor   found  delay min  false alarms / 1,000 series-days",
    );
    for rhythm in RHYTHMS {
        for factor in [3.0, 10.0, 100.0] {
            let mut tally = Tally::default();
            for seed in 0..SERIES {
                tally.add(rhythm, factor, seed);
            }
            tally.print(rhythm.name, factor);
        }
    }
}

impl Tally {
    fn add(&mut self, rhythm: &Rhythm, factor: f64, seed: u64) {
        let mut dice = Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) + 1);
        let burst = dice.minute(BURST_DAYS.start * DAY, BURST_DAYS.end * DAY - BURST_MINUTES);
        let calls = |minute| (rhythm.calls)(minute, seed);
        let mean = (0..7 * DAY).map(calls).sum::<f64>() / as_number(7 * DAY);
        let mut surges = Surges::new(0);
        let mut known = None;
        for minute in 0..DAYS * DAY {
            let is_burst = (burst..burst + BURST_MINUTES).contains(&minute);
            let planted = if is_burst { factor * mean } else { 0.0 };
            let usual = rhythm.clump * f64::from(dice.poisson(calls(minute) / rhythm.clump));
            let all = usual + f64::from(dice.poisson(planted));
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count")]
            let all = all as u32;
            if 0 < all {
                surges.add(minute, all);
            }
            if is_burst && known.is_none() && surges.surging().is_some() {
                known = Some(minute + 1);
            }
        }
        let mut is_found = false;
        for surge in surges.finish(DAYS * DAY) {
            let overlaps =
                burst <= surge.last.unwrap_or(DAYS * DAY) && surge.first < burst + BURST_MINUTES;
            if surge.direction == Direction::Above && overlaps {
                is_found = true;
            } else {
                self.false_alarms += 1;
            }
        }
        if is_found {
            self.found += 1;
            self.delays += known.unwrap_or(burst + BURST_MINUTES) - burst;
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "small counts")]
    fn print(&self, name: &str, factor: f64) {
        let series = SERIES as f64;
        print(&format!(
            "{name:33} {factor:6.0} {:6.1}% {:10.1} {:10.2}",
            100.0 * f64::from(self.found) / series,
            self.delays as f64 / f64::from(self.found.max(1)),
            1000.0 * f64::from(self.false_alarms) / (series * DAYS as f64),
        ));
    }
}

/// Numbers that are the same in every run.
struct Dice(u64);

impl Dice {
    fn uniform(&mut self) -> f64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        #[expect(clippy::cast_precision_loss, reason = "53 bits")]
        let number = (self.0 >> 11) as f64;
        number / 9_007_199_254_740_992.0
    }

    fn minute(&mut self, from: i64, to: i64) -> i64 {
        #[expect(clippy::cast_possible_truncation, reason = "less than `to`")]
        let into = (self.uniform() * as_number(to - from)) as i64;
        from + into
    }

    /// Returns a count with this mean, at most 100 times the mean's share of a thousand at a time.
    fn poisson(&mut self, mean: f64) -> u32 {
        /// The product of more factors would round to nothing.
        const MEAN_MAX: f64 = 500.0;
        let mut left = mean;
        let mut count = 0;
        while 0.0 < left {
            let part = left.min(MEAN_MAX);
            left -= part;
            let limit = (-part).exp();
            let mut product = self.uniform();
            while limit < product {
                count += 1;
                product *= self.uniform();
            }
        }
        count
    }
}

#[expect(clippy::cast_precision_loss, reason = "minutes, far below 2^52")]
fn as_number(minutes: i64) -> f64 {
    minutes as f64
}
