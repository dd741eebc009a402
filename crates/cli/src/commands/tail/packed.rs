//! Compressed files, as AWS delivers them: they come whole, and what counts are the records inside.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use haechi_sources::{
    Mappings, Object, Place, Reject, Row, Sink, SinkError, Summary, open, read_object,
};

use super::follow::Take;
use crate::talk;

/// A compressed file that is followed.
#[derive(Debug, Default)]
pub(super) struct Packed {
    /// How many bytes it had when it was last read.
    n_bytes: u64,
    /// How many of its records were given.
    n_given: u64,
    /// What is wrong with it, unless it is still being written.
    fault: Option<String>,
}

/// Tells whether the file begins as gzip or zstd do.
pub(super) fn is_packed(path: &Path) -> io::Result<bool> {
    let mut head = Vec::new();
    File::open(path)?.take(4).read_to_end(&mut head)?;
    Ok(head.starts_with(b"\x1f\x8b") || head.starts_with(b"\x28\xb5\x2f\xfd"))
}

impl Packed {
    /// Takes what is there as given.
    pub(super) fn seen(n_bytes: u64) -> Self {
        Self { n_bytes, ..Self::default() }
    }

    /// Gives the records that are new; says whether to go on.
    pub(super) fn read(
        &mut self,
        path: &Path,
        length: u64,
        mappings: &Mappings,
        take: Take<'_>,
    ) -> io::Result<bool> {
        let name = path.to_string_lossy().into_owned();
        if length == self.n_bytes {
            // It did not grow between two looks: whatever is wrong with it stays wrong.
            if let Some(fault) = self.fault.take() {
                talk::note(&format!("`{name}`: {fault}"));
            }
            return Ok(true);
        }
        if length < self.n_bytes {
            *self = Self::default();
        }
        let object =
            Object { name: name.clone(), size: None, place: Place::File(path.to_path_buf()) };
        let mut records = Records { name: &name, n_rows: 0, packed: self, take };
        records.packed.fault = None;
        let read = read_object(&name, &mut open(&object)?, mappings, &mut records);
        let (n_rows, packed) = (records.n_rows, records.packed);
        packed.n_bytes = length;
        packed.n_given = packed.n_given.max(n_rows);
        match read {
            Ok(Summary { skipped, .. }) => {
                packed.fault = skipped.map(|why| why.0).or(packed.fault.take());
                Ok(true)
            }
            Err(error) if error.is::<Enough>() => Ok(false),
            Err(error) => Err(io::Error::other(error)),
        }
    }
}

/// Takes a file's records, of which the first were given before.
struct Records<'r> {
    name: &'r str,
    n_rows: u64,
    packed: &'r mut Packed,
    take: Take<'r>,
}

/// Says that nobody wants more.
#[derive(Debug, thiserror::Error)]
#[error("nobody wants more records")]
struct Enough;

impl Sink for Records<'_> {
    fn row(&mut self, row: &Row<'_>) -> Result<(), SinkError> {
        self.n_rows += 1;
        if self.n_rows <= self.packed.n_given || (self.take)(self.name, row.record) {
            return Ok(());
        }
        Err(Enough.into())
    }

    fn reject(&mut self, reject: Reject) -> Result<(), SinkError> {
        let Reject { position, reason, .. } = reject;
        self.packed.fault.get_or_insert_with(|| format!("at byte {position}: {reason}"));
        Ok(())
    }
}
