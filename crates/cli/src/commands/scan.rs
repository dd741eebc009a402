//! `haechi scan`: the main job, from a folder of logs to answers.

use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Context as _, Result, bail};
use haechi_detect::{Lists, Taken};
use haechi_model::Finding;

use crate::args::{Scan, SummaryFormat};
use crate::lake::{engine, findings, location};
use crate::overview::Overview;
use crate::session::Session;
use crate::talk;
use haechi_output as output;

use crate::summary;

pub fn run(session: &Session, args: &Scan) -> Result<ExitCode> {
    let start = Instant::now();
    let lists = lists(&args.threat_lists)?;
    let done = super::ingest::ingest(session, &args.ingest)?;
    let engine = engine(&done.lake, &session.catalog, &args.ingest.lake)?;
    let window = session.window(&args.ingest.window)?;
    let found = haechi_detect::run_with(&engine, &session.catalog, window, lists);
    let found = session.runtime.block_on(found)?;
    findings(&location(&args.ingest.lake)?)?.put(&found)?;
    let overview = session.runtime.block_on(Overview::of(&engine, &done.lake, window))?;
    let elapsed_seconds = start.elapsed().as_secs_f64();
    match args.ingest.format {
        SummaryFormat::Json => {
            let mut report = super::ingest::report(&done);
            report.insert("sources".to_owned(), serde_json::to_value(&overview.sources)?);
            report.insert("findings".to_owned(), serde_json::to_value(&found)?);
            report.insert("elapsed_seconds".to_owned(), elapsed_seconds.into());
            output::json(&report.into())?;
        }
        SummaryFormat::Table => {
            let text =
                summary::of(&done.ingested, &overview, &found, elapsed_seconds, &args.ingest.lake);
            output::text(&text)?;
        }
    }
    Ok(exit(args, &found))
}

/// Reads the user's lists, each `FILE` or `NAME=FILE`.
fn lists(arguments: &[String]) -> Result<Lists> {
    let mut lists = Lists::default();
    for argument in arguments {
        let named = argument.split_once('=').filter(|(name, _)| is_name(name));
        let (name, file) = named.unwrap_or(("threat", argument.as_str()));
        let bytes = std::fs::read(file).with_context(|| format!("cannot read `{file}`"))?;
        let taken = lists.add(name, &String::from_utf8_lossy(&bytes));
        if taken.accepted == 0 {
            bail!("`{file}` has no address, network or domain");
        }
        if 0 < taken.rejected {
            let Taken { accepted, rejected } = taken;
            talk::note(&format!("`{file}`: {accepted} entries, {rejected} lines are none"));
        }
    }
    Ok(lists)
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-')
}

fn exit(args: &Scan, found: &[Finding]) -> ExitCode {
    let is_bad = |band| found.iter().any(|finding| band <= finding.severity.band());
    if args.fail_on.is_some_and(is_bad) { ExitCode::from(1) } else { ExitCode::SUCCESS }
}
