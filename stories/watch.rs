//! Following a folder finds what a scan finds, whatever comes between.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use serde_json::Value;

use crate::support::{Desk, said};

/// An organisation's logs, and a folder that they come to little by little.
struct Inbox {
    desk: Desk,
    logs: PathBuf,
    files: Vec<PathBuf>,
}

impl Inbox {
    fn new() -> Self {
        let desk = Desk::new();
        let (logs, _) = desk.simulate(&["--days", "3", "--scale", "0.05"]);
        let mut files = Vec::new();
        files_below(&logs, &mut files);
        // Names of files hold the time of their delivery; folders say nothing about it.
        files.sort_by_key(|file| moment_of(file));
        fs::create_dir(desk.path("inbox")).unwrap();
        Self { desk, logs, files }
    }

    /// Lets some of the files come.
    fn comes(&self, files: &[PathBuf]) {
        for file in files {
            let to = self.desk.path("inbox").join(file.strip_prefix(&self.logs).unwrap());
            fs::create_dir_all(to.parent().unwrap()).unwrap();
            fs::copy(file, to).unwrap();
        }
    }

    fn watch(&self, more: &[&str]) -> Command {
        let (inbox, lake) = (self.desk.path("inbox"), self.desk.path("lake"));
        let mut arguments =
            vec!["watch", inbox.to_str().unwrap(), "--lake", lake.to_str().unwrap()];
        arguments.extend(more);
        self.desk.command(&arguments)
    }

    /// Watches once; returns what was told, and what was said beside it.
    #[track_caller]
    fn look(&self) -> (Vec<Value>, String) {
        let output = self.watch(&["--once", "--format", "jsonl"]).output().unwrap();
        assert!(output.status.success(), "{}", said(&output));
        let text = String::from_utf8(output.stdout.clone()).unwrap();
        let told = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        (told, said(&output))
    }

    /// Checks that everything has been found that a scan of the same files finds.
    #[track_caller]
    fn check(&self) {
        let (logs, other) = (self.logs.to_str().unwrap(), self.desk.path("other"));
        self.desk.run(&["scan", logs, "--lake", other.to_str().unwrap()]);
        let scanned = self.findings(&other);
        assert!(2 < scanned.len(), "{scanned:?}");
        assert_eq!(self.findings(&self.desk.path("lake")), scanned);
    }

    /// Returns the findings of a lake but for when they were stored.
    fn findings(&self, lake: &Path) -> Vec<Value> {
        let lake = lake.to_str().unwrap();
        let found = self.desk.json(&["findings", "list", "--lake", lake, "--format", "json"]);
        let mut found = found.as_array().unwrap().clone();
        for finding in &mut found {
            let finding = finding.as_object_mut().unwrap();
            for key in ["created", "updated", "earlier_evidence"] {
                finding.remove(key);
            }
            // The same file has another name in the inbox.
            for key in ["records", "evidence"] {
                let text = finding[key].to_string();
                let text = text.replace(self.logs.to_str().unwrap(), "");
                finding[key] = text.replace(self.desk.path("inbox").to_str().unwrap(), "").into();
            }
        }
        found
    }
}

fn files_below(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files_below(&path, files);
        } else if path.extension().is_some_and(|it| it == "gz") {
            files.push(path);
        }
    }
}

/// Returns the time of delivery in a file's name, `20260302T1205Z`, and its name.
fn moment_of(file: &Path) -> (String, PathBuf) {
    let name = file.file_name().unwrap().to_str().unwrap();
    let is_moment = |word: &&str| word.len() == 14 && word.ends_with('Z') && word.contains('T');
    let moment = name.split(['_', '.']).find(is_moment).unwrap_or_default();
    (moment.to_owned(), file.to_owned())
}

#[test]
fn a_folder_that_fills_gives_what_a_scan_gives() {
    let inbox = Inbox::new();
    let (told, _) = inbox.look();
    assert!(told.is_empty(), "{told:?}");
    let mut n_told = 0;
    for files in inbox.files.chunks(inbox.files.len().div_ceil(2)) {
        inbox.comes(files);
        n_told += inbox.look().0.len();
        let (again, _) = inbox.look();
        assert!(again.is_empty(), "what was told is no news: {again:?}");
    }
    assert!(2 < n_told);
    inbox.check();
}

#[test]
fn what_comes_too_late_is_found_all_the_same() {
    let inbox = Inbox::new();
    let half = inbox.files.len() / 2;
    inbox.comes(&inbox.files[half..]);
    inbox.look();
    inbox.comes(&inbox.files[..half]);
    let (_, said) = inbox.look();
    assert!(said.contains("looked at again: rows have come later than expected"), "{said}");
    inbox.check();
}

#[test]
fn killed_at_any_moment_it_goes_on() {
    let inbox = Inbox::new();
    for (round, files) in (0..).zip(inbox.files.chunks(inbox.files.len().div_ceil(4))) {
        inbox.comes(files);
        let mut child = inbox
            .watch(&["--every", "1h"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        // The moment is what this test is about: anywhere between start and the end of a round.
        sleep(Duration::from_millis(round * 397 % 2_500));
        child.kill().unwrap();
        child.wait().unwrap();
    }
    inbox.look();
    inbox.check();
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_it_with_everything_written() {
    let inbox = Inbox::new();
    inbox.comes(&inbox.files);
    let mut child = inbox
        .watch(&["--every", "1h"])
        .stderr(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    let mut told = BufReader::new(child.stdout.take().unwrap());
    told.read_line(&mut line).unwrap();
    assert!(line.contains("  new   "), "{line}");
    let asked = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(asked.success());
    assert!(child.wait().unwrap().success());
    assert!(inbox.desk.path("lake/_haechi/watch.state").exists());
    let (told, _) = inbox.look();
    assert!(told.is_empty(), "{told:?}");
    inbox.check();
}
