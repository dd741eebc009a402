//! Nouns: time, severity, entities, findings.
//!
//! Everything above speaks in these words; nothing here reads a file, a clock or a network.

mod entity;
mod finding;
mod severity;
mod time;

pub use entity::{Entity, EntityKind};
pub use finding::{Explanation, Finding, FindingId};
pub use severity::{Band, Severity, UnknownBand};
pub use time::{Timestamp, UnreadableTime, Window};
