//! What one round leaves to the next, in a file: what was told, and what detection remembers.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;

use anyhow::{Context, Result};
use haechi_model::{Finding, Timestamp};

/// How many records a finding had, and the moment of the last.
type Extent = (u64, i64);

/// What one round leaves to the next.
#[derive(Default)]
pub struct Left {
    /// The findings that were told, as they were.
    told: BTreeMap<String, Extent>,
    /// What detection remembers.
    pub state: Vec<u8>,
}

impl Left {
    /// Reads what the last round has left; a file that is not there, or damaged, has left nothing.
    pub fn read(file: &Path) -> Option<Self> {
        let bytes = std::fs::read(file).ok()?;
        let end = bytes.iter().position(|byte| *byte == b'\n')?;
        let (told, state) = bytes.split_at_checked(end)?;
        let told = serde_json::from_slice(told).ok()?;
        Some(Self { told, state: state.get(1..)?.to_vec() })
    }

    /// Writes it so that whoever reads it finds the old file or the new one whole.
    pub fn write(&self, file: &Path) -> Result<()> {
        let failed = || format!("cannot write `{}`", file.display());
        let new = file.with_extension("state.new");
        let mut out = std::fs::File::create(&new).with_context(failed)?;
        let told = serde_json::to_string(&self.told)?;
        let written = writeln!(out, "{told}").and_then(|()| out.write_all(&self.state));
        written.and_then(|()| out.sync_all()).with_context(failed)?;
        std::fs::rename(&new, file).with_context(failed)
    }

    /// Notes a finding as told.
    pub fn tells(&mut self, finding: &Finding) {
        self.told.insert(finding.id.0.clone(), extent(finding.count, finding.last_seen));
    }

    /// Says what is new about a finding, if anything.
    pub fn news(&self, finding: &Finding) -> Option<&'static str> {
        match self.told.get(&finding.id.0) {
            None => Some("new"),
            Some(told) if *told != extent(finding.count, finding.last_seen) => Some("more"),
            Some(_) => None,
        }
    }
}

fn extent(count: u64, last: Timestamp) -> Extent {
    (count, last.0)
}
