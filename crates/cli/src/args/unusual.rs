//! What is unusual: insights.

use clap::{Args as ClapArgs, Subcommand, ValueEnum};
use haechi_output::Format;

use super::{LakeArgs, WindowArgs};

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
    /// Draw the calls around one: the day before, its span, and what followed
    Graph {
        /// Its id, or the beginning of its id
        id: String,
        #[command(flatten)]
        search: InsightsArgs,
        /// How many columns the chart has
        #[arg(long, default_value_t = 66)]
        columns: usize,
    },
    /// Print how often an API was called or failed, period by period
    Series(InsightsSeries),
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

/// `haechi insights series`
#[derive(Debug, ClapArgs)]
pub struct InsightsSeries {
    /// The service, such as iam.amazonaws.com
    pub event_source: String,
    /// The call, such as `GetRole`
    pub event_name: String,
    /// Only calls that failed with this error code
    #[arg(long, value_name = "CODE")]
    pub error_code: Option<String>,
    /// Only calls of this principal; a role's sessions count for the role
    #[arg(long, value_name = "ARN")]
    pub principal: Option<String>,
    /// Seconds from one number to the next: 60, 300 and 3600 are CloudTrail's
    #[arg(long, value_name = "SECONDS", default_value_t = 300)]
    pub period: i64,
    /// Leave out periods without calls
    #[arg(long)]
    pub non_zero: bool,
    #[command(flatten)]
    pub window: WindowArgs,
    #[command(flatten)]
    pub lake: LakeArgs,
    /// How to print it: JSON is in the form of CloudTrail's `ListInsightsMetricData`
    #[arg(long, value_enum, default_value_t = InsightFormat::Json)]
    pub format: InsightFormat,
}

/// How insights are exported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum InsightFormat {
    /// A file as CloudTrail delivers it
    Json,
    /// A line for each insight
    Csv,
}
