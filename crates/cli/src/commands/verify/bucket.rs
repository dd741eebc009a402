//! The trail's own bucket, with the metadata that holds the signatures.

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;
use std::sync::OnceLock;

use anyhow::{Result, bail};
use futures::TryStreamExt;
use haechi_integrity::limits::STORED_BYTES_MAX;
use haechi_integrity::{Objects, ObjectsError};
use haechi_sources::{S3Error, S3Fault, open_bucket};
use object_store::path::Path;
use object_store::{Attribute, GetOptions, ObjectStore};
use tokio::runtime::Handle;

use crate::lake::s3_options;

/// A bucket, or what is below a prefix of it.
pub struct Bucket {
    name: String,
    prefix: Path,
    store: Arc<dyn ObjectStore>,
    runtime: Handle,
    /// Why nothing more can be read.
    fault: OnceLock<S3Error>,
}

impl Bucket {
    /// Opens what an address behind `s3://` names.
    pub fn open(address: &str, runtime: Handle) -> Result<Self> {
        let (name, prefix) = address.split_once('/').unwrap_or((address, ""));
        if prefix.contains("CloudTrail-Digest") {
            bail!(
                "`s3://{address}` holds digests alone: name the folder above `CloudTrail-Digest`"
            );
        }
        let store = open_bucket(name, &s3_options()?)?;
        let (name, prefix) = (name.to_owned(), Path::parse(prefix)?);
        Ok(Self { name, prefix, store, runtime, fault: OnceLock::new() })
    }

    /// Returns why the bucket could not be read to the end, if that is so.
    pub fn fault(&self) -> Result<()> {
        self.fault.get().map_or(Ok(()), |fault| Err(fault.clone().into()))
    }

    /// Asks for an object, unless the bucket is out of reach: each attempt takes long.
    fn get(&self, key: &str, head: bool) -> Result<(Vec<u8>, BTreeMap<String, String>), io::Error> {
        if let Some(fault) = self.fault.get() {
            return Err(io::Error::other(fault.clone()));
        }
        let got = self.runtime.block_on(self.get_now(key, head));
        got.map_err(|error| {
            let Some(s3) = S3Error::behind(&error) else { return error.into() };
            if s3.fault() == S3Fault::Unreachable {
                // Another error is there already: it says the same.
                let _ = self.fault.set(s3.clone());
            }
            let kind = io::Error::from(error).kind();
            io::Error::new(kind, s3)
        })
    }

    async fn get_now(
        &self,
        key: &str,
        head: bool,
    ) -> object_store::Result<(Vec<u8>, BTreeMap<String, String>)> {
        let options = GetOptions { head, ..GetOptions::default() };
        let got = self.store.get_opts(&Path::parse(key)?, options).await?;
        let metadata = got.attributes.iter().filter_map(|(name, value)| match name {
            Attribute::Metadata(name) => Some((name.to_lowercase(), value.to_string())),
            _ => None,
        });
        let metadata = metadata.collect();
        // LIMIT: of a larger object only the beginning is read, which is more than is allowed.
        let mut bytes = Vec::new();
        let mut pieces = got.into_stream();
        while bytes.len() as u64 <= STORED_BYTES_MAX
            && let Some(piece) = pieces.try_next().await?
        {
            bytes.extend_from_slice(&piece);
        }
        Ok((bytes, metadata))
    }
}

impl Objects for Bucket {
    fn list(&self) -> Result<Vec<String>, ObjectsError> {
        let objects = self.store.list(Some(&self.prefix)).map_ok(|it| it.location.to_string());
        self.runtime.block_on(objects.try_collect()).map_err(|error| ObjectsError::Read {
            key: format!("s3://{}/{}", self.name, self.prefix),
            source: error.into(),
        })
    }

    fn read(&self, key: &str) -> Result<Vec<u8>, ObjectsError> {
        let named = || key.to_owned();
        match self.get(key, false) {
            Ok((bytes, _)) if STORED_BYTES_MAX < bytes.len() as u64 => {
                Err(ObjectsError::TooLarge { key: named(), limit: STORED_BYTES_MAX })
            }
            Ok((bytes, _)) => Ok(bytes),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                Err(ObjectsError::NotFound { key: named() })
            }
            Err(source) => Err(ObjectsError::Read { key: named(), source }),
        }
    }

    fn metadata(&self, key: &str) -> Option<BTreeMap<String, String>> {
        self.get(key, true).ok().map(|(_, metadata)| metadata)
    }

    fn bucket(&self) -> Option<&str> {
        Some(&self.name)
    }
}
