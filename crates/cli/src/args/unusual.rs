//! What is unusual: insights, metrics.

use std::path::PathBuf;

use clap::{Args as ClapArgs, Subcommand, ValueEnum};
use haechi_output::Format;

use super::LakeArgs;

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
