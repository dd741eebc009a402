//! A series as a chart of characters.

use std::fmt::Write;

/// One point of a chart.
#[derive(Clone, Copy, Debug)]
pub struct ChartPoint {
    /// When, in seconds since 1970.
    pub at: i64,
    /// The number.
    pub value: f64,
    /// The usual values, lower and upper, where they are known.
    pub band: Option<(f64, f64)>,
    /// Whether it stands out.
    pub is_marked: bool,
}

/// The narrowest and lowest chart that still shows something, and the largest that a terminal has.
const COLUMNS: std::ops::RangeInclusive<usize> = 10..=500;
const ROWS: std::ops::RangeInclusive<usize> = 3..=100;

/// Draws points in order: `•` a point, `×` one that is marked, `░` the band.
///
/// Each column stands for the same span of time, and shows a marked point rather than another,
/// then the one that is farthest out. `moment` writes the times below.
#[must_use]
pub fn chart(
    points: &[ChartPoint],
    n_columns: usize,
    n_rows: usize,
    moment: &dyn Fn(i64) -> String,
) -> String {
    let n_columns = n_columns.clamp(*COLUMNS.start(), *COLUMNS.end());
    let n_rows = n_rows.clamp(*ROWS.start(), *ROWS.end());
    let shown: Vec<ChartPoint> =
        points.iter().copied().filter(|point| point.value.is_finite()).collect();
    let (Some(first), Some(last)) = (shown.first(), shown.last()) else {
        return "no points\n".to_owned();
    };
    let span = last.at.saturating_sub(first.at).max(1);
    let mut columns: Vec<Option<ChartPoint>> = vec![None; n_columns];
    for point in &shown {
        let index = place(number(point.at - first.at) / number(span), n_columns);
        if let Some(column) = columns.get_mut(index)
            && column.is_none_or(|it| is_farther(point, &it))
        {
            *column = Some(*point);
        }
    }
    let edges = shown.iter().flat_map(|it| {
        let (lower, upper) = it.band.unwrap_or((it.value, it.value));
        [it.value, lower, upper]
    });
    let finite = edges.filter(|it| it.is_finite());
    let (low, high) = finite
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), it| (low.min(it), high.max(it)));
    drawn(&columns, (low, high), n_rows) + &axis(&moment(first.at), &moment(last.at), n_columns)
}

fn is_farther(one: &ChartPoint, other: &ChartPoint) -> bool {
    let distance = |point: &ChartPoint| {
        let (lower, upper) = point.band.unwrap_or((0.0, 0.0));
        (point.value - f64::midpoint(lower, upper)).abs()
    };
    (other.is_marked, distance(other)) < (one.is_marked, distance(one))
}

/// Returns the place of a share of the whole among so many.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped")]
fn place(share: f64, n_places: usize) -> usize {
    let last = n_places.saturating_sub(1);
    ((share.clamp(0.0, 1.0) * number_of(n_places)) as usize).min(last)
}

#[expect(clippy::cast_precision_loss, reason = "seconds, far below 2^52")]
fn number(seconds: i64) -> f64 {
    seconds as f64
}

#[expect(clippy::cast_precision_loss, reason = "rows and columns are few")]
fn number_of(count: usize) -> f64 {
    count as f64
}

fn drawn(columns: &[Option<ChartPoint>], (low, high): (f64, f64), n_rows: usize) -> String {
    let height = (high - low).max(f64::MIN_POSITIVE);
    let row_of = |value: f64| place((value - low) / height, n_rows);
    let mut text = String::new();
    for row in (0..n_rows).rev() {
        let label = match row {
            _ if row + 1 == n_rows => brief(high),
            0 => brief(low),
            _ if row == n_rows / 2 => {
                brief(low + height * (number_of(row) + 0.5) / number_of(n_rows))
            }
            _ => String::new(),
        };
        let cells: String = columns
            .iter()
            .map(|column| {
                let Some(point) = column else { return ' ' };
                let is_in_band = point
                    .band
                    .is_some_and(|(lower, upper)| (row_of(lower)..=row_of(upper)).contains(&row));
                match (row_of(point.value) == row, point.is_marked, is_in_band) {
                    (true, true, _) => '×',
                    (true, false, _) => '•',
                    (false, _, true) => '░',
                    _ => ' ',
                }
            })
            .collect();
        // Writing to a String does not fail.
        let _ = writeln!(text, "{label:>10} │{}", cells.trim_end());
    }
    text
}

fn axis(first: &str, last: &str, n_columns: usize) -> String {
    let gap = n_columns.saturating_sub(first.len() + last.len()).max(1);
    format!("{:>10} └{}\n{:12}{first}{}{last}\n", "", "─".repeat(n_columns), "", " ".repeat(gap))
}

fn brief(number: f64) -> String {
    let size = number.abs();
    if 1e6 <= size || (size < 1e-2 && size != 0.0) {
        format!("{number:.2e}")
    } else if 100.0 <= size {
        format!("{number:.0}")
    } else {
        format!("{number:.2}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(at: i64, value: f64) -> ChartPoint {
        ChartPoint { at, value, band: Some((0.0, 2.0)), is_marked: 2.0 < value }
    }

    #[test]
    fn points_stand_at_their_heights_and_the_band_behind_them() {
        let points: Vec<ChartPoint> =
            (0..10).map(|index| point(index * 60, if index == 7 { 8.0 } else { 1.0 })).collect();
        let text = chart(&points, 10, 4, &|at| at.to_string());
        let expected = [
            "      8.00 │       ×",
            "      5.00 │",
            "           │░░░░░░░░░░",
            "      0.00 │•••••••░••",
            "           └──────────",
            "            0      540",
        ];
        assert_eq!(text.lines().collect::<Vec<_>>(), expected, "{text}");
    }

    #[test]
    fn a_marked_point_is_not_hidden_by_others_of_its_column() {
        let points: Vec<ChartPoint> =
            (0..10_000).map(|at| point(at, if at == 5_005 { 9.0 } else { 1.0 })).collect();
        assert!(chart(&points, 80, 12, &|_| String::new()).contains('×'));
    }

    #[test]
    fn odd_numbers_make_no_odd_chart() {
        assert_eq!(chart(&[], 80, 12, &|_| String::new()), "no points\n");
        assert_eq!(chart(&[point(0, f64::NAN)], 80, 12, &|_| String::new()), "no points\n");
        for value in [0.0, -5.0, f64::MAX, f64::MIN] {
            let text = chart(&[point(0, value), point(i64::MAX, value)], 0, 0, &|_| String::new());
            assert_eq!(text.lines().count(), 5, "{text}");
        }
    }
}
