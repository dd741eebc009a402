//! What one round leaves to the next, in a file: what detection remembers, and what was told.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufReader, BufWriter, Read as _, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use haechi_detect::Source;
use haechi_model::{Finding, Timestamp};

/// How many records a finding had, and the moment of the last.
type Extent = (u64, i64);

/// The findings that were told, as they were.
#[derive(Default)]
pub struct Told(BTreeMap<String, Extent>);

/// What the last round has left.
pub struct Left {
    /// The findings that were told.
    pub told: Told,
    /// The file, where what detection remembers begins.
    state: BufReader<File>,
}

/// What this round leaves, while it is written beside what the last one has.
pub struct Next {
    new: PathBuf,
    out: BufWriter<File>,
}

/// The end of the file says how long what was told is.
const LENGTH_BYTES: usize = size_of::<u64>();

impl Left {
    /// Opens what the last round has left; a file that is not there, or damaged, has left nothing.
    pub fn open(file: &Path) -> Option<Self> {
        let mut file = File::open(file).ok()?;
        let end = file.seek(SeekFrom::End(0)).ok()?.checked_sub(LENGTH_BYTES as u64)?;
        file.seek(SeekFrom::Start(end)).ok()?;
        let mut length = [0; LENGTH_BYTES];
        file.read_exact(&mut length).ok()?;
        let length = u64::from_le_bytes(length);
        file.seek(SeekFrom::Start(end.checked_sub(length)?)).ok()?;
        let mut told = Vec::new();
        (&file).take(length).read_to_end(&mut told).ok()?;
        let told = Told(serde_json::from_slice(&told).ok()?);
        file.seek(SeekFrom::Start(0)).ok()?;
        Some(Self { told, state: BufReader::new(file) })
    }

    /// Returns what detection remembers.
    pub fn state(&mut self) -> &mut dyn Source {
        &mut self.state
    }
}

impl Next {
    /// Begins to write what will stand in the file.
    pub fn begin(file: &Path) -> Result<Self> {
        let new = file.with_extension("state.new");
        let out = File::create(&new).with_context(|| failed(&new))?;
        Ok(Self { new, out: BufWriter::new(out) })
    }

    /// Returns what takes what detection remembers, before anything else is written.
    pub fn state(&mut self) -> &mut dyn Write {
        &mut self.out
    }

    /// Ends the writing, so that whoever reads finds the old file or the new one whole.
    pub fn end(self, told: &Told, file: &Path) -> Result<()> {
        let Self { new, mut out } = self;
        let told = serde_json::to_vec(&told.0)?;
        let length = (told.len() as u64).to_le_bytes();
        let written = out.write_all(&told).and_then(|()| out.write_all(&length));
        let written = written.and_then(|()| out.flush()).and_then(|()| out.get_ref().sync_all());
        written.with_context(|| failed(&new))?;
        std::fs::rename(&new, file).with_context(|| failed(file))
    }
}

impl Told {
    /// Notes a finding as told.
    pub fn tells(&mut self, finding: &Finding) {
        self.0.insert(finding.id.0.clone(), extent(finding.count, finding.last_seen));
    }

    /// Says what is new about a finding, if anything.
    pub fn news(&self, finding: &Finding) -> Option<&'static str> {
        match self.0.get(&finding.id.0) {
            None => Some("new"),
            Some(told) if *told != extent(finding.count, finding.last_seen) => Some("more"),
            Some(_) => None,
        }
    }
}

fn extent(count: u64, last: Timestamp) -> Extent {
    (count, last.0)
}

fn failed(file: &Path) -> String {
    format!("cannot write `{}`", file.display())
}
