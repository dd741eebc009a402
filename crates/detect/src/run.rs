//! Detection over a lake: at most two plans a source, whose rows are read in time order.

use std::collections::{BTreeMap, BTreeSet};
use std::future::poll_fn;
use std::sync::Arc;

use arrow::array::AsArray;
use arrow::compute::cast;
use arrow::datatypes::{DataType, Int64Type};
use arrow::error::ArrowError;
use arrow::record_batch::RecordBatch;
use haechi_catalog::Catalog;
use haechi_model::{Finding, FindingId, Window};
use haechi_query::{Engine, QueryError};

use crate::limits::ROWS_AT_ONCE;
use crate::stretches::stretches;
use crate::{DetectError, Detector, Lists, Places, StoreError};

/// What the user knows and the catalogue does not.
#[derive(Default)]
pub struct Known {
    /// Lists of addresses, networks and domains.
    pub lists: Lists,
    /// Where addresses are.
    pub places: Option<Arc<dyn Places>>,
}

/// What a run has found.
pub struct Found {
    /// The findings, worst first.
    pub findings: Vec<Finding>,
    /// How many subjects, pairs and the like were forgotten for want of room.
    pub n_let_go: u64,
}

/// Takes the ids of records that speak for findings, beyond those that the findings hold.
pub trait Evidence {
    /// Keeps them; those that are kept already stay as they are.
    ///
    /// # Errors
    /// They cannot be kept.
    fn keep(&mut self, records: &[(FindingId, Vec<String>)]) -> Result<(), StoreError>;
}

/// Runs every detection of a catalogue over the rows of a window, without lists of the user's.
///
/// # Errors
/// As those of [`run_with`].
pub async fn run(
    engine: &dyn Engine,
    catalog: &Catalog,
    window: Window,
) -> Result<Vec<Finding>, DetectError> {
    run_with(engine, catalog, window, Known::default()).await
}

/// Runs every detection of a catalogue over the rows of a window.
///
/// Pages with a memory also read the rows before the window, but raise nothing there.
///
/// # Errors
/// A page's definition does not make sense, or the engine fails.
pub async fn run_with(
    engine: &dyn Engine,
    catalog: &Catalog,
    window: Window,
    known: Known,
) -> Result<Vec<Finding>, DetectError> {
    Ok(run_keeping(engine, catalog, window, known, None).await?.findings)
}

/// Runs every detection of a catalogue over the rows of a window, and keeps the ids of all records
/// that speak for findings.
///
/// # Errors
/// A page's definition does not make sense, the engine fails, or the ids cannot be kept.
pub async fn run_keeping(
    engine: &dyn Engine,
    catalog: &Catalog,
    window: Window,
    known: Known,
    mut evidence: Option<&mut dyn Evidence>,
) -> Result<Found, DetectError> {
    let mut detector = Detector::new(catalog)?;
    if evidence.is_some() {
        detector.keep_every_record();
    }
    detector.set_window(window);
    detector.set_lists(known.lists);
    if let Some(places) = &known.places {
        detector.set_places(places);
    }
    let plans = detector.plans();
    let sources: BTreeSet<&str> = plans.iter().map(|plan| plan.source.as_str()).collect();
    let held = Held::of(engine, sources).await?;
    detector.set_own_accounts(held.accounts.iter().cloned());
    detector.share_room(held.n_sources());
    for plan in &plans {
        for window in held.windows(engine, &plan.source, plan.window).await? {
            let mut batches = Batches::open(engine, &plan.source, &plan.within(window)).await?;
            while let Some(batch) = batches.next().await? {
                detector.observe_plan(plan, &batch)?;
                hand_over(&mut detector, &mut evidence)?;
            }
        }
    }
    let n_let_go = detector.n_let_go();
    detector.end();
    hand_over(&mut detector, &mut evidence)?;
    Ok(Found { findings: detector.into_findings(), n_let_go })
}

/// Gives the ids of records to whoever keeps them.
pub(crate) fn hand_over(
    detector: &mut Detector,
    evidence: &mut Option<&mut dyn Evidence>,
) -> Result<(), DetectError> {
    let Some(evidence) = evidence else { return Ok(()) };
    let records = detector.take_records();
    if records.is_empty() { Ok(()) } else { Ok(evidence.keep(&records)?) }
}

/// What an engine holds of the sources.
pub(crate) struct Held {
    /// The accounts that they have records of.
    pub(crate) accounts: BTreeSet<String>,
    n_rows: BTreeMap<String, u64>,
}

impl Held {
    /// Asks an engine.
    pub(crate) async fn of(
        engine: &dyn Engine,
        sources: BTreeSet<&str>,
    ) -> Result<Self, DetectError> {
        let mut held = Self { accounts: BTreeSet::new(), n_rows: BTreeMap::new() };
        for source in sources {
            held.add(engine, source).await?;
        }
        Ok(held)
    }

    async fn add(&mut self, engine: &dyn Engine, source: &str) -> Result<(), DetectError> {
        let fault = |error: ArrowError| DetectError::Rows {
            source_name: source.to_owned(),
            reason: error.to_string(),
        };
        if let Some(facts) = engine.facts(source)
            && let Some(accounts) = facts.in_paths.get("account")
            && let Some(n_rows) = facts.rows
        {
            self.accounts.extend(accounts.iter().cloned());
            self.n_rows.insert(source.to_owned(), n_rows);
            return Ok(());
        }
        let sql = format!("select \"account\", count(*) from \"{source}\" group by \"account\"");
        let mut batches = Batches::open(engine, source, &sql).await?;
        let mut n_rows = 0;
        while let Some(batch) = batches.next().await? {
            let [accounts, counts] = batch.columns() else { continue };
            let accounts = cast(accounts, &DataType::Utf8).map_err(fault)?;
            let counts = cast(counts, &DataType::Int64).map_err(fault)?;
            self.accounts.extend(accounts.as_string::<i32>().iter().flatten().map(str::to_owned));
            let counts = counts.as_primitive::<Int64Type>().iter().flatten();
            n_rows += counts.map(i64::unsigned_abs).sum::<u64>();
        }
        self.n_rows.insert(source.to_owned(), n_rows);
        Ok(())
    }

    /// Returns how many sources have rows.
    pub(crate) fn n_sources(&self) -> usize {
        self.n_rows.values().filter(|n_rows| 0 < **n_rows).count()
    }

    /// Returns the parts of a window in which a source's rows are asked for, in time order: the
    /// window itself where there are few, or where nothing need be held to put them in order.
    pub(crate) async fn windows(
        &self,
        engine: &dyn Engine,
        source: &str,
        window: Window,
    ) -> Result<Vec<Window>, DetectError> {
        if engine.facts(source).is_some_and(|facts| facts.comes_in_time_order) {
            return Ok(vec![window]);
        }
        match self.n_rows.get(source) {
            Some(n_rows) if ROWS_AT_ONCE < *n_rows => stretches(engine, source, window).await,
            _ => Ok(vec![window]),
        }
    }
}

/// The batches of a query, one after the other.
pub(crate) struct Batches<'a> {
    source: &'a str,
    stream: haechi_query::BatchStream,
}

impl<'a> Batches<'a> {
    /// Asks an engine.
    pub(crate) async fn open(
        engine: &dyn Engine,
        source: &'a str,
        sql: &str,
    ) -> Result<Self, DetectError> {
        let answer = engine.query_as_read(sql).await.map_err(|error| fault(source, error))?;
        Ok(Self { source, stream: answer.batches })
    }

    /// Returns the next batch, or nothing at the end.
    pub(crate) async fn next(&mut self) -> Result<Option<RecordBatch>, DetectError> {
        let next = poll_fn(|context| self.stream.as_mut().poll_next(context)).await;
        next.transpose().map_err(|error| fault(self.source, error))
    }
}

fn fault(source_name: &str, source: QueryError) -> DetectError {
    DetectError::Query { source_name: source_name.to_owned(), source }
}
