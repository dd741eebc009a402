//! Sigma rules over CloudTrail: haechi on native files, rsigma's engine on JSON lines.

use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result, bail};
use haechi_catalog::Catalog;
use haechi_sigma::{COLUMNS, Rules, Watch, fitting};
use rsigma_eval::{Engine, JsonEvent};
use serde_json::{Value, json};

use crate::compare::{machine, print};
use crate::stream::{Reading, open, read};
use crate::usage::usage;

/// How late records come in files as they are read one after the other.
const LATENESS_SECONDS: i64 = 6 * 86_400;

/// What to compare.
pub(crate) struct Comparison {
    /// Native CloudTrail files.
    pub folder: PathBuf,
    /// Rules.
    pub rules: PathBuf,
    /// Where the JSON lines are written.
    pub work: PathBuf,
    /// How often each is run; the run with the fewest CPU seconds counts.
    pub rounds: usize,
}

impl Comparison {
    /// Names the rules that cannot be used, runs both in turn, and prints a line for each.
    pub(crate) fn run(&self) -> Result<()> {
        let rules = Rules::read(&texts_below(&self.rules)?);
        print(&machine());
        print(&format!("{} rules, {} cannot be used", rules.len(), rules.unusable.len()));
        for unusable in &rules.unusable {
            print(&format!("  {unusable}"));
        }
        std::fs::create_dir_all(&self.work)?;
        let lines = self.work.join("events.jsonl");
        if !lines.exists() {
            write_lines(&self.folder, &lines)?;
        }
        let mut best: [Option<Value>; 2] = [None, None];
        for _ in 0..self.rounds.max(1) {
            let runs = [("haechi", &self.folder), ("rsigma", &lines)];
            for (best, (engine, input)) in best.iter_mut().zip(runs) {
                let new = self.child(engine, input)?;
                let cpu = |run: &Value| run["cpu_seconds"].as_f64().unwrap_or(f64::MAX);
                if best.as_ref().is_none_or(|best| cpu(&new) < cpu(best)) {
                    *best = Some(new);
                }
            }
        }
        let rate = |run: &Option<Value>| {
            run.as_ref().and_then(|it| it["events_per_cpu_second"].as_f64()).unwrap_or(0.0)
        };
        best.iter().flatten().for_each(|run| print(&run.to_string()));
        print(&format!("haechi : rsigma = {:.2}", rate(&best[0]) / rate(&best[1])));
        Ok(())
    }

    fn child(&self, engine: &str, input: &Path) -> Result<Value> {
        let mut command = Command::new(std::env::current_exe()?);
        command.args(["sigma-once", engine]).arg(input).arg("--rules").arg(&self.rules);
        let output = command.output()?;
        if !output.status.success() {
            bail!("{engine} failed: {}", String::from_utf8_lossy(&output.stderr));
        }
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        Ok(serde_json::from_str(text.lines().last().context("it printed nothing")?)?)
    }
}

/// Runs one of the engines once and prints a JSON line.
pub(crate) fn once(engine: &str, input: &Path, rules: &Path) -> Result<()> {
    let (start, before) = (Instant::now(), usage()?);
    let (n_events, n_matches, n_findings) = match engine {
        "haechi" => haechi(input, rules)?,
        _ => rsigma(input, rules)?,
    };
    let after = usage()?;
    let cpu = after.cpu_seconds - before.cpu_seconds;
    let line = json!({
        "engine": engine,
        "events": n_events,
        "matches": n_matches,
        "findings": n_findings,
        "events_per_cpu_second": crate::detect::per_second(n_events, cpu),
        "cpu_seconds": cpu,
        "wall_seconds": start.elapsed().as_secs_f64(),
        "peak_megabytes": after.peak_megabytes,
    });
    print(&line.to_string());
    Ok(())
}

/// Reads native files, takes duplicates out, puts the rows in time order, and makes findings.
fn haechi(folder: &Path, rules: &Path) -> Result<(u64, u64, Option<usize>)> {
    let catalog = Catalog::built_in()?;
    let rules = Rules::read(&texts_below(rules)?);
    let mut watch = Watch::new(&rules);
    let files = open(folder, &catalog)?.files;
    let reading = Reading {
        source: "cloudtrail",
        columns: &COLUMNS.map(str::to_owned),
        ids: &["eventID"],
        lateness_seconds: LATENESS_SECONDS,
        only: Some(&|batch| Ok(fitting(&rules, batch)?)),
    };
    let done = read(&files, &reading, &mut |batch| Ok(watch.observe(batch)?))?;
    let findings = watch.finish();
    let n_matches = findings.iter().map(|finding| finding.count).sum();
    Ok((done.n_rows + done.n_duplicates, n_matches, Some(findings.len())))
}

/// Reads JSON lines as rsigma's own command does, and counts what it gives back.
fn rsigma(lines: &Path, rules: &Path) -> Result<(u64, u64, Option<usize>)> {
    let mut engine = Engine::new();
    for (name, text) in texts_below(rules)? {
        let collection = rsigma_parser::parse_sigma_yaml(&text).with_context(|| name.clone())?;
        engine.add_collection(&collection)?;
    }
    let (mut n_events, mut n_matches) = (0, 0);
    for line in BufReader::with_capacity(1 << 20, File::open(lines)?).lines() {
        let event: Value = serde_json::from_str(&line?)?;
        n_matches += engine.evaluate(&JsonEvent::borrow(&event)).len() as u64;
        n_events += 1;
    }
    Ok((n_events, n_matches, None))
}

/// Writes the records of native files as JSON lines.
fn write_lines(folder: &Path, lines: &Path) -> Result<()> {
    let mut out = BufWriter::new(File::create(lines)?);
    for record in crate::corpus::records_of(folder)? {
        writeln!(out, "{}", record?)?;
    }
    out.flush()?;
    Ok(())
}

/// Reads the rules below a folder.
fn texts_below(folder: &Path) -> Result<Vec<(String, String)>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            files.extend(texts_below(&path)?);
        } else if path.extension().is_some_and(|it| it == "yml" || it == "yaml") {
            files.push((path.display().to_string(), std::fs::read_to_string(&path)?));
        }
    }
    files.sort();
    Ok(files)
}
