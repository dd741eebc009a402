//! What bands and scores cost.

use anyhow::Result;
use haechi_baseline::{Baseline, Detector, Options, Point};

use crate::compare::print;
use crate::usage::usage;

/// Two weeks of minutes.
const POINTS: i64 = 14 * 1440;

/// Trains this many series in turn.
const SERIES: i64 = 1_000;

/// Prints points a CPU second, and bytes a series.
pub(crate) fn run() -> Result<()> {
    let points: Vec<Point> = (0..POINTS).map(point).collect();
    let mut check = 0.0;

    let began = usage()?.cpu_seconds;
    let mut trained = Baseline::new(Options::default());
    for _ in 0..SERIES {
        trained = Baseline::new(Options::default());
        for point in &points {
            trained.learn(*point);
        }
    }
    report("training bands", SERIES * POINTS, usage()?.cpu_seconds - began, trained.memory_bytes());

    let began = usage()?.cpu_seconds;
    for index in 0..100 * POINTS {
        let later = point(POINTS + index % 100_000);
        check += trained.judge(later, 2.0).map_or(0.0, |verdict| verdict.band.upper);
    }
    report("judging by bands", 100 * POINTS, usage()?.cpu_seconds - began, trained.memory_bytes());

    let began = usage()?.cpu_seconds;
    let mut detector = Detector::default();
    for _ in 0..100 {
        detector = Detector::default();
        for point in &points {
            check += detector.observe(*point).score;
        }
    }
    report("scoring points", 100 * POINTS, usage()?.cpu_seconds - began, detector.memory_bytes());
    print(&format!("(sum {check:.0}: nothing was left out)"));
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
fn report(what: &str, points: i64, seconds: f64, bytes: usize) {
    let rate = points as f64 / seconds.max(1e-9);
    print(&format!(
        "{what:18} {seconds:7.2} CPU s  {rate:12.0} points/s  {bytes:6} bytes a series"
    ));
}

/// A working day with noise that is the same in every run.
#[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
fn point(index: i64) -> Point {
    let hour = (index % 1440) as f64 / 60.0;
    let noise = ((index * 7919) % 1009) as f64 / 100.0;
    let value = 100.0 + 40.0 * (std::f64::consts::TAU * (hour - 14.0) / 24.0).sin() + noise;
    Point { seconds: index * 60, value }
}
