//! Every limit of the simulation, with its reason.

/// Longest run: a year and a bit, enough for every baseline and retention test.
pub(crate) const DAYS_MAX: u32 = 400;

/// Smallest scale: one thousandth is the unit in which activity is counted.
pub(crate) const SCALE_MIN: f64 = 0.001;

/// Largest scale: one hour of activity is held in memory, about 400 KB at scale 1.
pub(crate) const SCALE_MAX: f64 = 1000.0;

/// Records in one CloudTrail file: files of a busy account hold a few hundred.
pub(crate) const RECORDS_PER_FILE: usize = 400;

/// Lines in one file of the line-based logs.
pub(crate) const LINES_PER_FILE: usize = 20_000;

/// Log events that CloudWatch Logs hands to a subscription at once: a busy stream has some dozens.
pub(crate) const EVENTS_PER_BATCH: usize = 50;

/// How often, in thousand, CloudTrail delivers a file a second time under another name.
pub(crate) const DUPLICATE_PERMILLE: u64 = 15;
