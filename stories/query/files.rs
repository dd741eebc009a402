//! Files that are asked as they lie: what is said about them, and that nothing is held up.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::Stdio;

use crate::support::{Desk, said};

/// Returns a CloudTrail record with that number.
fn event(number: usize) -> String {
    format!(
        r#"{{"eventVersion":"1.09","eventTime":"2024-06-01T10:{:02}:00Z","awsRegion":"us-east-1","eventID":"00000000-0000-4000-8000-{number:012}","eventName":"GetObject","eventSource":"s3.amazonaws.com","sourceIPAddress":"203.0.113.7","recipientAccountId":"111122223333","requestParameters":{{"key":"{number}.pdf"}}}}"#,
        number % 60
    )
}

fn write(folder: &Path, name: &str, text: &str) {
    std::fs::create_dir_all(folder).unwrap();
    std::fs::write(folder.join(name), text).unwrap();
}

#[test]
fn what_is_no_record_is_told_beside_the_answer() {
    let desk = Desk::new();
    let logs = desk.path("logs");
    write(&logs, "one.json", &format!("{}\n{}\n", event(1), event(2)));
    write(&logs, "two.json", &format!("{}\n{{\"eventName\" 3}}\n{}\n", event(2), event(3)));
    write(&logs, "notes.txt", "nothing to see\n");
    let arguments = ["query", "stats count(*) as n", "--format", "csv", "-f"];
    let mut command = desk.command(&arguments);
    // A lake that the environment names is not asked.
    let output = command.arg(&logs).env("HAECHI_LAKE", desk.path("none")).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout), "n\n3\n");
    let words = said(&output);
    assert!(words.starts_with("recordsMatched 3, recordsScanned 3, bytesScanned "), "{words}");
    assert!(words.contains("recordsRejected 1, recordsDuplicate 1, filesSkipped 1"), "{words}");
    assert!(words.contains("notes.txt"), "{words}");
}

#[test]
fn records_that_a_filter_passes_over_are_scanned_and_not_matched() {
    let desk = Desk::new();
    let logs = desk.path("logs");
    let lines: Vec<String> = (0..100).map(event).collect();
    let denied =
        event(100).replace("\"eventName\"", "\"errorCode\":\"Access\\u0044enied\",\"eventName\"");
    write(&logs, "one.json", &format!("{}\n{denied}\n{denied}\n", lines.join("\n")));
    for (filter, n_matched) in [
        (r#"errorCode = "AccessDenied""#, 1),
        (r#"errorCode = "accessdenied""#, 0),
        (r#"errorCode in ["x", "AccessDenied"] and eventName = "GetObject""#, 1),
        (r#"errorCode = "AccessDenied" or eventName = "GetObject""#, 101),
        (r#"not (errorCode = "AccessDenied")"#, 0),
        (r#"eventSource = "s3.amazonaws.com" and not ispresent(errorCode)"#, 100),
    ] {
        let query = format!("filter {filter} | stats count(*) as n");
        let mut command = desk.command(&["query", &query, "--format", "csv", "-f"]);
        let output = command.arg(&logs).output().unwrap();
        assert_eq!(
            String::from_utf8_lossy(&output.stdout),
            format!("n\n{n_matched}\n"),
            "{filter}"
        );
        let words = said(&output);
        let figures = format!("recordsMatched {n_matched}, recordsScanned 101, ");
        assert!(words.starts_with(&figures), "{filter}: {words}");
        assert!(words.contains("recordsDuplicate 1"), "{filter}: {words}");
    }
}

#[test]
fn where_there_are_no_logs_each_file_is_named_with_the_reason() {
    let desk = Desk::new();
    let logs = desk.path("logs");
    write(&logs, "notes.txt", "nothing to see\n");
    write(&logs, "broken.json", "{\"Records\": [ {broken\n");
    let words = desk.fail(&["query", "stats count(*)", "-f", logs.to_str().unwrap()]);
    assert!(words.contains("none of the files holds logs"), "{words}");
    assert!(words.contains("notes.txt") && words.contains("broken.json"), "{words}");
    // Beside a log, too.
    write(&logs, "one.json", &event(1));
    let output = desk.command(&["query", "stats count(*)", "-f"]).arg(&logs).output().unwrap();
    let words = said(&output);
    assert!(words.contains("recordsRejected 2") && words.contains("filesSkipped 2"), "{words}");
    assert!(words.contains("none of its records can be read"), "{words}");
}

#[test]
fn the_query_may_stand_behind_the_files_that_a_shell_names() {
    let desk = Desk::new();
    let logs = desk.path("logs");
    write(&logs, "one.json", &event(1));
    write(&logs, "two.json", &event(2));
    let [one, two] = ["one.json", "two.json"].map(|name| logs.join(name).display().to_string());
    let count = "stats count(*) as n";
    let expected = desk.run(&["query", count, "--format", "csv", "-f", &one, &two]);
    assert_eq!(expected, "n\n2\n");
    assert_eq!(desk.run(&["query", "-f", &one, &two, count, "--format", "csv"]), expected);
    assert_eq!(desk.run(&["query", "--format", "csv", "-f", &one, &two, count]), expected);
    let words = desk.fail(&["query", "-f", &one]);
    assert!(words.contains("there is no query"), "{words}");
    desk.fail(&["query"]);
}

#[test]
fn standard_input_can_be_asked_twice_in_one_query() {
    let desk = Desk::new();
    let query = "filter requestParameters.key = '1.pdf' | fields eventID as id \
                 | join left = l right = r where l.id = r.eventID (SOURCE cloudtrail)";
    for (query, expected) in [("stats count(*) as n", "n\n2\n"), (query, "")] {
        let mut command = desk.command(&["query", query, "--format", "csv", "-f", "-"]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let input = format!("{}\n{}\n", event(1), event(2));
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", said(&output));
        let answer = String::from_utf8_lossy(&output.stdout);
        assert!(answer.starts_with(expected) && 1 < answer.lines().count(), "{answer}");
    }
}

#[test]
fn a_window_bounds_files_too_and_threads_change_nothing() {
    let desk = Desk::new();
    let logs = desk.path("logs");
    for file in 0..7 {
        let lines: Vec<String> = (0..100).map(|line| event(file * 100 + line)).collect();
        write(&logs, &format!("{file}.json"), &lines.join("\n"));
    }
    let ask = |threads: &str| {
        let window = ["--since", "2024-06-01T10:10Z", "--until", "2024-06-01T10:20Z"];
        let query = "stats count(*) as n, min(requestParameters.key) by bin(5m)";
        let rest = ["--format", "csv", "--threads", threads, "-f", logs.to_str().unwrap()];
        desk.run(&[&["query", query][..], &window, &rest].concat())
    };
    let answer = ask("1");
    assert_eq!(answer.lines().count(), 3, "{answer}");
    assert_eq!(answer, ask("4"));
}

#[test]
fn a_reader_that_has_seen_enough_ends_the_query() {
    let desk = Desk::new();
    let logs = desk.path("logs");
    let lines: Vec<String> = (0..20_000).map(event).collect();
    write(&logs, "many.json", &lines.join("\n"));
    let query = "fields @message | limit 20000";
    let arguments = ["query", query, "--format", "jsonl", "-f", logs.to_str().unwrap()];
    let mut command = desk.command(&arguments);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut first = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut first).unwrap();
    assert!(first.contains("eventName"), "{first}");
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", said(&output));
}
