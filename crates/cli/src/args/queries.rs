//! Questions: in words, in the language of Logs Insights, in SQL, and of lines as they come.

use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::{Args as ClapArgs, Subcommand, ValueEnum};
use haechi_output::Format;

use super::{LakeArgs, Places, WindowArgs};

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
    #[command(flatten)]
    pub places: Places,
}

/// `haechi query`
#[derive(Debug, ClapArgs)]
pub struct Query {
    /// The query, or - to read it from standard input; it may also stand behind the paths
    #[arg(value_name = "QUERY", required_unless_present = "files")]
    pub text: Option<String>,
    /// Ask these files, folders, globs or `s3://bucket/prefix` as they lie, and no lake
    #[arg(short, long, value_name = "PATH", num_args = 1..)]
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
    /// Draw a chart of the answer, the same as `--format plot`
    #[arg(long, conflicts_with = "format")]
    pub plot: bool,
    /// Do not shorten long values in tables
    #[arg(long)]
    pub wide: bool,
    #[command(flatten)]
    pub places: Places,
    #[command(flatten)]
    pub instead: InsteadOfRunning,
    /// Hold the query to AWS's own limits
    #[arg(long)]
    pub compat: bool,
}

impl Query {
    /// Returns the query and the paths: a shell puts the names of files between `-f` and a query
    /// that stands behind them.
    pub fn asked(&self) -> Result<(&str, &[String])> {
        match (&self.text, self.files.as_slice()) {
            (Some(text), files) => Ok((text, files)),
            (None, [files @ .., text]) if !files.is_empty() => Ok((text, files)),
            (None, _) => bail!("there is no query: put it before `-f` or behind the paths"),
        }
    }
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
    pub places: Places,
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
    #[arg(required_unless_present = "group", value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// In place of files, the records of these log groups that come into the lake
    #[arg(long, value_name = "NAME", conflicts_with = "paths")]
    pub group: Vec<String>,
    #[command(flatten)]
    pub lake: LakeArgs,
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
