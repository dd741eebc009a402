//! The pages of `crates/query/pages/run`: logs, a query, and what it gives.
//!
//! `UPDATE_EXPECT=1` writes what the queries give into the pages; read the diff.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::record_batch::RecordBatch;
use futures::TryStreamExt;
use haechi_catalog::Catalog;
use haechi_engine::{Embedded, Options};
use haechi_model::Timestamp;
use haechi_query::diagnostic::Diagnostic;
use haechi_query::sql::{self, Dress, LookupTable, Request};
use haechi_query::{Engine, check, parse};
use haechi_sources::{InMemory, Mappings, Opened, read_object, schema};
use object_store::memory::InMemory as NoFiles;
use url::Url;

use crate::fixture::shown;

/// What a query is asked over.
struct Logs {
    engine: Embedded,
    groups: Vec<sql::Group>,
    lookups: Vec<LookupTable>,
}

/// How the rows come to the engine.
#[derive(Clone, Copy, PartialEq)]
enum Cut {
    /// As they were read, for two threads.
    AsRead,
    /// Each in a batch of its own, in the other direction, for one thread.
    RowByRow,
    /// Each line in a file of its own, the last one first.
    LineByLine,
}

fn options(cut: Cut) -> Options {
    let spill_folder = std::env::temp_dir().join(format!("haechi-pages-{}", std::process::id()));
    let threads = if cut == Cut::RowByRow { 1 } else { 2 };
    Options { memory_bytes: 256 << 20, spill_folder, threads }
}

fn logs(texts: &[String], tables: &[(String, String)], cut: Cut) -> Logs {
    let catalog = Catalog::built_in().unwrap();
    let mappings = Mappings::new(catalog.sources.values());
    let mut rows = InMemory::new(&mappings);
    let texts: Vec<String> = match cut {
        Cut::LineByLine => texts.iter().flat_map(|text| line_by_line(text)).collect(),
        _ => texts.to_vec(),
    };
    for (number, text) in texts.iter().enumerate() {
        let name = format!("{number}.log");
        rows.begin(&name);
        let mut opened = Opened::of_bytes(text.clone().into_bytes());
        read_object(&name, &mut opened, &mappings, &mut rows).unwrap();
    }
    assert_eq!(rows.n_rejects, 0, "a page's logs are all rows");
    let rows = rows.finish().unwrap();
    let url = Url::parse("memory:///").unwrap();
    let engine =
        Embedded::open(Arc::new(NoFiles::new()), url, vec![], vec![], &options(cut)).unwrap();
    let mut groups = schema::groups(&catalog);
    groups.retain(|group| rows.contains_key(&group.name));
    for (name, batches) in rows {
        let columns = batches.first().unwrap().schema();
        let batches = if cut == Cut::RowByRow { row_by_row(&batches) } else { batches };
        engine.add_rows(&name, columns, batches).unwrap();
    }
    let lookups = tables.iter().map(|(name, csv)| lookup(&engine, name, csv)).collect();
    Logs { engine, groups, lookups }
}

/// Cuts a log into one log for each line; each of them has the header, if there is one.
fn line_by_line(text: &str) -> Vec<String> {
    let mut lines = text.lines().peekable();
    let is_json = text.starts_with('{');
    let header = if is_json { String::new() } else { format!("{}\n", lines.next().unwrap()) };
    let mut logs: Vec<String> = lines.map(|line| format!("{header}{line}\n")).collect();
    logs.reverse();
    logs
}

fn row_by_row(batches: &[RecordBatch]) -> Vec<RecordBatch> {
    let rows = batches.iter().flat_map(|it| (0..it.num_rows()).map(|row| it.slice(row, 1)));
    let mut rows: Vec<RecordBatch> = rows.collect();
    rows.reverse();
    rows
}

fn lookup(engine: &Embedded, name: &str, csv: &str) -> LookupTable {
    let (columns, batch) = haechi_sources::lookup_table(csv.as_bytes()).unwrap();
    let table = format!("lookup:{name}");
    engine.add_rows(&table, batch.schema(), vec![batch]).unwrap();
    LookupTable { name: name.to_owned(), table, columns }
}

impl Logs {
    async fn answer(&self, text: &str, compat: bool) -> String {
        let query = match parse(text) {
            Ok(query) => query,
            Err(error) => return format!("{}\n", error.render(text).trim_end()),
        };
        let found = check::check(text, &query, &check::Options { compat });
        let errors: Vec<String> =
            found.iter().filter(|it| it.is_error()).map(|it| it.render(text)).collect();
        if !errors.is_empty() {
            return format!("{}\n", errors.join("\n").trim_end());
        }
        let moment = |text| Timestamp::parse(text).unwrap().0;
        let request = Request {
            groups: &self.groups,
            is_named: false,
            lookups: &self.lookups,
            from: Some(moment("2024-06-01T00:00:00Z")),
            until: Some(moment("2024-06-02T00:00:00Z")),
            now: moment("2024-06-02T00:00:00Z"),
            rows_max: 10_000,
            dress: Dress::Shown,
            compat,
        };
        let lowered = match sql::lower(&query, &request) {
            Ok(lowered) => lowered,
            Err(error) => return format!("{}\n", error.render(text).trim_end()),
        };
        let rows = match self.engine.query(&lowered.text).await {
            Ok(answer) => answer.batches.try_collect().await,
            Err(error) => Err(error),
        };
        match &rows {
            Ok(_) => shown(rows),
            Err(_) => format!("{}{}\n", shown(rows), lowered.text),
        }
    }
}

/// Logs that are asked more than once.
pub(crate) struct Asked(Logs);

impl Asked {
    pub(crate) fn over(texts: &[String]) -> Self {
        Self(logs(texts, &[], Cut::AsRead))
    }

    pub(crate) async fn answer(&self, query: &str) -> String {
        self.0.answer(query, false).await
    }
}

/// What a query gives over logs.
pub(crate) async fn answer_over(texts: Vec<String>, query: &str) -> String {
    logs(&texts, &[], Cut::AsRead).answer(query, false).await
}

/// A page cut into lines, with the blocks that are tests.
#[derive(Default)]
struct Blocks {
    logs: Vec<String>,
    tables: Vec<(String, String)>,
    query: Option<String>,
    /// Whether AWS's own limits hold for the query.
    compat: bool,
    /// The engine over the logs, made when a query first asks.
    asked: Option<Logs>,
}

/// Runs the queries of a page and returns the page as it should be.
async fn page(text: &str, cut: Cut) -> String {
    let mut out = String::new();
    let mut blocks = Blocks::default();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        writeln!(out, "{line}").unwrap();
        let Some(language) = line.strip_prefix("```") else { continue };
        let mut block = String::new();
        for line in lines.by_ref().take_while(|it| *it != "```") {
            writeln!(block, "{line}").unwrap();
        }
        let block = match language.split_whitespace().collect::<Vec<_>>().as_slice() {
            ["log"] => {
                // New logs take the place of those before, unless they stand side by side.
                if blocks.query.is_some() {
                    blocks = Blocks::default();
                }
                blocks.logs.push(block.clone());
                block
            }
            ["csv", name] => {
                blocks.tables.push(((*name).to_owned(), block.clone()));
                block
            }
            ["query", rest @ ..] => {
                blocks.query = Some(block.trim_end().to_owned());
                blocks.compat = rest == ["compat"];
                block
            }
            ["answer"] => {
                let query = blocks.query.clone().unwrap();
                let fresh = || logs(&blocks.logs, &blocks.tables, cut);
                blocks.asked.get_or_insert_with(fresh).answer(&query, blocks.compat).await
            }
            other => panic!("a page has no block of {other:?}"),
        };
        writeln!(out, "{block}```").unwrap();
    }
    out
}

fn pages() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../query/pages/run");
    let mut pages: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    pages.sort();
    pages
}

#[tokio::test]
async fn the_pages_give_their_answers() {
    let pages = pages();
    assert!(!pages.is_empty());
    let mut wrong = Vec::new();
    for path in pages {
        let text = std::fs::read_to_string(&path).unwrap();
        let given = page(&text, Cut::AsRead).await;
        if given == text {
            continue;
        }
        if std::env::var_os("UPDATE_EXPECT").is_some() {
            std::fs::write(&path, given).unwrap();
            continue;
        }
        wrong.push(format!("{}:\n{given}", path.display()));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn answers_do_not_depend_on_how_rows_are_cut() {
    for path in pages() {
        let text = std::fs::read_to_string(&path).unwrap();
        assert_eq!(page(&text, Cut::RowByRow).await, text, "{}", path.display());
    }
}

#[tokio::test]
async fn answers_do_not_depend_on_how_files_are_cut() {
    for path in pages() {
        let text = std::fs::read_to_string(&path).unwrap();
        assert_eq!(page(&text, Cut::LineByLine).await, text, "{}", path.display());
    }
}

/// The first log of each page: events of several sources.
fn sample() -> Vec<String> {
    let texts = pages().into_iter().map(|path| std::fs::read_to_string(path).unwrap());
    let blocks = texts.map(|text| {
        let (_, block) = text.split_once("```log\n").unwrap();
        block.split_once("```").unwrap().0.to_owned()
    });
    blocks.collect()
}

/// The real queries beside the folder of logs.
fn real_queries() -> Vec<String> {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data");
    let logs = std::env::var_os("HAECHI_CORPUS").map_or_else(|| beside.into(), PathBuf::from);
    let text = std::fs::read_to_string(logs.join("../facts/logs-insights-queries.jsonl")).unwrap();
    let query = |line: &str| {
        let record: serde_json::Value = serde_json::from_str(line).unwrap();
        record["query"].as_str().unwrap().to_owned()
    };
    text.lines().map(query).collect()
}

/// What the plan of a right query may be refused with: what is not here.
const REASONS: &[&str] = &[
    "there is no log group",
    "no log group here is meant by this",
    "there is no lookup table",
    // Logs in a lake have no classes and no tags.
    "logs in a lake are all of the class `STANDARD`",
    "log groups in a lake have no tags",
];

#[tokio::test]
async fn corpus_real_queries_run_or_are_refused_with_a_reason() {
    let logs = logs(&sample(), &[], Cut::AsRead);
    let (mut n_run, mut wrong) = (0, Vec::new());
    for text in real_queries() {
        let Ok(query) = parse(&text) else { continue };
        let errors = check::check(&text, &query, &check::Options::default());
        if errors.iter().any(Diagnostic::is_error) {
            continue;
        }
        let answer = logs.answer(&text, false).await;
        if answer.starts_with('+') {
            n_run += 1;
        } else if !REASONS.iter().any(|reason| answer.contains(reason)) {
            wrong.push(answer);
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(400 < n_run, "{n_run} ran");
}
