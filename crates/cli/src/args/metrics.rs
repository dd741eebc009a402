//! Metrics: series of numbers, in files and in the lake.

use std::path::PathBuf;

use clap::{Args as ClapArgs, Subcommand, ValueEnum};
use haechi_output::Format;

use super::{LakeArgs, WindowArgs};

/// `haechi metrics`
#[derive(Debug, Subcommand)]
pub enum Metrics {
    /// List the metrics of the lake, and those made from its logs (`haechi:…`)
    List(MetricsList),
    /// Print the points of a metric, or of math over it
    Get(Box<MetricsGet>),
    /// Answer a file of `MetricDataQueries` as CloudWatch would
    Answer {
        /// A JSON file: the list, or a request with it
        file: PathBuf,
        #[command(flatten)]
        answer: MetricsAnswer,
    },
    /// Put points into the lake: a value, CSV files, or what a metric filter makes of logs
    Put(Box<MetricsPut>),
    /// Draw a metric and the band of its usual values
    Plot(Box<MetricsPlot>),
    /// Say when an alarm, as `PutMetricAlarm` takes it, was in which state
    Alarm(MetricsAlarm),
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

/// `haechi metrics list`
#[derive(Debug, ClapArgs)]
pub struct MetricsList {
    /// Only metrics of this namespace
    #[arg(long)]
    pub namespace: Option<String>,
    #[command(flatten)]
    pub lake: LakeArgs,
    /// How to print them
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub format: Format,
}

/// A metric, and how its points are put together.
#[derive(Debug, ClapArgs)]
pub struct SeriesArgs {
    /// The metric, as `NAME` or `NAMESPACE:NAME`
    pub metric: String,
    /// Only series with this value of a dimension; what fits is put together (may be repeated)
    #[arg(short, long = "dimension", value_name = "NAME=VALUE")]
    pub dimensions: Vec<String>,
    /// Average, Sum, Minimum, Maximum, `SampleCount`, a percentile as p99, or another statistic that
    /// the points were delivered with, as tm90 [default: Sum for `haechi:…`, else Average]
    #[arg(long)]
    pub statistic: Option<String>,
    /// Seconds from one point to the next
    #[arg(long, value_name = "SECONDS", default_value_t = 300)]
    pub period: i64,
    #[command(flatten)]
    pub window: WindowArgs,
    #[command(flatten)]
    pub lake: LakeArgs,
}

/// How the usual values of a series are learned.
#[derive(Debug, ClapArgs)]
pub struct LearningArgs {
    /// No value can be lower than this
    #[arg(long, value_name = "VALUE", allow_negative_numbers = true)]
    pub lowest: Option<f64>,
    /// No value can be higher than this
    #[arg(long, value_name = "VALUE", allow_negative_numbers = true)]
    pub highest: Option<f64>,
    /// How fast the new becomes the usual
    #[arg(long, value_enum, default_value_t = Adaptation::Normal)]
    pub adaptation: Adaptation,
    /// Learn nothing from these moments of the zone's clock, as `FIRST/LAST`; may be repeated
    #[arg(long, value_name = "FIRST/LAST")]
    pub exclude: Vec<String>,
    /// Whose days and weeks the series follows, daylight saving included, such as Asia/Seoul
    #[arg(long, value_name = "ZONE")]
    pub time_zone: Option<String>,
}

/// `haechi metrics get`
#[derive(Debug, ClapArgs)]
pub struct MetricsGet {
    #[command(flatten)]
    pub series: SeriesArgs,
    /// Compute with it: it is `m1`, as in `RATE(m1) * 60` or `ANOMALY_DETECTION_BAND(m1, 2)`
    #[arg(long, value_name = "EXPRESSION")]
    pub math: Option<String>,
    #[command(flatten)]
    pub learning: LearningArgs,
    /// How to print it
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub format: Format,
}

/// `haechi metrics answer`
#[derive(Debug, ClapArgs)]
pub struct MetricsAnswer {
    #[command(flatten)]
    pub window: WindowArgs,
    #[command(flatten)]
    pub lake: LakeArgs,
    #[command(flatten)]
    pub learning: LearningArgs,
}

/// `haechi metrics put`
#[derive(Debug, ClapArgs)]
pub struct MetricsPut {
    /// CSV files with the columns `timestamp` and `value`; `-` reads standard input
    pub paths: Vec<PathBuf>,
    /// The namespace of the metric
    #[arg(long)]
    pub namespace: String,
    /// The metric's name
    #[arg(long)]
    pub metric: String,
    /// A dimension of the points; with --filter its value may be a field, as `$.region`
    #[arg(short, long = "dimension", value_name = "NAME=VALUE")]
    pub dimensions: Vec<String>,
    /// The unit, in CloudWatch's words [default: None]
    #[arg(long)]
    pub unit: Option<String>,
    /// The account that the points belong to
    #[arg(long)]
    pub account: Option<String>,
    /// The Region that the points belong to
    #[arg(long)]
    pub region: Option<String>,
    /// One value
    #[arg(long, allow_negative_numbers = true)]
    pub value: Option<f64>,
    /// When the value was measured [default: now]
    #[arg(long, value_name = "TIME", requires = "value")]
    pub timestamp: Option<String>,
    #[command(flatten)]
    pub filter: MetricsFilter,
    #[command(flatten)]
    pub lake: LakeArgs,
}

/// A metric filter.
#[derive(Debug, ClapArgs)]
pub struct MetricsFilter {
    /// Count what this filter pattern matches, minute by minute
    #[arg(long, value_name = "PATTERN", requires = "group", allow_hyphen_values = true)]
    pub filter: Option<String>,
    /// The logs that the filter looks at: a source such as cloudtrail, or a log group
    #[arg(long, value_name = "NAME", requires = "filter")]
    pub group: Option<String>,
    /// What each match counts: a number, or a field that the pattern names, as `$.bytes`
    #[arg(long, value_name = "VALUE", default_value = "1")]
    pub metric_value: String,
    /// What stands for a minute in which there were logs and none matched
    #[arg(long, value_name = "VALUE", allow_negative_numbers = true)]
    pub default_value: Option<f64>,
}

/// `haechi metrics plot`
#[derive(Debug, ClapArgs)]
pub struct MetricsPlot {
    #[command(flatten)]
    pub series: SeriesArgs,
    /// How wide the band is, in standard deviations
    #[arg(long, value_name = "DEVIATIONS", default_value_t = 2.0)]
    pub width: f64,
    #[command(flatten)]
    pub learning: LearningArgs,
    /// How many columns the chart has
    #[arg(long, default_value_t = 66)]
    pub columns: usize,
    /// How many rows the chart has
    #[arg(long, default_value_t = 16)]
    pub rows: usize,
}

/// `haechi metrics alarm`
#[derive(Debug, ClapArgs)]
pub struct MetricsAlarm {
    /// A JSON file as `aws cloudwatch put-metric-alarm --cli-input-json` takes it
    pub file: PathBuf,
    #[command(flatten)]
    pub window: WindowArgs,
    #[command(flatten)]
    pub lake: LakeArgs,
    #[command(flatten)]
    pub learning: LearningArgs,
    /// Look again every so many seconds, and print what changes, until interrupted
    #[arg(long, value_name = "SECONDS")]
    pub watch: Option<u64>,
    /// How to print the changes
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub format: Format,
}

/// `haechi metrics band`
#[derive(Debug, ClapArgs)]
pub struct MetricsBand {
    /// A CSV file with the columns `timestamp` and `value`; `-` reads standard input
    pub file: PathBuf,
    /// How wide the band is, in standard deviations
    #[arg(long, value_name = "DEVIATIONS", default_value_t = 2.0)]
    pub width: f64,
    #[command(flatten)]
    pub learning: LearningArgs,
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
