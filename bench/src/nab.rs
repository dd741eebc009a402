//! The Numenta Anomaly Benchmark over a folder of labelled series.
//!
//! A change in a detector shows here as a change in figures, file by file.

mod corpus;
mod detectors;
mod ranges;
mod scorer;

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::Result;
use haechi_baseline::ALARM_SCORE;

use crate::compare::print;

use self::corpus::Series;
use self::detectors::{Contender, HAECHI, own};
use self::ranges::{Ranges, volume_under_surface};
use self::scorer::{
    Outcome, PROFILES, Profile, Scored, at_best_threshold, at_threshold, normalised, worths,
};

/// The scores of one contender on every series.
struct Run<'corpus> {
    series: &'corpus [Series],
    scores: Vec<Vec<f64>>,
}

/// Prints what every contender scores, peers given as `NAME=FOLDER` too; with `by_file`, on each
/// file.
pub(crate) fn run(folder: &Path, peers: &[String], by_file: bool) -> Result<()> {
    let peers = peers.iter().map(|peer| Contender::peer(peer)).collect::<Result<Vec<_>>>()?;
    let series = corpus::read(folder)?;
    let points: usize = series.iter().map(|each| each.points.len()).sum();
    let windows: usize = series.iter().map(|each| each.windows.len()).sum();
    print(&format!("{} series, {points} points, {windows} windows", series.len()));
    print(
        "detector            threshold           standard   low FP   low FN  FP rows  windows  VUS-PR  range F1  delay",
    );
    for contender in own().into_iter().chain(peers) {
        let run = Run::of(&contender, &series)?;
        run.print(&contender.name, None);
        if contender.name == HAECHI {
            run.print(&contender.name, Some(ALARM_SCORE));
        }
        print(&format!(
            "{:18} standard {:.2} when each folder is scored at the threshold best for the others",
            contender.name,
            run.without_own_folder()
        ));
        if by_file {
            run.print_files();
        }
    }
    Ok(())
}

impl<'corpus> Run<'corpus> {
    fn of(contender: &Contender, series: &'corpus [Series]) -> Result<Self> {
        let scores = series.iter().map(|each| contender.scores(each)).collect::<Result<_>>()?;
        Ok(Self { series, scores })
    }

    /// Prints one line: at the threshold that is best for each profile, as the benchmark's own
    /// table does it, or at a fixed one.
    fn print(&self, name: &str, fixed: Option<f64>) {
        let outcomes = PROFILES.map(|profile| self.outcome(profile, fixed));
        let scores = outcomes.map(|(_, score)| format!("{score:8.2}")).join(" ");
        let [(standard, _), ..] = outcomes;
        let ranges = self.ranges(standard.threshold);
        let kind = if fixed.is_some() { "fixed" } else { "best for standard" };
        print(&format!(
            "{name:18} {:.3} {kind:17} {scores} {:8} {:4}/{:<4} {:6.3} {:9.3} {:5.1}%",
            standard.threshold,
            standard.false_positives,
            ranges.windows_hit,
            ranges.windows,
            self.volume(),
            ranges.f1(),
            100.0 * ranges.mean_delay(),
        ));
    }

    fn outcome(&self, profile: Profile, fixed: Option<f64>) -> (Outcome, f64) {
        let (rows, n_windows) = self.rows(profile, |_| true);
        let outcome = match fixed {
            Some(threshold) => at_threshold(&rows, threshold, profile),
            None => at_best_threshold(&rows, profile),
        };
        (outcome, normalised(outcome.score, n_windows, profile))
    }

    /// Returns the standard score when the threshold for each folder comes from the others.
    fn without_own_folder(&self) -> f64 {
        let [standard, ..] = PROFILES;
        let folders: BTreeSet<&str> = self.series.iter().map(folder).collect();
        let mut sum = 0.0;
        for folder in folders {
            let (others, _) = self.rows(standard, |series| self::folder(series) != folder);
            let threshold = at_best_threshold(&others, standard).threshold;
            let (own, _) = self.rows(standard, |series| self::folder(series) == folder);
            sum += at_threshold(&own, threshold, standard).score;
        }
        let n_windows = self.series.iter().map(|series| series.windows.len()).sum();
        normalised(sum, n_windows, standard)
    }

    /// Returns the scored rows of some series, and how many windows those have.
    fn rows(&self, profile: Profile, is_taken: impl Fn(&Series) -> bool) -> (Vec<Scored>, usize) {
        let mut rows = Vec::new();
        let mut n_windows = 0;
        let pairs = self.series.iter().zip(&self.scores);
        for (series, scores) in pairs.filter(|(series, _)| is_taken(series)) {
            rows.extend(worths(scores, &series.windows, profile, n_windows));
            n_windows += series.windows.len();
        }
        (rows, n_windows)
    }

    fn ranges(&self, threshold: f64) -> Ranges {
        let mut sum = Ranges::default();
        for (series, scores) in self.series.iter().zip(&self.scores) {
            sum.add(Ranges::of(scores, &series.windows, threshold));
        }
        sum
    }

    #[expect(clippy::cast_precision_loss, reason = "there are far fewer than 2^52 series")]
    fn volume(&self) -> f64 {
        let pairs = self.series.iter().zip(&self.scores);
        let volumes: Vec<f64> = pairs
            .filter_map(|(series, scores)| volume_under_surface(scores, &series.windows))
            .collect();
        volumes.iter().sum::<f64>() / volumes.len().max(1) as f64
    }

    fn print_files(&self) {
        let [standard, ..] = PROFILES;
        let (best, _) = self.outcome(standard, None);
        for (series, scores) in self.series.iter().zip(&self.scores) {
            let rows = worths(scores, &series.windows, standard, 0);
            let outcome = at_threshold(&rows, best.threshold, standard);
            print(&format!(
                "  {:55} {:7.3} of {} windows, {} hit, {} false positives",
                series.name,
                outcome.score,
                series.windows.len(),
                outcome.windows_hit,
                outcome.false_positives,
            ));
        }
    }
}

/// Returns the folder of a series; both of the artificial ones count as one.
fn folder(series: &Series) -> &str {
    let folder = series.name.split('/').next().unwrap_or_default();
    if folder.starts_with("artificial") { "artificial" } else { folder }
}

#[cfg(test)]
mod tests;
