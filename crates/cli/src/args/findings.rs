//! What was found, and what is to be made of it.

use std::path::PathBuf;

use clap::{Args as ClapArgs, Subcommand, ValueEnum};
use haechi_model::Band;

use super::{LakeArgs, SummaryFormat, WindowArgs};

/// `haechi findings`
#[derive(Debug, Subcommand)]
pub enum Findings {
    /// List the findings, worst first
    List {
        #[command(flatten)]
        choice: Choice,
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
        /// Only the ids of all records that speak for it, a line each; JSON always has them
        #[arg(long)]
        records: bool,
        /// How to print it
        #[arg(long, value_enum, default_value_t = SummaryFormat::Table)]
        format: SummaryFormat,
    },
    /// Put findings away: lists leave them out, sequences still count them
    Archive(Ids),
    /// Take findings out again
    Unarchive(Ids),
    /// Say whether findings were worth the reading
    Feedback {
        #[command(flatten)]
        ids: Ids,
        /// What you think of them
        #[arg(long, value_enum, value_name = "OPINION")]
        feedback: Opinion,
        /// Why
        #[arg(long, value_name = "TEXT", default_value = "")]
        comments: String,
    },
    /// Print findings as other tools read them, one JSON document for all
    Export {
        #[command(flatten)]
        choice: Choice,
        /// The form: OCSF Detection Findings (one a line), ASFF for `batch-import-findings`, or
        /// GuardDuty's own
        #[arg(long = "as", value_enum, value_name = "FORM")]
        form: Form,
    },
    /// Make sample findings of every type, to try out what comes after them
    CreateSamples {
        /// The finding types [default: all]
        #[arg(long = "types", value_name = "TYPE", num_args = 1..)]
        types: Vec<String>,
        #[command(flatten)]
        lake: LakeArgs,
    },
}

/// Which findings.
#[derive(Debug, ClapArgs)]
pub struct Choice {
    #[command(flatten)]
    pub lake: LakeArgs,
    /// Only findings of this severity or worse
    #[arg(long, value_name = "SEVERITY")]
    pub severity: Option<Band>,
    /// Only findings of this type; `*` stands for any text
    #[arg(long = "type", value_name = "TYPE")]
    pub kind: Option<String>,
    /// Only findings of this account
    #[arg(long, value_name = "ID")]
    pub account: Option<String>,
    /// Only findings about this subject; `*` stands for any text
    #[arg(long, value_name = "NAME")]
    pub subject: Option<String>,
    /// GuardDuty's finding criteria as JSON, or the file that holds them
    #[arg(long, value_name = "JSON")]
    pub criteria: Option<String>,
    /// The archived findings instead of the others
    #[arg(long)]
    pub archived: bool,
}

/// Findings by their ids.
#[derive(Debug, ClapArgs)]
pub struct Ids {
    /// Their ids, or the beginnings of their ids
    #[arg(required = true, value_name = "ID")]
    pub ids: Vec<String>,
    #[command(flatten)]
    pub lake: LakeArgs,
}

/// What a person thinks of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Opinion {
    /// Worth the reading
    Useful,
    /// Not worth it
    NotUseful,
}

/// In whose words findings are exported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Form {
    /// OCSF 1.5.0, class Detection Finding, one a line
    Ocsf,
    /// AWS Security Finding Format
    Asff,
    /// As `aws guardduty get-findings` prints them
    Guardduty,
}

/// `haechi filters`
#[derive(Debug, Subcommand)]
pub enum Filters {
    /// Keep a filter; with the action ARCHIVE it is a suppression rule for new findings
    Create(FilterArgs),
    /// Replace a filter
    Update(FilterArgs),
    /// List the filters in the order they are tried in
    List {
        #[command(flatten)]
        lake: LakeArgs,
        /// How to print them
        #[arg(long, value_enum, default_value_t = SummaryFormat::Table)]
        format: SummaryFormat,
    },
    /// Forget a filter; what it archived stays archived
    Delete {
        /// Its name
        name: String,
        #[command(flatten)]
        lake: LakeArgs,
    },
}

/// A filter in AWS's words.
#[derive(Debug, ClapArgs)]
pub struct FilterArgs {
    /// Its name
    #[arg(long, value_name = "NAME")]
    pub name: String,
    /// GuardDuty's finding criteria as JSON, or the file that holds them
    #[arg(long, value_name = "JSON")]
    pub finding_criteria: String,
    /// What happens to new findings that fit
    #[arg(long, value_enum, default_value_t = Action::Noop, ignore_case = true)]
    pub action: Action,
    /// Filters are tried in this order, the lowest first
    #[arg(long, default_value_t = 1)]
    pub rank: u32,
    /// What it is for
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub description: String,
    /// Archive the findings that are there and fit, too
    #[arg(long)]
    pub existing: bool,
    #[command(flatten)]
    pub lake: LakeArgs,
}

/// What happens to findings that fit a filter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Action {
    /// Nothing
    #[value(name = "NOOP")]
    Noop,
    /// They are put away
    #[value(name = "ARCHIVE")]
    Archive,
}

/// `haechi lists`
#[derive(Debug, Subcommand)]
pub enum Lists {
    /// Look at a list in every scan, and search all of the lake by it now
    Add {
        /// The file; NAME is threat, trusted, tor, mining or sinkhole, and threat when it is left
        /// out
        #[arg(value_name = "[NAME=]FILE")]
        list: String,
        #[command(flatten)]
        lake: LakeArgs,
    },
    /// Show the lists, their form, and when all of the lake was last searched by them
    List {
        #[command(flatten)]
        lake: LakeArgs,
        /// How to print them
        #[arg(long, value_enum, default_value_t = SummaryFormat::Table)]
        format: SummaryFormat,
    },
    /// Look at a list no more; what it found stays, and what it was trusted for is found again
    Remove {
        /// The file, as it was added
        #[arg(value_name = "[NAME=]FILE")]
        list: String,
        #[command(flatten)]
        lake: LakeArgs,
    },
}

/// `haechi detect`
#[derive(Debug, Subcommand)]
pub enum Detect {
    /// Show how often pages would have spoken, on whom and when, without keeping a finding
    Test {
        /// A page's file or name, a folder of pages, or Sigma rules (`.yml`)
        #[arg(value_name = "PAGE|DIR")]
        pages: String,
        #[command(flatten)]
        lake: LakeArgs,
        #[command(flatten)]
        window: WindowArgs,
        #[command(flatten)]
        knowledge: Knowledge,
        /// How to print it
        #[arg(long, value_enum, default_value_t = SummaryFormat::Table)]
        format: SummaryFormat,
    },
    /// Show why a finding was raised: the page's definition, the days, and the first records
    Explain {
        /// Its id, or the beginning of its id
        finding: String,
        #[command(flatten)]
        lake: LakeArgs,
    },
    /// Show which techniques of MITRE ATT&CK the detections look for
    Coverage {
        /// Sigma rules that count too: a file or folder (may be given more than once)
        #[arg(long = "rules", value_name = "PATH")]
        rules: Vec<PathBuf>,
        /// As a table, or as a layer for ATT&CK Navigator
        #[arg(long, value_enum, default_value_t = CoverageFormat::Table)]
        format: CoverageFormat,
    },
}

/// What the user knows and haechi does not.
#[derive(Debug, Clone, Default, ClapArgs)]
pub struct Knowledge {
    /// A file of addresses, networks and domains to look for, this once; NAME is threat, tor,
    /// mining or sinkhole, or trusted for what is never to be found, and threat when it is left
    /// out (may be given more than once)
    #[arg(long = "threat-list", value_name = "[NAME=]FILE")]
    pub threat_lists: Vec<String>,
    /// A file or folder of Sigma rules over CloudTrail (may be given more than once)
    #[arg(long = "rules", value_name = "PATH")]
    pub rules: Vec<PathBuf>,
    #[command(flatten)]
    pub places: Places,
}

/// Where addresses belong.
#[derive(Debug, Clone, Default, ClapArgs)]
pub struct Places {
    /// A table of where addresses belong, asked before those of `haechi enrich`: an `.mmdb` file,
    /// CSV of ranges, or AWS's `ip-ranges.json` (may be given more than once)
    #[arg(long = "places", value_name = "FILE", env = "HAECHI_PLACES", value_delimiter = ',')]
    pub places: Vec<PathBuf>,
}

/// `haechi enrich`
#[derive(Debug, Subcommand)]
pub enum Enrich {
    /// Make the tables that scans and queries look into; those of a kind that is given anew are
    /// replaced
    Update {
        /// Packages as `npm pack` writes them (`.tgz`), CSV of ranges (also `.gz`), AWS's
        /// `ip-ranges.json`, or `.mmdb` files [default: npm is asked for the free packages]
        #[arg(value_name = "FILE")]
        files: Vec<PathBuf>,
    },
    /// Show the tables: what they know, where they come from, how large they are
    Show {
        /// How to print them
        #[arg(long, value_enum, default_value_t = SummaryFormat::Table)]
        format: SummaryFormat,
    },
}

/// How coverage is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum CoverageFormat {
    /// For people
    Table,
    /// A layer for ATT&CK Navigator
    Navigator,
}
