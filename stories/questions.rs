//! The questions: the examples of their pages, and how they are asked.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::PathBuf;

use expect_test::expect_file;
use haechi_catalog::{Block, Catalog, Example, Question};
use serde_json::{Map, Value};

use crate::support::Desk;

fn folder() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../catalog"))
}

/// Reads the pages from their files, so that an edit shows without a build.
fn catalog() -> Catalog {
    Catalog::with_overlay(&folder()).unwrap()
}

/// Adds to an event of CloudTrail what every event has and no example is about.
fn event(line: &str, number: usize) -> String {
    let mut event: Map<String, Value> = serde_json::from_str(line).unwrap();
    let mut add = |key: &str, value: String| {
        event.entry(key).or_insert(value.into());
    };
    add("eventVersion", "1.08".to_owned());
    add("eventID", format!("00000000-0000-4000-8000-{number:012}"));
    add("awsRegion", "us-east-1".to_owned());
    add("recipientAccountId", "111122223333".to_owned());
    Value::from(event).to_string()
}

/// Reads an example's logs into a lake.
fn lake_of(desk: &Desk, example: &Example) -> PathBuf {
    let (logs, lake) = (desk.path("logs"), desk.path("lake"));
    std::fs::create_dir(&logs).unwrap();
    for (number, block) in example.blocks.iter().enumerate() {
        let text = match &*block.language {
            "log" => block.text.clone(),
            "jsonl" => {
                let events =
                    block.text.lines().enumerate().map(|(at, line)| event(line, at) + "\n");
                events.collect()
            }
            _ => continue,
        };
        std::fs::write(logs.join(format!("{number}.log")), text).unwrap();
    }
    let arguments = ["ingest", logs.to_str().unwrap(), "--lake", lake.to_str().unwrap()];
    let report = desk.json(&[&arguments[..], &["--format", "json"]].concat());
    assert_eq!(report["records"]["rejected"], 0, "{report}");
    lake
}

/// Returns what the binary answers to an example.
fn answered(question: &Question, example: &Example) -> String {
    let desk = Desk::new();
    let lake = lake_of(&desk, example);
    let mut arguments = vec!["ask".to_owned(), question.name.clone()];
    let said = example.blocks.iter().find(|block| block.language == "parameters");
    let said: BTreeMap<String, String> =
        said.map(|block| toml::from_str(&block.text).unwrap()).unwrap_or_default();
    for (name, value) in said {
        arguments.extend(["--param".to_owned(), format!("{name}={value}")]);
    }
    let catalog = folder();
    for argument in ["--lake", lake.to_str().unwrap(), "--format", "csv", "--catalog"] {
        arguments.push(argument.to_owned());
    }
    arguments.push(catalog.to_str().unwrap().to_owned());
    desk.run(&arguments).replace("\r\n", "\n")
}

/// Checks the examples of the questions of one theme; `UPDATE_PAGES` writes them instead.
fn check(theme: &str) {
    let is_updating = std::env::var_os("UPDATE_PAGES").is_some();
    let mut wrong = Vec::new();
    for question in catalog().questions.values().filter(|it| it.theme == theme) {
        for example in &question.page.examples {
            let has_logs = |block: &Block| matches!(&*block.language, "jsonl" | "log");
            if !example.blocks.iter().any(has_logs) {
                continue;
            }
            let expected = example.blocks.iter().find(|block| block.language == "csv");
            let found = answered(question, example);
            if expected.is_some_and(|block| block.text == found) {
                continue;
            }
            if is_updating {
                update(&question.page.path, example, &found);
            }
            wrong.push(format!("{}: {}\n{found}", question.page.path, example.heading));
        }
    }
    assert!(is_updating || wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
}

/// Writes the answer into the page, in place of the old one or behind the example's last block.
fn update(page: &str, example: &Example, found: &str) {
    let file = folder().join(page);
    let text = std::fs::read_to_string(&file).unwrap();
    let mut lines: Vec<&str> = text.lines().collect();
    let end = |block: &Block| block.line - 1 + block.text.lines().count();
    if let Some(block) = example.blocks.iter().find(|block| block.language == "csv") {
        lines.splice(block.line - 1..end(block), found.lines());
    } else {
        let after = end(example.blocks.last().unwrap()) + 1;
        let answer = ["```csv"].into_iter().chain(found.lines()).chain(["```"]);
        lines.splice(after..after, answer);
    }
    std::fs::write(&file, lines.join("\n") + "\n").unwrap();
}

/// Each has a test below, so that they run side by side: each example runs the binary twice.
const THEMES: &[&str] = &[
    "access",
    "activity",
    "compute",
    "data",
    "defence",
    "dns",
    "functions",
    "identity",
    "kubernetes",
    "network",
    "web",
];

#[test]
fn examples_of_access() {
    check("access");
}

#[test]
fn examples_of_activity() {
    check("activity");
}

#[test]
fn examples_of_compute() {
    check("compute");
}

#[test]
fn examples_of_data() {
    check("data");
}

#[test]
fn examples_of_defence() {
    check("defence");
}

#[test]
fn examples_of_dns() {
    check("dns");
}

#[test]
fn examples_of_functions() {
    check("functions");
}

#[test]
fn examples_of_identity() {
    check("identity");
}

#[test]
fn examples_of_kubernetes() {
    check("kubernetes");
}

#[test]
fn examples_of_network() {
    check("network");
}

#[test]
fn examples_of_web() {
    check("web");
}

#[test]
fn every_theme_is_tested() {
    let catalog = catalog();
    let themes: BTreeSet<&str> = catalog.questions.values().map(|it| &*it.theme).collect();
    assert_eq!(themes, THEMES.iter().copied().collect());
}

#[test]
fn the_guide_lists_every_question() {
    let mut reference = "# The questions\n\n\
        This page is made from `catalog/questions/`; the guide is [Ask a question](questions.md).\n"
        .to_owned();
    let mut theme = String::new();
    for question in catalog().questions.values() {
        if question.theme != theme {
            theme.clone_from(&question.theme);
            write!(reference, "\n## {theme}\n\n").unwrap();
            reference.push_str("| Question | Asks | 질문 | Told |\n| --- | --- | --- | --- |\n");
        }
        let told: Vec<String> =
            question.parameters.iter().map(|it| format!("`{}`", it.name)).collect();
        let (name, title, ko) = (&question.name, &question.title, &question.ko.title);
        writeln!(reference, "| `{name}` | {title} | {ko} | {} |", told.join(", ")).unwrap();
    }
    expect_file!["../docs/src/question-list.md"].assert_eq(&reference);
}

#[test]
fn questions_are_listed_by_theme_in_both_languages() {
    let desk = Desk::new();
    let english = desk.run(&["ask"]);
    assert!(english.contains("\nnetwork\n") && english.contains("Who deleted this?"), "{english}");
    let korean = desk.run(&["ask", "activity", "--lang", "ko"]);
    assert!(
        korean.contains("누가 이것을 삭제했습니까?") && !korean.contains("network"),
        "{korean}"
    );
    let listed = desk.json(&["ask", "--format", "json"]);
    let listed = listed.as_array().unwrap();
    assert_eq!(listed.len(), catalog().questions.len());
    assert!(listed.iter().all(|it| it["query"].as_str().is_some_and(|it| !it.is_empty())));
}

#[test]
fn what_is_wrong_with_asking_is_said() {
    let desk = Desk::new();
    for (arguments, words) in [
        (&["nonsense"][..], "`haechi ask` lists all"),
        (&["deleted"], "`activity/deleted-this`"),
        (&["deleted-this"], "must be told `name`"),
        (&["deleted-this", "--param", "name"], "write --param name=value"),
        (&["deleted-this", "--param", "title=x"], "has no parameter `title`"),
        (&["calls-from-this-address", "--param", "address=x"], "is an address"),
    ] {
        let said = desk.fail(&[&["ask"], arguments].concat());
        assert!(said.contains(words), "{arguments:?}: {said}");
    }
    let shown = desk.run(&["ask", "deleted-this", "--param", "name=a\"b", "--show-query"]);
    assert!(shown.contains(r#"like "a\"b""#), "{shown}");
}
