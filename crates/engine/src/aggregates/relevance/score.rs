//! The arithmetic of relevance: shares, and what chance makes of them.

use crate::functions::{number_text, read_number};

/// How often each value is there, in rows that match and in all others.
pub(super) struct Counts<'a> {
    pub(super) values: Vec<(&'a str, (u64, u64))>,
    pub(super) level: u32,
    pub(super) present: (u64, u64),
    pub(super) all: (u64, u64),
}

/// Score, largest shifts, and the medians where the values are numbers: of the rows that match and
/// of all others.
pub(super) type Relevance = (f64, Option<String>, Option<String>, Option<String>);

/// Numbers of fewer values are names.
const NUMBERS_MIN: usize = 10;
/// How many standard deviations chance may take.
const CHANCE: f64 = 3.0;
/// The same for the distance of two distributions (Kolmogorov and Smirnov), at one in a hundred.
const CHANCE_OF_DISTANCE: f64 = 1.63;
const CONTRIBUTORS: usize = 3;

impl Counts<'_> {
    pub(super) fn relevance(&self) -> Relevance {
        if self.all.0 == 0 || self.all.1 == 0 {
            return (0.0, None, None, None);
        }
        let missing = self.shift((
            self.all.0 - self.present.0.min(self.all.0),
            self.all.1 - self.present.1.min(self.all.1),
        ));
        let numbers = self.numbers();
        let medians = numbers
            .as_ref()
            .map(|numbers| (median(numbers, |it| it.0), median(numbers, |it| it.1)));
        let (conditional, baseline) = medians.unwrap_or_default();
        if let Some(numbers) = numbers.filter(|numbers| NUMBERS_MIN < numbers.len()) {
            let score = distance(&numbers).max(missing.abs());
            return (shown(score), None, conditional, baseline);
        }
        (shown(self.difference(missing)), self.contributors(), conditional, baseline)
    }

    /// Returns how much larger the share is in rows that match, less what chance would give.
    fn shift(&self, (matching, other): (u64, u64)) -> f64 {
        let (n, m) = (float(self.all.0), float(self.all.1));
        let (share, usual) = (float(matching) / n, float(other) / m);
        let pooled = (float(matching) + float(other)) / (n + m);
        let chance = CHANCE * (pooled * (1.0 - pooled) * (1.0 / n + 1.0 / m)).max(0.0).sqrt();
        let size = ((share - usual).abs() - chance).max(0.0);
        if share < usual { -size } else { size }
    }

    /// Returns half the sum of all differences.
    fn difference(&self, missing: f64) -> f64 {
        let shifts = self.values.iter().map(|(_, count)| self.shift(*count).abs());
        let scale = 2_f64.powi(i32::try_from(self.level).unwrap_or(0));
        shifts.sum::<f64>().mul_add(scale, missing.abs()) / 2.0
    }

    /// Returns the numbers, sorted, if all values are numbers.
    fn numbers(&self) -> Option<Vec<(f64, (u64, u64))>> {
        let number = |(value, count): &(&str, (u64, u64))| Some((read_number(value)?, *count));
        let mut numbers: Vec<_> = self.values.iter().map(number).collect::<Option<_>>()?;
        numbers.sort_by(|a, b| a.0.total_cmp(&b.0));
        (!numbers.is_empty()).then_some(numbers)
    }

    /// Returns the values whose shares differ most, in words.
    fn contributors(&self) -> Option<String> {
        let mut shifts: Vec<(f64, &str, (u64, u64))> =
            self.values.iter().map(|(value, count)| (self.shift(*count), *value, *count)).collect();
        shifts.retain(|shift| shift.0 != 0.0);
        shifts.sort_by(|a, b| b.0.abs().total_cmp(&a.0.abs()).then_with(|| a.1.cmp(b.1)));
        let percent =
            |part: u64, all: u64| number_text((1_000.0 * float(part) / float(all)).round() / 10.0);
        let word = |(_, value, count): &(f64, &str, (u64, u64))| {
            let (share, usual) = (percent(count.0, self.all.0), percent(count.1, self.all.1));
            format!("{value}: {share} % against {usual} %")
        };
        let words: Vec<String> = shifts.iter().take(CONTRIBUTORS).map(word).collect();
        (!words.is_empty()).then(|| words.join("; "))
    }
}

/// Returns the largest difference of the shares below one number.
fn distance(numbers: &[(f64, (u64, u64))]) -> f64 {
    let sum = |side: fn(&(u64, u64)) -> u64| float(numbers.iter().map(|it| side(&it.1)).sum());
    let (n, m) = (sum(|it| it.0).max(1.0), sum(|it| it.1).max(1.0));
    let (mut below, mut below_other, mut largest) = (0.0_f64, 0.0_f64, 0.0_f64);
    for (_, (matching, other)) in numbers {
        below += float(*matching) / n;
        below_other += float(*other) / m;
        largest = largest.max((below - below_other).abs());
    }
    (largest - CHANCE_OF_DISTANCE * (1.0 / n + 1.0 / m).sqrt()).max(0.0)
}

/// Returns the middle one of the numbers, each counted as often as it is there.
fn median(numbers: &[(f64, (u64, u64))], side: fn((u64, u64)) -> u64) -> Option<String> {
    let all: u64 = numbers.iter().map(|it| side(it.1)).sum();
    let mut n_before = 0;
    let middle = numbers.iter().find(|it| {
        n_before += side(it.1);
        0 < all && all.div_ceil(2) <= n_before
    });
    middle.map(|it| number_text(it.0))
}

/// Returns the score as it is shown.
fn shown(score: f64) -> f64 {
    (score.clamp(0.0, 1.0) * 1_000.0).round() / 1_000.0
}

#[expect(clippy::cast_precision_loss, reason = "shares need no more digits")]
fn float(number: u64) -> f64 {
    number as f64
}
