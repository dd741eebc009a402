//! The limits of the query language, each with its reason.

/// Longest text of a query, in bytes. AWS takes 10,000 characters; a list of a few thousand
/// addresses should still fit, and whatever reads a query may take time quadratic in nothing.
pub const QUERY_BYTES_MAX: usize = 512 * 1024;

/// How deep parentheses, calls and queries inside queries may nest. The parser calls itself
/// at each level, and a thread's stack is 2 MiB.
pub const NESTING_MAX: usize = 64;

/// How high the tree of one expression may be. Everything that walks a tree calls itself at each
/// level. Chains of `and` and `or` are kept flat, so that only arithmetic comes near it.
pub const EXPRESSION_HEIGHT_MAX: usize = 128;

/// Most stages in one query: a person's query has ten.
pub const STAGES_MAX: usize = 200;

/// Widest source line in a message, in columns of a terminal: a query may be one long line.
pub const SHOWN_COLUMNS_MAX: usize = 100;

/// Longest piece of the user's text in a message, in characters.
pub const QUOTED_CHARACTERS_MAX: usize = 60;

/// Largest `limit`, and most rows of any answer, with AWS's limits on.
pub const AWS_ROWS_MAX: u64 = 100_000;

/// Rows of an answer without `limit`, with AWS's limits on.
pub const AWS_ROWS_DEFAULT: u64 = 10_000;

/// Most log groups of one query that are named one by one, with AWS's limits on.
pub const AWS_GROUPS_MAX: usize = 50;

/// Characters of a value that AWS looks at to find its pattern.
pub const AWS_PATTERN_LINE_CHARACTERS_MAX: usize = 1_500;

/// Most stages of `stats`, with AWS's limits on.
pub const AWS_STATS_MAX: usize = 10;

/// Longest text of a query in characters, with AWS's limits on.
pub const AWS_QUERY_CHARACTERS_MAX: usize = 10_000;

/// Most fields that AWS discovers in one JSON event. The fields of an event are the engine's
/// matter: it takes the number from here.
pub const AWS_FIELDS_MAX: usize = 200;

/// Most branches of `case(…)`, with AWS's limits on.
pub const AWS_CASE_BRANCHES_MAX: usize = 10;

/// Most bins that `fillmissing` makes: ten weeks of minutes. The engine holds them in memory.
pub const BINS_MAX: u64 = 100_000;

/// Patterns that are frequent and told apart from all others: an answer has as many rows.
pub const PATTERNS_FREQUENT_MAX: u64 = 10_000;

/// Most buckets of `histogram`: more than a person looks at.
pub const BUCKETS_MAX: i64 = 1_000;

/// Most values that `topk` gives.
pub const TOPK_MAX: i64 = 10_000;

/// Most prefixes in `logGroups(namePrefix: […])`, with AWS's limits on.
pub const AWS_NAME_PREFIXES_MAX: usize = 5;

/// Most accounts in `logGroups(accountIdentifier: […])`, with AWS's limits on.
pub const AWS_ACCOUNTS_MAX: usize = 20;

/// Most sources in `dataSource([…])`, with AWS's limits on.
pub const AWS_DATA_SOURCES_MAX: usize = 10;

/// Most tags, and most values of one tag, in `logGroupTags([…])`, with AWS's limits on.
pub const AWS_TAGS_MAX: usize = 5;

/// Most rows that `appendcols` takes; the pages of AWS allow no more.
pub const APPENDED_ROWS_MAX: u64 = 100_000;

/// Rows that `appendcols` takes when the query does not say.
pub const APPENDED_ROWS_DEFAULT: u64 = 10_000;

/// Largest lag of `autoregress`: each lag is a column.
pub const LAGS_MAX: u64 = 100;

/// Longest period, in its own units: 10,000 years of milliseconds fit, and no sum overflows.
pub const PERIOD_COUNT_MAX: u64 = 400_000_000_000_000;

/// Most completions at once: nobody reads more, and a lake may have thousands of fields.
pub const COMPLETIONS_MAX: usize = 200;

/// Longest text after the parameters and saved queries are put in, in bytes; the same as that of
/// a query, named apart because it bounds a product.
pub const EXPANDED_BYTES_MAX: usize = QUERY_BYTES_MAX;

/// Most memory of one compiled regular expression, in bytes: the default of the `regex` crate, so
/// that what passes here also runs.
pub const REGEX_BYTES_MAX: usize = 10 * (1 << 20);

/// Most memory for where the groups of a regular expression stand while it runs, in bytes: fifty
/// groups of a long expression fit.
pub const REGEX_GROUP_BYTES_MAX: usize = 64 << 20;

/// Most fields of one answer: what it costs to plan one grows with the square of their number, and
/// a thousand are planned in a few seconds and a quarter of a gigabyte.
pub const FIELDS_MAX: usize = 1_000;

/// The longest pattern: people write them, and a longer one was made by a mistake.
pub const PATTERN_CHARACTERS_MAX: usize = 64 << 10;

/// The longest pattern that AWS takes.
pub const AWS_PATTERN_CHARACTERS_MAX: usize = 1_024;

/// How deep parentheses may stand in one another: evaluation recurses as deep.
pub const PATTERN_NESTING_MAX: usize = 32;

/// The most memory that one regular expression may compile to, so that `%(a{999}){999}%` is an
/// error and not a full machine.
pub const PATTERN_REGEX_BYTES_MAX: usize = 1 << 20;

/// The most regular expressions of a JSON or space-delimited pattern that AWS takes.
pub const AWS_PATTERN_REGEXES_MAX: usize = 2;

/// The most wildcards of one selector that AWS takes.
pub const AWS_SELECTOR_WILDCARDS_MAX: usize = 1;

/// The most wildcards of all selectors of a pattern that AWS takes.
pub const AWS_PATTERN_WILDCARDS_MAX: usize = 3;

/// Most regular expressions in one query: each is compiled, which may take a tenth of a second.
pub const REGEXES_MAX: usize = 200;

/// Most diagnostics of one query: nobody reads more.
pub const DIAGNOSTICS_MAX: usize = 100;

/// Most names among which the nearest is looked for: a slip of the finger is not worth more time.
pub const CANDIDATES_MAX: usize = 1000;
