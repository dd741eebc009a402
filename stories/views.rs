//! The views: what they promise of any lake, and the examples on their pages.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use expect_test::expect_file;
use haechi_catalog::Catalog;
use serde_json::Value;

use crate::support::{Desk, unique_records};

/// Reads logs, given as texts, into a lake.
fn lake_of<'a>(desk: &Desk, logs: impl IntoIterator<Item = &'a str>) -> PathBuf {
    let (folder, lake) = (desk.path("logs"), desk.path("lake"));
    std::fs::create_dir(&folder).unwrap();
    for (number, text) in logs.into_iter().enumerate() {
        std::fs::write(folder.join(format!("{number}.log")), text).unwrap();
    }
    let arguments = ["ingest", folder.to_str().unwrap(), "--lake", lake.to_str().unwrap()];
    let report = desk.json(&[&arguments[..], &["--format", "json"]].concat());
    assert_eq!(report["records"]["rejected"], 0, "{report}");
    lake
}

#[test]
fn the_examples_of_the_pages_give_their_rows() {
    for view in Catalog::built_in().unwrap().views.values() {
        let mut n_examples = 0;
        for example in &view.page.examples {
            let texts = |language| {
                let blocks = example.blocks.iter().filter(move |it| it.language == language);
                blocks.map(|block| block.text.as_str())
            };
            let Some(expected) = texts("rows").next() else { continue };
            let desk = Desk::new();
            let lake = lake_of(&desk, texts("log"));
            let rows = desk.sql(&lake, &format!("select * from {} order by time", view.name));
            let place = format!("`{}` of {}", example.heading, view.page.path);
            check(rows.as_array().unwrap(), expected, &place);
            n_examples += 1;
        }
        assert!(0 < n_examples, "{} has no example", view.page.path);
    }
}

/// Checks that each row has the values that the page names, and that there are no other rows.
#[track_caller]
fn check(rows: &[Value], expected: &str, place: &str) {
    assert_eq!(rows.len(), expected.lines().count(), "{place}: {rows:#?}");
    for (row, expected) in rows.iter().zip(expected.lines()) {
        let expected: Value = serde_json::from_str(expected).unwrap();
        for (name, value) in expected.as_object().unwrap() {
            assert_eq!(row.get(name), Some(value), "{place}: {name} of {row:#}");
        }
    }
}

/// Returns the columns of a view as the engine has them: name and type, in order.
fn columns_of(desk: &Desk, lake: &Path, view: &str) -> Vec<(String, String)> {
    let sql = format!(
        "select column_name as name, data_type as type from information_schema.columns \
         where table_name = '{view}' order by ordinal_position"
    );
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let rows = desk.sql(lake, &sql);
    rows.as_array().unwrap().iter().map(|row| (text(&row["name"]), text(&row["type"]))).collect()
}

#[test]
fn a_view_is_there_before_its_records_are() {
    let desk = Desk::new();
    let lake = lake_of(&desk, []);
    for name in Catalog::built_in().unwrap().views.keys() {
        assert_eq!(desk.number(&lake, &format!("select count(*) as n from {name}")), 0);
        assert_eq!(desk.sql(&lake, &format!("select * from {name}")), Value::Array(vec![]));
    }
}

#[test]
fn a_view_has_the_columns_of_its_page() {
    let desk = Desk::new();
    let lake = lake_of(&desk, []);
    let mut reference = "# Columns of the OCSF views\n\n\
        This page is made from `catalog/views/`; the guide is [Ask in OCSF](ocsf.md).\n"
        .to_owned();
    for view in Catalog::built_in().unwrap().views.values() {
        let columns = columns_of(&desk, &lake, &view.name);
        let names: Vec<&str> = columns.iter().map(|(name, _)| name.as_str()).collect();
        let expected: Vec<&str> = view.columns.iter().map(|it| it.name.as_str()).collect();
        assert_eq!(names, expected, "{}", view.name);
        write!(reference, "\n## {}\n\n{}\n\n", view.name, view.page.about).unwrap();
        reference
            .push_str("| Column | Attribute | Type | What it is |\n| --- | --- | --- | --- |\n");
        for (column, (name, data_type)) in view.columns.iter().zip(&columns) {
            let word = word_for(data_type);
            let line = format!("| `{name}` | `{}` | {word} | {} |", column.path, column.about);
            writeln!(reference, "{line}").unwrap();
        }
    }
    expect_file!["../docs/src/ocsf-columns.md"].assert_eq(&reference);
}

/// Returns the word of SQL for a type.
fn word_for(data_type: &str) -> &'static str {
    match data_type {
        "Int64" => "bigint",
        "Utf8" | "Utf8View" => "text",
        "Boolean" => "boolean",
        _ if data_type.starts_with("Timestamp") => "timestamp",
        _ if data_type.starts_with("List") => "list of text",
        other => panic!("`{other}` has no word"),
    }
}

#[test]
fn a_view_has_one_row_for_each_record() {
    let desk = Desk::new();
    let (logs, truth) = desk.simulate(&["--days", "2", "--scale", "0.05"]);
    let lake = desk.path("lake");
    desk.run(&["ingest", logs.to_str().unwrap(), "--lake", lake.to_str().unwrap()]);
    for (view, source) in [
        ("ocsf_api_activity", "cloudtrail"),
        ("ocsf_network_activity", "vpc_flow"),
        ("ocsf_dns_activity", "route53_resolver"),
    ] {
        // Every value is made, not only counted.
        let rows = desk.sql(&lake, &format!("select * from {view}"));
        assert_eq!(rows.as_array().unwrap().len() as u64, unique_records(&truth, source), "{view}");
        for row in rows.as_array().unwrap() {
            let number = |name: &str| row[name].as_i64().unwrap();
            assert_eq!(number("type_uid"), number("class_uid") * 100 + number("activity_id"));
            assert!(row["activity_name"].is_string() && row["type_name"].is_string(), "{row:#}");
        }
    }
}

#[test]
fn a_span_of_time_opens_only_its_files() {
    let desk = Desk::new();
    let (logs, _) = desk.simulate(&["--days", "2", "--scale", "0.05"]);
    let lake = desk.path("lake");
    let place = lake.to_str().unwrap();
    desk.run(&["ingest", logs.to_str().unwrap(), "--lake", place]);
    let sql = "select api_operation, actor_user_uid, status, src_endpoint_ip \
               from ocsf_api_activity where time_dt >= '2026-03-03T00:00:00Z'";
    let plan = desk.run(&["sql", sql, "--explain", "--lake", place]);
    assert!(plan.contains("date=2026-03-03") && !plan.contains("date=2026-03-02"), "{plan}");
    // The verbatim record is most of a file, and nothing here needs it.
    assert!(!plan.contains("record"), "{plan}");
}
