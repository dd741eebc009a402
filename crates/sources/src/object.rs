//! Where objects are: files, standard input, S3.

use std::fs::File;
use std::io::{self, Read};
use std::path::PathBuf;
use std::sync::Arc;

use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt};
use tokio::runtime::Handle;

use crate::limits::WINDOW_BYTES;
use crate::s3::S3Error;

/// Something that may hold log records.
#[derive(Debug, Clone)]
pub struct Object {
    /// Its name for people and for the lake: a path or a URL.
    pub name: String,
    /// Its size as stored, where that is known beforehand.
    pub size: Option<u64>,
    /// Where it is.
    pub place: Place,
}

/// Where an object is.
#[derive(Debug, Clone)]
pub enum Place {
    /// A file.
    File(PathBuf),
    /// Standard input.
    Stdin,
    /// A key in an object store.
    Remote {
        /// The store.
        store: Arc<dyn ObjectStore>,
        /// The key.
        key: Path,
        /// The runtime that requests run on; reading blocks the calling thread.
        runtime: Handle,
    },
}

/// Objects by number, so that a million of them need not all be in memory.
pub trait Objects: Sync {
    /// Returns how many there are.
    fn n_objects(&self) -> usize;
    /// Returns the object with that number.
    fn object_at(&self, index: usize) -> Option<Object>;
}

impl Objects for Vec<Object> {
    fn n_objects(&self) -> usize {
        self.len()
    }

    fn object_at(&self, index: usize) -> Option<Object> {
        self.get(index).cloned()
    }
}

impl Object {
    /// Returns a reader of the object's bytes as stored.
    ///
    /// # Errors
    /// The object is not there or cannot be read.
    pub fn reader(&self) -> io::Result<Box<dyn Read + Send>> {
        Ok(match &self.place {
            Place::File(path) => Box::new(File::open(path)?),
            Place::Stdin => Box::new(io::stdin()),
            Place::Remote { store, key, runtime } => Box::new(RemoteReader {
                store: Arc::clone(store),
                key: key.clone(),
                runtime: runtime.clone(),
                size: match self.size {
                    Some(size) => size,
                    None => runtime.block_on(store.head(key)).map_err(plain)?.size,
                },
                position: 0,
                piece: bytes::Bytes::new(),
            }),
        })
    }
}

/// Leaves out what the store says around S3's own reason.
fn plain(error: object_store::Error) -> io::Error {
    match S3Error::behind(&error) {
        Some(s3) => io::Error::other(s3),
        None => error.into(),
    }
}

/// Reads a remote object piece by piece, so that a large one needs no large memory.
struct RemoteReader {
    store: Arc<dyn ObjectStore>,
    key: Path,
    runtime: Handle,
    size: u64,
    position: u64,
    piece: bytes::Bytes,
}

impl Read for RemoteReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.piece.is_empty() && self.position < self.size {
            let end = self.size.min(self.position + WINDOW_BYTES as u64);
            let range = self.position..end;
            let piece = self.runtime.block_on(self.store.get_range(&self.key, range));
            self.piece = piece.map_err(plain)?;
            self.position = end;
        }
        let n_bytes = buffer.len().min(self.piece.len());
        let taken = self.piece.split_to(n_bytes);
        buffer.get_mut(..n_bytes).unwrap_or_default().copy_from_slice(&taken);
        Ok(n_bytes)
    }
}
