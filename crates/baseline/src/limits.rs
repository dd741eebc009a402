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

/// Calls are counted in bins of this many minutes: shorter ones see noise, longer ones come late.
pub(crate) const BIN_MINUTES: i64 = 5;

/// Bins of a half hour: what is too little for five minutes adds up in thirty.
pub(crate) const HALF_HOUR_BINS: i64 = 6;

/// Minutes of a day.
pub(crate) const DAY_MINUTES: i64 = 1_440;

/// A surge that came at the same time of day within five weeks is a habit: that takes in what
/// comes once a week, or twice a month.
pub(crate) const HABIT_DAYS_MAX: i32 = 35;

/// Bins of the week that a baseline is averaged over, as CloudTrail Insights does.
pub(crate) const BASELINE_BINS: i64 = 7 * 288;

/// Bins after which a tail is full and a new one begins: 28 days.
pub(crate) const GENERATION_BINS: i64 = 28 * 288;

/// Nothing is unusual on the first day of the logs.
pub(crate) const HISTORY_BINS_MIN: i64 = 288;

/// Nor are fewer calls than this in a bin: a person with a script makes as many.
pub(crate) const CALLS_MIN: u32 = 10;

/// What has hardly been seen before needs more: there is no tail yet.
pub(crate) const FIRST_SEEN_CALLS_MIN: u32 = 30;

/// So many bins without unusual ones end a surge.
pub(crate) const CALM_BINS: i64 = 3;

/// What goes on for a day is the new usual.
pub(crate) const LEARN_AGAIN_BINS: i64 = 288;

/// A silence needs a week of history, and an hour of length.
pub(crate) const SILENCE_HISTORY_BINS_MIN: i64 = BASELINE_BINS;
/// See [`SILENCE_HISTORY_BINS_MIN`].
pub(crate) const SILENCE_BINS_MIN: i64 = 12;

/// Only what was called in this many bins of the last week can fall silent: every half hour.
pub(crate) const SILENCE_BUSY_BINS_MIN: u64 = 336;

/// A time of day is known after a week.
pub(crate) const HOUR_HISTORY_BINS_MIN: i64 = BASELINE_BINS;

/// The deepest nesting of an expression: CloudWatch takes 1,024 characters, and people nest three.
pub(crate) const NESTING_MAX: usize = 64;

/// An alarm looks this many periods further back than it has to, for points that come late.
pub(crate) const LATE_PERIODS: usize = 2;

/// The most periods that an alarm looks at: CloudWatch takes a day of minutes.
pub(crate) const EVALUATION_PERIODS_MAX: usize = 1_440;
