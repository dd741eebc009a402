//! Every bound of this crate, with its reason.

/// How many of a feature's largest values a tail keeps.
/// Fewer make the estimate of the tail jump about, more reach into what is ordinary; between 30
/// and 80 the quality is flat, and 40 keeps a series below 8 KiB.
pub(crate) const TAIL_VALUES: usize = 40;

/// A tail says nothing before it has seen this many values.
pub(crate) const TAIL_COUNT_MIN: u32 = 30;

/// No single feature is more surprising than this, in nats: an absurd value should not outweigh
/// everything that follows.
pub(crate) const SURPRISE_MAX: f32 = 60.0;

/// Slots of a day: half an hour each, which is wide enough to fill within two days of hourly or
/// five-minute data and narrow enough to follow the slopes of a working day.
pub(crate) const DAY_SLOTS: usize = 48;

/// Seconds of a slot.
pub(crate) const SLOT_SECONDS: i64 = 86_400 / 48;

/// Lengths of the windows whose mean and activity are watched, in points.
pub(crate) const WINDOWS: [usize; 4] = [1, 6, 24, 96];

/// How many points back the longest window and its first neighbour reach.
pub(crate) const RECENT_POINTS: usize = 98;

/// What came before a window is remembered for this many lengths of it.
pub(crate) const REFERENCE_WINDOWS: usize = 6;

/// Cells of the patterns of a baseline: five minutes of an hour, a quarter of an hour of a day, an
/// hour of a week. Finer ones would take weeks to fill.
pub(crate) const HOUR_CELLS: usize = 12;
/// See [`HOUR_CELLS`].
pub(crate) const DAY_CELLS: usize = 96;
/// See [`HOUR_CELLS`].
pub(crate) const WEEK_CELLS: usize = 168;

/// A baseline says nothing before it has seen two days: one would show no rhythm.
pub(crate) const HISTORY_SECONDS_MIN: i64 = 2 * 86_400;

/// Nor before it has seen this many points: fewer show no stray.
pub(crate) const HISTORY_POINTS_MIN: u32 = 36;

/// A baseline starts at the median of this many points: a few outliers among them do no harm.
pub(crate) const OPENING_POINTS: u32 = 25;
