//! The command line: one definition from which help, completions and manual pages are made.

use std::path::PathBuf;

use clap::{Args as ClapArgs, Parser, Subcommand, ValueEnum, value_parser};
use clap_complete::Shell;
use haechi_lake::limits::{GATHERED_MIB, GATHERED_MIB_MAX};
use haechi_model::Band;
use haechi_output::Format;

/// Threat detection, investigation and hunting for AWS, on your own logs.
#[derive(Debug, Parser)]
#[command(name = "haechi", version, max_term_width = 100)]
pub struct Args {
    /// Lays the pages of this folder over the built-in catalogue
    #[arg(long, global = true, value_name = "DIR", env = "HAECHI_CATALOG")]
    pub catalog: Option<PathBuf>,
    /// What to do
    #[command(subcommand)]
    pub command: Command,
}

/// What haechi can do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Read logs, look for attacks, and sum up what is there
    Scan(Scan),
    /// Read logs into the lake, without looking for attacks
    Ingest(Ingest),
    /// Answer a question in SQL
    Sql(Sql),
    /// Answer a question in the language of CloudWatch Logs Insights
    Query(Query),
    /// List the fields of a log group, and how many of its events have each
    Fields(Fields),
    /// Show what was found
    #[command(subcommand)]
    Findings(Findings),
    /// Show what the lake holds of each log source
    Sources(Listing),
    /// Show what could not be read, and why
    Rejects(Listing),
    /// Show for each source, account, Region and hour how much was logged, and where logs lack
    Coverage(Listing),
    /// Ask a ready question of the logs; without one, list the questions
    Ask(Ask),
    /// Try filter patterns, the language of metric filters and live tail
    #[command(subcommand)]
    FilterPattern(FilterPatternCommand),
    /// Show new lines of files and folders as they come, filtered by a pattern
    Tail(Tail),
    /// Look after the lake
    #[command(subcommand)]
    Lake(LakeCommand),
    /// Check CloudTrail digest files: was a log file changed, deleted or moved?
    Verify(Verify),
    /// Show when an API was called more than usual, or failed more, or fell silent
    #[command(subcommand)]
    Insights(Insights),
    /// Say what is unusual about a series of numbers
    #[command(subcommand)]
    Metrics(Metrics),
    /// Write the logs of an invented organisation under attack
    Simulate(Simulate),
    /// Print completions for a shell
    Completions {
        /// The shell
        shell: Shell,
    },
    /// Write the manual pages
    Man {
        /// The folder to write them to
        folder: PathBuf,
    },
}

/// Where the lake is and what a query may use.
#[derive(Debug, Clone, ClapArgs)]
pub struct LakeArgs {
    /// The lake: a folder, or `s3://bucket/prefix` [default: haechi/lake in your data folder]
    #[arg(long, value_name = "DIR", env = "HAECHI_LAKE")]
    pub lake: Option<String>,
    /// How many threads to use [default: one for each processor]
    #[arg(long, value_name = "N")]
    pub threads: Option<usize>,
    /// How much memory queries may use before they spill to disk, in MiB
    #[arg(long, value_name = "MIB", default_value_t = 256)]
    pub memory: usize,
}

/// `haechi scan`
#[derive(Debug, ClapArgs)]
pub struct Scan {
    #[command(flatten)]
    pub ingest: Ingest,
    /// Exit with status 1 when there is a finding of this severity or worse
    #[arg(long, value_name = "SEVERITY")]
    pub fail_on: Option<Band>,
    /// A file of addresses, networks and domains to look for, one a line; NAME is threat, tor,
    /// mining or sinkhole, and threat when it is left out (may be given more than once)
    #[arg(long = "threat-list", value_name = "[NAME=]FILE")]
    pub threat_lists: Vec<String>,
}

/// `haechi ingest`
#[derive(Debug, ClapArgs)]
pub struct Ingest {
    /// Files, folders, globs, `s3://bucket/prefix`, or - for standard input
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<String>,
    #[command(flatten)]
    pub lake: LakeArgs,
    #[command(flatten)]
    pub window: WindowArgs,
    /// How many MiB of rows to gather before they are written; what bounds memory
    #[arg(long, value_name = "MIB", default_value_t = GATHERED_MIB, value_parser = value_parser!(u16).range(1..=i64::from(GATHERED_MIB_MAX)))]
    pub batch: u16,
    /// How to print the summary
    #[arg(long, value_enum, default_value_t = SummaryFormat::Table)]
    pub format: SummaryFormat,
}

/// A stretch of time.
#[derive(Debug, Clone, ClapArgs)]
pub struct WindowArgs {
    /// Only what happened from then on: 2024-05-01, 2024-05-01T12:00Z, or 7d for seven days ago
    #[arg(long, value_name = "TIME")]
    pub since: Option<String>,
    /// Only what happened before then
    #[arg(long, value_name = "TIME")]
    pub until: Option<String>,
}

/// How to print a summary.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SummaryFormat {
    /// For people
    Table,
    /// One JSON object
    Json,
}

/// `haechi sql`
#[derive(Debug, ClapArgs)]
pub struct Sql {
    /// The query, or - to read it from standard input
    pub query: String,
    #[command(flatten)]
    pub lake: LakeArgs,
    /// How to print the answer
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub format: Format,
    /// Do not shorten long values in tables
    #[arg(long)]
    pub wide: bool,
    /// Show how the query would be run instead of running it
    #[arg(long)]
    pub explain: bool,
}

/// `haechi query`
#[derive(Debug, ClapArgs)]
pub struct Query {
    /// The query, or - to read it from standard input
    #[arg(value_name = "QUERY")]
    pub text: String,
    /// Ask these files, folders, globs or `s3://bucket/prefix` as they lie, instead of a lake
    #[arg(short, long, value_name = "PATH", num_args = 1.., conflicts_with = "lake")]
    pub files: Vec<String>,
    /// The log group: a source such as cloudtrail, or a group of CloudWatch Logs (may be given
    /// several times) [default: those that know the fields of the query]
    #[arg(short, long, value_name = "NAME")]
    pub group: Vec<String>,
    #[command(flatten)]
    pub lake: LakeArgs,
    #[command(flatten)]
    pub window: WindowArgs,
    /// A table that `lookup` looks into: CSV with a header (may be given several times)
    #[arg(long, value_name = "NAME=FILE")]
    pub table: Vec<String>,
    /// How to print the answer
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub format: Format,
    /// Do not shorten long values in tables
    #[arg(long)]
    pub wide: bool,
    #[command(flatten)]
    pub instead: InsteadOfRunning,
    /// Hold the query to AWS's own limits
    #[arg(long)]
    pub compat: bool,
}

/// What to do with a query instead of running it.
#[derive(Debug, Clone, Copy, ClapArgs)]
pub struct InsteadOfRunning {
    /// Show the SQL instead of running it
    #[arg(long)]
    pub explain: bool,
    /// Only check the query: exit with status 0 when it can run, and with 2 when it cannot
    #[arg(long)]
    pub check: bool,
}

/// `haechi fields`
#[derive(Debug, ClapArgs)]
pub struct Fields {
    /// The log group: a source such as cloudtrail, or a group of CloudWatch Logs
    pub group: String,
    #[command(flatten)]
    pub lake: LakeArgs,
    #[command(flatten)]
    pub window: WindowArgs,
    /// How to print the list
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub format: Format,
}

/// `haechi findings`
#[derive(Debug, Subcommand)]
pub enum Findings {
    /// List the findings, worst first
    List {
        #[command(flatten)]
        lake: LakeArgs,
        /// Only findings of this severity or worse
        #[arg(long, value_name = "SEVERITY")]
        severity: Option<Band>,
        /// How to print them
        #[arg(long, value_enum, default_value_t = SummaryFormat::Table)]
        format: SummaryFormat,
    },
    /// Show one finding: what happened, why it was raised, how to respond
    Show {
        /// Its id, or the beginning of its id
        id: String,
        #[command(flatten)]
        lake: LakeArgs,
        /// How to print it
        #[arg(long, value_enum, default_value_t = SummaryFormat::Table)]
        format: SummaryFormat,
    },
}

/// A listing from the lake.
#[derive(Debug, ClapArgs)]
pub struct Listing {
    #[command(flatten)]
    pub lake: LakeArgs,
    /// How to print it
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub format: Format,
}

/// `haechi insights`
#[derive(Debug, Subcommand)]
pub enum Insights {
    /// List them in the order of time
    List {
        #[command(flatten)]
        search: InsightsArgs,
        /// How to print them
        #[arg(long, value_enum, default_value_t = Format::Table)]
        format: Format,
    },
    /// Show one as CloudTrail's Start and End events, with who made the calls
    Show {
        /// Its id, or the beginning of its id
        id: String,
        #[command(flatten)]
        search: InsightsArgs,
    },
    /// Print all of them
    Export {
        #[command(flatten)]
        search: InsightsArgs,
        /// JSON has CloudTrail's own events, CSV a line for each insight
        #[arg(long, value_enum, default_value_t = InsightFormat::Json)]
        format: InsightFormat,
    },
}

/// Where insights are looked for.
#[derive(Debug, ClapArgs)]
pub struct InsightsArgs {
    #[command(flatten)]
    pub lake: LakeArgs,
    /// Look at each principal by itself too
    #[arg(long)]
    pub by_principal: bool,
}

/// How insights are exported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum InsightFormat {
    /// A file as CloudTrail delivers it
    Json,
    /// A line for each insight
    Csv,
}

/// `haechi metrics`
#[derive(Debug, Subcommand)]
pub enum Metrics {
    /// Score how unusual each point of a CSV file is, from what comes before it
    Score {
        /// A CSV file with the columns `timestamp` and `value`; `-` reads standard input
        file: PathBuf,
        /// Add a column that says what is unusual
        #[arg(long)]
        reasons: bool,
    },
    /// Show for each point of a CSV file the band of usual values, learned from what comes before
    Band(MetricsBand),
}

/// `haechi metrics band`
#[derive(Debug, ClapArgs)]
pub struct MetricsBand {
    /// A CSV file with the columns `timestamp` and `value`; `-` reads standard input
    pub file: PathBuf,
    /// How wide the band is, in standard deviations
    #[arg(long, value_name = "DEVIATIONS", default_value_t = 2.0)]
    pub width: f64,
    /// No value can be lower than this
    #[arg(long, value_name = "VALUE", allow_negative_numbers = true)]
    pub lowest: Option<f64>,
    /// No value can be higher than this
    #[arg(long, value_name = "VALUE", allow_negative_numbers = true)]
    pub highest: Option<f64>,
    /// How fast the new becomes the usual
    #[arg(long, value_enum, default_value_t = Adaptation::Normal)]
    pub adaptation: Adaptation,
    /// Learn nothing from these moments, as `FIRST/LAST`; may be repeated
    #[arg(long, value_name = "FIRST/LAST")]
    pub exclude: Vec<String>,
}

/// How fast the new becomes the usual.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Adaptation {
    /// Within a day
    Fast,
    /// Within days
    Normal,
    /// Within weeks
    Slow,
}

/// `haechi ask`
#[derive(Debug, ClapArgs)]
pub struct Ask {
    /// The question, such as `deleted-this`, or a theme to list
    pub question: Option<String>,
    /// What the question must be told (may be given several times)
    #[arg(long = "param", value_name = "NAME=VALUE")]
    pub parameters: Vec<String>,
    /// The language of the question and of how to read its answer
    #[arg(long, value_enum, default_value_t = Language::En, env = "HAECHI_LANG")]
    pub lang: Language,
    /// Print the query instead of running it
    #[arg(long)]
    pub show_query: bool,
    #[command(flatten)]
    pub lake: LakeArgs,
    #[command(flatten)]
    pub window: WindowArgs,
    /// How to print the answer
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub format: Format,
    /// Do not shorten long values in tables
    #[arg(long)]
    pub wide: bool,
}

/// A language of people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Language {
    /// English
    En,
    /// Korean
    Ko,
}

/// `haechi filter-pattern`
#[derive(Debug, Subcommand)]
pub enum FilterPatternCommand {
    /// Show which lines match a pattern, and what it takes out of them
    Test {
        /// The pattern, such as `ERROR -timeout` or `{ $.status >= 500 }`
        #[arg(allow_hyphen_values = true)]
        pattern: String,
        /// Files, folders, globs, `s3://bucket/prefix`, or - for standard input; each line is a message
        #[arg(value_name = "PATH", default_value = "-")]
        paths: Vec<String>,
        /// Refuse what AWS refuses: its limits, and its smaller regular expressions
        #[arg(long)]
        compat: bool,
        /// How to print the matches
        #[arg(long, value_enum, default_value_t = Format::Table)]
        format: Format,
        /// Do not shorten long values in tables
        #[arg(long)]
        wide: bool,
    },
}

/// `haechi tail`
#[derive(Debug, ClapArgs)]
pub struct Tail {
    /// Files and folders; files that appear in a folder are followed too
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// Only lines that match this filter pattern
    #[arg(long, value_name = "PATTERN", default_value = "", allow_hyphen_values = true)]
    pub filter: String,
    /// Refuse patterns that AWS refuses
    #[arg(long)]
    pub compat: bool,
    /// Begin with what is there, and not with what comes
    #[arg(long)]
    pub from_start: bool,
    /// End after one look
    #[arg(long)]
    pub once: bool,
    /// How to print lines
    #[arg(long, value_enum, default_value_t = TailFormat::Text)]
    pub format: TailFormat,
}

/// How to print lines as they come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum TailFormat {
    /// The lines as they are
    Text,
    /// A JSON object a line, with what the pattern takes out of it
    Jsonl,
}

/// `haechi lake`
#[derive(Debug, Subcommand)]
pub enum LakeCommand {
    /// Count files, rows and bytes, and name files that belong to no commit
    Stats {
        #[command(flatten)]
        lake: LakeArgs,
        /// Delete files that belong to no commit, if they are older than an hour
        #[arg(long)]
        repair: bool,
        /// With --repair: delete them whatever their age; no other writer may be running
        #[arg(long, requires = "repair")]
        now: bool,
        /// How to print it
        #[arg(long, value_enum, default_value_t = SummaryFormat::Table)]
        format: SummaryFormat,
    },
    /// Merge small files
    Compact {
        #[command(flatten)]
        lake: LakeArgs,
    },
    /// Remove the records of old days
    Expire {
        #[command(flatten)]
        lake: LakeArgs,
        /// Keep this many days, counted back from today
        #[arg(
            long,
            value_name = "DAYS",
            conflicts_with = "before",
            required_unless_present = "before"
        )]
        keep_days: Option<u32>,
        /// Remove the days before this one (YYYY-MM-DD)
        #[arg(long, value_name = "DAY")]
        before: Option<String>,
    },
}

/// `haechi verify`
#[derive(Debug, ClapArgs)]
pub struct Verify {
    /// The trail's bucket: `s3://bucket/prefix`, or a copy as `aws s3 sync` makes it
    #[arg(value_name = "FOLDER")]
    pub logs: String,
    /// Public keys: the JSON of `aws cloudtrail list-public-keys` (may be given several times)
    #[arg(long, required = true, value_name = "FILE")]
    pub keys: Vec<PathBuf>,
    /// A lake that is to keep the outcomes; `haechi coverage` then shows failures by the hour
    #[arg(long, value_name = "DIR")]
    pub lake: Option<String>,
    #[command(flatten)]
    pub window: WindowArgs,
    /// How to print the report
    #[arg(long, value_enum, default_value_t = SummaryFormat::Table)]
    pub format: SummaryFormat,
}

/// `haechi simulate`
#[derive(Debug, ClapArgs)]
pub struct Simulate {
    /// The folder to write to; it must be empty or new
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// Decides everything that looks like chance
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// How many days
    #[arg(long, default_value_t = 7)]
    pub days: u32,
    /// The first day (YYYY-MM-DD)
    #[arg(long, default_value = "2026-03-02")]
    pub start: String,
    /// How much everyday activity, 1 being a small organisation
    #[arg(long, default_value_t = 1.0)]
    pub scale: f64,
    /// Leave the attacks out: the same organisation on quiet days
    #[arg(long)]
    pub quiet: bool,
}
