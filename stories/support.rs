//! A folder to work in, and the binary.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

/// A folder for one story.
pub(crate) struct Desk {
    folder: TempDir,
    variables: BTreeMap<String, String>,
}

impl Desk {
    pub(crate) fn new() -> Self {
        Self { folder: TempDir::new().unwrap(), variables: BTreeMap::new() }
    }

    /// Sets a variable of the environment for the commands that follow.
    pub(crate) fn set(&mut self, name: &str, value: &str) {
        self.variables.insert(name.to_owned(), value.to_owned());
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Returns the binary with the arguments, and a home of its own.
    pub(crate) fn command<S: AsRef<OsStr>>(&self, arguments: &[S]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_haechi"));
        command.args(arguments).env("HOME", self.folder.path()).env_remove("HAECHI_LAKE");
        command.env_remove("XDG_DATA_HOME").envs(&self.variables);
        command
    }

    /// Runs the binary, which must succeed, and returns what it printed.
    #[track_caller]
    pub(crate) fn run<S: AsRef<OsStr>>(&self, arguments: &[S]) -> String {
        let output = self.command(arguments).output().unwrap();
        let words = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{words}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// Runs the binary and returns the JSON that it printed.
    #[track_caller]
    pub(crate) fn json<S: AsRef<OsStr>>(&self, arguments: &[S]) -> Value {
        serde_json::from_str(&self.run(arguments)).unwrap()
    }

    /// Runs the binary, which must fail with status 2, and returns what it said.
    #[track_caller]
    pub(crate) fn fail<S: AsRef<OsStr>>(&self, arguments: &[S]) -> String {
        let output = self.command(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{}", said(&output));
        said(&output)
    }

    /// Writes a few days of an invented organisation's logs; returns the folder and the truth.
    pub(crate) fn simulate(&self, extra: &[&str]) -> (PathBuf, Value) {
        let out = self.path("logs");
        let mut arguments = vec!["simulate", "--out", out.to_str().unwrap()];
        arguments.extend(extra);
        self.run(&arguments);
        let truth = std::fs::read_to_string(out.join("ground-truth.json")).unwrap();
        (out, serde_json::from_str(&truth).unwrap())
    }

    /// Returns what a query gives, as JSON.
    #[track_caller]
    pub(crate) fn sql(&self, lake: &Path, query: &str) -> Value {
        self.json(&["sql", query, "--lake", lake.to_str().unwrap(), "--format", "json"])
    }

    /// Returns the one number that a query gives.
    #[track_caller]
    pub(crate) fn number(&self, lake: &Path, query: &str) -> u64 {
        let rows = self.sql(lake, query);
        let row = rows[0].as_object().unwrap();
        row.values().next().unwrap().as_u64().unwrap()
    }
}

/// Returns what the binary said to the person.
pub(crate) fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Returns how many records of a source are left when every record counts once.
pub(crate) fn unique_records(truth: &Value, source: &str) -> u64 {
    let totals = &truth["sources"][source];
    totals["records"].as_u64().unwrap() - totals["duplicate_records"].as_u64().unwrap()
}
