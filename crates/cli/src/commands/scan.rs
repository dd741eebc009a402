//! `haechi scan`: the main job, from a folder of logs to answers.

use std::collections::BTreeSet;
use std::process::ExitCode;
use std::time::Instant;

use anyhow::Result;
use haechi_detect::{Filter, FindingStore};
use haechi_engine::Embedded;
use haechi_model::{Finding, FindingId, Window};
use haechi_origins::{Clients, Kind};

use crate::args::{Scan, SummaryFormat};
use crate::knowledge::Known;
use crate::lake::{detection_engine, findings, location};
use crate::overview::Overview;
use crate::session::Session;
use crate::{details, tables, talk, trusted};
use haechi_output as output;

use crate::summary;

pub fn run(session: &Session, args: &Scan) -> Result<ExitCode> {
    let start = Instant::now();
    // What is wrong with a file is said before hours of reading.
    let mut known = Known::read(&args.knowledge)?;
    let done = super::ingest::ingest(session, &args.ingest)?;
    let engine = detection_engine(&done.lake, &session.catalog, &args.ingest.lake)?;
    let window = session.window(&args.ingest.window)?;
    let mut store = findings(&location(&args.ingest.lake)?)?;
    known.add_saved(&store.lists()?)?;
    let found =
        session.runtime.block_on(known.run(&engine, &session.catalog, window, Some(&mut store)))?;
    keep(session, &engine, &known, &found, &mut store)?;
    let is_whole = window == Window::default();
    if !is_whole && known.has_changed_lists() {
        let older = search(session, &engine, &known, &mut store)?;
        talk::note("a list has changed: all of the lake has been searched by the lists");
        keep(session, &engine, &known, &older, &mut store)?;
        put_right(session, &engine, &known, &older, &mut store)?;
    } else if is_whole {
        put_right(session, &engine, &known, &found, &mut store)?;
    }
    if is_whole || known.has_changed_lists() {
        known.remember(&mut store, session.now)?;
    }
    let (found, n_archived) = open_ones(&store, found)?;
    let overview = session.runtime.block_on(Overview::of(&engine, &done.lake, window))?;
    let elapsed_seconds = start.elapsed().as_secs_f64();
    match args.ingest.format {
        SummaryFormat::Json => {
            let mut report = super::ingest::report(&done);
            report.insert("sources".to_owned(), serde_json::to_value(&overview.sources)?);
            report.insert("findings".to_owned(), serde_json::to_value(&found)?);
            report.insert("archived".to_owned(), n_archived.into());
            report.insert("elapsed_seconds".to_owned(), elapsed_seconds.into());
            output::json(&report.into())?;
        }
        SummaryFormat::Table => {
            let text =
                summary::of(&done.ingested, &overview, &found, elapsed_seconds, &args.ingest.lake);
            output::text(&text)?;
        }
    }
    if !found.is_empty() && !known.places.may_know(Kind::Countries) {
        talk::note(tables::unknown(Kind::Countries));
    }
    if 0 < n_archived {
        talk::note(&format!("{n_archived} findings are archived: haechi findings list --archived"));
    }
    Ok(exit(args, &found))
}

/// Searches all of the lake by the lists as they are now: with the pages that look into lists, and
/// with all pages where something else is trusted than before.
pub fn search(
    session: &Session,
    engine: &Embedded,
    known: &Known,
    store: &mut FindingStore,
) -> Result<Vec<Finding>> {
    let window = Window::default();
    if known.has_changed_trust() {
        return session.runtime.block_on(known.run(engine, &session.catalog, window, Some(store)));
    }
    let catalog = Known::pages_with_lists(&session.catalog);
    session.runtime.block_on(known.run_pages(engine, &catalog, window, Some(store)))
}

/// Archives what rests on what is newly trusted, when all of the lake has just been searched.
pub fn put_right(
    session: &Session,
    engine: &Embedded,
    known: &Known,
    found: &[Finding],
    store: &mut FindingStore,
) -> Result<()> {
    if known.has_changed_trust() {
        let n_archived = trusted::retract(session, engine, known, found, store)?;
        talk::note(&format!(
            "a trusted list has changed: {n_archived} findings that rest on it are archived"
        ));
    }
    Ok(())
}

/// Keeps findings with what their records tell, and archives what rules ask for.
pub fn keep(
    session: &Session,
    engine: &Embedded,
    known: &Known,
    found: &[Finding],
    store: &mut FindingStore,
) -> Result<()> {
    store.put(found, session.now)?;
    let clients = Clients::of(&session.catalog);
    let details = details::of(engine, found, (&known.places, &clients));
    let details = session.runtime.block_on(details)?;
    store.put_details(&details)?;
    store.suppress(Some(session.now))?;
    Ok(())
}

/// Returns the findings that nobody and no rule has put away, and how many the others are.
pub fn open_ones(store: &FindingStore, found: Vec<Finding>) -> Result<(Vec<Finding>, usize)> {
    let archived = store.list(Filter { archived: Some(true), ..Filter::default() })?;
    let archived: BTreeSet<&FindingId> = archived.iter().map(|it| &it.finding.id).collect();
    let n_found = found.len();
    let open: Vec<Finding> = found.into_iter().filter(|it| !archived.contains(&it.id)).collect();
    let n_archived = n_found - open.len();
    Ok((open, n_archived))
}

fn exit(args: &Scan, found: &[Finding]) -> ExitCode {
    let is_bad = |band| found.iter().any(|finding| band <= finding.severity.band());
    if args.fail_on.is_some_and(is_bad) { ExitCode::from(1) } else { ExitCode::SUCCESS }
}
