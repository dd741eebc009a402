//! How much of a beat may be left to chance until it is no longer found, beside the formula that
//! is best known for this.

use std::collections::BTreeMap;

use expect_test::expect;
use haechi_catalog::{Detection, Source};
use serde_json::{Value, json};

use crate::{examples, reader, zeek};

/// Numbers that look like chance, the same on every run.
struct Chance(u64);

impl Chance {
    fn number(&mut self) -> f64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        #[expect(clippy::cast_precision_loss, reason = "53 bits fit")]
        let number = (self.0 >> 11) as f64;
        number / 9_007_199_254_740_992.0
    }
}

/// Moments a beat apart, each beat up to `jitter` of its length shorter or longer.
fn beat(minutes: f64, jitter: f64, chance: &mut Chance) -> Vec<f64> {
    moments(|chance| minutes * 60.0 * (1.0 + jitter * (2.0 * chance.number() - 1.0)), chance)
}

/// Moments that do not know of each other.
fn noise(minutes: f64, chance: &mut Chance) -> Vec<f64> {
    moments(|chance| -minutes * 60.0 * (1.0 - chance.number()).ln(), chance)
}

/// A day of moments, as a flow log of one minute has them: no finer than its window.
fn moments(gap: impl Fn(&mut Chance) -> f64, chance: &mut Chance) -> Vec<f64> {
    let mut moments = Vec::new();
    let mut now = 1_780_000_000.0;
    while now < 1_780_086_400.0 && moments.len() < 500 {
        now += gap(chance);
        moments.push((now / 60.0).floor() * 60.0);
    }
    moments
}

#[expect(clippy::cast_possible_truncation, reason = "seconds since 1970 fit")]
fn is_found(moments: &[f64]) -> bool {
    let mut flows: Vec<Value> = Vec::new();
    for (index, moment) in moments.iter().enumerate() {
        let start = *moment as i64;
        let one_way = |from: &str, to: &str, ports: (usize, usize), bytes: i64| {
            json!({
                "version": "2", "account-id": "111122223333", "interface-id": "eni-0a1b2c3d",
                "srcaddr": from, "dstaddr": to, "srcport": ports.0, "dstport": ports.1,
                "protocol": 6, "packets": 6, "bytes": bytes, "start": start, "end": start + 59,
                "action": "ACCEPT", "log-status": "OK",
            })
        };
        let port = 40_000 + index % 20_000;
        flows.push(one_way("10.0.0.5", "203.0.113.9", (port, 443), 700));
        flows.push(one_way("203.0.113.9", "10.0.0.5", (443, port), 900));
    }
    let is_beacon = |it: &Detection| it.name == "command-and-control/beacon";
    let rows = |source: &Source| reader::batch(source, &flows);
    !examples::found_by("vpc_flow", &is_beacon, &rows).is_empty()
}

#[test]
fn chance_does_not_hide_a_beat_and_does_not_make_one() {
    let mut chance = Chance(1);
    let (mut beats, mut missed) = (Vec::new(), Vec::new());
    for minutes in [1.0, 2.0, 5.0, 10.0, 20.0, 30.0] {
        for jitter in [0.0, 0.1, 0.2, 0.3, 0.4, 0.5] {
            let moments = beat(minutes, jitter, &mut chance);
            if !is_found(&moments) {
                missed.push(format!("{minutes}±{:.0}%", jitter * 100.0));
            }
            beats.push(formula(&moments));
        }
    }
    let mut noises = Vec::new();
    let mut n_false = 0;
    for minutes in [0.3, 0.5, 1.0, 2.0, 3.0, 5.0, 10.0, 20.0] {
        for _ in 0..4 {
            let moments = noise(minutes, &mut chance);
            n_false += usize::from(is_found(&moments));
            noises.push(formula(&moments));
        }
    }
    let loudest = noises.iter().copied().fold(0.0, f64::max);
    let n_by_formula = beats.iter().filter(|score| loudest < **score).count();
    let found = format!(
        "{} beats, missed: {}\n{n_false} of {} noises raised\n\
         by the formula, with no noise raised: {n_by_formula} beats\n",
        beats.len(),
        missed.join(" "),
        noises.len(),
    );
    expect![[r#"
        36 beats, missed: 2±50%
        0 of 32 noises raised
        by the formula, with no noise raised: 24 beats
    "#]]
    .assert_eq(&found);
}

#[test]
fn corpus_the_formula_ranks_others_above_the_beacon() {
    let folder = zeek::corpus().join("flows-zeek-internet-facing-vm/2024-04-19");
    let mut pairs: BTreeMap<[String; 3], Vec<f64>> = BTreeMap::new();
    for record in zeek::records(&folder, "conn") {
        if record["proto"] == "tcp" && record.contains_key("resp_bytes") {
            let pair = ["id.orig_h", "id.resp_h", "id.resp_p"].map(|key| record[key].clone());
            pairs.entry(pair).or_default().push(record["ts"].parse().unwrap());
        }
    }
    pairs.retain(|_, moments| 4 <= moments.len());
    // The beacon is the pair with the most connections to the web server.
    let web = pairs.iter().filter(|(pair, _)| pair[2] == "80");
    let beacon = web.max_by_key(|(_, moments)| moments.len()).map(|(_, moments)| formula(moments));
    let beacon = beacon.unwrap();
    let n_above = pairs.values().filter(|moments| beacon < formula(moments)).count();
    let found = format!("{n_above} of {} pairs above {beacon:.2}\n", pairs.len());
    expect![[r#"
        1 of 339 pairs above 0.95
    "#]]
    .assert_eq(&found);
}

/// The score of RITA 5 for moments whose connections are all of one size: the mean of how regular
/// intervals are, how regular sizes are (1 here), how even the hours are, and how long it lasts.
fn formula(moments: &[f64]) -> f64 {
    let mut sorted: Vec<f64> = moments.iter().map(|moment| moment.floor()).collect();
    sorted.sort_by(f64::total_cmp);
    sorted.dedup();
    let mut gaps: Vec<f64> = sorted.windows(2).map(|pair| pair[1] - pair[0]).collect();
    gaps.sort_by(f64::total_cmp);
    if gaps.len() < 3 {
        return 0.0;
    }
    (regularity(&gaps) + 1.0 + evenness(&sorted) + duration(&sorted)) / 4.0
}

fn quantile(sorted: &[f64], share: f64) -> f64 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "an index"
    )]
    let at = ((sorted.len() - 1) as f64 * share).round() as usize;
    sorted[at]
}

fn regularity(gaps: &[f64]) -> f64 {
    let [low, middle, high] = [0.25, 0.5, 0.75].map(|share| quantile(gaps, share));
    let is_flat = high - low < 10.0 || (middle - low).abs() < 1e-9 || (high - middle).abs() < 1e-9;
    let skew = if is_flat { 0.0 } else { (low + high - 2.0 * middle) / (high - low) };
    let mut away: Vec<f64> = gaps.iter().map(|gap| (gap - middle).abs()).collect();
    away.sort_by(f64::total_cmp);
    let spread = ((middle - quantile(&away, 0.5)) / middle).max(0.0);
    f64::midpoint(1.0 - skew.abs(), spread)
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "an hour of the day")]
fn hours(moments: &[f64]) -> [f64; 24] {
    let mut hours = [0.0; 24];
    for moment in moments {
        hours[((moment - moments[0]) / 3_600.0) as usize % 24] += 1.0;
    }
    hours
}

fn evenness(moments: &[f64]) -> f64 {
    let hours = hours(moments);
    let mean = hours.iter().sum::<f64>() / 24.0;
    let spread = (hours.iter().map(|hour| (hour - mean).powi(2)).sum::<f64>() / 24.0).sqrt();
    (1.0 - spread / mean).max(0.0)
}

fn duration(moments: &[f64]) -> f64 {
    let hours = hours(moments);
    let n_busy = hours.iter().filter(|hour| 0.0 < **hour).count();
    if n_busy < 6 {
        return 0.0;
    }
    let coverage = (moments[moments.len() - 1] - moments[0]) / 86_400.0;
    let (mut run, mut longest) = (0.0_f64, 0.0_f64);
    for hour in hours {
        run = if 0.0 < hour { run + 1.0 } else { 0.0 };
        longest = longest.max(run);
    }
    coverage.max(longest / 12.0).min(1.0)
}
