//! haechi beside its peers on the same input: prints figures and ratios, judges nothing.

mod bands;
mod compare;
mod corpus;
mod detect;
mod ingest;
mod insights;
mod nab;
mod queries;
mod replay;
mod sigma;
mod stream;
mod usage;

use std::path::PathBuf;

use clap::{Parser, Subcommand};
use tikv_jemallocator::Jemalloc;

use crate::compare::Comparison;

/// The allocator of `haechi`.
#[global_allocator]
static ALLOCATOR: Jemalloc = Jemalloc;

#[derive(Parser)]
#[command(name = "haechi-bench")]
struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Replay CloudTrail files with new ids and later times until there is enough raw JSON
    Corpus {
        /// Native CloudTrail files
        #[arg(long)]
        from: PathBuf,
        /// An empty folder
        #[arg(long)]
        out: PathBuf,
        /// How much raw JSON to write, in MB
        #[arg(long, default_value_t = 1_000)]
        megabytes: u64,
        /// How many records to put into a file
        #[arg(long, default_value_t = 2_000)]
        records: usize,
    },
    /// Write VPC flow logs in AWS's text format
    Flows {
        /// An empty folder
        #[arg(long)]
        out: PathBuf,
        /// How many records
        #[arg(long, default_value_t = 3_000_000)]
        records: u64,
    },
    /// Ingest with haechi, DuckDB and chDB, and print what each cost
    Compare {
        /// Native CloudTrail files, which are replayed to a larger input
        #[arg(long)]
        from: PathBuf,
        /// A folder for inputs, which are kept, and tables
        #[arg(long)]
        work: PathBuf,
        /// How much raw JSON to ingest, in MB
        #[arg(long, default_value_t = 1_050)]
        megabytes: u64,
        /// How often to run each; the cheapest run counts
        #[arg(long, default_value_t = 3)]
        rounds: usize,
    },
    /// Measure what bands and scores of metrics cost
    Bands,
    /// Plant bursts into invented calls, and count what is found
    Insights,
    /// Score the detector on the labelled series of the Numenta Anomaly Benchmark
    Nab {
        /// The folder that holds `data/` and `combined_windows.json`
        folder: PathBuf,
        /// Score what another detector wrote too: NAME=FOLDER with a CSV file for each series
        #[arg(long = "peer")]
        peers: Vec<String>,
        /// Show each file too
        #[arg(long)]
        files: bool,
    },
    /// Ask the questions of `queries.md` of haechi, DuckDB and chDB, and print what each cost
    Queries {
        /// The program `haechi`
        #[arg(long)]
        haechi: PathBuf,
        /// A lake of CloudTrail and flows
        #[arg(long)]
        lake: PathBuf,
        /// Native CloudTrail files
        #[arg(long)]
        files: PathBuf,
        /// How many threads each may use
        #[arg(long, default_value_t = 2)]
        threads: usize,
        /// How often to ask each; the cheapest run counts
        #[arg(long, default_value_t = 3)]
        rounds: usize,
        /// Only questions whose name has this in it
        #[arg(long, default_value = "")]
        only: String,
    },
    /// Run the whole catalogue over native files, and print what it costs and remembers
    Detect {
        /// Logs
        folder: PathBuf,
        /// Show the rows again, by other people and on later days, until there are so many
        #[arg(long)]
        events: Option<u64>,
    },
    /// Run Sigma rules with haechi over native files and with rsigma over JSON lines
    Sigma {
        /// Native CloudTrail files
        folder: PathBuf,
        /// A folder of rules
        #[arg(long)]
        rules: PathBuf,
        /// A folder for the JSON lines, which are kept
        #[arg(long)]
        work: PathBuf,
        /// How often to run each; the cheapest run counts
        #[arg(long, default_value_t = 3)]
        rounds: usize,
    },
    /// Run Sigma rules with one engine, once
    #[command(hide = true)]
    SigmaOnce {
        /// `haechi` or `rsigma`
        engine: String,
        /// Native files, or JSON lines
        input: PathBuf,
        /// A folder of rules
        #[arg(long)]
        rules: PathBuf,
    },
    /// Ingest a folder into a fresh lake and print what it cost
    Ingest {
        /// Logs
        path: String,
        /// The lake, which is made anew
        #[arg(long)]
        lake: PathBuf,
        /// How many workers
        #[arg(long, default_value_t = 1)]
        threads: usize,
    },
}

fn main() -> anyhow::Result<()> {
    match Args::parse().command {
        Command::Corpus { from, out, megabytes, records } => {
            corpus::replay(&from, &out, megabytes * 1_000_000, records)
        }
        Command::Flows { out, records } => corpus::flows(&out, records),
        Command::Compare { from, work, megabytes, rounds } => {
            let python = std::env::var_os("HAECHI_PYTHON").map(PathBuf::from);
            Comparison { from, work, megabytes, rounds, python }.run()
        }
        Command::Bands => bands::run(),
        Command::Insights => {
            insights::run();
            Ok(())
        }
        Command::Nab { folder, peers, files } => nab::run(&folder, &peers, files),
        Command::Queries { haechi, lake, files, threads, rounds, only } => {
            let places = queries::Places { haechi, lake, files };
            queries::run(&places, threads, rounds, &only)
        }
        Command::Detect { folder, events } => detect::run(&folder, events),
        Command::Sigma { folder, rules, work, rounds } => {
            sigma::Comparison { folder, rules, work, rounds }.run()
        }
        Command::SigmaOnce { engine, input, rules } => sigma::once(&engine, &input, &rules),
        Command::Ingest { path, lake, threads } => ingest::run(&path, &lake, threads),
    }
}
