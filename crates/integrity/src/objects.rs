//! Where log and digest objects come from: a bucket, a folder, a test.

use std::{collections::BTreeMap, io};

/// Where log and digest objects come from.
pub trait Objects {
    /// Returns the key of every object.
    ///
    /// # Errors
    /// When the objects cannot be listed completely.
    fn list(&self) -> Result<Vec<String>, ObjectsError>;

    /// Returns the bytes of an object as they are stored.
    ///
    /// It is only ever asked for keys that `list` returned: a key that a digest names is
    /// looked up first and never followed.
    ///
    /// # Errors
    /// When the object cannot be read, or is larger than
    /// [`STORED_BYTES_MAX`](crate::limits::STORED_BYTES_MAX).
    fn read(&self, key: &str) -> Result<Vec<u8>, ObjectsError>;

    /// Returns the user metadata of an object: `x-amz-meta-*` without that prefix, lower case.
    ///
    /// `None` says that metadata was not kept, as in a synchronised folder. An empty map says
    /// that the object has none, which for a digest file means that somebody wrote it anew.
    fn metadata(&self, key: &str) -> Option<BTreeMap<String, String>>;

    /// Returns the bucket when the keys are exactly those of one bucket.
    ///
    /// A digest then must stand exactly where it says. Without a bucket its path is compared
    /// from `AWSLogs/` on, since whoever copied the files chose what comes before.
    fn bucket(&self) -> Option<&str> {
        None
    }
}

/// Why objects could not be listed or read.
#[derive(Debug, thiserror::Error)]
pub enum ObjectsError {
    /// There is no such object.
    #[error("`{key}` is not there")]
    NotFound {
        /// Which object.
        key: String,
    },
    /// The object is larger than the limit.
    #[error("`{key}` is larger than {limit} bytes")]
    TooLarge {
        /// Which object.
        key: String,
        /// The limit it passes.
        limit: u64,
    },
    /// The file system or the network failed.
    #[error("cannot read `{key}`")]
    Read {
        /// Which object or folder.
        key: String,
        /// What went wrong.
        source: io::Error,
    },
}
