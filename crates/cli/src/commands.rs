//! One file a command; this is their table of contents.

use std::process::ExitCode;

use anyhow::Result;
use haechi_catalog::Catalog;

use crate::args::{Args, Command};
use crate::session::Session;

mod ask;
mod columns;
mod coverage;
mod detect;
mod enrich;
mod fields;
mod filter_pattern;
mod filters;
mod findings;
mod ingest;
mod insights;
mod lake;
mod listing;
mod lists;
mod manual;
mod metrics;
mod query;
mod scan;
mod simulate;
mod sql;
mod tail;
mod verify;
mod watch;

pub use listing::views;

/// Does what the command line asks for.
pub fn run(args: Args) -> Result<ExitCode> {
    let session = Session::new(&args)?;
    match args.command {
        Command::Scan(args) => return scan::run(&session, &args),
        Command::Watch(args) => return watch::run(session, &args),
        Command::Ingest(args) => ingest::run(&session, &args)?,
        Command::Sql(args) => sql::run(&session, &args)?,
        Command::Query(args) => query::run(&session, &args)?,
        Command::Fields(args) => fields::run(&session, &args)?,
        Command::Findings(args) => findings::run(&session, &args)?,
        Command::Filters(args) => filters::run(&session, &args)?,
        Command::Lists(args) => lists::run(&session, &args)?,
        Command::Enrich(args) => enrich::run(&args)?,
        Command::Detect(args) => detect::run(&session, &args)?,
        Command::Sources(args) => listing::sources(&session, &args)?,
        Command::Rejects(args) => listing::rejects(&session, &args)?,
        Command::Coverage(args) => listing::coverage(&session, &args)?,
        Command::Ask(args) => ask::run(&session, &args)?,
        Command::FilterPattern(args) => return filter_pattern::run(&session, &args),
        Command::Tail(args) => return tail::run(&session, &args),
        Command::Lake(args) => lake::run(&session, &args)?,
        Command::Verify(args) => return verify::run(&session, &args),
        Command::Insights(args) => insights::run(&session, &args)?,
        Command::Metrics(args) => metrics::run(&session, &args)?,
        Command::Simulate(args) => simulate::run(&args)?,
        Command::Completions { shell } => manual::completions(shell),
        Command::Man { folder } => manual::pages(&folder)?,
    }
    Ok(ExitCode::SUCCESS)
}

/// Returns the catalogue's sources in the order that rows are taken apart in.
pub fn mappings(catalog: &Catalog) -> haechi_sources::Mappings {
    haechi_sources::Mappings::new(catalog.sources.values())
}
