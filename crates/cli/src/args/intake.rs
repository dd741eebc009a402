//! Logs: reading, keeping, checking and inventing them.

use std::path::PathBuf;

use clap::{Args as ClapArgs, Subcommand, ValueEnum, value_parser};
use haechi_lake::limits::{GATHERED_MIB, GATHERED_MIB_MAX};
use haechi_model::Band;
use jiff::SignedDuration;

use super::{Knowledge, LakeArgs, SummaryFormat, WindowArgs};

/// `haechi scan`
#[derive(Debug, ClapArgs)]
pub struct Scan {
    #[command(flatten)]
    pub ingest: Ingest,
    /// Exit with status 1 when there is a finding of this severity or worse
    #[arg(long, value_name = "SEVERITY")]
    pub fail_on: Option<Band>,
    #[command(flatten)]
    pub knowledge: Knowledge,
}

/// `haechi watch`
#[derive(Debug, ClapArgs)]
pub struct Watch {
    /// Files, folders, globs, or `s3://bucket/prefix`
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<String>,
    #[command(flatten)]
    pub lake: LakeArgs,
    /// How long to wait before looking for new files again: 60s, 5min
    #[arg(long, value_name = "TIME", default_value = "60s")]
    pub every: SignedDuration,
    /// How much later than newer ones records may come; what comes later still makes all of the
    /// lake be looked at again
    #[arg(long, value_name = "TIME", default_value = "30min")]
    pub lateness: SignedDuration,
    /// Look once and end: for timers
    #[arg(long)]
    pub once: bool,
    /// How many MiB of rows to gather before they are written; what bounds memory
    #[arg(long, value_name = "MIB", default_value_t = GATHERED_MIB, value_parser = value_parser!(u16).range(1..=i64::from(GATHERED_MIB_MAX)))]
    pub batch: u16,
    #[command(flatten)]
    pub knowledge: Knowledge,
    /// How to print what is found
    #[arg(long, value_enum, default_value_t = WatchFormat::Text)]
    pub format: WatchFormat,
}

/// How news are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum WatchFormat {
    /// A line each, for people
    Text,
    /// A JSON object a line
    Jsonl,
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
    #[arg(long, value_name = "DIR", required_unless_present = "list")]
    pub out: Option<PathBuf>,
    /// Name the stories and their quiet twins, in English and Korean, and write nothing
    #[arg(long, exclusive = true)]
    pub list: bool,
    /// An attack to include; may be given several times, or `all` [default: those of the demo]
    #[arg(long, value_name = "NAME", conflicts_with = "quiet")]
    pub story: Vec<String>,
    /// A story whose quiet twin to live through every day; may be given several times, or `all`
    #[arg(long, value_name = "NAME")]
    pub twin: Vec<String>,
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
