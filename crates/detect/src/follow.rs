//! Detection that goes on where it stopped, round by round, with the lake as its waiting room.
//!
//! A round looks at the rows between the moment up to which the last one has seen everything and
//! a new one, which lies so far behind the newest row that nothing earlier is expected. What is
//! remembered then is written down; after that the rest of the rows is shown too, and the findings
//! are those of a replay of the whole lake. A row that comes later than expected makes the round
//! begin anew from the first row, so that they always are.

mod state;

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;

use arrow::array::AsArray;
use arrow::compute::cast;
use arrow::datatypes::{DataType, Int64Type, TimeUnit};
use haechi_catalog::Catalog;
use haechi_model::{Finding, Timestamp, Window};
use haechi_query::Engine;

use self::state::State;
use crate::run::{Batches, Held, hand_over};
use crate::{DetectError, Detector, Evidence, Known, Plan, Source};

/// What a round goes by.
pub struct Following<'a> {
    /// The pages.
    pub catalog: &'a Catalog,
    /// What the user knows.
    pub known: Known,
    /// Stands for what the user knows: with another one, detection begins anew.
    pub known_as: String,
    /// How late rows come after newer ones.
    pub lateness_seconds: u32,
    /// When the round is: rows from the future do not carry the work beyond it.
    pub now: Timestamp,
}

/// What a round has found.
pub struct Round {
    /// The findings of everything that the lake holds, worst first.
    pub findings: Vec<Finding>,
    /// Why it has looked at everything from the first row on, when it has.
    pub began_anew: Option<&'static str>,
    /// The rows that were looked at.
    pub n_rows: u64,
    /// How many subjects, pairs and the like were forgotten for want of room.
    pub n_let_go: u64,
}

/// Looks at what is new in the lake; `last` is what the last round has left, and `next` takes what
/// the next one goes on from.
///
/// # Errors
/// A page's definition does not make sense, the engine fails, or `next` cannot be written.
pub async fn follow(
    engine: &dyn Engine,
    following: &Following<'_>,
    last: Option<&mut dyn Source>,
    next: &mut dyn Write,
    evidence: &mut dyn Evidence,
) -> Result<Round, DetectError> {
    let mut work = Work::new(engine, following).await?;
    let began_anew = work.resume(last).await?;
    if began_anew.is_some() {
        // What was taken up makes room before the work begins anew.
        drop(work);
        work = Work::new(engine, following).await?;
    }
    work.advance(evidence).await?;
    work.state().await?.write_to(next).map_err(DetectError::Remember)?;
    work.detector.write_snapshot(next).map_err(DetectError::Remember)?;
    work.show_rest(evidence).await?;
    let n_let_go = work.detector.n_let_go();
    work.end(evidence)?;
    let Work { detector, n_rows, .. } = work;
    Ok(Round { findings: detector.into_findings(), began_anew, n_rows, n_let_go })
}

/// One round.
struct Work<'a> {
    engine: &'a dyn Engine,
    following: &'a Following<'a>,
    detector: Detector,
    plans: Vec<Plan>,
    held: Held,
    /// Up to when each source's rows have been looked at.
    until: BTreeMap<String, Timestamp>,
    n_rows: u64,
}

impl<'a> Work<'a> {
    /// Makes the pages ready.
    async fn new(
        engine: &'a dyn Engine,
        following: &'a Following<'a>,
    ) -> Result<Work<'a>, DetectError> {
        let mut detector = Detector::new(following.catalog)?;
        detector.set_lists(following.known.lists.clone());
        if let Some(places) = &following.known.places {
            detector.set_places(places);
        }
        detector.keep_every_record();
        let plans = detector.plans();
        let held = Held::of(engine, sources_of(&plans)).await?;
        detector.set_own_accounts(held.accounts.iter().cloned());
        detector.share_room(held.n_sources());
        let until = BTreeMap::new();
        Ok(Self { engine, following, detector, plans, held, until, n_rows: 0 })
    }

    /// Takes up what the last round has left; says why nothing of it can be used.
    async fn resume(
        &mut self,
        last: Option<&mut dyn Source>,
    ) -> Result<Option<&'static str>, DetectError> {
        let Some(last) = last else { return Ok(Some("it is the first round")) };
        let Some(state) = State::read_from(last) else {
            return Ok(Some("what the last round has left cannot be read"));
        };
        if state.known_as != self.following.known_as {
            return Ok(Some("lists, places or rules have changed"));
        }
        if state.accounts != self.held.accounts {
            return Ok(Some("there are other accounts"));
        }
        match self.detector.restore_from(last) {
            Ok(anew) if anew.is_empty() => {}
            Ok(_) => return Ok(Some("pages have changed")),
            Err(_) => return Ok(Some("what the last round has left cannot be read")),
        }
        for (source, (until, n_rows_before)) in &state.until {
            if self.detector.schema(source).is_err() {
                return Ok(Some("pages have changed"));
            }
            if *n_rows_before < self.n_rows_before(source, *until).await? {
                return Ok(Some("rows have come later than expected"));
            }
            self.until.insert(source.clone(), *until);
        }
        Ok(None)
    }

    /// Looks at everything that nothing earlier is expected to come behind.
    async fn advance(&mut self, evidence: &mut dyn Evidence) -> Result<(), DetectError> {
        let latest = self.following.now;
        let lateness = i64::from(self.following.lateness_seconds);
        let mut windows = BTreeMap::new();
        for source in sources_of(&self.plans) {
            let Some(newest) = self.newest(source).await? else { continue };
            let until = newest.min(latest).plus_seconds(-lateness);
            let from = self.until.get(source).copied();
            if from.is_none_or(|from| from < until) {
                windows.insert(source.to_owned(), Window { from, until: Some(until) });
            }
        }
        for plan in self.plans.clone() {
            if let Some(window) = windows.get(&plan.source) {
                self.show(&plan, *window, evidence).await?;
            }
        }
        for (source, window) in windows {
            self.until.extend(window.until.map(|until| (source, until)));
        }
        Ok(())
    }

    /// Returns where the next round goes on.
    async fn state(&self) -> Result<State, DetectError> {
        let mut until = BTreeMap::new();
        for (source, moment) in self.until.clone() {
            let n_before = self.n_rows_before(&source, moment).await?;
            until.insert(source, (moment, n_before));
        }
        let known_as = self.following.known_as.clone();
        Ok(State { known_as, accounts: self.held.accounts.clone(), until })
    }

    /// Shows the rows that earlier ones may still come behind; they are shown again next time.
    async fn show_rest(&mut self, evidence: &mut dyn Evidence) -> Result<(), DetectError> {
        for plan in self.plans.clone() {
            let from = self.until.get(&plan.source).copied();
            self.show(&plan, Window { from, until: None }, evidence).await?;
        }
        Ok(())
    }

    /// Ends the pages.
    fn end(&mut self, evidence: &mut dyn Evidence) -> Result<(), DetectError> {
        self.detector.end();
        hand_over(&mut self.detector, &mut Some(evidence))
    }

    async fn show(
        &mut self,
        plan: &Plan,
        window: Window,
        evidence: &mut dyn Evidence,
    ) -> Result<(), DetectError> {
        for window in self.held.windows(self.engine, &plan.source, window).await? {
            let sql = plan.within(window);
            let mut batches = Batches::open(self.engine, &plan.source, &sql).await?;
            while let Some(batch) = batches.next().await? {
                self.n_rows += batch.num_rows() as u64;
                self.detector.observe_plan(plan, &batch)?;
                hand_over(&mut self.detector, &mut Some(&mut *evidence))?;
            }
        }
        Ok(())
    }

    async fn newest(&self, source: &str) -> Result<Option<Timestamp>, DetectError> {
        let sql = format!("select max(\"time\") from \"{source}\"");
        Ok(self.number(source, &sql).await?.map(Timestamp))
    }

    async fn n_rows_before(&self, source: &str, until: Timestamp) -> Result<u64, DetectError> {
        let window = Window { from: None, until: Some(until) };
        let conditions = crate::sql::within(window).join(" and ");
        let sql = format!("select count(*) from \"{source}\" where {conditions}");
        let n_rows = self.number(source, &sql).await?;
        Ok(n_rows.and_then(|n_rows| u64::try_from(n_rows).ok()).unwrap_or(0))
    }

    /// Asks for one number, or one time in microseconds.
    async fn number(&self, source: &str, sql: &str) -> Result<Option<i64>, DetectError> {
        let fault = |error: arrow::error::ArrowError| DetectError::Rows {
            source_name: source.to_owned(),
            reason: error.to_string(),
        };
        let mut batches = Batches::open(self.engine, source, sql).await?;
        while let Some(batch) = batches.next().await? {
            let Some(column) = batch.columns().first() else { continue };
            let column = match column.data_type() {
                DataType::Timestamp(_, zone) => {
                    let micros = DataType::Timestamp(TimeUnit::Microsecond, zone.clone());
                    cast(column, &micros).map_err(fault)?
                }
                _ => column.clone(),
            };
            let numbers = cast(&column, &DataType::Int64).map_err(fault)?;
            if let Some(number) = numbers.as_primitive::<Int64Type>().iter().flatten().next() {
                return Ok(Some(number));
            }
        }
        Ok(None)
    }
}

fn sources_of(plans: &[Plan]) -> BTreeSet<&str> {
    plans.iter().map(|plan| plan.source.as_str()).collect()
}
