//! Questions asked of haechi and its peers; the asking is done in Python, where the peers live.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::compare::{machine, print};

/// Where everything is.
pub(crate) struct Places {
    /// The program.
    pub haechi: PathBuf,
    /// A lake of CloudTrail and flows.
    pub lake: PathBuf,
    /// Native CloudTrail files.
    pub files: PathBuf,
}

/// Asks, and prints a line for each question and engine.
pub(crate) fn run(places: &Places, threads: usize, rounds: usize, only: &str) -> Result<()> {
    let python = std::env::var_os("HAECHI_PYTHON").context("HAECHI_PYTHON names no Python")?;
    print(&machine());
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("queries.py");
    let mut command = Command::new(python);
    command.arg(script).args([&places.haechi, &places.lake, &places.files]);
    command.args([&threads.to_string(), &rounds.to_string(), only]);
    if !command.status().context("cannot run Python")?.success() {
        bail!("a question had no answer");
    }
    Ok(())
}
