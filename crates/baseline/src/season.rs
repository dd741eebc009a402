//! What a series owes to the minute of the hour, the hour of the day and the day of the week.

use serde::{Deserialize, Serialize};

use crate::limits::{DAY_CELLS, HOUR_CELLS, WEEK_CELLS};
use crate::point::{narrow, weight};

const HOUR: i64 = 3_600;
const DAY: i64 = 86_400;
const WEEK: i64 = 7 * DAY;

/// 1970-01-05, the first Monday of the epoch.
const FIRST_MONDAY: i64 = 4 * DAY;

/// A repeating pattern: equal cells, each with the mean of what fell into it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Season {
    cells: Vec<Cell>,
    period: Period,
}

/// How long a pattern is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Period {
    Hour,
    Day,
    Week,
}

#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
struct Cell {
    /// Relative to the series' level.
    offset: f32,
    /// Mean distance of points from what was expected of them.
    stray: f32,
    count: u32,
}

impl Period {
    fn seconds(self) -> i64 {
        match self {
            Self::Hour => HOUR,
            Self::Day => DAY,
            Self::Week => WEEK,
        }
    }

    fn cells(self) -> usize {
        match self {
            Self::Hour => HOUR_CELLS,
            Self::Day => DAY_CELLS,
            Self::Week => WEEK_CELLS,
        }
    }

    /// Visits that a cell holds back for: what repeats rarely must prove itself.
    fn reluctance(self) -> f32 {
        match self {
            Self::Day => 0.0,
            Self::Hour | Self::Week => 12.0,
        }
    }
}

impl Season {
    pub(crate) fn new(period: Period) -> Self {
        Self { cells: vec![Cell::default(); period.cells()], period }
    }

    /// Returns what a moment adds to the level.
    pub(crate) fn offset(&self, seconds: i64) -> f64 {
        self.cells.get(self.cell(seconds)).map_or(0.0, |cell| f64::from(cell.offset))
    }

    /// Returns how far points at this moment stray, drawn towards how far all do.
    pub(crate) fn stray(&self, seconds: i64, overall: f64) -> f64 {
        /// Visits that the series as a whole counts for.
        const OVERALL_VISITS: f64 = 6.0;
        self.cells.get(self.cell(seconds)).map_or(overall, |cell| {
            let n = f64::from(cell.count.min(100));
            (n * f64::from(cell.stray) + OVERALL_VISITS * overall) / (n + OVERALL_VISITS)
        })
    }

    /// Moves the offset of a moment by a share of what was left over, and returns the move.
    ///
    /// `share_kept` tells what of all visits counts, so that old ones are forgotten.
    pub(crate) fn learn(&mut self, seconds: i64, left: f64, share_kept: f32) -> f64 {
        let reluctance = self.period.reluctance();
        let number = self.cell(seconds);
        let Some(cell) = self.cells.get_mut(number) else {
            return 0.0;
        };
        let rate = 1.0 / (1.0 + reluctance + weight(cell.count) * share_kept);
        let step = rate * narrow(left);
        cell.offset += step;
        cell.count = cell.count.saturating_add(1);
        f64::from(step)
    }

    /// Takes note of how far a point strayed from what was expected of it.
    pub(crate) fn learn_stray(&mut self, seconds: i64, stray: f64, share_kept: f32) {
        let number = self.cell(seconds);
        if let Some(cell) = self.cells.get_mut(number) {
            let rate = 1.0 / (weight(cell.count) * share_kept).max(1.0);
            cell.stray += rate * (narrow(stray) - cell.stray);
        }
    }

    /// Returns the bytes on the heap.
    pub(crate) fn heap_bytes(&self) -> usize {
        self.cells.capacity() * size_of::<Cell>()
    }

    fn cell(&self, seconds: i64) -> usize {
        let period = self.period.seconds();
        let into = seconds.saturating_sub(FIRST_MONDAY).rem_euclid(period);
        let n_cells = i64::try_from(self.cells.len()).unwrap_or(1);
        usize::try_from(into * n_cells / period).unwrap_or(0)
    }
}
