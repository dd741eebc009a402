//! What is scored: haechi's detector, plain ones that show what the corpus rewards, and what others
//! wrote into files.

use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use haechi_baseline::{Detector, Point};

use super::corpus::Series;

/// A name and the scores of a series under it.
pub(crate) struct Contender {
    pub name: String,
    scores: Scores,
}

enum Scores {
    /// Computed.
    Of(fn(&[Point]) -> Vec<f64>),
    /// Read from the last column of CSV files named like the series.
    In(PathBuf),
}

/// The name of our own detector, whose scores are meant to be held against one fixed threshold.
pub(crate) const HAECHI: &str = "haechi";

/// Returns the contenders that need no files, ours first.
pub(crate) fn own() -> [Contender; 3] {
    let own = |name: &str, scores| Contender { name: name.to_owned(), scores: Scores::Of(scores) };
    [own(HAECHI, haechi), own("windowed Gaussian", windowed_gaussian), own("silence", silence)]
}

impl Contender {
    /// Reads `NAME=FOLDER`.
    pub(crate) fn peer(argument: &str) -> Result<Self> {
        let (name, folder) = argument.split_once('=').context("a peer is given as NAME=FOLDER")?;
        Ok(Self { name: name.to_owned(), scores: Scores::In(folder.into()) })
    }

    /// Returns a score for each point of the series.
    pub(crate) fn scores(&self, series: &Series) -> Result<Vec<f64>> {
        let folder = match &self.scores {
            Scores::Of(scores) => return Ok(scores(&series.points)),
            Scores::In(folder) => folder,
        };
        let path = folder.join(&series.name);
        let text = std::fs::read_to_string(&path)
            .with_context(|| format!("cannot read the scores `{}`", path.display()))?;
        let score = |line: &str| {
            let last = line.rsplit(',').next().unwrap_or_default();
            last.trim().parse::<f64>().with_context(|| format!("`{last}` is no score"))
        };
        let scores: Vec<f64> = text
            .lines()
            .skip(1)
            .map(score)
            .collect::<Result<_>>()
            .with_context(|| format!("in `{}`", path.display()))?;
        let n_points = series.points.len();
        ensure!(scores.len() == n_points, "`{}` has not {n_points} scores", path.display());
        Ok(scores)
    }
}

fn haechi(points: &[Point]) -> Vec<f64> {
    let mut detector = Detector::default();
    points.iter().map(|point| detector.observe(*point).score).collect()
}

fn silence(points: &[Point]) -> Vec<f64> {
    vec![0.0; points.len()]
}

/// The benchmark's own simple baseline: how far a value lies from the mean of the last 6,400, as
/// one minus the tail of a normal distribution. Mean and deviation follow every 100 points.
fn windowed_gaussian(points: &[Point]) -> Vec<f64> {
    const WINDOW: usize = 6_400;
    const STEP: usize = 100;
    let values: Vec<f64> = points.iter().map(|point| point.value).collect();
    let mut scores = Vec::with_capacity(values.len());
    let mut normal = None;
    for (index, value) in values.iter().enumerate() {
        scores.push(normal.map_or(0.0, |normal| 1.0 - tail(*value, normal)));
        let seen = index + 1;
        if seen <= WINDOW {
            normal = values.get(..seen).map(moments);
        } else if (seen - WINDOW).is_multiple_of(STEP) {
            normal = values.get(seen - WINDOW..seen).map(moments);
        }
    }
    scores
}

#[expect(clippy::cast_precision_loss, reason = "at most the window")]
fn moments(values: &[f64]) -> (f64, f64) {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / n;
    let deviation = variance.sqrt();
    (mean, if deviation <= 0.0 { 1e-6 } else { deviation })
}

fn tail(value: f64, (mean, deviation): (f64, f64)) -> f64 {
    0.5 * complementary_error((value - mean).abs() / deviation / std::f64::consts::SQRT_2)
}

/// Returns erfc for arguments from 0, to about 1e-7 of itself: Numerical Recipes' Chebyshev fit.
fn complementary_error(x: f64) -> f64 {
    const FIT: [f64; 10] = [
        -1.265_512_23,
        1.000_023_68,
        0.374_091_96,
        0.096_784_18,
        -0.186_288_06,
        0.278_868_07,
        -1.135_203_98,
        1.488_515_87,
        -0.822_152_23,
        0.170_872_77,
    ];
    let t = 1.0 / (1.0 + 0.5 * x);
    let polynomial = FIT.iter().rev().fold(0.0, |sum, coefficient| sum * t + coefficient);
    t * (polynomial - x * x).exp()
}
