//! Every limit of the engine, and why it is what it is.

/// Rows of a batch where there is memory enough: they keep the processor's pipelines full.
pub(crate) const BATCH_ROWS_MAX: usize = 8_192;

/// Rows of a batch however little memory there is: smaller batches cost more than they hold.
pub(crate) const BATCH_ROWS_MIN: usize = 512;

/// Bytes of a row that is read whole, about what a verbatim CloudTrail record takes.
pub(crate) const ROW_BYTES: usize = 1_280;

/// The share of its memory that a thread gives to one batch: a sort that merges what it spilled
/// holds several batches of each run.
pub(crate) const BATCH_SHARE: usize = 32;

/// Batches of memory that a merge takes for each spilled run: DataFusion reads two ahead, and
/// reserves twice the size of each.
pub(crate) const BATCHES_PER_RUN: usize = 4;

/// Runs that are merged at once at most. Without a bound a merge takes all the memory there is and
/// leaves nothing for the operator that reads it.
pub(crate) const MERGED_RUNS_MAX: usize = 16;

/// Bytes of text in one answered batch: Arrow's plain text columns count bytes in 31 bits, so a
/// batch of large records is handed over in slices below half of that.
pub(crate) const ANSWER_BYTES_MAX: usize = 1 << 30;

/// Bytes read from the end of a file in the hope that its whole footer is among them: one request
/// to an object store in place of two.
pub(crate) const FOOTER_BYTES_HINT: usize = 128 * 1024;

/// Bytes of file footers that are kept between queries, outside the memory limit of queries.
pub(crate) const FOOTER_CACHE_BYTES: usize = 32 * 1024 * 1024;

/// Bytes that a sort sets aside for merging what it spilled: DataFusion's own choice, which
/// shrinks with the memory limit so that small limits can still sort.
pub(crate) const SORT_RESERVE_BYTES_MAX: usize = 10 * 1024 * 1024;

/// The share of the memory limit, per thread, that a sort may set aside for merging.
pub(crate) const SORT_RESERVE_SHARE: usize = 8;

/// Memory consumers that an error about memory names.
pub(crate) const CONSUMERS_NAMED: std::num::NonZeroUsize = std::num::NonZeroUsize::MIN;

/// How deep SQL may nest: deeper text is an attack on the parser's stack, not a question.
pub(crate) const SQL_DEPTH_MAX: usize = 64;

/// Operators in SQL: a chain of them is a tree as deep as the chain is long, and DataFusion walks
/// it by recursion in threads of 2 MiB (a debug build takes 3.6 KiB a link). Long lists (`in (…)`)
/// have no operators.
pub(crate) const SQL_OPERATORS_MAX: usize = 300;

/// How deep a JSON text may nest before the JSON functions answer NULL: the JSON reader recurses,
/// and the text is written by whoever is being investigated.
pub(crate) const JSON_DEPTH_MAX: usize = 256;

/// Bytes that a compiled regular expression may take: what the `regex` crate itself allows, so
/// that an expression of nested repetitions is refused instead of filling the memory.
pub(crate) const REGEX_BYTES_MAX: usize = 10 << 20;

/// Values that percentiles and histograms keep as they are, and are exact for; beyond, they count
/// them by size.
pub(crate) const VALUES_EXACT_MAX: usize = 4_096;

/// Bytes of a line that are looked at to find its pattern: AWS looks at 1,500 characters, and
/// records of CloudTrail are longer than that before they differ.
pub(crate) const PATTERN_BYTES_MAX: usize = 8 * 1024;

/// Patterns that are told apart before all of them are made coarser.
pub(crate) const PATTERNS_MAX: usize = 20_000;

/// Bytes of patterns that are kept before all of them are made coarser: what is computed from them
/// takes some five times as much, and each thread has its own.
pub(crate) const PATTERNS_BYTES_MAX: usize = 8 << 20;

/// Tokens of a line whose values are looked at: beyond, a line is a record with its own fields.
pub(crate) const TOKENS_MAX: usize = 16;

/// Clusters of one shape that a pattern is compared with, so that logs made to have many do not
/// take time without end.
pub(crate) const CLUSTERS_COMPARED_MAX: usize = 500;

/// Buckets of a histogram: more than a person looks at, and than a cell of an answer should hold.
pub(crate) const BUCKETS_MAX: usize = 1_000;

/// Periods that `time_bins` gives for one row: ten weeks of minutes. More is a mistake, and each is
/// held in memory.
pub(crate) const BINS_MAX: usize = 100_000;

/// Different values that `value_counts` counts at most.
pub(crate) const VALUE_COUNTS_MAX: usize = 10_000;

/// Bytes of a value that is counted: longer ones are told apart by their beginning.
pub(crate) const VALUE_BYTES_MAX: usize = 256;

/// Different values of a field that `relevance` tells apart: beyond, it looks at some for all.
pub(crate) const RELEVANCE_VALUES_MAX: usize = 2_000;

/// Batches that a thread reading files is ahead of its query: it need not wait for every one, and
/// two of them take no more memory than what it is building.
pub(crate) const BATCHES_WAITING: usize = 1;

/// The share of a query's memory that may go into knowing records that come twice, in eighths: a
/// query that runs out of it can no longer sort or group.
pub(crate) const IDS_EIGHTHS: usize = 5;

/// Texts below this do not matter, however little of them is used.
pub(crate) const SPARSE_BYTES_MIN: usize = 256 * 1024;

/// What a column of texts may point into, by the bytes of its texts: beyond, they are copied.
pub(crate) const SPARSE_SHARE: usize = 2;

/// The sets of tables of addresses that are open at once: one for each lake that is asked, and each
/// takes as many bytes as its files have.
pub(crate) const TABLES_OPEN_MAX: usize = 2;

/// Files that are read beside each other in the order of time: each holds a few batches and the
/// pages that they come from.
pub(crate) const MERGED_FILES_MAX: usize = 16;

/// The share of a query's memory that the stored bytes of files may take that are read beside each
/// other in the order of time: decoded they are some times larger.
pub(crate) const MERGED_SHARE: usize = 4;

/// Rows of a file that are in memory, as stored, while it is read: those of a group of rows.
pub(crate) const MERGED_GROUP_ROWS: u64 = 131_072;

/// Bytes of rows of one moment that are put in order in memory: logs that put more into a second
/// are rare, and go through a sort that may use the disk.
pub(crate) const MOMENT_BYTES_MAX: usize = 16 << 20;
