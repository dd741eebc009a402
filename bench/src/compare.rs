//! haechi beside its peers, on the same files, in one run.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use crate::corpus;

/// What one run cost, as it says itself in its last line.
#[derive(Deserialize)]
struct Figures {
    peer: Option<String>,
    threads: usize,
    read: u64,
    wall_seconds: f64,
    cpu_seconds: f64,
    peak_megabytes: f64,
    table_to_gz: Option<f64>,
}

/// What to compare.
pub(crate) struct Comparison {
    /// Native CloudTrail files.
    pub from: PathBuf,
    /// Where inputs and tables are written.
    pub work: PathBuf,
    /// How much raw JSON to replay the files to.
    pub megabytes: u64,
    /// How often each run is repeated; the one with the fewest CPU seconds counts.
    pub rounds: usize,
    /// A Python that has DuckDB and chDB.
    pub python: Option<PathBuf>,
}

impl Comparison {
    /// Makes the inputs, runs everything and prints one line a run.
    pub(crate) fn run(&self) -> Result<()> {
        let trail = self.work.join(format!("cloudtrail-{}", self.megabytes));
        if !trail.exists() {
            corpus::replay(&self.from, &trail, self.megabytes * 1_000_000, 2_000)?;
        }
        let flows = self.work.join("flows");
        if !flows.exists() {
            corpus::flows(&flows, 3_000_000)?;
        }
        print(&machine());
        print(
            "input        engine           threads    records  records/CPU s    ×  wall s  peak MB  table:gz",
        );
        let ours = self.haechi("replayed", &trail, 1)?;
        let two = self.haechi("replayed", &trail, 2)?;
        for script in ["ingest_duckdb.py", "ingest_chdb.py"] {
            self.peer("replayed", script, &trail, &ours)?;
        }
        self.haechi("as delivered", &self.from, 1)?;
        self.haechi("VPC flows", &flows, 1)?;
        print(&format!("two workers: {:.2} times as fast", ours.wall_seconds / two.wall_seconds));
        Ok(())
    }

    fn haechi(&self, input: &str, path: &Path, threads: usize) -> Result<Figures> {
        let program = std::env::current_exe()?;
        let lake = self.work.join("lake");
        let figures = self.best(|| {
            let mut command = Command::new(&program);
            command.arg("ingest").arg(path).arg("--lake").arg(&lake);
            command.args(["--threads", &threads.to_string()]);
            command
        })?;
        print(&line(input, &figures, None));
        Ok(figures)
    }

    fn peer(&self, input: &str, script: &str, path: &Path, ours: &Figures) -> Result<()> {
        let Some(python) = &self.python else {
            print(&format!("{script} was not run: HAECHI_PYTHON names no Python"));
            return Ok(());
        };
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join(script);
        let figures = self.best(|| {
            let mut command = Command::new(python);
            command.arg(&script).arg(path).arg(self.work.join("peer")).arg("1");
            command
        })?;
        print(&line(input, &figures, Some(ours)));
        Ok(())
    }

    /// Runs the command so many times, and returns its cheapest run.
    fn best(&self, command: impl Fn() -> Command) -> Result<Figures> {
        let mut best: Option<Figures> = None;
        for _ in 0..self.rounds.max(1) {
            let output = command().output().context("cannot run it")?;
            let text = String::from_utf8_lossy(&output.stdout);
            if !output.status.success() {
                bail!("it failed: {}", String::from_utf8_lossy(&output.stderr));
            }
            let line = text.lines().last().context("it printed nothing")?;
            let new: Figures = serde_json::from_str(line)?;
            if best.as_ref().is_none_or(|best| new.cpu_seconds < best.cpu_seconds) {
                best = Some(new);
            }
        }
        best.context("it was not run")
    }
}

/// Returns the figures as a line; `ours` are those that haechi's ratio is taken from.
fn line(input: &str, figures: &Figures, ours: Option<&Figures>) -> String {
    let Figures { threads, read, wall_seconds, peak_megabytes, .. } = figures;
    let name = figures.peer.as_deref().unwrap_or("haechi");
    let rate = rate(figures);
    let times = ours.map_or(String::new(), |ours| format!("{:.1}", self::rate(ours) / rate));
    let table = figures.table_to_gz.map_or(String::new(), |ratio| ratio.to_string());
    format!(
        "{input:<12} {name:<16} {threads:>7} {read:>10} {rate:>14.0} {times:>4} \
         {wall_seconds:>7.2} {peak_megabytes:>8.0} {table:>9}"
    )
}

#[expect(clippy::cast_precision_loss, reason = "figures for people")]
fn rate(figures: &Figures) -> f64 {
    figures.read as f64 / figures.cpu_seconds
}

/// Says on what machine, and how busy it was.
pub(crate) fn machine() -> String {
    let read = |path| std::fs::read_to_string(path).unwrap_or_default();
    let processors = read("/proc/cpuinfo");
    let model = processors.lines().find_map(|line| line.strip_prefix("model name"));
    let model = model.map_or("", |it| it.trim_start_matches([' ', '\t', ':']));
    let n = processors.lines().filter(|line| line.starts_with("processor")).count();
    let load = read("/proc/loadavg");
    let load = load.split(' ').next().unwrap_or_default();
    format!("haechi {}, {n} × {model}, load {load}", env!("CARGO_PKG_VERSION"))
}

#[expect(clippy::print_stdout, reason = "a benchmark's figures are its output")]
pub(crate) fn print(line: &str) {
    println!("{line}");
}
