//! Numbers in time order to what is usual.
//!
//! Pure arithmetic: no clock, no files, no randomness. Everything here is a fold over points, so
//! that a stream and a replay give the same answers, and a series costs less than 8 KiB whatever
//! its length.
//!
//! [`Baseline`] answers "what is usual at this moment?" with a band around an expectation.
//! [`Detector`] answers "is this point unlike everything before it?" with a score between 0 and 1.
//! [`Surges`] finds spans with more or fewer calls than usual.
//! [`Row`] reads a series from lines of text.
//! [`Expression`] computes series from series, and [`Alarm`] says when one crossed its threshold.

mod activity;
mod alarm;
mod baseline;
mod clock;
mod coverage;
mod csv;
mod detector;
mod envelope;
mod generations;
mod limits;
mod math;
mod point;
mod profile;
mod season;
mod surge;
mod tail;
mod verdict;

pub use alarm::{Alarm, Change, Comparison, Missing, State, Threshold};
pub use baseline::{Adaptation, Baseline, Options};
pub use clock::local_seconds;
pub use csv::{Columns, Row, RowError, seconds};
pub use detector::{ALARM_SCORE, Anomaly, Detector, Reason};
pub use math::{Expression, Frame, MathError, Series, Value};
pub use point::Point;
pub use surge::{Direction, Surge, Surges, Surging};
pub use verdict::{Band, Component, Expectation, Verdict};
