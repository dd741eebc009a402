//! Answers beside DuckDB's, row for row, over the same Parquet files of real logs.
//!
//! Each section of a page in `differential/` is a pair: a query of ours, and one in DuckDB's SQL
//! that must give the same rows. What differs on purpose is written out in the second: flags are
//! 1 and 0, times are text as the console shows them. Text sorts in natural order (`a2` before
//! `a10`), so that no pair orders by text that has numbers in it. `ordered` asks for the same order too,
//! `near` lets numbers differ by a hundredth: percentiles of many values are estimates.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::Value;

use crate::corpus::corpus;
use crate::support::{Desk, said};

/// A query of ours and one of DuckDB's.
struct Pair {
    name: String,
    /// `sql`, or `insights` and the group.
    language: String,
    ours: String,
    theirs: String,
    is_ordered: bool,
    is_near: bool,
}

#[test]
fn corpus_differential_answers_are_duckdbs() {
    let Some(python) = std::env::var_os("HAECHI_PYTHON") else {
        // `cargo xtask test` sets it, and says so loudly when it could not set Python up.
        return;
    };
    let desk = Desk::new();
    let lake = desk.path("lake");
    let folders = [
        "cloudtrail-sans504-s3-ransomware",
        "cloudtrail-stratus",
        "flows-zeek-internet-facing-vm",
        "flows-zeek-rita-small/open_conns",
        "dns-wrccdc-zeek/dns.json.gz",
    ];
    let mut arguments = vec!["ingest".into()];
    arguments.extend(folders.iter().map(|folder| corpus().join(folder)));
    arguments.extend(["--lake".into(), lake.clone()]);
    desk.run(&arguments);

    let pairs = pairs();
    assert!(150 <= pairs.len(), "{}", pairs.len());
    let theirs = answers_of_duckdb(Path::new(&python), &lake, &pairs);
    let ours = our_answers(&desk, &lake, &pairs);
    let mut differences = String::new();
    for ((pair, ours), theirs) in pairs.iter().zip(&ours).zip(&theirs) {
        if let Some(difference) = difference(pair, ours, theirs) {
            let _ = writeln!(differences, "{}: {difference}\n", pair.name);
        }
    }
    assert!(differences.is_empty(), "{differences}");
}

/// Reads the pages.
fn pairs() -> Vec<Pair> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../stories/differential");
    let mut pages: Vec<_> =
        std::fs::read_dir(folder).unwrap().map(|it| it.unwrap().path()).collect();
    pages.sort();
    let mut pairs = Vec::new();
    for page in pages {
        let text = std::fs::read_to_string(&page).unwrap();
        let page = page.file_stem().unwrap().to_string_lossy().into_owned();
        pairs.extend(text.split("\n## ").skip(1).map(|section| pair(&page, section)));
    }
    pairs
}

fn pair(page: &str, section: &str) -> Pair {
    let (heading, rest) = section.split_once('\n').unwrap();
    let mut blocks = rest.split("```\n").filter_map(|block| block.trim_start().strip_prefix("```"));
    let mut block = || blocks.next().unwrap().split_once('\n').unwrap();
    let ((language, ours), (marks, theirs)) = (block(), block());
    Pair {
        name: format!("{page}: {heading}"),
        language: language.to_owned(),
        ours: ours.to_owned(),
        theirs: theirs.to_owned(),
        is_ordered: marks.contains("ordered"),
        is_near: marks.contains("near"),
    }
}

fn answers_of_duckdb(python: &Path, lake: &Path, pairs: &[Pair]) -> Vec<Value> {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../stories/differential.py");
    let mut command = Command::new(python);
    command.arg(script).arg(lake).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
    let queries: Vec<&str> = pairs.iter().map(|pair| pair.theirs.as_str()).collect();
    let queries = serde_json::to_vec(&queries).unwrap();
    child.stdin.take().unwrap().write_all(&queries).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", said(&output));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Returns the rows of every query, or what went wrong with it; several run at once.
fn our_answers(desk: &Desk, lake: &Path, pairs: &[Pair]) -> Vec<Value> {
    let next = AtomicUsize::new(0);
    let answers = Mutex::new(vec![Value::Null; pairs.len()]);
    let work = || {
        while let Some((index, pair)) = {
            let index = next.fetch_add(1, Ordering::Relaxed);
            pairs.get(index).map(|pair| (index, pair))
        } {
            let answer = our_answer(desk, lake, pair);
            answers.lock().unwrap()[index] = answer;
        }
    };
    std::thread::scope(|scope| {
        scope.spawn(work);
        scope.spawn(work);
    });
    answers.into_inner().unwrap()
}

fn our_answer(desk: &Desk, lake: &Path, pair: &Pair) -> Value {
    let mut arguments = match pair.language.split_once(' ') {
        Some((_, group)) => vec!["query", pair.ours.as_str(), "--group", group],
        None => vec!["sql", pair.ours.as_str()],
    };
    arguments.extend(["--lake", lake.to_str().unwrap(), "--format", "json"]);
    let output = desk.command(&arguments).output().unwrap();
    if !output.status.success() {
        return said(&output).into();
    }
    let rows: Value = serde_json::from_slice(&output.stdout).unwrap();
    let row = |row: &Value| row.as_object().unwrap().values().cloned().collect::<Vec<_>>().into();
    rows.as_array().unwrap().iter().map(row).collect::<Vec<Value>>().into()
}

/// Says where the answers differ.
fn difference(pair: &Pair, ours: &Value, theirs: &Value) -> Option<String> {
    let (Value::Array(ours), Value::Array(theirs)) = (ours, theirs) else {
        return Some(format!("ours {ours}, theirs {theirs}"));
    };
    if ours.is_empty() && theirs.is_empty() {
        return Some("neither has a row: the pair shows nothing".to_owned());
    }
    let (mut ours, mut theirs) = (ours.clone(), theirs.clone());
    if !pair.is_ordered {
        ours.sort_by_cached_key(key);
        theirs.sort_by_cached_key(key);
    }
    if ours.len() != theirs.len() {
        let only = |some: &[Value], others: &[Value]| -> Vec<Value> {
            let others: BTreeSet<String> = others.iter().map(key).collect();
            some.iter().filter(|row| !others.contains(&key(row))).take(3).cloned().collect()
        };
        let (our, their) = (only(&ours, &theirs), only(&theirs, &ours));
        return Some(format!("{} rows, theirs {}: {our:?}, {their:?}", ours.len(), theirs.len()));
    }
    let tolerance = if pair.is_near { 1e-2 } else { 1e-9 };
    let differing = ours.iter().zip(&theirs).find(|(our, their)| !same(our, their, tolerance));
    differing.map(|(our, their)| format!("ours {our}, theirs {their}"))
}

/// Returns the row in a form that equal rows share.
fn key(row: &Value) -> String {
    let cells = row.as_array().into_iter().flatten();
    cells
        .map(|cell| cell.as_f64().map_or_else(|| cell.to_string(), |it| format!("{it:.6e}")))
        .collect()
}

fn same(our: &Value, their: &Value, tolerance: f64) -> bool {
    match (our, their) {
        (Value::Array(our), Value::Array(their)) => {
            our.len() == their.len()
                && our.iter().zip(their).all(|(our, their)| same(our, their, tolerance))
        }
        (Value::Number(our), Value::Number(their)) => {
            let (our, their) = (our.as_f64().unwrap(), their.as_f64().unwrap());
            (our - their).abs() <= tolerance * our.abs().max(their.abs()).max(1.0)
        }
        _ => our == their,
    }
}
