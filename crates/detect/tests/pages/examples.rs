//! What must hold for every example of every page.

use std::path::PathBuf;
use std::sync::{Arc, LazyLock};

use arrow::array::AsArray;
use arrow::compute::concat_batches;
use arrow::datatypes::TimestampMicrosecondType;
use arrow::record_batch::RecordBatch;
use haechi_catalog::{Block, Catalog, Detection, Example, Source};
use haechi_detect::{Detector, Lists, Places, Plan};
use haechi_model::Finding;
use haechi_origins::Tables;

use crate::{lake, reader};

fn catalog_folder() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../catalog"))
}

/// Reads the pages from their files, so that an edit shows without a build.
pub(crate) fn catalog() -> Catalog {
    Catalog::with_overlay(&catalog_folder()).unwrap()
}

/// Returns the same catalogue with one detection, and those that an attack is made of.
fn only(catalog: &Catalog, detection: &Detection) -> Catalog {
    let is_part = |it: &Detection| {
        it.name == detection.name || (detection.kind == "attack" && it.kind != "attack")
    };
    let parts = catalog.detections.iter().filter(|(_, each)| is_part(each));
    Catalog {
        sources: catalog.sources.clone(),
        detections: parts.map(|(name, each)| (name.clone(), each.clone())).collect(),
        clients: catalog.clients.clone(),
        ..Catalog::default()
    }
}

pub(crate) fn block<'a>(example: &'a Example, language: &str) -> Option<&'a Block> {
    example.blocks.iter().find(|block| block.language == language)
}

/// Returns the times of rows, in microseconds.
pub(crate) fn times(rows: &RecordBatch) -> Vec<i64> {
    let times = rows.column_by_name("time").unwrap();
    times.as_primitive::<TimestampMicrosecondType>().values().to_vec()
}

fn rows_of(source: &Source, example: &Example) -> Option<RecordBatch> {
    let block = block(example, "jsonl")?;
    Some(reader::batch(source, &reader::events(source, &block.text)))
}

/// The lists that pages ask for.
const LISTS: [&str; 12] = [
    "threat",
    "malicious",
    "tor",
    "mining",
    "coin",
    "sinkhole",
    "abused",
    "suspicious",
    "generated",
    "driveby",
    "drop",
    "phishing",
];

/// Where some addresses belong, all of networks that no list and no other example has.
const PLACES: [&str; 3] = [
    "2001:db8:5e::,2001:db8:5e:ffff:ffff:ffff:ffff:ffff,SE\n\
     2001:db8:4b::,2001:db8:4b:ffff:ffff:ffff:ffff:ffff,KR\n\
     2001:db9:4b::,2001:db9:4b:ffff:ffff:ffff:ffff:ffff,KR\n",
    "2001:db8:5e::,2001:db8:5e:ffff:ffff:ffff:ffff:ffff,64496,Example\n\
     2001:db8:4b::,2001:db8:4b:ffff:ffff:ffff:ffff:ffff,64497,Hosts\n",
    r#"{"prefixes": [], "ipv6_prefixes": [
        {"ipv6_prefix": "2001:db8:a5::/48", "region": "eu-north-1", "service": "EC2"},
        {"ipv6_prefix": "2001:db8:a6::/48", "region": "us-east-1", "service": "EC2"}]}"#,
];

/// The tables that examples are about.
fn places() -> Arc<dyn Places> {
    let mut tables = Tables::default();
    for table in PLACES {
        tables.add(table.as_bytes().to_vec()).unwrap();
    }
    Arc::new(tables)
}

/// Makes pages ready, with the lists that examples are about.
pub(crate) fn detector(catalog: &Catalog) -> Detector {
    let mut lists = Lists::default();
    for name in LISTS {
        lists.add(name, "203.0.113.66\n198.51.100.64/28\n2001:db8:bad::/48\nevil.example.net\n");
    }
    let mut detector = Detector::new(catalog).unwrap();
    detector.set_lists(lists);
    detector.set_places(&places());
    detector
}

/// Returns the plans for the source that the page's examples are of.
fn plans_of(detector: &Detector, detection: &Detection) -> Vec<Plan> {
    detector.plans().into_iter().filter(|plan| plan.source == detection.source).collect()
}

pub(crate) fn found_in(catalog: &Catalog, source: &str, batches: &[RecordBatch]) -> Vec<Finding> {
    let mut detector = detector(catalog);
    for batch in batches {
        detector.observe(source, batch).unwrap();
    }
    detector.finish()
}

/// The pages, read once.
pub(crate) static CATALOG: LazyLock<Catalog> = LazyLock::new(catalog);

/// Runs every page of one source over rows of it.
pub(crate) fn found_by_all(source: &str, rows: &dyn Fn(&Source) -> RecordBatch) -> Vec<Finding> {
    found_by(source, &|_| true, rows)
}

/// Runs some pages of one source over rows of it.
pub(crate) fn found_by(
    source: &str,
    is_wanted: &dyn Fn(&Detection) -> bool,
    rows: &dyn Fn(&Source) -> RecordBatch,
) -> Vec<Finding> {
    let detections = CATALOG.detections.values();
    let looks_at = |it: &&Detection| {
        let also = it.settings.get("also").and_then(|also| also.as_array());
        it.source == source
            || also.is_some_and(|also| also.iter().any(|it| it.as_str() == Some(source)))
    };
    let detections = detections.filter(|it| looks_at(it) && is_wanted(it));
    let alone = Catalog {
        sources: CATALOG.sources.clone(),
        detections: detections.map(|it| (it.name.clone(), it.clone())).collect(),
        clients: CATALOG.clients.clone(),
        ..Catalog::default()
    };
    found_in(&alone, source, &[rows(&CATALOG.sources[source])])
}

/// Returns the findings of one page.
pub(crate) fn of_page(mut findings: Vec<Finding>, detection: &Detection) -> Vec<Finding> {
    findings.retain(|finding| finding.page == detection.name);
    findings
}

fn summary(findings: &[Finding]) -> String {
    let line = |each: &Finding| format!("{} {} count={}\n", each.kind, each.subject, each.count);
    findings.iter().map(line).collect()
}

/// Calls the closure for each example of each page, with its rows and its page's own catalogue.
pub(crate) fn for_each_example(
    mut check: impl FnMut(&Catalog, &Detection, &Example, &RecordBatch),
) {
    let catalog = catalog();
    for detection in catalog.detections.values() {
        let alone = only(&catalog, detection);
        let source = &catalog.sources[&detection.source];
        for example in &detection.page.examples {
            let rows = rows_of(source, example)
                .unwrap_or_else(|| panic!("{}: `{}` has no rows", detection.name, example.heading));
            check(&alone, detection, example, &rows);
        }
    }
}

#[test]
fn every_page_finds_what_its_examples_say() {
    let is_updating = std::env::var_os("UPDATE_PAGES").is_some();
    let mut wrong = Vec::new();
    let mut updates = Vec::new();
    for_each_example(|alone, detection, example, rows| {
        let found = found_in(alone, &detection.source, std::slice::from_ref(rows));
        let found = summary(&of_page(found, detection));
        let expected = block(example, "findings").map_or("", |block| block.text.as_str());
        if found == expected {
            return;
        }
        let place = format!("{}: `{}`", detection.page.path, example.heading);
        wrong.push(format!("{place}\n  expected:\n{expected}  found:\n{found}"));
        updates.push((detection.page.path.clone(), block(example, "findings").cloned(), found));
    });
    if is_updating {
        update(updates);
    } else {
        assert!(wrong.is_empty(), "{} examples differ:\n{}", wrong.len(), wrong.join("\n"));
    }
}

/// Writes expectations into their pages, last block first so that lines keep their numbers.
fn update(mut updates: Vec<(String, Option<Block>, String)>) {
    updates.sort_by_key(|(path, block, _)| {
        (path.clone(), std::cmp::Reverse(block.as_ref().map_or(0, |block| block.line)))
    });
    for (path, block, found) in updates {
        let block = block.unwrap_or_else(|| panic!("{path}: an example has no `findings` block"));
        let file = catalog_folder().join(&path);
        let text = std::fs::read_to_string(&file).unwrap();
        let mut lines: Vec<&str> = text.lines().collect();
        let first = block.line - 1;
        lines.splice(first..first + block.text.lines().count(), found.lines());
        std::fs::write(&file, lines.join("\n") + "\n").unwrap();
    }
}

#[test]
fn every_page_speaks_once_and_is_silent_twice() {
    let mut wrong = Vec::new();
    for detection in catalog().detections.values() {
        let examples = &detection.page.examples;
        let speaks = |example: &&Example| {
            block(example, "findings").is_some_and(|block| !block.text.trim().is_empty())
        };
        let n_speaking = examples.iter().filter(speaks).count();
        if n_speaking == 0 || examples.len() - n_speaking < 2 {
            wrong.push(detection.name.clone());
        }
    }
    assert!(wrong.is_empty(), "too few examples: {wrong:?}");
}

#[test]
fn how_rows_are_split_into_batches_changes_nothing() {
    for_each_example(|alone, detection, example, rows| {
        let whole = found_in(alone, &detection.source, std::slice::from_ref(rows));
        let again = found_in(alone, &detection.source, std::slice::from_ref(rows));
        assert_eq!(whole, again, "{}: `{}` twice", detection.name, example.heading);
        for size in [1, 3] {
            let pieces: Vec<RecordBatch> = (0..rows.num_rows())
                .step_by(size)
                .map(|start| rows.slice(start, size.min(rows.num_rows() - start)))
                .collect();
            let split = found_in(alone, &detection.source, &pieces);
            assert_eq!(whole, split, "{}: `{}` by {size}", detection.name, example.heading);
        }
    });
}

#[test]
fn pages_do_not_disturb_each_other() {
    let whole = catalog();
    for_each_example(|alone, detection, example, rows| {
        // One example a page: all pages are made ready each time.
        if example.heading != detection.page.examples[0].heading {
            return;
        }
        let rows = std::slice::from_ref(rows);
        let together = of_page(found_in(&whole, &detection.source, rows), detection);
        let apart = of_page(found_in(alone, &detection.source, rows), detection);
        assert_eq!(together, apart, "{}: `{}`", detection.name, example.heading);
    });
}

#[test]
fn the_planned_queries_give_every_page_its_rows() {
    for_each_example(|alone, detection, example, rows| {
        let lake = lake::Lake::of(&detection.source, rows);
        let mut detector = detector(alone);
        for plan in plans_of(&detector, detection) {
            let batch = lake.batch(&plan.sql());
            detector.observe_plan(&plan, &batch).unwrap();
        }
        let planned = detector.finish();
        let direct = found_in(alone, &detection.source, std::slice::from_ref(rows));
        assert_eq!(planned, direct, "{}: `{}`", detection.name, example.heading);
    });
}

#[test]
fn the_order_of_arrival_changes_nothing() {
    for_each_example(|alone, detection, example, rows| {
        let backwards: Vec<RecordBatch> =
            (0..rows.num_rows()).rev().map(|index| rows.slice(index, 1)).collect();
        let backwards = concat_batches(&rows.schema(), &backwards).unwrap();
        let lake = lake::Lake::of(&detection.source, &backwards);
        let mut detector = detector(alone);
        for plan in plans_of(&detector, detection) {
            detector.observe_plan(&plan, &lake.batch(&plan.sql())).unwrap();
        }
        let direct = found_in(alone, &detection.source, std::slice::from_ref(rows));
        assert_eq!(detector.finish(), direct, "{}: `{}`", detection.name, example.heading);
    });
}

#[test]
fn evidence_gives_the_records_again() {
    for_each_example(|alone, detection, example, rows| {
        let lake = lake::Lake::of(&detection.source, rows);
        let found = found_in(alone, &detection.source, std::slice::from_ref(rows));
        for finding in of_page(found, detection) {
            let shown = lake.ids(&finding.evidence);
            let place = format!("{}: `{}`", detection.name, example.heading);
            assert!(!finding.records.is_empty(), "{place}");
            for record in &finding.records {
                assert!(shown.contains(record), "{place}: {record} by {}", finding.evidence);
            }
        }
    });
}

#[test]
fn a_finding_has_the_promised_keys() {
    for_each_example(|alone, detection, _, rows| {
        let found = found_in(alone, &detection.source, std::slice::from_ref(rows));
        for finding in of_page(found, detection) {
            let json = serde_json::to_value(&finding).unwrap();
            for key in [
                "id",
                "type",
                "title",
                "severity",
                "count",
                "first_seen",
                "last_seen",
                "records",
                "why",
                "evidence",
            ] {
                assert!(json.get(key).is_some(), "{}: {key}", detection.name);
            }
            for text in [&finding.why.en, &finding.why.ko] {
                assert!(!text.contains(['{', '}', '–']), "{}: {text}", detection.name);
            }
        }
    });
}
