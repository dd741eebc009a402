//! A bucket in memory: exact keys, and metadata that is always there.

use std::{collections::BTreeMap, fs};

use super::tree::{BUCKET, Tree};
use crate::{Folder, Objects, ObjectsError};

/// Objects with their metadata.
#[derive(Default)]
pub(super) struct Bucket {
    pub(super) objects: BTreeMap<String, (Vec<u8>, BTreeMap<String, String>)>,
}

impl Bucket {
    pub(super) fn of(tree: &Tree) -> Self {
        let folder = Folder { root: tree.folder.path().to_owned() };
        let object = |key: String| {
            let bytes = fs::read(tree.path(&key)).unwrap();
            let metadata = folder.metadata(&key).unwrap_or_default();
            (key, (bytes, metadata))
        };
        Self { objects: folder.list().unwrap().into_iter().map(object).collect() }
    }
}

impl Objects for Bucket {
    fn list(&self) -> Result<Vec<String>, ObjectsError> {
        Ok(self.objects.keys().cloned().collect())
    }

    fn read(&self, key: &str) -> Result<Vec<u8>, ObjectsError> {
        let object = self.objects.get(key);
        object
            .map(|(bytes, _)| bytes.clone())
            .ok_or_else(|| ObjectsError::NotFound { key: key.to_owned() })
    }

    fn metadata(&self, key: &str) -> Option<BTreeMap<String, String>> {
        self.objects.get(key).map(|(_, metadata)| metadata.clone())
    }

    fn bucket(&self) -> Option<&str> {
        Some(BUCKET)
    }
}
