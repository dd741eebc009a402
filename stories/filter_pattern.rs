//! `haechi filter-pattern test`: the messages that match, and mistakes shown where they are.

use std::io::Write;
use std::process::Stdio;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::json;

use crate::support::Desk;

const LINES: &str = "INFO started\nERROR 12 no route\nERROR 7 timeout\n";

#[test]
fn lines_of_files_are_numbered_through_and_taken_apart() {
    let desk = Desk::new();
    let (plain, packed) = (desk.path("a.log"), desk.path("b.log.gz"));
    std::fs::write(&plain, LINES).unwrap();
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all("ERROR 20 \u{1b}[31mred\r\n".as_bytes()).unwrap();
    std::fs::write(&packed, encoder.finish().unwrap()).unwrap();
    let files = [plain.to_str().unwrap(), packed.to_str().unwrap()];
    let pattern = "[level=ERROR, code>10, text]";
    let arguments = [&["filter-pattern", "test", pattern], &files[..], &["--format", "json"]];
    let rows = desk.json(&arguments.concat());
    assert_eq!(
        rows,
        json!([
            {"eventNumber": 1, "eventMessage": "ERROR 12 no route",
             "extractedValues": {"$level": "ERROR", "$code": "12", "$text": "no route"}},
            {"eventNumber": 3, "eventMessage": "ERROR 20 \u{1b}[31mred",
             "extractedValues": {"$level": "ERROR", "$code": "20", "$text": "\u{1b}[31mred"}},
        ])
    );
    let table = desk.run(&[&["filter-pattern", "test", pattern], &files[..]].concat());
    assert!(table.contains("no route") && !table.contains('\u{1b}'), "{table}");
}

#[test]
fn standard_input_is_read_and_the_counts_are_told() {
    let desk = Desk::new();
    let mut command = desk.command(&["filter-pattern", "test", "-timeout", "--format", "csv"]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(LINES.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    assert_eq!(printed.lines().count(), 3, "{printed}");
    assert!(String::from_utf8(output.stderr).unwrap().contains("2 of 3 lines match"));
}

#[test]
fn a_mistake_is_shown_under_the_pattern() {
    let desk = Desk::new();
    let said = desk.fail(&["filter-pattern", "test", "{ $.이름 ~ 1 }"]);
    assert!(said.contains("an operator is expected here"), "{said}");
    assert!(said.contains("{ $.이름 ~ 1 }") && said.contains('^'), "{said}");
    let said = desk.fail(&["filter-pattern", "test", "foo-bar", "--compat"]);
    assert!(said.contains("only in double quotes"), "{said}");
}
