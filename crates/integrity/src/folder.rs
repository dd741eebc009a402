//! A folder on disk, as `aws s3 sync` leaves it.
//!
//! Metadata does not survive a synchronisation. It may stand beside a digest as
//! `<file>.metadata.json`, the way `aws s3api head-object` prints it.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{self, Read},
    path::{Component, Path, PathBuf},
};

use serde::Deserialize;
use walkdir::WalkDir;

use crate::{
    limits::{METADATA_BYTES_MAX, STORED_BYTES_MAX},
    objects::{Objects, ObjectsError},
};

/// What a sidecar's name adds to the name of its object.
const SIDECAR: &str = ".metadata.json";

/// A prefix that raw HTTP headers carry and `head-object` does not.
const HEADER_PREFIX: &str = "x-amz-meta-";

/// A folder tree of log and digest files.
#[derive(Clone, Debug)]
pub struct Folder {
    /// Where the tree begins: any folder at or above the files.
    pub root: PathBuf,
}

#[derive(Deserialize)]
struct HeadObject {
    #[serde(rename = "Metadata")]
    metadata: BTreeMap<String, String>,
}

impl Objects for Folder {
    fn list(&self) -> Result<Vec<String>, ObjectsError> {
        let mut keys = Vec::new();
        // Links are not followed, so the walk ends and stays inside the folder.
        for entry in WalkDir::new(&self.root).sort_by_file_name() {
            let entry = entry.map_err(|error| unreadable_entry(&self.root, error))?;
            if entry.file_type().is_file() {
                keys.extend(key_of(&self.root, entry.path()));
            }
        }
        Ok(keys)
    }

    fn read(&self, key: &str) -> Result<Vec<u8>, ObjectsError> {
        let path = inside(&self.root, key)
            .ok_or_else(|| ObjectsError::NotFound { key: key.to_owned() })?;
        let bytes = read_at_most(&path, STORED_BYTES_MAX).map_err(|source| {
            let key = key.to_owned();
            if source.kind() == io::ErrorKind::NotFound {
                return ObjectsError::NotFound { key };
            }
            ObjectsError::Read { key, source }
        })?;
        bytes.ok_or_else(|| ObjectsError::TooLarge { key: key.to_owned(), limit: STORED_BYTES_MAX })
    }

    fn metadata(&self, key: &str) -> Option<BTreeMap<String, String>> {
        let path = inside(&self.root, &format!("{key}{SIDECAR}"))?;
        let bytes = read_at_most(&path, METADATA_BYTES_MAX).ok()??;
        let head: HeadObject = serde_json::from_slice(&bytes).ok()?;
        let plain = |(name, value): (String, String)| {
            let name = name.to_ascii_lowercase();
            (name.strip_prefix(HEADER_PREFIX).unwrap_or(&name).to_owned(), value)
        };
        Some(head.metadata.into_iter().map(plain).collect())
    }
}

/// Returns the key of a file: its path below the root with `/` between the parts.
///
/// A name that is not Unicode is none of CloudTrail's and has no key, nor has a sidecar.
fn key_of(root: &Path, path: &Path) -> Option<String> {
    let parts: Option<Vec<&str>> =
        path.strip_prefix(root).ok()?.components().map(|part| part.as_os_str().to_str()).collect();
    let key = parts?.join("/");
    (!key.ends_with(SIDECAR)).then_some(key)
}

/// Returns the path of a key, or nothing if it would leave the root.
fn inside(root: &Path, key: &str) -> Option<PathBuf> {
    let relative = Path::new(key);
    let stays = relative.components().all(|part| matches!(part, Component::Normal(_)));
    stays.then(|| root.join(relative))
}

/// Reads a file, or returns `None` when it is longer than `limit`.
fn read_at_most(path: &Path, limit: u64) -> io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    let n_read = File::open(path)?.take(limit + 1).read_to_end(&mut bytes)?;
    Ok((n_read as u64 <= limit).then_some(bytes))
}

fn unreadable_entry(root: &Path, error: walkdir::Error) -> ObjectsError {
    let key = error.path().unwrap_or(root).display().to_string();
    ObjectsError::Read { key, source: error.into() }
}
