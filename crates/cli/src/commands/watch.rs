//! `haechi watch`: follows folders and buckets, and says what is found as it comes.

mod left;
mod stop;

use std::process::ExitCode;

use anyhow::Result;
use haechi_detect::{Filter, FindingStore, Following, Round, follow};
use haechi_model::{Finding, Window};
use serde_json::json;

use self::left::{Left, Next, Told};
use self::stop::Stop;
use super::scan::{keep, open_ones, put_right};
use crate::args::{Ingest, SummaryFormat, Watch, WatchFormat, WindowArgs};
use crate::knowledge::Known;
use crate::lake::{detection_engine, location, state_folder};
use crate::session::Session;
use crate::talk;
use haechi_output as output;

/// The file that holds what one round leaves to the next.
const STATE: &str = "watch.state";

pub fn run(mut session: Session, args: &Watch) -> Result<ExitCode> {
    let stop = Stop::on_signals(&session.runtime);
    let mut has_looked = false;
    // Ends when it is asked to.
    loop {
        session.set_now();
        match round(&session, args, &stop) {
            Ok(()) => has_looked = true,
            Err(_) if stop.is_asked_for() => {}
            Err(error) if args.once || !has_looked => return Err(error),
            // S3 may be back the next time; what was committed stays.
            Err(error) => talk::error(&error),
        }
        if args.once || stop.is_asked_for_within(args.every.unsigned_abs()) {
            return Ok(ExitCode::SUCCESS);
        }
    }
}

/// Reads what is new, looks at it, and says what it changes.
fn round(session: &Session, args: &Watch, stop: &Stop) -> Result<()> {
    let done = super::ingest::ingest_until(session, &reading(args), stop.flag())?;
    let engine = detection_engine(&done.lake, &session.catalog, &args.lake)?;
    let location = location(&args.lake)?;
    let mut store = crate::lake::findings(&location)?;
    let mut known = Known::read(&args.knowledge)?;
    known.add_saved(&store.lists()?)?;
    let following = Following {
        catalog: &session.catalog,
        known: known.of_pages(),
        known_as: known.digest(),
        lateness_seconds: u32::try_from(args.lateness.as_secs()).unwrap_or(u32::MAX),
        now: session.now,
    };
    let file = state_folder(&location)?.join(STATE);
    let mut last = Left::open(&file);
    let mut next = Next::begin(&file)?;
    let state = last.as_mut().map(Left::state);
    let round = follow(&engine, &following, state, next.state(), &mut store);
    let mut round = session.runtime.block_on(round)?;
    let rules = known.run_rules(&engine, Window::default(), Some(&mut store));
    let rules = session.runtime.block_on(rules)?;
    // Moved and not copied: findings hold the ids of hundreds of records each.
    let mut found: Vec<Finding> = std::mem::take(&mut round.findings);
    found.extend(rules);
    let had_state = last.is_some();
    let mut told = match last {
        Some(left) => left.told,
        None => told_by_others(&store)?,
    };
    keep(session, &engine, &known, &found, &mut store)?;
    // A changed list makes the round look at all of the lake.
    put_right(session, &engine, &known, &found, &mut store)?;
    known.remember(&mut store, session.now)?;
    let (open, _) = open_ones(&store, found)?;
    say(&told, &open, args.format)?;
    tell(&round, done.ingested.accepted, had_state);
    for finding in &open {
        told.tells(finding);
    }
    // Last, so that whoever is killed before says and keeps again what may not have been.
    next.end(&told, &file)
}

/// Returns what a first round begins with: what scans have found is no news.
fn told_by_others(store: &FindingStore) -> Result<Told> {
    let mut told = Told::default();
    for stored in store.list(Filter::default())? {
        told.tells(&stored.finding);
    }
    Ok(told)
}

/// Returns what an ingest is to do.
fn reading(args: &Watch) -> Ingest {
    Ingest {
        paths: args.paths.clone(),
        lake: args.lake.clone(),
        window: WindowArgs { since: None, until: None },
        batch: args.batch,
        format: SummaryFormat::Table,
    }
}

/// Prints a line for each finding that is new or has grown.
fn say(told: &Told, open: &[Finding], format: WatchFormat) -> Result<()> {
    output::stream(|out| {
        for finding in open {
            let Some(what) = told.news(finding) else { continue };
            let text = match format {
                WatchFormat::Jsonl => json!({ "news": what, "finding": finding }).to_string(),
                WatchFormat::Text => line(what, finding),
            };
            writeln!(out, "{}", output::printable_lines(&text))?;
        }
        Ok(())
    })
}

fn line(what: &str, finding: &Finding) -> String {
    let id: String = finding.id.0.chars().take(8).collect();
    let Finding { severity, title, why, last_seen, .. } = finding;
    let (band, severity) = (severity.band(), severity.value());
    format!("{last_seen}  {what:<4}  {band:<8} {severity:>4.1}  {id}  {title}: {}", why.en)
}

fn tell(round: &Round, n_new: u64, had_state: bool) {
    if let Some(reason) = round.began_anew.filter(|_| had_state) {
        talk::note(&format!("all of the lake was looked at again: {reason}"));
    }
    talk::let_go(round.n_let_go);
    if 0 < n_new {
        talk::note(&format!("{n_new} new records"));
    }
}
