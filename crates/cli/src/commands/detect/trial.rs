//! `haechi detect test`: how often pages would have spoken, before they are put to work.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use arrow::array::{AsArray, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Int64Type};
use futures::TryStreamExt;
use haechi_catalog::Catalog;
use haechi_model::Finding;
use haechi_output as output;
use haechi_query::Engine;
use serde::Serialize;

use crate::args::{Knowledge, LakeArgs, SummaryFormat, WindowArgs};
use crate::knowledge::{Known, rules};
use crate::lake::{detection_engine, open};
use crate::session::Session;

/// LIMIT: how many findings of a page are asked for their days; a page with more is not ready.
const FINDINGS_BY_DAY: usize = 200;
/// How many subjects and samples a page shows.
const SHOWN: usize = 5;
/// LIMIT: how deep a folder of pages is looked through; links may lead round in circles.
const DEPTH_MAX: usize = 16;

/// What is tried out, and on what.
pub struct Trial<'a> {
    pub pages: &'a str,
    pub lake: &'a LakeArgs,
    pub window: &'a WindowArgs,
    pub knowledge: &'a Knowledge,
}

/// What one page would have done.
#[derive(Debug, Default, Serialize)]
struct Outcome {
    page: String,
    findings: usize,
    records: u64,
    /// Records by day, of the first findings.
    days: BTreeMap<String, u64>,
    /// Whether there are more findings than the days tell of.
    days_are_partial: bool,
    /// Whom it would have been about, the most records first.
    subjects: Vec<(String, u64)>,
    /// What it would have said.
    samples: Vec<String>,
}

pub fn run(session: &Session, trial: &Trial<'_>, format: SummaryFormat) -> Result<()> {
    let catalog = catalog(session, trial.pages)?;
    let lake = open(session, trial.lake)?;
    let engine = detection_engine(&lake, &session.catalog, trial.lake)?;
    let mut known = Known::read(trial.knowledge)?;
    if is_sigma(Path::new(trial.pages), 0) {
        known.rules = rules(&[PathBuf::from(trial.pages)])?;
    }
    let window = session.window(trial.window)?;
    let found = session.runtime.block_on(known.run(&engine, &catalog, window, None))?;
    let mut outcomes = Vec::new();
    let pages = catalog.detections.keys().map(String::as_str).chain(known.rules.pages());
    for page in pages {
        let of_page: Vec<&Finding> = found.iter().filter(|it| it.page == page).collect();
        outcomes.push(session.runtime.block_on(outcome(&engine, page, &of_page))?);
    }
    match format {
        SummaryFormat::Json => output::json(&serde_json::to_value(&outcomes)?),
        SummaryFormat::Table => output::text(&table(&outcomes)?),
    }
}

/// Returns a catalogue of nothing but the pages that are to be tried out.
fn catalog(session: &Session, pages: &str) -> Result<Catalog> {
    let mut catalog = Catalog { sources: session.catalog.sources.clone(), ..Catalog::default() };
    let path = Path::new(pages);
    if is_sigma(path, 0) {
        return Ok(catalog);
    }
    if path.is_dir() {
        let mut files = Vec::new();
        pages_below(path, 0, &mut files)?;
        for (name, file) in files {
            add(&mut catalog, &name, &file)?;
        }
    } else if path.is_file() {
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        add(&mut catalog, &name, path)?;
    } else if let Some(page) = session.catalog.detections.get(pages) {
        catalog.detections.insert(pages.to_owned(), page.clone());
    } else {
        bail!("`{pages}` is no file, no folder, and no page of the catalogue");
    }
    if catalog.detections.is_empty() {
        bail!("`{pages}` has no page that ends in `.md`");
    }
    Ok(catalog)
}

/// Tells whether the path is a Sigma rule, or a folder that has one.
fn is_sigma(path: &Path, depth: usize) -> bool {
    if !path.is_dir() {
        return path.extension().is_some_and(|it| it == "yml" || it == "yaml");
    }
    let entries = std::fs::read_dir(path).into_iter().flatten().flatten();
    let mut paths = entries.map(|entry| entry.path());
    depth < DEPTH_MAX && paths.any(|path| is_sigma(&path, depth + 1))
}

fn add(catalog: &mut Catalog, name: &str, file: &Path) -> Result<()> {
    let text = std::fs::read_to_string(file)
        .with_context(|| format!("cannot read `{}`", file.display()))?;
    catalog
        .add(&format!("detections/{name}.md"), &text)
        .with_context(|| format!("`{}` is not a detection", file.display()))
}

/// Finds pages below a folder, each with its name in the catalogue.
fn pages_below(folder: &Path, depth: usize, pages: &mut Vec<(String, PathBuf)>) -> Result<()> {
    let shown = folder.display();
    for entry in std::fs::read_dir(folder).with_context(|| format!("cannot read `{shown}`"))? {
        let path = entry?.path();
        if path.is_dir() && depth < DEPTH_MAX {
            let first = pages.len();
            pages_below(&path, depth + 1, pages)?;
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            // An overlay's own folder is no part of its pages' names.
            if name != "detections" {
                pages.iter_mut().skip(first).for_each(|page| page.0 = format!("{name}/{}", page.0));
            }
        } else if path.extension().is_some_and(|it| it == "md") {
            let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            pages.push((name, path));
        }
    }
    pages.sort();
    Ok(())
}

async fn outcome(engine: &dyn Engine, page: &str, found: &[&Finding]) -> Result<Outcome> {
    let mut subjects: BTreeMap<&str, u64> = BTreeMap::new();
    for finding in found {
        *subjects.entry(&finding.subject).or_default() += finding.count;
    }
    let mut subjects: Vec<(String, u64)> =
        subjects.into_iter().map(|(subject, n)| (subject.to_owned(), n)).collect();
    subjects.sort_by_key(|(_, n)| std::cmp::Reverse(*n));
    let mut days = BTreeMap::new();
    for finding in found.iter().take(FINDINGS_BY_DAY) {
        for (day, n) in days_of(engine, &finding.evidence).await? {
            *days.entry(day).or_default() += n;
        }
    }
    Ok(Outcome {
        page: page.to_owned(),
        findings: found.len(),
        records: found.iter().map(|finding| finding.count).sum(),
        days,
        days_are_partial: FINDINGS_BY_DAY < found.len(),
        subjects,
        samples: found.iter().take(SHOWN).map(|finding| finding.why.en.clone()).collect(),
    })
}

async fn days_of(engine: &dyn Engine, evidence: &str) -> Result<Vec<(String, u64)>> {
    let sql = format!("select date, count(*) as n from ({evidence}) group by date order by date");
    let batches: Vec<RecordBatch> = engine.query(&sql).await?.batches.try_collect().await?;
    let mut days = Vec::new();
    for batch in &batches {
        let [date, n] = batch.columns() else { continue };
        let (date, n) = (cast(date, &DataType::Utf8)?, cast(n, &DataType::Int64)?);
        let counts = n.as_primitive::<Int64Type>().iter();
        for (date, n) in date.as_string::<i32>().iter().zip(counts) {
            let n = n.and_then(|n| u64::try_from(n).ok()).unwrap_or_default();
            days.push((date.unwrap_or_default().to_owned(), n));
        }
    }
    Ok(days)
}

fn table(outcomes: &[Outcome]) -> Result<String> {
    let mut text = String::new();
    for outcome in outcomes {
        let n_days = outcome.days.len();
        writeln!(
            text,
            "{}: {} findings about {} subjects, {} records on {n_days} days",
            outcome.page,
            outcome.findings,
            outcome.subjects.len(),
            outcome.records
        )?;
        for (day, n) in &outcome.days {
            writeln!(text, "  {day}  {n:>8}")?;
        }
        if outcome.days_are_partial {
            writeln!(text, "  (days of the first {FINDINGS_BY_DAY} findings)")?;
        }
        for (subject, n) in outcome.subjects.iter().take(SHOWN) {
            writeln!(text, "  {n:>8}  {subject}")?;
        }
        for sample in &outcome.samples {
            writeln!(text, "  “{sample}”")?;
        }
    }
    let n_silent = outcomes.iter().filter(|outcome| outcome.findings == 0).count();
    writeln!(text, "\n{} pages, {n_silent} of them silent", outcomes.len())?;
    Ok(text)
}
