//! `haechi ingest`: logs into the lake.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use anyhow::{Context, Result};
use haechi_lake::{IngestOptions, Ingested, Lake};
use haechi_sources::{DiscoverOptions, discover};
use serde_json::{Map, Value, json};

use crate::args::{Ingest, SummaryFormat};
use crate::lake::{location, s3_options, threads};
use crate::progress::Bar;
use crate::session::Session;
use crate::summary;

/// What an ingest did, and the lake as it is then.
pub struct Done {
    pub lake: Lake,
    pub ingested: Ingested,
    pub elapsed_seconds: f64,
}

pub fn run(session: &Session, args: &Ingest) -> Result<()> {
    let done = ingest(session, args)?;
    match args.format {
        SummaryFormat::Json => haechi_output::json(&report(&done).into()),
        SummaryFormat::Table => haechi_output::text(&summary::reading(&done.ingested)),
    }
}

/// Reads the logs that the arguments name into the lake.
pub fn ingest(session: &Session, args: &Ingest) -> Result<Done> {
    ingest_until(session, args, stop_on_interrupt(session))
}

/// Reads logs into the lake, up to the next commit after `stop` is set.
pub fn ingest_until(session: &Session, args: &Ingest, stop: Arc<AtomicBool>) -> Result<Done> {
    let start = Instant::now();
    let window = session.window(&args.window)?;
    let options =
        DiscoverOptions { runtime: session.runtime.handle().clone(), s3: s3_options()?, window };
    let found = discover(&args.paths, &options)?;
    let location = location(&args.lake)?;
    let lake = session.runtime.block_on(Lake::open_or_create(&location, &session.catalog))?;
    let options = IngestOptions {
        threads: threads(&args.lake),
        gathered_bytes: usize::from(args.batch) << 20,
        now: session.now,
        run: session.run_name(),
        runtime: session.runtime.handle().clone(),
        stop,
    };
    let bar = Bar::new(found.n_objects(), found.n_bytes());
    let mappings = super::mappings(&session.catalog);
    let tick = |progress: &haechi_lake::Progress| bar.tick(progress);
    let ingested = haechi_lake::ingest(lake, &mappings, &found, &options, &tick);
    bar.finish();
    let (lake, mut ingested) = ingested.context("reading stopped; what was committed stays")?;
    ingested.skipped.extend(found.skipped);
    Ok(Done { lake, ingested, elapsed_seconds: start.elapsed().as_secs_f64() })
}

/// Returns what an ingest did, for scripts.
pub fn report(done: &Done) -> Map<String, Value> {
    let Ingested { files, bytes, bytes_stored, skipped, unreadable, .. } = &done.ingested;
    let Ingested { read, accepted, duplicate, rejected, .. } = &done.ingested;
    let named = |(name, reason): &(String, String)| json!({"file": name, "reason": reason});
    let records = json!({
        "read": read, "accepted": accepted, "duplicate": duplicate, "rejected": rejected,
    });
    let entries = [
        ("files", json!(files)),
        ("bytes_stored", json!(bytes_stored)),
        ("bytes", json!(bytes)),
        ("records", records),
        ("skipped", skipped.iter().map(named).collect()),
        ("unreadable", unreadable.iter().map(named).collect()),
        ("elapsed_seconds", json!(done.elapsed_seconds)),
    ];
    entries.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// Makes Ctrl-C stop at the next commit instead of anywhere.
fn stop_on_interrupt(session: &Session) -> Arc<AtomicBool> {
    let stop = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&stop);
    session.runtime.spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            flag.store(true, Ordering::Relaxed);
        }
    });
    stop
}
