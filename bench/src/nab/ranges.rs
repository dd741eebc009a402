//! Measures beside the benchmark's own: VUS-PR, range F1 and delay.

use super::scorer::{Rows, probation_rows};

/// How many thresholds the area under the curve is taken from.
const THRESHOLDS: usize = 250;

/// The widest border around a label, in rows. The paper takes the length of a period; a fixed one
/// keeps the files comparable.
const BORDER_MAX: usize = 100;

/// Borders are tried in steps of this many rows.
const BORDER_STEP: usize = 10;

/// What one threshold finds in one series.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Ranges {
    pub windows: usize,
    pub windows_hit: usize,
    pub alarms: usize,
    pub alarms_inside: usize,
    /// Summed over the windows hit: the share of the window that passed before its first alarm.
    pub delay: f64,
}

impl Ranges {
    /// Counts runs of alarms behind probation against the labelled windows.
    pub(crate) fn of(scores: &[f64], windows: &[Rows], threshold: f64) -> Self {
        let probation = probation_rows(scores.len());
        let is_alarm = |row: usize| scores.get(row).is_some_and(|score| threshold <= *score);
        let mut ranges = Self { windows: windows.len(), ..Self::default() };
        for window in windows {
            let first = (window.first.max(probation)..=window.last).find(|row| is_alarm(*row));
            if let Some(first) = first {
                ranges.windows_hit += 1;
                ranges.delay += share(first - window.first, window.last - window.first + 1);
            }
        }
        for row in probation..scores.len() {
            let starts = is_alarm(row) && (row == probation || !is_alarm(row - 1));
            if starts {
                ranges.alarms += 1;
                let inside = windows.iter().any(|each| each.first <= row && row <= each.last);
                ranges.alarms_inside += usize::from(inside);
            }
        }
        ranges
    }

    /// Adds what was found in another series.
    pub(crate) fn add(&mut self, other: Self) {
        self.windows += other.windows;
        self.windows_hit += other.windows_hit;
        self.alarms += other.alarms;
        self.alarms_inside += other.alarms_inside;
        self.delay += other.delay;
    }

    /// The harmonic mean of: windows that have an alarm, runs of alarms that start in a window.
    pub(crate) fn f1(&self) -> f64 {
        let recall = share(self.windows_hit, self.windows);
        let precision = share(self.alarms_inside, self.alarms);
        if recall + precision <= 0.0 {
            return 0.0;
        }
        2.0 * recall * precision / (recall + precision)
    }

    /// The mean share of a window that passes before its first alarm.
    pub(crate) fn mean_delay(&self) -> f64 {
        if self.windows_hit == 0 { 1.0 } else { self.delay / share(self.windows_hit, 1) }
    }
}

/// Returns the volume under the surface of range precision and recall (Paparrizos and others,
/// PVLDB 2022), the mean over borders of different widths; `None` where nothing is labelled.
pub(crate) fn volume_under_surface(scores: &[f64], windows: &[Rows]) -> Option<f64> {
    if windows.is_empty() {
        return None;
    }
    let mut sorted: Vec<(f64, usize)> = scores.iter().copied().zip(0..).collect();
    sorted.sort_by(|one, other| other.0.total_cmp(&one.0));
    let borders: Vec<usize> = (0..=BORDER_MAX).step_by(BORDER_STEP).collect();
    let sum: f64 = borders.iter().map(|border| area(&sorted, windows, *border)).sum();
    Some(sum / share(borders.len(), 1))
}

/// Returns the area under range precision over range recall for one width of the border.
fn area(sorted: &[(f64, usize)], windows: &[Rows], border: usize) -> f64 {
    let labels = soft_labels(sorted.len(), windows, border);
    let hard: f64 = windows.iter().map(|each| share(each.last - each.first + 1, 1)).sum();
    let positives = f64::midpoint(hard, labels.iter().sum());
    let (mut area, mut recall_before, mut found, mut n_alarms) = (0.0, 0.0, 0.0, 0);
    let mut is_hit = vec![false; windows.len()];
    let step = sorted.len().div_ceil(THRESHOLDS).max(1);
    for (position, equal) in runs(sorted) {
        for (_, row) in equal {
            found += labels.get(*row).copied().unwrap_or_default();
            for (hit, window) in is_hit.iter_mut().zip(windows) {
                let reach = window.first.saturating_sub(border / 2)..=window.last + border / 2;
                *hit |= reach.contains(row);
            }
        }
        n_alarms += equal.len();
        let is_sampled = position / step != (position + equal.len()) / step;
        if is_sampled || n_alarms == sorted.len() {
            let existence = share(is_hit.iter().filter(|hit| **hit).count(), windows.len());
            let recall = (found / positives).min(1.0) * existence;
            area += (recall - recall_before) * (found / share(n_alarms, 1));
            recall_before = recall;
        }
    }
    area
}

/// Returns each run of equal scores with its position.
fn runs(sorted: &[(f64, usize)]) -> impl Iterator<Item = (usize, &[(f64, usize)])> {
    let mut position = 0;
    sorted.chunk_by(|one, other| one.0.total_cmp(&other.0).is_eq()).map(move |run| {
        let start = position;
        position += run.len();
        (start, run)
    })
}

/// Returns 1 inside windows, and what the border leaves beside them.
fn soft_labels(n_rows: usize, windows: &[Rows], border: usize) -> Vec<f64> {
    let mut labels = vec![0.0_f64; n_rows];
    for window in windows {
        let from = window.first.saturating_sub(border / 2);
        for (row, label) in labels.iter_mut().enumerate().skip(from) {
            let beside = window.first.saturating_sub(row).max(row.saturating_sub(window.last));
            if window.last < row && border / 2 < beside {
                break;
            }
            let soft = if beside == 0 { 1.0 } else { (1.0 - share(beside, border)).sqrt() };
            *label = (*label + soft).min(1.0);
        }
    }
    labels
}

#[expect(clippy::cast_precision_loss, reason = "a series has far fewer than 2^52 rows")]
fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}
