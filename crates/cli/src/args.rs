//! The command line: one definition from which help, completions and manual pages are made.

mod findings;
mod intake;
mod metrics;
mod queries;
mod unusual;

use std::path::PathBuf;

use clap::{Args as ClapArgs, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use haechi_output::Format;

pub use findings::{
    Action, Choice, CoverageFormat, Detect, Enrich, FilterArgs, Filters, Findings, Form, Ids,
    Knowledge, Lists, Opinion, Places,
};
pub use intake::{Ingest, LakeCommand, Scan, Simulate, Verify, Watch, WatchFormat};
pub use metrics::{
    Adaptation, LearningArgs, Metrics, MetricsAlarm, MetricsAnswer, MetricsBand, MetricsFilter,
    MetricsGet, MetricsList, MetricsPlot, MetricsPut, SeriesArgs,
};
pub use queries::{
    Ask, Fields, FilterPatternCommand, InsteadOfRunning, Language, Query, Sql, Tail, TailFormat,
};
pub use unusual::{InsightFormat, Insights, InsightsSeries};

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
    /// Follow folders and buckets: read what comes, and say what is found at once
    Watch(Watch),
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
    /// Keep questions about findings, and archive what fits them
    #[command(subcommand)]
    Filters(Filters),
    /// Look at lists of bad or trusted addresses in every scan
    #[command(subcommand)]
    Lists(Lists),
    /// Make tables of countries, networks and AWS's addresses, kept on this machine
    #[command(subcommand)]
    Enrich(Enrich),
    /// Try detections out, explain what they found, show what they cover
    #[command(subcommand)]
    Detect(Detect),
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
    /// Show metrics and what is unusual about them; compute with them; try alarms
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

/// A listing from the lake.
#[derive(Debug, ClapArgs)]
pub struct Listing {
    #[command(flatten)]
    pub lake: LakeArgs,
    /// How to print it
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub format: Format,
}

/// How to print a summary.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SummaryFormat {
    /// For people
    Table,
    /// One JSON object
    Json,
}
