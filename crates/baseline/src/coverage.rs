//! How wide a band must be, so that it holds as many points as its width promises.
//!
//! "Two deviations" promises 95.4 % of the points, a promise that the deviation keeps for normal
//! noise alone. Here the edges of one, two and three deviations are moved after every point, up
//! when it lies outside and a little down when inside, until as many lie outside as should. This
//! is adaptive conformal inference (Gibbs and Candès, 2021), on both sides apart.

use serde::{Deserialize, Serialize};

/// The chance of a normal deviate above 1, 2 and 3.
const CHANCES: [f64; 3] = [0.158_655, 0.022_750, 0.001_350];

/// How far an edge moves for one point, at first and later.
const STEP_FIRST: f64 = 0.5;
const STEP_LAST: f64 = 0.05;

/// No edge is nearer to the one below it: a series that hardly moves has its edges close by.
const EDGE_MIN: f64 = 0.01;

/// The edges on one side, in units of the stray, and how many points moved them.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct Edges {
    at: [f64; 3],
    count: u32,
}

impl Default for Edges {
    fn default() -> Self {
        Self { at: [1.253, 2.507, 3.760], count: 0 }
    }
}

impl Edges {
    /// Moves the edges for a point that lies this far out.
    pub(crate) fn learn(&mut self, distance: f64) {
        self.count = self.count.saturating_add(1);
        let step = (STEP_FIRST / f64::from(self.count).sqrt()).max(STEP_LAST);
        let mut least = 0.0;
        for (edge, chance) in self.at.iter_mut().zip(CHANCES) {
            let is_outside = *edge < distance;
            // In proportion, so that an edge that is far too near arrives within a hundred points.
            let move_by =
                step * edge.max(EDGE_MIN) * if is_outside { 1.0 - chance } else { -chance };
            *edge = (*edge + move_by).max(least + EDGE_MIN);
            least = *edge;
        }
    }

    /// Returns the distance that a width in deviations stands for.
    pub(crate) fn distance(&self, width: f64) -> f64 {
        let [one, two, three] = self.at;
        match width {
            ..1.0 => one * width,
            ..2.0 => one + (two - one) * (width - 1.0),
            ..3.0 => two + (three - two) * (width - 2.0),
            _ => three + (three - two).max(0.5) * (width - 3.0),
        }
    }

    /// Returns the width in deviations that a distance stands for: the inverse.
    pub(crate) fn width(&self, distance: f64) -> f64 {
        let [one, two, three] = self.at;
        if distance < one {
            distance / one
        } else if distance < two {
            1.0 + (distance - one) / (two - one)
        } else if distance < three {
            2.0 + (distance - two) / (three - two)
        } else {
            3.0 + (distance - three) / (three - two).max(0.5)
        }
    }
}
