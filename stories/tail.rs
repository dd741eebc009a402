//! `haechi tail`: lines as they come.

use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdout, Stdio};

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
