//! Limits of the lake, each with its reason.

/// How many MiB of rows, as they stand in memory, all workers gather before they are written.
/// It is what bounds memory: a row is held about three times while it is sorted and encoded.
pub const GATHERED_MIB: u16 = 144;

/// The most that may be asked for: offsets into a column's texts have 31 bits.
pub const GATHERED_MIB_MAX: u16 = 1_024;

/// What a row costs in memory beside its record: its columns, offsets and entities.
pub const ROW_OVERHEAD_BYTES: usize = 600;

/// What a record costs in memory whose id the batch has already: its place.
pub const REPEATED_BYTES: usize = 16;

/// How many record ids are remembered for finding duplicates, at 16 bytes and as much again for
/// the table around them. Hours that were not touched lately are forgotten and read again.
pub const KEYS_MAX: usize = 2_000_000;

/// How many rows are sorted and encoded at a time: few enough to stay in the processor's cache.
pub const SLICE_ROWS: usize = 2_048;

/// How many rows are looked at to see what the values of a column are like, and how many of them
/// must have one for it to show.
pub const HABIT_ROWS: usize = 2_048;
/// See [`HABIT_ROWS`].
pub const HABIT_ROWS_MIN: usize = 64;

/// How many bytes of values a page has before it is compressed: few enough to stay in the
/// processor's cache, and to be read for the sake of one row.
pub const PAGE_BYTES: usize = 256 << 10;

/// How many texts a page of a dictionary's numbers has, and how many lists: few enough to be read
/// for the sake of one row.
pub const TEXTS_OF_PAGE: usize = 20_480;
/// See [`TEXTS_OF_PAGE`].
pub const LISTS_OF_PAGE: usize = 4_096;
/// How many numbers a page has: the same.
pub const NUMBERS_OF_PAGE: usize = 20_480;

/// How many bytes of different texts a column may have before it is written without a dictionary,
/// which a reader would have to hold.
pub const DICTIONARY_BYTES_MAX: usize = 1 << 20;

/// Texts longer than this are no bounds of what a column has: no reader compares with them.
pub const STATISTICS_BYTES_MAX: usize = 64;

/// How many rows a row group has: small enough to skip, large enough to compress.
pub const ROW_GROUP_ROWS: usize = 131_072;

/// How often a commit is tried again when another writer was faster.
pub const COMMIT_ATTEMPTS_MAX: usize = 50;

/// Files of a partition smaller than this are merged by compaction.
pub const SMALL_FILE_BYTES: u64 = 32 << 20;

/// How large compaction makes a file: what one worker of an engine likes to read at once.
pub const COMPACTED_FILE_BYTES: u64 = 128 << 20;

/// How many bytes of rows compaction sorts at a time.
pub const MERGED_PIECE_BYTES: usize = 32 << 20;

/// Years outside this range are no event times, and their partition is that of no time.
pub const YEARS: std::ops::RangeInclusive<&str> = "1970-01-01"..="9999-12-31";

/// How long a file that no commit names is left alone, in seconds: another writer may be about to
/// commit it.
pub const ORPHAN_SECONDS_MIN: i64 = 3_600;

/// How many bytes of a file in a folder are read without asking another thread: about what takes
/// as long to read as to ask.
pub const READ_AT_ONCE_BYTES_MAX: u64 = 1 << 20;
