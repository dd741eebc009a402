//! Files that grow or appear: how far each has been read, and what is new in it.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use haechi_catalog::Catalog;
use haechi_sources::Mappings;
use haechi_sources::limits::RECORD_BYTES_MAX;

use super::packed::{Packed, is_packed};
use crate::talk;

/// How much is read of a file at a time: bounds memory for a file that grew by much.
const PIECE_BYTES: u64 = 1 << 20;

/// Files and folders that are followed.
pub struct Followed {
    paths: Vec<PathBuf>,
    files: BTreeMap<PathBuf, Seen>,
    /// Files that cannot be read, which has been said.
    lost: BTreeSet<PathBuf>,
    mappings: Mappings,
}

/// What is known of a file.
enum Seen {
    /// Its lines are read as they are written.
    Lines(Place),
    /// Its records are read when it is there.
    Packed(Packed),
}

/// How far a file has been read.
#[derive(Debug, Default)]
struct Place {
    position: u64,
    /// The beginning of a line whose end has not come.
    begun: Vec<u8>,
    /// The line that has begun is too long: what comes up to its end is passed over.
    is_too_long: bool,
}

/// Takes a line of a file; says whether to go on.
pub type Take<'f> = &'f mut dyn FnMut(&str, &str) -> bool;

impl Followed {
    /// Begins to follow: from now on, or from the start of what is there.
    pub fn of(paths: &[PathBuf], from_start: bool, catalog: &Catalog) -> Result<Self> {
        let mappings = Mappings::new(catalog.sources.values());
        let (files, lost) = (BTreeMap::new(), BTreeSet::new());
        let mut followed = Self { paths: paths.to_vec(), files, lost, mappings };
        for path in paths {
            fs::metadata(path).with_context(|| format!("cannot read `{}`", path.display()))?;
        }
        for path in followed.listed() {
            let n_bytes = if from_start { 0 } else { fs::metadata(&path).map_or(0, |it| it.len()) };
            if 0 < n_bytes {
                let seen = Seen::at(&path, n_bytes).unwrap_or_default();
                followed.files.insert(path, seen);
            }
        }
        Ok(followed)
    }

    /// Gives the lines that are new since the last look, file by file.
    pub fn look(&mut self, take: Take<'_>) {
        for path in self.listed() {
            match self.read(&path, take) {
                Ok(true) => {
                    self.lost.remove(&path);
                }
                Ok(false) => return,
                Err(error) => {
                    if self.lost.insert(path.clone()) {
                        talk::note(&format!("cannot read `{}`: {error}", path.display()));
                    }
                }
            }
        }
    }

    /// Gives what is new in a file; says whether to go on.
    fn read(&mut self, path: &Path, take: Take<'_>) -> io::Result<bool> {
        let length = fs::metadata(path)?.len();
        if length == 0 {
            self.files.remove(path);
            return Ok(true);
        }
        let seen = match self.files.entry(path.to_path_buf()) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => new.insert(Seen::at(path, 0)?),
        };
        match seen {
            Seen::Lines(place) => place.read(path, length, take),
            Seen::Packed(packed) => packed.read(path, length, &self.mappings, take),
        }
    }

    /// Returns the files that are there now, in the order of their names.
    fn listed(&self) -> Vec<PathBuf> {
        let mut files = Vec::new();
        for path in &self.paths {
            if path.is_dir() {
                files_below(path, &mut files);
            } else {
                files.push(path.clone());
            }
        }
        files.sort();
        files.dedup();
        files
    }
}

/// A folder that vanishes while it is listed has no files.
fn files_below(folder: &Path, files: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => files_below(&entry.path(), files),
            Ok(kind) if kind.is_file() => files.push(entry.path()),
            _ => {}
        }
    }
}

impl Seen {
    /// Looks what kind of file it is, of which so many bytes count as read.
    fn at(path: &Path, n_bytes: u64) -> io::Result<Self> {
        Ok(if is_packed(path)? {
            Self::Packed(Packed::seen(n_bytes))
        } else {
            Self::Lines(Place { position: n_bytes, ..Place::default() })
        })
    }
}

impl Default for Seen {
    fn default() -> Self {
        Self::Lines(Place::default())
    }
}

impl Place {
    /// Reads what is new; says whether to go on.
    fn read(&mut self, path: &Path, length: u64, take: Take<'_>) -> io::Result<bool> {
        let mut file = File::open(path)?;
        if length < self.position {
            // The file was cut or is another one under the same name: it begins anew.
            *self = Self::default();
        }
        file.seek(SeekFrom::Start(self.position))?;
        let name = path.to_string_lossy();
        // Ends where the file ended when it was looked at, however fast it grows.
        while self.position < length {
            let mut piece = Vec::new();
            let wanted = PIECE_BYTES.min(length - self.position);
            let n_bytes = file.by_ref().take(wanted).read_to_end(&mut piece)?;
            if n_bytes == 0 {
                break;
            }
            self.position += n_bytes as u64;
            if !self.lines(&piece, &mut |line| take(&name, line)) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Cuts a piece into lines and keeps the last one when its end has not come.
    fn lines(&mut self, piece: &[u8], take: &mut dyn FnMut(&str) -> bool) -> bool {
        for part in piece.split_inclusive(|byte| *byte == b'\n') {
            if !self.is_too_long {
                self.begun.extend_from_slice(part);
            }
            if RECORD_BYTES_MAX < self.begun.len() {
                talk::note("a line is too long and was passed over");
                self.begun = Vec::new();
                self.is_too_long = true;
            }
            if part.last() != Some(&b'\n') {
                continue;
            }
            let line = std::mem::take(&mut self.begun);
            if std::mem::take(&mut self.is_too_long) {
                continue;
            }
            let line = String::from_utf8_lossy(&line);
            if !take(line.trim_end_matches(['\n', '\r'])) {
                return false;
            }
        }
        true
    }
}
