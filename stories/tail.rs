//! `haechi tail`: lines as they come.

use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdout, Stdio};
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};

use crate::support::Desk;

/// A `haechi tail` that is running; it is stopped when the test ends, however it ends.
struct Tail {
    child: Child,
    lines: BufReader<ChildStdout>,
}

impl Tail {
    fn start(desk: &Desk, arguments: &[&str]) -> Self {
        let mut command = desk.command(&[&["tail"], arguments].concat());
        command.stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap());
        Self { child, lines }
    }

    /// Waits for the next line.
    fn next(&mut self) -> String {
        let mut line = String::new();
        self.lines.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }
}

impl Drop for Tail {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn append(file: &mut File, text: &str) {
    file.write_all(text.as_bytes()).unwrap();
}

#[test]
fn lines_are_shown_as_they_come() {
    let desk = Desk::new();
    let path = desk.path("app.log");
    std::fs::write(&path, "ERROR first\n").unwrap();
    let mut file = OpenOptions::new().append(true).open(&path).unwrap();
    let mut tail =
        Tail::start(&desk, &[path.to_str().unwrap(), "--from-start", "--filter", "ERROR"]);
    assert_eq!(tail.next(), "ERROR first");
    append(&mut file, "INFO second\nERROR ");
    append(&mut file, "third \u{1b}[2J\nERROR fourth\n");
    assert_eq!(tail.next(), "ERROR third \\u{1b}[2J");
    assert_eq!(tail.next(), "ERROR fourth");
}

#[test]
fn files_that_appear_and_files_that_begin_anew_are_followed() {
    let desk = Desk::new();
    let folder = desk.path("logs");
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(folder.join("a.log"), "one\ntwo\n").unwrap();
    let arguments = [folder.to_str().unwrap(), "--from-start", "--format", "jsonl"];
    let mut tail = Tail::start(&desk, &[&arguments[..], &["--filter", "[word]"]].concat());
    let mut words = vec![tail.next(), tail.next()];
    std::fs::write(folder.join("b.log"), "three\n").unwrap();
    words.push(tail.next());
    std::fs::write(folder.join("a.log"), "new\n").unwrap();
    words.push(tail.next());
    let values: Vec<Value> = words.iter().map(|it| serde_json::from_str(it).unwrap()).collect();
    let found: Vec<&Value> = values.iter().map(|it| &it["extractedValues"]["$word"]).collect();
    assert_eq!(found, [&json!("one"), &json!("two"), &json!("three"), &json!("new")]);
    assert!(values[2]["file"].as_str().unwrap().ends_with("b.log"));
}

/// Packs texts as AWS delivers its logs; each becomes a member of its own.
fn packed(texts: &[&str]) -> Vec<u8> {
    let member = |text: &&str| {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(text.as_bytes()).unwrap();
        encoder.finish().unwrap()
    };
    texts.iter().flat_map(member).collect()
}

fn event(name: &str) -> String {
    format!(
        r#"{{"eventVersion":"1.09","eventTime":"2024-06-01T10:00:00Z","awsRegion":"us-east-1","eventID":"{name}","eventName":"{name}"}}"#
    )
}

#[test]
fn records_of_compressed_files_are_shown_when_the_files_are_there() {
    let desk = Desk::new();
    let folder = desk.path("logs");
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(folder.join("old.json.gz"), packed(&[&event("Seen")])).unwrap();
    let folder_text = folder.to_str().unwrap();
    assert_eq!(desk.run(&["tail", folder_text, "--once"]), "");
    let filter = "{ $.eventName = \"*n*\" }";
    let mut tail = Tail::start(&desk, &[folder_text, "--from-start", "--filter", filter]);
    assert_eq!(tail.next(), event("Seen"));
    let list = format!(r#"{{"Records":[{},{},{}]}}"#, event("One"), event("Two"), event("Nine"));
    let whole = packed(&[&list]);
    let mut file = File::create(folder.join("trail.json.gz")).unwrap();
    // Half of it, as while it is being written.
    let (half, rest) = whole.split_at(whole.len() / 2);
    file.write_all(half).unwrap();
    std::thread::sleep(Duration::from_millis(500));
    file.write_all(rest).unwrap();
    assert_eq!([tail.next(), tail.next()], [event("One"), event("Nine")]);
    file.write_all(&packed(&[&event("Ten")])).unwrap();
    assert_eq!(tail.next(), event("Ten"), "and nothing twice");
}

#[test]
fn what_is_wrong_with_a_compressed_file_is_told_once_it_grows_no_more() {
    let desk = Desk::new();
    let path = desk.path("cut.json.gz");
    let whole = packed(&[&format!("{}\n{}\n", event("One"), event("Two").repeat(20))]);
    std::fs::write(&path, &whole[..whole.len() - 12]).unwrap();
    let mut command = desk.command(&["tail", "--from-start"]);
    command.arg(&path).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut words = String::new();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    while !words.contains("cut.json.gz`: at byte ") {
        words.push_str(&lines.next().expect("the fault is told").unwrap());
    }
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(words.contains("the object ends inside this record"), "{words}");
}

#[test]
fn records_that_come_into_a_lake_are_shown_once() {
    let desk = Desk::new();
    let event = |n: u8, name: &str| {
        json!({
            "eventVersion": "1.11", "eventID": format!("00000000-0000-4000-8000-{n:012}"),
            "eventTime": format!("2026-03-01T00:00:{n:02}Z"), "eventName": name,
            "eventSource": "s3.amazonaws.com", "awsRegion": "eu-west-1",
            "recipientAccountId": "111122223333",
        })
    };
    let ingest = |file: &str, events: &[Value]| {
        std::fs::write(desk.path(file), json!({ "Records": events }).to_string()).unwrap();
        desk.run(&["ingest", desk.path(file).to_str().unwrap()]);
    };
    ingest("a.json", &[event(1, "GetObject"), event(2, "PutObject")]);
    let filter = "{ $.eventName = \"*Object\" }";
    let arguments = ["--group", "cloudtrail", "--format", "jsonl", "--filter", filter];
    let mut tail = Tail::start(&desk, &[&arguments[..], &["--from-start"]].concat());
    let next = |tail: &mut Tail| {
        let shown: Value = serde_json::from_str(&tail.next()).unwrap();
        assert_eq!(shown["group"], "cloudtrail");
        let event: Value = serde_json::from_str(shown["message"].as_str().unwrap()).unwrap();
        event["eventName"].as_str().unwrap().to_owned()
    };
    assert_eq!([next(&mut tail), next(&mut tail)], ["GetObject", "PutObject"]);
    ingest("b.json", &[event(4, "HeadObject"), event(2, "PutObject"), event(3, "ListBuckets")]);
    assert_eq!(next(&mut tail), "HeadObject");
    desk.run(&["lake", "compact"]);
    ingest("c.json", &[event(5, "CopyObject")]);
    assert_eq!(next(&mut tail), "CopyObject", "a compacted file is nothing new");
    assert!(desk.fail(&["tail", "--group", "cloudtrial", "--once"]).contains("cloudtrail"));
}

#[test]
fn one_look_ends_and_mistakes_are_told() {
    let desk = Desk::new();
    let path = desk.path("app.log");
    std::fs::write(&path, "a\nb\nunfinished").unwrap();
    let path = path.to_str().unwrap();
    assert_eq!(desk.run(&["tail", path, "--from-start", "--once"]), "a\nb\n");
    assert_eq!(desk.run(&["tail", path, "--once"]), "");
    assert!(desk.fail(&["tail", "/no/such/file", "--once"]).contains("/no/such/file"));
    assert!(desk.fail(&["tail", path, "--once", "--filter", "{ $"]).contains("names no field"));
}
