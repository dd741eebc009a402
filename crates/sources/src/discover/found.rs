//! What was found so far, kept small: a million objects take some 200 MB.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use haechi_model::Window;
use object_store::ObjectStore;
use tokio::runtime::Handle;

use super::days;
use crate::limits::OBJECTS_MAX;
use crate::{Object, Place};

/// The objects that were found, in the order of their names, and what was passed over.
#[derive(Debug)]
pub struct Discovered {
    entries: Vec<Entry>,
    stores: Vec<Store>,
    runtime: Handle,
    /// What is there but is not read: its name and why.
    pub skipped: Vec<(String, String)>,
    /// How many objects were left out because their names tell a day outside the window.
    pub n_outside_window: u64,
}

#[derive(Debug)]
struct Entry {
    name: Box<str>,
    /// The path, where the name is not it.
    path: Option<Box<Path>>,
    size: Option<u64>,
    origin: Origin,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Origin {
    Stdin,
    File,
    Store(usize),
}

/// A bucket.
#[derive(Debug, Clone)]
pub(super) struct Store {
    /// `s3://bucket/`, which its objects' names begin with.
    pub(super) address: String,
    pub(super) store: Arc<dyn ObjectStore>,
}

impl Discovered {
    /// Returns how many objects there are.
    #[must_use]
    pub fn n_objects(&self) -> usize {
        self.entries.len()
    }

    /// Returns how many bytes they have as stored, as far as that is known.
    #[must_use]
    pub fn n_bytes(&self) -> u64 {
        self.entries.iter().filter_map(|entry| entry.size).sum()
    }

    /// Returns the object at that place of the order.
    #[must_use]
    pub fn object(&self, index: usize) -> Option<Object> {
        let Entry { name, path, size, origin } = self.entries.get(index)?;
        let place = match origin {
            Origin::Stdin => Place::Stdin,
            Origin::File => Place::File(path_of(name, path.as_deref())),
            Origin::Store(index) => {
                let Store { address, store } = self.stores.get(*index)?;
                let key = object_store::path::Path::parse(name.strip_prefix(&**address)?).ok()?;
                Place::Remote { store: Arc::clone(store), key, runtime: self.runtime.clone() }
            }
        };
        Some(Object { name: name.to_string(), size: *size, place })
    }

    /// Returns the objects, one after the other.
    pub fn objects(&self) -> impl Iterator<Item = Object> + '_ {
        (0..self.entries.len()).filter_map(|index| self.object(index))
    }
}

impl crate::Objects for Discovered {
    fn n_objects(&self) -> usize {
        self.entries.len()
    }

    fn object_at(&self, index: usize) -> Option<Object> {
        self.object(index)
    }
}

/// Gathers objects, each once.
pub(super) struct Found {
    entries: Vec<Entry>,
    stores: Vec<Store>,
    skipped: Vec<(String, String)>,
    n_outside_window: u64,
    window: Window,
    /// Digests of the real paths of the files.
    files: HashSet<u128>,
}

impl Found {
    pub(super) fn new(window: Window) -> Self {
        Self {
            entries: Vec::new(),
            stores: Vec::new(),
            skipped: Vec::new(),
            n_outside_window: 0,
            window,
            files: HashSet::new(),
        }
    }

    pub(super) fn stdin(&mut self) {
        self.add("-".into(), None, None, Origin::Stdin);
    }

    /// Adds a file by the name that leads to it, unless another name of it did before.
    pub(super) fn file(&mut self, path: &Path, real: &Path, size: u64) {
        if !self.files.insert(digest_of(real)) {
            return;
        }
        let name = path.to_string_lossy();
        let odd = path.to_str().is_none().then(|| path.into());
        self.add(name.into(), odd, Some(size), Origin::File);
    }

    /// Adds a bucket; its number is for [`Found::key`].
    pub(super) fn store(&mut self, store: Store) -> usize {
        self.stores.push(store);
        self.stores.len() - 1
    }

    /// Adds an object of a bucket.
    pub(super) fn key(&mut self, store: usize, key: &str, size: u64) {
        let Some(Store { address, .. }) = self.stores.get(store) else { return };
        let name = format!("{address}{key}").into_boxed_str();
        self.add(name, None, Some(size), Origin::Store(store));
    }

    /// Takes back the objects of a bucket whose keys begin like that, and names them as one.
    pub(super) fn skip_below(&mut self, store: usize, start: &str, reason: &str) {
        let Some(Store { address, .. }) = self.stores.get(store) else { return };
        let start = format!("{address}{start}");
        self.entries.retain(|it| it.origin != Origin::Store(store) || !it.name.starts_with(&start));
        self.skip(start, reason.to_owned());
    }

    pub(super) fn skip(&mut self, name: String, reason: String) {
        self.skipped.push((name, reason));
    }

    /// Tells whether there are more objects than one run takes.
    pub(super) fn is_full(&self) -> bool {
        OBJECTS_MAX < self.entries.len()
    }

    fn add(&mut self, name: Box<str>, path: Option<Box<Path>>, size: Option<u64>, origin: Origin) {
        if days::may_hold(&name, &self.window) {
            self.entries.push(Entry { name, path, size, origin });
        } else {
            self.n_outside_window += 1;
        }
    }

    pub(super) fn finish(mut self, runtime: &Handle) -> Discovered {
        self.entries.sort_unstable_by(|a, b| (&a.name, &a.path).cmp(&(&b.name, &b.path)));
        self.entries.dedup_by(|a, b| a.name == b.name && a.path == b.path);
        self.skipped.sort_unstable();
        self.skipped.dedup();
        let Self { entries, stores, skipped, n_outside_window, .. } = self;
        Discovered { entries, stores, runtime: runtime.clone(), skipped, n_outside_window }
    }
}

fn digest_of(path: &Path) -> u128 {
    let digest = blake3::hash(path.as_os_str().as_encoded_bytes());
    u128::from_be_bytes(digest.as_bytes().first_chunk().copied().unwrap_or_default())
}

fn path_of(name: &str, path: Option<&Path>) -> PathBuf {
    path.map_or_else(|| PathBuf::from(name), Path::to_path_buf)
}
