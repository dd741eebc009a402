//! The score of the Numenta Anomaly Benchmark, version 1.1.
//!
//! Every row gets a weight: what raising an alarm there is worth. Inside a labelled window the
//! earliest alarm counts and is worth more the earlier it comes; outside, every alarm costs.
//! One threshold holds for the whole corpus. See "Evaluating Real-time Anomaly Detection
//! Algorithms" (arXiv 1510.03336).

/// What detections and mistakes weigh.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Profile {
    pub true_positive: f64,
    pub false_negative: f64,
    pub false_positive: f64,
}

/// The benchmark's three profiles: standard, reward low FP rate, reward low FN rate.
pub(crate) const PROFILES: [Profile; 3] = [
    Profile { true_positive: 1.0, false_negative: 1.0, false_positive: 0.11 },
    Profile { true_positive: 1.0, false_negative: 1.0, false_positive: 0.22 },
    Profile { true_positive: 1.0, false_negative: 2.0, false_positive: 0.11 },
];

/// The first rows of a series in which nothing is scored, as a share and at most.
const PROBATION_SHARE: f64 = 0.15;
const PROBATION_ROWS_MAX: f64 = 0.15 * 5000.0;

/// From this many window widths behind a window, an alarm costs its full weight.
const FAR_BEHIND: f64 = 3.0;

/// First and last row of a labelled window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Rows {
    pub first: usize,
    pub last: usize,
}

impl Rows {
    #[expect(clippy::cast_precision_loss, reason = "a series has far fewer than 2^52 rows")]
    fn width(self) -> f64 {
        (self.last - self.first + 1) as f64
    }
}

/// One scored row: the detector's score, the worth of an alarm there, and the window it lies in.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scored {
    pub score: f64,
    pub worth: f64,
    pub window: Option<usize>,
}

/// One threshold and what the corpus scores with it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Outcome {
    pub threshold: f64,
    pub score: f64,
    pub false_positives: usize,
    pub windows_hit: usize,
}

/// Returns the rows behind probation, with what an alarm on each is worth.
///
/// `first_window` numbers the windows, so that those of several series stay apart.
pub(crate) fn worths(
    scores: &[f64],
    windows: &[Rows],
    profile: Profile,
    first_window: usize,
) -> Vec<Scored> {
    let probation = probation_rows(scores.len());
    let mut rows = Vec::with_capacity(scores.len().saturating_sub(probation));
    for (index, &score) in scores.iter().enumerate().skip(probation) {
        let inside = windows.iter().position(|each| each.first <= index && index <= each.last);
        let worth = match inside.and_then(|number| windows.get(number)) {
            Some(window) => profile.true_positive * worth_inside(index, *window),
            None => profile.false_positive * worth_outside(index, windows),
        };
        rows.push(Scored { score, worth, window: inside.map(|number| first_window + number) });
    }
    rows
}

/// Returns the outcome at a fixed threshold: an alarm is a score of at least that.
pub(crate) fn at_threshold(rows: &[Scored], threshold: f64, profile: Profile) -> Outcome {
    let mut sweep = Sweep::new(rows, profile);
    for row in rows.iter().filter(|row| threshold <= row.score) {
        sweep.alarm(row);
    }
    sweep.outcome(threshold)
}

/// Returns the outcome at the threshold that is best for these rows.
pub(crate) fn at_best_threshold(rows: &[Scored], profile: Profile) -> Outcome {
    let mut sorted: Vec<&Scored> = rows.iter().collect();
    sorted.sort_by(|one, other| other.score.total_cmp(&one.score));
    let mut sweep = Sweep::new(rows, profile);
    let mut best = sweep.outcome(1.1);
    for equal in sorted.chunk_by(|one, other| one.score.total_cmp(&other.score).is_eq()) {
        for row in equal {
            sweep.alarm(row);
        }
        let outcome = sweep.outcome(equal.first().map_or(0.0, |row| row.score));
        if best.score < outcome.score {
            best = outcome;
        }
    }
    best
}

/// Returns the score on the scale where silence is 0 and perfection 100.
#[expect(clippy::cast_precision_loss, reason = "there are far fewer than 2^52 windows")]
pub(crate) fn normalised(score: f64, n_windows: usize, profile: Profile) -> f64 {
    let silence = -(n_windows as f64) * profile.false_negative;
    let perfection = n_windows as f64 * profile.true_positive;
    100.0 * (score - silence) / (perfection - silence)
}

/// Returns how many rows at the start of a series are not scored.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "at most 750, never negative"
)]
pub(crate) fn probation_rows(n_rows: usize) -> usize {
    (PROBATION_SHARE * n_rows as f64).floor().min(PROBATION_ROWS_MAX) as usize
}

#[expect(clippy::cast_precision_loss, reason = "a series has far fewer than 2^52 rows")]
fn worth_inside(index: usize, window: Rows) -> f64 {
    let rows_left = (window.last - index + 1) as f64;
    scaled_sigmoid(-rows_left / window.width()) / scaled_sigmoid(-1.0)
}

#[expect(clippy::cast_precision_loss, reason = "a series has far fewer than 2^52 rows")]
fn worth_outside(index: usize, windows: &[Rows]) -> f64 {
    let Some(before) = windows.iter().rev().find(|each| each.last < index) else {
        return -1.0;
    };
    scaled_sigmoid((index - before.last) as f64 / (before.width() - 1.0))
}

/// Falls from 0.987 at the left edge of a window over 0 at its right edge to -1 far behind it.
fn scaled_sigmoid(position: f64) -> f64 {
    if FAR_BEHIND <= position {
        return -1.0;
    }
    2.0 / (1.0 + (5.0 * position).exp()) - 1.0
}

/// The score while the threshold falls and alarm after alarm is added.
struct Sweep {
    /// The worth of the best alarm in each window; the cost of missing it while there is none.
    windows: Vec<Option<f64>>,
    is_hit: Vec<bool>,
    cost: f64,
    false_positives: usize,
}

impl Sweep {
    fn new(rows: &[Scored], profile: Profile) -> Self {
        let n_windows = rows.iter().filter_map(|row| row.window).max().map_or(0, |last| last + 1);
        let mut windows = vec![None; n_windows];
        for number in rows.iter().filter_map(|row| row.window) {
            if let Some(window) = windows.get_mut(number) {
                *window = Some(-profile.false_negative);
            }
        }
        Self { windows, is_hit: vec![false; n_windows], cost: 0.0, false_positives: 0 }
    }

    fn alarm(&mut self, row: &Scored) {
        let Some(number) = row.window else {
            self.cost += row.worth;
            self.false_positives += 1;
            return;
        };
        if let Some(Some(worth)) = self.windows.get_mut(number) {
            *worth = worth.max(row.worth);
        }
        if let Some(is_hit) = self.is_hit.get_mut(number) {
            *is_hit = true;
        }
    }

    fn outcome(&self, threshold: f64) -> Outcome {
        Outcome {
            threshold,
            score: self.cost + self.windows.iter().flatten().sum::<f64>(),
            false_positives: self.false_positives,
            windows_hit: self.is_hit.iter().filter(|hit| **hit).count(),
        }
    }
}
