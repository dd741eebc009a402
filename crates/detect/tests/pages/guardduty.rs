//! The page of the guide that says, for each of GuardDuty's types, what haechi has for it.
//!
//! `UPDATE_EXPECT=1` writes the page; read the diff.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use haechi_catalog::Catalog;
use serde::Deserialize;

const TYPES: &str = include_str!("../../../../docs/guardduty-types.toml");
const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/src/coverage-of-guardduty.md");

#[derive(Deserialize)]
struct Types {
    group: Vec<Group>,
    successors: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct Group {
    title: String,
    why: Option<String>,
    types: Vec<String>,
}

fn types() -> Types {
    toml::from_str(TYPES).unwrap()
}

/// Returns the pages of each finding type.
fn pages_by_type(catalog: &Catalog) -> BTreeMap<&str, Vec<&str>> {
    let mut pages: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for detection in catalog.detections.values() {
        pages.entry(&detection.finding_type).or_default().push(&detection.name);
    }
    pages
}

fn listed(pages: &[&str]) -> String {
    let quoted: Vec<String> = pages.iter().map(|page| format!("`{page}`")).collect();
    quoted.join(", ")
}

fn written(types: &Types, pages: &BTreeMap<&str, Vec<&str>>) -> String {
    let all: BTreeSet<&str> =
        types.group.iter().flat_map(|it| &it.types).map(String::as_str).collect();
    let n_detected = all.iter().filter(|name| pages.contains_key(**name)).count();
    let n_pages: usize = pages.values().map(Vec::len).sum();
    let mut text = format!(
        "# Coverage of GuardDuty\n\nThis page is made from `catalog/detections/` and \
         `docs/guardduty-types.toml`.\n\nGuardDuty has {} types of findings, with those that are \
         retired; haechi raises {n_detected} of them itself, under the same names.\nThe others \
         come in with GuardDuty's own findings, when you let haechi read them: the table \
         `guardduty_finding` has them all.\nhaechi has {n_pages} pages; the last table is what \
         GuardDuty lacks.\n",
        all.len(),
    );
    for group in &types.group {
        let n_here = group.types.iter().filter(|name| pages.contains_key(name.as_str())).count();
        write!(text, "\n## {} ({n_here} of {})\n", group.title, group.types.len()).unwrap();
        if let Some(why) = &group.why {
            write!(text, "\nWhere it says *imported*: {why}\n").unwrap();
        }
        text += "\n| Type | haechi |\n| --- | --- |\n";
        for name in &group.types {
            let successor = types.successors.get(name);
            let said = match (pages.get(name.as_str()), successor) {
                (Some(pages), _) => format!("detected: {}", listed(pages)),
                (None, Some(successor)) => {
                    format!("as `{successor}`: {}", listed(&pages[successor.as_str()]))
                }
                (None, None) => "imported".to_owned(),
            };
            writeln!(text, "| `{name}` | {said} |").unwrap();
        }
    }
    text += "\n## Types of our own\n\n| Type | haechi |\n| --- | --- |\n";
    for (name, pages) in pages.iter().filter(|(name, _)| !all.contains(*name)) {
        writeln!(text, "| `{name}` | {} |", listed(pages)).unwrap();
    }
    text
}

#[test]
fn the_guide_says_what_there_is_for_each_type() {
    let catalog = crate::examples::catalog();
    let written = written(&types(), &pages_by_type(&catalog));
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(PAGE, written).unwrap();
        return;
    }
    let known = std::fs::read_to_string(PAGE).unwrap();
    assert!(known == written, "the page is out of date: run with UPDATE_EXPECT=1");
}

#[test]
fn every_type_is_named_once() {
    let types = types();
    let names: Vec<&String> = types.group.iter().flat_map(|group| &group.types).collect();
    let different: BTreeSet<&String> = names.iter().copied().collect();
    assert_eq!((names.len(), different.len()), (250, 250));
    for retired in types.successors.keys() {
        assert!(different.contains(retired), "{retired}");
    }
}

#[test]
fn what_our_sources_carry_is_all_detected() {
    let catalog = crate::examples::catalog();
    let pages = pages_by_type(&catalog);
    // A group without a reason is one that nothing keeps us from.
    let groups = types().group.into_iter().filter(|group| group.why.is_none());
    for name in groups.flat_map(|group| group.types) {
        assert!(pages.contains_key(name.as_str()), "no page for {name}");
    }
}
